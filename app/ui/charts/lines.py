"""Line charts."""

import itertools
from dataclasses import dataclass, replace
from functools import lru_cache

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPolygonF

from app.engagement.reports.charts import LineChart, Series, Tone, Unit, Usual, Value
from app.ui.charts import line_names
from app.ui.charts.look import Look, card, write

_APART = 16
"""Pixels that names at the ends of lines need between them."""


@dataclass(frozen=True, slots=True)
class _Plot:
    """Where values lie.

    Attributes:
        area: Between the axes.
        named_at_ends: Whether the lines' names stand beside their ends.
        names: Else where they stand beside the lines; None: in a row on top.
    """

    area: QRectF
    top: float
    places: int
    named_at_ends: bool
    names: tuple[QRectF, ...] | None = None

    def x(self, column: int) -> float:
        if self.places < 2:
            return self.area.center().x()
        return self.area.left() + self.area.width() * column / (self.places - 1)

    def y(self, value: float) -> float:
        return self.area.bottom() - self.area.height() * value / self.top


def height(chart: LineChart, look: Look) -> float:  # noqa: ARG001 - as of every chart
    """How high it is best."""
    return look.px(230)


def hit(chart: LineChart, place: QRectF, look: Look, at: QPointF) -> tuple[int, int] | None:
    """The value nearest to a point."""
    rows, columns = chart.size
    if not rows or not columns:
        return None
    plot = _plot(chart, place, look)
    share = (at.x() - plot.area.left()) / max(1.0, plot.area.width())
    column = max(0, min(columns - 1, round(share * (columns - 1))))
    known = [
        (abs(plot.y(value) - at.y()), row)
        for row in range(rows)
        if (value := chart.value(row, column)) is not None
    ]
    return (min(known)[1] if known else 0), column


def paint(
    painter: QPainter,
    chart: LineChart,
    place: QRectF,
    look: Look,
    chosen: tuple[int, int] | None = None,
) -> None:
    """Draw the chart; beside the chosen place, what all series are there."""
    if 0 in chart.size:
        return
    plot = _plot(chart, place, look)
    if chart.usual is not None:
        _band(painter, chart.usual, plot, look)
    _axes(painter, chart, plot, look, place)
    if chart.usual is not None:
        _middle(painter, chart.usual, chart.unit, plot, look, place)
    for series in reversed(chart.series):
        _series(painter, chart, series, plot, look)
    _names(painter, chart, plot, look, place)
    if chosen is not None:
        _choice(painter, chart, plot, look, chosen, place)


def _plot(chart: LineChart, place: QRectF, look: Look) -> _Plot:
    return _planned(chart, place.getRect(), look)


@lru_cache(maxsize=16)
def _planned(chart: LineChart, rect: tuple[float, float, float, float], look: Look) -> _Plot:
    """Looking where names have room takes a millisecond or two, and the mouse asks with each move
    where the values are.
    """
    place = QRectF(*rect)
    metrics = look.metrics()
    top, step = chart.top, chart.step
    left = max(metrics.horizontalAdvance(_axis_text(chart, at)) for at in _lines(top, step))
    names = max(metrics.horizontalAdvance(series.name) for series in chart.series)
    at_ends = len(chart.series) > 1 and _fit_at_ends(chart, place.height() - look.px(40), look)
    if chart.usual is not None:
        words = (chart.usual.name, chart.unit.text(chart.usual.middle))
        at_ends, names = False, max(map(metrics.horizontalAdvance, words))
    right = names + look.px(12) if at_ends or chart.usual is not None else look.px(10)
    area = place.adjusted(left + look.px(10), look.px(10), -right, -look.px(26))
    plot = _Plot(area, top, len(chart.labels), at_ends)
    if len(chart.series) < 2 or at_ends:
        return plot
    beside = line_names.places(chart.series, area, plot.x, plot.y, look)
    if beside is not None:
        return replace(plot, names=beside)
    return replace(plot, area=area.adjusted(0, look.px(20), 0, 0))


def _fit_at_ends(chart: LineChart, high: float, look: Look) -> bool:
    ends = sorted(value * high / chart.top for series in chart.series if (value := _last(series)))
    if len(ends) < len(chart.series):
        return False
    return all(
        after - before >= look.px(_APART)
        for before, after in itertools.pairwise(ends)
    )  # fmt: skip


def _last(series: Series) -> Value:
    return series.values[-1] if series.values else None


def _lines(top: float, step: float) -> list[float]:
    return [step * number for number in range(round(top / step) + 1)]


def _axis_text(chart: LineChart, value: float) -> str:
    if chart.unit is Unit.RATE:
        return f"{value * 100:g} %"
    return chart.unit.text(value)


def _axes(painter: QPainter, chart: LineChart, plot: _Plot, look: Look, place: QRectF) -> None:
    area = plot.area
    painter.setFont(look.font())
    soft = QColor(look.colors.text_soft)
    for value in _lines(chart.top, chart.step):
        y = plot.y(value)
        strong = value == 0
        painter.setPen(QPen(QColor(look.colors.text_faint if strong else look.colors.line),
                            look.px(1)))  # fmt: skip
        painter.drawLine(QPointF(area.left(), y), QPointF(area.right(), y))
        words = QRectF(place.left(), y - look.px(8), area.left() - place.left() - look.px(8),
                       look.px(16))  # fmt: skip
        write(painter, words, _axis_text(chart, value), soft, Qt.AlignmentFlag.AlignRight)
    metrics = look.metrics()
    free = place.left()
    for tick in chart.ticks:
        width = metrics.horizontalAdvance(tick.text)
        left = min(max(place.left(), plot.x(tick.place) - width / 2), place.right() - width)
        if left < free:
            continue
        free = left + width + look.px(12)
        x = plot.x(tick.place)
        painter.setPen(QPen(QColor(look.colors.text_faint), look.px(1)))
        painter.drawLine(QPointF(x, area.bottom()), QPointF(x, area.bottom() + look.px(4)))
        words = QRectF(left, area.bottom() + look.px(6), width + 1, look.px(16))
        write(painter, words, tick.text, soft)


def _band(painter: QPainter, usual: Usual, plot: _Plot, look: Look) -> None:
    if usual.low is None or usual.high is None:
        return
    color = look.color(Tone.QUIET)
    color.setAlphaF(0.16)
    top, bottom = plot.y(usual.high), plot.y(usual.low)
    painter.fillRect(QRectF(plot.area.left(), top, plot.area.width(), bottom - top), color)


def _middle(
    painter: QPainter, usual: Usual, unit: Unit, plot: _Plot, look: Look, place: QRectF
) -> None:
    y = plot.y(usual.middle)
    painter.setPen(look.pen(Tone.QUIET))
    painter.drawLine(QPointF(plot.area.left(), y), QPointF(plot.area.right(), y))
    # The word above the figure: beside the plot a line of both would take much of its width.
    left, high = plot.area.right() + look.px(8), look.px(15)
    for number, word in enumerate((usual.name, unit.text(usual.middle))):
        top = y + (number - 1) * high
        line = QRectF(left, top, place.right() - left, high)
        write(painter, line, word, look.ink(Tone.QUIET))


def _runs(series: Series) -> list[list[int]]:
    """Places that follow each other without a gap."""
    found: list[list[int]] = [[]]
    for column, value in enumerate(series.values):
        if value is None:
            found.append([])
        else:
            found[-1].append(column)
    return [run for run in found if run]


def _series(
    painter: QPainter, chart: LineChart, series: Series, plot: _Plot, look: Look
) -> None:  # fmt: skip
    pen = look.pen(series.tone, series.stroke)
    last = len(series.values) - 1
    for run in _runs(series):
        points = [QPointF(plot.x(column), plot.y(series.values[column] or 0)) for column in run]
        if series.filled and len(points) > 1:
            _ground(painter, points, plot, look.color(series.tone))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(pen)
        goes_on = chart.unfinished and run[-1] == last and len(points) > 1
        whole = points[:-1] if goes_on else points
        if len(whole) > 1:
            painter.drawPolyline(QPolygonF(whole))
        if goes_on:
            dashed = QPen(pen)
            dashed.setDashPattern([2.0, 2.0])
            painter.setPen(dashed)
            painter.drawLine(points[-2], points[-1])
        if len(points) == 1 or chart.dots:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(look.color(series.tone))
            size = look.px(1.8 if series.tone is Tone.QUIET else 2.6)
            for point in points:
                painter.drawEllipse(point, size, size)


def _ground(painter: QPainter, points: list[QPointF], plot: _Plot, color: QColor) -> None:
    color.setAlphaF(0.10)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(color)
    base = plot.area.bottom()
    corners = [QPointF(points[0].x(), base), *points, QPointF(points[-1].x(), base)]
    painter.drawPolygon(QPolygonF(corners))


def _names(painter: QPainter, chart: LineChart, plot: _Plot, look: Look, place: QRectF) -> None:
    if len(chart.series) < 2:
        return
    painter.setFont(look.font())
    if plot.named_at_ends:
        for series in chart.series:
            y = plot.y(_last(series) or 0)
            left = plot.area.right() + look.px(8)
            words = QRectF(left, y - look.px(8), place.right() - left, look.px(16))
            write(painter, words, series.name, look.ink(series.tone))
        return
    if plot.names is not None:
        for series, words in zip(chart.series, plot.names, strict=True):
            write(painter, words, series.name, look.ink(series.tone))
        return
    left = plot.area.left()
    for series in chart.series:
        y = place.top() + look.px(9)
        painter.setPen(look.pen(series.tone, series.stroke))
        painter.drawLine(QPointF(left, y), QPointF(left + look.px(18), y))
        left += look.px(24)
        width = look.metrics().horizontalAdvance(series.name)
        color = QColor(look.colors.text_soft)
        write(painter, QRectF(left, y - look.px(8), width + 1, look.px(16)), series.name, color)
        left += width + look.px(20)


def _choice(
    painter: QPainter,
    chart: LineChart,
    plot: _Plot,
    look: Look,
    chosen: tuple[int, int],
    place: QRectF,
) -> None:
    row, column = chosen
    x = plot.x(column)
    painter.setPen(QPen(QColor(look.colors.text_faint), look.px(1)))
    painter.drawLine(QPointF(x, plot.area.top()), QPointF(x, plot.area.bottom()))
    lines = [(chart.labels[column], QColor(look.colors.text_soft))]
    middle = plot.area.center().y()
    for number, series in enumerate(chart.series):
        value = series.values[column]
        text = f"{series.name}  {chart.unit.text(value)}"
        lines.append((text, look.ink(series.tone)))
        if value is None:
            continue
        painter.setPen(QPen(look.color(series.tone), look.px(2)))
        painter.setBrush(look.color(series.tone) if number == row else look.under())
        size = look.px(4.5 if number == row else 3)
        painter.drawEllipse(QPointF(x, plot.y(value)), size, size)
    card(painter, lines, QPointF(x, middle), place, look)
