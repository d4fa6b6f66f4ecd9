"""Brings accounts up to date: page by page, ended and taken up again anywhere."""
