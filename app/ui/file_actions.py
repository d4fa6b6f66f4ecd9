"""What the File menu does: new, open, save, rename, duplicate, trash, versions, search."""

from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import QObject, QPoint
from PySide6.QtWidgets import QFileDialog, QMenu

from app.drafts.errors import DraftError
from app.drafts.library import Trashed, file_name
from app.ui.background import ask
from app.ui.desk import Desk
from app.ui.entry import Entry
from app.ui.loading import when_loaded
from app.ui.main_window import DRAFT_SUFFIXES, MainWindow
from app.ui.notices import Choice, Notice, Tone
from app.ui.sheet import Sheet
from app.ui.shelf import Shelf


class FileActions(QObject):
    """Carries out what is asked for in the File menu and the list of drafts."""

    def __init__(
        self,
        window: MainWindow,
        desk: Desk,
        shelf: Shelf,
        use_folder: Callable[[Path], None],
    ) -> None:
        super().__init__(window)
        self._window = window
        self._desk = desk
        self._shelf = shelf
        self._use_folder = use_folder
        self._bind()

    def _bind(self) -> None:
        actions, desk = self._window.commands, self._desk
        actions.bind("new", desk.open_untitled)
        actions.bind("new_from_template", self._ask_template)
        actions.bind("open", self._ask_file)
        actions.bind("open_recent", self._ask_recent)
        actions.bind("choose_folder", self.ask_folder)
        actions.bind("save", self._with_sheet(self._save))
        actions.bind("save_copy", self._with_sheet(self._ask_copy))
        actions.bind("rename", self._with_sheet(self._ask_name))
        actions.bind("duplicate", self._with_sheet(self._duplicate))
        actions.bind("versions", self._with_sheet(self._load_versions))
        actions.bind("trash", self._with_sheet(self._trash_sheet))
        actions.bind("close", self._with_sheet(desk.close))
        actions.bind("reopen", desk.reopen)
        actions.bind("search", self.search)
        panel = self._window.drafts
        panel.opened.connect(self.open_row)
        panel.new_wanted.connect(actions["new"].trigger)
        panel.folder_wanted.connect(self.ask_folder)
        panel.trash_wanted.connect(self._trash)
        panel.menu_wanted.connect(self._show_menu)
        panel.text_search_wanted.connect(self.search)
        self._window.welcome.new_wanted.connect(actions["new"].trigger)
        self._window.welcome.open_wanted.connect(actions["open"].trigger)
        self._window.files_dropped.connect(self.open_all)

    def open_all(self, paths: Sequence[Path]) -> None:
        """Open several drafts, the last one shown."""
        for path in paths:
            self._desk.open(path)

    def open_row(self, path: Path) -> None:
        """Open what was picked in the list, and let the writer write."""
        sheet = self._shelf.sheet_of(path) or self._desk.open(path)
        if sheet is None:
            return
        self._desk.show(sheet)
        if sheet.editor is not None:
            sheet.editor.setFocus()

    def ask_folder(self) -> None:
        """Let the writer choose the folder of drafts."""
        dialog = QFileDialog(self._window, self.tr("Where do you keep your drafts?"))
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        dialog.setDirectory(str(_existing(self._shelf.library.folder)))
        dialog.fileSelected.connect(lambda chosen: self._use_folder(Path(chosen)))
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def search(self, words: str = "") -> None:
        """Search the text of all drafts."""
        from app.ui.dialogs.search import SearchDialog

        title = self.tr("Search in all drafts")
        dialog = SearchDialog(self._window, title, self._shelf.library, words)
        dialog.picked.connect(self._open_at)
        dialog.open()

    def _with_sheet(self, act: Callable[[Sheet], object]) -> Callable[[], None]:
        def run() -> None:
            if self._desk.current is not None:
                act(self._desk.current)

        return run

    def _open_at(self, path: Path, line: int, column: int) -> None:
        sheet = self._desk.open(path)
        if sheet is not None and sheet.editor is not None:
            sheet.editor.go_to(line, column)
            sheet.editor.setFocus()

    def _ask_file(self) -> None:
        dialog = QFileDialog(self._window, self.tr("Open a draft"))
        dialog.setFileMode(QFileDialog.FileMode.ExistingFiles)
        dialog.setDirectory(str(_existing(self._shelf.library.folder)))
        suffixes = " ".join(f"*{suffix}" for suffix in sorted(DRAFT_SUFFIXES))
        text, every = self.tr("Markdown"), self.tr("All files")
        dialog.setNameFilters([f"{text} ({suffixes})", f"{every} (*)"])
        dialog.filesSelected.connect(lambda names: self.open_all([Path(name) for name in names]))
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def _ask_recent(self) -> None:
        current = self._desk.current
        shown = current.path if current is not None else None
        ask(
            self._desk.recent.paths,
            lambda found: self._offer_recent(found, shown),
            self._fail,
            self,
        )

    def _offer_recent(self, paths: Sequence[Path], shown: Path | None) -> None:
        """The last opened first, so that Enter leads back; the one that is shown is left out."""
        titles = {row.path: row.title for row in self._window.drafts.rows}
        entries = [
            Entry(titles.get(path, path.stem), self._opener(path), str(path.parent))
            for path in paths
            if path != shown
        ]
        if not entries:
            self._tell("recent", self.tr("You have not opened any other draft yet."))
            return
        prompt = self.tr("Which of the drafts that you opened last?")
        self._window.palette_field.ask(prompt, entries)

    def _opener(self, path: Path) -> Callable[[], object]:
        return lambda: self.open_row(path)

    def _ask_template(self) -> None:
        from app.drafts.templates import templates

        entries = []
        for template in templates():
            text = "\n".join(template.fill(""))
            hint = self.tr("your own") if template.own else ""
            entries.append(Entry(template.name, self._starter(text), hint))
        self._window.palette_field.ask(self.tr("Which template?"), entries)

    def _starter(self, text: str) -> Callable[[], object]:
        return lambda: self._desk.open_untitled(text=text)

    def _save(self, sheet: Sheet) -> None:
        if sheet.path is None:
            self._desk.name(sheet)
        else:
            sheet.save()

    def _ask_copy(self, sheet: Sheet) -> None:
        dialog = QFileDialog(self._window, self.tr("Save a copy"))
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix("md")
        dialog.setDirectory(str(_existing(self._shelf.library.folder)))
        dialog.selectFile(f"{file_name(sheet.title)}.md")
        dialog.fileSelected.connect(lambda name: self._copy(sheet, Path(name)))
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def _copy(self, sheet: Sheet, path: Path) -> None:
        from app.drafts.atomic import digest_of
        from app.drafts.files import write_draft

        lines, like = tuple(sheet.draft.lines), sheet.keeper.base
        words = self.tr("A copy is in “%1”.").replace("%1", path.name)
        ask(
            lambda: write_draft(path, lines, like=like, expect=digest_of(path)),
            lambda _: self._tell("copy", words),
            self._fail,
            self,
        )

    def _ask_name(self, sheet: Sheet) -> None:
        old = sheet.path

        def offer(typed: str) -> list[Entry]:
            name = file_name(typed.removesuffix(".md")) if typed.strip() else ""
            if not name:
                return []
            title = self.tr("Rename to “%1”").replace("%1", f"{name}.md")
            return [Entry(title, lambda: self._rename(sheet, name))]

        words = self.tr("New name of “%1”").replace("%1", old.name if old else sheet.title)
        self._window.palette_field.ask_for(words, offer)
        self._window.palette_field.field.setText(old.stem if old else sheet.title)
        self._window.palette_field.field.selectAll()

    def _rename(self, sheet: Sheet, name: str) -> None:
        if sheet.path is None:
            folder = self._shelf.library.folder
            folder.mkdir(parents=True, exist_ok=True)
            sheet.save_as(folder / f"{name}.md")
        else:
            sheet.rename(sheet.path.with_name(f"{name}.md"))

    def _duplicate(self, sheet: Sheet) -> None:
        self._desk.name(sheet)
        library, keeper = self._shelf.library, sheet.keeper

        def work() -> Path:
            saved = keeper.flush()
            return library.duplicate(saved.path or Path())

        ask(work, self._desk.open, self._fail, self)

    def _trash_sheet(self, sheet: Sheet) -> None:
        if sheet.path is None:
            self._desk.name(sheet)
            self._desk.close(sheet)
        else:
            self._trash(sheet.path)

    def _trash(self, path: Path) -> None:
        sheet = self._desk.find(path)
        if sheet is not None:
            self._desk.abandon(sheet)
        library = self._shelf.library
        ask(lambda: library.trash(path), self._tell_trashed, self._fail, self)

    def _tell_trashed(self, trashed: Trashed) -> None:
        self._shelf.refresh()
        words = self.tr("“%1” is in the trash.").replace("%1", trashed.path.name)
        library = self._shelf.library

        def bring_back() -> None:
            ask(lambda: library.restore(trashed), self._desk.open, self._fail, self)

        choice = Choice(self.tr("Bring it back"), bring_back)
        self._desk.told.emit(Notice("trash", words, choices=(choice,)))

    def _load_versions(self, sheet: Sheet) -> None:
        when_loaded("app.ui.dialogs.versions", lambda: self._show_versions(sheet), self)

    def _show_versions(self, sheet: Sheet) -> None:
        from app.drafts.history import History
        from app.drafts.naming import history_name
        from app.drafts.storage import Storage
        from app.ui.dialogs.versions import VersionsDialog

        if sheet.path is None:
            self._tell("versions", self.tr("Versions are kept once the draft is a file."))
            return
        history = History(Storage.default().history)
        name = history_name(sheet.path)
        lines = tuple(sheet.draft.lines)
        title = self.tr("Versions of “%1”").replace("%1", sheet.title)
        dialog = VersionsDialog(self._window, title, history, name, lines)
        dialog.restored.connect(sheet.draft.replace_lines)
        sheet.saved_changed.connect(dialog.look_again)
        dialog.finished.connect(history.close)
        dialog.open()

    def _show_menu(self, path: Path, place: QPoint) -> None:
        menu = QMenu(self._window)
        menu.addAction(self.tr("Open"), lambda: self.open_row(path))
        menu.addAction(self.tr("Rename…"), lambda: self._open_then("rename", path))
        menu.addAction(self.tr("Duplicate"), lambda: self._open_then("duplicate", path))
        menu.addAction(self.tr("Versions…"), lambda: self._open_then("versions", path))
        menu.addSeparator()
        menu.addAction(self.tr("Move to trash"), lambda: self._trash(path))
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(place)

    def _open_then(self, command: str, path: Path) -> None:
        self.open_row(path)
        self._window.commands[command].trigger()

    def _tell(self, key: str, words: str) -> None:
        self._desk.told.emit(Notice(key, words, passing=True))

    def _fail(self, error: DraftError) -> None:
        self._shelf.refresh()
        self._desk.told.emit(Notice("file", f"{error.message} {error.advice}", Tone.ERROR))


def _existing(folder: Path) -> Path:
    """The folder, or the nearest one above that exists."""
    return next((each for each in (folder, *folder.parents) if each.is_dir()), Path.home())
