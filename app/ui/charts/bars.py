"""Bar charts: label and value on a line, the bar below it."""

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter

from app.engagement.reports.charts import BarChart
from app.ui.charts.look import Look, write

_ROW = 36
_LEGEND = 24
_THICK = 6


def height(chart: BarChart, look: Look) -> float:
    """How high it is best."""
    return look.px(_ROW * len(chart.bars)) + _above(chart, look)


def hit(chart: BarChart, place: QRectF, look: Look, at: QPointF) -> tuple[int, int] | None:
    """The bar, and the part of it, at a point."""
    row = int((at.y() - place.top() - _above(chart, look)) // look.px(_ROW))
    if not 0 <= row < len(chart.bars) or at.y() < place.top() + _above(chart, look):
        return None
    reached, share = 0.0, (at.x() - place.left()) / max(1.0, place.width()) * chart.top
    for column, value in enumerate(chart.bars[row].values):
        reached += value or 0
        if share <= reached:
            return row, column
    return row, 0


def paint(
    painter: QPainter,
    chart: BarChart,
    place: QRectF,
    look: Look,
    chosen: tuple[int, int] | None = None,
) -> None:
    """Draw the chart; the chosen bar stands on a tinted ground."""
    painter.setFont(look.font())
    if len(chart.parts) > 1:
        _parts(painter, chart, place, look)
    top = place.top() + _above(chart, look)
    for row in range(len(chart.bars)):
        line = QRectF(place.left(), top + row * look.px(_ROW), place.width(), look.px(_ROW))
        _bar(painter, chart, row, line, look, chosen)


def _above(chart: BarChart, look: Look) -> float:
    return look.px(_LEGEND) if len(chart.parts) > 1 else 0.0


def _parts(painter: QPainter, chart: BarChart, place: QRectF, look: Look) -> None:
    left = place.left()
    for part in chart.parts:
        side = look.px(9)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(look.color(part.tone))
        painter.drawRoundedRect(QRectF(left, place.top() + look.px(5), side, side), 2, 2)
        left += side + look.px(6)
        width = look.metrics().horizontalAdvance(part.name)
        words = QRectF(left, place.top(), width + 1, look.px(19))
        write(painter, words, part.name, look.colors.text_soft)
        left += width + look.px(16)


def _bar(
    painter: QPainter,
    chart: BarChart,
    row: int,
    line: QRectF,
    look: Look,
    chosen: tuple[int, int] | None,
) -> None:
    bar, colors = chart.bars[row], look.colors
    if chosen is not None and chosen[0] == row:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(colors.hover if not colors.is_dark else colors.chosen))
        painter.drawRoundedRect(line.adjusted(-look.px(6), 0, look.px(6), 0), 5, 5)
    text = chart.text(row)
    if chosen is not None and chosen[0] == row and len(chart.parts) > 1:
        part = chart.parts[chosen[1]]
        text = f"{part.name} {chart.unit.text(bar.values[chosen[1]])}"
    words = QRectF(line.left(), line.top() + look.px(4), line.width(), look.px(18))
    wide = look.metrics().horizontalAdvance(text) + look.px(16)
    write(painter, words.adjusted(0, 0, -wide, 0), bar.label, colors.text)
    write(painter, words, text, colors.text_soft, Qt.AlignmentFlag.AlignRight)
    thick = look.px(_THICK)
    track = QRectF(line.left(), words.bottom() + look.px(2), line.width(), thick)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(look.empty())
    painter.drawRoundedRect(track, thick / 2, thick / 2)
    left = track.left()
    for part, value in zip(chart.parts, bar.values, strict=True):
        if not value:
            continue
        width = max(look.px(2), track.width() * value / chart.top)
        painter.setBrush(look.color(part.tone))
        painter.drawRoundedRect(QRectF(left, track.top(), width, thick), thick / 3, thick / 3)
        left += width
