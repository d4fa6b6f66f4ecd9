"""Opens the small SQLite files of this room: one way, the durable one."""

import logging
import sqlite3
import time
from datetime import UTC, datetime
from pathlib import Path

log = logging.getLogger(__name__)

_PATIENCE = 2.0
"""Seconds to wait for another window or process that holds the file."""


class OtherVersionError(sqlite3.DatabaseError):
    """The file was written by another version of the app."""


def connect(path: Path | str, schema: str, version: int) -> sqlite3.Connection:
    """Open or create a database that several threads and processes may use.

    Args:
        path: the file, or ``":memory:"``.
        schema: ``CREATE TABLE IF NOT EXISTS`` statements.
        version: of the schema, kept in the file.

    Raises:
        sqlite3.DatabaseError: the file is damaged, cannot be opened or written, or has another
            version (`OtherVersionError`).
    """
    deadline = time.monotonic() + _PATIENCE
    while True:
        try:
            return _connect(path, schema, version)
        except sqlite3.OperationalError as error:
            # Two that make a new file write-ahead at once: one is told "locked" without a wait.
            if error.sqlite_errorcode != sqlite3.SQLITE_BUSY or time.monotonic() > deadline:
                raise
        time.sleep(0.02)


def _connect(path: Path | str, schema: str, version: int) -> sqlite3.Connection:
    connection = sqlite3.connect(
        path, timeout=_PATIENCE, isolation_level=None, check_same_thread=False, cached_statements=32
    )
    try:
        # Write-ahead: readers never wait for a writer, and a crash loses no committed row but the
        # last ones. https://www.sqlite.org/wal.html
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = NORMAL")
        (found,) = connection.execute("PRAGMA user_version").fetchone()
        if found not in (0, version):
            raise OtherVersionError(f"version {found}")
        connection.executescript(schema)
        # Always: a file that can only be read shows itself by a write, and by nothing else.
        connection.execute(f"PRAGMA user_version = {version}")
    except BaseException:
        connection.close()
        raise
    return connection


def connect_or_move_aside(
    path: Path, schema: str, version: int, *, look_closely: bool = False
) -> sqlite3.Connection:
    """As `connect`, for what must never be lost: each change reaches the disk at once.

    A damaged file is moved aside, never deleted, and begun anew. ``look_closely`` reads all of it
    first: right for a small file.
    """
    try:
        database = connect(path, schema, version)
        try:
            if look_closely:
                _look_closely(database)
        except BaseException:
            database.close()
            raise
        database.execute("PRAGMA synchronous = FULL")
    except sqlite3.OperationalError:
        raise
    except sqlite3.DatabaseError as error:
        log.warning("%s is damaged and was moved aside: %s", path.name, error)
        stamp = datetime.now(UTC).strftime("%Y%m%d-%H%M%S")
        for file in companions(path):
            if file.exists():
                file.rename(file.with_name(f"{file.name}.damaged-{stamp}"))
        return connect(path, schema, version)
    return database


def _look_closely(database: sqlite3.Connection) -> None:
    found = [row[0] for row in database.execute("PRAGMA quick_check(1)")]
    if found != ["ok"]:
        raise sqlite3.DatabaseError(found[0])


def companions(path: Path) -> tuple[Path, ...]:
    """The database file and what SQLite keeps beside it."""
    return (path, path.with_name(path.name + "-wal"), path.with_name(path.name + "-shm"))
