"""What ``sendoff demo`` shows: a site on loopback, sample drafts, and how issues landed."""
