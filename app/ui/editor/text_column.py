"""A centred column of text: its font, width and zoom, and which lines of it are in view."""

from collections.abc import Iterator

from PySide6.QtCore import QEvent, QRect, QRectF, Qt, Signal
from PySide6.QtGui import QFontMetricsF, QTextBlock, QWheelEvent
from PySide6.QtWidgets import QFrame, QPlainTextEdit, QWidget

from app.ui import fonts, theme

from .open_draft import GUTTER
from .painting import align_right

MARGIN = 16
ZOOM_STEP = 1.1
ZOOM_RANGE = (0.5, 4.0)
POINTS = 14.0
MEASURE = 72


class TextColumn(QPlainTextEdit):
    """Text as wide as it is well read, in the middle of whatever room there is."""

    scrolled = Signal(float)
    """The line at the top, with the part of it that is above the edge; by the writer's hand."""
    zoomed = Signal(int)
    """In percent."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._following = False
        self._head_room = 0
        self._family, self._points, self._zoom, self._measure = "", POINTS, 1.0, MEASURE
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setCenterOnScroll(False)
        theme.notifier().changed.connect(self._dress)

    # looks

    def set_writing_font(self, family: str, points: float, measure: int) -> None:
        """The font of the text ("" for the app's own) and the width of the column in characters."""
        self._family, self._points, self._measure = family, points, measure
        self._dress()

    @property
    def zoom(self) -> float:
        """The factor on the font's size."""
        return self._zoom

    def set_zoom(self, zoom: float) -> None:
        """Make the text larger or smaller; the line at the top stays there."""
        low, high = ZOOM_RANGE
        zoom = min(high, max(low, zoom))
        if zoom != self._zoom:
            top = self.top_line()
            self._zoom = zoom
            self._dress()
            self.scroll_to_line(top)
            self.zoomed.emit(round(zoom * 100))

    def zoom_in(self) -> None:
        """One step larger."""
        self.set_zoom(self._zoom * ZOOM_STEP)

    def zoom_out(self) -> None:
        """One step smaller."""
        self.set_zoom(self._zoom / ZOOM_STEP)

    def zoom_reset(self) -> None:
        """The size chosen in the settings."""
        self.set_zoom(1.0)

    def _dress(self) -> None:
        """Take the theme's colours and the font's size."""
        colors = theme.current()
        font = fonts.writing(self._family, self._points * self._zoom)
        self.setFont(font)
        self.document().setDefaultFont(font)
        self.setCursorWidth(max(1, round(self._points * self._zoom / 9)))
        self.setPalette(theme.palette(colors))
        self.viewport().setPalette(self.palette())  # the app's sheet holds on to the one before
        self.setTabStopDistance(4 * QFontMetricsF(font).horizontalAdvance(" "))
        self._set_column()
        self.viewport().update()

    def _set_column(self) -> None:
        """Centre a column of the measure's width."""
        text = self._measure * QFontMetricsF(self.font()).averageCharWidth() + 2 * GUTTER
        room = max(0, self.width() - self.verticalScrollBar().sizeHint().width() - 2 * MARGIN)
        side = MARGIN + max(0, int((room - text) / 2))
        margins = self.viewportMargins()
        wanted = (side, MARGIN + self._head_room, side)
        if (margins.left(), margins.top(), margins.right()) != wanted:
            self.setViewportMargins(*wanted, 0)

    def set_head_room(self, height: int) -> None:
        """Keep this many pixels free above the text."""
        self._head_room = height
        self._set_column()

    # what is in view

    def visible_blocks(self, rect: QRect | None = None) -> Iterator[tuple[QTextBlock, QRectF]]:
        """The blocks in view (or in a part of it), each with its place in the viewport."""
        area = rect or self.viewport().rect()
        block = self.firstVisibleBlock()
        top = self.contentOffset().y()
        while block.isValid() and top <= area.bottom():
            place = self.blockBoundingRect(block)
            if block.textDirection() == Qt.LayoutDirection.RightToLeft:
                align_right(block)
            if top + place.height() >= area.top():
                yield block, QRectF(self.contentOffset().x(), top, place.width(), place.height())
            top += place.height()
            block = block.next()

    def top_line(self) -> float:
        """The line at the top of the view; the fraction is the part of it that is above."""
        block = self.firstVisibleBlock()
        height = self.blockBoundingRect(block).height()
        above = -self.contentOffset().y() / height if height else 0.0
        return block.blockNumber() + min(max(above, 0.0), 0.999)

    def scroll_to_line(self, line: float) -> None:
        """Put a line at the top of the view, without `scrolled` being sent."""
        block = self.document().findBlockByNumber(int(line))
        if not block.isValid():
            block = self.document().lastBlock()
        self._following = True
        try:
            self.blockBoundingRect(block)  # lays the block out, so that its lines are counted
            rows = int((line % 1) * max(1, block.layout().lineCount()))
            self.verticalScrollBar().setValue(block.firstLineNumber() + rows)
        finally:
            self._following = False

    def scrollContentsBy(self, dx: int, dy: int) -> None:
        """Tell of what the writer scrolls."""
        super().scrollContentsBy(dx, dy)
        if not self._following:
            self.scrolled.emit(self.top_line())

    def event(self, event: QEvent) -> bool:
        """Keep the column centred: before the viewport hears of its size, or Qt loses the news."""
        if event.type() == QEvent.Type.Resize:
            self._set_column()
        return super().event(event)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """With Ctrl the wheel zooms."""
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            steps = event.angleDelta().y() / 120
            if steps:
                self.set_zoom(self._zoom * ZOOM_STEP**steps)
            event.accept()
            return
        super().wheelEvent(event)
