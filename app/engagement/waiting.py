"""How long to leave a server alone."""

import math
from collections.abc import Mapping
from datetime import UTC
from email.utils import parsedate_to_datetime

LONGEST_ASKED = 3600.0
LONGEST_BACKOFF = 300.0


def backoff(attempt: int, chance: float, first: float = 0.5) -> float:
    """Seconds before attempt ``attempt`` (from 1) is repeated: doubled each time, 5 minutes at
    most, and spread over the upper half by ``chance`` (0 to 1) so that clients do not come at once.
    """
    whole = min(LONGEST_BACKOFF, first * 2.0 ** min(attempt - 1, 20))
    return whole * (0.5 + chance / 2)


def retry_after(value: str | None, now: float) -> float | None:
    """Seconds that a ``Retry-After`` asks for, between 0 and an hour (RFC 9110, 10.2.3).

    Args:
        value: The header: seconds or an HTTP date.
        now: The server's clock in seconds since 1970, ours where it tells none.

    Returns:
        None where there is no such header or it says nothing that can be understood.
    """
    if value is None:
        return None
    text = value.strip()
    try:
        seconds = float(text)
    except ValueError:
        moment = http_date(text)
        if moment is None:
            return None
        seconds = moment - now
    if math.isnan(seconds):
        return None
    return min(LONGEST_ASKED, max(0.0, seconds))


def http_date(value: str | None) -> float | None:
    """Seconds since 1970 of an HTTP date; None for anything else."""
    if not value:
        return None
    try:
        moment = parsedate_to_datetime(value)
        return moment.replace(tzinfo=moment.tzinfo or UTC).timestamp()
    except (ValueError, TypeError, OverflowError, IndexError):
        return None


def until_allowed(headers: Mapping[str, str], now: float) -> float:
    """Seconds to wait before the next request, by the rate-limit headers: 0 while some are left.

    ``RateLimit-Reset`` counts seconds; vendors' ``X-RateLimit-Reset`` mostly is a time.
    """
    for prefix in ("ratelimit", "x-ratelimit"):
        remaining, reset = headers.get(f"{prefix}-remaining"), headers.get(f"{prefix}-reset")
        if remaining is None or reset is None:
            continue
        try:
            left, seconds = float(remaining), float(reset)
        except ValueError:
            continue
        if left >= 1 or not math.isfinite(seconds):
            return 0.0
        if seconds > 1e9:
            seconds -= now
        return min(LONGEST_BACKOFF, max(0.0, seconds))
    return 0.0
