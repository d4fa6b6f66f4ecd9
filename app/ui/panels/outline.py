"""The draft's headings; the one that the cursor is under is marked."""

from bisect import bisect_right
from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QModelIndex, QRect, Signal
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QWidget

from app.ui import fonts, theme
from app.ui.brief import brief
from app.ui.panels.rows import RowList, RowModel, RowPages, RowPainter, write

if TYPE_CHECKING:
    from app.markup import PlacedHeading


class _Painter(RowPainter["PlacedHeading"]):
    height = 32

    def paint_row(self, painter: QPainter, place: QRect, row: "PlacedHeading") -> None:
        colors = theme.current()
        top = row.level == 1
        font = fonts.writing(points=11.5 if top else 11)
        font.setBold(top)
        color = colors.text if row.level <= 2 else colors.text_soft
        write(painter, place.adjusted((row.level - 1) * 14, 0, 0, 0), row.text, font, color)


class OutlinePanel(QWidget):
    """A list of headings; choosing one asks to go to its line."""

    go_to = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.model: RowModel[PlacedHeading] = RowModel(self, lambda row: brief(row.text))
        self.list = RowList(self, self.tr("Headings"), _Painter(self.model))
        self.list.picked.connect(self._picked)
        self.pages = RowPages(self.list)
        self.setLayout(self.pages)

    def show_headings(self, headings: Sequence["PlacedHeading"], *, is_read: bool = True) -> None:
        """Replace the list; there may be more until the draft ``is_read`` to its end."""
        if headings != self.model.rows:
            self.model.show(headings)
        words = self.tr("Lines that start with # become headings and are listed here.")
        if not is_read:
            words = self.tr("Reading…")
        self.pages.show_rows(bool(headings), words)

    def mark_line(self, line: int) -> None:
        """Mark the heading that this line stands under."""
        row = bisect_right(self.model.rows, line, key=lambda heading: heading.line) - 1
        self.list.mark(row)

    def _picked(self, index: QModelIndex) -> None:
        self.go_to.emit(self.model.rows[index.row()].line)
