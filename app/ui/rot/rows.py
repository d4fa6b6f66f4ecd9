"""The list of dead links: a row for each letter, and under it a row for each of its links."""

from collections.abc import Iterator
from dataclasses import dataclass

from PySide6.QtCore import QCoreApplication, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter
from PySide6.QtWidgets import QStyleOptionViewItem, QWidget

from app.linkcheck.verdict import Status
from app.linkrot.listing import DeadLink, Overview
from app.linkrot.model import Kind, Letter
from app.ui import fonts, theme
from app.ui.panels.rows import RIGHT, Index, RowList, RowModel, RowPainter, write
from app.ui.rot import words
from app.ui.shapes import paint_status

HEAD_HEIGHT, LINK_HEIGHT = 44, 52
INDENT = 20
BATCH = 250
"""Rows that are placed in a turn; those of other lists need not be asked for their height."""
NARROW = 380
"""Pixels below which a link's words need the room of others."""


@dataclass(frozen=True, slots=True)
class Row:
    """A letter (``dead`` is None) or one of its links; ``is_replaced`` by a copy just now."""

    letter: Letter
    count: int
    dead: DeadLink | None = None
    is_replaced: bool = False

    @property
    def key(self) -> tuple[Kind, str, str, str]:
        """What it stands for, however its figures change."""
        page = self.dead.link.page if self.dead is not None else ""
        return self.letter.kind, self.letter.account, self.letter.id, page


def rows(found: Overview, replaced: frozenset[tuple[str, str]]) -> Iterator[Row]:
    """The rows in order; ``replaced`` are drafts' paths and pages."""
    for group in found.groups:
        yield Row(group.letter, len(group.links))
        for dead in group.links:
            is_replaced = (dead.link.draft, dead.link.page) in replaced
            yield Row(group.letter, len(group.links), dead, is_replaced)


def spoken(row: Row) -> str:
    """What a screen reader says of a row."""
    letter = f"{words.letter_title(row.letter)}, {words.letter_kind(row.letter)}"
    if row.dead is None:
        return letter
    dead = row.dead
    said = [dead.link.text, dead.link.url, words.what(dead.page), words.since(dead)]
    if dead.copy is not None:
        said.append(words.copy_words(dead, dead.copy))
    return ". ".join(filter(None, said))


class _Painter(RowPainter[Row]):
    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:  # noqa: ARG002
        is_head = self.model.rows[index.row()].dead is None
        return QSize(0, HEAD_HEIGHT if is_head else LINK_HEIGHT)

    def paint_row(self, painter: QPainter, place: QRect, row: Row) -> None:
        if row.dead is None:
            self._paint_letter(painter, place, row)
        else:
            self._paint_link(painter, place.adjusted(INDENT, 0, 0, 0), row.dead, row.is_replaced)

    def _paint_letter(self, painter: QPainter, place: QRect, row: Row) -> None:
        colors = theme.current()
        line = place.adjusted(0, 14, 0, -6)
        kind = words.letter_kind(row.letter)
        used = write(painter, line, kind, fonts.interface(9), colors.text_soft, align=RIGHT)
        line.setRight(line.right() - used - 10)
        title = words.letter_title(row.letter)
        write(painter, line, title, fonts.writing(points=12), colors.text)

    def _paint_link(
        self, painter: QPainter, place: QRect, dead: DeadLink, is_replaced: bool
    ) -> None:
        colors = theme.current()
        first = QRect(place.left(), place.top() + 6, place.width(), 20)
        second = QRect(place.left(), place.top() + 27, place.width(), 18)
        status = Status.SAFE if is_replaced else Status.WARN
        paint_status(painter, QRectF(place.left() - INDENT + 3, place.top() + 11, 11, 11), status)
        small = fonts.interface(9)
        is_narrow = place.width() < NARROW
        when = words.day_of_death(dead.page) if is_narrow else words.since_short(dead)
        used = write(painter, first, when, small, colors.text_soft, align=RIGHT)
        first.setRight(first.right() - used - 10)
        text = dead.link.text or dead.link.url
        color = colors.text_soft if is_replaced else colors.text
        write(painter, first, text, fonts.interface(10.5), color)
        if dead.copy is not None and dead.copy.url:
            copied = words.copy_short(dead.copy)
            used = write(painter, second, copied, small, colors.accent, align=RIGHT)
            second.setRight(second.right() - used - 10)
        why = f"{words.what(dead.page)}  ·  "
        used = write(painter, second, why, small, colors.warn)
        address = second.adjusted(used, 0, 0, 0)
        shown = dead.link.url.partition("://")[2]
        elide = Qt.TextElideMode.ElideMiddle
        write(painter, address, shown, small, colors.text_soft, elide=elide)


class DeadList(RowList):
    """Arrow keys go from link to link, over the letters; Enter and a double click want more."""

    wanted = Signal()

    def __init__(self, parent: QWidget) -> None:
        self.rows_model: RowModel[Row] = RowModel(parent, spoken)
        name = QCoreApplication.translate("DeadList", "Links that died")
        super().__init__(parent, name, _Painter(self.rows_model))
        self.setUniformItemSizes(False)
        self.setBatchSize(BATCH)
        self.doubleClicked.connect(lambda _: self.wanted.emit())
        self.clicked.connect(self._leave_letter)

    @property
    def row(self) -> Row | None:
        """The chosen one."""
        at = self.currentIndex().row()
        return self.rows_model.rows[at] if 0 <= at < len(self.rows_model.rows) else None

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: D102
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.wanted.emit()
            return
        before = self.currentIndex().row()
        super().keyPressEvent(event)
        steps = {Qt.Key.Key_Up: -1, Qt.Key.Key_PageUp: -1, Qt.Key.Key_Home: 1,
                 Qt.Key.Key_Down: 1, Qt.Key.Key_PageDown: 1, Qt.Key.Key_End: 1}  # fmt: skip
        step = steps.get(Qt.Key(event.key()))
        row = self.row
        if step is not None and row is not None and row.dead is None:
            self._skip(self.currentIndex().row(), step, before)

    def choose(self, key: tuple[Kind, str, str, str] | None) -> None:
        """Choose the row of a link, else the first link of its letter, else the first of all."""
        found = self.rows_model.rows
        links = [at for at, row in enumerate(found) if row.dead is not None]
        if not links:
            return
        keys = {at: found[at].key for at in links} if key is not None else {}
        same = next((at for at, each in keys.items() if each == key), None)
        if same is not None:
            self.mark(same)
            return
        of_letter = [at for at, each in keys.items() if key is not None and each[:3] == key[:3]]
        at = (of_letter or links)[0]
        self.mark(at)
        self.scrollTo(self.rows_model.index(at - 1, 0), RowList.ScrollHint.PositionAtTop
                      if of_letter else RowList.ScrollHint.EnsureVisible)  # fmt: skip

    def _leave_letter(self, index: Index) -> None:
        """A click on a letter means its first link."""
        if self.rows_model.rows[index.row()].dead is None:
            self.mark(index.row() + 1)

    def _skip(self, at: int, step: int, before: int) -> None:
        target = at + step
        if 0 <= target < len(self.rows_model.rows):
            self.mark(target)
            if step < 0:
                self.scrollTo(self.rows_model.index(at, 0))
        elif before >= 0:
            self.mark(before)
            self.scrollTo(self.rows_model.index(max(0, before - 1), 0))
