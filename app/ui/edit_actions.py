"""What the Edit and Links menus do in the editor of the draft that is shown."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QApplication, QLineEdit

from app.ui.checking import Checking
from app.ui.desk import Desk
from app.ui.main_window import MainWindow
from app.ui.notices import Notice

if TYPE_CHECKING:
    from app.ui.editor.editor import DraftEditor

CLIPBOARD = {
    "undo": "undo",
    "redo": "redo",
    "cut": "cut",
    "copy": "copy",
    "paste": "paste",
    "select_all": "selectAll",
}


class EditActions(QObject):
    """Passes commands on to the current editor, or to the field that has the focus."""

    def __init__(self, window: MainWindow, desk: Desk, checking: Checking) -> None:
        super().__init__(window)
        self._window = window
        self._desk = desk
        self._checking = checking
        for name, method in CLIPBOARD.items():
            window.commands.bind(name, self._clipboard_deed(method))
        deeds: dict[str, Callable[[DraftEditor], object]] = {
            "paste_plain": lambda editor: editor.paste_plain(),
            "bold": lambda editor: editor.toggle_strong(),
            "italic": lambda editor: editor.toggle_emphasis(),
            "insert_link": lambda editor: editor.insert_link(),
            "heading_deeper": lambda editor: editor.change_heading(1),
            "heading_higher": lambda editor: editor.change_heading(-1),
            "find": lambda editor: editor.find_bar.find(),
            "replace": lambda editor: editor.find_bar.replace(),
            "find_next": lambda editor: editor.find_bar.next(),
            "find_previous": lambda editor: editor.find_bar.previous(),
            "next_problem": lambda editor: editor.next_problem(),
            "previous_problem": lambda editor: editor.previous_problem(),
            "show_card": lambda editor: editor.show_card(),
            "open_link": lambda editor: editor.open_link(),
            "recheck_link": lambda editor: editor.recheck_link(),
            "accept_link": lambda editor: editor.accept_link(),
            "ignore_link": lambda editor: editor.ignore_link(),
        }
        for name, deed in deeds.items():
            window.commands.bind(name, self._in_editor(deed))
        window.commands.bind("recheck_all", self._recheck_all)

    def _in_editor(self, deed: "Callable[[DraftEditor], object]") -> Callable[[], None]:
        def run() -> None:
            sheet = self._desk.current
            if sheet is not None and sheet.editor is not None:
                deed(sheet.editor)

        return run

    def _clipboard_deed(self, method: str) -> Callable[[], None]:
        in_editor = self._in_editor(lambda editor: getattr(editor, method)())

        def run() -> None:
            focus = QApplication.focusWidget()
            if isinstance(focus, QLineEdit):
                getattr(focus, method)()
            else:
                in_editor()

        return run

    def _recheck_all(self) -> None:
        sheet = self._desk.current
        if sheet is None or not sheet.draft.is_parsed:
            return
        urls = sheet.draft.proof.wanted()
        self._checking.recheck(urls)
        words = self.tr("Links being checked again: %1").replace("%1", str(len(urls)))
        self._window.notices.tell(Notice("recheck", words, passing=True))
