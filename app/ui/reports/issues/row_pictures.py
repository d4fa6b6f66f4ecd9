"""The list's rows as pictures: painted once, shown again whenever the table is painted.

A row is some fifty pieces of text. Where other threads compute, as they do while accounts are
synced, each piece may wait for the interpreter; a picture is one.
"""

import time
from collections import OrderedDict
from collections.abc import Hashable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QRect
from PySide6.QtGui import QColor, QPainter, QPixmap

from app.engagement.reports.listing import Line
from app.engagement.reports.sparks import Spark
from app.ui import theme
from app.ui.reports.issues.painting import HEIGHT, PAD, paint_cell

SECONDS = 0.004
"""How long new pictures are painted at a time; the rest follows in the event loop's next turn."""
_KEPT = 32
"""Rows: of a window as wide as a 4K screen they take 50 MB, of a small one 10."""
_BAR = 3


@dataclass(frozen=True, slots=True)
class Place:
    """Where a column's cell is in its row: logical pixels from the row's left edge."""

    column: str
    left: int
    width: int


@dataclass(frozen=True, slots=True)
class Standing:
    """What marks a row: chosen, under the mouse, at the keyboard."""

    is_selected: bool = False
    is_hovered: bool = False
    is_current: bool = False


class RowPictures:
    """Makes and keeps the pictures of the rows that were seen last."""

    def __init__(self) -> None:
        self._kept: OrderedDict[Hashable, QPixmap] = OrderedDict()
        self._until = 0.0
        self._has_painted = False

    def begin(self) -> None:
        """The table is being painted: ``SECONDS`` begin."""
        self._until = time.perf_counter() + SECONDS
        self._has_painted = False

    def picture(
        self,
        line: Line,
        spark: Spark | None,
        places: Sequence[Place],
        marks: Standing,
        ratio: float,
    ) -> QPixmap | None:
        """The row's picture; None where it is still to be painted and the time is up. The first
        one that is asked for is always painted.

        Args:
            line: The issue.
            spark: Its first days; None while they are read.
            places: The columns that are shown.
            marks: How the row is marked.
            ratio: The screen's pixels in a logical one.
        """  # fmt: skip
        key = (
            tuple(line.cells.get(each.column) for each in places),
            line.row.deleted, spark, tuple(places), marks, ratio, theme.current(),
        )  # fmt: skip
        found = self._kept.get(key)
        if found is None:
            if self._has_painted and time.perf_counter() > self._until:
                return None
            self._has_painted = True
            found = self._kept[key] = _paint(line, spark, places, marks, ratio)
            if len(self._kept) > _KEPT:
                self._kept.popitem(last=False)
        self._kept.move_to_end(key)
        return found


def _paint(
    line: Line, spark: Spark | None, places: Sequence[Place], marks: Standing, ratio: float
) -> QPixmap:
    width = max((each.left + each.width for each in places), default=1)
    picture = QPixmap(round(width * ratio), round(HEIGHT * ratio))
    picture.setDevicePixelRatio(ratio)
    painter = QPainter(picture)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    _paint_ground(painter, QRect(0, 0, width, HEIGHT), marks)
    for each in places:
        inner = QRect(each.left + PAD, 0, each.width - 2 * PAD, HEIGHT)
        paint_cell(painter, inner, line, each.column, spark)
    painter.end()
    return picture


def _paint_ground(painter: QPainter, place: QRect, marks: Standing) -> None:
    """The row that the keyboard is at has a bar at its left."""
    colors = theme.current()
    ground = colors.paper
    if marks.is_selected:
        ground = colors.chosen
    elif marks.is_hovered or marks.is_current:
        ground = colors.hover
    painter.fillRect(place, QColor(ground))
    painter.fillRect(0, place.bottom(), place.width(), 1, QColor(colors.line))
    if marks.is_current:
        painter.fillRect(0, 0, _BAR, place.height(), QColor(colors.accent))
