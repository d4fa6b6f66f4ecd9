"""A change of text as the editor's helpers say it, without Qt."""

from collections.abc import Sequence
from dataclasses import dataclass

from app.lines import LineEdit

Place = tuple[int, int]
"""Line and column, 0-based, the column in code points."""


@dataclass(frozen=True, slots=True)
class Selection:
    """Two places; the caret is where the writer types on."""

    anchor: Place
    caret: Place

    @property
    def start(self) -> Place:
        """The end that comes first."""
        return min(self.anchor, self.caret)

    @property
    def end(self) -> Place:
        """The end that comes last."""
        return max(self.anchor, self.caret)

    @property
    def is_empty(self) -> bool:
        """Whether nothing is selected."""
        return self.anchor == self.caret


@dataclass(frozen=True, slots=True)
class TextEdit:
    """Put ``text`` between two places, then select; the places of ``after`` are in the new text.

    One `TextEdit` is one undo step.
    """

    start: Place
    end: Place
    text: str
    after: Selection


def caret_at(place: Place) -> Selection:
    """A selection of nothing."""
    return Selection(place, place)


def end_of(start: Place, text: str) -> Place:
    """Where text ends that starts at this place."""
    line, column = start
    head, newline, tail = text.rpartition("\n")
    if not newline:
        return line, column + len(text)
    return line + head.count("\n") + 1, len(tail)


def as_text_edit(edit: LineEdit, lines: Sequence[str]) -> TextEdit:
    """A line edit as a change of text: whole lines take their line ends with them."""
    text = "\n".join(edit.lines)
    after = edit.first + edit.removed
    start, end = (edit.first, 0), (after, 0)
    if edit.removed and edit.lines:
        end = (after - 1, len(lines[after - 1]))
    elif after < len(lines):
        text += "\n" if edit.lines else ""
    else:  # at the end of the text the line end before goes or comes
        start = (edit.first - 1, len(lines[edit.first - 1]))
        end = (after - 1, len(lines[after - 1]))
        text = "\n" + text if edit.lines else ""
    return TextEdit(start, end, text, caret_at((edit.first, 0)))
