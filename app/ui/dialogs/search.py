"""Searching the text of all drafts while the words are typed."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from threading import Event
from typing import cast

from PySide6.QtCore import QEvent, QModelIndex, QObject, QRect, Qt, QTimer, Signal
from PySide6.QtGui import QColor, QFontMetricsF, QKeyEvent, QPainter
from PySide6.QtWidgets import QLineEdit, QWidget

from app.drafts.errors import DraftError
from app.drafts.library import Library
from app.drafts.search import Found, Hit
from app.ui import fonts, theme
from app.ui.background import ask
from app.ui.dialogs.dialog import Dialog, soft
from app.ui.panels.rows import RIGHT, RowList, RowModel, RowPainter, write

REST_MS = 120
MOST_ROWS = 500


@dataclass(frozen=True, slots=True)
class HitRow:
    """One place in a draft."""

    path: Path
    title: str
    hit: Hit


class _Painter(RowPainter[HitRow]):
    height = 52

    def paint_row(self, painter: QPainter, place: QRect, row: HitRow) -> None:
        colors = theme.current()
        first = QRect(place.left(), place.top() + 5, place.width(), 20)
        number = str(row.hit.line + 1)
        used = write(painter, first, number, fonts.interface(9), colors.text_faint, align=RIGHT)
        first.setRight(first.right() - used - 8)
        write(painter, first, row.title, fonts.writing(points=11), colors.text)
        self._paint_excerpt(painter, place.adjusted(0, 26, 0, -4), row.hit)

    @staticmethod
    def _paint_excerpt(painter: QPainter, place: QRect, hit: Hit) -> None:
        """The words around, with a ground under what was found."""
        colors, font = theme.current(), fonts.interface(10)
        metrics = QFontMetricsF(font)
        end = hit.excerpt_column + hit.end - hit.column
        before = metrics.horizontalAdvance(hit.excerpt[: hit.excerpt_column])
        width = metrics.horizontalAdvance(hit.excerpt[hit.excerpt_column : end])
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(colors.found))
        left = place.left() + round(before)
        shown = QRect(left - 1, place.top() + 1, round(width) + 2, place.height() - 2)
        painter.drawRoundedRect(shown.intersected(place), 3, 3)
        write(painter, place, hit.excerpt, font, colors.text_soft)


class SearchDialog(Dialog):
    """A field and the places found; a picked one is opened."""

    picked = Signal(Path, int, int)

    def __init__(self, parent: QWidget, title: str, library: Library, words: str = "") -> None:
        super().__init__(parent, title)
        self._library = library
        self._cancel = Event()
        self.resize(680, 560)
        self.field = QLineEdit()
        self.field.setPlaceholderText(self.tr("Words to look for"))
        self.field.setAccessibleName(self.tr("Words to look for"))
        self.field.setClearButtonEnabled(True)
        self.field.setFont(fonts.interface(12))
        self.field.installEventFilter(self)
        self.model: RowModel[HitRow] = RowModel(self, lambda row: f"{row.title}: {row.hit.excerpt}")
        self.list = RowList(self, self.tr("Places found"), _Painter(self.model))
        self.list.picked.connect(self._picked)
        self.count = soft("")
        self.body.addWidget(self.field)
        self.body.addWidget(self.list, 1)
        self.body.addWidget(self.count)
        self.add_close()
        self._rest = QTimer(self, singleShot=True, interval=REST_MS)
        self._rest.timeout.connect(self._search)
        self.field.textChanged.connect(lambda _: self._rest.start())
        self.field.setText(words)
        self.field.setFocus()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Arrow keys and Enter in the field act on the list."""
        pressed = event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent)
        if watched is self.field and pressed:
            return self._key(cast("QKeyEvent", event))
        return super().eventFilter(watched, event)

    def _key(self, event: QKeyEvent) -> bool:
        row = self.list.currentIndex().row()
        match event.key():
            case Qt.Key.Key_Down:
                self._select(min(row + 1, self.model.rowCount() - 1))
            case Qt.Key.Key_Up:
                self._select(max(row - 1, 0))
            case Qt.Key.Key_Return | Qt.Key.Key_Enter:
                if self.list.currentIndex().isValid():
                    self._picked(self.list.currentIndex())
            case _:
                return False
        return True

    def _select(self, row: int) -> None:
        self.list.setCurrentIndex(self.model.index(row, 0))

    def _search(self) -> None:
        self._cancel.set()
        self._cancel = cancel = Event()
        words = self.field.text().strip()
        library = self._library

        def look() -> tuple[list[Found], dict[Path, str]]:
            found = list(library.search(words, cancelled=cancel.is_set)) if words else []
            titles = {entry.path: entry.title for entry in library.entries()} if found else {}
            return found, titles

        def show(answer: tuple[list[Found], dict[Path, str]]) -> None:
            if not cancel.is_set():
                self._show(*answer, searched=bool(words))

        ask(look, show, self._fail, self)

    def _show(self, found: Sequence[Found], titles: dict[Path, str], *, searched: bool) -> None:
        rows = [
            HitRow(each.path, titles.get(each.path, each.path.stem), hit)
            for each in found
            for hit in each.hits
        ]
        self.model.show(rows[:MOST_ROWS])
        if rows:
            self._select(0)
        places = sum(each.count for each in found)
        words = self.tr("Places: %1, drafts: %2") if searched else ""
        if searched and places > len(rows[:MOST_ROWS]):
            words = self.tr("Places: %1, drafts: %2 (only the first of each are listed)")
        self.count.setText(words.replace("%1", str(places)).replace("%2", str(len(found))))

    def _picked(self, index: QModelIndex) -> None:
        row = self.model.rows[index.row()]
        self.picked.emit(row.path, row.hit.line, row.hit.column)
        self.close()

    def _fail(self, error: DraftError) -> None:
        self.count.setText(f"{error.message} {error.advice}")
