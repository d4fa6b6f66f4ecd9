"""The draft's headings; the one that the cursor is under is marked."""

from bisect import bisect_right
from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QModelIndex, QRect, Qt, Signal
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QLabel, QStackedLayout, QWidget

from app.ui import fonts, theme
from app.ui.panels.rows import RowList, RowModel, RowPainter, write

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
        self.model: RowModel[PlacedHeading] = RowModel(self, lambda row: row.text)
        self.list = RowList(self, self.tr("Headings"))
        self.list.setModel(self.model)
        self.list.setItemDelegate(_Painter(self.model))
        self.list.picked.connect(self._picked)
        empty = QLabel(self.tr("Lines that start with # become headings and are listed here."))
        empty.setWordWrap(True)
        empty.setProperty("tone", "soft")
        empty.setAlignment(Qt.AlignmentFlag.AlignTop)
        empty.setContentsMargins(16, 12, 16, 12)
        self._layout = QStackedLayout(self)
        self._layout.addWidget(self.list)
        self._layout.addWidget(empty)

    def show_headings(self, headings: Sequence["PlacedHeading"]) -> None:
        """Replace the list."""
        if list(headings) != list(self.model.rows):
            self.model.show(tuple(headings))
        self._layout.setCurrentIndex(0 if headings else 1)

    def mark_line(self, line: int) -> None:
        """Mark the heading that this line stands under."""
        row = bisect_right([heading.line for heading in self.model.rows], line) - 1
        index = self.model.index(row, 0) if row >= 0 else QModelIndex()
        self.list.setCurrentIndex(index)

    def _picked(self, index: QModelIndex) -> None:
        self.go_to.emit(self.model.rows[index.row()].line)
