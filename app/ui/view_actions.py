"""Zoom, appearance, settings and help."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from app.ui.checking import Checking
from app.ui.desk import Desk
from app.ui.loading import when_loaded
from app.ui.main_window import MainWindow
from app.ui.settings import Settings
from app.ui.sheet import Sheet
from app.ui.theme import Appearance

if TYPE_CHECKING:
    from app.ui.editor.editor import DraftEditor
    from app.ui.editor.quick_fixes import Deed


class ViewActions(QObject):
    """``settings`` gives the choices as they are, ``choose`` puts other ones into effect."""

    zoom_changed = Signal()
    settings_changed = Signal()

    def __init__(
        self,
        window: MainWindow,
        desk: Desk,
        checking: Checking,
        settings: Callable[[], Settings],
        choose: Callable[[Settings], None],
        ask_folder: Callable[[], None],
        zoom: int,
    ) -> None:
        super().__init__(window)
        self.zoom = zoom
        self._window = window
        self._desk = desk
        self._checking = checking
        self._settings = settings
        self._choose = choose
        self._ask_folder = ask_folder
        actions = window.commands
        actions.bind("zoom_in", lambda: self._zoom_by(lambda editor: editor.zoom_in()))
        actions.bind("zoom_out", lambda: self._zoom_by(lambda editor: editor.zoom_out()))
        actions.bind("zoom_reset", lambda: self._zoom_by(lambda editor: editor.zoom_reset()))
        for appearance in Appearance:
            name = f"appearance_{appearance.value}"
            actions.bind(name, self._appearance_chooser(appearance))
        actions.bind("settings", partial(self.open_settings, ""))
        actions.bind("network", self._show_network)
        actions.bind("shortcuts", self._show_shortcuts)
        actions.bind("about", self._show_about)
        window.status.zoom_clicked.connect(actions["zoom_reset"].trigger)
        window.status.network_clicked.connect(actions["network"].trigger)
        window.status.saved_clicked.connect(actions["versions"].trigger)
        self.show_settings()

    @property
    def settings(self) -> Settings:
        """The choices as they are."""
        return self._settings()

    def dress(self, sheet: Sheet) -> None:
        """Give an editor the writer's font and zoom."""
        editor = sheet.editor
        if editor is None:
            return
        settings = self._settings()
        editor.set_writing_font(settings.writing_family, settings.writing_points, settings.measure)
        editor.set_zoom(self.zoom / 100)

    def follow(self, sheet: Sheet) -> None:
        """Dress an editor, take over the zoom that the writer gives it, and heed its rules."""
        self.dress(sheet)
        if sheet.editor is not None:
            sheet.editor.zoomed.connect(self._zoomed)
            sheet.editor.rule_wanted.connect(self._rule)

    def show_settings(self) -> None:
        """Other settings hold: check the appearance in use in the menu, and tell the dialog."""
        for appearance in Appearance:
            action = self._window.commands[f"appearance_{appearance.value}"]
            action.setChecked(self._settings().appearance is appearance)
        self.settings_changed.emit()

    def _appearance_chooser(self, appearance: Appearance) -> Callable[[], None]:
        return lambda: self._choose(replace(self._settings(), appearance=appearance))

    def _zoom_by(self, step: "Callable[[DraftEditor], None]") -> None:
        if self._desk.current is not None and self._desk.current.editor is not None:
            step(self._desk.current.editor)

    def _zoomed(self, percent: int) -> None:
        """All editors have the same size."""
        if percent == self.zoom:
            return
        self.zoom = percent
        self.zoom_changed.emit()
        self._window.status.show_zoom(percent)
        for sheet in self._desk.sheets:
            if sheet.editor is not None:
                sheet.editor.set_zoom(percent / 100)

    def open_settings(self, page: str = "") -> None:
        """Show the settings, at a page or at the first."""
        when_loaded("app.ui.dialogs.settings.dialog", lambda: self._open_settings(page), self)

    def _open_settings(self, page: str) -> None:
        from app.ui.dialogs.settings.dialog import SettingsDialog
        from app.ui.dialogs.settings.page import Choices

        choices = Choices(
            self._settings,
            self._choose,
            self._checking.means,
            lambda: self._checking.use_services(self._settings()),
        )
        self.settings_changed.connect(choices.changed)
        dialog = SettingsDialog(self._window, choices, page)
        dialog.folder_wanted.connect(self._ask_folder)
        dialog.open()

    def _rule(self, deed: "Deed", host: str) -> None:
        """A link's card asks for a rule on the writer's own list, or for the lists."""
        if deed.value == "show_lists":
            self.open_settings("lists")
        else:
            self._checking.means.rule(host, deed.value == "block_host")

    def _show_network(self) -> None:
        from app.ui.dialogs.about import NetworkDialog

        waiting = self._window.status.waiting
        dialog = NetworkDialog(self._window, self._checking.state, waiting)
        dialog.recheck_wanted.connect(self._window.commands["recheck_all"].trigger)
        self._checking.state_changed.connect(dialog.show_state)
        dialog.open()

    def _show_shortcuts(self) -> None:
        from app.ui.dialogs.shortcuts import ShortcutsDialog

        ShortcutsDialog(self._window).open()

    def _show_about(self) -> None:
        from app.ui.dialogs.about import AboutDialog

        AboutDialog(self._window).open()
