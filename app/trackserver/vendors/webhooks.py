"""The webhooks that there are: found by the secret part of their path, their tokens taken once."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from sqlalchemy import Connection, Row, select, update
from sqlalchemy.exc import SQLAlchemyError

from app.trackserver.store.database import Database
from app.trackserver.store.schema import webhook, webhook_nonce
from app.trackserver.vendors.keys import Keys, read_keys, write_keys
from app.trackserver.words import Source

_FRESH = 10_000
_MOST_KNOWN = 4096


@dataclass(frozen=True, slots=True)
class Webhook:
    """One webhook that is in force."""

    id: int
    publication: int
    source: Source
    keys: Keys


class Webhooks:
    """Looks webhooks up; one that was seen is still known while the database is away."""

    def __init__(self) -> None:
        self._known: dict[bytes, tuple[Webhook, int]] = {}

    def find(self, database: Database, secret: str, now: int) -> Webhook | None:
        """The webhook whose path has ``secret``. Raises SQLAlchemyError where nothing is known."""
        digest = path_digest(secret)
        known = self._known.get(digest)
        if known is not None and 0 <= now - known[1] < _FRESH:
            return known[0]
        try:
            found = _read(database, digest)
        except SQLAlchemyError:
            if known is None:
                raise
            return known[0]
        if found is None:
            self._known.pop(digest, None)
            return None
        if len(self._known) >= _MOST_KNOWN:
            self._known.clear()
        self._known[digest] = (found, now)
        return found


def _read(database: Database, digest: bytes) -> Webhook | None:
    with database.reading() as connection:
        row = connection.execute(
            select(webhook).where(webhook.c.path_digest == digest, webhook.c.revoked_at.is_(None))
        ).one_or_none()
    if row is None:
        return None
    return Webhook(row.id, row.publication_id, Source(row.source), read_keys(row.proof))


def path_digest(secret: str) -> bytes:
    """What is stored of a path."""
    return sha256(secret.encode(errors="surrogatepass")).digest()


def make(
    connection: Connection, publication: int, source: Source, keys: Keys, now: int
) -> tuple[int, str]:
    """A new webhook: its number, and the secret of its path, which is never seen again."""
    secret = secrets.token_urlsafe(24)
    number = connection.execute(
        webhook.insert()
        .values(
            publication_id=publication,
            source=int(source),
            path_digest=path_digest(secret),
            proof=write_keys(keys),
            made_at=now,
        )
        .returning(webhook.c.id)
    ).scalar_one()
    return number, secret


def listed(connection: Connection) -> list[Row[Any]]:
    """Every webhook, revoked ones too."""
    return list(connection.execute(select(webhook).order_by(webhook.c.id)))


def change_keys(connection: Connection, number: int, change: Callable[[Keys], Keys]) -> Keys | None:
    """Change the keys of a webhook in force; the new ones, None where there is no such webhook."""
    row = connection.execute(
        select(webhook.c.proof).where(webhook.c.id == number, webhook.c.revoked_at.is_(None))
    ).one_or_none()
    if row is None:
        return None
    keys = change(read_keys(row.proof))
    connection.execute(update(webhook).where(webhook.c.id == number).values(proof=write_keys(keys)))
    return keys


def revoke(connection: Connection, number: int, now: int) -> bool:
    """End a webhook; False where there is none such."""
    found = connection.execute(
        update(webhook)
        .where(webhook.c.id == number, webhook.c.revoked_at.is_(None))
        .values(revoked_at=now)
    )
    return bool(found.rowcount)


def taken_with(database: Database, number: int, nonce: str) -> bytes | None:
    """The digest of the body that a token was taken with; None: it is new."""
    with database.reading() as connection:
        found: bytes | None = connection.execute(
            select(webhook_nonce.c.body).where(
                webhook_nonce.c.webhook_id == number, webhook_nonce.c.nonce == nonce
            )
        ).scalar_one_or_none()
    return found


def take(database: Database, number: int, nonce: str, body: bytes, now: int) -> None:
    """Remember a token with the digest of its body."""
    with database.writing() as connection:
        connection.execute(
            database.insert(webhook_nonce)
            .values(webhook_id=number, nonce=nonce, body=body, at=now)
            .on_conflict_do_nothing()
        )
