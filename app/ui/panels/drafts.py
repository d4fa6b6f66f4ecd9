"""The drafts of the folder, the ones that are open marked, the newest first."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from PySide6.QtCore import (
    QCoreApplication,
    QDate,
    QEvent,
    QLocale,
    QModelIndex,
    QObject,
    QPoint,
    QRect,
    QRectF,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QColor, QFont, QFontMetrics, QKeyEvent, QPainter, QTextLayout
from PySide6.QtWidgets import (
    QHBoxLayout,
    QPushButton,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from app.linkcheck.verdict import SEVERITY, Status
from app.ui import fonts, theme
from app.ui.controls import FilterField, IconButton
from app.ui.panels.rows import (
    ROW_MARGIN,
    Index,
    RowList,
    RowModel,
    RowPages,
    RowPainter,
    write,
)
from app.ui.shapes import paint_status

HEALTH_MARK = 10
TITLE_INDENT = 6
TITLE_LEADING = 22
UNIFORM_FROM = 300
"""Rows from which on all are of one height: Qt asks for the height of every single row."""
SHOWN_IN_ROWS = (Status.BLOCK, Status.WARN, Status.UNVERIFIED)


@dataclass(frozen=True, slots=True)
class DraftRow:
    """A draft as the list shows it. ``modified`` is local time; ``counts`` are its links."""

    path: Path
    title: str
    excerpt: str
    modified: datetime | None
    is_open: bool = False
    counts: Mapping[Status, int] = field(default_factory=dict)
    words: str = field(init=False, repr=False, compare=False)
    """What the filter looks at."""

    def __post_init__(self) -> None:
        words = f"{self.title} {self.path.name} {self.excerpt}".casefold()
        object.__setattr__(self, "words", words)


def age(modified: datetime, today: QDate) -> str:
    """When a draft was last written, as short as it can be told."""
    day = QDate(modified.year, modified.month, modified.day)
    locale = QLocale()
    days = day.daysTo(today)
    if days <= 0:
        return f"{modified.hour:02}:{modified.minute:02}"
    if days == 1:
        return QCoreApplication.translate("DraftsPanel", "Yesterday")
    if days < 7:
        return locale.toString(day, "ddd")
    return locale.toString(day, "d MMM" if day.year() == today.year() else "MMM yyyy")


def title_lines(title: str, font: QFont, width: int) -> list[str]:
    """A title as one line, or as two of which the second may be too long."""
    metrics = QFontMetrics(font)
    if metrics.horizontalAdvance(title) <= width:
        return [title]
    layout = QTextLayout(title, font)
    layout.beginLayout()
    line = layout.createLine()
    line.setLineWidth(max(width, 1))
    length = line.textLength()
    layout.endLayout()
    first, rest = title[:length].rstrip(), title[length:].lstrip()
    return [first, rest] if rest else [title]


def _title_font(row: DraftRow) -> QFont:
    font = fonts.writing(points=12)
    font.setBold(row.is_open)
    return font


class _Painter(RowPainter[DraftRow]):
    """Issues of a series differ at the end of their titles, so a long one takes a second line.

    In a list so long that its rows are of one height, it is shortened in its middle instead.
    """

    height = 64

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        view = option.widget
        if not isinstance(view, RowList) or view.uniformItemSizes():
            return QSize(0, self.height)
        row = self.model.rows[index.row()]
        width = view.viewport().width() - 2 * ROW_MARGIN - TITLE_INDENT
        lines = len(title_lines(row.title, _title_font(row), width))
        return QSize(0, self.height + (lines - 1) * TITLE_LEADING)

    def paint_row(self, painter: QPainter, place: QRect, row: DraftRow) -> None:
        colors = theme.current()
        if row.is_open:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(colors.accent))
            painter.drawEllipse(QRectF(place.left() - 5, place.top() + 18, 5, 5))
        text = place.adjusted(TITLE_INDENT, 9, 0, 0)
        font = _title_font(row)
        has_room = place.height() > self.height
        lines = title_lines(row.title, font, text.width()) if has_room else [row.title]
        top = text.top()
        for line in lines:
            place_of_line = QRect(text.left(), top, text.width(), TITLE_LEADING)
            elide = Qt.TextElideMode.ElideRight if has_room else Qt.TextElideMode.ElideMiddle
            write(painter, place_of_line, line, font, colors.text, elide=elide)
            top += TITLE_LEADING
        second = QRect(text.left(), top + 2, text.width(), 18)
        used = self._paint_health(painter, second, row.counts)
        second.setRight(second.right() - used)
        small = fonts.interface(9.5)
        when = age(row.modified, QDate.currentDate()) if row.modified else ""
        used = write(painter, second, when, fonts.interface(9.5, strong=True), colors.text_soft)
        second.setLeft(second.left() + used + (8 if used else 0))
        write(painter, second, row.excerpt, small, colors.text_soft)

    @staticmethod
    def _paint_health(painter: QPainter, place: QRect, counts: Mapping[Status, int]) -> int:
        """Marks and numbers of what wants attention, at the right; returns the width used."""
        font = fonts.interface(9, strong=True)
        right = place.right()
        shown = [status for status in SHOWN_IN_ROWS if counts.get(status)]
        if not shown and counts.get(Status.SAFE) and not counts.get(Status.UNCHECKED):
            shown = [Status.SAFE]
        for status in sorted(shown, key=lambda each: SEVERITY[each]):
            number = "" if status is Status.SAFE else str(counts[status])
            width = QFontMetrics(font).horizontalAdvance(number)
            spot = QRect(right - width, place.top(), width + 1, place.height())
            write(painter, spot, number, font, theme.current().status(status))
            left = right - width - HEALTH_MARK - (3 if number else 0)
            top = place.center().y() - HEALTH_MARK / 2 + 0.5
            paint_status(painter, QRectF(left, top, HEALTH_MARK, HEALTH_MARK), status)
            right = round(left) - 8
        return place.right() - right if shown else 0


class DraftsPanel(QWidget):
    """Folder, filter, new, and the list; it shows what it is given and sends intents."""

    opened = Signal(Path)
    menu_wanted = Signal(Path, QPoint)
    trash_wanted = Signal(Path)
    new_wanted = Signal()
    folder_wanted = Signal()
    text_search_wanted = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("sidebar")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._rows: Sequence[DraftRow] = ()
        self._current: Path | None = None
        self.model: RowModel[DraftRow] = RowModel(
            self, self._spoken, lambda row: f"{row.title}\n{row.path.name}"
        )
        self.list = RowList(self, self.tr("Drafts"), _Painter(self.model))
        self.list.setUniformItemSizes(False)
        self.list.setResizeMode(RowList.ResizeMode.Adjust)
        self.list.picked.connect(self._picked)
        self.list.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.list.customContextMenuRequested.connect(self._menu)
        self.list.installEventFilter(self)
        self.pages = RowPages(self.list, ROW_MARGIN + TITLE_INDENT)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(6)
        layout.addLayout(self._head())
        layout.addLayout(self._search())
        layout.addLayout(self.pages)
        self._narrow()

    @property
    def rows(self) -> Sequence[DraftRow]:
        """All drafts of the folder, whatever the filter says."""
        return self._rows

    def show_folder(self, folder: Path) -> None:
        """Name the folder."""
        self.folder.setText(folder.name or str(folder))
        self.folder.setToolTip(
            self.tr("Drafts are kept in %1 – choose another folder").replace("%1", str(folder))
        )

    def show_drafts(self, rows: Sequence[DraftRow], current: Path | None) -> None:
        """Replace the list; ``current`` is the draft in the editor.

        The row that is marked, and what is in view, stay as they are as far as they can; only
        another draft in the editor is marked and shown.
        """
        self._rows = rows
        is_other = current != self._current
        self._current = current
        kept, top = self._marked(), self._top()
        self._show()
        self._scroll_back(top)
        if is_other or kept is None or not self._mark(kept, show=False):
            self._mark(current, show=is_other)

    def _head(self) -> QHBoxLayout:
        self.folder = QPushButton()
        self.folder.setProperty("quiet", True)
        self.folder.setFont(fonts.interface(11, strong=True))
        self.folder.setAccessibleName(self.tr("Drafts folder"))
        self.folder.setCursor(Qt.CursorShape.PointingHandCursor)
        self.folder.clicked.connect(self.folder_wanted)
        new = IconButton("new", self.tr("New draft"))
        new.clicked.connect(self.new_wanted)
        head = QHBoxLayout()
        head.setContentsMargins(12, 10, 10, 0)
        head.addWidget(self.folder)
        head.addStretch()
        head.addWidget(new)
        return head

    def _search(self) -> QHBoxLayout:
        self.filter = FilterField(self.tr("Find a draft"))
        self.filter.setToolTip(self.tr("Filter by title; Enter searches the text of all drafts"))
        self.filter.textChanged.connect(self._narrow)
        self.filter.returnPressed.connect(lambda: self.text_search_wanted.emit(self.filter.text()))
        self.filter.installEventFilter(self)
        row = QHBoxLayout()
        row.setContentsMargins(14, 0, 12, 4)
        row.addWidget(self.filter)
        return row

    def _narrow(self) -> None:
        """The filter says something else: begin at the top."""
        self._show()
        self.list.scrollToTop()
        self._mark(self._current)

    def _show(self) -> None:
        shown = self._rows
        for word in self.filter.text().casefold().split():
            shown = [row for row in shown if word in row.words]
        self.list.setUniformItemSizes(len(shown) >= UNIFORM_FROM)
        if _same_drafts(shown, self.model.rows):
            self.model.renew(shown)
        else:
            self.model.show(shown)
        if self._rows:
            words = self.tr("No title fits. Press Enter to search the text of all drafts.")
        else:
            words = self.tr("No drafts here yet. Start one with the + above.")
        self.pages.show_rows(bool(shown), words)

    def _marked(self) -> Path | None:
        index = self.list.currentIndex()
        return self.model.rows[index.row()].path if index.isValid() else None

    def _top(self) -> tuple[Path, int] | None:
        """The first draft in view, and how many pixels of it are above the edge."""
        index = self.list.indexAt(QPoint(self.list.viewport().width() // 2, 0))
        if not index.isValid() or self.list.verticalScrollBar().value() == 0:
            return None  # who looks at the newest ones goes on looking at them
        return self.model.rows[index.row()].path, -self.list.visualRect(index).top()

    def _scroll_back(self, top: tuple[Path, int] | None) -> None:
        row = self._row_of(top[0]) if top is not None else None
        if top is not None and row is not None:
            bar = self.list.verticalScrollBar()
            place = self.list.visualRect(self.model.index(row, 0))
            bar.setValue(bar.value() + place.top() + top[1])

    def _mark(self, path: Path | None, *, show: bool = True) -> bool:
        """Mark a draft's row, if it has one here."""
        row = self._row_of(path)
        if row is not None and row != self.list.currentIndex().row():
            self.list.mark(row, show=show)
        return row is not None

    def _row_of(self, path: Path | None) -> int | None:
        return next((at for at, row in enumerate(self.model.rows) if row.path == path), None)

    @staticmethod
    def _spoken(row: DraftRow) -> str:
        problems = sum(row.counts.get(status, 0) for status in (Status.WARN, Status.BLOCK))
        parts = [row.title]
        if row.is_open:
            parts.append(QCoreApplication.translate("DraftsPanel", "open"))
        if problems:
            text = QCoreApplication.translate("DraftsPanel", "problems: %1").replace(
                "%1", str(problems)
            )
            parts.append(text)
        return ", ".join(parts)

    def _picked(self, index: QModelIndex) -> None:
        self.opened.emit(self.model.rows[index.row()].path)

    def _menu(self, place: QPoint) -> None:
        index = self.list.indexAt(place)
        if index.isValid():
            at = self.list.viewport().mapToGlobal(place)
            self.menu_wanted.emit(self.model.rows[index.row()].path, at)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Keys of the list (delete, rename) and from the filter into the list."""
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            if watched is self.filter and event.key() == Qt.Key.Key_Down:
                self.list.setFocus()
                return True
            if watched is self.filter and event.key() == Qt.Key.Key_Escape:
                self.filter.clear()
                return True
            index = self.list.currentIndex()
            if watched is self.list and index.isValid():
                path = self.model.rows[index.row()].path
                if event.key() == Qt.Key.Key_Delete:
                    self.trash_wanted.emit(path)
                    return True
        return super().eventFilter(watched, event)


def _same_drafts(some: Sequence[DraftRow], others: Sequence[DraftRow]) -> bool:
    if len(some) != len(others):
        return False
    for one, other in zip(some, others, strict=True):  # a loop: there may be thousands
        if one is not other and one.path != other.path:
            return False
    return True
