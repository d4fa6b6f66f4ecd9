"""Figures in words: never without their denominator, and a dash for what is not known."""

from datetime import UTC, datetime, timedelta

from app.engagement.model import Count
from app.engagement.reports.figures import Rate, Ratio
from app.speech import mark, say

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


def times(value: int | None) -> str:
    """``85 times``, or a dash."""
    if value is None:
        return UNKNOWN
    return say("once") if value == 1 else say("{number} times", number=number(value))


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


def beyond(rate: Rate) -> str:
    """Why there is no rate although both its figures are known."""
    if rate is Rate.CTOR:
        return say("more clicked than are known to have opened: that makes no rate")
    return say("more than it is known to have reached: that makes no rate")


def classes(count: Count) -> str:
    """``100 people, 40 privacy proxies, 1 machine``; empty where they are not told apart."""
    return ", ".join(_counted(count.human, mark("person"), mark("people")) + _not_people(count))


def no_people(count: Count) -> str:
    """``40 privacy proxies, 1 machine``; empty where there were none of either."""
    some = Count(privacy_proxy=count.privacy_proxy or None, machine=count.machine or None)
    return ", ".join(_not_people(some))


def _not_people(count: Count) -> list[str]:
    return [
        *_counted(count.privacy_proxy, mark("privacy proxy"), mark("privacy proxies")),
        *_counted(count.machine, mark("machine"), mark("machines")),
    ]


def _counted(value: int | None, one: str, many: str) -> list[str]:
    return [] if value is None else [f"{number(value)} {say(one if value == 1 else many)}"]


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
