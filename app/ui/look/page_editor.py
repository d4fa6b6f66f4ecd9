"""The HTML of a template: lines with their numbers, and what is wrong with which of them."""

from collections.abc import Sequence

from PySide6.QtCore import QModelIndex, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QPainter,
    QPaintEvent,
    QResizeEvent,
    QTextCharFormat,
    QTextCursor,
    QTextFormat,
)
from PySide6.QtWidgets import QTextEdit, QVBoxLayout, QWidget

from app.publish.checking import Problem
from app.ui import fonts, theme
from app.ui.look.field import Field
from app.ui.look.highlight import HtmlHighlighter
from app.ui.panels.rows import RowList, RowModel, RowPainter, write

POINTS = 10.0
_PROBLEMS_SHOWN = 3


class CodeField(Field):
    """Plain text with line numbers; the lines that are wrong are marked beside and under."""

    def __init__(self) -> None:
        super().__init__()
        self.setAccessibleName(self.tr("HTML of the template"))
        self.setFont(fonts.code(POINTS))
        self.setLineWrapMode(Field.LineWrapMode.NoWrap)
        self.problems: Sequence[Problem] = ()
        self._numbers = _Numbers(self)
        self._highlighter = HtmlHighlighter(self.document())
        self.blockCountChanged.connect(lambda _: self._make_room())
        self.updateRequest.connect(self._follow)
        self.cursorPositionChanged.connect(self._mark)
        theme.notifier().changed.connect(self._mark)
        self._make_room()

    def show_problems(self, problems: Sequence[Problem]) -> None:
        """Mark these."""
        self.problems = problems
        self._mark()
        self._numbers.update()

    def go_to(self, line: int) -> None:
        """Put the caret into a line, from 1."""
        block = self.document().findBlockByNumber(line - 1)
        if block.isValid():
            self.setTextCursor(QTextCursor(block))
            self.centerCursor()
        self.setFocus()

    def numbers_width(self) -> int:
        """Pixels that the numbers take."""
        digits = max(len(str(self.blockCount())), 3)
        return self.fontMetrics().horizontalAdvance("9") * digits + 30

    def paint_numbers(self, event: QPaintEvent) -> None:
        """The numbers of the lines in view."""
        colors = theme.current()
        painter = QPainter(self._numbers)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.fillRect(event.rect(), QColor(colors.paper))
        painter.setFont(self.font())
        wrong = {problem.line for problem in self.problems}
        here = self.textCursor().blockNumber()
        block = self.firstVisibleBlock()
        box = self.blockBoundingGeometry(block).translated(self.contentOffset())
        while block.isValid() and box.top() <= event.rect().bottom():
            number = block.blockNumber()
            height = self.fontMetrics().height()
            color = colors.text_soft if number == here else colors.text_faint
            if number + 1 in wrong:
                color = colors.warn
                painter.setPen(Qt.PenStyle.NoPen)
                painter.setBrush(QColor(color))
                painter.drawEllipse(QRectF(5, box.top() + height / 2 - 3, 6, 6))
            painter.setPen(QColor(color))
            place = QRectF(0, box.top(), self._numbers.width() - 10, height)
            painter.drawText(place, Qt.AlignmentFlag.AlignRight, str(number + 1))
            block = block.next()
            box = self.blockBoundingGeometry(block).translated(self.contentOffset())

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: D102
        super().resizeEvent(event)
        inside = self.contentsRect()
        place = QRect(inside.left(), inside.top(), self.numbers_width(), inside.height())
        self._numbers.setGeometry(place)

    def _make_room(self) -> None:
        self.setViewportMargins(self.numbers_width(), 0, 0, 0)

    def _follow(self, changed: QRect, dy: int) -> None:
        if dy:
            self._numbers.scroll(0, dy)
        else:
            self._numbers.update(0, changed.y(), self._numbers.width(), changed.height())

    def _mark(self) -> None:
        colors = theme.current()
        marks = [self._whole_line(self.textCursor(), colors.current_line)]
        for problem in self.problems:
            block = self.document().findBlockByNumber(problem.line - 1)
            if not problem.line or not block.isValid():
                continue
            cursor = QTextCursor(block)
            cursor.select(QTextCursor.SelectionType.LineUnderCursor)
            mark = QTextEdit.ExtraSelection()
            mark.cursor = cursor
            look = QTextCharFormat()
            look.setUnderlineColor(QColor(colors.warn))
            look.setUnderlineStyle(QTextCharFormat.UnderlineStyle.WaveUnderline)
            mark.format = look
            marks.append(mark)
        self.setExtraSelections(marks)

    def _whole_line(self, cursor: QTextCursor, color: str) -> QTextEdit.ExtraSelection:
        mark = QTextEdit.ExtraSelection()
        cursor.clearSelection()
        mark.cursor = cursor
        look = QTextCharFormat()
        look.setBackground(QColor(color))
        look.setProperty(QTextFormat.Property.FullWidthSelection, True)
        mark.format = look
        return mark


class _Numbers(QWidget):
    def __init__(self, field: CodeField) -> None:
        super().__init__(field)
        self._field = field

    def sizeHint(self) -> QSize:
        return QSize(self._field.numbers_width(), 0)

    def paintEvent(self, event: QPaintEvent) -> None:
        self._field.paint_numbers(event)


class _Painter(RowPainter[Problem]):
    height = 30

    def paint_row(self, painter: QPainter, place: QRect, row: Problem) -> None:
        colors = theme.current()
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(colors.warn))
        painter.drawEllipse(QRectF(place.left(), place.center().y() - 2, 6, 6))
        write(painter, place.adjusted(16, 0, 0, 0), str(row), fonts.interface(10), colors.text)


class PageEditor(QWidget):
    """The field, and below it what keeps the template from working; Enter leads to the line.

    Signals:
        changed: The HTML, as it is typed.
    """

    changed = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.field = CodeField()
        self.model: RowModel[Problem] = RowModel(self, str)
        self.list = RowList(self, self.tr("What keeps the template from working"),
                            _Painter(self.model))  # fmt: skip
        self.list.hide()
        self.list.picked.connect(self._go)
        self._showing = False
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(6)
        layout.addWidget(self.field, 1)
        layout.addWidget(self.list)
        self.setFocusProxy(self.field)
        self.field.textChanged.connect(self._tell)

    def set_page(self, text: str) -> None:
        """Edit this one."""
        self._showing = True
        try:
            self.field.setPlainText(text)
            self.show_problems(())
        finally:
            self._showing = False

    def show_problems(self, problems: Sequence[Problem]) -> None:
        """Name what is wrong; nothing where it works."""
        self.field.show_problems(problems)
        self.model.show(tuple(problems))
        self.list.setFixedHeight(_Painter.height * min(len(problems), _PROBLEMS_SHOWN) + 4)
        self.list.setVisible(bool(problems))

    def _tell(self) -> None:
        if not self._showing:
            self.changed.emit(self.field.toPlainText())

    def _go(self, index: QModelIndex) -> None:
        self.field.go_to(self.model.rows[index.row()].line or 1)
