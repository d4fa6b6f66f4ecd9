"""The folder of drafts in the panel at the left, kept in step with the disk."""

import time
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

from PySide6.QtCore import QFileSystemWatcher, QObject, QTimer

from app.drafts.errors import DraftError, Trouble
from app.drafts.library import Entry, Library
from app.linkcheck.verdict import Status
from app.ui.background import ask
from app.ui.desk import Desk
from app.ui.notices import Choice, Notice, Tone
from app.ui.panels.drafts import DraftRow, DraftsPanel
from app.ui.sheet import Sheet

REST_MS = 300
LOOK_MS = 3000
"""Between looks at the folder: network drives and synchronised folders tell of nothing."""
LOOK_SHARE = 50
"""A look is followed by a rest of so many times its own length."""
Health = Mapping[str, tuple[float, dict[str, int]]]


@dataclass(frozen=True, slots=True)
class Listing:
    """The folder as it was found: each entry with its row, and where in the list it stands."""

    rows: Mapping[Path, tuple[Entry, DraftRow]] = field(default_factory=dict)
    at: Mapping[Path, int] = field(default_factory=dict)
    seconds: float = 0.0


class Shelf(QObject):
    """Lists a library's drafts, those open ones that lie elsewhere first.

    The folder is read in a thread, which makes a row for each draft; here only those of open
    drafts are made anew, so that nothing but a comparison is proportional to the folder.
    ``health`` remembers what was last known of the links of drafts that are not open: by path,
    the file's time in seconds and the links by status.
    """

    def __init__(self, panel: DraftsPanel, desk: Desk, library: Library, health: Health) -> None:
        super().__init__(panel)
        self._panel = panel
        self._desk = desk
        self._listing: Listing | None = None
        self._is_listing = False
        self._is_told = False
        self._health = dict(health)
        self._rest = QTimer(self, singleShot=True, interval=REST_MS)
        self._rest.timeout.connect(self._list)
        self._show_rest = QTimer(self, singleShot=True, interval=REST_MS)
        self._show_rest.timeout.connect(self._show)
        self._look = QTimer(self, singleShot=True)
        self._look.timeout.connect(self._list)
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
        self._listing = None
        self._is_told = False
        self._desk.settled.emit("folder")
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
        for sheet in self._desk.sheets:
            self._note_health(sheet)
        if self._listing is None:
            return self._health.copy()
        listed = self._listing.rows
        return {path: known for path, known in self._health.items() if Path(path) in listed}

    def _list(self) -> None:
        if self._is_listing:
            self.refresh()
            return
        self._is_listing = True
        library, before = self.library, self._listing or Listing()
        ask(
            lambda: _listed(library, before),
            lambda found: self._take(library, found),
            lambda error: self._fail(library, error),
            self,
        )

    def _take(self, library: Library, found: Listing) -> None:
        self._look_later(found.seconds)
        if library is not self.library:
            return
        if self._is_told:
            self._is_told = False
            self._desk.settled.emit("folder")
        folder = str(library.folder)
        if folder not in self._watcher.directories():
            self._watcher.addPath(folder)
        if self._listing is None or found.rows is not self._listing.rows:
            self._listing = found
            self._show()

    def _fail(self, library: Library, error: DraftError) -> None:
        self._look_later(0)
        if library is not self.library:
            return
        is_news = error.trouble is not Trouble.MISSING or self._listing is not None
        self._listing = None
        self._show()
        if is_news and not self._is_told:  # a folder not made yet is none
            self._is_told = True
            self._desk.told.emit(self._notice(error))

    def _notice(self, error: DraftError) -> Notice:
        words = f"{error.message} {error.advice}"
        if error.trouble is Trouble.MISSING:
            words = self.tr(
                "The folder “%1” is not there any more. Its drafts are listed again as soon as it"
                " is back; those that are open are safe."
            ).replace("%1", self.library.folder.name)
        other = Choice(self.tr("Choose another folder…"), self._panel.folder_wanted.emit)
        return Notice("folder", words, Tone.ERROR, (other,))

    def _look_later(self, seconds: float) -> None:
        self._is_listing = False
        self._look.start(max(LOOK_MS, int(1000 * LOOK_SHARE * seconds)))

    def _follow_sheets(self) -> None:
        for sheet in self._desk.sheets:
            if sheet.property("shelved") is None:
                sheet.setProperty("shelved", True)
                sheet.saved_changed.connect(lambda sheet=sheet: self._look_when_saved(sheet))
                sheet.title_changed.connect(self._show)
                sheet.draft.counts_changed.connect(self._show_soon)
        self.refresh()
        self._show()

    def _show_soon(self) -> None:
        if not self._show_rest.isActive():
            self._show_rest.start()

    def _show(self) -> None:
        listing = self._listing or Listing()
        rows = [row for _, row in listing.rows.values()]
        for path, (when, counts) in self._health.items():
            self._show_health(rows, listing, Path(path), when, counts)
        elsewhere = []
        for sheet in self._desk.sheets:
            row = self._row_of(sheet)
            at = listing.at.get(row.path)
            if at is None:
                elsewhere.append(row)
            else:
                rows[at] = replace(rows[at], title=row.title, is_open=True, counts=row.counts)
        current = self._desk.current
        self._panel.show_drafts([*elsewhere, *rows], _path_of(current) if current else None)

    @staticmethod
    def _show_health(
        rows: list[DraftRow], listing: Listing, path: Path, when: float, counts: dict[str, int]
    ) -> None:
        at = listing.at.get(path)
        if at is not None and when == listing.rows[path][0].modified.timestamp():
            known = {Status(name): count for name, count in counts.items()}
            rows[at] = replace(rows[at], counts=known)

    def _row_of(self, sheet: Sheet) -> DraftRow:
        counts = dict(sheet.draft.proof.counts) if sheet.draft.is_parsed else {}
        where = sheet.path.parent.name if sheet.path else self.tr("Not a file yet")
        now = datetime.now().astimezone()
        return DraftRow(_path_of(sheet), sheet.title, where, now, is_open=True, counts=counts)

    def _note_health(self, sheet: Sheet) -> None:
        if sheet.path is None or not sheet.draft.is_parsed or self._listing is None:
            return
        if sheet.path in self._listing.rows:
            entry, _ = self._listing.rows[sheet.path]
            counts = {status.value: n for status, n in sheet.draft.proof.counts.items() if n}
            self._health[str(sheet.path)] = (entry.modified.timestamp(), counts)


def _listed(library: Library, before: Listing) -> Listing:
    """Read the folder; what has not changed keeps its row, and all of it the list itself."""
    began = time.thread_time()
    rows = {}
    is_same = True
    for entry in library.entries():
        known = before.rows.get(entry.path)
        if known is None or known[0] is not entry:
            known = entry, _row(entry)
            is_same = False
        rows[entry.path] = known
    if is_same and len(rows) == len(before.rows):
        return replace(before, seconds=time.thread_time() - began)
    at = {path: at for at, path in enumerate(rows)}
    return Listing(rows, at, time.thread_time() - began)


def _row(entry: Entry) -> DraftRow:
    return DraftRow(entry.path, entry.title, entry.preview, entry.modified.astimezone())


def _path_of(sheet: Sheet) -> Path:
    """The path by which the list knows a draft; one without a file goes by its key."""
    return sheet.path or Path(f"untitled-{sheet.key}")
