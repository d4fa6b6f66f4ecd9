"""Who did what, where the account tracks by name. Read only when the writer asks for it."""

import sqlite3

from PySide6.QtCore import Qt
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QTreeWidget, QTreeWidgetItem

from app.engagement.reports.issue_page import IssuePageData
from app.engagement.reports.over_time import Clock, day_text
from app.engagement.reports.subscribers import Timelines, timelines
from app.engagement.store.reader import Reader
from app.engagement.store.schema import StoreError
from app.ui.editor.jobs import run_in_thread
from app.ui.reports.issue.parts import INSET, Card, quiet_button, soft_words

_ROW, _MOST_HIGH = 26, 14


class ReadersCard(Card):
    """A list of subscribers by their last event; each opens to all of theirs."""

    def __init__(self) -> None:
        super().__init__(self.tr("Subscribers"))
        self._data: IssuePageData | None = None
        self._asked = 0
        self._words = soft_words()
        self.show_button = quiet_button(
            self.tr("Show who opened and clicked"),
            self.tr("Read the events of this issue's subscribers"),
            self._read,
        )
        self.tree = QTreeWidget()
        self.tree.setHeaderHidden(True)
        self.tree.setColumnCount(2)
        self.tree.setAccessibleName(self.tr("Subscribers by their last event"))
        self.tree.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAsNeeded)
        self.tree.hide()
        self.corner.addWidget(self.show_button)
        self._words.setIndent(INSET)
        self.body.addWidget(self._words)
        self.body.addWidget(self.tree)

    def show_issue(self, data: IssuePageData) -> None:
        """Be ready for an issue; nothing is read yet."""
        self._data = data
        self._asked += 1
        self.tree.clear()
        self.tree.hide()
        self.show_button.setVisible(True)
        self.show_button.setEnabled(True)
        self._words.setText(self.tr("This account tracks by name. Subscribers are shown by the ids"
                                    " that the platform gave them."))  # fmt: skip

    def showEvent(self, event: QShowEvent) -> None:  # noqa: D102
        super().showEvent(event)
        self.tree.setColumnWidth(0, 260)

    def _read(self) -> None:
        data = self._data
        if data is None:
            return
        self._asked += 1
        number = self._asked
        self.show_button.setEnabled(False)
        found: list[Timelines] = []
        failed: list[str] = []
        urls = {link.number: link.url for link in data.report.links}

        def work() -> None:
            try:
                with Reader() as reader:
                    found.append(timelines(reader, data.row.source, urls))
            except (StoreError, sqlite3.DatabaseError) as error:
                failed.append(str(error))

        def show() -> None:
            if number != self._asked:
                return
            for each in found:
                self._show(each)
            for words in failed:
                self._words.setText(words)
                self.show_button.setEnabled(True)

        run_in_thread(work, show, self)

    def _show(self, known: Timelines) -> None:
        self.show_button.hide()
        if not known.whole:
            self._words.setText(self.tr("Nothing is known of any subscriber yet."))
            return
        text = self.tr("%1 subscribers, the last event first.")
        if known.whole > len(known.shown):
            text = self.tr("The %2 of %1 subscribers whose last event is newest.")
        text = text.replace("%1", f"{known.whole:,}").replace("%2", f"{len(known.shown):,}")
        self._words.setText(text)
        clock = Clock()
        for timeline in known.shown:
            first = timeline.steps[0]
            top = QTreeWidgetItem(
                [timeline.subscriber, f"{first.words} · {_when(clock, first.at)}"]
            )
            for step in timeline.steps:
                top.addChild(QTreeWidgetItem([_when(clock, step.at), step.words]))
            self.tree.addTopLevelItem(top)
        self.tree.setFixedHeight(_ROW * min(_MOST_HIGH, max(4, len(known.shown))) + 4)
        self.tree.show()


def _when(clock: Clock, moment: int) -> str:
    at = clock.at(moment)
    return f"{day_text(at)} {at.year}, {at:%H:%M}"
