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
    QLabel,
    QPushButton,
    QStackedLayout,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from app.linkcheck.verdict import SEVERITY, Status
from app.ui import fonts, theme
from app.ui.controls import FilterField, IconButton
from app.ui.panels.rows import ROW_MARGIN, Index, RowList, RowModel, RowPainter, write
from app.ui.shapes import paint_status

HEALTH_MARK = 10
TITLE_INDENT = 6
TITLE_LEADING = 22
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
    """Issues of a series differ at the end of their titles, so a long one takes a second line."""

    height = 64

    def __init__(self, model: RowModel[DraftRow], view: QWidget) -> None:
        super().__init__(model)
        self._view = view

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:  # noqa: ARG002
        row = self.model.rows[index.row()]
        width = self._view.width() - 2 * ROW_MARGIN - TITLE_INDENT
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
        lines = title_lines(row.title, font, text.width())
        top = text.top()
        for line in lines:
            place_of_line = QRect(text.left(), top, text.width(), TITLE_LEADING)
            write(painter, place_of_line, line, font, colors.text)
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
        self.list = RowList(self, self.tr("Drafts"))
        self.list.setModel(self.model)
        self.list.setItemDelegate(_Painter(self.model, self.list.viewport()))
        self.list.setUniformItemSizes(False)
        self.list.setResizeMode(RowList.ResizeMode.Adjust)
        self.list.picked.connect(self._picked)
        self.list.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.list.customContextMenuRequested.connect(self._menu)
        self.list.installEventFilter(self)
        self._empty = QLabel()
        self._empty.setWordWrap(True)
        self._empty.setProperty("tone", "soft")
        self._empty.setAlignment(Qt.AlignmentFlag.AlignTop)
        self._empty.setContentsMargins(22, 12, 16, 12)
        self._pages = QStackedLayout()
        self._pages.addWidget(self.list)
        self._pages.addWidget(self._empty)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(6)
        layout.addLayout(self._head())
        layout.addLayout(self._search())
        layout.addLayout(self._pages)
        self._show()

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
        """Replace the list; ``current`` is the draft in the editor."""
        self._rows = rows
        self._current = current
        self._show()

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
        self.filter.textChanged.connect(self._show)
        self.filter.returnPressed.connect(lambda: self.text_search_wanted.emit(self.filter.text()))
        self.filter.installEventFilter(self)
        row = QHBoxLayout()
        row.setContentsMargins(14, 0, 12, 4)
        row.addWidget(self.filter)
        return row

    def _show(self) -> None:
        query = self.filter.text().casefold().split()
        shown = [
            row
            for row in self._rows
            if all(
                word in f"{row.title} {row.path.name} {row.excerpt}".casefold() for word in query
            )
        ]
        self.model.show(shown)
        if self._rows:
            self._empty.setText(
                self.tr("No title fits. Press Enter to search the text of all drafts.")
            )
        else:
            self._empty.setText(self.tr("No drafts here yet. Start one with the + above."))
        self._pages.setCurrentIndex(0 if shown else 1)
        for row, each in enumerate(shown):
            if each.path == self._current:
                self.list.setCurrentIndex(self.model.index(row, 0))

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
            index = self.list.currentIndex()
            if watched is self.list and index.isValid():
                path = self.model.rows[index.row()].path
                if event.key() == Qt.Key.Key_Delete:
                    self.trash_wanted.emit(path)
                    return True
        return super().eventFilter(watched, event)
