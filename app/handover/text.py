"""Changes to a text at places that were found in it."""

from collections.abc import Iterable
from dataclasses import dataclass

from app.lines import split_lines


@dataclass(frozen=True, slots=True)
class Edit:
    """What stands in a stretch (lines and columns from 0, the end exclusive) becomes ``new``."""

    line: int
    column: int
    end_line: int
    end_column: int
    new: str


def edited(text: str, edits: Iterable[Edit]) -> str:
    """The text with edits that do not overlap; lines end with a line feed."""
    lines = list(split_lines(text))
    ordered = sorted(edits, key=lambda edit: (edit.line, edit.column), reverse=True)
    for edit in ordered:
        before = lines[edit.line][: edit.column]
        after = lines[edit.end_line][edit.end_column :]
        lines[edit.line : edit.end_line + 1] = (before + edit.new + after).split("\n")
    return "\n".join(lines)
