"""Charts as pictures: PNG at twice the size, SVG, both with the chart's title above it."""

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QImage, QPainter
from PySide6.QtSvg import QSvgGenerator

from app.engagement.reports.charts import Chart
from app.ui.charts import painting
from app.ui.charts.look import Look, write

SCALE = 2
_EDGE = 20
_TITLE = 32
_NOTE = 8
"""Between the chart and its note."""
_LINE = 16


def size(chart: Chart, width: int, look: Look) -> QSize:
    """How large a picture of the chart is, in pixels at 96 dots an inch."""
    above = _TITLE if chart.title else 0
    below = _note_height(chart, width, look)
    return QSize(width, round(painting.height(chart, look)) + above + below + 2 * _EDGE)


def image(chart: Chart, width: int, look: Look, scale: float = SCALE) -> QImage:
    """The chart as pixels, ``scale`` for each of its own."""
    extent = size(chart, width, look)
    result = QImage(extent * scale, QImage.Format.Format_ARGB32_Premultiplied)
    result.setDevicePixelRatio(scale)
    result.fill(look.under())
    painter = QPainter(result)
    _paint(painter, chart, extent, look)
    painter.end()
    return result


def png(chart: Chart, width: int, look: Look) -> bytes:
    """The chart as a PNG file."""
    held = QByteArray()
    buffer = QBuffer(held)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    image(chart, width, look).save(buffer, "PNG")  # type: ignore[call-overload]  # takes str
    return bytes(held.data())


def svg(chart: Chart, width: int, look: Look) -> bytes:
    """The chart as an SVG file."""
    extent = size(chart, width, look)
    held = QByteArray()
    buffer = QBuffer(held)
    generator = QSvgGenerator()
    generator.setOutputDevice(buffer)
    generator.setSize(extent)
    generator.setViewBox(QRect(0, 0, extent.width(), extent.height()))
    generator.setResolution(96)
    generator.setTitle(chart.title)
    generator.setDescription(chart.summary())
    painter = QPainter(generator)
    painter.fillRect(QRectF(0, 0, extent.width(), extent.height()), look.under())
    _paint(painter, chart, extent, look)
    painter.end()
    return bytes(held.data())


def _note_height(chart: Chart, width: int, look: Look) -> int:
    lines = _note_lines(chart, width, look)
    return len(lines) * _LINE + _NOTE if lines else 0


def _note_lines(chart: Chart, width: int, look: Look) -> list[str]:
    """The note in lines that fit."""
    metrics, lines = look.metrics(), list[str]()
    for word in chart.note.split():
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and metrics.horizontalAdvance(longer) <= width - 2 * _EDGE:
            lines[-1] = longer
        else:
            lines.append(word)
    return lines


def _paint(painter: QPainter, chart: Chart, extent: QSize, look: Look) -> None:
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    place = QRectF(0, 0, extent.width(), extent.height()).adjusted(_EDGE, _EDGE, -_EDGE, -_EDGE)
    if chart.title:
        painter.setFont(look.font(15, strong=True))
        head = QRectF(place.left(), place.top(), place.width(), _TITLE - 12)
        write(painter, head, chart.title, QColor(look.colors.text), Qt.AlignmentFlag.AlignLeft)
        place = place.adjusted(0, _TITLE, 0, 0)
    if chart.note:
        painter.setFont(look.font())
        high = _note_height(chart, extent.width(), look)
        top = place.bottom() - high + _NOTE
        for number, line in enumerate(_note_lines(chart, extent.width(), look)):
            foot = QRectF(place.left(), top + number * _LINE, place.width(), _LINE)
            write(painter, foot, line, look.colors.text_soft)
        place = place.adjusted(0, 0, 0, -high)
    painting.paint(painter, chart, place, look)
