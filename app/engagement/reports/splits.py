"""An issue's figures by clients, devices, domains, reasons and proxies, and at its archive page."""

from collections.abc import Callable, Mapping, Sequence

from app.engagement.model import Count, Dimension, Figures, SeriesPoint
from app.engagement.reports import words
from app.engagement.reports.charts import Bar, BarChart, Part, Tone
from app.engagement.reports.figures import Who
from app.engagement.reports.speech import mark, say

MOST_BARS = 8
_PROXIES = {
    "apple": mark("Apple Mail Privacy Protection"),
    "gmail": mark("Gmail’s picture proxy"),
    "yahoo": mark("Yahoo’s picture proxy"),
}
# RFC 3463 and the registry of enhanced status codes: https://www.iana.org/assignments/
_REASONS = {
    "5.1.1": mark("no such mailbox"),
    "5.1.2": mark("no such domain"),
    "5.1.10": mark("the domain takes no mail"),
    "5.2.1": mark("mailbox is off"),
    "5.2.2": mark("mailbox is full"),
    "4.2.2": mark("mailbox is full"),
    "5.3.4": mark("message is too large"),
    "4.4.1": mark("no answer"),
    "4.4.7": mark("given up after waiting"),
    "5.7.1": mark("refused by the receiver’s rules"),
    "4.7.0": mark("held back by the receiver’s rules"),
    "4.7.1": mark("held back by the receiver’s rules"),
    "5.7.26": mark("sender could not be verified"),
}
_DEVICES = {
    "desktop": mark("Computer"),
    "mobile": mark("Phone"),
    "phone": mark("Phone"),
    "tablet": mark("Tablet"),
}
_FUNNEL = (
    ("page_views_lifetime", mark("Views of the page")),
    ("page_views", mark("Views of the page")),
    ("page_visits", mark("Visits of the page")),
    ("page_readers", mark("Readers of the page")),
    ("subscriptions", mark("Subscribed")),
    ("paid_subscriptions", mark("Paying subscribers")),
)

Splits = Mapping[Dimension, Sequence[SeriesPoint]]


def by(splits: Splits, dimension: Dimension, who: Who, title: str, name: str) -> BarChart | None:
    """Who opened (who clicked, where no opens are told), by a dimension; the most first."""
    points = splits.get(dimension, ())
    opened = _known(points, _opened, who)
    bars = opened or _known(points, _clicked, who)
    if not bars:
        return None
    bars.sort(key=lambda each: (-each[1], each[0]))
    shown = bars[:MOST_BARS]
    left = len(bars) - len(shown)
    return BarChart(
        title=title,
        name=name,
        parts=(Part(say("opened") if opened else say("clicked")),),
        bars=tuple(Bar(_name(dimension, key), (value,)) for key, value in shown),
        note=say("and {n} more", n=left) if left else "",
    )


def domains(splits: Splits, who: Who) -> BarChart | None:
    """Receiving domains: how many were delivered there and opened."""
    found = []
    for point in splits.get(Dimension.DOMAIN, ()):
        opened, reached = _of(_opened(point.figures), who), point.figures.delivered
        if opened is not None or reached:
            found.append((point.key, opened, reached))
    if not found:
        return None
    found.sort(key=lambda each: (-(each[2] or 0), -(each[1] or 0), each[0]))
    left = len(found) - MOST_BARS
    return BarChart(
        title=say("Receiving domains"),
        name=say("Domain"),
        parts=(Part(say("opened")), Part(say("delivered, not opened"), Tone.QUIET)),
        bars=tuple(
            Bar(key, (opened, _rest(reached, opened)), _share(opened, reached))
            for key, opened, reached in found[:MOST_BARS]
        ),
        note=say("and {n} more", n=left) if left > 0 else "",
    )


def bounces(splits: Splits) -> BarChart | None:
    """Mails that came back, by the reason that the receiver gave."""
    points = [
        point
        for point in splits.get(Dimension.REASON, ())
        if point.figures.hard_bounces or point.figures.soft_bounces
    ]
    if not points:
        return None
    points.sort(key=lambda each: (-_bounced(each.figures), each.key))
    shown = points[:MOST_BARS]
    return BarChart(
        title=say("Bounces by reason"),
        name=say("Reason"),
        parts=(Part(say("for good"), Tone.SECOND), Part(say("for now"), Tone.QUIET)),
        bars=tuple(
            Bar(_name(Dimension.REASON, point.key),
                (point.figures.hard_bounces, point.figures.soft_bounces))
            for point in shown
        ),
        note=say("and {n} more", n=len(points) - len(shown)) if len(points) > len(shown) else "",
    )  # fmt: skip


def proxies(splits: Splits) -> BarChart | None:
    """Opens by privacy proxies, which say nothing of reading."""
    found = [
        (point.key, _opened(point.figures).privacy_proxy or _opened(point.figures).all)
        for point in splits.get(Dimension.PROXY, ())
    ]
    known = sorted(((key, n) for key, n in found if n), key=lambda each: -each[1])
    if not known:
        return None
    note = ""
    if any(key == "apple" for key, _ in known):
        note = say(
            "Apple’s proxy opens for the reader, whether the letter is read or not: these are"
            " counted apart from people."
        )
    return BarChart(
        title=say("Privacy proxies"),
        name=say("Proxy"),
        parts=(Part(say("opened"), Tone.QUIET),),
        bars=tuple(Bar(_name(Dimension.PROXY, key), (n,)) for key, n in known),
        note=note,
    )


def archive(figures: Figures) -> BarChart | None:
    """From the letter to its page in the archive, to new subscribers."""
    told = [(name, figures.other[key]) for key, name in _FUNNEL if key in figures.other]
    if not any(value for _, value in told):
        return None
    return BarChart(
        title=say("The archive page"),
        name=say("Step"),
        parts=(Part(say("Times")),),
        bars=tuple(Bar(say(name), (value,)) for name, value in told),
        note=say("Views of the page are not of the letter’s readers alone."),
    )


def _known(
    points: Sequence[SeriesPoint], read: Callable[[Figures], Count], who: Who
) -> list[tuple[str, int]]:
    told = [(point.key, _of(read(point.figures), who)) for point in points]
    return [(key, value) for key, value in told if value]


def _opened(figures: Figures) -> Count:
    return figures.openers if figures.openers.all else figures.opens


def _clicked(figures: Figures) -> Count:
    return figures.clickers if figures.clickers.all else figures.clicks


def _of(count: Count, who: Who) -> int | None:
    return count.human if who is Who.PEOPLE else count.all


def _rest(whole: int | None, part: int | None) -> int | None:
    return None if whole is None else max(0, whole - (part or 0))


def _share(part: int | None, whole: int | None) -> str:
    if part is None:
        return say("{n} delivered", n=words.number(whole))
    if not whole:
        return words.number(part)
    share = say("{part} of {whole}", part=words.number(part), whole=words.number(whole))
    # An address may have moved, or a report of the delivery be late: a rate over 1 says nothing.
    return share if part > whole else f"{words.percent(part / whole)} ({share})"


def _bounced(figures: Figures) -> int:
    return (figures.hard_bounces or 0) + (figures.soft_bounces or 0)


def _name(dimension: Dimension, key: str) -> str:
    if dimension is Dimension.REASON:
        known = _REASONS.get(key)
        return f"{_sentence(say(known))} ({key})" if known else key or say("Not told")
    if dimension is Dimension.PROXY:
        return say(_PROXIES.get(key, key))
    if dimension is Dimension.DEVICE:
        return say(_DEVICES.get(key, key.capitalize() or "Not told"))
    return key or say("Not told")


def _sentence(text: str) -> str:
    """With a capital at its beginning; the rest as the language has it."""
    return text[:1].upper() + text[1:]
