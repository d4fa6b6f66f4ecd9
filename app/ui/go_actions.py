"""Finding things by a few letters, and moving between the parts of the window."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QWidget

from app.ui.commands import MENUS, Menu, words
from app.ui.desk import Desk
from app.ui.entry import Entry
from app.ui.follow import Follower
from app.ui.main_window import MainWindow

if TYPE_CHECKING:
    from app.ui.editor.open_draft import OpenDraft


class GoActions(QObject):
    """Palette, go to draft, heading and line, next draft, next part of the window."""

    pane_wanted = Signal(int)
    """The next part (1) or the one before (-1) of what is shown instead of the desk."""

    def __init__(self, window: MainWindow, desk: Desk, follower: Follower) -> None:
        super().__init__(window)
        self._window = window
        self._desk = desk
        self._follower = follower
        actions = window.commands
        actions.bind("palette", self._ask_command)
        actions.bind("go_draft", self._ask_draft)
        actions.bind("go_heading", self._ask_heading)
        actions.bind("go_line", self._ask_line)
        actions.bind("next_draft", lambda: desk.step(1, window.tabs.drafts()))
        actions.bind("previous_draft", lambda: desk.step(-1, window.tabs.drafts()))
        actions.bind("next_pane", lambda: self._step_pane(1))
        actions.bind("previous_pane", lambda: self._step_pane(-1))
        actions.bind("filter_drafts", self._filter_drafts)

    def _ask_command(self) -> None:
        entries = [entry for menu in MENUS for entry in self._commands_of(menu)]
        self._window.palette_field.ask(self.tr("What do you want to do?"), entries)

    def _commands_of(self, menu: Menu) -> list[Entry]:
        """The commands of a menu, each under the name of the menu that it stands in."""
        entries = []
        for item in menu.items:
            if isinstance(item, Menu):
                entries += self._commands_of(item)
            elif item is not None and item.name != "palette":
                action = self._window.commands[item.name]
                if action.isEnabled():
                    title = f"{words(menu.title)}: {words(item.text)}"
                    entries.append(Entry(title, action.trigger, action.shortcut().toString()))
        return entries

    def _ask_draft(self) -> None:
        entries = [
            Entry(row.title, self._opener(row.path), os.path.basename(os.path.dirname(row.path)))  # noqa: PTH119, PTH120 - there may be thousands
            for row in self._window.drafts.rows
        ]
        self._window.palette_field.ask(self.tr("Which draft?"), entries)

    def _opener(self, path: Path) -> Callable[[], object]:
        return lambda: self._desk.open(path)

    def _ask_heading(self) -> None:
        sheet = self._desk.current
        if sheet is None or not sheet.draft.is_parsed:
            return
        self._window.palette_field.ask(self.tr("Which heading?"), self._headings(sheet.draft))

    def _headings(self, draft: "OpenDraft") -> Iterator[Entry]:
        """As they are now: the walk ends where the draft becomes another one meanwhile."""
        changes: list[None] = []
        changed = draft.outline_changed.connect(lambda: changes.append(None))
        walk = draft.document.headings()
        while not changes and (heading := next(walk, None)) is not None:
            title = "    " * (heading.level - 1) + heading.text
            yield Entry(title, self._goer(heading.line))
        draft.outline_changed.disconnect(changed)

    def _goer(self, line: int) -> Callable[[], None]:
        return lambda: self._follower.go_to(line, 0)

    def _ask_line(self) -> None:
        sheet = self._desk.current
        if sheet is None:
            return
        last = len(sheet.draft.lines)

        def offer(typed: str) -> list[Entry]:
            if not typed.strip().isdecimal():
                return []
            line = min(max(int(typed), 1), last)
            return [Entry(self.tr("Go to line %1").replace("%1", str(line)), self._goer(line - 1))]

        prompt = self.tr("Line, 1 to %1").replace("%1", str(last))
        self._window.palette_field.ask_for(prompt, offer)

    def _filter_drafts(self) -> None:
        self._window.commands["show_drafts"].setChecked(True)
        self._window.left.show()
        self._window.drafts.filter.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self._window.drafts.filter.selectAll()

    def _step_pane(self, by: int) -> None:
        window = self._window
        panes: list[QWidget] = [window.drafts.list, window.pages]
        if not window.inspector.isHidden():
            panes.append(window.inspector.list)
        panes = [pane for pane in panes if pane.isVisible()]
        if not panes:  # another room is shown
            self.pane_wanted.emit(by)
            return
        focus = window.focusWidget()
        here = next((at for at, pane in enumerate(panes) if _holds(pane, focus)), 0)
        target = panes[(here + by) % len(panes)]
        if target is window.pages:
            target = self._follower.editor or window.welcome
        target.setFocus(Qt.FocusReason.ShortcutFocusReason)


def _holds(pane: QWidget, focus: QWidget | None) -> bool:
    return focus is not None and (focus is pane or pane.isAncestorOf(focus))
