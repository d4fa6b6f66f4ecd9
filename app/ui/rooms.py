"""Which room of the window is shown: the desk to write at, or the reports."""

from collections.abc import Callable, Iterator
from importlib import import_module
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.ui.arrangement import Arrangement
from app.ui.editor.jobs import run_in_thread
from app.ui.main_window import REPORTS, WRITE, MainWindow, RoomSwitch
from app.ui.session import ReportsPlace
from app.ui.turns import Turns

if TYPE_CHECKING:
    from app.ui.reports.issues.page import IssuesPage
    from app.ui.reports.room import ReportsRoom


class Rooms(QObject):
    """Turns from one room to the other; ``make_reports`` makes the reports at their first showing.

    Until the start is over nothing of the reports is loaded: a window that is restored to them
    shows their empty ground first.
    """

    changed = Signal()
    """Another room is shown."""

    def __init__(
        self,
        window: MainWindow,
        arrangement: Arrangement,
        make_reports: "Callable[[ReportsPlace, IssuesPage], ReportsRoom]",
        place: ReportsPlace,
    ) -> None:
        super().__init__(window)
        self.shown = WRITE
        self.reports: ReportsRoom | None = None
        self._window = window
        self._arrangement = arrangement
        self._make_reports = make_reports
        self._place = place
        self._is_ready = False
        self._is_loading = False
        self._is_closed = False
        self._ground: QWidget | None = None
        self._turns = Turns(self)
        window.switch.show_room(WRITE)
        window.switch.picked.connect(self.show)
        actions = window.commands
        actions.bind("show_write", lambda: self.show(WRITE))
        actions.bind("show_reports", lambda: self.show(REPORTS))
        actions["show_write"].setChecked(True)

    @property
    def place(self) -> ReportsPlace:
        """What is looked at in the reports."""
        return self.reports.place if self.reports is not None else self._place

    def start(self) -> None:
        """The start is over: what the reports need may be loaded."""
        self._is_ready = True
        if self.shown == REPORTS:
            self._furnish()

    def show(self, room: str) -> None:
        """Show ``write`` or ``reports``."""
        room = REPORTS if room == REPORTS else WRITE
        window = self._window
        if room != self.shown:
            self.shown = room
            if room == REPORTS:
                self._arrangement.end_focus()
                self._furnish()
            else:
                window.rooms.setCurrentWidget(window.columns)
            window.commands.set_room(room)
            self._show_status()
            self.changed.emit()
        window.switch.show_room(room)
        window.commands["show_write"].setChecked(room == WRITE)
        window.commands["show_reports"].setChecked(room == REPORTS)
        if room == REPORTS and self.reports is not None:
            self.reports.switch.show_room(REPORTS)
            self.reports.focus()

    def show_write(self) -> None:
        """Show the desk."""
        self.show(WRITE)

    def close(self) -> None:
        """Let go of what the reports hold."""
        self._is_closed = True
        self._turns.stop()
        if self.reports is not None:
            self.reports.close()

    def _show_status(self) -> None:
        if self.shown == WRITE:
            self._window.status.show_draft()
        else:
            self._window.status.show_hint(self.reports.hint if self.reports is not None else "")

    def _furnish(self) -> None:
        """Show the reports, or their empty ground while they are being loaded."""
        if self.reports is not None:
            self._window.rooms.setCurrentWidget(self.reports)
            return
        if self._ground is None:
            self._ground = self._empty_ground()
            self._window.rooms.addWidget(self._ground)
        self._window.rooms.setCurrentWidget(self._ground)
        if self._is_ready and not self._is_loading:
            self._is_loading = True
            run_in_thread(lambda: import_module("app.ui.reports.room"), self._make, self)

    def _make(self) -> None:
        if not self._is_closed:
            self._turns.begin(self._steps())

    def _steps(self) -> Iterator[None]:
        """Make the reports. All at once their widgets would take the window 25 ms."""
        from app.ui.reports.issues.filter_bar import FilterBar
        from app.ui.reports.issues.page import IssuesPage
        from app.ui.reports.issues.table import IssuesTable

        bar = FilterBar()
        yield
        table = IssuesTable()
        yield
        page = IssuesPage(self._place.columns, self._place.sort, bar, table)
        yield
        reports = self._make_reports(self._place, page)
        yield
        self._window.rooms.addWidget(reports)
        self.reports = reports
        reports.switch.picked.connect(self.show)
        reports.hint_changed.connect(self._show_status)
        reports.reload()
        yield
        if self.shown == REPORTS:
            self._window.rooms.setCurrentWidget(reports)
            reports.switch.show_room(REPORTS)
            reports.focus()
            self._show_status()
        yield
        if self._ground is not None:
            self._window.rooms.removeWidget(self._ground)
            self._ground.deleteLater()

    def _empty_ground(self) -> QWidget:
        ground = QWidget()
        ground.setObjectName("desk")
        ground.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        switch = RoomSwitch()
        switch.show_room(REPORTS)
        switch.picked.connect(self.show)
        layout = QVBoxLayout(ground)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(switch)
        layout.addStretch()
        return ground
