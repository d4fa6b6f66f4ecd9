"""The commands of ``sendoff``; each imports what it needs when it runs."""
