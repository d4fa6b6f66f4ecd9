"""Tables: what every chart can be read as, copied and saved."""

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

Cell = str | int | float | None
"""None is a figure that is not known; a float is a rate, 0 to 1."""

_FORMULA = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of cells under a header."""

    title: str
    header: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]

    def csv(self) -> str:
        """For spreadsheets (RFC 4180); what is not known is empty."""
        return csv_text([self.header, *self.rows])

    def objects(self) -> list[dict[str, Cell]]:
        """For JSON: a row is an object; what is not known is null."""
        return [dict(zip(self.header, row, strict=True)) for row in self.rows]


def csv_text(lines: Iterable[Sequence[object]]) -> str:
    """Lines of cells in CSV (RFC 4180)."""
    held = io.StringIO()
    writer = csv.writer(held, lineterminator="\r\n")
    for line in lines:
        writer.writerow([_cell(value) for value in line])
    return held.getvalue()


def _cell(value: object) -> object:
    """Spreadsheets run what looks like a formula: an apostrophe keeps it text."""
    if isinstance(value, str) and value.startswith(_FORMULA):
        return f"'{value}"
    return round(value, 6) if isinstance(value, float) else value
