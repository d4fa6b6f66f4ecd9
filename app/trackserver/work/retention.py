"""What is deleted when: addresses first, then events, so that in the end only figures stay."""

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Connection, Table, delete, func, select, tuple_, update

from app.trackserver.store.database import Database
from app.trackserver.store.schema import (
    day_salt,
    erased_key,
    inbox_done,
    issue,
    page_visit,
    recipient,
    set_aside,
    setting,
    webhook_nonce,
)
from app.trackserver.store.schema import event as event_table
from app.trackserver.work.bulk import bulk
from app.trackserver.work.issues import issues_of, next_seqs
from app.trackserver.work.partitions import drop_empty_partitions
from app.trackserver.work.rerun import rerun

DAY = 86_400_000
ADDRESS_DAYS = 30
EVENT_DAYS = 400
_DONE_DAYS = 30
"""So long a web process may bring a batch again that it does not know the end of."""
_NONCE_DAYS = 7
_LATEST_DAYS = 400
"""So long after its registration an issue may be sent."""
_ROWS = 10_000


@dataclass(frozen=True, slots=True)
class Retention:
    """How long things are kept, in days."""

    address_days: int = ADDRESS_DAYS
    """Full addresses; also whole items that were set aside, which may hold them."""
    event_days: int = EVENT_DAYS
    """Events of an issue, from its sending, or from its registration where that was later; then
    it is closed and its figures are final.
    """

    def forget_before(self, now: int) -> int:
        """Events before this time keep no address."""
        return now - self.address_days * DAY


def retention(connection: Connection, address_days: int = ADDRESS_DAYS) -> Retention:
    """What an administrator set, else the defaults.

    Args:
        address_days: The default of this process's settings.
    """
    rows = connection.execute(select(setting.c.name, setting.c.value)).all()
    stored = {row.name: int(row.value) for row in rows if row.name in _NAMES}
    return Retention(stored.get("address_days", address_days), stored.get("event_days", EVENT_DAYS))


def set_retention(connection: Connection, database: Database, wanted: Retention) -> None:
    """Store what shall hold for every process from now on."""
    if wanted.address_days < 0 or wanted.event_days < 1:
        raise ValueError("days must not be negative, and events stay for a day at least")
    for name in _NAMES:
        statement = database.insert(setting).values(name=name, value=str(getattr(wanted, name)))
        connection.execute(
            statement.on_conflict_do_update(
                index_elements=[setting.c.name], set_={"value": statement.excluded.value}
            )
        )


_NAMES = ("address_days", "event_days")


def retain(database: Database, now: int, address_days: int = ADDRESS_DAYS) -> None:
    """Delete whatever has been kept long enough."""
    with database.reading() as connection:
        wanted = retention(connection, address_days)
    forget_addresses(database, wanted.forget_before(now))
    for number in _outlived(database, now - wanted.event_days * DAY):
        close(database, number, now)
    _delete_events_of_closed(database)
    day = now // DAY
    for table, condition in (
        (inbox_done, inbox_done.c.at < now - _DONE_DAYS * DAY),
        (webhook_nonce, webhook_nonce.c.at < now - _NONCE_DAYS * DAY),
        (set_aside, set_aside.c.at < wanted.forget_before(now)),
        (erased_key, erased_key.c.at < now - wanted.event_days * DAY),
        (page_visit, page_visit.c.day < day - 1),
        (day_salt, day_salt.c.day < day - 1),
    ):
        _prune(database, table, condition)
    drop_empty_partitions(database, now - wanted.event_days * DAY)


def forget_addresses(database: Database, before: int) -> None:
    """Empty the full addresses of events before a time; a day at once, not to hold up others."""
    table = event_table.c
    for start, end in _days(database, before):
        with database.writing() as connection:
            connection.execute(
                update(event_table)
                .where(table.at >= start, table.at < end, table.address.is_not(None))
                .values(address=None)
            )
            _remember(connection, database, end)


def _days(database: Database, before: int) -> Iterator[tuple[int, int]]:
    """The days since the last time up to ``before``; whatever comes later has no address."""
    with database.reading() as connection:
        stored = connection.scalar(select(setting.c.value).where(setting.c.name == _FORGOTTEN))
        start = int(stored) if stored else connection.scalar(select(func.min(event_table.c.at)))
    while start is not None and start < before:
        end = min(start + DAY, before)
        yield start, end
        start = end


_FORGOTTEN = "addresses_forgotten_before"


def _remember(connection: Connection, database: Database, before: int) -> None:
    statement = database.insert(setting).values(name=_FORGOTTEN, value=str(before))
    connection.execute(
        statement.on_conflict_do_update(
            index_elements=[setting.c.name], set_={"value": statement.excluded.value}
        )
    )


def _outlived(database: Database, before: int) -> list[int]:
    with database.reading() as connection:
        return list(
            connection.scalars(
                select(issue.c.id).where(
                    issue.c.closed_at.is_(None),
                    # An old issue that is brought in late is counted all the same.
                    issue.c.made_at < before,
                    # A sending that lies far ahead, by mistake, keeps nothing for ever.
                    (func.coalesce(issue.c.sent_at, issue.c.made_at) < before)
                    | (issue.c.made_at < before - _LATEST_DAYS * DAY),
                )
            )
        )


def close(database: Database, number: int, now: int) -> None:
    """Make an issue's figures final: later hits are redirected, and no longer counted."""
    rerun(database, number)
    with database.writing() as connection:
        bulk(connection, database).keep(number)
        next_seqs(connection, issues_of(connection, [number]), [number])
        connection.execute(update(issue).where(issue.c.id == number).values(closed_at=now))


def _delete_events_of_closed(database: Database) -> None:
    """In portions; also what an interrupted run left."""
    with database.reading() as connection:
        closed = list(
            connection.scalars(
                select(issue.c.id).where(
                    issue.c.closed_at.is_not(None),
                    select(event_table.c.id).where(event_table.c.issue_id == issue.c.id).exists()
                    | select(recipient.c.issue_id)
                    .where(recipient.c.issue_id == issue.c.id)
                    .exists(),
                )
            )
        )
    for number in closed:
        _prune(database, event_table, event_table.c.issue_id == number)
        _prune(database, recipient, recipient.c.issue_id == number)


def _prune(database: Database, table: Table, condition: ColumnElement[bool]) -> None:
    key = tuple_(*table.primary_key.columns)
    chunk = select(*table.primary_key.columns).where(condition).limit(_ROWS)
    while True:
        with database.writing() as connection:
            deleted = connection.execute(delete(table).where(key.in_(chunk)))
        if deleted.rowcount < _ROWS:
            return
