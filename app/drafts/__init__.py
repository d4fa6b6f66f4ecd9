"""Drafts on disk: files, journal, versions, and the library with its search."""
