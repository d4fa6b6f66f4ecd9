"""Putting batches into the inbox table, over a connection of our own."""

from collections.abc import Iterable
from typing import Any

from app.trackserver.ingest.batches import Batch
from app.trackserver.store.database import Database

# A batch may come twice: when nobody heard whether its first commit held.
_INSERT = (
    "INSERT INTO inbox (batch, kind, body, items, attempts, not_before)"
    " SELECT {0}, {0}, {0}, {0}, 0, 0"
    " WHERE NOT EXISTS (SELECT 1 FROM inbox_done WHERE batch = {0})"
    " ON CONFLICT (batch) DO NOTHING"
)


class Store:
    """Writes batches; connects when it must, and again after an error. For one thread.

    The raw driver is used: this is the one statement that everything waits for.

    Args:
        patience: Seconds that a commit may wait for another writer (SQLite) or for the server's
            answer (PostgreSQL) before it fails.
    """

    def __init__(self, database: Database, patience: float) -> None:
        self._database = database
        self._patience = round(patience * 1000)
        self._insert = _INSERT.format("?" if database.is_sqlite else "%s")
        self._connection: Any = None

    def put(self, batches: Iterable[Batch]) -> None:
        """Store these with one commit. Raises the driver's errors; nothing is stored then,
        or it is not known.
        """
        rows = [(one.batch, int(one.kind), one.body, one.items, one.batch) for one in batches]
        try:
            connection = self._connection or self._connected()
            if len(rows) == 1:  # commits by itself: one round trip
                connection.execute(self._insert, rows[0])
            else:
                connection.execute("BEGIN")
                for row in rows:
                    connection.execute(self._insert, row)
                connection.execute("COMMIT")
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """Give the connection up."""
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()

    def _connected(self) -> Any:
        pooled = self._database.engine.raw_connection()
        connection: Any = pooled.driver_connection
        pooled.detach()  # ours from now on
        self._connection = connection
        if self._database.is_sqlite:
            connection.execute(f"PRAGMA busy_timeout = {self._patience}")
        else:
            connection.autocommit = True
            connection.execute(f"SET statement_timeout = {max(self._patience, 1000)}")
        return connection
