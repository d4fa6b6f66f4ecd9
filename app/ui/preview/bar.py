"""What stands above the letter: how an inbox shows it, and how to look at it."""

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QButtonGroup, QHBoxLayout, QSizePolicy, QWidget

from app.ui import fonts, theme
from app.ui.brief import brief
from app.ui.controls import IconButton

ZOOMS = (0.5, 0.67, 0.8, 0.9, 1.0, 1.1, 1.25, 1.5, 1.75, 2.0, 2.5, 3.0)


class InboxLine(QWidget):
    """Subject and preheader, one above the other, as in the list of an inbox."""

    HEIGHT = 58

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._subject = ""
        self._preheader = ""
        self.setFixedHeight(self.HEIGHT)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.setToolTip(
            self.tr(
                "How an inbox shows the issue. Set “subject” and “preheader” in the draft's "
                "front matter."
            )
        )
        theme.notifier().changed.connect(self.update)

    def show_letter(self, subject: str, preheader: str) -> None:
        """Show these; either may be empty."""
        if (subject, preheader) == (self._subject, self._preheader):
            return
        self._subject, self._preheader = subject, preheader
        self.setAccessibleName(self.tr("Inbox: {0}. {1}").format(brief(subject), brief(preheader)))
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002, D102
        colors = theme.current()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        dot = QRectF(16, 22, 8, 8)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(colors.accent))
        painter.drawEllipse(dot)
        width = self.width() - 36 - 14
        subject = self._subject or self.tr("No subject yet")
        color = colors.text if self._subject else colors.text_faint
        self._line(painter, subject, 11.0, 9, width, self._subject != "", color)
        self._line(painter, self._preheader, 10.0, 31, width, False, colors.text_soft)

    def _line(
        self,
        painter: QPainter,
        text: str,
        size: float,
        top: int,
        width: int,
        strong: bool,
        color: str,
    ) -> None:
        font = fonts.interface(size, strong=strong)
        elided = QFontMetrics(font).elidedText(brief(text), Qt.TextElideMode.ElideRight, width)
        painter.setFont(font)
        painter.setPen(QColor(color))
        painter.drawText(QRectF(36, top, width, 20), Qt.AlignmentFlag.AlignVCenter, elided)


class ZoomLabel(QAbstractButton):
    """The zoom in per cent; a click sets it back to 100."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setText("100 %")
        self.setToolTip(self.tr("Back to 100 %"))
        self.setCursor(Qt.CursorShape.PointingHandCursor)

    def sizeHint(self) -> QSize:  # noqa: D102
        return QSize(46, IconButton.SIDE)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002, D102
        colors = theme.current()
        painter = QPainter(self)
        painter.setFont(fonts.interface(9.5))
        lively = self.underMouse() or self.hasFocus()
        painter.setPen(QColor(colors.text if lively else colors.text_soft))
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, self.text())


class LookBar(QWidget):
    """Phone or desktop, light or dark, remote images or not, and how large."""

    phone_chosen = Signal(bool)
    dark_chosen = Signal(bool)
    images_chosen = Signal(bool)
    zoom_chosen = Signal(float)
    simplified = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.desktop = self._button("desktop", self.tr("As wide as on a desktop"), checkable=True)
        self.phone = self._button("phone", self.tr("As narrow as on a phone"), checkable=True)
        self.dark = self._button("moon", self.tr("As a dark mail program shows it"), checkable=True)
        self.images = self._button(
            "image",
            self.tr("Load remote images (their servers will see that you looked)"),
            checkable=True,
        )
        self.smaller = self._button("minus", self.tr("Smaller"))
        self.zoom_label = ZoomLabel(self)
        self.larger = self._button("plus", self.tr("Larger"))
        self.zoom = 1.0
        widths = QButtonGroup(self)
        widths.addButton(self.desktop)
        widths.addButton(self.phone)
        self.desktop.setChecked(True)
        self.phone.toggled.connect(self.phone_chosen)
        self.dark.toggled.connect(self.dark_chosen)
        self.images.toggled.connect(self.images_chosen)
        self.smaller.clicked.connect(lambda: self._step(-1))
        self.larger.clicked.connect(lambda: self._step(1))
        self.zoom_label.clicked.connect(lambda: self.set_zoom(1.0))
        layout = QHBoxLayout(self)
        layout.setContentsMargins(12, 0, 12, 6)
        layout.setSpacing(2)
        for button in (self.desktop, self.phone):
            layout.addWidget(button)
        layout.addSpacing(10)
        layout.addWidget(self.dark)
        layout.addWidget(self.images)
        layout.addStretch(1)
        for widget in (self.smaller, self.zoom_label, self.larger):
            layout.addWidget(widget)

    def set_zoom(self, zoom: float) -> None:
        """Choose a size; 1.0 is the natural one."""
        self.zoom = zoom
        self.zoom_label.setText(f"{zoom:.0%}".replace("%", " %"))
        self.zoom_label.setAccessibleName(self.tr("Size {0}").format(self.zoom_label.text()))
        self.smaller.setEnabled(zoom > ZOOMS[0])
        self.larger.setEnabled(zoom < ZOOMS[-1])
        self.zoom_chosen.emit(zoom)

    def only_simple(self) -> None:
        """Hide what the simple preview cannot do."""
        for button in (self.desktop, self.phone, self.dark, self.images):
            button.hide()
        self.simplified.emit()

    def _step(self, direction: int) -> None:
        steps = [zoom for zoom in ZOOMS if (zoom - self.zoom) * direction > 1e-6]
        if steps:
            self.set_zoom(steps[0] if direction > 0 else steps[-1])

    def _button(self, icon: str, name: str, *, checkable: bool = False) -> IconButton:
        button = IconButton(icon, name, self)
        button.setCheckable(checkable)
        return button
