"""The QActions of a window, made from the table of commands."""

from collections.abc import Callable, Iterator

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QMainWindow, QMenu

from app.ui.commands import MENUS, Command, Menu, commands, translated


class Actions:
    """The QActions of a window, by name."""

    def __init__(self, window: QMainWindow) -> None:
        self._window = window
        self._by_name: dict[str, QAction] = {}
        self._room = "write"
        self._is_draft_open = True
        for command in commands():
            self._by_name[command.name] = self._make(command)
        for menu in MENUS:
            self._fill(window.menuBar().addMenu(translated(menu.title)), menu)
        self._allow()

    def __getitem__(self, name: str) -> QAction:
        return self._by_name[name]

    def __iter__(self) -> Iterator[QAction]:
        return iter(self._by_name.values())

    def bind(self, name: str, slot: Callable[[], object]) -> None:
        """Let the action do this."""
        self._by_name[name].triggered.connect(lambda _checked=False: slot())

    def set_draft_open(self, is_open: bool) -> None:
        """Turn off what makes no sense without a draft."""
        self._is_draft_open = is_open
        self._allow()

    def set_room(self, room: str) -> None:
        """Turn off what belongs to the other room."""
        self._room = room
        self._allow()

    def _allow(self) -> None:
        for command in commands():
            here = command.room in ("", self._room)
            enabled = here and (self._is_draft_open or not command.needs_draft)
            self._by_name[command.name].setEnabled(enabled)

    def _make(self, command: Command) -> QAction:
        action = QAction(translated(command.text), self._window)
        action.setObjectName(command.name)
        keys = [QKeySequence(key) for key in command.keys]
        action.setShortcuts(keys)
        action.setShortcutContext(Qt.ShortcutContext.WindowShortcut)
        tip = translated(command.tip)
        shown = keys[0].toString(QKeySequence.SequenceFormat.NativeText)
        action.setToolTip(f"{tip} ({shown})")
        action.setStatusTip(tip)
        action.setCheckable(command.checkable)
        self._window.addAction(action)
        return action

    def _fill(self, target: QMenu, menu: Menu) -> None:
        for item in menu.items:
            if item is None:
                target.addSeparator()
            elif isinstance(item, Menu):
                self._fill(target.addMenu(translated(item.title)), item)
            else:
                target.addAction(self._by_name[item.name])
