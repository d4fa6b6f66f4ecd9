"""PostgreSQL's partitions of the events, a month each: made before they are needed, dropped when
their events are gone.
"""

import re
from datetime import UTC, datetime

from sqlalchemy import Connection, text

from app.trackserver.store.database import Database

AHEAD = 3
"""Months, this one included."""

_LOCK = 7_368
_NAME = re.compile(r"event_\d{4}_\d{2}")
Month = tuple[int, int]


def make_partitions(database: Database, now: int, ahead: int = AHEAD) -> list[str]:
    """Make the partitions of this month and the next ones that are missing; their names.

    Events of such a month that came before its partition are moved into it.
    """
    if database.is_sqlite:
        return []
    moment = datetime.fromtimestamp(now / 1000, UTC)
    month = moment.year, moment.month
    made = []
    for _ in range(ahead):
        if _make(database, month):
            made.append(_name(month))
        month = _after(month)
    return made


def drop_empty_partitions(database: Database, before: int) -> list[str]:
    """Drop the partitions of months that ended before a time (milliseconds UTC) and of which no
    event is left; their names. What comes for such a month later goes to the partition for rest.
    """
    if database.is_sqlite:
        return []
    with database.reading() as connection:
        names = connection.scalars(
            text(
                "SELECT inhrelid::regclass::text FROM pg_inherits"
                " WHERE inhparent = 'event'::regclass"
            )
        ).all()
    months = [_month(name) for name in sorted(names) if _NAME.fullmatch(name)]
    old = [month for month in months if _start(_after(month)) <= before]
    return [_name(month) for month in old if _drop(database, _name(month))]


def _drop(database: Database, name: str) -> bool:
    with database.writing() as connection:
        connection.execute(text(f"SELECT pg_advisory_xact_lock({_LOCK})"))
        # Whoever waits for this lock holds up all others: rather try again another time.
        connection.execute(text("SET LOCAL lock_timeout = '1s'"))
        if _holds_any(connection, name):
            return False
        connection.exec_driver_sql("LOCK TABLE event IN ACCESS EXCLUSIVE MODE")
        if _holds_any(connection, name):
            return False
        connection.exec_driver_sql(f"DROP TABLE {name}")
    return True


def _holds_any(connection: Connection, name: str) -> bool:
    return bool(connection.scalar(text(f"SELECT EXISTS (SELECT FROM {name})")))  # noqa: S608


def _make(database: Database, month: Month) -> bool:
    name, start, end = _name(month), _start(month), _start(_after(month))
    with database.writing() as connection:
        connection.execute(text(f"SELECT pg_advisory_xact_lock({_LOCK})"))
        if connection.scalar(text("SELECT to_regclass(:name)"), {"name": name}) is not None:
            return False
        # Names and times are our own numbers; DDL takes no parameters.
        connection.exec_driver_sql(
            f"CREATE TABLE {name} (LIKE event INCLUDING DEFAULTS INCLUDING CONSTRAINTS)"
        )
        connection.exec_driver_sql("LOCK TABLE event_rest IN ACCESS EXCLUSIVE MODE")
        connection.exec_driver_sql(
            f"WITH moved AS (DELETE FROM event_rest WHERE at >= {start} AND at < {end}"  # noqa: S608
            f" RETURNING *) INSERT INTO {name} SELECT * FROM moved"
        )
        connection.exec_driver_sql(
            f"ALTER TABLE event ATTACH PARTITION {name} FOR VALUES FROM ({start}) TO ({end})"
        )
    return True


def _name(month: Month) -> str:
    return f"event_{month[0]:04d}_{month[1]:02d}"


def _month(name: str) -> Month:
    _, year, number = name.split("_")
    return int(year), int(number)


def _after(month: Month) -> Month:
    year, number = month
    return (year + 1, 1) if number == 12 else (year, number + 1)


def _start(month: Month) -> int:
    return int(datetime(*month, 1, tzinfo=UTC).timestamp()) * 1000
