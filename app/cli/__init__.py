"""The commands of ``sendoff``; each imports what it needs only when it runs."""


class UsageError(Exception):
    """Arguments or input that a command cannot use; the message is for the person who typed."""
