"""Small painted controls: icon buttons, page tabs, a switch."""

from PySide6.QtCore import QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QLineEdit, QWidget

from app.ui import fonts, icons, theme


class IconButton(QAbstractButton):
    """A square button with a line icon; its name is spoken and shown as its tooltip."""

    SIDE = 28
    ICON = 16

    def __init__(self, icon: str, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._icon = icon
        self.setAccessibleName(name)
        self.setToolTip(name)
        self.setFixedSize(self.SIDE, self.SIDE)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        theme.notifier().changed.connect(self.update)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002, D102
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        paint_ground(painter, self)
        left, top = (self.width() - self.ICON) / 2, (self.height() - self.ICON) / 2
        colors = theme.current()
        color = colors.text_faint if not self.isEnabled() else colors.text_soft
        if self.isEnabled() and (self.underMouse() or self.isChecked()):
            color = colors.text
        icons.paint(painter, self._icon, QRectF(left, top, self.ICON, self.ICON), color)


class PageTab(QAbstractButton):
    """A word that shows a page of the panel below; the shown one is underlined."""

    def __init__(self, text: str, tip: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setText(text)
        self.setToolTip(tip)
        self.setAccessibleName(text)
        self.setCheckable(True)
        self.setAutoExclusive(True)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        theme.notifier().changed.connect(self.update)

    def sizeHint(self) -> QSize:  # noqa: D102
        metrics = QFontMetrics(fonts.interface(10.5, strong=True))
        return QSize(metrics.horizontalAdvance(self.text()) + 20, 34)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002, D102
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        colors = theme.current()
        painter.setFont(fonts.interface(10.5, strong=self.isChecked()))
        lively = self.isChecked() or self.underMouse() or self.hasFocus()
        painter.setPen(QColor(colors.text if lively else colors.text_soft))
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, self.text())
        if self.isChecked():
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(colors.accent))
            painter.drawRoundedRect(QRectF(10, self.height() - 3, self.width() - 20, 2), 1, 1)
        if self.hasFocus():
            paint_focus(painter, self)


class Switch(QAbstractButton):
    """On or off, with its words beside it."""

    def __init__(self, text: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setText(text)
        self.setAccessibleName(text)
        self.setCheckable(True)
        self.setCursor(Qt.CursorShape.PointingHandCursor)

    def sizeHint(self) -> QSize:  # noqa: D102
        metrics = QFontMetrics(fonts.interface())
        return QSize(metrics.horizontalAdvance(self.text()) + 56, 28)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002, D102
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        colors = theme.current()
        track = QRectF(2, (self.height() - 18) / 2, 32, 18)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(colors.accent if self.isChecked() else colors.text_faint))
        painter.drawRoundedRect(track, 9, 9)
        painter.setBrush(QColor(colors.on_accent if self.isChecked() else colors.paper))
        left = track.right() - 16 if self.isChecked() else track.left() + 2
        painter.drawEllipse(QRectF(left, track.top() + 2, 14, 14))
        painter.setFont(fonts.interface())
        painter.setPen(QColor(colors.text if self.isEnabled() else colors.text_faint))
        words = self.rect().adjusted(44, 0, 0, 0)
        painter.drawText(
            words, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, self.text()
        )
        if self.hasFocus():
            paint_focus(painter, self)


class FilterField(QLineEdit):
    """A field that narrows a list. Its clear button comes with the first letter: looking for the
    button's icon takes Qt some 20 ms, which the first frame can do without.
    """

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setPlaceholderText(name)
        self.setAccessibleName(name)
        self.textChanged.connect(self._offer_clearing)

    def _offer_clearing(self, text: str) -> None:
        if text and not self.isClearButtonEnabled():
            self.setClearButtonEnabled(True)


def paint_ground(painter: QPainter, button: QAbstractButton, radius: float = 6) -> None:
    """The soft ground of a button under the mouse, pressed, checked or focused."""
    colors = theme.current()
    if button.isDown() or button.isChecked():
        ground = colors.chosen
    elif button.underMouse() and button.isEnabled():
        ground = colors.hover
    else:
        ground = ""
    if ground:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(ground))
        painter.drawRoundedRect(QRectF(button.rect()), radius, radius)
    if button.hasFocus():
        paint_focus(painter, button, radius)


def paint_focus(painter: QPainter, widget: QWidget, radius: float = 6) -> None:
    """The ring around what the keyboard acts on."""
    paint_focus_ring(painter, widget.rect(), radius)


def paint_focus_ring(painter: QPainter, place: QRect, radius: float = 6) -> None:
    """The same ring in a place of a widget."""
    painter.setPen(QPen(QColor(theme.current().accent), 1.2))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawRoundedRect(QRectF(place).adjusted(1, 1, -1, -1), radius, radius)
