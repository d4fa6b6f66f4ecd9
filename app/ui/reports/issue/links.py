"""The issue's links: how often each was clicked, and its share."""

from collections.abc import Sequence

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPoint, QRectF, Qt, QUrl, Signal
from PySide6.QtGui import QColor, QDesktopServices, QKeyEvent, QPainter, QWheelEvent
from PySide6.QtWidgets import (
    QApplication,
    QHeaderView,
    QMenu,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from app.engagement.reports.issue_page import links_table
from app.engagement.reports.queries import LinkRow
from app.ui import theme
from app.ui.charts.table_view import TableView

Index = QModelIndex | QPersistentModelIndex
_URL, _WORDS, _CLICKS, _CLICKERS, _SHARE = range(5)
_WEB = ("http", "https")


class LinksTable(TableView):
    """A row for each link; Enter or a double click opens it in the browser."""

    place_wanted = Signal(int)
    """The link's number: show where it stands in the text."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._links: Sequence[LinkRow] = ()
        self.most = 1.0
        self.setItemDelegateForColumn(_SHARE, _ShareBar(self))
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.customContextMenuRequested.connect(self._show_menu)
        self.doubleClicked.connect(lambda index: self._open(self._url(index.row())))

    def show_links(self, links: Sequence[LinkRow]) -> None:
        """Show links, the most clicked first."""
        self._links = links
        self.most = max((link.share or 0 for link in links), default=0) or 1
        self.show_table(links_table(links))
        head, mode = self.horizontalHeader(), QHeaderView.ResizeMode
        for column in range(5):
            head.setSectionResizeMode(column, mode.Fixed)
        head.setSectionResizeMode(_URL, mode.Stretch)
        for column, width in ((_WORDS, 190), (_CLICKS, 76), (_CLICKERS, 84), (_SHARE, 180)):
            head.resizeSection(column, width)
        self.setColumnHidden(_WORDS, not any(link.text for link in links))
        self.setColumnHidden(_CLICKS, all(link.clicks is None for link in links))
        self.setColumnHidden(_CLICKERS, all(link.clickers is None for link in links))

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: D102
        row = self.currentIndex().row()
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and row >= 0:
            self._open(self._url(row))
            return
        super().keyPressEvent(event)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """The wheel is the page's until the table is worked in."""
        if self.hasFocus():
            super().wheelEvent(event)
        else:
            event.ignore()

    def menu(self, row: int) -> QMenu:
        """What can be done with a link. It deletes itself when it is closed."""
        url = self._url(row)
        menu = QMenu(self)
        menu.aboutToHide.connect(menu.deleteLater)
        opens = menu.addAction(self.tr("&Open in the browser"), lambda: self._open(url))
        opens.setEnabled(QUrl(url).scheme() in _WEB)
        menu.addAction(self.tr("&Copy address"), lambda: QApplication.clipboard().setText(url))
        number = self._number(row)
        menu.addAction(self.tr("Show in the &text"), lambda: self.place_wanted.emit(number))
        return menu

    def _show_menu(self, at: QPoint) -> None:
        row = self.indexAt(at).row()
        if row >= 0:
            self.menu(row).popup(self.viewport().mapToGlobal(at))

    def _url(self, row: int) -> str:
        return str(self.rows.table.rows[row][_URL])

    def _number(self, row: int) -> int:
        """A link's number, however the table is sorted."""
        cells = self.rows.table.rows[row]
        at = links_table(self._links).rows.index(cells)
        return self._links[at].number

    def _open(self, url: str) -> None:
        # What a platform lists as a link is not trusted to be one of the web.
        found = QUrl(url)
        if found.scheme() in _WEB:
            QDesktopServices.openUrl(found)


class _ShareBar(QStyledItemDelegate):
    """A share with a bar: that of the most clicked link is as long as can be."""

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        super().paint(painter, option, index)
        table = self.parent()
        if not isinstance(table, LinksTable):
            return
        share = table.rows.table.rows[index.row()][_SHARE]
        if not isinstance(share, float) or not share:
            return
        place = QRectF(option.rect)
        width = (place.width() - 88) * share / table.most
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(theme.current().accent))
        bar = QRectF(place.left() + 24, place.center().y() - 3, max(2.0, width), 6)
        painter.drawRoundedRect(bar, 3, 3)
        painter.restore()
