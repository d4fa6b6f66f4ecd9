"""The view of an open draft: its text in style, with the status of each link painted over it."""

import math
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QPointF, QRect, QRectF, Qt, QTimer
from PySide6.QtGui import (
    QColor,
    QInputMethodEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
    QTextBlock,
)
from PySide6.QtWidgets import QWidget

from app.lines import LineEdit
from app.linkcheck.verdict import SEVERITY
from app.ui import theme
from app.ui.shapes import paint_status

from . import fold_chips, folds
from .open_draft import GUTTER
from .painting import Found, paint_code, paint_found
from .places import Place
from .rows import only_moved
from .text_access import reveal
from .text_column import TextColumn
from .wrapping import wrap_long_words

if TYPE_CHECKING:
    from app.markup import Change

    from .marks import Mark, MarkPainter, Marks
    from .open_draft import OpenDraft
    from .styles import LineStyler

SHAPE = 11.0
SEVERITY_SHOWN = 2
"""The least severity that has a shape beside its line: unverified."""


class DraftView(TextColumn):
    """Shows an `OpenDraft`: styled text, and the status of each link painted over it.

    Only lines in view are styled and marked. Nothing here is proportional to the draft's length.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._draft: OpenDraft | None = None
        self._styler: LineStyler | None = None
        self._marks: Marks | None = None
        self._mark_painter: MarkPainter | None = None
        self.found_in: Callable[[int], Sequence[Found]] | None = None
        self._seen = (0, 0)
        self._edited = (0, 0)
        self._current_line = -1
        self._preedit = False
        self.viewport().setMouseTracking(True)
        self.cursorPositionChanged.connect(self._current_line_moved)
        self._seen_later = QTimer(self, singleShot=True, interval=0)
        self._seen_later.timeout.connect(self._tell_seen)

    # the draft

    @property
    def draft(self) -> "OpenDraft | None":
        """What is shown."""
        return self._draft

    def set_draft(self, draft: "OpenDraft") -> None:
        """Show a draft; its undo steps and text live on in it."""
        self._draft = draft
        self.setDocument(draft.text)
        wrap_long_words(self, draft.lines)
        self._dress()
        draft.edited.connect(self._on_edited)
        draft.changed.connect(self._on_changed)
        draft.marks_changed.connect(self._on_marks_changed)
        draft.layout.rows_changed.connect(self._paint_rows)
        if draft.is_parsed:
            self._on_parsed()
        else:
            draft.parsed.connect(self._on_parsed)

    def _on_parsed(self) -> None:
        from . import styles
        from .marks import MarkPainter

        colors = theme.current()
        looks = styles.formats(colors, self._points * self._zoom)
        self._styler = styles.LineStyler(self.document().blockCount(), looks)
        self._mark_painter = MarkPainter(colors, self.devicePixelRatioF())
        self._marks = None
        self._find_seen()
        self.viewport().update()

    def _on_edited(self, edit: LineEdit) -> None:
        wrap_long_words(self, edit.lines)
        self._edited = (edit.first, edit.first + len(edit.lines))
        if edit.removed != len(edit.lines):
            self._marks = None  # lines below move, and all of them are painted
        if self._styler is not None:
            self._styler.apply(edit)
            if self._draft is not None:
                self._styler.forget(*self._draft.touched)
            first, last = self._seen
            self._seen = (first, max(first, last + len(edit.lines) - edit.removed))

    def _on_changed(self, change: "Change") -> None:
        if self._draft is None or self._styler is None:
            return
        for index in change.relinked:
            first = self._draft.document.first_line(index)
            count = self._draft.document.blocks[index].line_count
            self._styler.forget(first, first + count - 1)
        first, last = self._changed_lines(change)
        if not self._preedit:
            self._style(first, last)
        if self._marks is None or change.relinked or len(change.removed) != len(change.added):
            self._marks = None
            self.viewport().update()
        else:
            only_moved = self._renew_marks(self._draft, self._marks, first, last)
            if only_moved and self._looks_only_moved(self._draft, self._styler):
                self._draft.layout.expect_looks_to_move()

    def _looks_only_moved(self, draft: "OpenDraft", styler: "LineStyler") -> bool:
        """Whether the edited line wears the styles that it wore before the edit."""
        if draft.typed is None or self._preedit or self.found_in is not None:
            return False
        return styler.has_only_moved(self._edited[0], draft.typed)

    def _paint_rows(self, block: QTextBlock, first: int, last: int) -> None:
        """Paint some rows of a line anew, down to where their marks reach."""
        from .marks import reach

        place = self.blockBoundingGeometry(block).translated(self.contentOffset())
        layout = block.layout()
        top = math.floor(place.top() + layout.lineAt(first).y())
        bottom = math.ceil(place.top() + min(place.height(), reach(layout.lineAt(last))))
        self.viewport().update(0, top, self.viewport().width(), bottom - top)

    def _changed_lines(self, change: "Change") -> tuple[int, int]:
        """The lines in view (both included) that may look different now."""
        first, last = self._seen
        if self._draft is None or change.relinked:
            return first, last
        start = self._draft.document.first_line(change.first)
        end = start + sum(block.line_count for block in change.added) - 1
        touched_first, touched_last = self._draft.touched
        return max(first, min(start, touched_first)), min(last, max(end, touched_last))

    def _renew_marks(self, draft: "OpenDraft", marks: "Marks", first: int, last: int) -> bool:
        """Collect the marks of some lines anew; what Qt does not paint anyway is painted too.

        Tells whether those of the edited line merely moved.
        """
        from .marks import collect, look

        new = collect(draft, first, last) if first <= last else {}
        moved = False
        for line in range(first, last + 1):
            before, after = look(marks.pop(line, ())), look(new.get(line, ()))
            if line in new:
                marks[line] = new[line]
            if self._edited[0] <= line < self._edited[1]:
                moved = draft.typed is not None and only_moved(before, after, draft.typed)
            elif before != after:
                self.viewport().update()
        return moved

    def _on_marks_changed(self, _blocks: set[int]) -> None:
        self._marks = None
        self.viewport().update()

    def _dress(self) -> None:
        super()._dress()
        if self._draft is not None and self._draft.is_parsed:
            self._on_parsed()

    # what is in view

    def scrollContentsBy(self, dx: int, dy: int) -> None:
        """Style what comes into view."""
        super().scrollContentsBy(dx, dy)
        self._marks = None
        self._find_seen()
        self.viewport().update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Other lines may be in view."""
        super().resizeEvent(event)
        self._marks = None
        self._find_seen()

    def changeEvent(self, event: QEvent) -> None:
        """Another screen may have other pixels."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.DevicePixelRatioChange and self._mark_painter is not None:
            self._mark_painter.ratio = self.devicePixelRatioF()

    def _find_seen(self) -> None:
        first = self.firstVisibleBlock().blockNumber()
        last = first
        for block, _ in self.visible_blocks():
            last = block.blockNumber()
        self._seen = (first, last + 1)
        if self._styler is not None:
            self._style(*self._seen)
        self._seen_later.start()

    def _has_seen(self, rows: list[tuple[QTextBlock, QRectF]]) -> bool:
        """Whether these lines are styled: lines that go let others move up into view."""
        first, last = self._seen
        return first <= rows[0][0].blockNumber() and rows[-1][0].blockNumber() <= last

    def _tell_seen(self) -> None:
        if self._draft is not None:
            self._draft.set_visible(*self._seen)

    def _style(self, first: int, last: int) -> None:
        """Make the lines wear what the parser says."""
        if self._draft is None or self._styler is None:
            return
        document, styler = self._draft.document, self._styler
        last = min(last, len(document.lines) - 1)
        if first > last:
            return
        index, start = document.block_at(first)
        parsed = document.blocks[index]
        text_block = self.document().findBlockByNumber(first)
        for line in range(first, last + 1):
            while line >= start + parsed.line_count:
                start += parsed.line_count
                index += 1
                parsed = document.blocks[index]
            if not styler.wears(line, parsed.id):
                plain = len(document.lines[line]) > folds.LONGEST
                runs = () if plain else parsed.styles(line - start)
                styler.style(text_block, line, parsed.id, runs)
            text_block = text_block.next()

    # painting

    def paintEvent(self, event: QPaintEvent) -> None:
        """Ground, text, marks, in this order."""
        rows = list(self.visible_blocks(event.rect()))
        if rows and not self._has_seen(rows):
            self._find_seen()
            rows = list(self.visible_blocks(event.rect()))
        painter = QPainter(self.viewport())
        self._paint_ground(painter, rows)
        painter.end()
        super().paintEvent(event)
        if self._mark_painter is not None and rows:
            painter = QPainter(self.viewport())
            self._paint_marks(painter, self._mark_painter, rows, event.rect())
            painter.end()

    def _paint_ground(self, painter: QPainter, rows: list[tuple[QTextBlock, QRectF]]) -> None:
        colors = theme.current()
        current = self.textCursor().blockNumber()
        for block, place in rows:
            line = block.blockNumber()
            if not block.next().isValid():  # its place ends with the document's margin
                place = place.adjusted(0, 0, 0, -self.document().documentMargin())
            if self._styler is not None and self._styler.is_code(line):
                above, below = (self._styler.is_code(line + step) for step in (-1, 1))
                paint_code(painter, place, begins=not above, ends=not below)
            if line == current and not self.isReadOnly():
                painter.setRenderHint(QPainter.RenderHint.Antialiasing)
                painter.setPen(Qt.PenStyle.NoPen)
                painter.setBrush(QColor(colors.current_line))
                width = self.viewport().width()
                painter.drawRoundedRect(QRectF(0, place.top(), width, place.height()), 4, 4)
            if self.found_in is not None and (found := self.found_in(line)):
                paint_found(painter, block, place, found)

    def _paint_marks(
        self,
        painter: QPainter,
        mark_painter: "MarkPainter",
        rows: list[tuple[QTextBlock, QRectF]],
        area: QRect,
    ) -> None:
        from .marks import worst

        marks = self.visible_marks()
        for block, place in rows:
            fold_chips.paint(painter, block, place.topLeft())
            here = marks.get(block.blockNumber())
            if not here:
                continue
            mark_painter.paint(painter, block, place.topLeft(), here, area)
            status = worst(here)
            if SEVERITY[status] >= SEVERITY_SHOWN:
                shape = self._shape_place(block, place)
                if shape.toAlignedRect().intersects(area):
                    paint_status(painter, shape, status)

    def _shape_place(self, block: QTextBlock, place: QRectF) -> QRectF:
        first = block.layout().lineAt(0)
        middle = place.top() + first.y() + first.height() / 2
        return QRectF(place.left() + (GUTTER - SHAPE) / 2 - 3, middle - SHAPE / 2, SHAPE, SHAPE)

    def visible_marks(self) -> "Marks":
        """The marks of the lines in view, by line."""
        if self._draft is None or not self._draft.is_parsed:
            return {}
        if self._marks is None:
            from .marks import collect

            self._marks = collect(self._draft, *self._seen)
        return self._marks

    def mark_at(self, point: QPointF) -> "Mark | None":
        """The mark under a point of the viewport: its text, its underline, or the line's shape."""
        from .marks import LINE_HEIGHT, stretches, worst

        marks = self.visible_marks()
        for block, place in self.visible_blocks():
            here = marks.get(block.blockNumber())
            if not here or not place.top() <= point.y() <= place.bottom():
                continue
            if self._shape_place(block, place).adjusted(-4, -4, 4, 4).contains(point):
                status = worst(here)
                return next(mark for mark in here if mark.status is status)
            row = block.layout().lineAt(0).height()
            for mark in here:
                for x1, x2, baseline in stretches(block.layout(), mark.start, mark.end):
                    bottom = place.top() + baseline + LINE_HEIGHT + 2
                    box = QRectF(place.left() + x1 - 2, bottom - row, x2 - x1 + 4, row)
                    if box.contains(point):
                        return mark
        return None

    def fold_at(self, point: QPointF) -> Place | None:
        """The line, and the column at which begins what is folded away under a point."""
        from . import fold_chips

        for block, place in self.visible_blocks():
            if place.top() <= point.y() <= place.bottom():
                column = fold_chips.column_at(block, point - place.topLeft())
                return None if column is None else (block.blockNumber(), column)
        return None

    def reveal(self, place: Place) -> None:
        """Unfold what is around a place, if it is in what is folded away of a line."""
        if reveal(self.document(), place):
            line = place[0]
            if self._styler is not None:
                self._styler.forget(line, line)
                self._style(line, line)
            self._marks = None
            self.viewport().update()

    def _current_line_moved(self) -> None:
        line = self.textCursor().blockNumber()
        if line != self._current_line:
            self._current_line = line
            self.viewport().update()

    # input methods

    def inputMethodEvent(self, event: QInputMethodEvent) -> None:
        """While a composition is open nothing acts on the text; styles step aside for it."""
        self._preedit = bool(event.preeditString())
        super().inputMethodEvent(event)
        self._preedit = bool(self.textCursor().block().layout().preeditAreaText())
        if self._styler is not None:
            line = self.textCursor().blockNumber()
            self._styler.forget(line, line)
            self._style(*((line, line) if self._preedit else self._seen))
        self._marks = None
