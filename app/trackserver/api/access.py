"""What a key may see, and how things are called outside: public ids, times.

A key of one publication never sees another: for it there is no such thing (404), never a 403 that
would tell that there is one.
"""

import secrets
from base64 import b32decode, b32encode
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, Table, select, update

from app.trackserver.api.keys import Key
from app.trackserver.store.schema import issue, publication, server, subscriber
from app.trackserver.web.problems import Problem

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_FIRST = datetime.min.replace(tzinfo=UTC)
_LAST = datetime.max.replace(tzinfo=UTC, microsecond=999_000)


def new_id(prefix: str) -> str:
    """A public id that nobody has: 80 random bits."""
    return f"{prefix}_{_letters(secrets.token_bytes(10))}"


def event_id(number: int) -> str:
    """An event's public id."""
    return f"evt_{_letters(number.to_bytes(8, 'big'))}"


def subscriber_id(number: int) -> str:
    """A subscriber's public id."""
    return f"sub_{_letters(number.to_bytes(8, 'big'))}"


def subscriber_number(public_id: str) -> int | None:
    """The number behind a subscriber's public id; None where it is none."""
    mark, _, letters = public_id.partition("_")
    if mark != "sub" or len(letters) != 13 or not letters.isascii():
        return None
    try:
        number = int.from_bytes(b32decode(letters.upper() + "==="), "big")
    except ValueError:
        return None
    return number if subscriber_id(number) == public_id and number < 2**63 else None


def milliseconds(moment: datetime) -> int:
    """A time with its zone as it is stored."""
    return (moment - _EPOCH) // timedelta(milliseconds=1)


def moment(stored: int) -> datetime:
    """A stored time as it is published."""
    try:
        return _EPOCH + timedelta(milliseconds=stored)
    except OverflowError:
        return _FIRST if stored < 0 else _LAST


def optional_moment(stored: int | None) -> datetime | None:
    """The same for a time that may be missing."""
    return None if stored is None else moment(stored)


def epoch(connection: Connection) -> str:
    """The store's epoch: another one means that history is another."""
    return str(connection.execute(select(server.c.epoch)).scalar_one())


def publication_of(connection: Connection, key: Key, wanted: str | None) -> Row[Any]:
    """The publication that a request is about.

    Raises:
        Problem: 404 where the key has no such one; 409 where it has several and none is named.
    """
    query = select(publication)
    if key.publication_id is not None:
        query = query.where(publication.c.id == key.publication_id)
    if wanted is not None:
        query = query.where(publication.c.public_id == wanted)
    rows = connection.execute(query.limit(2)).all()
    if len(rows) == 1:
        return rows[0]
    if wanted is not None or key.publication_id is not None:
        raise Problem(404, detail="There is no such publication.")
    if not rows:
        raise Problem(409, "No publication", "Make a publication first.")
    raise Problem(
        409, "Which publication?", "This key serves several publications: name one.",
        code="which_publication",
    )  # fmt: skip


def issue_of(connection: Connection, key: Key, public_id: str) -> Row[Any]:
    """The issue of this id. Raises Problem 404 where the key has no such one."""
    which = (issue.c.public_id == public_id) & issue.c.deleted_at.is_(None)
    return _owned(connection, issue, which, key, "issue")


def subscriber_of(connection: Connection, key: Key, public_id: str) -> Row[Any]:
    """The subscriber of this id. Raises Problem 404 where the key has no such one."""
    number = subscriber_number(public_id)
    return _owned(connection, subscriber, subscriber.c.id == (number or 0), key, "subscriber")


def next_seq(connection: Connection, publication_id: int) -> int:
    """The next number of the publication's change feed.

    Held until the transaction ends, so that numbers are in the order of commits: to be called last.
    """
    return int(
        connection.execute(
            update(publication)
            .where(publication.c.id == publication_id)
            .values(seq=publication.c.seq + 1)
            .returning(publication.c.seq)
        ).scalar_one()
    )


def _owned(connection: Connection, table: Table, which: Any, key: Key, word: str) -> Row[Any]:
    query = select(table).where(which)
    if key.publication_id is not None:
        query = query.where(table.c.publication_id == key.publication_id)
    row = connection.execute(query).one_or_none()
    if row is None:
        raise Problem(404, detail=f"There is no such {word}.")
    return row


def _letters(raw: bytes) -> str:
    return b32encode(raw).decode("ascii").rstrip("=").lower()
