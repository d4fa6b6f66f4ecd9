"""The list of issues: chosen by keys or the mouse, sorted by any column, copied as a table."""

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QItemSelectionModel, QModelIndex, QPoint, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QHeaderView, QTableView, QWidget

from app.engagement.reports.figures import Row
from app.engagement.reports.listing import ASCENDING_FIRST, LIST, OPENS_OVER_TIME, Line, sortable
from app.ui import theme
from app.ui.reports.issues.header import Header
from app.ui.reports.issues.model import Index, IssuesModel, Key
from app.ui.reports.issues.painting import HEIGHT
from app.ui.reports.issues.row_pictures import Place, RowPictures, Standing

NONE = QItemSelectionModel.SelectionFlag.NoUpdate
ROW = QItemSelectionModel.SelectionFlag.Select | QItemSelectionModel.SelectionFlag.Rows
WIDTHS = {
    "date": 108, "subject": 220, "account": 120, OPENS_OVER_TIME: 104, "sent": 68,
    "delivered": 78, "opens": 94, "clicks": 92, "ctor": 88, "unsubscribes": 100,
    "bounces": 86, "complaints": 90,
}  # fmt: skip
"""Logical pixels; the subject takes what is left."""


class IssuesTable(QTableView):
    """Enter opens, Space sorts by the column that the keyboard is in, letters go to the filter."""

    opened = Signal(str, str)
    typed = Signal(str)
    """Letters for the filter."""
    sorted_by = Signal()
    menu_wanted = Signal(QPoint)
    copy_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.issues = IssuesModel(self)
        self._pictures = RowPictures()
        self._hovered = -1
        self._pressed = -1
        self._header = Header(self.issues, self)
        self.setAccessibleName(self.tr("Issues"))
        self.setAccessibleDescription(
            self.tr("Enter opens an issue. Space sorts by the column. Letters filter.")
        )
        self.setModel(self.issues)
        self.setHorizontalHeader(self._header)
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(HEIGHT)
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.setShowGrid(False)
        self.setFrameShape(QTableView.Shape.NoFrame)
        self.setMouseTracking(True)
        self.setTabKeyNavigation(False)
        self.setWordWrap(False)
        self.setEditTriggers(QTableView.EditTrigger.NoEditTriggers)
        self.setSelectionBehavior(QTableView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QTableView.SelectionMode.ExtendedSelection)
        self.setVerticalScrollMode(QTableView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollMode(QTableView.ScrollMode.ScrollPerPixel)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.customContextMenuRequested.connect(
            lambda at: self.menu_wanted.emit(self.viewport().mapToGlobal(at))
        )
        self.setCornerButtonEnabled(False)
        for at, column in enumerate(LIST):
            self._header.setSectionResizeMode(at, QHeaderView.ResizeMode.Fixed)
            self.setColumnWidth(at, WIDTHS[column])
        self._header.sort_wanted.connect(self.sort)
        theme.notifier().changed.connect(self.viewport().update)
        theme.notifier().changed.connect(self._header.viewport().update)

    # what is shown

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns on show."""
        return tuple(each for at, each in enumerate(LIST) if not self.isColumnHidden(at))

    def show_columns(self, columns: tuple[str, ...]) -> None:
        """Show these and the subject."""
        for at, column in enumerate(LIST):
            self.setColumnHidden(at, column not in columns and column != "subject")
        self._fit()

    def sort(self, column: str) -> None:
        """Sort by a column; the other way round where it is sorted by it already."""
        if column == self.issues.column:
            descending = not self.issues.descending
        else:
            descending = column not in ASCENDING_FIRST
        self.sort_by(column, descending=descending)

    def sort_by(self, column: str, *, descending: bool) -> None:
        """Sort by a column in this direction."""
        self.issues.sort_by(column, descending=descending)
        if self.currentIndex().isValid():
            self.scrollTo(self.currentIndex())
        self.sorted_by.emit()

    # what is chosen

    @property
    def current(self) -> Key | None:
        """The issue that the keyboard is at."""
        index = self.currentIndex()
        return self.issues.lines[index.row()].key if index.isValid() else None

    def choose(self, key: Key | None) -> bool:
        """Put the keyboard at an issue; False where it is not shown."""
        place = self.issues.place_of(key)
        if place is None:
            return False
        column = self.currentIndex().column()
        index = self.issues.index(place, column if column >= 0 else LIST.index("subject"))
        self.selectionModel().setCurrentIndex(index, NONE)
        return True

    @property
    def marked(self) -> list[Row]:
        """The rows that are selected, in the list's order."""
        places = sorted({each.row() for each in self.selectionModel().selectedRows()})
        return [self.issues.lines[at].row for at in places]

    @property
    def shown(self) -> list[Row]:
        """All rows that the filter takes, in their order."""
        return [line.row for line in self.issues.lines]

    def take(self, lines: Sequence[Line]) -> None:
        """Other lines: the keyboard, the marks and what is in view stay where they are."""
        current, marked = self.current, {(row.account, row.id) for row in self.marked}
        bar, before = self.verticalScrollBar(), self.issues.lines
        height = bar.value()
        self.setUpdatesEnabled(False)
        self.issues.take(lines)
        if self.issues.lines and not self.choose(current):
            self.choose(self.issues.lines[0].key)
        if before is not self.issues.lines:
            for at, line in enumerate(self.issues.lines):
                if line.key in marked:
                    self.selectionModel().select(self.issues.index(at, 0), ROW)
        bar.setValue(height)
        self.setUpdatesEnabled(True)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Whole rows, from pictures; those that take too long now are painted next."""
        header, bar = self._header, self.verticalHeader()
        places = tuple(
            Place(column, header.sectionPosition(at), header.sectionSize(at))
            for at, column in enumerate(LIST)
            if not header.isSectionHidden(at)
        )
        ratio = self.viewport().devicePixelRatioF()
        marked = {each.row() for each in self.selectionModel().selectedRows()}
        current = self.currentIndex().row() if self.hasFocus() else -1
        painter = QPainter(self.viewport())
        self._pictures.begin()
        first = max(0, self.rowAt(event.rect().top()))
        for row in range(first, len(self.issues.lines)):
            top = bar.sectionViewportPosition(row)
            if top > event.rect().bottom():
                break
            line = self.issues.lines[row]
            marks = Standing(row in marked, row == self._hovered, row == current)
            spark = self.issues.sparks.get(line.key)
            picture = self._pictures.picture(line, spark, places, marks, ratio)
            if picture is None:
                self.viewport().update(0, top, self.viewport().width(), self.height())
                break
            painter.drawPixmap(-header.offset(), top, picture)
        painter.end()

    # keys and mouse

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: D102
        key, held = event.key(), event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not held:
            self._open(self.currentIndex())
        elif key == Qt.Key.Key_Space and not held and self.currentIndex().isValid():
            column = LIST[self.currentIndex().column()]
            if column in sortable():
                self.sort(column)
        elif key == Qt.Key.Key_C and held == Qt.KeyboardModifier.ControlModifier:
            self.copy_wanted.emit()
        elif (
            event.text().isprintable()
            and event.text()
            and not (held & ~Qt.KeyboardModifier.ShiftModifier)
        ):
            self.typed.emit(event.text())
        else:
            super().keyPressEvent(event)

    def currentChanged(self, current: Index, previous: Index) -> None:  # noqa: D102
        super().currentChanged(current, previous)
        self._header.mark(current.column() if current.isValid() and self.hasFocus() else -1)
        self.viewport().update()

    def focusInEvent(self, event: QFocusEvent) -> None:  # noqa: D102
        super().focusInEvent(event)
        self._header.mark(self.currentIndex().column())
        self.viewport().update()

    def focusOutEvent(self, event: QFocusEvent) -> None:  # noqa: D102
        super().focusOutEvent(event)
        self._header.mark(-1)
        self.viewport().update()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """The whole row under the mouse is marked."""
        super().mouseMoveEvent(event)
        self._hover(self.rowAt(int(event.position().y())))

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: D102
        super().mousePressEvent(event)
        self._pressed = self.indexAt(event.position().toPoint()).row()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """A plain click opens; with Ctrl or Shift, or drawn over several rows, it only marks."""
        super().mouseReleaseEvent(event)
        index = self.indexAt(event.position().toPoint())
        is_plain = event.button() is Qt.MouseButton.LeftButton and not event.modifiers()
        if is_plain and index.row() == self._pressed:
            self._open(index)

    def leaveEvent(self, event: QEvent) -> None:  # noqa: D102
        super().leaveEvent(event)
        self._hover(-1)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: D102
        super().resizeEvent(event)
        self._fit()

    def _hover(self, row: int) -> None:
        if row != self._hovered:
            self._hovered = row
            self.viewport().update()
        can = Qt.CursorShape.PointingHandCursor if row >= 0 else Qt.CursorShape.ArrowCursor
        self.viewport().setCursor(can)

    def _open(self, index: QModelIndex) -> None:
        if index.isValid():
            self.opened.emit(*self.issues.lines[index.row()].key)

    def _fit(self) -> None:
        """The subject takes the room that the other columns leave."""
        rest = sum(WIDTHS[column] for column in self.columns if column != "subject")
        width = max(WIDTHS["subject"], self.viewport().width() - rest)
        self.setColumnWidth(LIST.index("subject"), width)
