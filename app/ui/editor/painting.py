"""Small matters of painting that Qt's plain text layout leaves to its users."""

from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QTextBlock

from app.ui import theme

CODE_CORNER = 6
CODE_INSET = 12
"""Pixels between the view's edge and the ground of code."""

Found = tuple[int, int, bool]
"""A stretch of a line in UTF-16 units that a search found, and whether it is the chosen one."""


def align_right(block: QTextBlock) -> None:
    """Put right-to-left lines to the right edge, which Qt's plain text layout does not do."""
    layout = block.layout()
    margin = block.document().documentMargin()
    for number in range(layout.lineCount()):
        line = layout.lineAt(number)
        left = margin + line.width() - line.naturalTextWidth()
        if abs(line.x() - left) > 0.5:
            line.setPosition(QPointF(left, line.y()))


def paint_found(
    painter: QPainter, block: QTextBlock, place: QRectF, found: Sequence[Found]
) -> None:
    """Paint the ground of what a search found in a block, whose layout lies at ``place``."""
    from .marks import stretches

    colors = theme.current()
    layout = block.layout()
    first = layout.lineAt(0)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setBrush(QColor(colors.found))
    for start, end, is_current in found:
        painter.setPen(QColor(colors.accent) if is_current else Qt.PenStyle.NoPen)
        for x1, x2, baseline in stretches(layout, start, end):
            top = place.top() + baseline - first.ascent()
            box = QRectF(place.left() + x1 - 1, top, x2 - x1 + 2, first.height())
            painter.drawRoundedRect(box, 3, 3)


def paint_code(painter: QPainter, place: QRectF, *, begins: bool, ends: bool) -> None:
    """Paint the calm ground of one line of a block of code, round where the block ends."""
    area = QRectF(place)
    painter.save()
    painter.setClipRect(area)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(theme.current().code_paper))
    past = 2 * CODE_CORNER  # corners in the midst of a block lie outside of the line
    area.adjust(CODE_INSET, 0 if begins else -past, -CODE_INSET, 0 if ends else past)
    painter.drawRoundedRect(area, CODE_CORNER, CODE_CORNER)
    painter.restore()
