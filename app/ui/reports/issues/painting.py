"""How a cell of the list looks: the figure, its denominator below, a line of the first days."""

from functools import cache, lru_cache

from PySide6.QtCore import QPointF, QRect, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QPen, QPixmap, QPolygonF

from app.engagement.reports.listing import NUMBERS, OPENS_OVER_TIME, Cell, Line
from app.engagement.reports.sparks import Spark
from app.engagement.reports.words import UNKNOWN
from app.ui import fonts, theme
from app.ui.panels.drafts import title_lines
from app.ui.panels.rows import LEFT, RIGHT, write
from app.ui.theme import Theme

HEIGHT = 54
PAD = 10
LEADING = 20
SPARK_HEIGHT = 24
SPARK_EDGE = 2


def paint_cell(
    painter: QPainter, place: QRect, line: Line, column: str, spark: Spark | None
) -> None:
    """Paint what stands in a column of a line, within ``place``."""
    if column == OPENS_OVER_TIME:
        _paint_spark(painter, place, spark)
    elif column in NUMBERS:
        _paint_number(painter, place, line.cells[column])
    elif column == "subject":
        _paint_subject(painter, place, line)
    else:
        _paint_words(painter, place, line.cells[column])


def _paint_number(painter: QPainter, place: QRect, cell: Cell) -> None:
    colors = theme.current()
    font = _font(11)
    middle = QRect(place)
    if cell.second:
        middle = QRect(place.left(), place.top() + 8, place.width(), 20)
        second = QRect(place.left(), place.top() + 28, place.width(), 16)
        write(painter, second, cell.second, _font(9), colors.text_soft, align=RIGHT)
    color = colors.text_faint if cell.text == UNKNOWN else colors.text
    color = colors.text_soft if cell.is_zero else color
    width = write(painter, middle, cell.text, font, color, align=RIGHT)
    if cell.uncertain:  # as links that could not be verified: a dotted line
        painter.setPen(QPen(QColor(colors.unverified), 1.4, Qt.PenStyle.DotLine))
        metrics = QFontMetrics(font)
        base = middle.center().y() + (metrics.ascent() - metrics.descent()) // 2 + 4
        painter.drawLine(QPointF(middle.right() - width + 1, base), QPointF(middle.right(), base))


def _paint_subject(painter: QPainter, place: QRect, line: Line) -> None:
    """A long subject takes a second line; one that is gone from the platform is struck out."""
    colors = theme.current()
    color = colors.text_soft if line.row.deleted else colors.text
    font = fonts.writing(points=12)
    font.setStrikeOut(line.row.deleted)
    parts = title_lines(line.cells["subject"].text, font, place.width())
    top = place.top() + (place.height() - LEADING * len(parts)) // 2
    for at, part in enumerate(parts):
        write(painter, QRect(place.left(), top + at * LEADING, place.width(), LEADING), part,
              font, color)  # fmt: skip


def _paint_words(painter: QPainter, place: QRect, cell: Cell) -> None:
    colors = theme.current()
    if not cell.second:
        write(painter, place, cell.text, _font(10.5), colors.text_soft, align=LEFT)
        return
    first = QRect(place.left(), place.top() + 8, place.width(), 20)
    write(painter, first, cell.text, _font(10.5), colors.text, align=LEFT)
    second = QRect(place.left(), place.top() + 28, place.width(), 16)
    write(painter, second, cell.second, _font(9), colors.text_soft, align=LEFT)


def _paint_spark(painter: QPainter, place: QRect, spark: Spark | None) -> None:
    """A line over a tinted ground, from 0 up; where nothing is told, a dash."""
    if spark is None:
        return  # it is being read
    if not spark:
        write(painter, place, UNKNOWN, _font(11), theme.current().text_faint, align=LEFT)
        return
    top = place.center().y() - SPARK_HEIGHT // 2 - SPARK_EDGE
    device = painter.device()
    picture = _spark_picture(spark, place.width(), device.devicePixelRatioF(), theme.current())
    painter.drawPixmap(place.left(), top, picture)


@lru_cache(maxsize=256)
def _spark_picture(spark: Spark, width: int, ratio: float, colors: Theme) -> QPixmap:
    """Painted once: filling its ground takes half a millisecond."""
    height = SPARK_HEIGHT + 2 * SPARK_EDGE
    picture = QPixmap(round(width * ratio), round(height * ratio))
    picture.setDevicePixelRatio(ratio)
    picture.fill(Qt.GlobalColor.transparent)
    come = [value for value in spark if value is not None]
    top, bottom = max(come) or 1, SPARK_EDGE + SPARK_HEIGHT
    step = (width - 2) / max(1, len(spark) - 1)
    points = [
        QPointF(1 + at * step, bottom - SPARK_HEIGHT * value / top) for at, value in enumerate(come)
    ]
    if len(points) == 1:
        points.append(QPointF(1 + min(step, 4), points[0].y()))
    ground = QColor(colors.accent)
    ground.setAlphaF(0.13)
    painter = QPainter(picture)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(ground)
    corners = [QPointF(points[-1].x(), bottom), QPointF(points[0].x(), bottom)]
    painter.drawPolygon(QPolygonF([*points, *corners]))
    pen = QPen(QColor(colors.accent), 1.4)
    pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
    painter.setPen(pen)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawPolyline(QPolygonF(points))
    painter.end()
    return picture


@cache
def _font(points: float) -> QFont:
    """Making a font anew for each cell takes longer than writing with it."""
    return fonts.interface(points)
