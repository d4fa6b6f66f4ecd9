"""What ties an open text to its file: saving, and following what others do to the file.

Everything here happens at once, in the caller's thread, and may wait for the disk; ``keeper`` says
when.
"""

import os
import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from app.drafts import atomic, naming
from app.drafts.errors import ChangedOnDisk, DraftError, Trouble, from_os_error
from app.drafts.files import (
    DraftFile,
    encode,
    parse_draft,
    read_bytes,
    read_draft,
    stored_as,
    write_bytes,
    write_draft,
)
from app.drafts.history import History, Kind
from app.drafts.journal import Journal, Snapshot, key_of
from app.drafts.lock import DraftLock
from app.drafts.outside import Choice, Conflict, Outside, judge, take_theirs
from app.drafts.storage import Storage

_ANNOUNCE_SECONDS = 1.0

Signature = tuple[int, ...]


class Binding:
    """One open draft, its journal and its file. For one thread at a time, except ``adopt``.

    ``report`` is told what could not be kept although the draft itself is safe.
    """

    def __init__(
        self,
        path: Path | None,
        key: str,
        journal: Journal,
        lock: DraftLock,
        conflict: Conflict | None,
        storage: Storage,
        report: Callable[[DraftError], None],
    ) -> None:
        self.path = path
        self.key = key
        self.conflict = conflict
        self.journal = journal
        self._lock = lock
        self._storage = storage
        self._history = History(storage.history)
        self._report = report
        # Saves since the last good one, by digest: one that failed may be on disk all the same.
        self._attempts: dict[str, tuple[DraftFile, int]] = {}
        self._offer: Outside | None = None
        self._wants_theirs = False
        self._deciding = threading.Lock()  # between adopting and finding something new
        self._gone: DraftFile | None = None  # what the file was before it vanished
        self._known = self._seen = _signature(path)

    @property
    def waiting(self) -> bool:
        """Whether the file must not be written now: somebody has to answer first."""
        return self.conflict is not None or self._offer is not None

    def save(self) -> DraftFile:
        """Make the file hold the text; raises DraftError, ChangedOnDisk among them."""
        if self.path is None:
            raise naming.no_name()
        if self.waiting:
            raise ChangedOnDisk(self.path)
        now = self.journal.snapshot()
        if not self.journal.unsaved:
            return now.base
        if now.base.digest is not None:
            self._keep(encode(now.base.lines, now.base), Kind.FOUND)
        data = encode(now.lines, now.base)
        written = atomic.digest(data)
        attempt = stored_as(self.path, written, now.lines, now.base)
        self._attempts[written] = attempt, now.revision
        self.journal.announce(written, _ANNOUNCE_SECONDS)
        stored = write_bytes(self.path, data, now.lines, like=now.base, expect=now.base.digest)
        self._settle(stored, now.revision)
        self._keep(data, Kind.SAVED)
        return stored

    def tidy(self) -> None:
        """Remove what a killed save left beside the file, after keeping it as a version.

        In the worst moment that is another program's text; mostly it is a part of ours.
        """
        if self.path is None:
            return
        for leftover in atomic.leftovers(Path(os.path.realpath(self.path))):
            try:
                self._history.add(self._name, atomic.read_all(leftover), Kind.LEFTOVER)
                leftover.unlink()
            except OSError as error:
                raise from_os_error(error, self.path, "tidy up after") from error

    def prune_versions(self) -> None:
        """Thin out the versions of all drafts."""
        self._history.prune()

    def look(self) -> Outside | Conflict | None:
        """Whether another program did something to the file that somebody should hear of.

        A file that is just being written is left alone until it looks the same twice.
        """
        if self.path is None:
            return None
        now = _signature(self.path)
        settled, self._seen = now == self._seen, now
        if not settled or now == self._known:
            return self._offer_again()
        return self.examine()

    def examine(self) -> Outside | Conflict | None:
        """Compare the file with the open text; raises DraftError when it cannot be read."""
        if self.path is None:
            return None
        signature = _signature(self.path)
        now = self.journal.snapshot()
        try:
            disk = read_draft(self.path)
        except DraftError as error:
            self._known = self._seen = signature
            base = self._forget_file(now) if error.trouble is Trouble.MISSING else now.base
            return self._contend(Conflict(base, now.lines, None, None, error))
        self._known = self._seen = signature
        if self._gone is not None:
            now = self._remember_file(self._gone)
        if disk.digest == now.base.digest:
            self._offer = self.conflict = None
            return None
        if disk.digest in self._attempts:
            self._finish(self.path, *self._attempts[disk.digest])
            return None
        found = take_theirs(now, disk) if self._wants_theirs else judge(now, disk)
        if found is None:
            self._settle(stored_as(self.path, disk.digest or "", now.lines, now.base), now.revision)
            return None
        if isinstance(found, Conflict):
            return self._contend(found)
        self._keep(encode(now.lines, now.base), Kind.MINE)
        self._keep(encode(disk.lines, disk), Kind.THEIRS)
        with self._deciding:
            self._offer = found
        return found

    def adopt(self, offer: Outside) -> bool:
        """Go on with what ``offer`` says, unless something was typed since."""
        with self._deciding:
            taken = self.journal.rebase(offer.disk, offer.edits, offer.revision)
            if taken:
                self.conflict = None
                self._wants_theirs = False
            else:
                self._known = None  # look again and offer what fits now
            self._offer = None
        return taken

    def resolve(self, choice: Choice) -> Path | None:
        """Act on the writer's choice; the path of the new file when both are wanted.

        Taking theirs ends in an offer of the next ``look``.
        """
        conflict = self.conflict
        if conflict is None or self.path is None:
            return None
        now = self.journal.snapshot()
        self._keep(encode(now.lines, now.base), Kind.MINE)
        if choice is Choice.KEEP_MINE:
            self._keep_mine()
            return None
        copy = None
        if choice is Choice.BOTH:
            copy = naming.free_name(self.path, "my version")
            write_draft(copy, now.lines, like=now.base, expect=None)
        if conflict.theirs is not None:
            self._wants_theirs = True
            self._known = None
        return copy

    def save_as(self, path: Path, *, replace_existing: bool) -> DraftFile:
        """Save under another name and go on there; raises DraftError."""
        if self.path is not None and key_of(path) == self.key:
            return self.save()
        lock, key = self._lock_for(path)
        now = self.journal.snapshot()
        try:
            expect = atomic.digest(self._keep_existing(path)) if replace_existing else None
            stored = write_draft(path, now.lines, like=now.base, expect=expect)
        except DraftError:
            lock.release()
            raise
        if self.path is None:
            self._history.rename(self._name, naming.history_name(path))
        self._go_on_as(path, key, lock, stored, now.revision)
        self._keep(encode(now.lines, stored), Kind.SAVED)
        return stored

    def rename(self, path: Path) -> DraftFile:
        """Give the file another name; raises DraftError."""
        if self.path is None:
            return self.save_as(path, replace_existing=False)
        stored = replace(self.save(), path=path)
        if key_of(path) == self.key:
            return stored
        lock, key = self._lock_for(path)
        try:
            naming.rename_file(self.path, path)
        except DraftError:
            lock.release()
            raise
        self._history.rename(self._name, naming.history_name(path))
        self._go_on_as(path, key, lock, stored, None)
        return stored

    def keep_version(self, kind: Kind) -> None:
        """Keep the text as it is now as a version."""
        now = self.journal.snapshot()
        self._keep(encode(now.lines, now.base), kind)

    def release(self) -> None:
        """Let go of everything but the journal."""
        self._history.close()
        self._lock.release()

    @property
    def _name(self) -> str:
        return self.key if self.path is None else naming.history_name(self.path)

    def _settle(self, stored: DraftFile, revision: int) -> None:
        self._attempts.clear()
        self._gone = None
        self._offer = self.conflict = None
        self.journal.saved(stored, revision)
        self._known = self._seen = _signature(self.path)

    def _finish(self, path: Path, attempt: DraftFile, revision: int) -> None:
        """The content came to the disk although the save reported an error."""
        try:
            atomic.sync_folder(Path(os.path.realpath(path)).parent)
        except OSError as error:
            self._known = None
            raise from_os_error(error, path, "save") from error
        self._settle(attempt, revision)

    def _forget_file(self, now: Snapshot) -> DraftFile:
        """The file is gone: now the journal alone holds the text."""
        if now.base.digest is None:
            return now.base
        nothing = replace(now.base, lines=("",), digest=None, ends=None)
        if self.journal.rebase(nothing, (), now.revision):
            self._gone = now.base
        else:
            self._known = None  # typed meanwhile: look again
        return self.journal.base

    def _remember_file(self, gone: DraftFile) -> Snapshot:
        """The file is back: what it was is what both sides began from."""
        while not self.journal.rebase(gone, (), self.journal.revision):
            continue
        self._gone = None
        return self.journal.snapshot()

    def _offer_again(self) -> Outside | None:
        offer = self._offer
        if offer is not None and offer.revision != self.journal.revision:
            found = self.examine()
            return found if isinstance(found, Outside) else None
        return None

    def _contend(self, conflict: Conflict) -> Conflict | None:
        """Wait for the writer; None when this conflict was told before."""
        with self._deciding:
            if self.journal.base is not conflict.base:
                self._known = None  # an offer was adopted meanwhile: look again
                return None
            told, self.conflict = self.conflict, conflict
            self._offer = None
        same = told is not None and told.theirs == conflict.theirs
        if same and told is not None and (told.error is None) == (conflict.error is None):
            return None
        return conflict

    def _keep_mine(self) -> None:
        """Make the file on disk, whatever it is, the one that the next save replaces."""
        if self.path is None:
            return
        base = replace(self.journal.base, lines=("",), digest=None, ends=None)
        try:
            data = self._keep_existing(self.path)
            base = replace(base, digest=atomic.digest(data))
            base = parse_draft(data, self.path)
        except DraftError as error:
            if not error.can_convert and error.trouble is not Trouble.MISSING:
                raise
        while not self.journal.rebase(base, (), self.journal.revision):
            continue
        self._gone = None
        self.conflict = self._offer = None
        self._known = self._seen = _signature(self.path)

    def _keep_existing(self, path: Path) -> bytes:
        """The content of a file that is about to be replaced, after keeping it as a version."""
        data = read_bytes(path)
        self._keep(data, Kind.THEIRS, naming.history_name(path))
        return data

    def _go_on_as(
        self, path: Path, key: str, lock: DraftLock, stored: DraftFile, revision: int | None
    ) -> None:
        self._lock.release()
        self._lock = lock
        self.path, self.key = path, key
        self._offer = self.conflict = None
        self.journal.move(key, stored, revision)
        self._known = self._seen = _signature(path)

    def _lock_for(self, path: Path) -> tuple[DraftLock, str]:
        key = key_of(path)
        lock = DraftLock(self._storage.lock(key))
        try:
            if not lock.acquire():
                raise naming.open_elsewhere(path)
        except OSError as error:
            raise from_os_error(error, path, "save") from error
        return lock, key

    def _keep(self, data: bytes, kind: Kind, name: str | None = None) -> None:
        try:
            self._history.add(name or self._name, data, kind)
        except DraftError as error:
            self._report(error)


def _signature(path: Path | None) -> Signature | None:
    """What tells at a glance that a file is not the one of before; None where there is none."""
    if path is None:
        return None
    try:
        known = os.stat(path)  # noqa: PTH116
    except OSError:
        return ()
    return known.st_ino, known.st_size, known.st_mtime_ns, known.st_ctime_ns
