"""Panels, status line and preview follow the draft that is shown."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from PySide6.QtCore import QMetaObject, QObject, QTimer

from app.linkcheck.verdict import Status
from app.ui.arrangement import Arrangement
from app.ui.beside import is_beside
from app.ui.desk import Desk
from app.ui.editor.open_draft import OpenDraft
from app.ui.main_window import MainWindow
from app.ui.panels.gather import Gatherer
from app.ui.panels.link_walk import LinkWalk
from app.ui.sheet import Sheet

if TYPE_CHECKING:
    from app.markup import Change, PlacedHeading
    from app.proof import ProofedLink
    from app.ui.editor.editor import DraftEditor
    from app.ui.preview.preview import PreviewPane

LIST_DELAY_MS = 250
WORDS_DELAY_MS = 1000


class Follower(QObject):
    """Shows one draft in all parts of the window, and takes their wishes back to its editor."""

    def __init__(self, window: MainWindow, desk: Desk, arrangement: Arrangement) -> None:
        super().__init__(window)
        self._window = window
        self._desk = desk
        self._arrangement = arrangement
        self._sheet: Sheet | None = None
        self._connections: list[QMetaObject.Connection] = []
        self._preview: PreviewPane | None = None
        self._top = 0
        self._link_walk = LinkWalk()
        self._links: Gatherer[ProofedLink] = Gatherer(
            self._walk_links, self._show_links, LIST_DELAY_MS, self
        )
        self._headings: Gatherer[PlacedHeading] = Gatherer(
            self._walk_headings, self._show_headings, LIST_DELAY_MS, self
        )
        self._words = QTimer(self, singleShot=True, interval=WORDS_DELAY_MS)
        self._words.timeout.connect(self._show_words)
        desk.current_changed.connect(self.follow)
        window.inspector.links.go_to.connect(self.go_to)
        window.inspector.links.next_wanted.connect(window.commands["next_problem"].trigger)
        window.inspector.links.previous_wanted.connect(window.commands["previous_problem"].trigger)
        window.inspector.outline.go_to.connect(lambda line: self.go_to(line, 0))
        window.inspector.page_turned.connect(lambda _: self._restart())
        window.status.status_clicked.connect(self._show_status)

    @property
    def editor(self) -> "DraftEditor | None":
        """The editor of the draft that is shown."""
        return self._sheet.editor if self._sheet is not None else None

    def set_preview(self, preview: "PreviewPane") -> None:
        """The preview was made; it follows too."""
        self._preview = preview
        preview.scrolled.connect(self._scroll_editor)
        preview.source_clicked.connect(self.go_to)
        self._give_preview()

    def follow(self) -> None:
        """Show the desk's current draft."""
        for connection in self._connections:
            QObject.disconnect(connection)
        self._connections = []
        self._link_walk.forget()
        self._sheet = self._desk.current
        self._window.commands.set_draft_open(self._sheet is not None)
        if self._sheet is None:
            self._clear()
            return
        draft = self._sheet.draft
        self._connections = [
            draft.parsed.connect(self._on_parsed),
            draft.changed.connect(self._on_changed),
            draft.marks_changed.connect(self._on_marks),
            draft.counts_changed.connect(self._show_counts),
            draft.settled.connect(self._on_settled),
            self._sheet.saved_changed.connect(self._show_saved),
        ]
        editor = self._sheet.editor
        if editor is not None:
            self._connections += [
                editor.cursor_moved.connect(self._on_cursor),
                editor.scrolled.connect(self._scroll_preview),
            ]
        if draft.is_parsed:
            self._on_parsed()
        self._show_saved()

    def _clear(self) -> None:
        self._links.stop()
        self._headings.stop()
        self._window.inspector.links.show_links(())
        self._window.inspector.outline.show_headings(())
        self._window.status.clear()

    # what the draft tells

    def _on_parsed(self) -> None:
        self._restart(now=True)
        self._show_counts()
        self._show_words()
        self._give_preview()

    def _on_settled(self) -> None:
        self._restart()
        self._show_counts()
        self._show_words()

    def _on_changed(self, change: "Change") -> None:
        self._restart()
        if not self._words.isActive():
            self._words.start()
        if self._preview is not None:
            self._preview.apply(change)

    def _on_marks(self, blocks: set[int]) -> None:
        self._links.restart()
        if self._preview is not None:
            self._preview.marks_changed(blocks)

    def _restart(self, *, now: bool = False) -> None:
        """List links and headings anew; what is not shown is not listed."""
        shown = self._window.inspector.page
        self._links.restart(now=now) if shown == "links" else self._links.stop()
        self._headings.restart(now=now) if shown == "outline" else self._headings.stop()

    def _walk_links(self) -> "Iterable[ProofedLink]":
        draft = self._parsed
        return () if draft is None else self._link_walk.walk(draft.document, draft.proof)

    def _show_links(self, links: "list[ProofedLink]") -> None:
        path = self._sheet.path if self._sheet is not None else None
        folder = path.parent if path is not None else None
        pictures = {each.link.href or "" for each in links if is_beside(each, folder)}
        self._window.inspector.links.show_links(links, pictures, is_read=self._is_read)

    def _walk_headings(self) -> "Iterable[PlacedHeading]":
        draft = self._parsed
        return draft.document.headings() if draft is not None else ()

    @property
    def _parsed(self) -> OpenDraft | None:
        """The draft that is shown, once there is a parse of it."""
        sheet = self._sheet
        return sheet.draft if sheet is not None and sheet.draft.is_parsed else None

    @property
    def _is_read(self) -> bool:
        draft = self._parsed
        return draft is None or draft.is_read

    def _show_headings(self, headings: "list[PlacedHeading]") -> None:
        outline = self._window.inspector.outline
        outline.show_headings(headings, is_read=self._is_read)
        if self.editor is not None:
            outline.mark_line(self.editor.selection.caret[0])

    def _show_counts(self) -> None:
        draft = self._parsed
        if draft is not None and draft.is_read:
            self._window.status.show_counts(draft.proof.counts)
        elif draft is not None:
            self._window.status.show_reading()

    def _show_words(self) -> None:
        if self._parsed is not None and self._parsed.is_read:
            self._window.status.show_words(self._parsed.document.words)

    def _show_saved(self) -> None:
        if self._sheet is None:
            return
        status, sheet = self._window.status, self._sheet
        if sheet.keeper.read_only:
            status.show_saved(self.tr("Read only"), self.tr("Open in another window"))
        elif sheet.has_problem:
            tip = self.tr("The text is kept, but not in its file yet")
            status.show_saved(self.tr("Not saved"), tip)
        elif sheet.keeper.conflict is not None:
            tip = self.tr("Another program changed it too: choose above the text what is to stay")
            status.show_saved(self.tr("Not saved"), tip)
        elif sheet.path is None:
            tip = self.tr("Kept; it becomes a file once it has a title")
            status.show_saved(self.tr("Not a file yet"), tip)
        elif sheet.keeper.unsaved:
            status.show_saved(self.tr("Saving…"), self.tr("Every key is kept already"))
        else:
            status.show_saved(self.tr("Saved"), str(sheet.path))

    # what the parts of the window want

    def _on_cursor(self, line: int, _column: int) -> None:
        if self._sheet is not None:
            self._desk.name_when_ready(self._sheet, line)
        if self._preview is not None and self.editor is not None:
            top = int(self.editor.top_line())  # a jump scrolls the text without saying so
            if top != self._top:
                self._scroll_preview(top)
        if self._window.inspector.page == "outline":
            self._window.inspector.outline.mark_line(line)

    def go_to(self, line: int, column: int) -> None:
        """Put the cursor at a place of the draft that is shown, and the focus into its text."""
        if self.editor is not None:
            self.editor.go_to(line, column)
            self.editor.setFocus()

    def _scroll_preview(self, line: float) -> None:
        self._top = int(line)
        if self._preview is not None:
            self._preview.scroll_to_line(line)

    def _scroll_editor(self, line: float) -> None:
        if self.editor is not None:
            self.editor.scroll_to_line(line)

    def _give_preview(self) -> None:
        if self._preview is not None and self._parsed is not None:
            path = self._sheet.path if self._sheet is not None else None
            folder = path.parent if path is not None else None
            self._preview.set_document(self._parsed.document, self._parsed.proof, folder)
            if self.editor is not None:
                self._scroll_preview(self.editor.top_line())

    def _show_status(self, status: str) -> None:
        self._arrangement.show_page("links")
        self._window.inspector.links.only(Status(status))
