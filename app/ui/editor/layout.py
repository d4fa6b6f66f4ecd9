"""Qt's layout of plain text, taught that a line can change alone."""

from dataclasses import dataclass

from PySide6.QtCore import Signal
from PySide6.QtGui import QTextBlock, QTextLayout
from PySide6.QtWidgets import QPlainTextDocumentLayout

from .rows import Typed, changed_rows


@dataclass(slots=True)
class _Expected:
    """A line before its change: its height, where its rows began, and what was typed."""

    height: float
    rows: list[int]
    typed: Typed | None


class TextLayout(QPlainTextDocumentLayout):
    """Lays out and repaints one line where only one line has changed, and of it the rows that have.

    Qt counts a line's new formats as characters that came and as characters that went, takes the
    sum for the length of the change, and so lays out the lines below and repaints the whole view
    for each key.
    """

    rows_changed = Signal(QTextBlock, int, int)
    """Of a line, only the rows from the first to the last (included) look otherwise."""

    _expected: _Expected | None = None
    _looks_moved = False

    def expect_one_line(self, block: QTextBlock, typed: Typed | None) -> None:
        """Of the change that is just reported only this line's text differs.

        To be called while the line still has its old layout. ``typed`` is known where the line
        has simple text.
        """
        layout = block.layout()
        rows = [] if typed is None else _rows(layout)
        self._expected = _Expected(layout.boundingRect().height(), rows, typed)
        self._looks_moved = False

    def expect_looks_to_move(self) -> None:
        """All that is painted of the expected line's text merely moved along with it."""
        self._looks_moved = True

    def documentChanged(self, first: int, removed: int, added: int) -> None:
        """Called by the document once the text is changed and styled."""
        expected, self._expected = self._expected, None
        if expected is not None:
            block = self.document().findBlock(first)
            in_line = first + added <= block.position() + block.length()
            layout = block.layout()
            # New formats have taken the old layout away: asking for the size makes the new one.
            is_anew = in_line and layout.lineCount() == 0
            if is_anew and self.blockBoundingRect(block).height() == expected.height:
                self._repaint(block, layout, expected)
                return
        super().documentChanged(first, removed, added)

    def _repaint(self, block: QTextBlock, layout: QTextLayout, expected: _Expected) -> None:
        rows = None
        if self._looks_moved and expected.typed is not None:
            rows = changed_rows(expected.rows, _rows(layout), expected.typed)
        if rows is None:
            self.updateBlock.emit(block)
        else:
            self.rows_changed.emit(block, *rows)


def _rows(layout: QTextLayout) -> list[int]:
    """The offsets where rows begin, and the length of the text."""
    rows = [layout.lineAt(number).textStart() for number in range(layout.lineCount())]
    rows.append(len(layout.text()))
    return rows
