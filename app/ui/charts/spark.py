"""Sparklines: a line as small as a word."""

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPolygonF

from app.engagement.reports.charts import Sparkline
from app.ui.charts.look import Look, card


def height(chart: Sparkline, look: Look) -> float:  # noqa: ARG001 - as of every chart
    """How high it is best."""
    return look.px(28)


def hit(chart: Sparkline, place: QRectF, look: Look, at: QPointF) -> tuple[int, int] | None:
    """The value nearest to a point."""
    if not chart.values:
        return None
    inner = _inner(place, look)
    share = (at.x() - inner.left()) / max(1.0, inner.width())
    last = len(chart.values) - 1
    return 0, max(0, min(last, round(share * last)))


def paint(
    painter: QPainter,
    chart: Sparkline,
    place: QRectF,
    look: Look,
    chosen: tuple[int, int] | None = None,
) -> None:
    """Draw the line, from 0 up; its last value has a dot."""
    inner = _inner(place, look)
    last = max(1, len(chart.values) - 1)

    def at(column: int, value: float) -> QPointF:
        x = inner.left() + inner.width() * column / last
        return QPointF(x, inner.bottom() - inner.height() * value / chart.top)

    color = look.color(chart.tone)
    run: list[QPointF] = []
    for column, value in enumerate((*chart.values, None)):
        if value is not None:
            run.append(at(column, value))
            continue
        painter.setPen(QPen(color, look.px(1.5)))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        if len(run) > 1:
            painter.drawPolyline(QPolygonF(run))
        elif run:
            painter.setBrush(color)
            painter.drawEllipse(run[0], look.px(0.8), look.px(0.8))
        run = []
    marked = chosen[1] if chosen is not None else len(chart.values) - 1
    value = chart.values[marked] if chart.values else None
    if value is None:
        return
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(color)
    painter.drawEllipse(at(marked, value), look.px(2.2), look.px(2.2))
    if chosen is not None:
        lines = [(chart.said(0, marked), QColor(look.colors.text))]
        card(painter, lines, at(marked, value), place, look)


def _inner(place: QRectF, look: Look) -> QRectF:
    edge = look.px(3)
    return place.adjusted(edge, edge, -edge, -edge)
