"""Sendoff: a desk for newsletter writers."""

__version__ = "0.1.0"
