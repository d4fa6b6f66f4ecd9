"""Lists of painted rows: what the panels' lists have in common."""

from collections.abc import Callable, Sequence
from typing import Any, Generic, TypeVar

from PySide6.QtCore import (
    QAbstractListModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QRect,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QColor, QFont, QFontMetrics, QKeyEvent, QPainter
from PySide6.QtWidgets import (
    QAbstractItemView,
    QLabel,
    QListView,
    QStackedLayout,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from app.ui import theme
from app.ui.brief import brief

Index = QModelIndex | QPersistentModelIndex
Row = TypeVar("Row")

ROW_MARGIN = 16
_TEXT_ROLES = (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole)

BATCH = 2_000
"""Rows that a list places in a turn of the event loop: each takes some 1.5 µs, as the model is
Python's."""

LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


class RowModel(QAbstractListModel, Generic[Row]):
    """Any sequence of things as a list.

    ``spoken`` says what a screen reader reads of one, ``tip`` what the mouse is told that the row
    has no room for.
    """

    def __init__(
        self,
        parent: QObject,
        spoken: Callable[[Row], str],
        tip: Callable[[Row], str] | None = None,
    ) -> None:
        super().__init__(parent)
        self._spoken = spoken
        self._tip = tip or spoken
        self.rows: Sequence[Row] = ()

    def show(self, rows: Sequence[Row]) -> None:
        """Replace all rows."""
        self.beginResetModel()
        self.rows = rows
        self.endResetModel()

    def renew(self, rows: Sequence[Row]) -> None:
        """Take as many rows, which stand for the same things in the same order."""
        changed = [
            at
            for at, (old, new) in enumerate(zip(self.rows, rows, strict=True))
            if old is not new and old != new
        ]
        self.rows = rows
        if changed:
            self.dataChanged.emit(self.index(changed[0], 0), self.index(changed[-1], 0))

    def touch(self) -> None:
        """Paint the rows again: something that they show has changed."""
        if self.rows:
            self.dataChanged.emit(self.index(0, 0), self.index(len(self.rows) - 1, 0))

    def rowCount(self, parent: Index | None = None) -> int:  # noqa: D102
        return 0 if parent is not None and parent.isValid() else len(self.rows)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:  # noqa: D102
        if role in _TEXT_ROLES:
            return self._spoken(self.rows[index.row()])
        if role == Qt.ItemDataRole.ToolTipRole:
            return self._tip(self.rows[index.row()])
        return None


class RowPainter(QStyledItemDelegate, Generic[Row]):
    """Paints the ground of a row (hovered, chosen, focused); a subclass paints what is on it."""

    height = 60

    def __init__(self, model: RowModel[Row]) -> None:
        super().__init__(model)
        self.model = model

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:  # noqa: ARG002, D102
        return QSize(0, self.height)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:  # noqa: D102
        painter.save()
        try:  # a row that cannot be painted must not spoil the painting of the others
            self._paint(painter, option, index)
        finally:
            painter.restore()

    def _paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        place = QRect(option.rect)
        ground = self._ground(option.state)
        if ground:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(ground))
            painter.drawRoundedRect(place.adjusted(6, 1, -6, -1), 7, 7)
        place.adjust(ROW_MARGIN, 0, -ROW_MARGIN, 0)
        self.paint_row(painter, place, self.model.rows[index.row()])

    def paint_row(self, painter: QPainter, place: QRect, row: Row) -> None:
        """Paint one row into the place that is left of the margins."""
        raise NotImplementedError

    @staticmethod
    def _ground(state: QStyle.StateFlag) -> str:
        colors = theme.current()
        if state & QStyle.StateFlag.State_Selected:
            return colors.chosen
        if state & QStyle.StateFlag.State_MouseOver:
            return colors.hover
        return ""


def write(
    painter: QPainter,
    place: QRect,
    text: str,
    font: QFont,
    color: str,
    *,
    align: Qt.AlignmentFlag = LEFT,
    elide: Qt.TextElideMode = Qt.TextElideMode.ElideRight,
) -> int:
    """Paint one line of text, shortened to fit; returns the width that it takes."""
    metrics = QFontMetrics(font)
    shown = metrics.elidedText(brief(text), elide, place.width())
    painter.setFont(font)
    painter.setPen(QColor(color))
    painter.drawText(place, align | Qt.TextFlag.TextSingleLine, shown)
    return metrics.horizontalAdvance(shown)


class RowList(QListView):
    """A list whose rows are chosen by a click or by Enter."""

    picked = Signal(QModelIndex)

    def __init__(self, parent: QWidget, name: str, painter: RowPainter[Any]) -> None:
        super().__init__(parent)
        self.setAccessibleName(name)
        self.setModel(painter.model)
        self.setItemDelegate(painter)
        self.setUniformItemSizes(True)
        self.setLayoutMode(QListView.LayoutMode.Batched)
        self.setBatchSize(BATCH)
        self._is_awaited = False
        self.verticalScrollBar().rangeChanged.connect(self._catch_up)
        self.setMouseTracking(True)
        self.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setEditTriggers(QListView.EditTrigger.NoEditTriggers)
        self.setFrameShape(QListView.Shape.NoFrame)
        self.clicked.connect(self.picked)
        theme.notifier().changed.connect(self.viewport().update)

    def dataChanged(self, first: Index, last: Index, roles: Sequence[int] = ()) -> None:
        """Paint anew, and no more: rows are all of one size, but Qt would place each again."""
        QAbstractItemView.dataChanged(self, first, last, roles)

    def mark(self, row: int, *, show: bool = True) -> None:
        """Make a row the current one; without ``show`` nothing scrolls."""
        self.setAutoScroll(show)
        self.setCurrentIndex(self.model().index(row, 0))
        self.setAutoScroll(True)
        self._is_awaited = show and row >= self.batchSize()

    def _catch_up(self) -> None:
        """More rows have a place: perhaps the one that is to be seen."""
        if self._is_awaited and not self.visualRect(self.currentIndex()).isEmpty():
            self._is_awaited = False
            self.scrollTo(self.currentIndex())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter picks the current row."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not event.modifiers():
            if self.currentIndex().isValid():
                self.picked.emit(self.currentIndex())
            return
        super().keyPressEvent(event)


class RowPages(QStackedLayout):
    """A list, or words in its place while it has no row."""

    def __init__(self, rows: RowList, indent: int = ROW_MARGIN) -> None:
        super().__init__()
        self.words = QLabel()
        self.words.setWordWrap(True)
        self.words.setProperty("tone", "soft")
        self.words.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.words.setContentsMargins(indent, 12, ROW_MARGIN, 12)
        self.addWidget(rows)
        self.addWidget(self.words)

    def show_rows(self, shown: bool, words: str) -> None:
        """Show the list, or else these words."""
        self.words.setText(words)
        self.setCurrentIndex(0 if shown else 1)
