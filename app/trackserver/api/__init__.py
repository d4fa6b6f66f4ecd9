"""The API under ``/v1``: keys, publications, issues, recipients, reports, changes, pace."""
