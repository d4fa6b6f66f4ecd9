"""Colours, fonts and sizes of charts, for a screen or for paper."""

from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontMetricsF,
    QPaintDevice,
    QPaintEngine,
    QPainter,
    QPainterPath,
    QPen,
)

from app.engagement.reports.charts import Stroke, Tone
from app.ui import fonts, theme
from app.ui.theme import Theme

# Blue, orange, the darkest (on dark: the lightest) and grey: apart for colour-blind people, too.
_TONES = {
    Tone.FIRST: "accent",
    Tone.SECOND: "warn",
    Tone.THIRD: "text",
    Tone.QUIET: "text_faint",
}
_DASHES = {Stroke.SOLID: (), Stroke.DASHED: (4.0, 3.0), Stroke.DOTTED: (1.0, 2.5)}
LABEL = 12
"""Pixels high, at 96 dots an inch."""


@dataclass(frozen=True, slots=True)
class Look:
    """How a chart is painted.

    Attributes:
        zoom: Sizes are multiplied by it: 1 at 96 dots an inch.
        ground: The colour under the chart.
    """

    colors: Theme
    zoom: float = 1.0
    ground: str = ""

    def color(self, tone: Tone) -> QColor:
        """A tone's colour."""
        return QColor(getattr(self.colors, _TONES[tone]))

    def ink(self, tone: Tone) -> QColor:
        """The colour of a tone's words: quiet ones are read, too."""
        return QColor(self.colors.text_soft) if tone is Tone.QUIET else self.color(tone)

    def under(self) -> QColor:
        """The colour under the chart."""
        return QColor(self.ground or self.colors.paper)

    def empty(self) -> QColor:
        """The colour of nothing: tracks of bars, cells of 0."""
        return QColor(self.colors.line if self.colors.is_dark else self.colors.hover)

    def font(self, pixels: float = LABEL, *, strong: bool = False) -> QFont:
        """The font of labels. In pixels, so that it keeps its size on any device."""
        font = fonts.interface(strong=strong)
        font.setPixelSize(max(1, round(pixels * self.zoom)))
        return font

    def metrics(self, pixels: float = LABEL, *, strong: bool = False) -> QFontMetricsF:
        """How large words are. Of no device: a picture is laid out as on the screen."""
        return QFontMetricsF(self.font(pixels, strong=strong))

    def px(self, pixels: float) -> float:
        """A size."""
        return pixels * self.zoom

    def pen(self, tone: Tone, stroke: Stroke = Stroke.SOLID) -> QPen:
        """A series' pen; quiet ones are thinner."""
        width = self.px(1.3 if tone is Tone.QUIET else 2.0)
        pen = QPen(self.color(tone), width)
        pen.setCapStyle(Qt.PenCapStyle.FlatCap if _DASHES[stroke] else Qt.PenCapStyle.RoundCap)
        pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
        if _DASHES[stroke]:
            pen.setDashPattern([length * 2.0 / max(width, 1.0) for length in _DASHES[stroke]])
        return pen


def on(device: QPaintDevice, ground: str = "") -> Look:
    """The current theme on a screen."""
    return Look(theme.current(), device.logicalDpiY() / 96, ground)


PRINTED = Look(theme.LIGHT, 1.0, "#ffffff")
"""For paper: dark on white, whatever the window looks like."""


def write(
    painter: QPainter,
    place: QRectF,
    text: str,
    color: QColor | str,
    align: Qt.AlignmentFlag = Qt.AlignmentFlag.AlignLeft,
) -> None:
    """One line of text within ``place``, in the middle of its height; cut short with an ellipsis
    where it is too long.
    """
    metrics = QFontMetricsF(painter.font())
    shown = metrics.elidedText(text, Qt.TextElideMode.ElideRight, place.width() + 0.5)
    width = metrics.horizontalAdvance(shown)
    left = place.left()
    if align == Qt.AlignmentFlag.AlignRight:
        left = place.right() - width
    elif align == Qt.AlignmentFlag.AlignHCenter:
        left = place.center().x() - width / 2
    base = place.center().y() + (metrics.ascent() - metrics.descent()) / 2
    if painter.paintEngine().type() is QPaintEngine.Type.SVG:
        # Others do not have our font, and words in another one would be cut off.
        outlines = QPainterPath()
        outlines.addText(QPointF(left, base), painter.font(), shown)
        painter.fillPath(outlines, QColor(color))
        return
    painter.setPen(QColor(color))
    painter.drawText(QPointF(left, base), shown)


def card(painter: QPainter, lines: list[tuple[str, QColor]], at: QPointF, area: QRectF,
         look: Look) -> None:  # fmt: skip
    """A floating card with a few lines of words beside a place, kept within ``area``."""
    metrics = look.metrics()
    width = max(metrics.horizontalAdvance(text) for text, _ in lines) + look.px(20)
    high = look.px(17)
    height = high * len(lines) + look.px(12)
    left = at.x() + look.px(12)
    if left + width > area.right():
        left = at.x() - look.px(12) - width
    left = max(area.left(), min(left, area.right() - width))
    top = max(area.top(), min(at.y() - height / 2, area.bottom() - height))
    place = QRectF(left, top, width, height)
    painter.setPen(QPen(QColor(look.colors.line), look.px(1)))
    painter.setBrush(QColor(look.colors.raised))
    painter.drawRoundedRect(place, look.px(6), look.px(6))
    painter.setFont(look.font())
    for number, (text, color) in enumerate(lines):
        line = QRectF(left + look.px(10), top + look.px(6) + number * high, width, high)
        write(painter, line, text, color)
