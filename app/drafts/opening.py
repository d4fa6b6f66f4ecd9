"""Opening a draft: the file, the journal of a session that did not end well, and the lock."""

import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from app.drafts import journal_files
from app.drafts.atomic import digest
from app.drafts.errors import DraftError, Trouble
from app.drafts.files import DraftFile, encode, read_draft
from app.drafts.journal import key_of
from app.drafts.lock import DraftLock
from app.drafts.merge import merge
from app.drafts.outside import Conflict
from app.drafts.records import Recovered
from app.drafts.storage import Storage

_UNTITLED = "untitled-"
_READER = "reader-"


@dataclass(frozen=True, slots=True)
class Unsaved:
    """A journal with text that is in no file yet; ``path`` is None for an untitled draft."""

    key: str
    path: Path | None
    lines: list[str] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Opened:
    """How a draft was found.

    ``recovered`` is its text where a journal told more than the file; ``outlived`` says that a
    journal is still there although the file has all of it.
    """

    key: str
    base: DraftFile
    recovered: list[str] | None
    outlived: bool
    conflict: Conflict | None
    lock: DraftLock
    read_only: bool


def open_draft(path: Path | None, key: str | None, storage: Storage) -> Opened:
    """Find out what there is; changes nothing but the lock. Raises DraftError."""
    key = key_of(path) if path is not None else key or _UNTITLED + os.urandom(8).hex()
    lock = DraftLock(storage.lock(key))
    read_only = not _acquire(lock)
    try:
        found = None if read_only else journal_files.recover(key, storage.journals)
        if path is None:
            base, lines, conflict = _untitled(found)
        else:
            base, lines, conflict = _reconcile(path, found)
    except DraftError:
        lock.release()
        raise
    if read_only:
        key = _READER + os.urandom(8).hex()  # the other window's journal is not ours to touch
    outlived = found is not None and lines is None
    return Opened(key, base, lines, outlived, conflict, lock, read_only)


def unsaved_drafts(storage: Storage) -> list[Unsaved]:
    """Drafts whose last session left text that is in no file, except those open elsewhere."""
    waiting = []
    for key in sorted(journal_files.keys(storage.journals)):
        lock = DraftLock(storage.lock(key))
        if not _acquire(lock):
            continue
        lock.release()
        found = journal_files.recover(key, storage.journals)
        if found is not None and _says_more(found):
            waiting.append(Unsaved(key, found.path, found.lines))
    return waiting


def _acquire(lock: DraftLock) -> bool:
    try:
        return lock.acquire()
    except OSError:
        return True  # no room for a lock: digests still keep two windows from overwriting


Found = tuple[DraftFile, list[str] | None, Conflict | None]


def _untitled(found: Recovered | None) -> Found:
    return DraftFile(), None if found is None else found.lines, None


def _reconcile(path: Path, found: Recovered | None) -> Found:
    """The text to go on with, from the file and from what the journal tells."""
    if found is None:
        return read_draft(path), None, None
    try:
        disk = read_draft(path)
    except DraftError as error:
        if error.trouble is not Trouble.MISSING or not _differs(found.lines, found.base):
            raise
        conflict = Conflict(found.base, found.lines, None, None, error)
        return found.base, found.lines, conflict
    if not _differs(found.lines, disk) or not _differs(found.lines, found.base):
        return disk, None, None
    if disk.digest == found.base.digest or disk.digest in found.saves:
        return disk, found.lines, None
    merged = merge(found.base.lines, found.lines, disk.lines)
    return found.base, found.lines, Conflict(found.base, found.lines, disk, merged)


def _says_more(found: Recovered) -> bool:
    if not _differs(found.lines, found.base):
        return False
    try:
        return found.path is None or _differs(found.lines, read_draft(found.path))
    except DraftError:
        return True


def _differs(lines: Sequence[str], stored: DraftFile) -> bool:
    return digest(encode(lines, stored)) != (stored.digest or digest(b""))
