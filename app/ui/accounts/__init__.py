"""The dialog of accounts: the platforms that issues are sent from, and their keys."""
