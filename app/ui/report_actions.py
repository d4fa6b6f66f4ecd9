"""What the Reports menu does."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, QObject, Signal

from app.ui.engagement import Engagement
from app.ui.loading import when_loaded
from app.ui.main_window import REPORTS, MainWindow
from app.ui.rooms import Rooms

if TYPE_CHECKING:
    from app.ui.reports.issue.page import IssuePage
    from app.ui.reports.room import ReportsRoom


class ReportActions(QObject):
    """Passes commands on to the room of reports and to the sync."""

    accounts_changed = Signal()
    """An account was added, changed or removed."""

    def __init__(self, window: MainWindow, rooms: Rooms, engagement: Engagement) -> None:
        super().__init__(window)
        self._window = window
        self._rooms = rooms
        self._engagement = engagement
        engagement.accounts_changed.connect(self.accounts_changed)
        actions = window.commands
        actions.bind("previous_issue", self._in_room(lambda room: room.step(-1)))
        actions.bind("next_issue", self._in_room(lambda room: room.step(1)))
        actions.bind("all_issues", self._in_room(lambda room: room.show_list()))
        actions.bind("filter_issues", self._in_room(lambda room: room.filter()))
        actions.bind("export_issues", self._in_room(_export))
        for name, deed in _OF_ISSUE.items():
            actions.bind(name, self._in_room(_on_issue(deed)))
        actions.bind("sync_now", self._sync)
        actions.bind("accounts", self.show_accounts)

    def show_accounts(self, *, adds: bool = False) -> None:
        """The dialog of accounts; ``adds`` begins with adding one."""
        when_loaded("app.ui.accounts.dialog", lambda: self._show_accounts(adds=adds), self)

    def _show_accounts(self, *, adds: bool) -> None:
        from app.ui.accounts.dialog import AccountsDialog

        dialog = AccountsDialog(self._window, self._engagement, adds=adds)
        dialog.accounts_changed.connect(self._engagement.accounts_edited)
        dialog.open()

    def add_account(self) -> None:
        """The dialog of accounts, where one is added."""
        self.show_accounts(adds=True)

    def step_pane(self, by: int) -> None:
        """The next part of what is shown (1), or the one before (-1)."""
        self._in_room(lambda room: room.step_pane(by))()

    def _sync(self) -> None:
        """Also from the desk: how it goes is shown in the reports."""
        self._rooms.show(REPORTS)
        self._engagement.sync_now()

    def _in_room(self, deed: "Callable[[ReportsRoom], object]") -> Callable[[], None]:
        def run() -> None:
            if self._rooms.reports is not None:
                deed(self._rooms.reports)

        return run


_OF_ISSUE: "dict[str, Callable[[IssuePage], object]]" = {
    "report_people": lambda page: page.who.step(),
    "report_hours": lambda page: page.course.steps.step(),
    "report_map": lambda page: page.clickmap_wanted.emit(),
    "report_pdf": lambda page: page.exporter.save_pdf(),
    "report_markdown": lambda page: page.exporter.copy_markdown(),
}


def _on_issue(deed: "Callable[[IssuePage], object]") -> "Callable[[ReportsRoom], None]":
    def run(room: "ReportsRoom") -> None:
        if room.issue.isVisible():
            deed(room.issue)
        else:
            room.say(QCoreApplication.translate("Reports", "Open an issue first."))

    return run


def _export(room: "ReportsRoom") -> None:
    if room.issue.isVisible():
        room.issue.show_export()
    else:
        room.export()
