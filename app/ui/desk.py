"""The open drafts: which are open, which one is shown, and what becomes of them."""

import logging
from collections.abc import Callable, Sequence
from pathlib import Path
from threading import Thread

from PySide6.QtCore import QObject, Signal

from app.drafts.errors import DraftError
from app.drafts.library import file_name
from app.drafts.recent import Recent
from app.ui.checking import Checking
from app.ui.editor.remarks import Remark
from app.ui.ignored import Ignored
from app.ui.notices import Choice, Notice, Tone
from app.ui.saver import Saver
from app.ui.session import Place
from app.ui.sheet import Sheet
from app.ui.titles import title_line

log = logging.getLogger(__name__)

CLOSED_REMEMBERED = 20
JOURNAL = "journal:"


class Desk(QObject):
    """Opens, shows and closes drafts. ``folder`` says where drafts without a name get theirs.

    ``saver`` stores what is ignored in them and which ones were opened.
    """

    current_changed = Signal()
    show_wanted = Signal()
    """The current draft is to be seen, whether it is another one or not."""
    sheets_changed = Signal()
    told = Signal(object)
    settled = Signal(str)
    compare_wanted = Signal(object, object)

    def __init__(
        self, checking: Checking, saver: Saver, folder: Callable[[], Path], parent: QObject
    ) -> None:
        super().__init__(parent)
        self.sheets: list[Sheet] = []
        self.current: Sheet | None = None
        self.is_parsing = False
        self._checking = checking
        self._saver = saver
        self._ignored = Ignored()
        self.recent = Recent()
        self._kept: dict[int, tuple[str, frozenset[str]]] = {}  # by sheet: where, what is ignored
        self._folder = folder
        self._closing: dict[Path | None, Thread] = {}
        self._closed: list[Path] = []
        checking.verdicts.connect(self._learn)

    def open(self, path: Path, *, show: bool = True) -> Sheet | None:
        """Open a draft, or show it when it is open; None when it cannot be opened."""
        path = path.absolute()
        sheet = self.find(path)
        if sheet is None:
            self._finish_closing(path)
            try:
                sheet = Sheet(path, self._checking, self, ignored=self._ignored.of(str(path)))
            except DraftError as error:
                self._tell_failure(path, error)
                return None
            self._add(sheet)
        if show:
            self.show(sheet)
            self._saver.do(f"recent {path}", lambda: self.recent.opened(path))
        return sheet

    def open_untitled(
        self, *, journal: str | None = None, text: str = "", show: bool = True
    ) -> Sheet | None:
        """Open an empty draft that gets its file once it has a title, or one from its journal."""
        try:
            ignored = self._ignored.of(f"{JOURNAL}{journal}") if journal is not None else ()
            sheet = Sheet(None, self._checking, self, journal=journal, ignored=ignored)
        except DraftError as error:
            self.told.emit(Notice("open", f"{error.message} {error.advice}", Tone.ERROR))
            return None
        self._add(sheet)
        if text:
            sheet.draft.replace_lines(text.split("\n"))
        if show:
            self.show(sheet)
        return sheet

    def open_converted(self, path: Path) -> None:
        """Open what can be read of a file that is not UTF-8, as a new draft."""
        from app.drafts.files import read_converted

        try:
            lines = read_converted(path).lines
        except DraftError as error:
            self._tell_failure(path, error)
            return
        self.open_untitled(text="\n".join(lines))

    def show(self, sheet: Sheet) -> None:
        """Make a draft the current one."""
        if sheet is not self.current:
            self.current = sheet
            if self.is_parsing:
                sheet.draft.parse()
            self.current_changed.emit()
        self.show_wanted.emit()

    def parse(self) -> None:
        """From now on parse what is shown: not before the first frame."""
        self.is_parsing = True
        for sheet in sorted(self.sheets, key=lambda each: each is not self.current):
            sheet.draft.parse()

    def close(self, sheet: Sheet) -> None:
        """Save a draft and take it off the desk; one without a word leaves nothing behind."""
        path = sheet.path or self._name_for(sheet)
        self._keep_ignored(sheet, path)
        self._remove(sheet)
        if path is not None:
            self._closed.append(path)
            del self._closed[:-CLOSED_REMEMBERED]
        self._closing[path] = sheet.close(path)

    def abandon(self, sheet: Sheet) -> None:
        """Take a draft off the desk whose file is about to go away, and wait until it is free."""
        self._remove(sheet)
        sheet.close(sheet.path).join()

    def close_all(self) -> None:
        """Save everything and wait for it."""
        threads = []
        for sheet in self.sheets:
            path = sheet.path or self._name_for(sheet)
            self._keep_ignored(sheet, path)
            threads.append(sheet.close(path))
        for thread in (*threads, *self._closing.values()):
            thread.join()

    def reopen(self) -> None:
        """Open the draft that was closed last."""
        while self._closed:
            path = self._closed.pop()
            if self.find(path) is None and path.exists():
                self.open(path)
                return

    def step(self, by: int, order: Sequence[int]) -> None:
        """Show the next or previous open draft in this order of keys."""
        if self.current is not None and self.current.key in order:
            key = order[(order.index(self.current.key) + by) % len(order)]
            self.show_key(key)

    def show_key(self, key: int) -> None:
        """Show a draft by its key."""
        for sheet in self.sheets:
            if sheet.key == key:
                self.show(sheet)

    def find(self, path: Path) -> Sheet | None:
        """The open draft of a file."""
        return next((sheet for sheet in self.sheets if sheet.path == path), None)

    def places(self) -> tuple[Place, ...]:
        """Where the writer is in each open draft that has a file."""
        return tuple(
            self.place_of(sheet)
            for sheet in self.sheets
            if sheet.path is not None or not sheet.is_empty
        )

    @staticmethod
    def place_of(sheet: Sheet) -> Place:
        """Where the writer is in a draft; one without a file is known by its journal."""
        where = _where(sheet, sheet.path)
        if sheet.editor is None:
            return Place(where)
        line, column = sheet.editor.selection.caret
        return Place(where, line, column, int(sheet.editor.top_line()))

    def name_when_ready(self, sheet: Sheet, line: int) -> None:
        """Give an untitled draft its file once the cursor has left its title."""
        if sheet.path is None and not sheet.is_empty and line > title_line(sheet.draft.lines):
            self.name(sheet)

    def name(self, sheet: Sheet) -> None:
        """Save an untitled draft into the folder under its title."""
        path = self._name_for(sheet)
        if path is not None:
            sheet.save_as(path)

    def _name_for(self, sheet: Sheet) -> Path | None:
        """A free name in the folder for an untitled draft that has a text."""
        if sheet.path is not None or sheet.is_being_named:
            return None
        if sheet.is_empty or sheet.keeper.read_only:
            return None
        folder = self._folder()
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            words = self.tr("The folder of drafts cannot be made: %1")
            text = words.replace("%1", error.strerror or str(folder))
            self.told.emit(Notice("folder", text, Tone.ERROR))
            return None
        return _free(folder / f"{file_name(sheet.find_title())}.md")

    def _add(self, sheet: Sheet) -> None:
        self.sheets.append(sheet)
        self._kept[sheet.key] = _where(sheet, sheet.path), sheet.draft.ignored
        sheet.told.connect(self.told)
        sheet.settled.connect(self.settled)
        sheet.compare_wanted.connect(self.compare_wanted)
        sheet.open_wanted.connect(self.open)
        sheet.name_wanted.connect(lambda: self.name(sheet))
        sheet.draft.ignored_changed.connect(lambda: self._keep_ignored(sheet, sheet.path))
        sheet.saved_changed.connect(lambda: self._keep_ignored(sheet, sheet.path))
        if self.is_parsing:
            sheet.draft.parse()
        self.sheets_changed.emit()
        sheet.greet()

    def _remove(self, sheet: Sheet) -> None:
        at = self.sheets.index(sheet)
        self.sheets.remove(sheet)
        kinds = ("trouble", "conflict", "outside", "recovered", "read_only", "copied", *Remark)
        for kind in kinds:
            self.settled.emit(f"{kind}-{sheet.key}")
        if sheet is self.current:
            self.current = None
            if self.sheets:
                self.show(self.sheets[min(at, len(self.sheets) - 1)])
            else:
                self.current_changed.emit()
        self.sheets_changed.emit()
        del self._kept[sheet.key]
        (sheet.editor or sheet).deleteLater()

    def _finish_closing(self, path: Path) -> None:
        thread = self._closing.pop(path, None)
        if thread is not None:
            thread.join()

    def _keep_ignored(self, sheet: Sheet, path: Path | None) -> None:
        """Store what is ignored in a draft, now or soon in this file."""
        where, links = _where(sheet, path), sheet.draft.ignored
        before, known = self._kept[sheet.key]
        if (where, links) == (before, known):
            return
        self._kept[sheet.key] = where, links
        complaint = self.tr("Which links you ignore could not be kept: %1.")

        def keep() -> None:
            self._ignored.keep(where, links)
            if before != where:
                self._ignored.keep(before, ())

        self._saver.do(f"ignored {before}", keep, complaint)

    def _learn(self, verdicts: list[tuple[str, object]]) -> None:
        for sheet in self.sheets:
            sheet.draft.learn(verdicts)  # type: ignore[arg-type]  # a signal carries no types

    def _tell_failure(self, path: Path, error: DraftError) -> None:
        choices: tuple[Choice, ...] = ()
        if error.can_convert:
            words = self.tr("Open a converted copy")
            choices = (Choice(words, lambda: self.open_converted(path)),)
        text = f"{error.message} {error.advice}"
        self.told.emit(Notice(f"open-{path}", text, Tone.ERROR, choices))


def _where(sheet: Sheet, path: Path | None) -> str:
    """What a draft is known by from one start to the next: its file, or else its journal."""
    return str(path) if path is not None else f"{JOURNAL}{sheet.keeper.key}"


def _free(path: Path) -> Path:
    """The path, with a number where it is taken."""
    candidate, number = path, 2
    while candidate.exists():
        candidate = path.with_name(f"{path.stem} {number}{path.suffix}")
        number += 1
    return candidate
