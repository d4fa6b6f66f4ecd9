"""Batches of the inbox: claimed so that no two workers have the same, worked off, done."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, bindparam, delete, select, update

from app.trackserver.inbox import Kind
from app.trackserver.store.database import Database
from app.trackserver.store.schema import inbox, inbox_done

# Put together once: each IN leaves garbage behind.
_REMOVE = delete(inbox).where(inbox.c.id.in_(bindparam("numbers", expanding=True)))


@dataclass(frozen=True, slots=True)
class Claimed:
    """A row of the inbox that is ours until the transaction ends."""

    id: int
    batch: bytes
    kind: Kind
    body: bytes
    items: int
    attempts: int


def claim(
    connection: Connection, database: Database, now: int, rows: int, only: int | None = None
) -> list[Claimed]:
    """The oldest batches that no other worker has; ``only`` asks for one of them by its id."""
    query = (
        select(inbox.c.id, inbox.c.batch, inbox.c.kind, inbox.c.body, inbox.c["items"],
               inbox.c.attempts)
        .where(inbox.c.not_before <= now)
        .order_by(inbox.c.id)
        .limit(rows)
    )  # fmt: skip
    if only is not None:
        query = query.where(inbox.c.id == only)
    if not database.is_sqlite:
        query = query.with_for_update(skip_locked=True)
    return [
        Claimed(row.id, bytes(row.batch), Kind(row.kind), bytes(row.body), row[4], row.attempts)
        for row in connection.execute(query)
    ]


def finish(
    connection: Connection, database: Database, claimed: Sequence[Claimed], now: int
) -> list[Claimed]:
    """Take batches out of the inbox; those of them that were never worked off before.

    A web process that did not hear of its commit may bring a batch again after it was done.
    """
    connection.execute(_REMOVE, {"numbers": [one.id for one in claimed]})
    fresh = connection.scalars(
        database.insert(inbox_done).on_conflict_do_nothing().returning(inbox_done.c.batch),
        [{"batch": one.batch, "at": now} for one in claimed],
    )
    new = {bytes(batch) for batch in fresh}
    return [one for one in claimed if one.batch in new]


def postpone(connection: Connection, number: int, now: int) -> None:
    """Try a batch again later: after 1, 2, 4, ... at most 300 seconds."""
    attempts = connection.scalar(select(inbox.c.attempts).where(inbox.c.id == number)) or 0
    wait = min(1_000 << min(attempts, 9), 300_000)
    connection.execute(
        update(inbox)
        .where(inbox.c.id == number)
        .values(attempts=min(attempts + 1, 1_000), not_before=now + wait)
    )
