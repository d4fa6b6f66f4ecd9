"""Where lines of a text are now that was edited since it was looked at."""

from app.lines import LineEdit


class Drift:
    """The edits since a moment; adding one, typed into a line, costs next to nothing."""

    def __init__(self) -> None:
        self._edits: list[tuple[int, int, int]] = []

    def add(self, edit: LineEdit) -> None:
        """The text was edited."""
        each = (edit.first, edit.removed, len(edit.lines))
        if not self._edits or self._edits[-1] != each or each[1] != each[2]:
            self._edits.append(each)

    def clear(self) -> None:
        """The text was looked at anew."""
        self._edits.clear()

    def now(self, line: int) -> int:
        """The line as it is counted now; where it was edited, about there."""
        for first, removed, added in self._edits:
            if line >= first + removed:
                line += added - removed
            elif line >= first:
                line = first + min(line - first, max(0, added - 1))
        return line

    def then(self, line: int) -> int | None:
        """The line as it was counted then; None for one that is new."""
        for first, removed, added in reversed(self._edits):
            if line >= first + added:
                line += removed - added
            elif line >= first and line - first >= removed:
                return None
        return line

    def is_touched(self, first: int, last: int) -> bool:
        """Whether any of these lines, as they were counted then, was edited since."""
        for at, removed, added in self._edits:
            if first < at + max(removed, 1) and last >= at and (removed or first < at <= last):
                return True
            if first >= at + removed:
                first, last = first + added - removed, last + added - removed
        return False
