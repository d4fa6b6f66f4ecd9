"""The file that outlives the app: links' states, overrides, what was handed over; by draft.

For any thread, and for several windows and commands at once. What was written is on the disk when
a method returns.
"""

import contextlib
import logging
import os
import sqlite3
import threading
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from app import paths
from app.linkcheck.store.database import OtherVersionError, companions, connect
from app.speech import say

log = logging.getLogger(__name__)

_VERSION = 1
_SCHEMA = """
CREATE TABLE IF NOT EXISTS link (       -- what the last check of an issue's link found
    draft TEXT NOT NULL, url TEXT NOT NULL,
    reason TEXT NOT NULL, checked_at REAL NOT NULL,
    threat TEXT, hop TEXT, until REAL,
    PRIMARY KEY (draft, url)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS event (      -- the issue's history; nothing is ever taken out of it
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    draft TEXT NOT NULL, at REAL NOT NULL, kind TEXT NOT NULL, body TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS event_draft ON event (draft, id);
CREATE TABLE IF NOT EXISTS handed (     -- what an account was last given of a draft
    draft TEXT NOT NULL, account TEXT NOT NULL, body TEXT NOT NULL,
    PRIMARY KEY (draft, account)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS picture (    -- where a picture's content is online
    account TEXT NOT NULL, digest TEXT NOT NULL, address TEXT NOT NULL,
    PRIMARY KEY (account, digest)
) WITHOUT ROWID;
"""
_BY_DRAFT = ("link", "event", "handed")

Statement = tuple[str, Sequence[object]]


class LedgerError(Exception):
    """The history of hand-overs cannot be read or written; ``str()`` is for the writer."""


class Ledger:
    """One connection to the file; close it. Raises LedgerError.

    Attributes:
        notice: What the writer should know of how the file was found; mostly empty.
    """

    def __init__(self, path: Path | None = None) -> None:
        self.path = path or ledger_file()
        self.notice = ""
        self._lock = threading.Lock()
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            self._connection = self._open()
        except (sqlite3.Error, OSError) as error:
            raise _failed(error) from error

    def close(self) -> None:
        """Give the file back."""
        with self._lock:
            self._connection.close()

    def rows(self, query: str, values: Sequence[object] = ()) -> list[Any]:
        """What a query finds."""
        with self._lock, _told():
            return self._connection.execute(query, values).fetchall()

    def write(self, *statements: Statement) -> None:
        """All of these, or nothing."""
        with self._lock, _told():
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                for statement, values in statements:
                    self._connection.execute(statement, values)
                self._connection.execute("COMMIT")
            except BaseException:
                with contextlib.suppress(sqlite3.Error):  # a full disk has undone it already
                    self._connection.execute("ROLLBACK")
                raise

    def rename(self, old: Path, new: Path) -> None:
        """The draft has another name now; what is kept of it comes along.

        Whatever had that name before is gone: what is kept of it makes room.
        """
        before, after = draft_key(old), draft_key(new)
        if before == after:
            return
        gone = f"{after} (until {datetime.now(UTC).isoformat(timespec='microseconds')})"
        moves = ((gone, after), (after, before))
        self.write(
            *(
                (f"UPDATE {table} SET draft = ? WHERE draft = ?", move)  # noqa: S608 - our names
                for move in moves
                for table in _BY_DRAFT
            )
        )

    def _open(self) -> sqlite3.Connection:
        try:
            return self._connect()
        except (sqlite3.OperationalError, OtherVersionError):
            raise  # busy, full, not allowed, or newer: nothing is wrong with the file
        except sqlite3.DatabaseError as error:
            log.warning("%s is damaged and is moved aside: %s", self.path.name, error)
        aside = self._move_aside()
        self.notice = say(
            "The history of what was handed over was damaged. It was moved aside to “{name}” in "
            "{folder}, and a new one begun: Sendoff no longer knows what was handed over or let "
            "through before.",
            name=aside.name,
            folder=aside.parent,
        )
        return self._connect()

    def _connect(self) -> sqlite3.Connection:
        connection = connect(self.path, _SCHEMA, _VERSION)
        try:
            # Each change reaches the disk at once: it must be known after a crash what a platform
            # was given, or it would be given it twice.
            connection.execute("PRAGMA synchronous = FULL")
            (found,) = connection.execute("PRAGMA quick_check(1)").fetchone()
            if found != "ok":
                raise sqlite3.DatabaseError(found)
        except BaseException:
            connection.close()
            raise
        return connection

    def _move_aside(self) -> Path:
        stamp = datetime.now(UTC).strftime("%Y%m%d-%H%M%S-%f")
        for file in companions(self.path):
            if file.exists():
                file.rename(file.with_name(f"{file.name}.damaged-{stamp}"))
        return self.path.with_name(f"{self.path.name}.damaged-{stamp}")


def ledger_file() -> Path:
    """Where it is."""
    return paths.data_dir() / "handover.sqlite3"


def draft_key(draft: Path) -> str:
    """What a draft is known by: its file, links in its path followed."""
    return os.path.realpath(draft)


@contextlib.contextmanager
def _told() -> Iterator[None]:
    try:
        yield
    except sqlite3.Error as error:
        raise _failed(error) from error


def _failed(error: sqlite3.Error | OSError) -> LedgerError:
    if isinstance(error, OtherVersionError):
        return LedgerError(
            say(
                "The history of what was handed over was written by a newer Sendoff. Update this "
                "one to hand over."
            )
        )
    code = getattr(error, "sqlite_errorcode", None)
    if code == sqlite3.SQLITE_BUSY:
        why = say("another window is writing it. Try again.")
    elif code in (sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR_WRITE):
        why = say("the disk is full, or refuses to be written. Make room and try again.")
    elif isinstance(error, OSError):
        why = f"{error.strerror or type(error).__name__}."
    else:
        why = f"{error}."
    return LedgerError(say("The history of what is handed over cannot be kept: {why}", why=why))
