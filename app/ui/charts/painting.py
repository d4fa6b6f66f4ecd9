"""Any chart on any device."""

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QPainter

from app.engagement.reports.charts import BarChart, Chart, HeatMap, LineChart
from app.ui.charts import bars, heat, lines, spark
from app.ui.charts.look import Look

Place = tuple[int, int]
"""Row and column of a value."""


def height(chart: Chart, look: Look) -> float:
    """How high the chart is best, in pixels of the look."""
    if isinstance(chart, LineChart):
        return lines.height(chart, look)
    if isinstance(chart, BarChart):
        return bars.height(chart, look)
    if isinstance(chart, HeatMap):
        return heat.height(chart, look)
    return spark.height(chart, look)


def paint(
    painter: QPainter, chart: Chart, place: QRectF, look: Look, chosen: Place | None = None
) -> None:
    """Draw the chart into ``place``; ``chosen`` is the value that is marked and told."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    if isinstance(chart, LineChart):
        lines.paint(painter, chart, place, look, chosen)
    elif isinstance(chart, BarChart):
        bars.paint(painter, chart, place, look, chosen)
    elif isinstance(chart, HeatMap):
        heat.paint(painter, chart, place, look, chosen)
    else:
        spark.paint(painter, chart, place, look, chosen)


def hit(chart: Chart, place: QRectF, look: Look, at: QPointF) -> Place | None:
    """The value that a point belongs to."""
    if isinstance(chart, LineChart):
        return lines.hit(chart, place, look, at)
    if isinstance(chart, BarChart):
        return bars.hit(chart, place, look, at)
    if isinstance(chart, HeatMap):
        return heat.hit(chart, place, look, at)
    return spark.hit(chart, place, look, at)
