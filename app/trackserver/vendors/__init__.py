"""Webhooks of the sending vendors: proven to be theirs, kept, and put into our own words."""
