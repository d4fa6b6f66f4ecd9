"""The journal of an open draft: every edit is on disk a moment after it was typed.

The journal owns the text of the draft. ``record`` only changes lines in memory; a thread writes
what came in at a maximum interval (not a debounce: typing on and on postpones nothing), another
one flushes it to the medium, so that a slow disk never holds the writing back. What a process
wrote survives its own death; what is flushed survives the machine's.
"""

import os
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from hashlib import blake2b
from pathlib import Path

from app.drafts.errors import DraftError, from_os_error
from app.drafts.files import DraftFile
from app.drafts.flusher import Flusher
from app.drafts.journal_files import JournalFiles
from app.drafts.records import SaveIntent
from app.lines import LineEdit

WRITE_SECONDS = 0.1
RETRY_SECONDS = 1.0
_KEEP = "keep a recovery copy of"


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The text at one moment; ``revision`` counts the edits before it."""

    revision: int
    base: DraftFile
    lines: list[str] = field(repr=False)


@dataclass(frozen=True, slots=True)
class _Batch:
    """What to write: further events, or (with ``now``) everything from scratch."""

    events: list[LineEdit | SaveIntent]
    saves: list[SaveIntent]
    now: Snapshot | None
    unsaved: bool
    ticket: int


def key_of(path: Path) -> str:
    """The name under which a draft's journal and lock are kept: one for each file."""
    return blake2b(os.fsencode(os.path.realpath(path)), digest_size=12).hexdigest()


class Journal:
    """The text of one open draft, kept so that it survives a crash. For any thread.

    Args:
        key: Names the files, see ``key_of``.
        folders: Where to write; the first that takes the journal wins.
        base: The draft as it is on disk.
        recovered: The text, when an earlier journal told more than the file.
        on_error: Told, from one of the journal's threads, that no folder takes the journal.
    """

    def __init__(
        self,
        key: str,
        folders: Sequence[Path],
        base: DraftFile,
        *,
        recovered: Sequence[str] | None = None,
        on_error: Callable[[DraftError], None],
    ) -> None:
        self._on_error = on_error
        self._changed = threading.Condition()
        self._base = base
        self._lines = list(base.lines if recovered is None else recovered)
        self._revision = 0 if recovered is None else 1
        self._saved_revision = 0
        self._events: list[LineEdit | SaveIntent] = []
        self._saves: list[SaveIntent] = []
        self._anew = False
        self._ticket = 0  # counts what there is to write
        self._written = 0
        self._awaited = 0
        self._failing = False
        self._reported = False
        self._closing = False
        self._flusher = Flusher(self._flush_failed)
        self._files = JournalFiles(key, folders, self._flusher)
        self._key = key
        self._written_key = key
        self._writer: threading.Thread | None = None
        if recovered is not None:
            with self._changed:
                self._begin_anew()

    @property
    def revision(self) -> int:
        """How many times the text changed."""
        return self._revision

    @property
    def unsaved(self) -> bool:
        """Whether the text was edited since it was last on disk."""
        return self._revision != self._saved_revision

    @property
    def base(self) -> DraftFile:
        """The draft as it is on disk."""
        return self._base

    def snapshot(self) -> Snapshot:
        """The text as it is now."""
        with self._changed:
            return Snapshot(self._revision, self._base, self._lines.copy())

    def record(self, edit: LineEdit) -> int:
        """Take an edit over and return the new revision; never waits for a disk."""
        with self._changed:
            edit.apply(self._lines)
            self._revision += 1
            self._note(edit)
            return self._revision

    def announce(self, digest: str, timeout: float) -> bool:
        """Write down that the file is about to get this content; True when that is durable."""
        with self._changed:
            save = SaveIntent(digest)
            self._saves.append(save)
            self._note(save)
        return self.sync(timeout)

    def saved(self, base: DraftFile, revision: int) -> None:
        """The file durably holds the text of this revision: the journal goes on from there."""
        with self._changed:
            self._base, self._saved_revision = base, revision
            self._begin_anew()

    def rebase(self, base: DraftFile, edits: Sequence[LineEdit], revision: int) -> bool:
        """Follow the file to what another program made of it, unless something was typed since.

        ``edits`` turn the text of ``revision`` into the one to go on with, which counts as saved
        when it is the file's.
        """
        with self._changed:
            if self._revision != revision:
                return False
            for edit in edits:
                edit.apply(self._lines)
            self._revision += 1
            self._base = base
            on_disk = base.digest is not None and self._lines == list(base.lines)
            self._saved_revision = self._revision if on_disk else -1
            self._begin_anew()
            return True

    def move(self, key: str, base: DraftFile, revision: int | None) -> None:
        """The draft has another file, which durably holds the text of this revision.

        None: the one that was saved last; only the name is another.
        """
        with self._changed:
            self._key = key
            self._base = base
            if revision is not None:
                self._saved_revision = revision
            self._begin_anew()

    def sync(self, timeout: float) -> bool:
        """Wait until everything recorded so far is durable; False when that takes longer."""
        with self._changed:
            ticket = self._awaited = self._ticket
            self._changed.notify_all()
        return self._flusher.wait_for(ticket, timeout)

    def close(self, timeout: float = 5.0) -> None:
        """Write what is left and stop; the files stay if there is unsaved text in them."""
        with self._changed:
            self._closing = True
            self._changed.notify_all()
        if self._writer is not None:
            self._writer.join(timeout)
        self._flusher.stop(timeout)

    def discard(self) -> None:
        """Stop and remove the journal: the writer does not want the text."""
        with self._changed:
            self._saved_revision = self._revision
            self._begin_anew()
        self.close()

    def _begin_anew(self) -> None:
        self._saves.clear()
        self._anew = True
        self._wake()

    def _note(self, event: LineEdit | SaveIntent) -> None:
        self._events.append(event)
        self._wake()

    def _wake(self) -> None:
        is_idle = self._written == self._ticket
        self._ticket += 1
        if self._writer is None:
            self._writer = threading.Thread(target=self._run, name="journal", daemon=True)
            self._writer.start()
        if is_idle:  # otherwise it writes already, or rests from writing
            self._changed.notify_all()

    def _run(self) -> None:
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._written < self._ticket or self._closing)
                if self._closing and (self._failing or self._written == self._ticket):
                    break
            self._failing = not self._write()
            with self._changed:
                pause = RETRY_SECONDS if self._failing else WRITE_SECONDS
                self._changed.wait_for(self._must_hurry, pause)
        self._files.leave()

    def _must_hurry(self) -> bool:
        """Somebody waits for what is not written yet; a folder that fails gets its rest."""
        return self._closing or (not self._failing and self._written < self._awaited)

    def _write(self) -> bool:
        """Bring the disk up to date; False when no folder takes it."""
        batch = self._next_batch()
        if batch.now is None:
            try:
                self._files.append(batch.events, batch.ticket)
            except OSError:
                batch = self._next_batch(anew=True)  # perhaps another folder has room
        if batch.now is not None and not self._write_anew(batch, batch.now):
            return False
        self._written = batch.ticket
        return True

    def _write_anew(self, batch: _Batch, now: Snapshot) -> bool:
        if self._key != self._written_key:
            self._written_key = self._key
            self._files.move(self._key)
        if not batch.unsaved:
            self._files.clear(batch.ticket)
            return True
        try:
            self._files.begin(now.base, now.lines, batch.saves, batch.ticket)
        except OSError as error:
            with self._changed:
                self._anew = True
            self._report(error)
            return False
        self._reported = False
        return True

    def _next_batch(self, *, anew: bool = False) -> _Batch:
        with self._changed:
            anew = anew or self._anew or self._files.full
            now = Snapshot(self._revision, self._base, self._lines.copy()) if anew else None
            events, self._events = self._events, []
            self._anew = False
            return _Batch(events, self._saves.copy(), now, self.unsaved, self._ticket)

    def _flush_failed(self, error: OSError, folder: Path) -> None:
        self._report(error)
        if self._files.avoid(folder):
            with self._changed:
                self._anew = True
                self._wake()

    def _report(self, error: OSError) -> None:
        """Tell once until a folder takes the journal again."""
        if not self._reported:
            self._reported = True
            self._on_error(from_os_error(error, self._base.path or Path("untitled"), _KEEP))
