"""The issue's links beside its text, the most clicked first."""

from collections.abc import Sequence

from PySide6.QtCore import QCoreApplication, QModelIndex, QRect, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QPainter
from PySide6.QtWidgets import QWidget

from app.engagement.reports import words
from app.engagement.reports.click_map import counted
from app.engagement.reports.queries import LinkRow
from app.ui import fonts, theme
from app.ui.panels.rows import RIGHT, RowList, RowModel, RowPainter, write


class _Painter(RowPainter[LinkRow]):
    height = 58

    def paint_row(self, painter: QPainter, place: QRect, row: LinkRow) -> None:
        colors = theme.current()
        figures = f"{words.number(counted(row))} · {words.percent(row.share)}"
        first = QRect(place.left(), place.top() + 7, place.width(), 20)
        used = write(
            painter, first, figures, fonts.interface(10, strong=True), colors.text, align=RIGHT
        )
        first.setRight(first.right() - used - 12)
        write(painter, first, row.text or row.url, fonts.interface(10.5), colors.text)
        second = QRect(place.left(), place.top() + 26, place.width(), 16)
        middle = Qt.TextElideMode.ElideMiddle
        address = row.url if row.text else ""
        write(painter, second, address, fonts.interface(9), colors.text_soft, elide=middle)
        track = QRectF(place.left(), place.top() + 48, place.width(), 3)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(colors.line))
        painter.drawRoundedRect(track, 1.5, 1.5)
        if row.share:
            painter.setBrush(QColor(colors.accent))
            track.setWidth(max(3.0, track.width() * row.share))
            painter.drawRoundedRect(track, 1.5, 1.5)


class LinkList(RowList):
    """Tells which link was chosen."""

    chosen = Signal(int)

    def __init__(self, parent: QWidget) -> None:
        self._model: RowModel[LinkRow] = RowModel(parent, _spoken)
        name = QCoreApplication.translate("LinkList", "Links by clicks")
        super().__init__(parent, name, _Painter(self._model))
        self._is_quiet = False
        self.selectionModel().currentChanged.connect(self._on_current)

    @property
    def links(self) -> Sequence[LinkRow]:
        """What is listed."""
        return self._model.rows

    def show_links(self, links: Sequence[LinkRow]) -> None:
        """List links in this order."""
        if links != self._model.rows:
            self._model.show(links)

    def point_out(self, number: int) -> None:
        """Select a link, without telling."""
        numbers = [link.number for link in self._model.rows]
        if number in numbers:
            self._is_quiet = True
            self.mark(numbers.index(number))
            self._is_quiet = False

    def _on_current(self, index: QModelIndex) -> None:
        if index.isValid() and not self._is_quiet:
            self.chosen.emit(self._model.rows[index.row()].number)


def _spoken(row: LinkRow) -> str:
    people, clicks = words.number(row.clickers), words.number(row.clicks)
    share = words.percent(row.share)
    return f"{row.text or row.url}: {people} people, {clicks} clicks, {share}. {row.url}"
