"""Figures in words: never without their denominator, and a dash for what is not known."""

from datetime import UTC, datetime, timedelta

from app.engagement.model import Count
from app.engagement.reports.figures import Rate, Ratio
from app.speech import mark

UNKNOWN = "–"
TITLES = {
    Rate.OPENS: mark("Opens"),
    Rate.CLICKS: mark("Clicks"),
    Rate.CTOR: mark("Click-to-open"),
    Rate.UNSUBSCRIBES: mark("Unsubscribes"),
    Rate.BOUNCES: mark("Hard bounces"),
    Rate.COMPLAINTS: mark("Complaints"),
}


def number(value: int | None) -> str:
    """``12,345``, or a dash."""
    return UNKNOWN if value is None else f"{value:,}"


def percent(rate: float | None) -> str:
    """``42.3 %``, or a dash; small ones with two places, so that 0.04 % is not 0.0 %."""
    if rate is None:
        return UNKNOWN
    value = rate * 100
    return f"{value:.2f} %" if 0 < value < 1 else f"{value:.1f} %"


def ratio(value: Ratio) -> str:
    """``42.3 % (118 of 279 delivered)``; what is known of it where not all is."""
    if value.count is None:
        return UNKNOWN
    told = f"{number(value.count)} of {number(value.total)} {value.of}"
    return told if value.rate is None else f"{percent(value.rate)} ({told})"


def ratio_or_times(value: Ratio, times: int | None) -> str:
    """The ratio; where only a number of times is known, that: ``– (70 times in all)``."""
    if value.count is None and times is not None:
        return f"{UNKNOWN} ({number(times)} times in all)"
    return ratio(value)


def classes(count: Count) -> str:
    """``100 people, 40 privacy proxies, 3 machines``; empty where they are not told apart."""
    told = (
        (count.human, "people"),
        (count.privacy_proxy, "privacy proxies"),
        (count.machine, "machines"),
    )
    return ", ".join(f"{number(value)} {name}" for value, name in told if value is not None)


def day(at: int | None) -> str:
    """The date in UTC, or a dash."""
    found = moment(at)
    return UNKNOWN if found is None else found[:10]


def moment(at: int | None) -> str | None:
    """Milliseconds since 1970 as RFC 3339 in UTC; None where there is no such time."""
    if at is None:
        return None
    try:
        found = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=at)
    except OverflowError:
        return None
    return found.isoformat(timespec="seconds").replace("+00:00", "Z")
