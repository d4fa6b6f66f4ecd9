"""The folder of drafts in the panel at the left, kept in step with the disk."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from PySide6.QtCore import QFileSystemWatcher, QObject, QTimer

from app.drafts.errors import DraftError, Trouble
from app.drafts.library import Entry, Library
from app.linkcheck.verdict import Status
from app.ui.background import ask
from app.ui.desk import Desk
from app.ui.notices import Notice, Tone
from app.ui.panels.drafts import DraftRow, DraftsPanel
from app.ui.sheet import Sheet

REST_MS = 300
Health = Mapping[str, tuple[float, dict[str, int]]]


class Shelf(QObject):
    """Lists a library's drafts, those open ones that lie elsewhere first.

    ``health`` remembers what was last known of the links of drafts that are not open: by path,
    the file's time in seconds and the links by status.
    """

    def __init__(self, panel: DraftsPanel, desk: Desk, library: Library, health: Health) -> None:
        super().__init__(panel)
        self._panel = panel
        self._desk = desk
        self._entries: Sequence[Entry] = ()
        self._health = dict(health)
        self._rest = QTimer(self, singleShot=True, interval=REST_MS)
        self._rest.timeout.connect(self._list)
        self._watcher = QFileSystemWatcher(self)
        self._watcher.directoryChanged.connect(lambda _: self.refresh())
        desk.sheets_changed.connect(self._follow_sheets)
        desk.current_changed.connect(self._show)
        self.library = library
        self.open_library(library)

    def open_library(self, library: Library) -> None:
        """Show another folder."""
        self.library = library
        if self._watcher.directories():
            self._watcher.removePaths(self._watcher.directories())
        self._entries = ()
        self._panel.show_folder(library.folder)
        self._show()

    def refresh(self) -> None:
        """Look at the folder again soon."""
        if not self._rest.isActive():
            self._rest.start()

    def _look_when_saved(self, sheet: Sheet) -> None:
        if not sheet.keeper.unsaved:
            self.refresh()

    def sheet_of(self, path: Path) -> Sheet | None:
        """The open draft that the list knows by this path."""
        return next((each for each in self._desk.sheets if _path_of(each) == path), None)

    def health(self) -> dict[str, tuple[float, dict[str, int]]]:
        """What is known of the links of the folder's drafts."""
        listed = {str(entry.path) for entry in self._entries}
        for sheet in self._desk.sheets:
            self._note_health(sheet)
        return {path: known for path, known in self._health.items() if path in listed}

    def _list(self) -> None:
        library = self.library
        ask(library.entries, lambda found: self._take(library, found), self._fail, self)

    def _take(self, library: Library, found: Sequence[Entry]) -> None:
        if library is not self.library:
            return
        self._entries = found
        folder = str(library.folder)
        if folder not in self._watcher.directories() and library.folder.is_dir():
            self._watcher.addPath(folder)
        self._show()

    def _fail(self, error: DraftError) -> None:
        self._entries = ()
        self._show()
        if error.trouble is not Trouble.MISSING:  # a folder not made yet is no news
            self._desk.told.emit(Notice("folder", f"{error.message} {error.advice}", Tone.ERROR))

    def _follow_sheets(self) -> None:
        for sheet in self._desk.sheets:
            if sheet.property("shelved") is None:
                sheet.setProperty("shelved", True)
                sheet.saved_changed.connect(lambda sheet=sheet: self._look_when_saved(sheet))
                sheet.title_changed.connect(self._show)
                sheet.draft.counts_changed.connect(self.refresh)
        self.refresh()
        self._show()

    def _show(self) -> None:
        listed = [self._row(entry) for entry in self._entries]
        paths = {row.path for row in listed}
        elsewhere = [self._row_of(sheet) for sheet in self._desk.sheets if sheet.path not in paths]
        current = self._desk.current
        self._panel.show_drafts([*elsewhere, *listed], _path_of(current) if current else None)

    def _row(self, entry: Entry) -> DraftRow:
        modified = entry.modified.astimezone()
        row = DraftRow(entry.path, entry.title, entry.preview, modified)
        sheet = self._desk.find(entry.path)
        if sheet is not None:
            open_row = self._row_of(sheet)
            return replace(row, title=open_row.title, is_open=True, counts=open_row.counts)
        when, counts = self._health.get(str(entry.path), (0.0, {}))
        if when != entry.modified.timestamp():
            return row
        return replace(row, counts={Status(name): count for name, count in counts.items()})

    def _row_of(self, sheet: Sheet) -> DraftRow:
        counts = dict(sheet.draft.proof.counts) if sheet.draft.is_parsed else {}
        where = sheet.path.parent.name if sheet.path else self.tr("Not a file yet")
        now = datetime.now().astimezone()
        return DraftRow(_path_of(sheet), sheet.title, where, now, is_open=True, counts=counts)

    def _note_health(self, sheet: Sheet) -> None:
        if sheet.path is None or not sheet.draft.is_parsed:
            return
        counts = {status.value: n for status, n in sheet.draft.proof.counts.items() if n}
        for entry in self._entries:
            if entry.path == sheet.path:
                self._health[str(sheet.path)] = (entry.modified.timestamp(), counts)


def _path_of(sheet: Sheet) -> Path:
    """The path by which the list knows a draft; one without a file goes by its key."""
    return sheet.path or Path(f"untitled-{sheet.key}")
