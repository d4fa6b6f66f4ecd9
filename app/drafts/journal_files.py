"""The files of one journal: generations, in the first folder that takes them."""

import contextlib
import os
from collections.abc import Iterator, Sequence
from pathlib import Path

from app.drafts import atomic, records
from app.drafts.files import DraftFile
from app.drafts.flusher import Flush, Flusher
from app.drafts.records import DamagedJournal, Recovered, SaveIntent
from app.lines import LineEdit

COMPACT_BYTES = 4_000_000
_SUFFIX = ".journal"


class JournalFiles:
    """Appends to the current generation and begins new ones, for one thread at a time.

    A file is only ever appended to; a generation that failed half-way is never continued.
    """

    def __init__(self, key: str, folders: Sequence[Path], flusher: Flusher) -> None:
        self._key = key
        self._folders = tuple(folders)
        self._flusher = flusher
        self._superseded = [path for path, _ in generations(key, folders)]
        self._number = max((number for _, number in generations(key, folders)), default=0)
        self._path: Path | None = None
        self._descriptor = -1
        self._room = 0

    @property
    def full(self) -> bool:
        """Whether the next writing has to begin a new generation."""
        return self._path is None or self._room <= 0

    def append(self, events: Sequence[LineEdit | SaveIntent], ticket: int) -> None:
        """Add to the current generation; raises OSError when the disk did not take all of it."""
        data = b"".join(map(records.further, events))
        if self._path is None:
            raise OSError("no generation was begun")
        atomic.write_all(self._descriptor, data)
        self._room -= len(data)
        self._flush(self._path.parent, ticket, renamed=False)

    def begin(
        self, base: DraftFile, lines: Sequence[str], saves: Sequence[SaveIntent], ticket: int
    ) -> None:
        """Begin a new generation; raises the first folder's OSError when none takes it."""
        self.leave()
        self._number += 1
        data = records.opening(base, lines, saves, self._number)
        failures = []
        for folder in self._folders:
            path = folder / f"{self._key}.{self._number:08d}{_SUFFIX}"
            try:
                self._descriptor = _begin_file(path, data)
            except OSError as error:
                failures.append(error)
                continue
            self._path = path
            self._room = COMPACT_BYTES
            self._flush(folder, ticket, renamed=True)
            return
        raise failures[0]

    def clear(self, ticket: int) -> None:
        """Remove the journal, because the draft's file durably holds the text."""
        self.leave()
        folders = {path.parent for path in self._superseded}
        for path in self._superseded:
            _remove(path)
        self._superseded.clear()
        for folder in folders or {self._folders[0]}:
            self._flusher.request(Flush(None, folder, (), ticket))

    def move(self, key: str) -> None:
        """Go on under another key; what was written under the old one is superseded."""
        self.leave()
        self._key = key
        found = list(generations(key, self._folders))
        self._superseded += [path for path, _ in found]
        self._number = max([self._number, *(number for _, number in found)])

    def avoid(self, folder: Path) -> bool:
        """Give up a folder whose disk fails; False when there is no other left."""
        others = tuple(other for other in self._folders if other != folder)
        self._folders = others or self._folders
        return bool(others)

    def leave(self) -> None:
        """Let go of the current generation; its file stays until it is superseded."""
        if self._path is None:
            return
        self._superseded.append(self._path)
        self._path = None
        with contextlib.suppress(OSError):  # what counts was flushed through another descriptor
            os.close(self._descriptor)

    def _flush(self, folder: Path, ticket: int, *, renamed: bool) -> None:
        superseded, self._superseded = tuple(self._superseded), []
        self._flusher.request(Flush(self._descriptor, folder, superseded, ticket, renamed))


def generations(key: str, folders: Sequence[Path]) -> Iterator[tuple[Path, int]]:
    """The journal's files with their numbers, in no order."""
    for path, owner, number in _all_journals(folders):
        if owner == key:
            yield path, number


def recover(key: str, folders: Sequence[Path]) -> Recovered | None:
    """What the newest whole generation tells; None where there is none. Changes nothing."""
    found = sorted(generations(key, folders), key=lambda pair: -pair[1])
    for path, _ in found:
        with contextlib.suppress(OSError, DamagedJournal):  # an older generation has the text
            return records.recover(atomic.read_all(path))
    return None


def keys(folders: Sequence[Path]) -> set[str]:
    """The keys of all journals there are."""
    return {owner for _, owner, _ in _all_journals(folders)}


def _all_journals(folders: Sequence[Path]) -> Iterator[tuple[Path, str, int]]:
    for folder in folders:
        try:
            names = os.listdir(folder)  # noqa: PTH208
        except OSError:
            continue  # nothing was ever written there
        for name in names:
            key, _, number = name.removesuffix(_SUFFIX).rpartition(".")
            if name.endswith(_SUFFIX) and number.isdigit():
                yield folder / name, key, int(number)


def _begin_file(path: Path, data: bytes) -> int:
    """A new file with this content, open for more; raises OSError and leaves none otherwise."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    binary = getattr(os, "O_BINARY", 0)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND | binary, 0o600)
    try:
        atomic.write_all(descriptor, data)
    except OSError:
        os.close(descriptor)
        _remove(path)
        raise
    return descriptor


def _remove(path: Path) -> None:
    with contextlib.suppress(OSError):  # what stays is superseded: the next opening removes it
        path.unlink()
