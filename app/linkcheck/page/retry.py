"""When to ask again: what ``Retry-After`` says (RFC 9110, 10.2.3), and our own mild backoff."""

from datetime import UTC, datetime

_LONGEST = 10 * 365 * 86400.0
BACKOFF = 1.0, 2.0
"""Seconds before the second and the third look."""


def retry_after(value: str, now: datetime) -> float | None:
    """Seconds to wait, from seconds or a date; None where it is absent, over or senseless."""
    value = value.strip()
    if not value:
        return None
    if value.isascii() and value.replace(".", "", 1).isdigit():
        seconds = float(value) if len(value) < 20 else _LONGEST
        if seconds == 0:
            return None
    else:
        from email.utils import parsedate_to_datetime

        try:
            when = parsedate_to_datetime(value)
        except (ValueError, OverflowError, IndexError, TypeError):
            return None
        if when.tzinfo is None:
            when = when.replace(tzinfo=UTC)
        seconds = (when - now).total_seconds()
        if seconds <= 0:
            return None
    return min(seconds, _LONGEST)
