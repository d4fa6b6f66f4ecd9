"""Keeps the page in the browser engine in step with the draft, off the path of the keys."""

from collections.abc import Callable, Iterable
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, QObject, Qt, QTimer, QUrl, Signal
from PySide6.QtWidgets import QWidget

from app.ui.editor.jobs import run_in_thread
from app.ui.preview import graphics
from app.ui.preview.feed import Dress, Feed, Operation, finished, is_slow
from app.ui.preview.links import open_outside
from app.ui.preview.web import WebView, script_of

if TYPE_CHECKING:
    from app.markup import Change, Document
    from app.proof import Proof
    from app.publish import EmailTemplate
    from app.publish.clip import Cut

BUDGET_S = 0.003
"""Seconds of rendering in one go on the thread of the keys."""

_SHARE = 8
_SHORTEST_MS, _LONGEST_MS = 250, 1000


class LivePreview(QObject):
    """Feeds a `WebView`: one batch at a time, the latest state, and nothing when nothing is new.

    Between two batches passes several times the time that the last one took, so that the preview
    stays a small part of the work of a key however large the draft is.

    Signals:
        scrolled: The writer scrolled the letter; the draft's line at its top.
        source_clicked: The writer clicked something; its line and column in the draft.
        letter_changed: Subject and preheader (or the first words).
        broken: The engine's process ended for the second time.
    """

    scrolled = Signal(float)
    source_clicked = Signal(int, int)
    letter_changed = Signal(str, str)
    broken = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.view = WebView(parent)
        self.view.ready.connect(self._on_ready)
        self.view.told.connect(self._on_told)
        self.view.broken.connect(self._on_broken)
        application = QCoreApplication.instance()
        if application is not None:
            application.aboutToQuit.connect(self.close)
        self._feed: Feed | None = None
        self._draft: tuple[Document, Proof] | None = None
        self._folder: Path | None = None
        self._skeleton: tuple[bool, Path | None, EmailTemplate | None] | None = None
        self._template: EmailTemplate | None = None
        self._dress: Dress = str
        self._remote_images = False
        self._look = [False, False]
        self._pending: list[Operation] = []
        self._cut: tuple[Cut | None, str] = (None, "")
        self._line: float | None = None
        self._is_ready = False
        self._pages = 0
        self._in_flight = False
        self._sent_at = 0.0
        self._sent_reset = False
        self._pause = _SHORTEST_MS
        self._crashes = 0
        self._timer = QTimer(self, singleShot=True, timerType=Qt.TimerType.PreciseTimer)
        self._timer.setInterval(_SHORTEST_MS)
        self._timer.timeout.connect(self._send)

    @property
    def is_busy(self) -> bool:
        """Whether a batch is planned or on its way."""
        return self._in_flight or self._timer.isActive()

    @property
    def is_settled(self) -> bool:
        """Whether the page shows the latest state of the draft."""
        waiting = self._feed is None or self._feed.waiting or self._line is not None
        return self._is_ready and not waiting and not self.is_busy

    def show_document(
        self, document: "Document", proof: "Proof", folder: Path | None, line: float
    ) -> None:
        """Show a draft from a line on."""
        if self._draft is None or self._draft[0] is not document:
            self._remote_images = False
            self._cut = None, ""
        self._draft, self._folder, self._line = (document, proof), folder, line
        self._load()

    def stop(self) -> None:
        """The pane is hidden: let go of the draft until it is shown again."""
        self._feed = None
        self._timer.stop()

    def close(self) -> None:
        """Stop for good, engine and all."""
        self.stop()
        self._is_ready = False
        self.view.close_engine()

    def reload(self) -> None:
        """Show the same draft anew: its snippets say something else."""
        if self._feed is not None and self._is_ready:
            self._begin()

    def apply(self, change: "Change") -> None:
        """Follow an edit."""
        if self._feed is not None:
            self._feed.apply(change)
            self._plan()

    def marks_changed(self, block_ids: Iterable[int]) -> None:
        """Follow verdicts."""
        if self._feed is not None:
            self._feed.marks_changed(block_ids)
            self._plan()

    def scroll_to_line(self, line: float) -> None:
        """Show a line of the draft at the top."""
        self._line = line
        if self._feed is not None and self._feed.filling:
            self._feed.show_first(line)
        self._plan(now=True)

    def set_phone(self, phone: bool) -> None:
        """Use the rules for narrow screens, or those for wide ones."""
        self._look[1] = phone
        self._show_look()

    def set_dark(self, dark: bool) -> None:
        """Show the letter as a dark mail program does."""
        self._look[0] = dark
        self.view.set_dark(dark)
        self._show_look()

    def set_template(self, template: "EmailTemplate | None") -> None:
        """Frame the letter with a template; None for the built-in one."""
        if template == self._template:
            return
        self._template = template
        self._dress = _dress_for(template)
        if self._skeleton is not None:
            self._load()

    def show_cut(self, cut: "Cut | None", words: str) -> None:
        """Show where the letter is cut, as the draft is now; None where it is not."""
        if (cut, words) == self._cut and cut is None:
            return
        self._cut = cut, words
        if self._feed is not None:
            self._pending.append(self._feed.clip(cut, words))
            self._plan(now=True)

    def set_remote_images(self, wanted: bool) -> None:
        """Load this draft's remote images, or do not."""
        if wanted != self._remote_images:
            self._remote_images = wanted
            self._load()

    # the page's side

    def _load(self) -> None:
        """Give the page the draft; a new page where other images are allowed."""
        wanted = (self._remote_images, self._folder, self._template)
        if wanted != self._skeleton:
            self._skeleton = wanted
            self._is_ready = False
            self.view.load_skeleton(remote_images=wanted[0], folder=wanted[1], template=wanted[2])
        elif self._is_ready:
            self._begin()

    def _on_ready(self) -> None:
        self._is_ready = True
        self._pages += 1
        self._in_flight = False
        self._begin()

    def _begin(self) -> None:
        if self._draft is None:
            return
        read = _reader_of(self._folder) if self._folder is not None else None
        self._feed = Feed(*self._draft, self._dress, read)
        self._pending.clear()
        self._show_look()
        self._pending.append(self._feed.clip(*self._cut))
        if self._line:
            self._feed.show_first(self._line)
        self._plan(now=True)

    def _show_look(self) -> None:
        others = [each for each in self._pending if each[0] != "look"]
        self._pending = [["look", *self._look, self._remote_images], *others]
        self._plan(now=True)

    def _plan(self, *, now: bool = False) -> None:
        """Send soon; an edit never puts off what is planned already."""
        if self._feed is None or not self._is_ready or self._in_flight:
            return
        if now or self._feed.filling:
            self._timer.start(0)
        elif not self._timer.isActive():
            self._timer.start(self._pause)

    def _send(self) -> None:
        feed = self._feed
        if feed is None or not self._is_ready or self._in_flight:
            return
        self._sent_at = perf_counter()
        batch = [*self._pending, *feed.take(BUDGET_S)]
        self._pending.clear()
        if self._line is not None:
            batch.append(feed.scroll(self._line))
            if not feed.filling:
                self._line = None
        preheader = feed.letter.preheader or feed.opening
        self.letter_changed.emit(feed.letter.subject, preheader)
        self._in_flight = True
        self._sent_reset = any(operation[0] == "reset" for operation in batch)
        if is_slow(batch):
            self._send_from_thread(batch)
        else:
            self.view.run(script_of(batch), self._on_done)

    def _send_from_thread(self, batch: list[Operation]) -> None:
        """Sanitise, then send; no other batch passes this one."""
        page, dress = self._pages, self._dress
        scripts: list[str] = []

        def send() -> None:
            if page != self._pages or not self._is_ready:
                return  # a new page is told everything anyway
            if scripts:
                self.view.run(scripts[0], self._on_done)
            else:
                self._on_done(None)

        run_in_thread(lambda: scripts.append(script_of(finished(batch, dress))), send, self)

    def _on_done(self, milliseconds: object) -> None:
        self._in_flight = False
        if milliseconds is None and not self._sent_reset and self._is_ready:
            self._begin()  # the page could not follow: tell it everything anew
            return
        took = (perf_counter() - self._sent_at) * 1000
        self._pause = int(min(max(took * _SHARE, _SHORTEST_MS), _LONGEST_MS))
        if self._pending or (self._feed is not None and self._feed.waiting):
            self._plan()
        elif self._line is not None:
            self._plan(now=True)

    def _on_told(self, message: list[object]) -> None:
        match message:
            case ["scroll", str(key), float() | int() as line] if self._feed is not None:
                place = self._feed.line_of(key, line)
                if place is not None:
                    self._line = None
                    self.scrolled.emit(place)
            case ["click", str(key), int(line), (str() | None) as url, int(nth)] if (
                self._feed is not None
            ):
                source = self._feed.source_of(key, line, url, nth)
                if source is not None:
                    self.source_clicked.emit(*source)
            case ["open", str(url)]:
                open_outside(QUrl(url))

    def _on_broken(self) -> None:
        self._crashes += 1
        self._skeleton = None
        if self._crashes == 1:
            self._load()
            return
        graphics.remember_to_spare_the_card()
        self.broken.emit()


def _reader_of(folder: Path) -> Callable[[str], str | None]:
    from app.publish import reader_of

    return reader_of(folder)


def _dress_for(template: "EmailTemplate | None") -> Dress:
    """The built-in template's page has rules for plain HTML; others have those of the email."""
    if template is None:
        return str
    from app.publish.clients import for_clients

    room = template.room
    return lambda html: for_clients(html, room=room)
