"""A colour: a few that go well, and any other by its code or from the system's dialog."""

from collections.abc import Sequence

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QColorDialog, QHBoxLayout, QLineEdit, QWidget

from app.publish.colours import is_colour
from app.ui import theme
from app.ui.controls import IconButton


class Swatch(QAbstractButton):
    """One colour; the chosen one has a ring."""

    SIDE = 23

    def __init__(self, name: str, colour: str) -> None:
        super().__init__()
        self.colour = colour
        self.setCheckable(True)
        self.setAccessibleName(name)
        self.setToolTip(f"{name} ({colour})")
        self.setFixedSize(self.SIDE, self.SIDE)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        theme.notifier().changed.connect(self.update)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002, D102
        colors = theme.current()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        place = QRectF(self.rect())
        if self.isChecked() or self.hasFocus():
            ring = colors.text_soft if self.isChecked() else colors.accent
            painter.setPen(QPen(QColor(ring), 1.6))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawEllipse(place.adjusted(1.5, 1.5, -1.5, -1.5))
        painter.setPen(QPen(QColor(colors.line), 1))
        painter.setBrush(QColor(self.colour))
        painter.drawEllipse(place.adjusted(5, 5, -5, -5))


class ColourField(QWidget):
    """A row of swatches, the colour's code, and a button for any other.

    Signals:
        changed: Another colour, ``#rrggbb``.
    """

    changed = Signal(str)

    def __init__(self, name: str, swatches: Sequence[tuple[str, str]]) -> None:
        """``swatches`` are names and colours."""
        super().__init__()
        self._colour = swatches[0][1]
        self._name = name
        self.swatches = [Swatch(each, colour) for each, colour in swatches]
        self.code = QLineEdit()
        self.code.setAccessibleName(self.tr("{0}: code").format(name))
        self.code.setToolTip(self.tr("The colour's code, as #1d5c93"))
        self.code.setMaxLength(7)
        self.code.setFixedWidth(78)
        self.other = IconButton("more", self.tr("{0}: another colour…").format(name))
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        for swatch in self.swatches:
            swatch.clicked.connect(lambda _=False, colour=swatch.colour: self._choose(colour))
            row.addWidget(swatch)
        row.addStretch()
        row.addWidget(self.code)
        row.addWidget(self.other)
        self.code.textEdited.connect(self._typed)
        self.code.editingFinished.connect(lambda: self.set_colour(self._colour))
        self.other.clicked.connect(self._ask)
        self.setFocusProxy(self.swatches[0])
        self.set_colour(self._colour)

    @property
    def colour(self) -> str:
        """The chosen one."""
        return self._colour

    def set_colour(self, colour: str) -> None:
        """Show this one."""
        self._colour = colour
        self.code.setText(colour)
        for swatch in self.swatches:
            swatch.setChecked(swatch.colour == colour)

    def _choose(self, colour: str) -> None:
        self.set_colour(colour)
        self.changed.emit(colour)

    def _typed(self, text: str) -> None:
        code = text if text.startswith("#") else f"#{text}"
        if is_colour(code):
            at = self.code.cursorPosition()
            self._choose(code.lower())
            self.code.setCursorPosition(at + len(code) - len(text))

    def _ask(self) -> None:
        dialog = QColorDialog(QColor(self._colour), self)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setWindowTitle(self._name)
        dialog.colorSelected.connect(lambda chosen: self._choose(chosen.name()))
        dialog.open()
