"""Putting batches into the inbox table, over a connection of our own."""

from collections.abc import Sequence
from typing import Any

import psycopg
from psycopg import pq

from app.trackserver.ingest.batches import Batch
from app.trackserver.store.database import Database

# A batch may come twice: when nobody heard whether its first commit held.
_INSERT = (
    "INSERT INTO inbox (batch, kind, body, items, attempts, not_before)"
    " SELECT {0}, {1}, {2}, {3}, 0, 0"
    " WHERE NOT EXISTS (SELECT 1 FROM inbox_done WHERE batch = {0})"
    " ON CONFLICT (batch) DO NOTHING"
)
_SQLITE = _INSERT.format("?1", "?2", "?3", "?4")
_POSTGRESQL = _INSERT.format("$1::bytea", "$2::smallint", "$3::bytea", "$4::integer").encode()
_NAME = b"inbox_insert"
_FORMATS = [pq.Format.BINARY, pq.Format.TEXT, pq.Format.BINARY, pq.Format.TEXT]


class Store:
    """Writes batches; connects when it must, and again after an error. For one thread.

    The raw driver is used, and for PostgreSQL the C library below it: this is the one statement
    that everything waits for, and one call of C waits without Python's interpreter lock.

    Args:
        patience: Seconds that a commit may wait for another writer (SQLite) or for the server's
            answer (PostgreSQL) before it fails.
    """

    def __init__(self, database: Database, patience: float) -> None:
        self._database = database
        self._patience = round(patience * 1000)
        self._put = _put_sqlite if database.is_sqlite else _put_postgresql
        self._connection: Any = None

    def put(self, batches: Sequence[Batch]) -> None:
        """Store these with one commit. Raises the driver's errors; nothing is stored then,
        or it is not known.
        """
        try:
            connection = self._connection or self._connected()
            if len(batches) == 1:  # commits by itself: one round trip
                self._put(connection, batches[0])
            else:
                connection.execute("BEGIN")
                for batch in batches:
                    self._put(connection, batch)
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
            _check(connection.pgconn.prepare(_NAME, _POSTGRESQL))
        return connection


def _put_sqlite(connection: Any, one: Batch) -> None:
    connection.execute(_SQLITE, (one.batch, int(one.kind), one.body, one.items))


def _put_postgresql(connection: Any, one: Batch) -> None:
    values = [one.batch, b"%d" % one.kind, one.body, b"%d" % one.items]
    _check(connection.pgconn.exec_prepared(_NAME, values, _FORMATS))


def _check(result: pq.abc.PGresult) -> None:
    if result.status != pq.ExecStatus.COMMAND_OK:
        raise psycopg.errors.error_from_result(result)
