"""An issue's headline figures, each with its denominator and beside the writer's usual."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from app.engagement.model import Count, Figures
from app.engagement.reports import words
from app.engagement.reports.figures import Rate, Ratio, Row, Who, is_growing, rates
from app.engagement.reports.queries import Usual, usual
from app.speech import say

_AS_USUAL = 0.025
"""Of few issues: a rate that differs from the median by less than this part of it is as usual."""
_GOOD_IF_MORE = {Rate.OPENS, Rate.CLICKS, Rate.CTOR}


@dataclass(frozen=True, slots=True)
class Headline:
    """A rate as it is shown large.

    Attributes:
        value: The rate in words; how often in all, where only that is told; else a dash.
        of: What it is a rate of: ``118 of 279 delivered``.
        classes: Who did it, where that is told; empty for the rest.
        beside: How it compares with the usual, in words.
        explained: What the usual is made of; empty where there is none.
        better: Whether it is better than the usual; None: as usual, or not known.
        is_told: The platform tells anything of it.
    """

    rate: Rate
    title: str
    value: str
    of: str
    classes: str
    beside: str
    explained: str
    better: bool | None
    number: float | None
    usual: Usual | None
    is_told: bool


def told_apart(figures: Figures) -> bool:
    """Whether people stand apart from machines."""
    return figures.openers.human is not None or figures.clickers.human is not None


def of_all(row: Row) -> Row:
    """The row with everybody counted, people and machines."""
    # Made anew rather than by `replace`, which takes ten times as long, for each of all issues.
    figures = row.source.record.figures
    everybody = Figures(
        sent=figures.sent, delivered=figures.delivered, hard_bounces=figures.hard_bounces,
        complaints=figures.complaints, unsubscribes=Count(figures.unsubscribes.all),
        openers=Count(figures.openers.all), clickers=Count(figures.clickers.all),
        inferred_openers=Count(figures.inferred_openers.all),
    )  # fmt: skip
    return Row(
        row.account, row.name, row.id, row.subject, row.sent_at, row.as_of, row.deleted, row.sent,
        row.delivered, figures.opens.all, figures.clicks.all, rates(everybody), row.source,
    )  # fmt: skip


def headlines(
    row: Row, rows: Sequence[Row], who: Who, usually: Mapping[Rate, Usual]
) -> tuple[Headline, ...]:
    """All rates of an issue: of people where they are told apart, or of everybody. ``usually`` is
    the usual of the row as it is.
    """
    if who is Who.ALL:
        alike = [of_all(each) for each in rows if each.account == row.account]
        shown = of_all(row)
        return _headlines(shown, usual(alike, shown), row)
    return _headlines(row, usually, row)


def _headlines(row: Row, usuals: Mapping[Rate, Usual], source: Row) -> tuple[Headline, ...]:
    figures = source.source.record.figures
    counts = {Rate.OPENS: figures.openers, Rate.CLICKS: figures.clickers,
              Rate.UNSUBSCRIBES: figures.unsubscribes}  # fmt: skip
    times = {Rate.OPENS: row.opened, Rate.CLICKS: row.clicked}
    classes = {rate: _classes(counts.get(rate), row.rates[rate].who) for rate in words.TITLES}
    classes[Rate.CTOR] = _by_click_alone(row, figures.inferred_openers)
    return tuple(
        _headline(row, rate, usuals.get(rate), classes[rate], times.get(rate))
        for rate in words.TITLES
    )


def _headline(
    row: Row, rate: Rate, usually: Usual | None, classes: str, times: int | None
) -> Headline:
    ratio = row.rates[rate]
    better, beside = _compared(rate, ratio.rate, usually, growing=is_growing(row))
    return Headline(
        rate=rate,
        title=say(words.TITLES[rate]),
        value=words.percent(ratio.rate) if ratio.count is not None else words.times(times),
        of=_of(ratio, times),
        classes=words.beyond(rate) if ratio.is_beyond else classes,
        beside=beside,
        explained=_explained(usually),
        better=better,
        number=ratio.rate,
        usual=usually,
        is_told=_is_told(rate, ratio, times),
    )


def _is_told(rate: Rate, ratio: Ratio, times: int | None) -> bool:
    if rate is Rate.CTOR and ratio.total is None:
        return False  # of whom nothing is known; who clicked stands beside
    return ratio.count is not None or times is not None


def _of(ratio: Ratio, times: int | None) -> str:
    if ratio.count is None and times is not None:
        return say("in all; by how many people is not told")
    if ratio.count is None:
        return say("not told by the platform")
    if ratio.total is None:
        return say("{count}; of how many is not told", count=words.number(ratio.count))
    return say("{count} of {total} {of}", count=words.number(ratio.count),
               total=words.number(ratio.total), of=say(ratio.of))  # fmt: skip


def _classes(count: Count | None, who: Who) -> str:
    """Who else, beside people, or who is among everybody: ``40 privacy proxies, 3 machines``."""
    if count is None:
        return ""
    others = words.no_people(count)
    if not others:
        return ""
    if who is Who.PEOPLE:
        return say("apart from {others}", others=others)
    return say("among them {others}", others=others)


def _by_click_alone(row: Row, inferred: Count) -> str:
    """Openers of the click-to-open rate who are not among those of the open rate."""
    value = inferred.human if row.rates[Rate.CTOR].who is Who.PEOPLE else inferred.all
    if not value or row.rates[Rate.CTOR].count is None:
        return ""
    if value == 1:
        return say("1 of the openers is known by the click alone")
    return say("{n} of the openers are known by their click alone", n=words.number(value))


def _compared(
    rate: Rate, value: float | None, usually: Usual | None, *, growing: bool
) -> tuple[bool | None, str]:
    """Figures that still come in are above the usual once they are, and never below it yet."""
    if value is None:
        return None, ""
    if usually is None:
        return None, say("nothing to compare with yet")
    middle = words.percent(usually.median)
    if growing and value > usually.median and not _is_usual(value, usually):
        return rate in _GOOD_IF_MORE, say("already above your usual {usual}", usual=middle)
    if growing:
        return None, say("so far; your usual is {usual}", usual=middle)
    if _is_usual(value, usually):
        return None, say("as usual ({usual})", usual=middle)
    if value > usually.median:
        return rate in _GOOD_IF_MORE, say("above your usual {usual}", usual=middle)
    return rate not in _GOOD_IF_MORE, say("below your usual {usual}", usual=middle)


def _is_usual(value: float, usually: Usual) -> bool:
    """Whether it lies in the middle half of the others; near their median where they are few."""
    if usually.low is not None and usually.high is not None:
        return usually.low <= value <= usually.high
    return abs(value - usually.median) <= usually.median * _AS_USUAL


def _explained(usually: Usual | None) -> str:
    if usually is None:
        return ""
    if usually.low is None or usually.high is None:
        return say("Your usual is the median of {issues} other issues.", issues=usually.issues)
    return say(
        "Your usual is the median of {issues} other issues; the middle half of them lies between"
        " {low} and {high}.",
        issues=usually.issues, low=words.percent(usually.low), high=words.percent(usually.high),
    )  # fmt: skip
