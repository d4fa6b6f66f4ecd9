"""One database, SQLite or PostgreSQL, and what differs between them.

Everything else is written once, in SQLAlchemy's Core; callers run in threads.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, Engine, Table, create_engine, event, text
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import URL, make_url

MIGRATIONS = Path(__file__).parent / "migrations"

# SQLAlchemy's two dialects have an Insert of the same shape, without a common type.
Insert = sqlite.Insert | postgresql.Insert


class Database:
    """An open database.

    Args:
        url: ``sqlite:///PATH`` or ``postgresql://USER:PASSWORD@HOST/NAME``.
        pool: How many connections are kept; PostgreSQL only.
    """

    def __init__(self, url: str | URL, *, pool: int = 8) -> None:
        self.url = _with_driver(make_url(url))
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        self.engine = _sqlite(self.url) if self.is_sqlite else _postgresql(self.url, pool)

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A transaction that only reads; one consistent state."""
        options = {} if self.is_sqlite else {"isolation_level": "REPEATABLE READ"}
        with self.engine.connect().execution_options(**options) as connection, connection.begin():
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """A transaction that writes; on SQLite it is the only one until it ends."""
        with (
            self.engine.connect().execution_options(sendoff_writes=True) as connection,
            connection.begin(),
        ):
            yield connection

    def insert(self, table: Table) -> Any:
        """An INSERT that knows ``on_conflict_do_update`` and ``on_conflict_do_nothing``."""
        return sqlite.insert(table) if self.is_sqlite else postgresql.insert(table)

    def migrate(self) -> None:
        """Bring the schema to this version; safe with several processes at once."""
        config = Config()
        config.set_main_option("script_location", str(MIGRATIONS))
        with self.writing() as connection:
            if not self.is_sqlite:
                connection.execute(text("SELECT pg_advisory_xact_lock(7367)"))
            config.attributes["connection"] = connection
            command.upgrade(config, "head")

    def close(self) -> None:
        """Close every connection that is not in use."""
        self.engine.dispose()


@contextmanager
def overwriting(connection: Connection, database: Database) -> Iterator[None]:
    """Within the block SQLite writes zeros over what is deleted, instead of leaving it in the file
    until the place is needed. PostgreSQL's VACUUM frees places by itself, sooner or later.
    """
    if not database.is_sqlite:
        yield
        return
    connection.exec_driver_sql("PRAGMA secure_delete = ON").close()
    try:
        yield
    finally:
        connection.exec_driver_sql("PRAGMA secure_delete = OFF").close()


def is_overtaken(error: BaseException) -> bool:
    """Whether another transaction came between, and the same may well succeed now: a deadlock was
    ended by undoing this one, or what a new row refers to was erased meanwhile.
    """
    state = getattr(getattr(error, "orig", None) or error, "sqlstate", None)
    return state in ("40001", "40P01", "23503")


def is_away(error: BaseException) -> bool:
    """Whether a driver's own error says that the store cannot be used now."""
    return isinstance(error, sqlite3.OperationalError | psycopg.OperationalError)


def _with_driver(url: URL) -> URL:
    if url.drivername in {"postgresql", "postgres"}:
        return url.set(drivername="postgresql+psycopg")
    return url


def _sqlite(url: URL) -> Engine:
    engine = create_engine(url, connect_args={"timeout": 30})

    @event.listens_for(engine, "connect")
    def connected(connection: Any, _record: object) -> None:
        # Python's own transactions begin too late; we begin them below.
        connection.isolation_level = None
        connection.execute("PRAGMA journal_mode = WAL")
        # An answered hit outlives a power cut, not only our own end.
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute("PRAGMA trusted_schema = OFF")
        # SQLite's own knows only ASCII; PostgreSQL's knows every script.
        connection.create_function("lower", 1, _lower, deterministic=True)

    @event.listens_for(engine, "begin")
    def begun(connection: Connection) -> None:
        writes = connection.get_execution_options().get("sendoff_writes")
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    return engine


def _lower(text: object) -> object:
    return text.lower() if isinstance(text, str) else text


def _postgresql(url: URL, pool: int) -> Engine:
    return create_engine(
        url,
        pool_size=pool,
        max_overflow=0,
        pool_timeout=10,
        pool_pre_ping=True,
        pool_recycle=1800,
        # A server that fell silent is noticed in seconds, not in the system's quarter of an hour.
        connect_args={"connect_timeout": 5, "tcp_user_timeout": 10_000},
    )
