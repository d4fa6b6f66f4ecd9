"""The room of reports: list of issues -> one issue -> back, and all issues together."""

from collections.abc import Callable
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QApplication,
    QHBoxLayout,
    QLabel,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from app.engagement.reports.issue_page import IssuePageData
from app.ui.accounts.invitation import Invitation
from app.ui.controls import PageTab
from app.ui.engagement import Engagement
from app.ui.main_window import RoomSwitch
from app.ui.reports.ahead import Ahead
from app.ui.reports.issue.page import IssuePage
from app.ui.reports.issues.page import IssuesPage
from app.ui.reports.loading import Loader, Overview
from app.ui.reports.panes import next_pane
from app.ui.reports.sync_state import HelpBar, SyncState
from app.ui.reports.trends.page import TrendsPage
from app.ui.reports.waiting import Waiting
from app.ui.session import ReportsPlace
from app.ui.translation import lend_language

if TYPE_CHECKING:
    from app.ui.reports.clickmap.page import ClickMapPage

ISSUES, TRENDS = "issues", "trends"
LOOK_MS = 5000
"""Between two looks whether another window or command has synced."""
SAID_MS = 5000


class ReportsRoom(QWidget):
    """Takes the place of the desk's columns; `reload` begins to read."""

    open_draft = Signal(str)
    accounts_wanted = Signal()
    account_wanted = Signal()
    """The dialog that adds one."""
    dead_links_wanted = Signal(str, str)
    """Account and issue: what of its links died since."""
    issue_shown = Signal()
    """An issue's page, or newer figures on it."""
    hint_changed = Signal()
    """Other keys lead on."""
    moved = Signal()
    """Something else is looked at."""

    def __init__(self, place: ReportsPlace, engagement: Engagement, issues: IssuesPage) -> None:
        super().__init__()
        lend_language()
        self.setObjectName("desk")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setAccessibleName(self.tr("Reports"))
        self.switch = RoomSwitch()
        self.loader = Loader(self)
        self.state = SyncState(engagement)
        self.help = HelpBar()
        self._tab = TRENDS if place.tab == TRENDS else ISSUES
        self._wanted = (place.account, place.issue) if place.issue else None
        self.folder: Callable[[], Path] = Path
        """Where the writer's drafts are."""
        self._map: ClickMapPage | None = None
        self._overview: Overview | None = None
        self._owes_focus = False
        self._engagement = engagement
        self.list = issues
        self.invitation = Invitation()
        self.waiting = Waiting()
        self._pages = QStackedWidget()
        for page in (self.waiting, self.invitation, self.list):
            self._pages.addWidget(page)
        self.tabs = self._make_tabs()
        self._said = QLabel()
        self._said.setProperty("tone", "soft")
        self._said_rest = QTimer(self, singleShot=True, interval=SAID_MS)
        self._said_rest.timeout.connect(self._said.clear)
        self._ahead = Ahead(self.loader, lambda: self.issue, self)
        self._assemble()
        self._connect(engagement)
        self._show_page()

    @cached_property
    def issue(self) -> IssuePage:
        """An issue's page; made in parts once there are issues, as that takes a moment."""
        page = IssuePage()
        page.back_wanted.connect(self.show_list)
        page.clickmap_wanted.connect(self._show_map)
        page.place_wanted.connect(self._show_place)
        page.compare_wanted.connect(self.show_issue)
        page.told.connect(self.say)
        page.remark_wanted.connect(self._want_dead_links)
        self._pages.addWidget(page)
        return page

    @cached_property
    def trends(self) -> TrendsPage:
        """All issues together; made when it is first shown."""
        page = TrendsPage()
        page.wanted.connect(self.loader.load_trends)
        page.said.connect(self.say)
        self.loader.trends_loaded.connect(page.show_trends)
        self._pages.addWidget(page)
        return page

    @property
    def place(self) -> ReportsPlace:
        """What is looked at, for the next start."""
        account, issue = self._wanted or ("", "")
        return ReportsPlace(self._tab, account, issue, self.list.columns, self.list.sort)

    @property
    def shown_issue(self) -> tuple[str, str] | None:
        """Account and id of the issue whose page is shown."""
        return self._wanted if isinstance(self._pages.currentWidget(), IssuePage) else None

    @property
    def shown(self) -> QWidget | None:
        """The page that is shown."""
        return self._pages.currentWidget()

    @property
    def hint(self) -> str:
        """The keys of the page that is shown."""
        page = self._pages.currentWidget()
        if page is self.list:
            return self.tr("Enter opens  ·  Space sorts by the column  ·  letters filter")
        if isinstance(page, TrendsPage):
            return self.tr("Arrow keys read a chart  ·  T shows its table  ·  F6 to the next")
        if isinstance(page, IssuePage) or self._map_is_shown:
            return self.tr("Esc leads back  ·  Alt+PgDown and Alt+PgUp to the next issues")
        return ""

    def focus(self) -> None:
        """Give the keyboard to what is shown."""
        page = self._pages.currentWidget()
        self._owes_focus = page is self.waiting
        if page is self.invitation:
            self.invitation.button.setFocus()
        elif page is not None:
            page.setFocus()

    def reload(self) -> None:
        """The store has something new, or there are other accounts."""
        self.loader.load()
        if self._wanted is not None:
            self.loader.load_report(*self._wanted)

    def show_issue(self, account: str, issue: str) -> None:
        """Show one issue's page."""
        self._wanted = (account, issue)
        self._tab = ISSUES
        self.list.table.choose(self._wanted)
        self.loader.load_report(account, issue)
        self.moved.emit()

    def show_list(self) -> None:
        """Show the list, where it was left."""
        self._turn(ISSUES)

    def step(self, by: int) -> None:
        """Show the next issue of the list (1) or the one before (-1)."""
        key = self._wanted or self.list.table.current
        if key is None:
            return
        target = self.list.neighbour(key, by)
        if target is not None:
            self.show_issue(*target)

    def step_pane(self, by: int) -> None:
        """Give the keyboard to the next part of what is shown (1) or the one before (-1)."""
        page = self._pages.currentWidget()
        panes: list[QWidget] = [] if page is None else [page]
        if isinstance(page, (IssuesPage, IssuePage, TrendsPage)):
            panes = page.panes
        if self._tab_row.isVisible():
            panes = [self.tabs[self._tab], *panes]
        target = next_pane(panes, self.window().focusWidget(), by)
        if target is None:
            return
        target.setFocus(Qt.FocusReason.ShortcutFocusReason)
        if isinstance(page, (IssuePage, TrendsPage)) and target is not page:
            page.ensureWidgetVisible(target)

    def filter(self) -> None:
        """Put the keyboard into the list's filter."""
        self.show_list()
        self.list.filter()

    def export(self) -> None:
        """Save the list's figures."""
        self.list.exporting.ask()

    def close(self) -> bool:
        """Let go of the store and of the map's engine, before the window goes."""
        self.loader.close()
        if self._map is not None:
            self._map.close_engine()
        return super().close()

    def say(self, words: str) -> None:
        """Tell what was done, for a moment."""
        self._said.setText(words)
        self._said_rest.start()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Escape leads from an issue back to the list; Ctrl+F filters, F5 syncs."""
        control = event.modifiers() == Qt.KeyboardModifier.ControlModifier
        if event.key() == Qt.Key.Key_Escape and self._wanted is not None:
            self.show_list()
        elif event.key() == Qt.Key.Key_F and control:
            self.filter()
        elif event.key() == Qt.Key.Key_F5:
            self._engagement.sync_now(None)
        else:
            super().keyPressEvent(event)

    # what it is made of

    def _assemble(self) -> None:
        head = QHBoxLayout()
        head.setContentsMargins(0, 0, 14, 0)
        head.setSpacing(8)
        head.addWidget(self.switch)
        head.addStretch()
        head.addWidget(self._said)
        head.addWidget(self.state)
        self._tab_row = QWidget()
        tabs = QHBoxLayout(self._tab_row)
        tabs.setContentsMargins(18, 10, 28, 4)
        tabs.setSpacing(4)
        for tab in self.tabs.values():
            tabs.addWidget(tab)
        tabs.addStretch()
        band = QWidget()
        band.setObjectName("sidebar")
        band.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        band.setLayout(head)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(band)
        layout.addWidget(self.help)
        layout.addWidget(self._tab_row)
        layout.addWidget(self._pages, 1)

    def _make_tabs(self) -> dict[str, PageTab]:
        tabs = {
            ISSUES: PageTab(self.tr("Issues"), self.tr("All issues that were sent")),
            TRENDS: PageTab(self.tr("Trends"), self.tr("What the issues have in common")),
        }
        for name, tab in tabs.items():
            tab.clicked.connect(lambda _checked=False, name=name: self._turn(name))
        return tabs

    def _connect(self, engagement: Engagement) -> None:
        self._pages.currentChanged.connect(self.hint_changed)
        self.loader.loaded.connect(self._show_overview)
        self.loader.sparks_loaded.connect(self.list.show_sparks)
        self.loader.report_loaded.connect(self._show_report)
        self.loader.store_changed.connect(self.reload)
        self.loader.failed.connect(self._show_failure)
        self.list.opened.connect(self.show_issue)
        self.list.arranged.connect(self.moved)
        self.list.said.connect(self.say)
        self.invitation.add_wanted.connect(self.account_wanted)
        self.state.accounts_wanted.connect(self.accounts_wanted)
        self.state.help_changed.connect(self.help.show_help)
        self.help.accounts_wanted.connect(self.accounts_wanted)
        engagement.changed.connect(self.reload)
        engagement.growing.connect(self.reload)
        engagement.accounts_changed.connect(self.reload)
        engagement.began.connect(lambda _: self._show_page())
        look = QTimer(self, interval=LOOK_MS)
        look.timeout.connect(lambda: self.loader.look() if self.isVisible() else None)
        look.start()

    # what is shown

    def _turn(self, tab: str) -> None:
        self._tab, self._wanted = tab, None
        self._show_page()
        self.focus()
        self.moved.emit()

    def _show_page(self) -> None:
        """The page that there are figures for."""
        overview = self._overview
        self.tabs[self._tab].setChecked(True)
        if overview is not None and not overview.accounts and not overview.rows:
            page: QWidget = self.invitation
        elif overview is None or not overview.rows:
            self.waiting.show_state(
                is_read=overview is not None,
                is_coming=bool(self._engagement.running) or not (overview and overview.statuses),
                is_synced=overview is not None and overview.is_synced,
            )
            page = self.waiting
        elif self._wanted is not None and isinstance(self._pages.currentWidget(), IssuePage):
            page = self.issue
        elif self._wanted is not None and self._map_is_shown:
            return
        else:
            page = self.trends if self._tab == TRENDS else self.list
        self._tab_row.setVisible(isinstance(page, (IssuesPage, TrendsPage)))
        if page is not self._pages.currentWidget():
            had_focus = self._pages.isAncestorOf(QApplication.focusWidget() or self.switch)
            self._pages.setCurrentWidget(page)
            if self.isVisible() and (had_focus or self._owes_focus):
                self.focus()

    def _show_overview(self, overview: Overview) -> None:
        self._overview = overview
        self.state.show_statuses(overview.accounts, overview.statuses)
        self.list.show_lines(overview.lines, overview.accounts)
        if "trends" in vars(self):
            self.trends.reload()
        if overview.rows:
            newest = overview.rows[0]
            is_whole = not self._engagement.running
            self._ahead.begin((newest.account, newest.id), is_whole=is_whole)
        self._show_page()

    def _show_report(self, report: IssuePageData | None) -> None:
        if self._wanted is None:
            return
        if report is None:  # of an account that was removed, say
            self._turn(ISSUES)
            return
        was_shown = isinstance(self._pages.currentWidget(), IssuePage)
        self._ahead.stop()
        self.issue.show_report(report)
        if self._map_is_shown:
            self._show_map()
            return
        self._pages.setCurrentWidget(self.issue)
        self._tab_row.hide()
        if not was_shown:
            self.focus()
        self.issue_shown.emit()

    def _want_dead_links(self) -> None:
        if self.shown_issue is not None:
            self.dead_links_wanted.emit(*self.shown_issue)

    @property
    def _map_is_shown(self) -> bool:
        return self._map is not None and self._pages.currentWidget() is self._map

    def _show_map(self) -> None:
        """The issue's text with the clicks on its links."""
        if self.issue.data is None:
            return
        if self._map is None:
            from app.ui.reports.clickmap.page import ClickMapPage

            self._map = ClickMapPage(self.folder)
            self._map.back_wanted.connect(self._leave_map)
            self._map.open_draft.connect(self.open_draft)
            self._map.matched.connect(self._engagement.changed)  # the desk shows it, too
            self._pages.addWidget(self._map)
        found = self.issue.data.report
        self._map.show_issue(found.row, found.links)
        if not self._map_is_shown:
            self._pages.setCurrentWidget(self._map)
            self.focus()

    def _show_place(self, link: int) -> None:
        """A link of the issue, in its text."""
        self._show_map()
        if self._map is not None:
            self._map.choose(link)

    def _leave_map(self) -> None:
        self._pages.setCurrentWidget(self.issue)
        self.focus()

    def _show_failure(self, words: str) -> None:
        if self._overview is None:
            self.waiting.show_failure(words)
        else:
            self.say(words)
