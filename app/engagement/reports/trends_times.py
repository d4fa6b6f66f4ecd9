"""Which subjects and which sending times were opened best. Few issues say nothing, and that is
said instead of a rate.
"""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from statistics import median

from app.engagement.reports.charts import Bar, BarChart, HeatMap, Part, Tick, Unit
from app.engagement.reports.figures import Rate, Row, is_growing
from app.engagement.reports.tables import Cell, Table
from app.speech import say

ENOUGH = 3
"""Fewer issues have no median that says something."""
LENGTHS = ((1, 20), (21, 35), (36, 50), (51, 70), (71, None))
"""Characters from and to."""


@dataclass(frozen=True, slots=True)
class Cut:
    """Some of the issues: how many have a rate that can be compared, and its median where they are
    enough.
    """

    issues: int
    rate: float | None

    @property
    def words(self) -> str:
        """``42.1 %, median of 12 issues``, or why there is none."""
        if self.issues == 0:
            return say("no issue")
        if self.rate is None and self.issues == 1:
            return say("1 issue: too few to say")
        if self.rate is None:
            return say("{n} issues: too few to say", n=self.issues)
        return say("{rate}, median of {n} issues", rate=Unit.RATE.text(self.rate), n=self.issues)


@dataclass(frozen=True, slots=True)
class Lengths(BarChart):
    """Open rates by the length of subjects."""

    cuts: tuple[Cut, ...] = ()

    def table(self) -> Table:
        """A row for each range of lengths."""
        head = (self.name, say("Median open rate"), say("Issues"))
        rows: list[tuple[Cell, ...]] = [
            (bar.label, cut.rate, cut.issues) for bar, cut in zip(self.bars, self.cuts, strict=True)
        ]
        return Table(self.title, head, tuple(rows))


@dataclass(frozen=True, slots=True)
class SendingTimes(HeatMap):
    """Open rates by weekday and hour."""

    cuts: tuple[tuple[Cut, ...], ...] = ()

    def said(self, row: int, column: int) -> str:
        """A weekday's hour in words."""
        return f"{self.rows[row]}, {self.labels[column]}: {self.cuts[row][column].words}"

    def table(self) -> Table:
        """A row for each hour at which anything was sent, the best first."""
        head = (say("Weekday"), say("Hour"), say("Median open rate"), say("Issues"))
        found = [
            (self.rows[row], self.labels[column], cut)
            for row, cuts in enumerate(self.cuts)
            for column, cut in enumerate(cuts)
            if cut.issues
        ]
        found.sort(key=lambda each: -(each[2].rate or 0))
        rows: list[tuple[Cell, ...]] = [
            (weekday, hour, cut.rate, cut.issues) for weekday, hour, cut in found
        ]
        return Table(self.title, head, tuple(rows))


def lengths(rows: Sequence[Row]) -> Lengths:
    """Open rates by how many characters subjects have."""
    rows = _whole(rows)
    cuts = tuple(
        _cut([row for row in rows if least <= len(row.subject) <= (most or len(row.subject))])
        for least, most in LENGTHS
    )
    return Lengths(
        title=say("Subject lengths"),
        name=say("Characters"),
        parts=(Part(say("Median open rate")),),
        bars=tuple(
            Bar(
                say("{n} characters and more", n=least)
                if most is None
                else say("{least} to {most} characters", least=least, most=most),
                (cut.rate,),
                cut.words,
            )
            for (least, most), cut in zip(LENGTHS, cuts, strict=True)
        ),
        unit=Unit.RATE,
        note=say("What goes together with a length need not come from it.")
        if any(cut.rate is not None for cut in cuts)
        else say("No length has {n} issues whose open rate is known: too few to say.", n=ENOUGH),
        cuts=cuts,
    )


def sending_times(rows: Sequence[Row], zone: tzinfo | None = None) -> SendingTimes:
    """Open rates by weekday and hour of sending."""
    rows = _whole(rows)
    sent: defaultdict[tuple[int, int], list[Row]] = defaultdict(list)
    for row in rows:
        if row.sent_at is not None:
            # Without a zone: this machine's, with summer and winter time.
            at = datetime.fromtimestamp(row.sent_at / 1000, zone)
            sent[at.weekday(), at.hour].append(row)
    cuts = tuple(tuple(_cut(sent[weekday, hour]) for hour in range(24)) for weekday in range(7))
    return SendingTimes(
        title=say("Sending times"),
        name=say("Weekday"),
        rows=_weekdays(),
        labels=tuple(f"{hour:02d}:00" for hour in range(24)),
        ticks=tuple(Tick(hour, f"{hour:02d}:00") for hour in range(0, 24, 3)),
        values=tuple(tuple(cut.rate for cut in of_day) for of_day in cuts),
        thing=say("median open rate"),
        unit=Unit.RATE,
        note=say(
            "Hours of sending, of your clock. One with fewer than {n} issues has no colour.",
            n=ENOUGH,
        )
        if any(cut.rate is not None for of_day in cuts for cut in of_day)
        else say(
            "No hour of the week has {n} issues whose open rate is known: too few to say.", n=ENOUGH
        ),
        cuts=cuts,
    )


def alike(rows: Sequence[Row], rate: Rate) -> list[Row]:
    """Those that have a rate of the commonest kind: of people or of everybody, of delivered or of
    sent. Rates of several kinds have no median in common.
    """
    known = [row for row in rows if row.rates[rate].rate is not None]
    kinds = Counter((row.rates[rate].of, row.rates[rate].who) for row in known)
    if not kinds:
        return []
    kind = kinds.most_common(1)[0][0]
    return [row for row in known if (row.rates[rate].of, row.rates[rate].who) == kind]


def _whole(rows: Sequence[Row]) -> list[Row]:
    """Those with an open rate that can be compared, and does not grow still."""
    return [row for row in alike(rows, Rate.OPENS) if not is_growing(row)]


def _cut(rows: Sequence[Row]) -> Cut:
    rates = [row.rates[Rate.OPENS].rate or 0.0 for row in rows]
    return Cut(len(rates), median(rates) if len(rates) >= ENOUGH else None)


def _weekdays() -> tuple[str, ...]:
    return (
        say("Monday"), say("Tuesday"), say("Wednesday"), say("Thursday"), say("Friday"),
        say("Saturday"), say("Sunday"),
    )  # fmt: skip
