"""An issue's figures by clients, devices, domains, reasons and proxies, and at its archive page."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence

from app.engagement.model import Count, Dimension, Figures, SeriesPoint
from app.engagement.reports import words
from app.engagement.reports.charts import Bar, BarChart, Part, Tone
from app.engagement.reports.figures import Who
from app.speech import mark, say

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
_SYSTEMS = {"Mac OS X": mark("macOS")}
"""As their makers call them now."""
_FUNNEL = (
    ("page_views_lifetime", mark("Views of the page")),
    ("page_views", mark("Views of the page")),
    ("page_visits", mark("Visits of the page")),
    ("page_readers", mark("Read to the end")),
    ("page_sign_ups", mark("Signed up there")),
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
    # What is not told is no program or device among others: it comes last.
    bars.sort(key=lambda each: (not each[0], -each[1], each[0]))
    shown = bars[: _shown(len(bars))]
    left = len(bars) - len(shown)
    return BarChart(
        title=title,
        name=name,
        parts=(Part(say("opened") if opened else say("clicked")),),
        bars=tuple(Bar(_name(dimension, key), (value,)) for key, value in shown),
        note=say("and {n} more", n=left) if left else "",
    )


def domains(splits: Splits, who: Who) -> BarChart | None:
    """Receiving domains: how many were delivered there and opened. Beside people, opens by privacy
    proxies: whole domains, such as Gmail's, are seen through them alone.
    """
    found = []
    for point in splits.get(Dimension.DOMAIN, ()):
        count, reached = _opened(point.figures), point.figures.delivered
        opened = _of(count, who)
        hidden = count.privacy_proxy if who is Who.PEOPLE else None
        if opened is not None or reached:
            found.append((point.key, opened, hidden, reached))
    if not found:
        return None
    found.sort(key=lambda each: (-(each[3] or 0), -(each[1] or 0), each[0]))
    shown = found[: _shown(len(found))]
    left = len(found) - len(shown)
    parts: tuple[Part, ...] = (Part(say("opened")),)
    if any(hidden for _, _, hidden, _ in shown):
        parts += (Part(say("opened by privacy proxies"), Tone.QUIET),)
    return BarChart(
        title=say("Receiving domains"),
        name=say("Domain"),
        parts=parts,
        bars=tuple(
            Bar(key, (opened, hidden)[: len(parts)], _share(opened, hidden, reached))
            for key, opened, hidden, reached in shown
        ),
        note=say("and {n} more", n=left) if left else "",
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
    shown = points[: _shown(len(points))]
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


def archive(figures: Figures, splits: Splits) -> BarChart | None:
    """From the letter to its page in the archive, to new subscribers."""
    pages = splits.get(Dimension.ARCHIVE, ())
    told: Counter[str] = Counter()
    for source in (figures, *(page.figures for page in pages)):
        told.update(source.other)
    steps = [(say(name), told[key]) for key, name in _FUNNEL if key in told]
    if not any(value for _, value in steps):
        return None
    clicks = [page.figures.clicks for page in pages if page.figures.clicks.all is not None]
    if clicks:
        people = sum(each.human or 0 for each in clicks)
        steps.insert(0, (say("People’s clicks in the letter that lead to it"), people))
    notes = [say("Views of the page are not of the letter’s readers alone.")]
    if pages:
        notes.append(say("Visitors count once a day. Asked for when the letter’s figures change."))
    return BarChart(
        title=say("The archive page"),
        name=say("Step"),
        parts=(Part(say("Times")),),
        bars=tuple(Bar(name, (value,)) for name, value in steps),
        note=" ".join(notes),
    )


def _shown(bars: int) -> int:
    """How many of them: the line that says there is one more has room for that one."""
    return bars if bars <= MOST_BARS + 1 else MOST_BARS


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


def _share(part: int | None, hidden: int | None, whole: int | None) -> str:
    if part is None:
        return say("{n} delivered", n=words.number(whole))
    if not whole:
        told = words.number(part)
    else:
        told = say("{part} of {whole}", part=words.number(part), whole=words.number(whole))
        # An address may have moved, or a report of the delivery be late: a rate over 1 says
        # nothing. Nor does 0 % where all were seen through proxies.
        if part <= whole and (part or not hidden):
            told = f"{words.percent(part / whole)} ({told})"
    return say("{told}, {n} by proxies", told=told, n=words.number(hidden)) if hidden else told


def _bounced(figures: Figures) -> int:
    return (figures.hard_bounces or 0) + (figures.soft_bounces or 0)


def _name(dimension: Dimension, key: str) -> str:
    if dimension is Dimension.REASON:
        known = _REASONS.get(key)
        return f"{_sentence(say(known))} ({key})" if known else key or say("Not told")
    if dimension is Dimension.PROXY:
        return say(_PROXIES.get(key, key))
    if dimension is Dimension.SYSTEM:
        return say(_SYSTEMS.get(key, key or "Not told"))
    if dimension is Dimension.DEVICE:
        return say(_DEVICES.get(key, key.capitalize() or "Not told"))
    return key or say("Not told")


def _sentence(text: str) -> str:
    """With a capital at its beginning; the rest as the language has it."""
    return text[:1].upper() + text[1:]
