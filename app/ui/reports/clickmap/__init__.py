"""The issue's own text with the clicks on its links."""
