"""The head of the list: names above the columns, an arrow at the one that it is sorted by."""

from PySide6.QtCore import QPointF, QRect, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFontMetrics, QMouseEvent, QPainter, QPolygonF
from PySide6.QtWidgets import QHeaderView, QWidget

from app.engagement.reports.listing import LIST, NUMBERS, heading, sortable
from app.ui import fonts, theme
from app.ui.panels.rows import LEFT, RIGHT
from app.ui.reports.issues.model import IssuesModel
from app.ui.reports.issues.painting import PAD

HEIGHT = 34
POINTS = 9.5
ARROW = 12


class Header(QHeaderView):
    """A click on a name sorts; ``marked`` is the column that the keyboard is in."""

    sort_wanted = Signal(str)

    def __init__(self, model: IssuesModel, parent: QWidget) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self._issues = model
        self.marked = -1
        self.setSectionsClickable(True)
        self.setHighlightSections(False)
        self.setMinimumSectionSize(40)
        self.setAccessibleName(self.tr("Columns"))
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.sectionClicked.connect(self._sort)

    def mark(self, section: int) -> None:
        """The keyboard is in another column."""
        if section != self.marked:
            self.marked = section
            self.viewport().update()

    def sizeHint(self) -> QSize:  # noqa: D102
        return QSize(0, HEIGHT)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """What can be sorted by says so under the mouse."""
        super().mouseMoveEvent(event)
        at = self.logicalIndexAt(event.position().toPoint())
        can = 0 <= at < len(LIST) and LIST[at] in sortable()
        self.viewport().setCursor(
            Qt.CursorShape.PointingHandCursor if can else Qt.CursorShape.ArrowCursor
        )

    def paintSection(self, painter: QPainter, rect: QRect, section: int) -> None:  # noqa: D102
        colors = theme.current()
        column = LIST[section]
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.fillRect(rect, QColor(colors.paper))
        painter.fillRect(rect.left(), rect.bottom(), rect.width(), 1, QColor(colors.line))
        is_sorted = column == self._issues.column
        font = fonts.interface(POINTS, strong=is_sorted)
        painter.setFont(font)
        lively = is_sorted or section == self.marked
        painter.setPen(QColor(colors.text if lively else colors.text_soft))
        place = rect.adjusted(PAD, 0, -PAD, 0)
        text = QFontMetrics(font).elidedText(
            heading(column), Qt.TextElideMode.ElideRight, place.width()
        )
        align = RIGHT if column in NUMBERS else LEFT
        painter.drawText(place, align | Qt.TextFlag.TextSingleLine, text)
        if section == self.marked:
            width = min(place.width(), QFontMetrics(font).horizontalAdvance(text))
            left = place.right() - width + 1 if column in NUMBERS else place.left()
            painter.fillRect(left, rect.bottom() - 1, width, 2, QColor(colors.accent))
        if is_sorted:
            width = QFontMetrics(font).horizontalAdvance(text)
            if column in NUMBERS:
                x = place.right() - width - ARROW + 3
            else:
                x = place.left() + width + ARROW - 4
            self._paint_arrow(painter, QPointF(x, rect.center().y() + 1))
        painter.restore()

    def _paint_arrow(self, painter: QPainter, at: QPointF) -> None:
        turn = 1 if self._issues.descending else -1
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(theme.current().accent))
        corners = (QPointF(-3.5, -2 * turn), QPointF(3.5, -2 * turn), QPointF(0, 2.5 * turn))
        painter.drawPolygon(QPolygonF([at + corner for corner in corners]))

    def _sort(self, section: int) -> None:
        if LIST[section] in sortable():
            self.sort_wanted.emit(LIST[section])
