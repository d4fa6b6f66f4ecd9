"""“Issue's history…”: what was let through and why, and what was handed over, when and where."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QModelIndex, QRect, QRectF, QSize, Qt, QUrl
from PySide6.QtGui import QDesktopServices, QPainter
from PySide6.QtWidgets import QWidget

from app.engagement.providers import PROVIDERS
from app.handover.history import Event, History, Kind
from app.handover.ledger import LedgerError
from app.handover.model import Field
from app.linkcheck.verdict import STATUS, Status
from app.ui import fonts, theme
from app.ui.accounts.page import words
from app.ui.background import ask_for
from app.ui.dialogs.dialog import Dialog
from app.ui.handover.words import tr, verdict_title
from app.ui.moments import day_and_time
from app.ui.panels.rows import RIGHT, RowList, RowModel, RowPages, RowPainter, write
from app.ui.shapes import paint_status


@dataclass(frozen=True, slots=True)
class EventRow:
    """An entry in words."""

    shape: Status
    when: str
    what: str
    about: str
    why: str
    url: str

    @property
    def spoken(self) -> str:
        """All of it."""
        return ". ".join(each for each in (self.when, self.what, self.about, self.why) if each)


def describe(event: Event) -> EventRow:
    """An entry in the writer's words and time."""
    when = " ".join(day_and_time(round(event.at.timestamp() * 1000)))
    if event.handed is not None:
        handed = event.handed
        name = PROVIDERS.get(handed.provider, handed.provider)
        what = tr("Handed over to %1, as a draft").replace("%1", name)
        subject = handed.there.get(Field.SUBJECT, "")
        return EventRow(Status.SAFE, when, what, subject, handed.url, handed.url)
    override = event.override
    if override is None:
        return EventRow(Status.UNCHECKED, when, event.kind.value, "", "", "")
    said = override.said
    found = verdict_title(said.reason) + (f" ({said.threat})" if said.threat else "")
    if event.kind is Kind.TAKEN_BACK:
        what, why = tr("No longer let through: %1"), ""
    else:
        what, why = tr("Let through: %1"), f"“{override.reason}”"
    shape = STATUS[said.reason] if event.kind is Kind.OVERRIDDEN else Status.UNCHECKED
    return EventRow(shape, when, what.replace("%1", found), override.url, why, "")


class _Painter(RowPainter[EventRow]):
    height = 68

    def paint_row(self, painter: QPainter, place: QRect, row: EventRow) -> None:
        colors = theme.current()
        paint_status(painter, QRectF(place.left(), place.top() + 10, 12, 12), row.shape)
        left, width = place.left() + 22, place.width() - 22
        first = QRect(left, place.top() + 6, width, 20)
        used = write(painter, first, row.when, fonts.interface(9), colors.text_soft, align=RIGHT)
        first.setRight(first.right() - used - 10)
        write(painter, first, row.what, fonts.interface(10.5), colors.text)
        middle = Qt.TextElideMode.ElideMiddle
        second = QRect(left, place.top() + 26, width, 18)
        write(painter, second, row.about, fonts.interface(9.5), colors.text_soft, elide=middle)
        third = QRect(left, place.top() + 44, width, 18)
        write(painter, third, row.why, fonts.interface(9.5), colors.text_soft, elide=middle)


class IssueHistoryDialog(Dialog):
    """The newest first; a hand-over's draft can be opened."""

    def __init__(self, parent: QWidget, name: str, draft: Path, history: History) -> None:
        super().__init__(parent, tr("History of “%1”").replace("%1", name))
        self.setMinimumWidth(480)
        self.resize(QSize(640, 480).boundedTo(self.screen().availableSize() * 0.9))
        self.model: RowModel[EventRow] = RowModel(self, lambda row: row.spoken)
        self.list = RowList(self, tr("History of the issue"), _Painter(self.model))
        self.list.picked.connect(self._open)
        self.list.selectionModel().currentChanged.connect(lambda _new, _old: self._choose())
        self.pages = RowPages(self.list)
        self.body.addLayout(self.pages, 1)
        self.problem = words("")
        self.problem.hide()
        self.body.addWidget(self.problem)
        self.view = self.add_button(tr("&Open the draft"))
        self.view.setToolTip(tr("Open what was handed over in the browser"))
        self.view.clicked.connect(lambda: self._open(self.list.currentIndex()))
        self.view.setEnabled(False)
        self.add_close()
        ask_for(lambda: history.events(draft), self._show, self._fail, self, (LedgerError,))

    def _show(self, events: Sequence[Event]) -> None:
        self.model.show([describe(event) for event in reversed(events)])
        nothing = tr(
            "Nothing yet. Here stands what was handed over, when and where, and each link that was"
            " let through, with your reason."
        )
        self.pages.show_rows(bool(events), nothing)
        if events:
            self.list.mark(0)
            self.list.setFocus()

    def _choose(self) -> None:
        index = self.list.currentIndex()
        self.view.setEnabled(index.isValid() and bool(self.model.rows[index.row()].url))

    def _open(self, index: QModelIndex) -> None:
        if index.isValid() and self.model.rows[index.row()].url:
            QDesktopServices.openUrl(QUrl(self.model.rows[index.row()].url))

    def _fail(self, error: Exception) -> None:
        self.problem.setText(str(error))
        self.problem.show()
