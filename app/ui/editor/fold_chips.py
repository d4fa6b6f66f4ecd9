"""What the writer sees where a part of an endless line is folded away: how much it is."""

from collections.abc import Iterator

from PySide6.QtCore import QCoreApplication, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QTextBlock, QTextLayout

from app.ui import fonts, theme

from . import folds
from .utf16 import units

_POINTS = 9.0
_PADDING = 10.0
_GAP = 4.0


def ranges(shown: str) -> Iterator[QTextLayout.FormatRange]:
    """Formats that make room in a line for its chips."""
    if not folds.has_folds(shown):
        return
    metrics = QFontMetricsF(fonts.interface(_POINTS))
    for start, name in _folds(shown):
        room = QTextLayout.FormatRange()
        room.start, room.length = start, units(name)
        room.format.setForeground(Qt.GlobalColor.transparent)
        room.format.setFontPointSize(_POINTS)
        room.format.setFontLetterSpacingType(QFont.SpacingType.AbsoluteSpacing)
        room.format.setFontLetterSpacing(metrics.horizontalAdvance(_label(name)) + 2 * _PADDING)
        yield room


def paint(painter: QPainter, block: QTextBlock, top: QPointF) -> None:
    """Paint the chips of a block whose layout begins at ``top``."""
    if not folds.has_folds(block.text()):
        return
    colors = theme.current()
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setFont(fonts.interface(_POINTS))
    for box, _, name in _boxes(block):
        area = box.translated(top)
        painter.setPen(QColor(colors.line))
        painter.setBrush(QColor(colors.panel))
        painter.drawRoundedRect(area, area.height() / 2, area.height() / 2)
        painter.setPen(QColor(colors.text_soft))
        painter.drawText(area, Qt.AlignmentFlag.AlignCenter, _label(name))
    painter.restore()


def column_at(block: QTextBlock, point: QPointF) -> int | None:
    """The column of the whole line where the chip under a point of the layout begins."""
    shown = block.text()
    if not folds.has_folds(shown):
        return None
    for box, at, _ in _boxes(block):
        if box.contains(point):
            return folds.whole_column(shown, at)
    return None


def _boxes(block: QTextBlock) -> Iterator[tuple[QRectF, int, str]]:
    """The place of each chip in the block's layout, its column in what is shown, its name."""
    from .marks import stretches

    shown = block.text()
    layout = block.layout()
    for match in folds.FOLD.finditer(shown):
        start = units(shown[: match.start()])
        for x1, x2, baseline in stretches(layout, start, start + units(match[0])):
            height = QFontMetricsF(fonts.interface(_POINTS)).height() + 2
            box = QRectF(x1 + _GAP, baseline - height * 0.78, x2 - x1 - 2 * _GAP, height)
            if box.width() > 0:
                yield box, match.start(), match[0]


def _folds(shown: str) -> Iterator[tuple[int, str]]:
    if folds.has_folds(shown):
        for match in folds.FOLD.finditer(shown):
            yield units(shown[: match.start()]), match[0]


def _label(name: str) -> str:
    words = QCoreApplication.translate("DraftView", "⋯ %1 characters ⋯")
    return words.replace("%1", f"{len(folds.hidden(name)):,}")
