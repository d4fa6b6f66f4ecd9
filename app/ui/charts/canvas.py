"""The painted chart as a widget: mouse and arrow keys choose a value, which is shown and said."""

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QAccessible,
    QAccessibleAnnouncementEvent,
    QFocusEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from app.engagement.reports.charts import Chart
from app.ui import theme
from app.ui.charts import painting
from app.ui.charts.look import Look, on
from app.ui.charts.painting import Place
from app.ui.controls import paint_focus

_STEPS = {
    Qt.Key.Key_Left: (0, -1),
    Qt.Key.Key_Right: (0, 1),
    Qt.Key.Key_Up: (-1, 0),
    Qt.Key.Key_Down: (1, 0),
}
EDGE = 6
"""Pixels around the chart, for the ring of the focus."""


class Canvas(QWidget):
    """A chart; one value may be chosen."""

    chosen_changed = Signal()
    activated = Signal(int, int)
    """A value was double-clicked, or Enter pressed on it: its row and column."""

    def __init__(self, ground: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._ground = ground
        self._chart: Chart | None = None
        self._chosen: Place | None = None
        self._height = 0
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        theme.notifier().changed.connect(self.update)

    def show_chart(self, chart: Chart) -> None:
        """Show a chart; what was chosen stays where there is such a place."""
        if chart == self._chart:
            return
        self._chart = chart
        if self._chosen is not None:
            rows, columns = chart.size
            if self._chosen[0] >= rows or self._chosen[1] >= columns:
                self._chosen = None
        self.setAccessibleName(chart.title)
        self._say()
        height = round(painting.height(chart, self.look)) + 2 * EDGE
        if height != self._height:
            self._height = height
            self.setFixedHeight(height)
        self.update()

    @property
    def chosen(self) -> Place | None:
        """Row and column of the value that is chosen."""
        return self._chosen

    @property
    def look(self) -> Look:
        """How it is painted here."""
        return on(self, getattr(theme.current(), self._ground))

    def choose(self, place: Place | None) -> None:
        """Mark and say a value."""
        if place == self._chosen:
            return
        self._chosen = place
        self._say()
        self.update()
        self.chosen_changed.emit()

    def words(self) -> str:
        """The chosen value in words; empty where none is chosen."""
        if self._chart is None or self._chosen is None:
            return ""
        return self._chart.said(*self._chosen)

    def sizeHint(self) -> QSize:  # noqa: D102
        return QSize(420, self._height or 120)

    def minimumSizeHint(self) -> QSize:  # noqa: D102
        return QSize(160, self._height or 60)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002, D102
        if self._chart is None:
            return
        painter = QPainter(self)
        painting.paint(painter, self._chart, self._place(), self.look, self._chosen)
        if self.hasFocus():
            paint_focus(painter, self)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows, Home and End move; Enter acts on the value, Escape lets go of it."""
        if self._chart is None or 0 in self._chart.size:
            super().keyPressEvent(event)
            return
        key = Qt.Key(event.key())
        plain = event.modifiers() in (
            Qt.KeyboardModifier.NoModifier,
            Qt.KeyboardModifier.KeypadModifier,
        )
        if plain and key in _STEPS:
            self._move(*_STEPS[key])
        elif plain and key in (Qt.Key.Key_Home, Qt.Key.Key_End):
            self._jump(to_end=key == Qt.Key.Key_End)
        elif plain and key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self._chosen:
            self.activated.emit(*self._chosen)
        elif plain and key == Qt.Key.Key_Escape and self._chosen:
            self.choose(None)
        else:
            super().keyPressEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """What the mouse is on is shown."""
        self.choose(self._at(event.position()))

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:  # noqa: D102
        place = self._at(event.position())
        if place is not None:
            self.activated.emit(*place)

    def leaveEvent(self, event: QEvent) -> None:  # noqa: D102
        super().leaveEvent(event)
        if not self.hasFocus():
            self.choose(None)

    def focusOutEvent(self, event: QFocusEvent) -> None:  # noqa: D102
        super().focusOutEvent(event)
        if event.reason() != Qt.FocusReason.PopupFocusReason:
            self.choose(None)

    def _place(self) -> QRectF:
        return QRectF(self.rect()).adjusted(EDGE, EDGE, -EDGE, -EDGE)

    def _at(self, point: QPointF) -> Place | None:
        if self._chart is None:
            return None
        return painting.hit(self._chart, self._place(), self.look, point)

    def _move(self, down: int, right: int) -> None:
        if self._chart is None:
            return
        rows, columns = self._chart.size
        if self._chosen is None:
            self.choose((0, columns - 1 if right < 0 else 0))
            return
        row, column = self._chosen
        self.choose((max(0, min(rows - 1, row + down)), max(0, min(columns - 1, column + right))))

    def _jump(self, *, to_end: bool) -> None:
        if self._chart is None:
            return
        rows, columns = self._chart.size
        row = self._chosen[0] if self._chosen else 0
        if columns > 1:
            self.choose((row, columns - 1 if to_end else 0))
        else:
            self.choose((rows - 1 if to_end else 0, 0))

    def _introduction(self) -> str:
        """What a screen reader tells of a widget that is no button, table or text."""
        keys = self.tr("A chart: arrow keys read its values, T shows them as a table.")
        summary = self._chart.summary() if self._chart is not None else ""
        return f"{summary.rstrip('.')}. {keys}" if summary else keys

    def _say(self) -> None:
        """For screen readers: the chosen value, else the chart in a sentence."""
        if self._chart is None:
            return
        words = self.words()
        self.setAccessibleDescription(words or self._introduction())
        if words and self.hasFocus():
            # The description alone is read only when the focus comes.
            QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(self, words))
