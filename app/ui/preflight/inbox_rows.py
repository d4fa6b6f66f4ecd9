"""How a phone's and a desktop's list of mails show one: painted, light and dark.

Sizes and colours are near those of Apple Mail on an iPhone and of Gmail in a browser. What is cut
is cut by the width of the letters: in the font that ships with the app a phone's line has 48 or so,
and two lines 99, as was measured on an iPhone (emailtooltester.com).
"""

from dataclasses import dataclass
from enum import StrEnum

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontMetricsF,
    QPainter,
    QPaintEvent,
    QTextLayout,
    QTextOption,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from app.ui import fonts
from app.ui.brief import brief

PHONE_WIDTH = 375
"""Logical pixels: an iPhone of the usual size."""
_PREVIEW_LINES = 2


class Device(StrEnum):
    """Which list is shown."""

    PHONE = "phone"
    DESKTOP = "desktop"


@dataclass(frozen=True, slots=True)
class InboxLetter:
    """What an inbox knows of a letter."""

    sender: str = ""
    subject: str = ""
    preview: str = ""


@dataclass(frozen=True, slots=True)
class Cut:
    """A text in lines as far as they go, and how many of its characters are seen."""

    lines: tuple[str, ...]
    seen: int


@dataclass(frozen=True, slots=True)
class _Colors:
    ground: str
    text: str
    soft: str
    line: str
    dot: str


_LOOKS = {
    (Device.PHONE, False): _Colors("#ffffff", "#000000", "#7c7c80", "#d6d6d9", "#007aff"),
    (Device.PHONE, True): _Colors("#000000", "#ffffff", "#98989f", "#2f2f31", "#0a84ff"),
    (Device.DESKTOP, False): _Colors("#ffffff", "#1f1f1f", "#5f6368", "#e4e6e9", "#1a73e8"),
    (Device.DESKTOP, True): _Colors("#1b1b1d", "#e8eaed", "#9aa0a6", "#303134", "#8ab4f8"),
}


def cut(text: str, font: QFont, width: float, most: int) -> Cut:
    """A text in at most so many lines of a width; the last one ends in an ellipsis where it must.

    Only characters that are drawn whole count as seen.
    """
    shown = " ".join(brief(text).split())
    if not shown or width <= 0:
        return Cut((), 0)
    layout, metrics = QTextLayout(shown, font), QFontMetricsF(font)
    option = QTextOption()
    option.setWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
    layout.setTextOption(option)
    lines, seen = list[str](), 0
    layout.beginLayout()
    while len(lines) < most and (line := layout.createLine()).isValid():
        line.setLineWidth(width)
        start = line.textStart()
        if len(lines) + 1 == most:
            rest = shown[start:]
            last = metrics.elidedText(rest, Qt.TextElideMode.ElideRight, width)
            lines.append(last)
            seen = start + len(last.removesuffix("…") if last != rest else rest)
        else:
            lines.append(shown[start : start + line.textLength()].rstrip())
            seen = start + line.textLength()
    layout.endLayout()
    return Cut(tuple(lines), min(seen, len(shown)))


def _font(pixels: int, *, strong: bool = False) -> QFont:
    font = fonts.interface(strong=strong)
    font.setPixelSize(pixels)
    return font


class InboxList(QWidget):
    """A list of mails in which this one stands between two that are only hinted at."""

    told = Signal()
    """Another part of the letter is seen."""

    def __init__(self, device: Device, *, dark: bool, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._device, self._colors = device, _LOOKS[device, dark]
        self._letter = InboxLetter()
        self.subject = self.preview = Cut((), 0)
        is_phone = device is Device.PHONE
        self._row, self._ghost = (92, 34) if is_phone else (40, 24)
        across = QSizePolicy.Policy.Fixed if is_phone else QSizePolicy.Policy.Expanding
        self.setSizePolicy(across, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:  # noqa: D102
        width = PHONE_WIDTH if self._device is Device.PHONE else 2 * PHONE_WIDTH
        return QSize(width, self._row + 2 * self._ghost)

    def show_letter(self, letter: InboxLetter) -> None:
        """Show this one."""
        self._letter = letter
        self._measure()
        self.update()

    def resizeEvent(self, event: object) -> None:  # noqa: ARG002, D102
        self._measure()

    def _measure(self) -> None:
        letter, before, width = self._letter, (self.subject, self.preview), self._text_width()
        if self._device is Device.PHONE:
            self.subject = cut(letter.subject, _font(15), width, 1)
            self.preview = cut(letter.preview, _font(15), width, _PREVIEW_LINES)
        else:
            self.subject = cut(letter.subject, _font(14, strong=True), width, 1)
            used = QFontMetricsF(_font(14, strong=True)).horizontalAdvance(
                "".join(self.subject.lines)
            )
            self.preview = cut(letter.preview, _font(14), width - used - 18, 1)
        if before != (self.subject, self.preview):
            self.told.emit()

    def _text_width(self) -> float:
        is_phone = self._device is Device.PHONE
        return self.width() - (44.0 if is_phone else 204.0 + 70.0)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002, D102
        colors = self._colors
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QColor(colors.line))
        painter.setBrush(QColor(colors.ground))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 9, 9)
        top, bottom = float(self._ghost), float(self._ghost + self._row)
        left = 30.0 if self._device is Device.PHONE else 12.0
        for edge in (top, bottom):
            painter.drawLine(QPointF(left, edge), QPointF(self.width() - 12, edge))
        self._hint(painter, self._ghost / 2, 0.55)
        self._hint(painter, bottom + self._ghost / 2, 0.4)
        if self._device is Device.PHONE:
            self._phone(painter, top)
        else:
            self._desktop(painter, top)

    def _hint(self, painter: QPainter, middle: float, share: float) -> None:
        """Another mail: no words."""
        painter.save()
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(self._colors.line))
        left = 30.0 if self._device is Device.PHONE else 34.0
        width = (self.width() - left - 20) * share
        painter.drawRoundedRect(QRectF(left, middle - 3.5, width, 7), 3.5, 3.5)
        painter.restore()

    def _phone(self, painter: QPainter, top: float) -> None:
        colors, left, width = self._colors, 30.0, self.width() - 44.0
        self._dot(painter, 16, top + 19, 10)
        time = _font(15)
        right = QRectF(left, top + 8, width, 22)
        painter.setFont(time)
        painter.setPen(QColor(colors.soft))
        painter.drawText(right, Qt.AlignmentFlag.AlignRight, "09:41")
        sender = _font(16, strong=True)
        self._line(painter, (left, top + 8), self._sender(sender, width - 60), sender, colors.text)
        subject = self.subject.lines or (self.tr("(No subject)"),)
        self._line(painter, (left, top + 29), subject[0], _font(15), colors.text)
        for at, line in enumerate(self.preview.lines):
            self._line(painter, (left, top + 48 + at * 19), line, _font(15), colors.soft)

    def _desktop(self, painter: QPainter, top: float) -> None:
        colors, strong = self._colors, _font(14, strong=True)
        self._dot(painter, 20, top + self._row / 2, 7)
        at = top + self._row / 2 - 10
        sender = self._sender(strong, 204 - 34 - 18)
        self._line(painter, (34.0, at), sender, strong, colors.text)
        subject = "".join(self.subject.lines) or self.tr("(no subject)")
        self._line(painter, (204.0, at), subject, strong, colors.text)
        used = QFontMetricsF(strong).horizontalAdvance(subject)
        if self.preview.lines:
            words = f" - {self.preview.lines[0]}"
            self._line(painter, (204.0 + used, at), words, _font(14), colors.soft)
        painter.setFont(_font(12, strong=True))
        painter.setPen(QColor(colors.text))
        right = QRectF(0, top, self.width() - 16, self._row)
        align = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        painter.drawText(right, align, "09:41")

    def _sender(self, font: QFont, width: float) -> str:
        name = brief(self._letter.sender) or self.tr("Your name")
        return QFontMetricsF(font).elidedText(name, Qt.TextElideMode.ElideRight, width)

    def _dot(self, painter: QPainter, x: float, y: float, size: float) -> None:
        painter.save()
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(self._colors.dot))
        painter.drawEllipse(QPointF(x, y), size / 2, size / 2)
        painter.restore()

    @staticmethod
    def _line(
        painter: QPainter, place: tuple[float, float], text: str, font: QFont, color: str
    ) -> None:
        painter.setFont(font)
        painter.setPen(QColor(color))
        baseline = place[1] + QFontMetricsF(font).ascent() + 1
        painter.drawText(QPointF(place[0], baseline), text)
