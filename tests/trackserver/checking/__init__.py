"""Checks through the server."""
