"""The local lists of hash prefixes, in SQLite: any size, one transaction for each difference.

Source of the rules: https://cloud.google.com/web-risk/docs/update-api. Nothing here holds the
interpreter for long in one piece, as a list has up to a million entries and the window is waiting.
"""

import logging
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from itertools import islice
from pathlib import Path

from app.linkcheck.reputation.webrisk.api import ThreatType
from app.linkcheck.store.database import companions, connect

log = logging.getLogger(__name__)

_VERSION = 1
_SCHEMA = """\
CREATE TABLE IF NOT EXISTS lists (
    id INTEGER PRIMARY KEY, threat TEXT UNIQUE NOT NULL, token TEXT NOT NULL,
    updated REAL NOT NULL, next REAL NOT NULL, sizes TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS prefixes (
    list INTEGER NOT NULL, hash BLOB NOT NULL, PRIMARY KEY (list, hash)
) WITHOUT ROWID"""
_BATCH = 2000


class ChecksumError(Exception):
    """After a difference the list is not what the server has; the list was left as it was."""


@dataclass(frozen=True, slots=True)
class Difference:
    """What changes in one list.

    ``removals`` are places in the old sorted list; ``additions`` come in any order. ``next`` is the
    Unix time before which nothing is to be asked.
    """

    threat: ThreatType
    is_reset: bool
    removals: Iterable[int]
    additions: Iterable[bytes]
    token: str
    checksum: bytes | None
    next: float


@dataclass(frozen=True, slots=True)
class ListState:
    """How a list stands: the server's name for it, and Unix times."""

    token: str = ""
    updated: float = 0.0
    next: float = 0.0
    sizes: tuple[int, ...] = ()


class PrefixStore:
    """The lists. Reading and updating may happen in different threads.

    Raises:
        OSError, sqlite3.Error: the file cannot be used; from every method.
    """

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._path = path
        try:
            self._reader = connect(path, _SCHEMA, _VERSION)
        except sqlite3.OperationalError:
            raise
        except sqlite3.DatabaseError as error:
            log.warning("Web Risk's local lists are begun anew: %s", error)
            for file in companions(path):
                file.unlink(missing_ok=True)
            self._reader = connect(path, _SCHEMA, _VERSION)
        self._states: dict[ThreatType, tuple[int, ListState]] = {}
        self._read_states()

    def state(self, threat: ThreatType) -> ListState:
        """How a list stands; all zero where there is none."""
        return self._states.get(threat, (0, ListState()))[1]

    def find(self, hashes: Sequence[bytes]) -> dict[bytes, set[ThreatType]]:
        """The prefixes of these hashes that are in a list, and in which."""
        found: dict[bytes, set[ThreatType]] = {}
        for threat, (number, state) in self._states.items():
            wanted = list({each[:size] for each in hashes for size in state.sizes})
            for start in range(0, len(wanted), _BATCH):
                batch = wanted[start : start + _BATCH]
                marks = ",".join("?" * len(batch))
                query = f"SELECT hash FROM prefixes WHERE list = ? AND hash IN ({marks})"  # noqa: S608 - only marks
                for (prefix,) in self._reader.execute(query, (number, *batch)):
                    found.setdefault(prefix, set()).add(threat)
        return found

    def apply(self, difference: Difference, now: float) -> int:
        """Change one list, removals before additions; gives how many entries it has.

        Raises:
            ChecksumError: the result is not what the server has; nothing was changed.
            ValueError: the difference makes no sense; nothing was changed.
        """
        connection = connect(self._path, _SCHEMA, _VERSION)
        try:
            connection.execute("BEGIN IMMEDIATE")
            try:
                number = _number(connection, difference.threat)
                if difference.is_reset:
                    connection.execute("DELETE FROM prefixes WHERE list = ?", (number,))
                else:
                    _remove(connection, number, difference.removals)
                _add(connection, number, difference.additions)
                count, checksum, sizes = _sum(connection, number)
                if difference.checksum is not None and checksum != difference.checksum:
                    raise ChecksumError
                connection.execute(
                    "UPDATE lists SET token = ?, updated = ?, next = ?, sizes = ? WHERE id = ?",
                    (difference.token, now, difference.next, ",".join(map(str, sizes)), number),
                )
            except BaseException:
                connection.execute("ROLLBACK")
                raise
            connection.execute("COMMIT")
        finally:
            connection.close()
        return count

    def refresh(self) -> None:
        """Take notice of what `apply` did; in the thread that reads."""
        self._read_states()

    def close(self) -> None:
        """Give the file back."""
        self._reader.close()

    def _read_states(self) -> None:
        query = "SELECT id, threat, token, updated, next, sizes FROM lists"
        for number, threat, token, updated, following, sizes in self._reader.execute(query):
            if threat in tuple(ThreatType):
                widths = tuple(int(size) for size in sizes.split(",") if size)
                state = ListState(token, updated, following, widths)
                self._states[ThreatType(threat)] = (number, state)


def _number(connection: sqlite3.Connection, threat: ThreatType) -> int:
    connection.execute("INSERT OR IGNORE INTO lists VALUES (NULL, ?, '', 0, 0, '')", (threat,))
    query = "SELECT id FROM lists WHERE threat = ?"
    (number,) = connection.execute(query, (threat,)).fetchone()
    return int(number)


def _remove(connection: sqlite3.Connection, number: int, removals: Iterable[int]) -> None:
    """Delete by place in the sorted list; all places are meant before anything is deleted."""
    places = iter(sorted(set(removals)))
    place = next(places, None)
    if place is None:
        return
    gone: list[bytes] = []
    query = "SELECT hash FROM prefixes WHERE list = ? ORDER BY hash"
    for at, (prefix,) in enumerate(connection.execute(query, (number,))):
        if at == place:
            gone.append(prefix)
            place = next(places, None)
            if place is None:
                break
    if place is not None:
        raise ValueError("a place beyond the end of the list")
    for batch in _batches(gone):
        rows = [(number, prefix) for prefix in batch]
        connection.executemany("DELETE FROM prefixes WHERE list = ? AND hash = ?", rows)


def _add(connection: sqlite3.Connection, number: int, additions: Iterable[bytes]) -> None:
    for batch in _batches(additions):
        rows = [(number, prefix) for prefix in batch]
        connection.executemany("INSERT OR REPLACE INTO prefixes VALUES (?, ?)", rows)


def _sum(connection: sqlite3.Connection, number: int) -> tuple[int, bytes, list[int]]:
    """How many entries a list has, its checksum, and the sizes of its prefixes."""
    query = "SELECT hash FROM prefixes WHERE list = ? ORDER BY hash"
    digest, count, sizes = sha256(), 0, set[int]()
    for batch in _batches(row[0] for row in connection.execute(query, (number,))):
        digest.update(b"".join(batch))
        sizes.update(map(len, batch))
        count += len(batch)
    return count, digest.digest(), sorted(sizes)


def _batches(items: Iterable[bytes]) -> Iterator[list[bytes]]:
    remaining = iter(items)
    while batch := list(islice(remaining, _BATCH)):
        yield batch
