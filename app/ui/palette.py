"""A field at the top of the window that finds anything by a few letters.

The command palette, "go to draft", "go to heading" and the choice of a template are all this one
widget with other entries. It floats inside the window, so that it needs no window of its own.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import chain
from time import perf_counter

from PySide6.QtCore import (
    QAbstractListModel,
    QEvent,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QPoint,
    QRect,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QColor, QFontMetricsF, QKeyEvent, QPainter
from PySide6.QtWidgets import (
    QGraphicsDropShadowEffect,
    QLabel,
    QLineEdit,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from app.ui import fonts, fuzzy, theme
from app.ui.entry import Entry
from app.ui.panels.gather import SLICE_SECONDS
from app.ui.panels.rows import BATCH
from app.ui.turns import Turns

Index = QModelIndex | QPersistentModelIndex

ROWS_SHOWN = 11
ROW_HEIGHT = 34


class _Matches(QAbstractListModel):
    """The entries that fit what was typed, the best first.

    Entries are looked through in turns of 4 ms: there may be thousands.
    """

    over = Signal()
    """All were looked through."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._all: list[Entry] = []
        self._coming: Iterator[Entry] = iter(())
        self.query: str | None = None
        """What is shown fits this; None while nothing is."""
        self._shown: Sequence[tuple[Entry, fuzzy.Match]] = ()
        self._turns = Turns(self)

    def set_entries(self, entries: Iterable[Entry]) -> None:
        self._all, self._coming = [], iter(entries)
        self._show(None, ())
        self.filter("")

    def filter(self, query: str) -> None:
        """Show what fits."""
        self._turns.begin(self._sift(query))
        self._turns.go_now()

    def finish(self) -> None:
        """Look through the rest at once."""
        self._turns.finish()

    def _sift(self, query: str) -> Iterator[None]:
        ends = perf_counter() + SLICE_SECONDS
        by_score: dict[int, list[tuple[Entry, fuzzy.Match]]] = {}
        at = 0
        while at < len(self._all) or self._take():
            entry = self._all[at]
            at += 1
            fit = fuzzy.match(query, entry.title)
            if fit is not None:
                by_score.setdefault(fit.score, []).append((entry, fit))
            if perf_counter() > ends:
                yield
                ends = perf_counter() + SLICE_SECONDS
        best_first = [by_score[score] for score in sorted(by_score, reverse=True)]
        self._show(query, list(chain.from_iterable(best_first)))
        self.over.emit()

    def _show(self, query: str | None, found: Sequence[tuple[Entry, fuzzy.Match]]) -> None:
        self.beginResetModel()
        self.query, self._shown = query, found
        self.endResetModel()

    def _take(self) -> bool:
        """One more of the entries that are still being made; whether there was one."""
        for entry in self._coming:
            self._all.append(entry)
            return True
        return False

    def row(self, index: Index) -> tuple[Entry, fuzzy.Match]:
        return self._shown[index.row()]

    def rowCount(self, parent: Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self._shown)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return self._shown[index.row()][0].title
        if role == Qt.ItemDataRole.AccessibleDescriptionRole:
            return self._shown[index.row()][0].hint
        return None


class _Row(QStyledItemDelegate):
    """One entry: the letters that were meant are set in the accent colour."""

    def __init__(self, matches: _Matches) -> None:
        super().__init__(matches)
        self._matches = matches

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:  # noqa: ARG002
        return QSize(0, ROW_HEIGHT)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        colors = theme.current()
        entry, fit = self._matches.row(index)
        place: QRect = option.rect
        state: QStyle.StateFlag = option.state
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if state & QStyle.StateFlag.State_Selected:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(colors.chosen))
            painter.drawRoundedRect(place.adjusted(6, 1, -6, -1), 6, 6)
        inner = place.adjusted(18, 0, -18, 0)
        hint_font = fonts.interface(9.5)
        hint_width = QFontMetricsF(hint_font).horizontalAdvance(entry.hint)
        painter.setFont(hint_font)
        painter.setPen(QColor(colors.text_soft))
        painter.drawText(
            inner, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, entry.hint
        )
        inner.setRight(int(inner.right() - hint_width - 16))
        self._paint_title(painter, inner, entry.title, fit)
        painter.restore()

    @staticmethod
    def _paint_title(painter: QPainter, place: QRect, title: str, fit: fuzzy.Match) -> None:
        colors = theme.current()
        plain, meant = fonts.interface(11), fonts.interface(11, strong=True)
        elided = QFontMetricsF(plain).elidedText(title, Qt.TextElideMode.ElideRight, place.width())
        left = float(place.left())
        positions = set(fit.positions)
        for at, letter in enumerate(elided):
            font = meant if at in positions else plain
            painter.setFont(font)
            painter.setPen(QColor(colors.accent if at in positions else colors.text))
            width = QFontMetricsF(font).horizontalAdvance(letter)
            cell = QRect(round(left), place.top(), round(width) + 4, place.height())
            painter.drawText(
                cell, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, letter
            )
            left += width


class Palette(QWidget):
    """The field and its list; hidden until `ask` shows it."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self.setObjectName("card")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setAccessibleName(self.tr("Command palette"))
        self._matches = _Matches(self)
        self.field = QLineEdit(self)
        self.field.setFrame(False)
        self.field.setFont(fonts.interface(12.5))
        self.field.setStyleSheet("border: 0; background: transparent; padding: 10px 12px;")
        self.field.textChanged.connect(self._filter)
        self.field.installEventFilter(self)
        self.list = QListView(self)
        self.list.setModel(self._matches)
        self.list.setItemDelegate(_Row(self._matches))
        self.list.setUniformItemSizes(True)
        self.list.setLayoutMode(QListView.LayoutMode.Batched)
        self.list.setBatchSize(BATCH)
        self._matches.over.connect(self._show_found)
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setAccessibleName(self.tr("What was found"))
        self.list.clicked.connect(self._choose)
        self.nothing = QLabel(self.tr("Nothing fits these letters."), self)
        self.nothing.setProperty("tone", "soft")
        self.nothing.setContentsMargins(14, 0, 14, 0)
        self.nothing.setFixedHeight(ROW_HEIGHT)
        self.nothing.hide()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 4, 0, 6)
        layout.setSpacing(2)
        layout.addWidget(self.field)
        layout.addWidget(self.nothing)
        layout.addWidget(self.list)
        shadow = QGraphicsDropShadowEffect(self)
        shadow.setBlurRadius(36)
        shadow.setOffset(0, 8)
        shadow.setColor(QColor(0, 0, 0, 70))
        self.setGraphicsEffect(shadow)
        self._came_from: QWidget | None = None
        self._offer: Callable[[str], Sequence[Entry]] | None = None
        window.installEventFilter(self)
        self.hide()

    def ask(self, prompt: str, entries: Iterable[Entry]) -> None:
        """Offer these entries; the one that is chosen runs after the palette has closed."""
        self._offer = None
        self._matches.set_entries(entries)
        self._appear(prompt)

    def ask_for(self, prompt: str, offer: Callable[[str], Sequence[Entry]]) -> None:
        """Offer what follows from the words that are typed: a line number, a new name."""
        self._offer = offer
        self._matches.set_entries(offer(""))
        self._appear(prompt)

    def _appear(self, prompt: str) -> None:
        focus = self.window().focusWidget()
        if focus is not self.field:
            self._came_from = focus
        self.field.setPlaceholderText(prompt)
        self.field.setAccessibleName(prompt)
        self.field.clear()
        self._select(0)
        self._place()
        self.show()
        self.raise_()
        self.field.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def dismiss(self) -> None:
        """Close without choosing; the focus goes back to where it was."""
        self.hide()
        if self._came_from is not None:
            self._came_from.setFocus(Qt.FocusReason.PopupFocusReason)
            self._came_from = None

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Steer the list with the field's keys, and stay in the middle of the window."""
        if watched is self.field:
            if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
                return self._key(event)
            if event.type() == QEvent.Type.FocusOut and self.isVisible():
                self._came_from = None
                self.hide()
        elif event.type() == QEvent.Type.Resize and self.isVisible():
            self._place()
        return super().eventFilter(watched, event)

    def _key(self, event: QKeyEvent) -> bool:
        last = self._matches.rowCount() - 1
        row = self.list.currentIndex().row()
        match event.key():
            case Qt.Key.Key_Escape:
                self.dismiss()
            case Qt.Key.Key_Return | Qt.Key.Key_Enter:
                self._choose(self.list.currentIndex())
            case Qt.Key.Key_Down | Qt.Key.Key_Tab:
                self._select(0 if row >= last else row + 1)
            case Qt.Key.Key_Up | Qt.Key.Key_Backtab:
                self._select(last if row <= 0 else row - 1)
            case Qt.Key.Key_PageDown:
                self._select(min(last, row + ROWS_SHOWN))
            case Qt.Key.Key_PageUp:
                self._select(max(0, row - ROWS_SHOWN))
            case _:
                return False
        return True

    def _filter(self, query: str) -> None:
        if self._offer is not None:
            self._matches.set_entries(self._offer(query))
        else:
            self._matches.filter(query)

    def _show_found(self) -> None:
        self._select(0)
        self._place()

    def _select(self, row: int) -> None:
        index = self._matches.index(row, 0)
        self.list.setCurrentIndex(index)
        self.list.scrollTo(index)

    def _choose(self, index: QModelIndex) -> None:
        if self._offer is None and self._matches.query != self.field.text():  # not sifted yet
            self._matches.finish()
            index = self.list.currentIndex()
        if not index.isValid():
            return
        entry, _ = self._matches.row(index)
        self.dismiss()
        entry.run()

    def _place(self) -> None:
        window = self.window()
        width = min(620, window.width() - 40)
        is_looked_up = self._offer is None and self._matches.query is not None
        is_empty = is_looked_up and self._matches.rowCount() == 0
        self.nothing.setVisible(is_empty)
        self.list.setVisible(not is_empty)
        rows = max(1, min(ROWS_SHOWN, self._matches.rowCount()))
        height = self.field.sizeHint().height() + rows * ROW_HEIGHT + 14
        self.setGeometry(QRect(QPoint((window.width() - width) // 2, 64), QSize(width, height)))
