"""Every saved version of every draft, kept outside the writer's folder.

One SQLite database: a version is a list of chunks, cut at lines by their content, so that the next
version of a long draft costs only the paragraphs that changed; chunks are compressed and kept
once. SQLite gives what loose files would not: a version and its chunks appear together or not at
all, and lists and pruning are one query. It holds versions only: neither drafts nor journals
depend on it, and a damaged one is set aside, not repaired in place.
"""

import contextlib
import sqlite3
import threading
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from pathlib import Path

from app.drafts.atomic import digest
from app.drafts.diff import Hunk, hunks
from app.drafts.errors import DraftError, Trouble
from app.drafts.files import DraftFile, parse_draft

_SMALL, _LARGE = 1_024, 16_384  # bytes of a chunk, but for a longer line
_CUT = 8  # between them one line in so many ends a chunk

_TABLES = """
CREATE TABLE IF NOT EXISTS chunk (digest BLOB PRIMARY KEY, data BLOB NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS version (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    draft TEXT NOT NULL, saved_at INTEGER NOT NULL, kind TEXT NOT NULL,
    size INTEGER NOT NULL, digest TEXT NOT NULL, chunks BLOB NOT NULL);
CREATE INDEX IF NOT EXISTS version_draft ON version (draft, id);
"""


class Kind(StrEnum):
    """Why a version was kept."""

    FOUND = "found"  # as it was on disk before the app changed it
    SAVED = "saved"
    SNAPSHOT = "snapshot"
    MINE = "mine"  # before another program's text was taken
    THEIRS = "theirs"  # another program's text
    DELETED = "deleted"
    LEFTOVER = "leftover"  # from a save that was killed half-way


@dataclass(frozen=True, slots=True)
class Version:
    """A kept version; ``size`` in bytes, ``saved_at`` in UTC."""

    id: int
    draft: str
    saved_at: datetime
    kind: Kind
    size: int
    digest: str


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two versions' lines and where they differ, for showing side by side."""

    old: list[str]
    new: list[str]
    hunks: list[Hunk]


class History:
    """The versions of all drafts in one database. For any thread; raises DraftError."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._guard = threading.RLock()
        self._connection: sqlite3.Connection | None = None
        self._is_closed = False

    def add(
        self, draft: str, data: bytes, kind: Kind = Kind.SAVED, *, now: datetime | None = None
    ) -> bool:
        """Keep a version; False when the draft's newest version has the same content."""
        content = digest(data)
        with self._database() as database:
            newest = database.execute(
                "SELECT digest FROM version WHERE draft = ? ORDER BY id DESC LIMIT 1", (draft,)
            ).fetchone()
            if newest is not None and newest[0] == content:
                return False
            names = b"".join(_keep_chunk(database, chunk) for chunk in _chunks(data))
            when = int((now or datetime.now(UTC)).timestamp() * 1000)
            database.execute(
                "INSERT INTO version (draft, saved_at, kind, size, digest, chunks)"
                " VALUES (?, ?, ?, ?, ?, ?)",
                (draft, when, kind, len(data), content, names),
            )
        return True

    def versions(self, draft: str) -> list[Version]:
        """The draft's versions, the newest first."""
        with self._database() as database:
            rows = database.execute(
                "SELECT id, draft, saved_at, kind, size, digest FROM version"
                " WHERE draft = ? ORDER BY id DESC",
                (draft,),
            ).fetchall()
        return [_version(row) for row in rows]

    def drafts(self) -> list[str]:
        """The names of all drafts that have versions, deleted ones included."""
        with self._database() as database:
            rows = database.execute(
                "SELECT draft FROM version GROUP BY draft ORDER BY max(id) DESC"
            )
            return [draft for (draft,) in rows]

    def read(self, version: Version) -> bytes:
        """The version's bytes as they were in the file; raises DraftError when damaged."""
        with self._database() as database:
            row = database.execute(
                "SELECT chunks FROM version WHERE id = ?", (version.id,)
            ).fetchone()
            names: bytes = row[0] if row else b""
            parts = [
                database.execute(
                    "SELECT data FROM chunk WHERE digest = ?", (names[at : at + 16],)
                ).fetchone()
                for at in range(0, len(names), 16)
            ]
        data = b"".join(zlib.decompress(part[0]) for part in parts if part)
        if digest(data) != version.digest:
            raise _failed("This version is damaged.")
        return data

    def open(self, version: Version) -> DraftFile:
        """The version as a draft: its lines, for looking at it or restoring it."""
        return parse_draft(self.read(version))

    def compare(self, old: Version, new: Version) -> Comparison:
        """Where two versions differ, line by line."""
        before, after = list(self.open(old).lines), list(self.open(new).lines)
        return Comparison(before, after, hunks(before, after))

    def rename(self, old: str, new: str) -> None:
        """The draft has another name now; its versions come along."""
        with self._database() as database:
            database.execute("UPDATE version SET draft = ? WHERE draft = ?", (new, old))

    def prune(self, *, now: datetime | None = None) -> int:
        """Thin out old versions and return how many went.

        All of the last day stay, then the last of each hour for a week, of each day for 60 days,
        of each week for 26 weeks, of each month for ever; a draft's newest always stays.
        """
        moment = now or datetime.now(UTC)
        with self._database() as database:
            rows = database.execute("SELECT id, draft, saved_at FROM version ORDER BY id DESC")
            kept: set[tuple[str, str]] = set()
            going = []
            for identity, draft, saved_at in rows.fetchall():
                slot = draft, _slot(_time(saved_at), moment, identity)
                newest = (draft, "") not in kept
                if slot in kept and not newest:
                    going.append((identity,))
                kept |= {slot, (draft, "")}
            if going:
                database.executemany("DELETE FROM version WHERE id = ?", going)
                _drop_unused_chunks(database)
        return len(going)

    def close(self) -> None:
        """Let go of the database; whoever still asks, in a thread, opens it for that moment."""
        with self._guard:
            self._is_closed = True
            self._disconnect()

    def _disconnect(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    @contextlib.contextmanager
    def _database(self) -> Iterator[sqlite3.Connection]:
        """A transaction: all of the block is kept, or nothing."""
        with self._guard:
            try:
                if self._connection is None:
                    self._connection = _connect(self._path)
                with self._connection:
                    self._connection.execute("BEGIN IMMEDIATE")
                    yield self._connection
            except (sqlite3.Error, zlib.error, OSError) as error:
                self._disconnect()
                raise _failed("The versions of your drafts cannot be kept right now.") from error
            finally:
                if self._is_closed:
                    self._disconnect()


def _connect(path: Path) -> sqlite3.Connection:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    try:
        return _open(path)
    except sqlite3.DatabaseError as error:
        if isinstance(error, sqlite3.OperationalError):
            raise  # busy, full, not allowed: nothing is wrong with the database itself
        _set_aside(path)
        return _open(path)


def _open(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path, timeout=5, isolation_level=None, check_same_thread=False)
    try:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        connection.executescript(_TABLES)
    except sqlite3.Error:
        connection.close()
        raise
    return connection


def _set_aside(path: Path) -> None:
    """A damaged database is kept for rescue, and a new one begins."""
    stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%S%f")
    for suffix in ("", "-wal", "-shm"):
        part = path.with_name(path.name + suffix)
        if part.exists():
            part.rename(path.with_name(f"{path.name}.damaged-{stamp}{suffix}"))


def _keep_chunk(database: sqlite3.Connection, chunk: bytes) -> bytes:
    name = bytes.fromhex(digest(chunk))
    known = database.execute("SELECT 1 FROM chunk WHERE digest = ?", (name,)).fetchone()
    if known is None:
        database.execute("INSERT INTO chunk VALUES (?, ?)", (name, zlib.compress(chunk)))
    return name


def _chunks(data: bytes) -> Iterator[bytes]:
    """The data cut after lines that their own content marks, so that equal parts cut equally."""
    start = end = 0
    for line in data.splitlines(keepends=True):
        end += len(line)
        size = end - start
        if size >= _LARGE or (size >= _SMALL and zlib.crc32(line) % _CUT == 0):
            yield data[start:end]
            start = end
    if start < end or not data:
        yield data[start:]


def _slot(saved_at: datetime, now: datetime, identity: int) -> str:
    """Of the versions with the same slot only the last one stays."""
    age = now - saved_at
    if age < timedelta(days=1):  # the future too: the clock was wrong then or is now
        return str(identity)
    if age < timedelta(days=7):
        return saved_at.strftime("%Y-%m-%d %H")
    if age < timedelta(days=60):
        return saved_at.strftime("%Y-%m-%d")
    if age < timedelta(weeks=26):
        return saved_at.strftime("%G week %V")
    return saved_at.strftime("%Y-%m")


def _drop_unused_chunks(database: sqlite3.Connection) -> None:
    used: set[bytes] = set()
    for (names,) in database.execute("SELECT chunks FROM version"):
        used.update(names[at : at + 16] for at in range(0, len(names), 16))
    unused = [
        (name,) for (name,) in database.execute("SELECT digest FROM chunk") if name not in used
    ]
    database.executemany("DELETE FROM chunk WHERE digest = ?", unused)


def _version(row: tuple[int, str, int, str, int, str]) -> Version:
    identity, draft, saved_at, kind, size, content = row
    return Version(identity, draft, _time(saved_at), Kind(kind), size, content)


def _time(milliseconds: int) -> datetime:
    return datetime.fromtimestamp(milliseconds / 1000, UTC)


def _failed(message: str) -> DraftError:
    return DraftError(
        Trouble.HISTORY_FAILED, None, message, "Your drafts themselves are not affected."
    )
