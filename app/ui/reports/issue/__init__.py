"""One issue's page."""
