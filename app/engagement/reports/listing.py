"""The list of issues as it is shown: for each issue a line of cells, made before anybody waits."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from app.engagement.reports import words
from app.engagement.reports.figures import Rate, Ratio, Row, Who, is_growing
from app.engagement.reports.queries import COLUMNS, Filter, chosen
from app.speech import say

OPENS_OVER_TIME = "first_days"
LIST = (
    "date", "subject", "account", OPENS_OVER_TIME, "sent", "delivered",
    *(rate.value for rate in Rate),
)  # fmt: skip
"""All columns in their order; every one but the opens over time can be sorted by."""
NUMBERS = frozenset(LIST[4:])
ASCENDING_FIRST = frozenset(("subject", "account"))

_SHORT = {
    "date": "Date", "subject": "Issue", "account": "Account", OPENS_OVER_TIME: "First days",
    "sent": "Sent", "delivered": "Delivered", Rate.OPENS: "Opens", Rate.CLICKS: "Clicks",
    Rate.CTOR: "CTOR", Rate.UNSUBSCRIBES: "Unsubscribed", Rate.BOUNCES: "Bounced",
    Rate.COMPLAINTS: "Complaints",
}  # fmt: skip
_MEANINGS = {
    "date": "When it was sent",
    "subject": "Its subject",
    "account": "The account that it was sent from",
    OPENS_OVER_TIME: "Opens over the first three days",
    "sent": "How many it was sent to",
    "delivered": "How many were delivered",
    Rate.OPENS: "Who opened it, of those it was delivered to",
    Rate.CLICKS: "Who clicked a link, of those it was delivered to",
    Rate.CTOR: "Click-to-open rate: who clicked, of those who opened it",
    Rate.UNSUBSCRIBES: "Who unsubscribed with it, of those it was delivered to",
    Rate.BOUNCES: "Hard bounces, of those it was sent to",
    Rate.COMPLAINTS: "Who reported it as spam, of those it was delivered to",
}
_MIXED = frozenset((Rate.OPENS, Rate.CLICKS, Rate.CTOR))


@dataclass(frozen=True, slots=True)
class Cell:
    """What stands in a column of a line.

    Attributes:
        text: The figure itself, or a dash.
        second: Below it, small: the denominator of a rate.
        tip: All that is known of it, in sentences.
        uncertain: It may be off, as the tip says.
        is_zero: It is known to be nothing: that is said quietly.
    """

    text: str
    second: str = ""
    tip: str = ""
    uncertain: bool = False
    is_zero: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """An issue with its cells."""

    row: Row
    cells: Mapping[str, Cell]

    @property
    def key(self) -> tuple[str, str]:
        """What the issue is known by: its account and its id."""
        return self.row.account, self.row.id


def heading(column: str) -> str:
    """A column's name, as short as it stands above the figures."""
    return say(_SHORT[column])


def meaning(column: str) -> str:
    """What a column tells, in a sentence."""
    return say(_MEANINGS[column])


def lines(
    rows: Iterable[Row], date: Callable[[int], tuple[str, str]], before: Iterable[Line] = ()
) -> list[Line]:
    """The lines of issues; ``date`` tells a day and a time in the writer's way. Lines of ``before``
    are taken over where their row is the same.
    """
    made = {id(line.row): line for line in before}
    return [made.get(id(row)) or _line(row, date) for row in rows]


def arranged(lines: Sequence[Line], which: Filter, column: str, *, descending: bool) -> list[Line]:
    """The lines to show, in their order."""
    by_row = {id(line.row): line for line in lines}
    rows = chosen((line.row for line in lines), which, column, descending=descending)
    return [by_row[id(row)] for row in rows]


def spoken(line: Line, column: str) -> str:
    """A cell for those who hear it."""
    cell = line.cells.get(column)
    if cell is None:
        return heading(column)
    if cell.text == words.UNKNOWN:
        unknown = say("{name}: not known", name=heading(column))
        return f"{unknown}, {cell.second}" if cell.second else unknown
    told = f"{heading(column)}: {cell.text}"
    if cell.second:
        told += f", {cell.second}"
    return say("{told}, uncertain", told=told) if cell.uncertain else told


def sortable() -> tuple[str, ...]:
    """The columns that a list can be sorted by."""
    return tuple(column for column in LIST if column in COLUMNS)


def _line(row: Row, date: Callable[[int], tuple[str, str]]) -> Line:
    growing = is_growing(row)
    cells = {
        "date": _date(row, date, growing=growing),
        "subject": Cell(row.subject or say("Without a subject"), tip=_subject_tip(row)),
        "account": Cell(row.name, tip=row.name),
        "sent": _number(row.sent, say("It is not told how many it was sent to.")),
        "delivered": _number(row.delivered, say("The platform does not tell what was delivered.")),
    }
    for rate, ratio in row.rates.items():
        cells[rate.value] = _rate(row, rate, ratio, growing=growing)
    return Line(row, cells)


def _date(row: Row, date: Callable[[int], tuple[str, str]], *, growing: bool) -> Cell:
    if row.sent_at is None:
        return Cell(words.UNKNOWN, tip=say("It is not told when it was sent."))
    day, time = date(row.sent_at)
    if growing:
        return Cell(
            day, say("still coming in"), say("Sent at {time}. Figures still grow.", time=time)
        )
    return Cell(day, time, f"{day}, {time}")


def _subject_tip(row: Row) -> str:
    if row.deleted:
        return f"{row.subject}\n" + say("It is no more at the platform; what was known is kept.")
    return row.subject


def _number(value: int | None, unknown: str) -> Cell:
    if value is None:
        return Cell(words.UNKNOWN, tip=unknown)
    return Cell(words.number(value), tip=words.number(value))


def _rate(row: Row, rate: Rate, ratio: Ratio, *, growing: bool) -> Cell:
    times = {Rate.OPENS: row.opened, Rate.CLICKS: row.clicked}.get(rate)
    if ratio.count is None:
        if times is None:
            return Cell(words.UNKNOWN, tip=say("The platform does not tell this."))
        return Cell(
            words.UNKNOWN,
            words.times(times),
            say("Only how often is told, not by how many people."),
        )
    told = words.number(ratio.count)
    if ratio.total is not None:
        told = say("{count} of {total}", count=told, total=words.number(ratio.total))
    parts = [_whole(rate, ratio)]
    mixed = rate in _MIXED and ratio.who is Who.ALL
    counts = {
        Rate.OPENS: row.source.record.figures.openers,
        Rate.CLICKS: row.source.record.figures.clickers,
        Rate.UNSUBSCRIBES: row.source.record.figures.unsubscribes,
    }
    if rate in counts and (apart := words.classes(counts[rate])):
        parts.append(say("In all: {classes}.", classes=apart))
    if mixed:
        parts.append(
            say("Uncertain: the platform does not tell people from privacy proxies and machines.")
        )
    if ratio.is_beyond:
        parts.append(f"{words.beyond(rate)}.")
    if times is not None and rate in (Rate.OPENS, Rate.CLICKS):
        parts.append(say("{number} times altogether.", number=words.number(times)))
    if growing:
        parts.append(say("It still grows."))
    return Cell(
        words.percent(ratio.rate),
        told,
        "\n".join(parts),
        mixed or ratio.is_beyond,
        ratio.count == 0,
    )


def _whole(rate: Rate, ratio: Ratio) -> str:
    title = say(words.TITLES[rate])
    if ratio.who is Who.PEOPLE and rate in _MIXED:
        return say("{title}: {ratio}, people only.", title=title, ratio=words.ratio(ratio))
    return f"{title}: {words.ratio(ratio)}."
