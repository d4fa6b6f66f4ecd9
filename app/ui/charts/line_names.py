"""Where a line's name stands beside the line itself: next to a highest point, where nothing else
is drawn.
"""

from collections.abc import Callable, Iterator, Sequence

from PySide6.QtCore import QPointF, QRectF

from app.engagement.reports.charts import Series
from app.ui.charts.look import Look

_HIGH = 16
_BESIDE = 7
"""Pixels between a line and its name."""
_FAR = 40
"""Pixels from the highest point, from which on a name could be another line's."""
_STEP = 4

ToX = Callable[[int], float]
ToY = Callable[[float], float]


def places(
    series: Sequence[Series], area: QRectF, x: ToX, y: ToY, look: Look
) -> tuple[QRectF, ...] | None:
    """A place for each line's name, in their order; None where one has none.

    Args:
        series: The lines.
        area: Where they are drawn.
        x: The pixel of a place of the axis.
        y: The pixel of a value.
        look: Tells how wide words are.
    """
    lines = [_points(each, x, y) for each in series]
    found: list[QRectF] = []
    for each in series:
        width = look.metrics().horizontalAdvance(each.name) + 1
        most = max((value for value in each.values if value is not None), default=0)
        if most <= 0:
            return None
        peaks = [
            QPointF(x(column), y(most)) for column, value in enumerate(each.values) if value == most
        ]
        free = next(
            (
                place
                for peak in peaks
                for place in _around(peak, width, look)
                if area.adjusted(0, -look.px(_HIGH), 0, 0).contains(place)
                and not any(place.intersects(other) for other in found)
                and not any(_crosses(line, place, look) for line in lines)
            ),
            None,
        )
        if free is None:
            return None
        found.append(free)
    return tuple(found)


def _around(peak: QPointF, width: float, look: Look) -> Iterator[QRectF]:
    """At its right, farther and farther, then above it, then at its left."""
    high = look.px(_HIGH)
    for away in range(0, round(look.px(_FAR)), _STEP):
        yield QRectF(peak.x() + look.px(_BESIDE) + away, peak.y() - high / 2, width, high)
    for share in (0.5, 0.0, 1.0):
        yield QRectF(peak.x() - width * share, peak.y() - high - look.px(2), width, high)
    for away in range(0, round(look.px(_FAR)), _STEP):
        left = peak.x() - look.px(_BESIDE) - away - width
        yield QRectF(left, peak.y() - high / 2, width, high)


def _points(series: Series, x: ToX, y: ToY) -> list[QPointF | None]:
    return [
        None if value is None else QPointF(x(column), y(value))
        for column, value in enumerate(series.values)
    ]


def _crosses(line: Sequence[QPointF | None], place: QRectF, look: Look) -> bool:
    """Whether a line runs through ``place`` or close by."""
    wide = place.adjusted(-look.px(3), -look.px(1), look.px(3), look.px(1))
    for before, after in zip(line, [*line[1:], None], strict=True):
        if before is None:
            continue
        end = after or before
        if end.x() < wide.left() or before.x() > wide.right():
            continue
        steps = max(1, round((end.x() - before.x()) / _STEP))
        for number in range(steps + 1):
            share = number / steps
            at = QPointF(
                before.x() + (end.x() - before.x()) * share,
                before.y() + (end.y() - before.y()) * share,
            )
            if wide.contains(at):
                return True
    return False
