"""All issues together."""
