"""What the window does about links that died: the list, a line on an issue's page, copies put in
the place of dead links.
"""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer
from shiboken6 import isValid

from app.ui.loading import when_loaded
from app.ui.rot.keeping import RotKeeper, Wish

if TYPE_CHECKING:
    from app.linkrot.listing import Count
    from app.ui.checking import Checking
    from app.ui.desk import Desk
    from app.ui.engagement import Engagement
    from app.ui.main_window import MainWindow
    from app.ui.reports.room import ReportsRoom
    from app.ui.rot.dialog import DeadLinksDialog, Key
    from app.ui.settings import Settings
    from app.ui.sheet import Sheet
    from app.ui.view_actions import ViewActions

PARSE_MS = 15_000
"""For which a draft that was opened for a copy may take to be read."""


class RotActions(QObject):
    """One care for old links for the window.

    Args:
        engagement: Tells of issues that were sent.
        views: Open the settings, and tell of other choices.
        chosen: The choices as they are now, and the folder of drafts.
    """

    def __init__(
        self,
        window: "MainWindow",
        desk: "Desk",
        checking: "Checking",
        engagement: "Engagement",
        views: "ViewActions",
        chosen: "Callable[[], tuple[Settings, Path]]",
    ) -> None:
        super().__init__(window)
        self._window = window
        self._desk = desk
        self._checking = checking
        self._views = views
        self._chosen = chosen
        self._is_started = False
        self._dialog: DeadLinksDialog | None = None
        self.keeper = RotKeeper(self)
        engagement.changed.connect(self.keeper.nudge)
        views.settings_changed.connect(self.follow)
        checking.means.ready.connect(self.follow)
        window.commands.bind("dead_links", self.show_list)

    def start(self) -> None:
        """The start of the window is over: begin, if that is allowed."""
        self._is_started = True
        self.follow()

    def follow(self) -> None:
        """Other settings may hold."""
        if self._is_started:
            self.keeper.follow(self._wish())

    def stop(self) -> None:
        """End, within a second."""
        self.keeper.stop()

    def join(self, room: "ReportsRoom") -> None:
        """Tell on the pages of issues what died since."""
        room.issue_shown.connect(lambda: self._tell_issue(room))
        room.dead_links_wanted.connect(self._show_issue)
        self.keeper.changed.connect(lambda: self._tell_issue(room))

    def show_list(self, first: "Key | None" = None) -> None:
        """The list of links that died; ``first`` is chosen at first."""
        when_loaded("app.ui.rot.dialog", lambda: self._show_list(first), self)

    def _show_list(self, first: "Key | None") -> None:
        from app.ui.rot.dialog import DeadLinksDialog

        if self.keeper.wish is None:  # before the start is over
            self.keeper.follow(self._wish())
        dialog = DeadLinksDialog(
            self._window,
            self.keeper,
            self._replace,
            is_offline=lambda: self._checking.state == "offline",
            first=first,
        )
        dialog.allow_wanted.connect(lambda: self._views.open_settings("links"))
        self._dialog = dialog
        dialog.open()

    def _wish(self) -> Wish:
        settings, folder = self._chosen()
        return Wish(
            watches=settings.watch_links and not self._checking.is_held,
            asks_archive=settings.ask_archive,
            archive=settings.archive,
            folder=folder,
            timeout=settings.check_timeout,
            allow_private=self._checking.allow_private,
            server=self._checking.means.means.server,
        )

    def _show_issue(self, account: str, issue: str) -> None:
        from app.ui.rot.dialog import key_of_issue

        self.show_list(key_of_issue(account, issue))

    def _tell_issue(self, room: "ReportsRoom") -> None:
        shown = room.shown_issue
        if shown is None:
            return

        def tell(count: "Count | None") -> None:
            from app.ui.rot.words import issue_line

            if isValid(room) and room.shown_issue == shown:
                room.issue.show_remark(issue_line(count) if count is not None else "")

        self.keeper.count(*shown, tell)

    def _replace(self, path: str, page: str, copy: str, then: Callable[[int], object]) -> None:
        """Put a copy in the place of a dead link, once the draft is open and read."""
        sheet = self._desk.open(Path(path), show=False)
        if sheet is None:
            then(0)
        elif sheet.draft.is_settled:
            then(self._put(sheet, page, copy))
        else:
            _Once(sheet, lambda: then(self._put(sheet, page, copy)), lambda: then(0))

    def _put(self, sheet: "Sheet", page: str, copy: str) -> int:
        from app.linkrot.replacing import replacements
        from app.ui.editor.places import TextEdit, caret_at

        editor = sheet.editor
        if editor is None or editor.isReadOnly():
            return 0
        found = replacements(sheet.draft.document, page, copy)
        editor.apply(
            *(TextEdit(fix.start, fix.end, fix.replacement, caret_at(fix.start)) for fix in found)
        )
        return len(found)


class _Once(QObject):
    """Waits for a draft to be read."""

    def __init__(
        self, sheet: "Sheet", then: Callable[[], object], late: Callable[[], object]
    ) -> None:
        super().__init__(sheet)
        self._then = then
        self._late = late
        self._is_over = False
        sheet.draft.settled.connect(self._settled)
        QTimer.singleShot(PARSE_MS, self, self._give_up)

    def _settled(self) -> None:
        self._end(self._then)

    def _give_up(self) -> None:
        self._end(self._late)

    def _end(self, tell: Callable[[], object]) -> None:
        if not self._is_over:
            self._is_over = True
            tell()
            self.deleteLater()
