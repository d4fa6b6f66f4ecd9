"""The report on one page of A4, drawn with lines and words: the same charts as on the screen."""

from collections.abc import Sequence
from dataclasses import replace

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QMarginsF, QRectF, Qt
from PySide6.QtGui import (
    QColor,
    QFontMetricsF,
    QPageLayout,
    QPageSize,
    QPainter,
    QPdfWriter,
    QPen,
)

from app.engagement.reports import words
from app.engagement.reports.charts import BarChart, Chart
from app.engagement.reports.figures import Who
from app.engagement.reports.headlines import Headline
from app.engagement.reports.issue_page import IssuePageData, Side
from app.engagement.reports.queries import LinkRow
from app.speech import say
from app.ui import fonts
from app.ui.charts import painting
from app.ui.charts.look import PRINTED, write

_MARGIN = 14.0
"""Millimetres."""
_GAP = 18.0
_LINKS = 8
_MOST_BARS, _FEWEST_BARS = 5, 2
_LOOK = replace(PRINTED, zoom=0.9)
_LEFT, _RIGHT = Qt.AlignmentFlag.AlignLeft, Qt.AlignmentFlag.AlignRight


def pdf(data: IssuePageData, side: Side) -> bytes:
    """The report as a PDF file."""
    held = QByteArray()
    buffer = QBuffer(held)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    writer = QPdfWriter(buffer)
    writer.setTitle(data.row.subject)
    writer.setCreator("Sendoff")
    writer.setPageLayout(
        QPageLayout(
            QPageSize(QPageSize.PageSizeId.A4), QPageLayout.Orientation.Portrait,
            QMarginsF(_MARGIN, _MARGIN, _MARGIN, _MARGIN), QPageLayout.Unit.Millimeter,
        )
    )  # fmt: skip
    painter = QPainter(writer)
    zoom = writer.resolution() / 96
    painter.scale(zoom, zoom)
    _Paper(painter, writer.width() / zoom, writer.height() / zoom).draw(data, side)
    painter.end()
    buffer.close()
    return bytes(held.data())


class _Paper:
    """Draws from the top down; what does not fit on the page is left out, the least first."""

    def __init__(self, painter: QPainter, width: float, height: float) -> None:
        self._painter = painter
        self._width = width
        self._bottom = height - 30
        self._y = 0.0

    def draw(self, data: IssuePageData, side: Side) -> None:
        """The whole page."""
        self._head(data)
        self._headlines(side)
        course = side.course.hours or side.course.days
        if course is not None:
            self._chart(course, 165)
        if side.links:
            self._links(side)
        if side.course.week is not None:
            self._chart(side.course.week, 160)
        told = (side.domains, side.clients, side.devices)
        pair = [each for each in told if each is not None][:2]
        for bars in range(_MOST_BARS, _FEWEST_BARS - 1, -1):
            if self._beside([_cut(each, bars) for each in pair]):
                break
        self._foot(data, side)

    def _head(self, data: IssuePageData) -> None:
        font = fonts.writing()
        font.setPixelSize(25)
        self._painter.setFont(font)
        self._line(data.row.subject, 32, _LOOK.colors.text)
        self._painter.setFont(_LOOK.font(12))
        self._line(data.sent, 18, _LOOK.colors.text_soft)
        self._y += 12

    def _headlines(self, side: Side) -> None:
        wide = self._width / 3
        told = [headline for headline in side.headlines if headline.is_told]
        for number, headline in enumerate(told):
            left, top = wide * (number % 3), self._y + 78 * (number // 3)
            self._figure(headline, QRectF(left, top, wide - 16, 78))
        self._y += 78 * -(-len(told) // 3) + 6

    def _figure(self, headline: Headline, place: QRectF) -> None:
        painter, colors = self._painter, _LOOK.colors
        painter.setFont(_LOOK.font(11))
        self._at(place, 0, 15, headline.title, colors.text_soft)
        painter.setFont(_LOOK.font(20, strong=True))
        self._at(place, 15, 26, headline.value, colors.text)
        painter.setFont(_LOOK.font(11))
        self._at(place, 41, 15, headline.of, colors.text)
        self._at(place, 55, 15, headline.beside, colors.text_soft)

    def _chart(self, chart: Chart, high: float) -> None:
        if self._y + high + 24 > self._bottom:
            return
        self._title(chart.title)
        place = QRectF(0, self._y, self._width, high)
        painting.paint(self._painter, chart, place, _LOOK)
        self._y += high + 4
        if chart.note:
            self._painter.setFont(_LOOK.font(10))
            self._line(chart.note, 14, _LOOK.colors.text_soft)
        self._y += _GAP - 4

    def _beside(self, charts: Sequence[Chart]) -> bool:
        """Two charts in two columns, where there is room; whether there was."""
        if not charts:
            return True
        wide = (self._width - 28) / 2
        high = max(painting.height(chart, _LOOK) for chart in charts)
        if self._y + high + 24 > self._bottom:
            return False
        top = self._y
        for number, chart in enumerate(charts):
            self._y = top
            left = number * (wide + 28)
            self._title(chart.title, left)
            place = QRectF(left, self._y, wide, painting.height(chart, _LOOK))
            painting.paint(self._painter, chart, place, _LOOK)
        self._y = top + 24 + high
        return True

    def _links(self, side: Side) -> None:
        """The links that were clicked most, as a table."""
        self._title(say("Links"))
        painter, colors = self._painter, _LOOK.colors
        columns = ((0.0, self._width - 210, ""), (self._width - 200, 56, say("Clicks")),
                   (self._width - 134, 60, say("Clickers")),
                   (self._width - 64, 64, say("Share")))  # fmt: skip
        painter.setFont(_LOOK.font(10))
        for left, wide, name in columns[1:]:
            write(painter, QRectF(left, self._y - 18, wide, 14), name, colors.text_soft,
                  _RIGHT)  # fmt: skip
        painter.setFont(_LOOK.font(11))
        for link in side.links[:_LINKS]:
            painter.setPen(QPen(QColor(colors.line), 0.75))
            painter.drawLine(0, round(self._y), round(self._width), round(self._y))
            for (at, room, _), text in zip(columns[1:], _cells(link), strict=True):
                write(painter, QRectF(at, self._y, room, 19), text, colors.text, _RIGHT)
            self._link(link, columns[0][1])
            self._y += 19
        more = len(side.links) - _LINKS
        if more > 0:
            self._line(say("and {n} more", n=more), 17, colors.text_soft)
        self._y += _GAP

    def _link(self, link: LinkRow, room: float) -> None:
        """Its words, and behind them where it leads: two may lead to the same page."""
        painter, colors = self._painter, _LOOK.colors
        used = 0.0
        if link.text:
            used = min(room * 0.6, QFontMetricsF(painter.font()).horizontalAdvance(link.text)) + 1
            write(painter, QRectF(0, self._y, used, 19), link.text, colors.text, _LEFT)
            used += 10
        color = colors.text_soft if link.text else colors.text
        write(painter, QRectF(used, self._y, room - used, 19), link.url, color, _LEFT)

    def _foot(self, data: IssuePageData, side: Side) -> None:
        self._painter.setFont(_LOOK.font(10))
        lines = [f"{data.fresh}.", " ".join(data.notes)]
        if side.who is Who.PEOPLE:
            lines[0] += " " + say("Opens and clicks are people’s: privacy proxies and machines are"
                                  " not counted.")  # fmt: skip
        for number, line in enumerate(lines):
            place = QRectF(0, self._bottom + 4 + 14 * number, self._width, 14)
            write(self._painter, place, line, _LOOK.colors.text_soft)

    def _title(self, text: str, left: float = 0.0) -> None:
        self._painter.setFont(_LOOK.font(13, strong=True))
        place = QRectF(left, self._y, self._width - left, 18)
        write(self._painter, place, text, _LOOK.colors.text)
        self._y += 24

    def _line(self, text: str, high: float, color: str) -> None:
        write(self._painter, QRectF(0, self._y, self._width, high), text, color)
        self._y += high

    def _at(self, place: QRectF, down: float, high: float, text: str, color: str) -> None:
        line = QRectF(place.left(), place.top() + down, place.width(), high)
        write(self._painter, line, text, color)


def _cut(chart: BarChart, bars: int) -> BarChart:
    """The first bars alone, which its title says."""
    if len(chart.bars) <= bars:
        return replace(chart, note="")
    title = say("{title}: the first {n}", title=chart.title, n=bars)
    return replace(chart, title=title, bars=chart.bars[:bars], note="")


def _cells(link: LinkRow) -> tuple[str, ...]:
    return (words.number(link.clicks), words.number(link.clickers),
            words.percent(link.share))  # fmt: skip
