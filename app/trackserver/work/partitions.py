"""PostgreSQL's partitions of the events, a month each, made before they are needed."""

from datetime import UTC, datetime

from sqlalchemy import text

from app.trackserver.store.database import Database

AHEAD = 3
"""Months, this one included."""

_LOCK = 7_368
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


def _after(month: Month) -> Month:
    year, number = month
    return (year + 1, 1) if number == 12 else (year, number + 1)


def _start(month: Month) -> int:
    return int(datetime(*month, 1, tzinfo=UTC).timestamp()) * 1000
