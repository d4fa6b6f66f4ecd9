"""What was answered while the store did not: kept on this machine's own disk until it does.

A small SQLite file, because it appends durably in groups, forgets a torn end by itself and can be
shared by the processes of one machine.
"""

import sqlite3
import threading
from collections.abc import Iterable, Sequence
from pathlib import Path

from app.trackserver.inbox import Kind
from app.trackserver.ingest.batches import Batch


class Spill:
    """An open spill file; may be used from several threads.

    Args:
        path: Made where it does not exist. One that cannot be read is put beside and begun anew.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lock = threading.Lock()
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        path.touch(mode=0o600)  # it holds addresses
        try:
            self._connection = _opened(path)
        except sqlite3.DatabaseError as error:
            if isinstance(error, sqlite3.OperationalError):
                raise
            path.rename(path.with_suffix(".damaged"))
            self._connection = _opened(path)

    def add(self, batches: Iterable[Batch]) -> None:
        """Keep these, durably. Raises sqlite3.Error or OSError (disk full, for one)."""
        rows = [(one.batch, one.kind, one.body, one.items) for one in batches]
        with self._lock, self._connection:
            self._connection.execute("BEGIN IMMEDIATE")
            self._connection.executemany("INSERT OR IGNORE INTO spilled VALUES (?, ?, ?, ?)", rows)

    def first(self, count: int) -> list[Batch]:
        """The oldest ``count`` batches."""
        with self._lock:
            rows = self._connection.execute(
                "SELECT batch, kind, body, items FROM spilled ORDER BY rowid LIMIT ?", (count,)
            ).fetchall()
        return [Batch(batch, Kind(kind), body, items) for batch, kind, body, items in rows]

    def remove(self, batches: Sequence[Batch]) -> None:
        """Forget these: the store has them."""
        with self._lock, self._connection:
            self._connection.execute("BEGIN IMMEDIATE")
            self._connection.executemany(
                "DELETE FROM spilled WHERE batch = ?", [(one.batch,) for one in batches]
            )

    def items(self) -> int:
        """How many items wait here."""
        with self._lock:
            count: int = self._connection.execute(
                "SELECT coalesce(sum(items), 0) FROM spilled"
            ).fetchone()[0]
        return count

    def close(self) -> None:
        """Close the file; what it holds stays."""
        with self._lock:
            self._connection.close()


def _opened(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path, check_same_thread=False, timeout=5, isolation_level=None)
    try:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute(
            "CREATE TABLE IF NOT EXISTS spilled"
            " (batch BLOB NOT NULL UNIQUE, kind INTEGER NOT NULL,"
            " body BLOB NOT NULL, items INTEGER NOT NULL)"
        )
    except BaseException:
        connection.close()
        raise
    return connection
