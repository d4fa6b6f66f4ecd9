"""Across an account's issues: what its rates were over time, and what the good ones have in common.

Accounts are not mixed: platforms count differently. Figures of readers are never added up over
issues, as one reader would count many times; clicks are.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import tzinfo
from enum import StrEnum

from app.engagement.model import Account, LinkRecord
from app.engagement.reports import charts
from app.engagement.reports.charts import (
    BarChart,
    HeatMap,
    LineChart,
    Series,
    Tick,
    Unit,
)
from app.engagement.reports.figures import Rate, Ratio, Row, Who, is_growing
from app.engagement.reports.over_time import Clock, month_text
from app.engagement.reports.queries import Usual, usual_of
from app.engagement.reports.queries import rows as read_rows
from app.engagement.reports.tables import Cell, Table
from app.engagement.reports.trends_links import hosts, links, uses
from app.engagement.reports.trends_times import alike, lengths, sending_times
from app.engagement.reports.words import UNKNOWN, percent
from app.engagement.store.reader import Reader
from app.speech import say

DAY = 86_400_000
TRENDS = (Rate.OPENS, Rate.CLICKS, Rate.CTOR, Rate.UNSUBSCRIBES)
ENOUGH = 8
"""Fewer issues tell little of a trend; said so."""
_FEW_DOTS = 60


class Period(StrEnum):
    """Which issues are looked at, by when they were sent."""

    ALL = "all"
    YEAR = "year"
    QUARTER = "quarter"
    """90 days."""

    @property
    def days(self) -> int | None:
        """How many days back; None: all."""
        return {Period.YEAR: 365, Period.QUARTER: 90}.get(self)


@dataclass(frozen=True, slots=True)
class Material:
    """What was read from the store.

    Attributes:
        accounts: Id and name of those that have issues, in their order.
        rows: All issues of all of them, newest first.
        links: By the store's number of an issue.
    """

    accounts: tuple[tuple[str, str], ...]
    rows: tuple[Row, ...]
    links: Mapping[int, tuple[LinkRecord, ...]]


@dataclass(frozen=True, slots=True)
class RateTrend:
    """A rate over time.

    Attributes:
        usual: Its median over the issues that are shown; None where none has the rate.
    """

    rate: Rate
    usual: Usual | None
    chart: LineChart


@dataclass(frozen=True, slots=True)
class Trends:
    """Everything about an account's issues of a period.

    Attributes:
        accounts: Those that can be chosen: id and name.
        account: The one that is shown; empty where there is none.
        issues: How many issues are looked at.
        warning: Why the figures say little, in words; empty where they do not.
    """

    accounts: tuple[tuple[str, str], ...]
    account: str
    period: Period
    issues: int
    warning: str
    rates: tuple[RateTrend, ...]
    growth: LineChart
    links: BarChart
    hosts: BarChart
    lengths: BarChart
    times: HeatMap


def read(reader: Reader, accounts: Iterable[Account]) -> Material:
    """Read what trends are made of."""
    found = read_rows(reader, accounts)
    names = {row.account: row.name for row in reversed(found)}
    return Material(tuple(names.items()), tuple(found), reader.links())


def trends(
    material: Material,
    now: int,
    account: str = "",
    period: Period = Period.ALL,
    zone: tzinfo | None = None,
) -> Trends:
    """Reckon up an account's issues.

    Args:
        material: What was read.
        now: The period ends here: milliseconds UTC.
        account: Its id; where it has no issues, that of the newest issue.
        period: How far back.
        zone: In which weekdays and hours are told; None is this machine's.
    """
    if account not in dict(material.accounts):
        account = material.rows[0].account if material.rows else ""
    since = 0 if period.days is None else now - period.days * DAY
    rows = [
        row
        for row in reversed(material.rows)
        if row.account == account
        and row.sent_at is not None
        # Clocks differ by less than a day; what is to be sent next year was not sent.
        and since <= row.sent_at <= now + DAY
    ]
    used = uses(rows, material.links)
    return Trends(
        accounts=material.accounts,
        account=account,
        period=period,
        issues=len(rows),
        warning=_warning(rows),
        rates=tuple(_rate(rows, rate, Clock(zone)) for rate in TRENDS),
        growth=_growth(rows, Clock(zone)),
        links=links(used),
        hosts=hosts(used),
        lengths=lengths(rows),
        times=sending_times(rows, zone),
    )


@dataclass(frozen=True, slots=True)
class RateChart(LineChart):
    """A rate of each issue with what it is a part of.

    Attributes:
        ratios: For each place.
        subjects: For each place.
    """

    ratios: tuple[Ratio, ...] = ()
    subjects: tuple[str, ...] = ()

    def said(self, row: int, column: int) -> str:  # noqa: ARG002 - there is one series
        """The rate with its denominator."""
        ratio = self.ratios[column]
        where = f"{self.labels[column]}, {self.subjects[column]}"
        return f"{where}: {_words(ratio)}"

    def table(self) -> Table:
        """A row for each issue, with numerator and denominator."""
        head = (self.name, say("Subject"), self.series[0].name, say("Count"), say("Out of"),
                say("Counted of"))  # fmt: skip
        rows: Sequence[tuple[Cell, ...]] = [
            (label, subject, ratio.rate, ratio.count, ratio.total, _of(ratio.of))
            for label, subject, ratio in zip(self.labels, self.subjects, self.ratios, strict=True)
        ]
        return Table(self.title, head, tuple(rows))


def _rate(rows: Sequence[Row], rate: Rate, clock: Clock) -> RateTrend:
    same = alike(rows, rate)
    ids = {row.id for row in same}
    values = tuple(row.rates[rate].rate if row.id in ids else None for row in rows)
    whole = [row.rates[rate].rate or 0.0 for row in same if not is_growing(row)]
    usual = usual_of(whole) if whole else None
    kind = same[0].rates[rate] if same else None
    growing = sum(map(is_growing, same))
    beyond = sum(row.rates[rate].is_beyond for row in rows)
    series = Series(_name(rate, kind.who if kind else Who.ALL), values)
    chart = RateChart(
        title=_title(rate),
        name=say("Sent"),
        labels=_days(rows, clock),
        ticks=ticks(rows, clock),
        series=(series,),
        usual=_drawn(usual),
        unit=Unit.RATE,
        note=_note(kind, usual, len(rows) - len(same) - beyond, beyond, growing),
        unfinished=bool(rows) and is_growing(rows[-1]) and values[-1] is not None,
        dots=len(rows) <= _FEW_DOTS,
        ratios=tuple(row.rates[rate] for row in rows),
        subjects=tuple(row.subject for row in rows),
    )
    return RateTrend(rate, usual, chart)


def _drawn(usual: Usual | None) -> charts.Usual | None:
    if usual is None:
        return None
    return charts.Usual(say("Median"), usual.median, usual.low, usual.high)


def _growth(rows: Sequence[Row], clock: Clock) -> LineChart:
    return LineChart(
        title=say("List growth"),
        name=say("Sent"),
        labels=_days(rows, clock),
        ticks=ticks(rows, clock),
        series=(Series(say("Sent to"), tuple(row.sent for row in rows), filled=True),),
        note=say("To how many each issue was sent; who joined or left in between is not seen."),
    )


def _days(rows: Sequence[Row], clock: Clock) -> tuple[str, ...]:
    """The writer's day of each sending, so that tables can be sorted by it: ``2026-11-02``."""
    return tuple(
        UNKNOWN if row.sent_at is None else f"{clock.at(row.sent_at):%Y-%m-%d}" for row in rows
    )


def ticks(rows: Sequence[Row], clock: Clock, most: int = 7) -> tuple[Tick, ...]:
    """Months below an axis of issues, each at its first issue; some of them where they are many."""
    found: list[Tick] = []
    before = ""
    for place, row in enumerate(rows):
        month = UNKNOWN if row.sent_at is None else month_text(clock.at(row.sent_at))
        if month != before:
            found.append(Tick(place, month))
            before = month
    step = -(-len(found) // most) or 1
    return tuple(found[::step])


def _warning(rows: Sequence[Row]) -> str:
    if not rows or len(rows) >= ENOUGH:
        return ""
    if len(rows) == 1:
        return say("Only 1 issue: too few to tell a trend from chance.")
    return say("Only {n} issues: too few to tell a trend from chance.", n=len(rows))


def _note(kind: Ratio | None, usual: Usual | None, missing: int, beyond: int, growing: int) -> str:
    if kind is None:
        return say("Not known of any of these issues.")
    told = []
    if usual is not None and usual.issues == 1:
        told.append(say("One issue has a rate: {rate}.", rate=percent(usual.median)))
    elif usual is not None:
        told.append(
            say("Median of {n} issues: {rate}.", n=usual.issues, rate=percent(usual.median))
        )
    if usual is not None and usual.low is not None and usual.high is not None:
        told.append(say("Shaded: half of them lie between {low} and {high}.",
                        low=percent(usual.low), high=percent(usual.high)))  # fmt: skip
    if kind.of == "sent":
        told.append(say("Of those it was sent to: what was delivered is not told."))
    if beyond:
        told.append(say("Of {n} issues more clicked than are known to have opened: that makes no"
                        " rate.", n=beyond))  # fmt: skip
    if growing:
        told.append(say("The newest, whose figures still come in, does not count.") if growing == 1
                    else say("The newest {n}, whose figures still come in, do not count.",
                             n=growing))  # fmt: skip
    if missing:
        told.append(say("Not known, or not comparable, of {n} more.", n=missing))
    return " ".join(told)


def _title(rate: Rate) -> str:
    return {
        Rate.OPENS: say("Open rate"),
        Rate.CLICKS: say("Click rate"),
        Rate.CTOR: say("Click-to-open rate"),
        Rate.UNSUBSCRIBES: say("Unsubscribe rate"),
    }.get(rate, rate.value)


def _name(rate: Rate, who: Who) -> str:
    if who is Who.PEOPLE:
        return {
            Rate.OPENS: say("Opened by people"),
            Rate.CLICKS: say("Clicked by people"),
            Rate.CTOR: say("Clicked, of people who opened"),
            Rate.UNSUBSCRIBES: say("Unsubscribed"),
        }.get(rate, rate.value)
    return {
        Rate.OPENS: say("Opened"),
        Rate.CLICKS: say("Clicked"),
        Rate.CTOR: say("Clicked, of those who opened"),
        Rate.UNSUBSCRIBES: say("Unsubscribed"),
    }.get(rate, rate.value)


def _words(ratio: Ratio) -> str:
    if ratio.rate is None or ratio.count is None or ratio.total is None:
        return say("not known")
    return say(
        "{rate} ({count} of {total} {of})",
        rate=Unit.RATE.text(ratio.rate),
        count=f"{ratio.count:,}",
        total=f"{ratio.total:,}",
        of=_of(ratio.of),
    )


def _of(word: str) -> str:
    return {
        "delivered": say("delivered"),
        "sent": say("sent"),
        "openers": say("openers"),
    }.get(word, word)
