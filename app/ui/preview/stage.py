"""The place the letter stands in: as wide as a phone, or as a desktop's mail program."""

from PySide6.QtCore import QRectF
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from app.ui import theme

PHONE_WIDTH = 375
"""CSS pixels, as on most phones."""

DESKTOP_WIDTH = 680
"""CSS pixels that a desktop shows at the least: the letter's 600 and some margin."""

_FRAME = 10


class Stage(QWidget):
    """Holds the view, and keeps the letter's width in CSS pixels right at every size."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._view: QWidget | None = None
        self._phone = False
        self._zoom = 1.0
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(160, 80)
        theme.notifier().changed.connect(self.update)

    def set_view(self, view: QWidget) -> None:
        """Show this view in the place of the one before, which is deleted."""
        if self._view is not None:
            self._view.hide()
            self._view.deleteLater()
        self._view = view
        view.setParent(self)
        self._arrange()
        view.show()

    def set_phone(self, phone: bool) -> None:
        """Be as wide as a phone, or as wide as there is room."""
        self._phone = phone
        self._arrange()

    def set_zoom(self, zoom: float) -> None:
        """The size that the writer wants; 1.0 is the natural one."""
        self._zoom = zoom
        self._arrange()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: D102
        super().resizeEvent(event)
        self._arrange()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002, D102
        colors = theme.current()
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(colors.panel))
        if self._phone and self._view is not None:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(QPen(QColor(colors.line), 1))
            painter.setBrush(QColor(colors.raised))
            frame = QRectF(self._view.geometry()).adjusted(-6.5, -6.5, 6.5, 6.5)
            painter.drawRoundedRect(frame, 12, 12)

    def _arrange(self) -> None:
        view = self._view
        if view is None:
            return
        if self._phone:
            factor = min(self._zoom, max((self.width() - 2 * _FRAME) / PHONE_WIDTH, 0.25))
            width = round(PHONE_WIDTH * factor)
            left = (self.width() - width) // 2
            view.setGeometry(left, _FRAME, width, max(self.height() - 2 * _FRAME, 1))
        else:
            factor = self._zoom * min(1.0, self.width() / DESKTOP_WIDTH)
            view.setGeometry(self.rect())
        set_factor = getattr(view, "setZoomFactor", None)
        if set_factor is not None:
            set_factor(max(factor, 0.25))
        self.update()
