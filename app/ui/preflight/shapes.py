"""The shape of each severity: none that a link's status has, and told apart without colour.

A block is a filled lozenge with a bar, an error a filled one, a warning a hollow one, a hint a dot.
"""

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPolygonF

from app.preflight import Severity
from app.ui import theme
from app.ui.theme import Theme


def severity_color(severity: Severity, colors: Theme) -> str:
    """The colour of a severity."""
    return {
        Severity.BLOCK: colors.block,
        Severity.ERROR: colors.block,
        Severity.WARNING: colors.warn,
        Severity.INFO: colors.text_faint,
    }[severity]


def paint_severity(painter: QPainter, place: QRectF, severity: Severity) -> None:
    """Draw a severity's shape into a square, in the current theme's colours."""
    colors = theme.current()
    color = QColor(severity_color(severity, colors))
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.translate(place.center())
    radius = place.width() / 2
    if severity is Severity.INFO:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(color)
        painter.drawEllipse(QPointF(0, 0), radius * 0.36, radius * 0.36)
    else:
        is_hollow = severity is Severity.WARNING
        size = radius * (0.78 if is_hollow else 0.92)
        painter.setPen(QPen(color, radius * 0.3) if is_hollow else Qt.PenStyle.NoPen)
        painter.setBrush(Qt.BrushStyle.NoBrush if is_hollow else color)
        corners = ((0.0, -size), (size, 0.0), (0.0, size), (-size, 0.0))
        painter.drawPolygon(QPolygonF([QPointF(*corner) for corner in corners]))
    if severity is Severity.BLOCK:
        painter.setPen(QPen(QColor(colors.paper), radius * 0.28))
        painter.drawLine(QPointF(-radius * 0.4, 0), QPointF(radius * 0.4, 0))
    painter.restore()
