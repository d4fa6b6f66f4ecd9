"""How the rows of the list of checks are painted."""

from functools import cache, lru_cache

from PySide6.QtCore import QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QTextLayout, QTextOption
from PySide6.QtWidgets import QStyleOptionViewItem

from app.preflight import Finding
from app.preflight.listing import Heading, LinksRow, MoreRow, MuteRow, Row
from app.ui import fonts, icons, theme
from app.ui.brief import brief
from app.ui.panels.rows import RIGHT, ROW_MARGIN, Index, RowPainter, write
from app.ui.preflight.shapes import paint_severity
from app.ui.preflight.words import (
    about,
    group_name,
    links_words,
    more_words,
    scope_words,
)
from app.ui.shapes import paint_status

MARK = 11
INDENT = MARK + 9
HEADING, LINE, SMALL = 34, 17, 15
POINTS, SMALL_POINTS = 10.0, 9.0
NUMBER = 32
"""Pixels for the number of a line."""


class CheckPainter(RowPainter[Row]):
    """Headings, findings, what is known of links, and mutes."""

    width = 260
    """Of the list, in pixels."""
    lines: "dict[int, int]"
    """The line of each finding in the text as it is, by its identity."""

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:  # noqa: ARG002, D102
        return QSize(0, self._height(self.model.rows[index.row()]))

    def _height(self, row: Row) -> int:
        match row:
            case Heading():
                return HEADING
            case LinksRow() | MoreRow():
                return LINE + 12
            case MuteRow():
                return LINE + SMALL + 12
        return LINE * self._lines_of(row.message) + 13

    def _lines_of(self, message: str) -> int:
        return 1 if _width(message) < self._room else 2

    def shows_all(self, row: Finding) -> bool:
        """Whether a row says all of its finding."""
        return not any(line.endswith("…") for line in _wrapped(row.message, self._room, 2))

    @property
    def _room(self) -> int:
        return self.width - 2 * ROW_MARGIN - INDENT - NUMBER

    def paint_row(self, painter: QPainter, place: QRect, row: Row) -> None:  # noqa: D102
        match row:
            case Heading():
                self._heading(painter, place, row)
            case LinksRow():
                self._links(painter, place, row)
            case MoreRow():
                text = place.adjusted(INDENT, 0, 0, 0)
                colors = theme.current()
                write(painter, text, more_words(row), _font(POINTS), colors.text_soft)
            case MuteRow():
                self._mute(painter, place, row)
            case _:
                self._finding(painter, place, row)

    def _heading(self, painter: QPainter, place: QRect, row: Heading) -> None:
        colors = theme.current()
        icon = QRectF(place.left() - 2, place.top() + 13, 13, 13)
        icons.paint(painter, "down" if row.is_open else "right", icon, colors.text_soft)
        text = place.adjusted(INDENT, 6, 0, 0)
        font = _font(10.5, strong=True)
        used = write(painter, text, group_name(row.group), font, colors.text)
        count = text.adjusted(used + 8, 0, 0, 0)
        write(painter, count, str(row.count), _font(POINTS), colors.text_faint)

    def _links(self, painter: QPainter, place: QRect, row: LinksRow) -> None:
        colors = theme.current()
        mark = QRectF(place.left(), place.center().y() - MARK / 2 + 1, MARK, MARK)
        if row.status is not None:
            paint_status(painter, mark, row.status)
        else:
            paint_severity(painter, mark, row.severity)
        text = place.adjusted(INDENT, 0, 0, 0)
        write(painter, text, links_words(row), _font(POINTS), colors.text)

    def _mute(self, painter: QPainter, place: QRect, row: MuteRow) -> None:
        colors = theme.current()
        text = QRect(place.left() + INDENT, place.top() + 6, place.width() - INDENT, LINE)
        count = str(row.count) if row.count else ""
        font = _font(SMALL_POINTS)
        used = write(painter, text, count, font, colors.text_faint, align=RIGHT)
        text.setRight(text.right() - used - 8)
        write(painter, text, about(row.mute.rule), _font(POINTS), colors.text_soft)
        below = QRect(text.left(), text.bottom() + 1, place.right() - text.left(), SMALL)
        words = f"{scope_words(row.mute.scope)}: {row.mute.reason}"
        write(painter, below, words, _font(SMALL_POINTS), colors.text_faint)

    def _finding(self, painter: QPainter, place: QRect, row: Finding) -> None:
        colors = theme.current()
        mark = QRectF(place.left(), place.top() + 9, MARK, MARK)
        paint_severity(painter, mark, row.severity)
        text = QRect(place.left() + INDENT, place.top() + 6, place.width() - INDENT, LINE)
        small = _font(SMALL_POINTS)
        line = str(self.lines.get(id(row), row.line) + 1)
        write(painter, text, line, small, colors.text_faint, align=RIGHT)
        count = self._lines_of(row.message)
        wide = QRect(text.left(), text.top(), text.width() - NUMBER, LINE * count)
        _write_wrapped(painter, wide, row.message, colors.text, count)


@cache
def _font(points: float, *, strong: bool = False) -> QFont:
    """Made once: a row is painted with every finding that comes or goes."""
    return fonts.interface(points, strong=strong)


@lru_cache(maxsize=2048)
def _width(message: str) -> int:
    """Pixels that a message takes in one line."""
    words = " ".join(brief(message).split())
    return QFontMetrics(_font(POINTS)).horizontalAdvance(words)


def _write_wrapped(painter: QPainter, place: QRect, text: str, color: str, most: int) -> None:
    """Paint a text in so many lines, the last one shortened to fit."""
    font = _font(POINTS)
    painter.setFont(font)
    painter.setPen(QColor(color))
    baseline = place.top() + QFontMetrics(font).ascent()
    for number, words in enumerate(_wrapped(text, place.width(), most)):
        painter.drawText(QPointF(place.left(), baseline + LINE * number), words)


@lru_cache(maxsize=512)
def _wrapped(text: str, width: int, most: int) -> tuple[str, ...]:
    shown, font = " ".join(brief(text).split()), _font(POINTS)
    layout, metrics = QTextLayout(shown, font), QFontMetrics(font)
    option = QTextOption(Qt.AlignmentFlag.AlignLeft)
    option.setWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
    layout.setTextOption(option)
    lines: list[str] = []
    layout.beginLayout()
    while len(lines) < most and (line := layout.createLine()).isValid():
        line.setLineWidth(width)
        start, is_last = line.textStart(), len(lines) + 1 == most
        words = shown[start:] if is_last else shown[start : start + line.textLength()]
        lines.append(metrics.elidedText(words.strip(), Qt.TextElideMode.ElideRight, width))
    layout.endLayout()
    return tuple(lines)
