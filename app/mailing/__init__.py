"""Test mails: an issue to its writer by SMTP, with all that the real one has."""
