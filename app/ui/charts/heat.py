"""Heat maps: the stronger the colour, the more."""

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen

from app.engagement.reports.charts import HeatMap, Tone
from app.ui.charts.look import Look, card, write

_ABOVE = 20
_BELOW = 26
_CELL = 24
_STEPS = 5


def height(chart: HeatMap, look: Look) -> float:
    """How high it is best."""
    return look.px(_ABOVE + _BELOW + _CELL * len(chart.rows))


def hit(chart: HeatMap, place: QRectF, look: Look, at: QPointF) -> tuple[int, int] | None:
    """The cell at a point."""
    area = _area(chart, place, look)
    rows, columns = chart.size
    if not area.contains(at) or not rows or not columns:
        return None
    row = int((at.y() - area.top()) / area.height() * rows)
    column = int((at.x() - area.left()) / area.width() * columns)
    return min(row, rows - 1), min(column, columns - 1)


def paint(
    painter: QPainter,
    chart: HeatMap,
    place: QRectF,
    look: Look,
    chosen: tuple[int, int] | None = None,
) -> None:
    """Draw the chart; the chosen cell has a frame and its value beside it."""
    rows, columns = chart.size
    if not rows or not columns:
        return
    area = _area(chart, place, look)
    painter.setFont(look.font())
    wide, high = area.width() / columns, area.height() / rows
    for row, name in enumerate(chart.rows):
        words = QRectF(place.left(), area.top() + row * high, area.left() - place.left(), high)
        write(painter, words, name, look.colors.text_soft)
        for column in range(columns):
            cell = QRectF(area.left() + column * wide, area.top() + row * high, wide, high)
            _cell(painter, chart, cell, look, chart.value(row, column))
    for tick in chart.ticks:
        words = QRectF(area.left() + tick.place * wide, place.top(), wide * 6, look.px(16))
        write(painter, words, tick.text, look.colors.text_soft)
    _key(painter, chart, area, look)
    if chosen is not None:
        row, column = chosen
        cell = QRectF(area.left() + column * wide, area.top() + row * high, wide, high)
        painter.setPen(QPen(QColor(look.colors.text), look.px(2)))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(cell, look.px(3), look.px(3))
        where, _, what = chart.said(row, column).rpartition(": ")
        lines = [(where, QColor(look.colors.text_soft)), (what, QColor(look.colors.text))]
        card(painter, lines, QPointF(cell.center().x() + wide / 2, cell.center().y()), place, look)


def shade(chart: HeatMap, look: Look, value: float) -> QColor:
    """The colour of a value: even steps from the ground to the strongest."""
    if value <= 0:
        return look.empty()
    share = 0.15 + 0.85 * min(1.0, value / chart.top)
    ground, full = look.under(), look.color(Tone.FIRST)
    parts = (
        round(low + (high - low) * share)
        for low, high in zip(
            (ground.red(), ground.green(), ground.blue()),
            (full.red(), full.green(), full.blue()),
            strict=True,
        )
    )
    return QColor(*parts)


def _area(chart: HeatMap, place: QRectF, look: Look) -> QRectF:
    metrics = look.metrics()
    left = max((metrics.horizontalAdvance(name) for name in chart.rows), default=0)
    return place.adjusted(left + look.px(12), look.px(_ABOVE), 0, -look.px(_BELOW))


def _cell(
    painter: QPainter, chart: HeatMap, cell: QRectF, look: Look, value: float | None
) -> None:  # fmt: skip
    gap = look.px(1)
    inner = cell.adjusted(gap, gap, -gap, -gap)
    if value is None:
        painter.setPen(QPen(QColor(look.colors.line), look.px(1), Qt.PenStyle.DotLine))
        painter.setBrush(Qt.BrushStyle.NoBrush)
    else:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(shade(chart, look, value))
    painter.drawRoundedRect(inner, look.px(3), look.px(3))


def _key(painter: QPainter, chart: HeatMap, area: QRectF, look: Look) -> None:
    """What the colours stand for, below on the right."""
    most = f"{chart.unit.text(chart.top)} {chart.thing}"
    metrics = look.metrics()
    side, top = look.px(12), area.bottom() + look.px(9)
    left = area.right() - metrics.horizontalAdvance(most) - look.px(6)
    words = QRectF(left + look.px(6), top - 2, area.right() - left, side + 4)
    write(painter, words, most, look.colors.text_soft)
    for step in range(_STEPS, -1, -1):
        left -= side + look.px(2)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(shade(chart, look, chart.top * step / _STEPS))
        painter.drawRoundedRect(QRectF(left, top, side, side), look.px(2), look.px(2))
    words = QRectF(left - look.px(20), top - 2, look.px(14), side + 4)
    write(painter, words, "0", look.colors.text_soft, Qt.AlignmentFlag.AlignRight)
