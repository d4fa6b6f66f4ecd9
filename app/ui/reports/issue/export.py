"""The issue's report taken along: PDF, Markdown, tables."""

import json
from collections.abc import Callable

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QApplication, QMenu, QWidget

from app.engagement.reports import export
from app.engagement.reports.issue_page import IssuePageData, Side, links_table
from app.engagement.reports.tables import Table
from app.ui.charts import saving


class Exporter(QObject):
    """What the page's Export menu does with the report that is shown."""

    told = Signal(str)
    """What was done, in words."""

    def __init__(self, page: QWidget) -> None:
        super().__init__(page)
        self._page = page
        self._data: IssuePageData | None = None
        self._side: Side | None = None

    def show(self, data: IssuePageData, side: Side) -> None:
        """Export this from now on."""
        self._data, self._side = data, side

    def menu(self) -> QMenu:
        """Everything that can be exported. It deletes itself when it is closed."""
        menu = QMenu(self._page)
        menu.aboutToHide.connect(menu.deleteLater)
        menu.addAction(self.tr("Save as &PDF…"), self.save_pdf)
        menu.addAction(self.tr("Copy as &Markdown"), self.copy_markdown)
        menu.addSeparator()
        menu.addAction(self.tr("Copy &links (CSV)"), self.copy_links)
        menu.addAction(self.tr("Save l&inks (CSV)…"), self.save_links)
        menu.addAction(self.tr("Save li&nks (JSON)…"), self.save_links_json)
        menu.addAction(self.tr("Save everything (&JSON)…"), self.save_json)
        return menu

    def save_pdf(self) -> None:
        """A page of paper, A4."""
        data, side = self._data, self._side
        if data is None or side is None:
            return

        def make() -> bytes:
            from app.ui.reports.issue.paper import pdf

            return pdf(data, side)

        saving.save_as(
            self._page, data.row.subject, "pdf", self.tr("PDF files"), make, self.told.emit
        )  # fmt: skip

    def copy_markdown(self) -> None:
        """To paste into the next issue."""
        if self._data is None:
            return
        QApplication.clipboard().setText(export.report_markdown(self._data.report))
        self.told.emit(self.tr("The report is on the clipboard, as Markdown."))

    def copy_links(self) -> None:
        """The table of links, for spreadsheets."""
        if self._side is None:
            return
        saving.copy_table(links_table(self._side.links).csv())
        self.told.emit(self.tr("The links are on the clipboard."))

    def save_links(self) -> None:
        """The table of links, as a file."""
        self._save_table("csv", self.tr("Tables"), lambda table: table.csv())

    def save_links_json(self) -> None:
        """The table of links, for other programs."""
        self._save_table("json", "JSON", lambda table: json.dumps(
            table.objects(), ensure_ascii=False, indent=2))  # fmt: skip

    def save_json(self) -> None:
        """Everything that is known, for other programs."""
        data = self._data
        if data is None:
            return

        def make() -> bytes:
            report = {"version": 1, "issue": export.report_object(data.report)}
            return json.dumps(report, ensure_ascii=False, indent=2).encode()

        saving.save_as(self._page, data.row.subject, "json", "JSON", make, self.told.emit)

    def _save_table(self, suffix: str, kind: str, text: Callable[[Table], str]) -> None:
        data, side = self._data, self._side
        if data is None or side is None:
            return
        name = self.tr("%1 links").replace("%1", data.row.subject)
        saving.save_as(
            self._page, name, suffix, kind,
            lambda: text(links_table(side.links)).encode(), self.told.emit,
        )  # fmt: skip
