"""The sync's side of the store: pages in, each in one transaction with the marks it leads to."""

import sqlite3
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from app.engagement.model import Page
from app.engagement.store import rows
from app.engagement.store.schema import StoreError, connect, store_file
from app.speech import say

LOST_AT_SERVER = 2
_AT_ONCE = 20


class OtherSyncError(Exception):
    """Another window or command synced the same account meanwhile: what it stored holds."""


@dataclass(frozen=True, slots=True)
class Target:
    """A generation that pages go into.

    Attributes:
        live: Whether reports show it; otherwise it is a full resync that is not whole yet.
        epoch: The history that its rows belong to; None before the server told one.
    """

    account: str
    generation: int
    live: bool
    epoch: str | None
    revision: int
    marks: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Status:
    """How an account's sync stands. Times are ours, milliseconds, except ``as_of``: the server's.

    Attributes:
        state: A word of ``sync.state.State``.
        message: In plain words; empty where all is well.
        synced_at: When the last sync was whole: how old figures are counts from here.
        clock_off: Milliseconds that the server's clock is ahead of ours.
        retry_at: Before this nobody asks again without being told to.
        failures: In a row.
    """

    account: str
    state: str
    message: str = ""
    tried_at: int = 0
    synced_at: int | None = None
    as_of: int | None = None
    clock_off: int | None = None
    retry_at: int | None = None
    failures: int = 0


class Store:
    """The file, open for writing. Methods may be called from any thread, one at a time runs.

    Args:
        path: The file; a damaged one is put aside and begun anew, as all of it can be synced again.
    """

    def __init__(self, path: Path | None = None) -> None:
        self.path = path or store_file()
        self.put_aside: Path | None = None
        self._lock = threading.Lock()
        try:
            self._connection = connect(self.path)
        except sqlite3.DatabaseError:
            self.put_aside = _put_aside(self.path)
            self._connection = connect(self.path)

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self._connection.close()

    def target(self, account: str) -> Target:
        """Where the account's next pages go: into a full resync that was begun, else what is live
        (made where there is none).
        """
        with self._writing() as connection:
            found = self._find(connection, account)
            if found is None:
                connection.execute("INSERT INTO generation (account, live) VALUES (?, 1)",
                                   (account,))  # fmt: skip
                found = self._find(connection, account)
            if found is None:
                raise AssertionError("a generation that was just made is gone")
            return found

    def commit(self, target: Target, page: Page) -> Target:
        """Store a page with its marks.

        Raises:
            OtherSyncError: another sync wrote since ``target`` was read; nothing was stored.
            StoreError: the disk is full or the file cannot be written; nothing was stored.
        """
        with self._writing() as connection:
            changed = connection.execute(
                "UPDATE generation SET revision = revision + 1, epoch = coalesce(?, epoch)"
                " WHERE id = ? AND revision = ? AND live = ?",
                (page.epoch, target.generation, target.revision, int(target.live)),
            )
            if changed.rowcount != 1:
                raise OtherSyncError
            rows.apply(connection, target.generation, page.records)
            _set_marks(connection, target.generation, page.marks)
        marks = {**target.marks, **page.marks}
        return replace(
            target,
            revision=target.revision + 1,
            epoch=page.epoch or target.epoch,
            marks={name: value for name, value in marks.items() if value},
        )

    def begin_again(self, target: Target) -> Target:
        """Begin a full resync: beside what is live, or in place of one that was begun."""
        with self._writing() as connection:
            connection.execute(
                "UPDATE generation SET live = -1 WHERE account = ? AND live = 0", (target.account,)
            )
            connection.execute(
                "INSERT INTO generation (account, live) VALUES (?, 0)", (target.account,)
            )
            found = self._find(connection, target.account)
            if found is None:
                raise AssertionError("a generation that was just made is gone")
            return found

    def make_live(self, target: Target) -> Target:
        """A full resync is whole: show it instead of what was live, at once. Issues that the server
        no longer has are kept and marked.
        """
        with self._writing() as connection:
            changed = connection.execute(
                "UPDATE generation SET revision = revision + 1 WHERE id = ? AND revision = ?"
                " AND live = 0",
                (target.generation, target.revision),
            )
            if changed.rowcount != 1:
                raise OtherSyncError
            new, account = target.generation, target.account
            connection.execute(
                "UPDATE issue SET generation = ?1,"
                " deleted = CASE deleted WHEN 0 THEN ?3 ELSE deleted END"
                " WHERE generation IN (SELECT id FROM generation WHERE account = ?2 AND live = 1)"
                " AND version >= 0 AND id NOT IN (SELECT id FROM issue WHERE generation = ?1)",
                (new, account, LOST_AT_SERVER),
            )
            connection.execute(
                "UPDATE generation SET live = -1 WHERE account = ? AND live = 1", (account,)
            )
            connection.execute("UPDATE generation SET live = 1 WHERE id = ?", (new,))
        return replace(target, live=True, revision=target.revision + 1)

    def forget_account(self, account: str) -> None:
        """The account was removed: delete what was synced from it."""
        with self._writing() as connection:
            connection.execute("UPDATE generation SET live = -1 WHERE account = ?", (account,))
            for table in ("status", "match"):
                connection.execute(f"DELETE FROM {table} WHERE account = ?", (account,))  # noqa: S608
        while self.sweep():
            pass

    def sweep(self) -> bool:
        """Delete a part of what no generation shows any more; whether there may be further ones."""
        with self._writing() as connection:
            old = connection.execute("SELECT id FROM generation WHERE live = -1").fetchone()
            if old is None:
                return False
            numbers = connection.execute(
                "SELECT number FROM issue WHERE generation = ? LIMIT ?", (*old, _AT_ONCE)
            ).fetchall()
            for table in ("link", "point", "event"):
                connection.executemany(f"DELETE FROM {table} WHERE issue = ?", numbers)  # noqa: S608
            connection.executemany("DELETE FROM issue WHERE number = ?", numbers)
            if not numbers:
                for table in ("mark", "forgotten"):
                    connection.execute(f"DELETE FROM {table} WHERE generation = ?", old)  # noqa: S608
                connection.execute("DELETE FROM generation WHERE id = ?", old)
            return True

    def status(self, account: str) -> Status | None:
        """How the account's sync stands; None before the first."""
        with self._lock:
            found = self._connection.execute(
                "SELECT account, state, message, tried_at, synced_at, as_of, clock_off, retry_at,"
                " failures FROM status WHERE account = ?",
                (account,),
            ).fetchone()
        return None if found is None else Status(*found)

    def set_status(self, status: Status) -> None:
        """Keep how it stands."""
        with self._writing() as connection:
            connection.execute(
                "INSERT OR REPLACE INTO status (account, state, message, tried_at, synced_at,"
                " as_of, clock_off, retry_at, failures) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (status.account, status.state, status.message, status.tried_at, status.synced_at,
                 status.as_of, status.clock_off, status.retry_at, status.failures),
            )  # fmt: skip

    def _find(self, connection: sqlite3.Connection, account: str) -> Target | None:
        row = connection.execute(
            "SELECT id, live, epoch, revision FROM generation WHERE account = ? AND live >= 0"
            " ORDER BY live LIMIT 1",
            (account,),
        ).fetchone()
        if row is None:
            return None
        generation, live, epoch, revision = row
        marks = dict(
            connection.execute("SELECT name, value FROM mark WHERE generation = ?", (generation,))
        )
        return Target(account, generation, bool(live), epoch, revision, marks)

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        with self._lock:
            connection = self._connection
            try:
                connection.execute("BEGIN IMMEDIATE")
                try:
                    yield connection
                    connection.execute("COMMIT")
                except BaseException:
                    if connection.in_transaction:
                        connection.execute("ROLLBACK")
                    raise
            except sqlite3.Error as error:
                raise _told(error) from error


def _told(error: sqlite3.Error) -> StoreError:
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    words = {
        sqlite3.SQLITE_FULL: say("The disk is full. What was stored before holds."),
        sqlite3.SQLITE_BUSY: say(
            "Another window is writing figures just now. Try again in a moment."
        ),
        sqlite3.SQLITE_READONLY: say("The figures' file cannot be written."),
        sqlite3.SQLITE_CORRUPT: say(
            "The figures' file is damaged. It is begun anew at the next start."
        ),
    }
    return StoreError(words.get(code, say("Figures could not be stored. What was stored holds.")))


def _set_marks(connection: sqlite3.Connection, generation: int, marks: Mapping[str, str]) -> None:
    gone = [(generation, name) for name, value in marks.items() if not value]
    kept = [(generation, name, value) for name, value in marks.items() if value]
    connection.executemany("DELETE FROM mark WHERE generation = ? AND name = ?", gone)
    connection.executemany("INSERT OR REPLACE INTO mark VALUES (?, ?, ?)", kept)


def _put_aside(path: Path) -> Path:
    aside = path.with_name(f"{path.name}.damaged-{time.time_ns()}")
    path.rename(aside)
    for ending in ("-wal", "-shm"):
        path.with_name(path.name + ending).unlink(missing_ok=True)
    return aside
