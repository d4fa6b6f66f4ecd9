"""The room of reports: list of issues -> one issue -> back, and all issues together."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QStackedWidget, QVBoxLayout, QWidget

from app.engagement.reports.figures import Row
from app.engagement.reports.queries import IssueReport
from app.ui.controls import PageTab
from app.ui.main_window import RoomSwitch
from app.ui.reports.issue.page import IssuePage
from app.ui.reports.loading import Loader
from app.ui.reports.trends.page import TrendsPage
from app.ui.session import ReportsPlace

ISSUES, TRENDS = "issues", "trends"


class ReportsRoom(QWidget):
    """Takes the place of the desk's columns."""

    open_draft = Signal(str)
    moved = Signal()
    """Something else is looked at."""

    def __init__(self, place: ReportsPlace, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("desk")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setAccessibleName(self.tr("Reports"))
        self.switch = RoomSwitch()
        self.loader = Loader(self)
        self._tab = TRENDS if place.tab == TRENDS else ISSUES
        self._wanted = (place.account, place.issue) if place.issue else None
        self._rows: list[Row] = []
        self._list = QLabel()
        self.issue = IssuePage()
        self.trends = TrendsPage()
        self._pages = QStackedWidget()
        for page in (self._list, self.issue, self.trends):
            self._pages.addWidget(page)
        self._tabs = self._make_tabs()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addLayout(self._head())
        layout.addWidget(self._pages, 1)
        self.issue.back_wanted.connect(self.show_list)
        self.loader.rows_loaded.connect(self._show_rows)
        self.loader.report_loaded.connect(self._show_report)
        self._show_page()
        self.reload()

    @property
    def place(self) -> ReportsPlace:
        """What is looked at, for the next start."""
        account, issue = self._wanted or ("", "")
        return ReportsPlace(self._tab, account, issue)

    def focus(self) -> None:
        """Give the keyboard to what is shown."""
        page = self._pages.currentWidget()
        if page is not None:
            page.setFocus()

    def reload(self) -> None:
        """The store has something new."""
        self.loader.load_rows()
        if self._wanted is not None:
            self.loader.load_report(*self._wanted)

    def show_issue(self, account: str, issue: str) -> None:
        """Show one issue's page."""
        self._wanted = (account, issue)
        self.loader.load_report(account, issue)
        self.moved.emit()

    def show_list(self) -> None:
        """Show the list, where it was left."""
        self._wanted = None
        self._tab = ISSUES
        self._show_page()
        self.focus()
        self.moved.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Escape leads from an issue back to the list."""
        if event.key() == Qt.Key.Key_Escape and self._wanted is not None:
            self.show_list()
            return
        super().keyPressEvent(event)

    def _head(self) -> QHBoxLayout:
        head = QHBoxLayout()
        head.setContentsMargins(0, 0, 0, 0)
        head.addWidget(self.switch)
        head.addStretch()
        for tab in self._tabs.values():
            head.addWidget(tab)
        return head

    def _make_tabs(self) -> dict[str, PageTab]:
        tabs = {
            ISSUES: PageTab(self.tr("Issues"), self.tr("All issues that were sent")),
            TRENDS: PageTab(self.tr("Trends"), self.tr("What the issues have in common")),
        }
        for name, tab in tabs.items():
            tab.clicked.connect(lambda _checked=False, name=name: self._turn(name))
        return tabs

    def _turn(self, tab: str) -> None:
        self._tab, self._wanted = tab, None
        self._show_page()
        self.moved.emit()

    def _show_page(self) -> None:
        pages = {ISSUES: self._list, TRENDS: self.trends}
        self._pages.setCurrentWidget(pages[self._tab])
        self._tabs[self._tab].setChecked(True)

    def _show_rows(self, rows: list[Row]) -> None:
        self._rows = rows
        self._list.setText(self.tr("%1 issues").replace("%1", str(len(rows))))
        self.trends.show_trends(rows)

    def _show_report(self, report: IssueReport | None) -> None:
        if report is None or self._wanted is None:
            return
        self.issue.show_report(report)
        self._pages.setCurrentWidget(self.issue)
        self.focus()
