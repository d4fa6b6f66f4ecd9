"""The app as a whole: puts its parts together, starts them in the right order, ends them."""

from collections.abc import Sequence
from dataclasses import replace
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, QTimer
from PySide6.QtWidgets import QApplication, QWidget

from app.drafts.library import Library
from app.paths import cache_dir
from app.ui import session as sessions
from app.ui import theme
from app.ui.arrangement import Arrangement
from app.ui.checking import Checking
from app.ui.click_lore import ClickLore
from app.ui.desk import Desk
from app.ui.edit_actions import EditActions
from app.ui.editor.editor import DraftEditor
from app.ui.editor.jobs import run_in_thread
from app.ui.engagement import Engagement
from app.ui.file_actions import FileActions
from app.ui.follow import Follower
from app.ui.go_actions import GoActions
from app.ui.handover.actions import HandoverActions
from app.ui.look.actions import LookActions
from app.ui.main_window import REPORTS, WRITE, MainWindow
from app.ui.notices import Notice, Tone
from app.ui.preflight.actions import PreflightActions
from app.ui.preview_actions import PreviewActions
from app.ui.reopening import Reopening
from app.ui.report_actions import ReportActions
from app.ui.rooms import Rooms
from app.ui.rot.actions import RotActions
from app.ui.saver import Saver
from app.ui.send_actions import SendActions
from app.ui.session import ReportsPlace
from app.ui.settings import MEANS, Settings, Store, changed
from app.ui.sheet import Sheet
from app.ui.shelf import Shelf
from app.ui.view_actions import ViewActions

if TYPE_CHECKING:
    from app.demo.desk import DemoDesk
    from app.ui.reports.issues.page import IssuesPage
    from app.ui.reports.room import ReportsRoom

MOVES_REST_MS = 2000
"""Between stores of where the writer is in the drafts: not anew with every key."""
CHOICES_REST_MS = 250
"""From a choice of the writer's (a size, a zoom, another draft) until it is stored."""
SYNC_AFTER_MS = 1500
"""From the end of the start until accounts are synced: whoever opens the app wants to write."""


class Shell(QObject):
    """One window with everything in it.

    ``show`` paints the current draft's text and nothing more; ``_start`` follows after the first
    frame: the parse, the link checker, the other drafts, the folder, the preview.
    """

    def __init__(self, store: Store, demo: "DemoDesk | None" = None) -> None:
        super().__init__()
        self._store = store
        self.settings = store.load()
        self._session = sessions.load(sessions.path())
        self._demo = demo
        theme.choose(self.settings.appearance)
        self.window = MainWindow()
        self.checking = Checking(
            cache_dir() / "verdicts.sqlite3", self, demo.blocked if demo else ()
        )
        self.checking.allow_private = self.settings.allow_private or demo is not None
        self.saver = Saver(self)
        self.desk = Desk(self.checking, self.saver, lambda: self._folder, self)
        self.arrangement = Arrangement(self.window, self._make_preview)
        self.follower = Follower(self.window, self.desk, self.arrangement)
        self.shelf = Shelf(
            self.window.drafts, self.desk, Library(self._folder), self._session.health
        )
        self.files = FileActions(self.window, self.desk, self.shelf, self.use_folder)
        self.views = ViewActions(
            self.window,
            self.desk,
            self.checking,
            lambda: self.settings,
            self.choose,
            self.files.ask_folder,
            self._session.zoom,
        )
        self.edits = EditActions(self.window, self.desk, self.checking)
        self.goes = GoActions(self.window, self.desk, self.follower)
        self.sends = SendActions(self.window, self.desk, self.saver, self.checking, self.views)
        self.mail_looks = LookActions(self.window, self.desk, self.saver, lambda: self._folder)
        self.looks = PreviewActions(self.window, self.arrangement, self._session)
        self.preflight = PreflightActions(self.window, self.desk, self.arrangement)
        self.rooms = Rooms(self.window, self.arrangement, self._make_reports, self._session.reports)
        self.engagement = Engagement(self)
        self.reports = ReportActions(self.window, self.rooms, self.engagement)
        chosen = lambda: (self.settings, self._folder)  # noqa: E731
        self.rot = RotActions(
            self.window, self.desk, self.checking, self.engagement, self.views, chosen
        )
        link_age = lambda: self.settings.link_age  # noqa: E731
        self.handing = HandoverActions(
            self.window, self.desk, self.checking, self.reports, link_age
        )
        shows = self.settings.show_clicks
        self.goes.pane_wanted.connect(self.reports.step_pane)
        self.clicks = ClickLore(self.desk, self.window.commands, self.engagement, shows)
        self._reopening = Reopening(self.desk, self._session)
        self._moves_rest = QTimer(self, singleShot=True, interval=MOVES_REST_MS)
        self._choices_rest = QTimer(self, singleShot=True, interval=CHOICES_REST_MS)
        for rest in (self._moves_rest, self._choices_rest):
            rest.timeout.connect(self._save_session)
        self._is_started = False
        self._closed = False
        self._connect()

    def show(self, paths: Sequence[Path] = ()) -> None:
        """Show the window with the draft that the writer was at, or with these."""
        self.arrangement.restore(self._session)
        self.window.welcome.show_folder(str(self._folder))
        self.window.welcome.setFocus()
        self._reopening.open_first(paths)
        self.follower.follow()
        self.rooms.show(WRITE if paths else self._session.room)
        self.desk.show_wanted.connect(self.rooms.show_write)
        self.window.installEventFilter(self)
        self.window.show()

    def close(self) -> None:
        """Store the session, save every draft, stop the checker; safe to call twice."""
        if self._closed:
            return
        self._closed = True
        self._session = self.arrangement.store(self._session)  # while there is a window to see
        self.window.hide()
        self.desk.close_all()
        self._save_session()
        self.rooms.close()
        self.preflight.close()
        self.handing.close()
        self.engagement.stop()
        self.rot.stop()
        self.checking.stop()
        self.saver.finish()

    def choose(self, settings: Settings) -> None:
        """Put other settings into effect and keep them."""
        names = changed(self.settings, settings)
        self.settings = settings
        complaint = self.tr("The settings could not be kept: %1")
        self.saver.do("settings", lambda: self._store.save(settings), complaint)
        if "appearance" in names:
            theme.choose(settings.appearance)
        if names & {"writing_family", "writing_points", "measure"}:
            for sheet in self.desk.sheets:
                self.views.dress(sheet)
        if names & MEANS:
            self.checking.use_services(settings)
        if names & {"check_links", "check_timeout", "allow_private"}:
            self.checking.allow_private = settings.allow_private or self._demo is not None
            self.checking.start(settings)
            for sheet in self.desk.sheets:
                sheet.draft.allow_private(self.checking.allow_private)
        if "drafts_folder" in names:
            self.shelf.open_library(Library(self._folder))
            self.shelf.refresh()
            self.window.welcome.show_folder(str(self._folder))
        self.views.show_settings()

    def use_folder(self, folder: Path) -> None:
        """Keep drafts in this folder from now on."""
        self.choose(replace(self.settings, drafts_folder=str(folder)))

    @property
    def _folder(self) -> Path:
        return self._demo.drafts if self._demo is not None else self.settings.folder

    # the order of starting

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """The first frame is on its way: go on with the rest after it."""
        if watched is self.window and event.type() == QEvent.Type.Paint:
            self.window.removeEventFilter(self)
            QTimer.singleShot(0, self._start)
        return super().eventFilter(watched, event)

    def _start(self) -> None:
        """Load the parser in a thread, so that keys are taken meanwhile; then parse."""
        run_in_thread(lambda: import_module("app.proof"), self._parse, self)

    def _parse(self) -> None:
        self.desk.parse()
        for complaint in self._store.complaints:
            self._tell("settings", complaint)
        run_in_thread(lambda: import_module("app.linkcheck.many.service"), self._start_rest, self)

    def _start_rest(self) -> None:
        if self._closed:
            return
        self.checking.start(self.settings)
        for sheet in self.desk.sheets:
            sheet.draft.look_up()
        self._reopening.open_rest()
        self._is_started = True
        self._choose_on()
        self.shelf.refresh()
        from app.ui.icons import application_icon
        from app.ui.portal import Portal

        QApplication.setWindowIcon(application_icon())
        self._portal = Portal(self)
        self._portal.ask()
        if self._session.preview_shown:
            self.arrangement.show_preview(True)
        self.rooms.start()
        self.preflight.start()
        QTimer.singleShot(SYNC_AFTER_MS, self.engagement, self._start_sync)

    def _start_sync(self) -> None:
        self.engagement.start()
        self.rot.start()
        self.clicks.start()
        if self._demo is not None and self._demo.tracking is not None:
            self._demo.tracking.listen(self.engagement.nudge)

    # wiring

    def _connect(self) -> None:
        window, desk = self.window, self.desk
        window.closing.connect(self.close)
        window.commands.bind("quit", window.close)
        desk.told.connect(window.notices.tell)
        desk.settled.connect(window.notices.dismiss)
        desk.sheets_changed.connect(self._put_sheets)
        desk.current_changed.connect(self._show_current)
        desk.compare_wanted.connect(self._compare)
        window.tabs.picked.connect(desk.show_key)
        window.tabs.close_wanted.connect(self._close_key)
        self.checking.state_changed.connect(window.status.show_network)
        self.checking.told.connect(window.notices.tell)
        self.checking.means.settled.connect(window.notices.dismiss)
        self.checking.means.page_wanted.connect(self.views.open_settings)
        window.status.show_zoom(self._session.zoom)
        self.saver.told.connect(window.notices.tell)
        self.clicks.switched.connect(lambda on: self.choose(replace(self.settings, show_clicks=on)))
        self.rooms.changed.connect(self._enter_room)
        for chosen in (
            desk.sheets_changed,
            desk.current_changed,
            self.arrangement.changed,
            self.views.zoom_changed,
            self.looks.changed,
            self.rooms.changed,
        ):
            chosen.connect(self._choose_on)

    def _put_sheets(self) -> None:
        """Each open draft has an editor and a tab."""
        for sheet in self.desk.sheets:
            if sheet.editor is None:
                self._make_editor(sheet)
        open_keys = {sheet.key for sheet in self.desk.sheets}
        for key in self.window.tabs.drafts():
            if key not in open_keys:
                self.window.tabs.remove(key)

    def _make_editor(self, sheet: Sheet) -> None:
        editor = DraftEditor(self.window.pages)
        sheet.editor = editor
        self.views.follow(sheet)
        editor.set_draft(sheet.draft)
        editor.setReadOnly(sheet.keeper.read_only)
        editor.folder = lambda: str(sheet.path.parent) if sheet.path is not None else ""
        editor.cursor_moved.connect(lambda _line, _column: self._move_on())
        editor.scrolled.connect(lambda _line: self._move_on())
        editor.message.connect(lambda words: self._tell("editor", words, passing=True))
        self.window.pages.addWidget(editor)
        sheet.setParent(editor)  # they end together, the model after its view
        self._name_tab(sheet)
        sheet.title_changed.connect(lambda: self._name_tab(sheet))
        sheet.saved_changed.connect(lambda: self._name_tab(sheet))

    def _name_tab(self, sheet: Sheet) -> None:
        self.window.tabs.put(sheet.key, sheet.title, sheet.path)
        if sheet is self.desk.current:
            self._name_window()

    def _name_window(self) -> None:
        sheet = self.desk.current
        title = sheet.title if sheet is not None else ""
        if self.rooms.shown == REPORTS:
            title = self.tr("Reports")
        self.window.setWindowTitle(f"{title} – Sendoff" if title else "Sendoff")

    def _enter_room(self) -> None:
        self._name_window()
        sheet = self.desk.current
        if self.rooms.shown == WRITE and sheet is not None and sheet.editor is not None:
            sheet.editor.setFocus()

    def _show_current(self) -> None:
        sheet = self.desk.current
        if sheet is None or sheet.editor is None:
            self.window.pages.setCurrentWidget(self.window.welcome)
            self.window.welcome.setFocus()
            self._name_window()
            return
        self.window.pages.setCurrentWidget(sheet.editor)
        self.window.tabs.pick(sheet.key)
        self._name_tab(sheet)
        sheet.editor.setFocus()

    def _close_key(self, key: int) -> None:
        for sheet in list(self.desk.sheets):
            if sheet.key == key:
                self.desk.close(sheet)

    def _compare(self, old: Sequence[str], new: Sequence[str]) -> None:
        from app.ui.dialogs.compare import CompareDialog

        CompareDialog(self.window, old, new).open()

    def _make_preview(self) -> QWidget:
        from app.ui.preview.preview import PreviewPane

        preview = PreviewPane()
        self.follower.set_preview(preview)
        self.looks.set_preview(preview)
        self.mail_looks.set_preview(preview)
        return preview

    def _make_reports(self, place: ReportsPlace, issues: "IssuesPage") -> "ReportsRoom":
        from app.ui.reports.room import ReportsRoom

        room = ReportsRoom(place, self.engagement, issues)
        room.moved.connect(self._choose_on)
        room.accounts_wanted.connect(self.reports.show_accounts)
        room.account_wanted.connect(self.reports.add_account)
        room.folder = lambda: self._folder
        room.open_draft.connect(self._open_draft)
        self.rot.join(room)
        return room

    def _open_draft(self, path: str) -> None:
        """From the reports."""
        self.desk.open(Path(path))
        self.rooms.show(WRITE)

    def _tell(self, key: str, words: str, *, passing: bool = False) -> None:
        tone = Tone.INFO if passing else Tone.WARNING
        self.window.notices.tell(Notice(key, words, tone, passing=passing))

    def _session_now(self) -> sessions.Session:
        current = self.desk.current
        arranged = self._session if self._closed else self.arrangement.store(self._session)
        return replace(
            self.looks.store(arranged),
            zoom=self.views.zoom,
            open=self.desk.places(),
            current=self.desk.place_of(current).path if current is not None else "",
            health=self.shelf.health(),
            room=self.rooms.shown,
            reports=self.rooms.place,
        )

    def _move_on(self) -> None:
        """The writer is at another place of a draft."""
        self.rot.keeper.touch()
        if self._is_started and not self._moves_rest.isActive():
            self._moves_rest.start()

    def _choose_on(self) -> None:
        """The writer has arranged something otherwise."""
        if self._is_started and not self._choices_rest.isActive():
            self._choices_rest.start()

    def _save_session(self) -> None:
        """After a crash everything is as it was; losing it costs nothing, so nobody is told."""
        for rest in (self._moves_rest, self._choices_rest):
            rest.stop()
        session = self._session_now()
        self.saver.do("session", lambda: sessions.save(session, sessions.path()))
