"""The email itself: what readers will get, made from a parsed draft."""
