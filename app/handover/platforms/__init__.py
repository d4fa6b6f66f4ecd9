"""The platforms that drafts are handed over to: one file each."""
