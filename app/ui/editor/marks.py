"""The status of each link, painted over the text at the exact destination.

Marks are no part of the text's formats: a burst of verdicts is one repaint, and the document
never hears of it. Each status has a line of its own: safe a thin solid one, warn a thick wave,
block two thick lines, unverified dots, unchecked faint dashes.
"""

import math
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import cast

from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtGui import (
    QColor,
    QPainter,
    QPen,
    QPixmap,
    QPolygonF,
    QTextBlock,
    QTextLayout,
    QTextLine,
)

from app.linkcheck.verdict import SEVERITY, Status
from app.markup.model import Link, LinkKind, PlacedLink
from app.proof import ProofedLink, url_of
from app.ui.theme import Theme

from . import folds
from .open_draft import OpenDraft
from .utf16 import to_utf16

MOST_LINKS = 2_000
"""Links of a block whose marks are shown when it has a line that is folded."""
LINE_HEIGHT = 6.0
"""Device-independent pixels that the tallest underline takes."""
_BELOW_BASELINE = 2.0


@dataclass(frozen=True, slots=True)
class Mark:
    """A stretch of one line, in UTF-16 units, that belongs to a link."""

    start: int
    end: int
    proofed: ProofedLink

    @property
    def status(self) -> Status:
        """The status to show."""
        return self.proofed.verdict.status


Marks = dict[int, list[Mark]]
"""By line."""


def collect(draft: OpenDraft, first: int, last: int) -> Marks:
    """The marks on these lines (both included): of links, and of definitions that links use."""
    last = min(last, len(draft.lines) - 1)
    marks: Marks = {}
    shown = _Shown(draft, first, last)
    told = set()
    if shown.is_crowded():
        return marks
    for proofed in draft.proof.links_between(first, last):
        if proofed.link.kind is LinkKind.DEFINITION:
            told.add((proofed.placed.line, proofed.placed.column))
        _add(marks, shown, proofed)
    for proofed in _definitions(draft, first, last):
        if (proofed.placed.line, proofed.placed.column) not in told:
            _add(marks, shown, proofed)
    return marks


def _definitions(draft: OpenDraft, first: int, last: int) -> Iterator[ProofedLink]:
    """The reference definitions of the blocks on these lines, as if each were a link."""
    document = draft.document
    index, start = document.block_at(first)
    while index < len(document.blocks) and start <= last:
        block = document.blocks[index]
        for each in block.definitions:
            link = Link(LinkKind.DEFINITION, each.href, "", each.span, each.whole, label=each.label)
            span = each.span
            placed = PlacedLink(
                link,
                start + span.line,
                span.column,
                start + span.end_line,
                span.end_column,
                index,
                None,
            )
            yield ProofedLink(placed, draft.proof.verdict_of(link), url_of(link))
        start += block.line_count
        index += 1


class _Shown:
    """Lines as they are shown."""

    def __init__(self, draft: OpenDraft, first: int, last: int) -> None:
        self.first, self.last = first, last
        self._draft = draft
        self._folded: dict[int, str] = {}

    def is_crowded(self) -> bool:
        """Whether a folded line has so many links that each key would be held up by them."""
        lines = self._draft.lines
        return any(
            len(lines[line]) > folds.LONGEST
            and len(self._draft.document.blocks[self._draft.document.block_at(line)[0]].links)
            > MOST_LINKS
            for line in range(self.first, self.last + 1)
        )

    def __getitem__(self, line: int) -> str:
        text = self._draft.lines[line]
        if len(text) <= folds.LONGEST:
            return text
        if line not in self._folded:
            self._folded[line] = self._draft.text.findBlockByNumber(line).text()
        return self._folded[line]


def _add(marks: Marks, shown: _Shown, proofed: ProofedLink) -> None:
    placed = proofed.placed
    for line in range(max(placed.line, shown.first), min(placed.end_line, shown.last) + 1):
        text = shown[line]
        start = placed.column if line == placed.line else len(text) - len(text.lstrip())
        end = placed.end_column if line == placed.end_line else len(text)
        if folds.has_folds(text) and not folds.in_sight(text, [(start, end)]):
            continue
        if not text.isascii():
            start, end = to_utf16(text, start), to_utf16(text, end)
        if end >= start:
            _put(marks.setdefault(line, []), Mark(start, end, proofed))


def _put(here: list[Mark], mark: Mark) -> None:
    """Of two links in the same place, a mistyped one and the bare one in it, the worse is shown."""
    for index, other in enumerate(here):
        if (other.start, other.end) == (mark.start, mark.end):
            here[index] = max(other, mark, key=lambda each: SEVERITY[each.status])
            return
    here.append(mark)


def look(marks: Iterable[Mark]) -> list[tuple[int, int, Status]]:
    """What is seen of marks."""
    return [(mark.start, mark.end, mark.status) for mark in marks]


def worst(marks: Iterable[Mark]) -> Status:
    """The status that weighs most."""
    return max((mark.status for mark in marks), key=SEVERITY.__getitem__)


class MarkPainter:
    """Draws marks below the text of a block."""

    def __init__(self, theme: Theme, ratio: float) -> None:
        """``ratio`` is the device's pixels per logical pixel."""
        self.theme = theme
        self.ratio = ratio

    def paint(
        self,
        painter: QPainter,
        block: QTextBlock,
        top: QPointF,
        marks: list[Mark],
        area: QRect,
    ) -> None:
        """Draw the marks of a block whose layout begins at ``top``, where they touch the area."""
        layout = block.layout()
        preedit_text = layout.preeditAreaText()
        preedit_at = layout.preeditAreaPosition() if preedit_text else None
        preedit = len(preedit_text.encode("utf-16-le")) // 2
        seen_from, seen_to = _offsets(layout, area.top() - top.y(), area.bottom() + 1 - top.y())
        for mark in marks:
            start, end = mark.start, mark.end
            if preedit_at is not None:  # an input method's text is laid out but is not text yet
                start += preedit if start >= preedit_at else 0
                end += preedit if end > preedit_at else 0
            if end < seen_from or start > seen_to:
                continue
            for x1, x2, baseline in stretches(layout, start, end):
                self._line(painter, mark.status, top.x() + x1, top.x() + x2, top.y() + baseline)

    def _line(
        self, painter: QPainter, status: Status, x1: float, x2: float, baseline: float
    ) -> None:
        if x2 - x1 < 1:  # an empty destination still has a place
            x1, x2 = x1 - 2.0, x1 + 4.0
        tile = _tile(self.theme, status, self.ratio)
        top = round((baseline + _BELOW_BASELINE) * self.ratio) / self.ratio
        painter.drawTiledPixmap(QRectF(x1, top, x2 - x1, LINE_HEIGHT), tile, QPointF(0, 0))


def reach(row: QTextLine) -> float:
    """Where ends what is painted of a row and its marks, in the layout's coordinates."""
    return row.y() + max(row.height(), row.ascent() + _BELOW_BASELINE + LINE_HEIGHT + 1)


def _offsets(layout: QTextLayout, top: float, bottom: float) -> tuple[int, int]:
    """The first and the last offset of the rows that touch a part of a layout."""
    count = layout.lineCount()
    first = 0
    while first + 1 < count and reach(layout.lineAt(first)) <= top:
        first += 1
    last = first
    while last + 1 < count and layout.lineAt(last + 1).y() < bottom:
        last += 1
    if not count:
        return 0, 0
    end = layout.lineAt(last)
    return layout.lineAt(first).textStart(), end.textStart() + end.textLength()


def stretches(layout: QTextLayout, start: int, end: int) -> Iterator[tuple[float, float, float]]:
    """Left, right and baseline of each visual stretch of a range, in the layout's coordinates.

    A range is cut where the text wraps and, with mixed directions, where its runs part.
    """
    mixed = _has_right_to_left(layout.text())
    begin, count = layout.lineForTextPosition(start), layout.lineCount()
    for number in range(begin.lineNumber() if begin.isValid() else 0, count):
        line = layout.lineAt(number)
        first = line.textStart()
        if first > end or start < first == end:
            break
        last = first + line.textLength()
        if start > last or (start == last and number + 1 < count):
            continue
        left, right = max(start, first), min(end, last)
        baseline = line.y() + line.ascent()
        if mixed and left < right:
            yield from _runs(line, left, right, baseline)
        else:
            x1, x2 = _x(line, left), _x(line, right)
            yield min(x1, x2), max(x1, x2), baseline


def _runs(
    line: QTextLine, start: int, end: int, baseline: float
) -> Iterator[tuple[float, float, float]]:
    for run in line.glyphRuns(start, end - start):
        positions = run.positions()
        if positions:
            box = run.boundingRect()
            yield box.left(), box.right(), baseline


def _x(line: QTextLine, offset: int) -> float:
    # PySide answers with the x and the offset, whatever its stubs say.
    return cast("tuple[float, int]", line.cursorToX(offset))[0]


def _has_right_to_left(text: str) -> bool:
    return not text.isascii() and _RIGHT_TO_LEFT.search(text) is not None


@lru_cache(maxsize=64)
def _tile(theme: Theme, status: Status, ratio: float) -> QPixmap:
    """One period of a status' line; drawn once for each theme and resolution."""
    period = _PERIOD[status]
    pixmap = QPixmap(round(period * ratio), round(LINE_HEIGHT * ratio))
    pixmap.setDevicePixelRatio(ratio)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    color = QColor(theme.status(status))
    _DRAWERS[status](painter, color, pixmap.width() / ratio)
    painter.end()
    return pixmap


def _solid(painter: QPainter, color: QColor, width: float) -> None:
    color.setAlphaF(0.75)
    painter.fillRect(QRectF(0, 0, width, 1.0), color)


def _wave(painter: QPainter, color: QColor, width: float) -> None:
    painter.setPen(QPen(color, 1.5))
    steps = 24
    points = [
        QPointF(width * (step / steps), 2.2 - 1.5 * math.cos(2 * math.pi * step / steps))
        for step in range(-1, steps + 2)
    ]
    painter.drawPolyline(QPolygonF(points))


def _double(painter: QPainter, color: QColor, width: float) -> None:
    painter.fillRect(QRectF(0, 0, width, 2.0), color)
    painter.fillRect(QRectF(0, 3.0, width, 2.0), color)


def _dots(painter: QPainter, color: QColor, width: float) -> None:
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(color)
    painter.drawEllipse(QPointF(width / 2, 1.25), 1.1, 1.1)


def _dashes(painter: QPainter, color: QColor, width: float) -> None:
    color.setAlphaF(0.65)
    painter.fillRect(QRectF(0, 0, width * 0.5, 1.0), color)


_RIGHT_TO_LEFT = re.compile(r"[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufeff]")
_PERIOD = {
    Status.SAFE: 8.0,
    Status.WARN: 6.0,
    Status.BLOCK: 8.0,
    Status.UNVERIFIED: 4.0,
    Status.UNCHECKED: 8.0,
}
_DRAWERS = {
    Status.SAFE: _solid,
    Status.WARN: _wave,
    Status.BLOCK: _double,
    Status.UNVERIFIED: _dots,
    Status.UNCHECKED: _dashes,
}
