"""The keeper of one open draft: journal, autosave, versions, and the eye on other programs.

The window reports each edit with ``edited``; everything else happens in a thread, which saves the
file within two seconds of a pause and at most ten seconds while the writer types on. Callbacks
come from that thread: hop to the window's own before touching it.
"""

import logging
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from app.drafts import naming
from app.drafts.binding import Binding
from app.drafts.errors import ChangedOnDisk, DraftError, Trouble
from app.drafts.files import DraftFile
from app.drafts.history import Kind
from app.drafts.journal import Journal
from app.drafts.opening import Opened, open_draft
from app.drafts.outside import Choice, Conflict, Outside
from app.drafts.storage import Storage
from app.lines import LineEdit

log = logging.getLogger(__name__)
T = TypeVar("T")

_LONGEST_RETRY = 30.0


def _ignore(_: object) -> None:
    """The callback of somebody who does not want to know."""


@dataclass(frozen=True, slots=True)
class Callbacks:
    """Who is told what, always from one of the keeper's threads.

    ``on_saved``: the file durably holds the text as it was a moment before. ``on_reloaded``:
    another program changed the file; see ``Outside``. ``on_conflict``: see ``Keeper.resolve``.
    ``on_settled``: the conflict went away by itself, for the file is as it was before.
    ``on_copied``: the writer's version went to this new file. ``on_error``: something could not be
    stored; told once for each kind of trouble until a save succeeds.
    """

    on_saved: Callable[[DraftFile], None] = _ignore
    on_reloaded: Callable[[Outside], None] = _ignore
    on_conflict: Callable[[Conflict], None] = _ignore
    on_settled: Callable[[DraftFile], None] = _ignore
    on_copied: Callable[[Path], None] = _ignore
    on_error: Callable[[DraftError], None] = _ignore


@dataclass(frozen=True, slots=True)
class Pace:
    """When the keeper acts, in seconds."""

    pause: float = 1.0  # without a key, until the file is saved
    longest: float = 8.0  # of typing without a pause, until the file is saved
    look: float = 1.0  # between looks at the file on disk
    look_while_unsaved: float = 0.25
    version: float = 300.0  # of editing that is not saved, until a version is kept
    retry: float = 2.0  # after a failed save, doubled up to half a minute


class Keeper:
    """What the window holds for an open draft.

    Methods are for any thread and do not wait for the disk, except where they say so.
    """

    def __init__(
        self,
        path: Path | None,
        opened: Opened,
        storage: Storage,
        *,
        callbacks: Callbacks,
        pace: Pace,
        autosave: bool,
    ) -> None:
        """For ``Keeper.open``."""
        self.read_only = opened.read_only
        self.recovered = opened.recovered is not None
        self.autosave = autosave
        self._callbacks = callbacks
        self._pace = pace
        self._journal = Journal(
            opened.key,
            storage.journals,
            opened.base,
            recovered=opened.recovered,
            on_error=self._report,
        )
        if opened.outlived:
            self._journal.saved(opened.base, self._journal.revision)
        self._binding = Binding(
            path, opened.key, self._journal, opened.lock, opened.conflict, storage, self._report
        )
        now = time.monotonic()
        self._last_edit = now
        self._first_unsaved = now
        self._last_version = now
        self._retry_at = 0.0
        self._retry_after = pace.retry
        self._told: set[Trouble] = set()
        self._pruned = False
        self._tasks: list[Callable[[], None]] = []
        self._changed = threading.Condition()
        self._closing = False
        self._thread = threading.Thread(target=self._run, name="keeper", daemon=True)

    @classmethod
    def open(
        cls,
        path: Path | None = None,
        *,
        key: str | None = None,
        storage: Storage | None = None,
        callbacks: Callbacks | None = None,
        pace: Pace | None = None,
        autosave: bool = True,
    ) -> "Keeper":
        """Open a draft, or a new one without a name; raises DraftError. Reads the file.

        ``key`` names an untitled draft of an earlier session (``opening.unsaved_drafts``). The
        text is the journal's when that tells more than the file (``recovered``); when the file
        was changed meanwhile as well, ``conflict`` holds both and autosave waits for ``resolve``.
        A draft that is open in another window opens ``read_only``.
        """
        storage = storage or Storage.default()
        keeper = cls(
            path,
            open_draft(path, key, storage),
            storage,
            callbacks=callbacks or Callbacks(),
            pace=pace or Pace(),
            autosave=autosave,
        )
        keeper._thread.start()
        return keeper

    @property
    def path(self) -> Path | None:
        """The draft's file; None until an untitled draft is saved under a name."""
        return self._binding.path

    @property
    def key(self) -> str:
        """The name of the draft's journal; an untitled draft is opened again with it."""
        return self._binding.key

    @property
    def lines(self) -> list[str]:
        """A copy of the text."""
        return self._journal.snapshot().lines

    @property
    def base(self) -> DraftFile:
        """The draft as it is on disk, as far as the keeper knows."""
        return self._journal.base

    @property
    def unsaved(self) -> bool:
        """Whether there is text that is not in the file yet."""
        return self._journal.unsaved

    @property
    def conflict(self) -> Conflict | None:
        """The conflict that waits for the writer's choice."""
        return self._binding.conflict

    def edited(self, edit: LineEdit) -> None:
        """The writer changed the text. For the window's thread; costs microseconds."""
        if self.read_only:
            raise naming.open_elsewhere(self.path)
        now = time.monotonic()
        if not self._journal.unsaved:
            self._first_unsaved = now
        self._last_edit = now
        self._journal.record(edit)

    def adopt(self, offer: Outside) -> bool:
        """Take over what another program wrote to the file.

        True: the keeper has it; now apply ``offer.edits`` to the editor, in order, without
        reporting them as ``edited``. False: something was typed since; an offer that fits follows.
        """
        return self._binding.adopt(offer)

    def resolve(self, choice: Choice) -> "Future[None]":
        """Decide a conflict. Both versions are in the history whatever the choice."""
        return self._submit(lambda: self._resolve(choice))

    def save(self) -> "Future[DraftFile]":
        """Save now; the future raises DraftError."""
        return self._submit(self._save)

    def save_as(self, path: Path, *, replace_existing: bool = False) -> "Future[DraftFile]":
        """Save under another name and go on there; a replaced file is kept as a version."""
        return self._submit(lambda: self._binding.save_as(path, replace_existing=replace_existing))

    def rename(self, path: Path) -> "Future[DraftFile]":
        """Give the file another name; its versions come along."""
        return self._submit(lambda: self._binding.rename(path))

    def flush(self, timeout: float = 10.0) -> DraftFile:
        """Save and wait for it; raises DraftError, or TimeoutError when the disk hangs."""
        return self.save().result(timeout)

    def keep_version(self) -> "Future[None]":
        """Keep the text as a version now."""
        return self._submit(lambda: self._binding.keep_version(Kind.SNAPSHOT))

    def close(self, timeout: float = 10.0) -> bool:
        """Save what can be saved and stop; waits for the disk.

        False when there is text that is in no file: it stays in the journal, and the next
        ``open`` (for an untitled draft with its ``key``) brings it back.
        """
        if self.path is not None and self.conflict is None and self.unsaved:
            try:
                self.flush(timeout)
            except (DraftError, TimeoutError):
                log.warning("A draft was closed before it could be saved; its journal stays.")
        self._stop(timeout)
        if self.path is None and self.lines == [""]:
            self._journal.discard()
        else:
            self._journal.close(timeout)
        self._binding.release()
        return not self.unsaved

    def discard(self, timeout: float = 10.0) -> None:
        """Close and drop what is unsaved, which stays among the versions; waits for the disk."""
        if self.unsaved:
            self.keep_version().result(timeout)
        self._stop(timeout)
        self._journal.discard()
        self._binding.release()

    def _submit(self, task: Callable[[], T]) -> "Future[T]":
        future: Future[T] = Future()

        def perform() -> None:
            try:
                result = task()
            except BaseException as error:  # noqa: BLE001 - whoever asked gets it
                future.set_exception(error)
            else:
                future.set_result(result)

        with self._changed:
            if self._closing:
                raise RuntimeError("the draft was closed")
            self._tasks.append(perform)
            self._changed.notify_all()
        return future

    def _stop(self, timeout: float) -> None:
        with self._changed:
            self._closing = True
            self._changed.notify_all()
        self._thread.join(timeout)

    def _run(self) -> None:
        if not self.read_only:
            self._guarded(self._binding.tidy)
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._tasks or self._closing, self._rest())
                tasks, self._tasks = self._tasks, []
            for task in tasks:
                task()
            if self._closing and not tasks:
                return
            self._guarded(self._look)
            self._guarded(self._save_when_due)
            self._guarded(self._keep_version_when_due)

    def _rest(self) -> float:
        return self._pace.look_while_unsaved if self.unsaved else self._pace.look

    def _guarded(self, step: Callable[[], None]) -> None:
        """Whatever goes wrong in one step, the keeper keeps watch."""
        try:
            step()
        except DraftError as error:
            self._report(error)
        except Exception:
            log.exception("The keeper of a draft met a mistake of the program.")

    def _look(self) -> None:
        had_conflict = self.conflict is not None
        found = self._binding.look()
        self._tell(found)
        if had_conflict and found is None and self.conflict is None:
            self._told.clear()
            self._callbacks.on_settled(self.base)

    def _tell(self, found: Outside | Conflict | None) -> None:
        if isinstance(found, Outside):
            self._callbacks.on_reloaded(found)
        elif found is not None:
            if found.error is not None:
                self._report(found.error)
            self._callbacks.on_conflict(found)

    def _save_when_due(self) -> None:
        now = time.monotonic()
        if not self.autosave or not self.unsaved or self.path is None or self.read_only:
            return
        if self._binding.waiting or now < self._retry_at:
            return
        paused = now - self._last_edit >= self._pace.pause
        if paused or now - self._first_unsaved >= self._pace.longest:
            try:
                self._save()
            except ChangedOnDisk:
                return  # told already, by an offer or as a conflict
            except DraftError:
                self._retry_at = time.monotonic() + self._retry_after
                self._retry_after = min(2 * self._retry_after, _LONGEST_RETRY)
                raise

    def _save(self) -> DraftFile:
        began = time.monotonic()
        try:
            stored = self._binding.save()
        except DraftError as error:
            if error.trouble not in (Trouble.CHANGED_ON_DISK, Trouble.MISSING):
                raise
            self._tell(self._binding.examine())
            if self._binding.waiting:
                raise
            stored = self._binding.save()  # it was our own save that had ended in an error
        self._first_unsaved = self._last_version = began
        self._retry_at, self._retry_after = 0.0, self._pace.retry
        self._told.clear()
        self._callbacks.on_saved(stored)
        if not self._pruned:
            self._pruned = True
            self._guarded(self._binding.prune_versions)
        return stored

    def _resolve(self, choice: Choice) -> None:
        copy = self._binding.resolve(choice)
        if copy is not None:
            self._callbacks.on_copied(copy)
        if choice is Choice.KEEP_MINE:
            self._save()
        else:
            self._tell(self._binding.examine())

    def _keep_version_when_due(self) -> None:
        now = time.monotonic()
        if not self.unsaved:
            self._last_version = now
        elif now - self._last_version >= self._pace.version:
            self._last_version = now
            self._binding.keep_version(Kind.SNAPSHOT)

    def _report(self, error: DraftError) -> None:
        if error.trouble not in self._told:
            self._told.add(error.trouble)
            self._callbacks.on_error(error)
