"""From one store to another, such as from SQLite to PostgreSQL, in one transaction."""

import argparse
from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import Connection, Table, func, insert, select, text

from app.trackserver.admin import desk as desks
from app.trackserver.admin.desk import AdminError, Desk
from app.trackserver.store.database import Database
from app.trackserver.store.schema import metadata, publication, server

_ROWS = 5_000


def move(desk: Desk, arguments: argparse.Namespace) -> desks.Table:
    """``move``: everything or nothing; the old store is left as it is.

    The source cannot be written to meanwhile: a server that still runs on it keeps what comes in
    its spill file, and brings it to the old store.
    """
    target = Database(arguments.to, pool=2)
    if target.url == desk.database.url:
        raise AdminError("that is the same store")
    try:
        target.migrate()
        with desk.database.writing() as old, target.writing() as new:
            _refuse_unless_empty(new)
            rows = [(table.name, *_copy(old, new, table)) for table in metadata.sorted_tables]
            wrong = [name for name, before, after in rows if before != after]
            if wrong:
                raise AdminError(f"not all rows arrived, so nothing was moved: {', '.join(wrong)}")
            if not target.is_sqlite:
                _set_sequences(new)
    finally:
        target.close()
    moved = [(name, before) for name, before, _ in rows if before]
    said = "Moved, every table counted on both sides. Start the server with the new --database."
    return desks.Table(("table", "rows"), moved, said)


def _refuse_unless_empty(new: Connection) -> None:
    for table in (server, publication):
        if new.execute(select(func.count()).select_from(table)).scalar_one():
            raise AdminError("the new store is not empty; make a new database for it")


def _copy(old: Connection, new: Connection, table: Table) -> tuple[int, int]:
    """How many rows there were, and how many there are now."""
    for chunk in _chunks(old, table):
        if new.dialect.name == "postgresql":
            _copy_in(new, table, chunk)
        else:
            names = [column.name for column in table.columns]
            new.execute(insert(table), [dict(zip(names, row, strict=True)) for row in chunk])
    counted = select(func.count()).select_from(table)
    return old.execute(counted).scalar_one(), new.execute(counted).scalar_one()


def _chunks(old: Connection, table: Table) -> Iterator[Sequence[Any]]:
    result = old.execute(select(table), execution_options={"yield_per": _ROWS})
    yield from result.partitions()


def _copy_in(new: Connection, table: Table, rows: Sequence[Any]) -> None:
    names = ", ".join(f'"{column.name}"' for column in table.columns)
    raw: Any = new.connection.driver_connection
    with raw.cursor() as cursor, cursor.copy(f'COPY "{table.name}" ({names}) FROM STDIN') as copy:
        for row in rows:
            copy.write_row(row)


def _set_sequences(new: Connection) -> None:
    """New rows come after those that were copied."""
    for table in metadata.sorted_tables:
        column = table.autoincrement_column
        if column is None:
            continue
        new.execute(
            text(
                "SELECT setval(pg_get_serial_sequence(:table, :column),"  # noqa: S608 - our names
                f' (SELECT coalesce(max("{column.name}"), 0) + 1 FROM "{table.name}"), false)'
            ),
            {"table": table.name, "column": column.name},
        )
