"""The shape of each link status: told apart without colour.

Safe is a tick, a warning a filled triangle, a block a filled octagon with a bar, an unverified
link a hollow circle, an unchecked one a short dash.
"""

import math

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPolygonF

from app.linkcheck.verdict import Status
from app.ui import theme


def paint_status(painter: QPainter, place: QRectF, status: Status) -> None:
    """Draw the mark of a status into a square, in the current theme's colour."""
    color = QColor(theme.current().status(status))
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.translate(place.center())
    radius = place.width() / 2
    _PAINTERS[status](painter, radius, color)
    painter.restore()


def _pen(color: QColor, width: float) -> QPen:
    cap, join = Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin
    return QPen(color, width, Qt.PenStyle.SolidLine, cap, join)


def _tick(painter: QPainter, radius: float, color: QColor) -> None:
    painter.setPen(_pen(color, radius * 0.3))
    points = ((-0.62, 0.05), (-0.18, 0.5), (0.66, -0.48))
    painter.drawPolyline(QPolygonF([QPointF(x * radius, y * radius) for x, y in points]))


def _triangle(painter: QPainter, radius: float, color: QColor) -> None:
    painter.setPen(_pen(color, radius * 0.2))
    painter.setBrush(color)
    points = ((0.0, -0.72), (0.78, 0.66), (-0.78, 0.66))
    painter.drawPolygon(QPolygonF([QPointF(x * radius, y * radius) for x, y in points]))


def _octagon(painter: QPainter, radius: float, color: QColor) -> None:
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(color)
    corners = [math.pi / 8 + index * math.pi / 4 for index in range(8)]
    size = radius * 0.98
    painter.drawPolygon(
        QPolygonF([QPointF(math.cos(a) * size, math.sin(a) * size) for a in corners])
    )
    painter.setPen(_pen(QColor(theme.current().paper), radius * 0.28))
    painter.drawLine(QPointF(-radius * 0.4, 0), QPointF(radius * 0.4, 0))


def _circle(painter: QPainter, radius: float, color: QColor) -> None:
    painter.setPen(_pen(color, radius * 0.26))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawEllipse(QPointF(0, 0), radius * 0.62, radius * 0.62)


def _dash(painter: QPainter, radius: float, color: QColor) -> None:
    painter.setPen(_pen(color, radius * 0.26))
    painter.drawLine(QPointF(-radius * 0.45, 0), QPointF(radius * 0.45, 0))


_PAINTERS = {
    Status.SAFE: _tick,
    Status.WARN: _triangle,
    Status.BLOCK: _octagon,
    Status.UNVERIFIED: _circle,
    Status.UNCHECKED: _dash,
}
