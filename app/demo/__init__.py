"""A site on loopback with pages that behave in every way, and a sample issue that links to it."""
