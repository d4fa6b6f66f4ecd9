"""The settings dialog: a list of pages, and a file for each page."""
