"""Items that could not be worked off: kept with their error, to be looked at and tried again."""

import logging
import os
from collections.abc import Sequence

from sqlalchemy import Connection, delete, insert

from app.trackserver.inbox import Kind
from app.trackserver.store.schema import inbox, set_aside

log = logging.getLogger(__name__)


def put_aside(connection: Connection, kind: Kind, body: bytes, error: str, now: int) -> None:
    """Keep an item: a batch of it alone, or one that could not be read at all."""
    log.warning("an item is set aside", extra={"kind": kind.name.lower()})
    connection.execute(insert(set_aside).values(kind=int(kind), body=body, error=error, at=now))


def retry(connection: Connection, numbers: Sequence[int] | None = None) -> int:
    """Put items back into the inbox: all, or these. How many."""
    # Taken out first: two who retry at once must not put the same item back twice.
    taken = delete(set_aside).returning(set_aside)
    if numbers is not None:
        taken = taken.where(set_aside.c.id.in_(numbers))
    rows = connection.execute(taken).all()
    for row in rows:
        connection.execute(
            insert(inbox).values(
                batch=os.urandom(16),
                kind=row.kind,
                body=row.body,
                items=1,
                attempts=0,
                not_before=0,
            )
        )
    return len(rows)
