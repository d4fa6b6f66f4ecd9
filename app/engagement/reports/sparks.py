"""Opens over an issue's first days, as a sparkline beside it in the list."""

from collections.abc import Iterator, Sequence

from app.engagement.model import Dimension
from app.engagement.reports.figures import Row
from app.engagement.store.reader import Reader

HOUR = 3_600_000
SPAN = 72 * HOUR
"""Milliseconds: by then most of the opens are in."""
STEP = 4 * HOUR
DAY = 24 * HOUR
_AT_ONCE = 100

Spark = tuple[int | None, ...]
"""Opens in each step, people only where they are told apart; None: it has not come yet. Empty where
nothing is told.
"""


def first_days(reader: Reader, rows: Sequence[Row]) -> Iterator[dict[tuple[str, str], Spark]]:
    """The sparklines of issues, some at a time: reading those of a thousand takes a moment."""
    for first in range(0, len(rows), _AT_ONCE):
        part = rows[first : first + _AT_ONCE]
        by_number = {row.source.number: row for row in part}
        hours = reader.opens(tuple(by_number), Dimension.HOUR, STEP, SPAN)
        rest = tuple(number for number in by_number if number not in hours)
        days = reader.opens(rest, Dimension.DAY, DAY, 7 * DAY)
        found = {}
        for number, row in by_number.items():
            step, span = (STEP, SPAN) if number in hours else (DAY, 7 * DAY)
            told = hours.get(number) or days.get(number) or {}
            found[row.account, row.id] = _line(row, told, step, span)
        yield found


def _line(row: Row, told: dict[int, int], step: int, span: int) -> Spark:
    """Steps that have not come yet are not 0, and keep their room: lines can be compared."""
    if not told or row.sent_at is None:
        return ()
    seen = span if row.as_of is None else min(span, row.as_of - row.sent_at)
    steps = max(max(told) + 1, min(span // step, seen // step))
    return tuple(told.get(place, 0) if place < steps else None for place in range(span // step))
