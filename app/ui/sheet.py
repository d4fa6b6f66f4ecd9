"""One open draft on the desk: its keeper, its model, its editor, and what is to be said of it."""

import logging
from collections.abc import Collection
from concurrent.futures import Future
from itertools import count
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QCoreApplication, QObject, Qt, QTimer, Signal

from app.drafts.errors import DraftError
from app.drafts.files import DraftFile
from app.drafts.keeper import Callbacks, Keeper
from app.drafts.outside import Choice as Resolution
from app.drafts.outside import Conflict, Outside
from app.lines import LineEdit
from app.ui.editor.jobs import Post, window_post
from app.ui.editor.open_draft import OpenDraft
from app.ui.editor.remarks import Remark
from app.ui.notices import Choice, Notice, Tone
from app.ui.titles import title_of

if TYPE_CHECKING:
    from app.ui.checking import Checking
    from app.ui.editor.editor import DraftEditor
    from app.ui.preflight.findings import Findings

log = logging.getLogger(__name__)

_keys = count(1)
SAVED_LOOK_MS = 400


class _Hop(QObject):
    """Brings the keeper's callbacks from its thread into the window's.

    It has no Qt parent: while a keeper closes, it is there longer than its sheet. The thread of
    the window is the one to let go of it: it ends there with its connections.
    """

    saved = Signal(object)
    reloaded = Signal(object)
    conflict = Signal(object)
    settled = Signal(object)
    copied = Signal(object)
    failed = Signal(object)

    def callbacks(self) -> Callbacks:
        """What the keeper is given."""
        return Callbacks(
            on_saved=self.saved.emit,
            on_reloaded=self.reloaded.emit,
            on_conflict=self.conflict.emit,
            on_settled=self.settled.emit,
            on_copied=self.copied.emit,
            on_error=self.failed.emit,
        )


class _Reporter:
    """Passes the editor's edits on to the keeper, except those that came from the keeper."""

    def __init__(self, keeper: Keeper) -> None:
        self.keeper = keeper
        self.muted = False

    def edited(self, edit: LineEdit) -> None:
        """See `Keeper.edited`."""
        if not self.muted and not self.keeper.read_only:
            self.keeper.edited(edit)


class Sheet(QObject):
    """An open draft. ``key`` is a number that stays the same while it is open."""

    told = Signal(object)
    """A `Notice` for the writer."""
    settled = Signal(str)
    """The `Notice` of this key is over."""
    saved_changed = Signal()
    title_changed = Signal()
    compare_wanted = Signal(object, object)
    """Two texts, as lines: the one on disk, the one in the editor."""
    open_wanted = Signal(object)
    """Another draft's path."""
    name_wanted = Signal()
    """This draft wants its file."""
    findings_made = Signal(object)
    """Pre-flight follows the draft from now on: its `Findings`."""

    def __init__(
        self,
        path: Path | None,
        checking: "Checking",
        parent: QObject,
        *,
        journal: str | None = None,
        ignored: Collection[str] = (),
    ) -> None:
        """``journal`` is the key of an untitled draft of an earlier session. Raises DraftError."""
        super().__init__(parent)
        self.key = next(_keys)
        self._trouble: DraftError | None = None
        self._naming: Future[DraftFile] | None = None
        self._hop = _Hop()
        self.keeper = Keeper.open(path, key=journal, callbacks=self._hop.callbacks())
        self._reporter = _Reporter(self.keeper)
        self.draft = OpenDraft(
            self.keeper.lines,
            name=self.keeper.key,
            keeper=self._reporter,
            checker=checking,
            ignored=ignored,
            allow_private=checking.allow_private,
            parent=self,
        )
        self.editor: DraftEditor | None = None
        self.findings: Findings | None = None
        """What pre-flight finds; from the first time that the draft is shown."""
        self._told_remarks: frozenset[Remark] = frozenset()
        self.title = self._title()
        self._connect()

    @property
    def path(self) -> Path | None:
        """The draft's file, None until it has one."""
        return self.keeper.path

    @property
    def is_empty(self) -> bool:
        """Whether nothing was written."""
        return not any(line.strip() for line in self.draft.lines)

    @property
    def has_problem(self) -> bool:
        """Whether the text could not be stored in its file."""
        return self._trouble is not None

    def greet(self) -> None:
        """Say what the writer should know of how the draft was found."""
        if self.keeper.read_only:
            self.told.emit(self._notice("read_only", Tone.WARNING, self._read_only_words()))
        if self.keeper.conflict is not None:
            self._on_conflict(self.keeper.conflict)
        elif self.keeper.recovered:
            base = tuple(self.keeper.base.lines)
            words = self.tr("“%1”: text that had not been saved last time is back.")
            words = words.replace("%1", self.title)
            see = Choice(self.tr("See what"), lambda: self.compare_wanted.emit(base, self._now()))
            self.told.emit(self._notice("recovered", Tone.INFO, words, see))

    def save(self) -> None:
        """Save now; trouble is told by a notice."""
        if self.path is not None or self.is_being_named:
            self._watch(self.keeper.save())

    @property
    def is_being_named(self) -> bool:
        """Whether an untitled draft is on its way into its file."""
        return self._naming is not None and not self._naming.done()

    def save_as(self, path: Path) -> None:
        """Give an untitled draft its file, or go on in another file."""
        self._naming = self.keeper.save_as(path)
        self._watch(self._naming)

    def rename(self, path: Path) -> None:
        """Give the file another name."""
        self._watch(self.keeper.rename(path))

    def close(self, path: Path | None) -> Thread:
        """Save into this file and let go, in a thread that is returned.

        A draft without a word and without a file leaves nothing behind.
        """
        self.draft.close()
        self._hop.blockSignals(True)
        self._look.stop()
        discard = path is None and self.is_empty
        closing = (self.keeper, path, self._naming, discard, [self._hop], window_post())
        thread = Thread(target=_close, args=closing, name="closing")
        thread.start()
        return thread

    def _connect(self) -> None:
        queued = Qt.ConnectionType.QueuedConnection
        self._hop.saved.connect(self._on_saved, queued)
        self._hop.reloaded.connect(self._on_reloaded, queued)
        self._hop.conflict.connect(self._on_conflict, queued)
        self._hop.settled.connect(self._on_settled, queued)
        self._hop.copied.connect(self._on_copied, queued)
        self._hop.failed.connect(self._on_failed, queued)
        self._look = QTimer(self, singleShot=True, interval=SAVED_LOOK_MS)
        self._look.timeout.connect(self._look_again)
        self.draft.edited.connect(lambda _edit: self._on_edited())
        self.draft.remarks_changed.connect(self._tell_remarks)

    def _on_edited(self) -> None:
        if not self._look.isActive():
            self._look.start()
            self.saved_changed.emit()

    def _tell_remarks(self) -> None:
        """Say, once each, what holds of the draft; take back what does so no more."""
        words = {
            Remark.TOO_DEEP: self.tr(
                "Quotes or lists are nested very deep in a part of this draft. What lies deepest"
                " is kept as plain text, without its formatting."
            ),
            Remark.FAILED: self.tr(
                "Sendoff made a mistake in reading a part of this draft as Markdown. That part is"
                " shown as plain text; nothing of it is lost."
            ),
            Remark.FOLDED: self.tr(
                "A line of this draft is so long that only parts of it are shown; the file keeps"
                " all of it. Click on a gap, or look for words with Find, to see more."
            ),
        }
        for remark in self._told_remarks - self.draft.remarks:
            self.settled.emit(f"{remark}-{self.key}")
        for remark in self.draft.remarks - self._told_remarks:
            self.told.emit(self._notice(remark, Tone.WARNING, words[remark]))
        self._told_remarks = self.draft.remarks

    def find_title(self) -> str:
        """The title as the text has it now."""
        title = self._title()
        if title != self.title:
            self.title = title
            self.title_changed.emit()
        return title

    def _look_again(self) -> None:
        self.find_title()
        self.saved_changed.emit()

    def _on_saved(self, _file: object) -> None:
        if self._trouble is not None:
            self._trouble = None
            self.settled.emit(f"trouble-{self.key}")
        self.saved_changed.emit()

    def _on_reloaded(self, offer: Outside) -> None:
        if not self.keeper.adopt(offer):
            return
        self._reporter.muted = True
        try:
            for edit in offer.edits:
                lines = list(self.draft.lines)
                edit.apply(lines)
                self.draft.replace_lines(lines)
        finally:
            self._reporter.muted = False
        if offer.merged:
            words = self.tr("Another program changed this draft too; both changes are in it now.")
        else:
            words = self.tr("Another program changed this draft; its text was taken over.")
        notice = self._notice("outside", Tone.INFO, words)
        self.settled.emit(f"conflict-{self.key}")
        self.told.emit(Notice(notice.key, notice.text, notice.tone, (), passing=True))
        self._look_again()

    def _on_conflict(self, conflict: Conflict) -> None:
        keep = self.tr("Keep mine") if conflict.theirs is not None else self.tr("Write it again")
        choices = [Choice(keep, lambda: self._resolve(Resolution.KEEP_MINE))]
        if conflict.theirs is not None:
            theirs = tuple(conflict.theirs.lines)
            words = self.tr("Another program changed the same lines of this draft.")
            choices += [
                Choice(self.tr("Take theirs"), lambda: self._resolve(Resolution.TAKE_THEIRS)),
                Choice(self.tr("Keep both"), lambda: self._resolve(Resolution.BOTH)),
                Choice(self.tr("Compare"), lambda: self._compare(conflict, theirs)),
            ]
        else:
            told = conflict.error.message if conflict.error is not None else ""
            words = f"{told} {self.tr('The text is safe here.')}".strip()
        self.told.emit(self._notice("conflict", Tone.WARNING, words, *choices))
        self.saved_changed.emit()

    def _on_settled(self, _file: object) -> None:
        self.settled.emit(f"conflict-{self.key}")
        self.saved_changed.emit()

    def _compare(self, conflict: Conflict, theirs: tuple[str, ...]) -> None:
        self._on_conflict(conflict)  # the question stays while the writer looks
        self.compare_wanted.emit(theirs, self._now())

    def _resolve(self, choice: Resolution) -> None:
        self._watch(self.keeper.resolve(choice))

    def _on_copied(self, path: Path) -> None:
        words = self.tr("Your text went to “%1”.").replace("%1", path.name)
        see = Choice(self.tr("Open it"), lambda: self.open_wanted.emit(path))
        self.told.emit(self._notice("copied", Tone.INFO, words, see))

    def _on_failed(self, error: DraftError) -> None:
        conflict = self.keeper.conflict
        asked = conflict.error if conflict is not None else None
        if asked is not None and asked.trouble is error.trouble:
            return  # the question what to do about it says so already
        self._trouble = error
        again = Choice(self.tr("Try again"), self._try_again)
        words = f"{error.message} {error.advice}"
        self.told.emit(self._notice("trouble", Tone.ERROR, words, again))
        self.saved_changed.emit()

    def _try_again(self) -> None:
        if self.path is None:
            self.name_wanted.emit()
        else:
            self.save()

    def _watch(self, future: "Future[Any]") -> None:
        """Tell of a future's failure; of success the keeper's own callbacks tell."""
        saved, failed = self._hop.saved, self._hop.failed  # the keeper holds no object of Qt's

        def done(finished: "Future[Any]") -> None:
            error = finished.exception()
            if isinstance(error, DraftError):
                failed.emit(error)
            elif error is None:
                saved.emit(None)
            else:
                log.error("The keeper failed: %s", type(error).__name__)

        future.add_done_callback(done)

    def _notice(self, kind: str, tone: Tone, words: str, *choices: Choice) -> Notice:
        return Notice(f"{kind}-{self.key}", words, tone, choices)

    def _read_only_words(self) -> str:
        return self.tr("This draft is open in another window: here it can only be read.")

    def _now(self) -> tuple[str, ...]:
        return tuple(self.draft.lines)

    def _title(self) -> str:
        fallback = self.path.stem if self.path is not None else ""
        untitled = QCoreApplication.translate("Sheet", "Untitled")
        return title_of(self.draft.lines) or fallback or untitled


def _close(
    keeper: Keeper,
    path: Path | None,
    naming: "Future[DraftFile] | None",
    discard: bool,
    told: list[_Hop],
    post: Post,
) -> None:
    """What cannot be saved stays in the journal and comes back at the next start.

    The keeper reports to the one in ``told`` until it is closed; ``post`` brings it home then.
    """
    try:
        _let_go(keeper, path, naming, discard)
    finally:
        post.bring(told.clear)


def _let_go(
    keeper: Keeper, path: Path | None, naming: "Future[DraftFile] | None", discard: bool
) -> None:
    if naming is not None:
        naming.exception()  # told of already; here it is only waited for
    if discard:
        keeper.discard()
        return
    if path is not None and keeper.path is None:
        try:
            keeper.save_as(path).result()
        except DraftError as error:
            log.warning("A new draft was not saved: %s", error.trouble)
    keeper.close()
