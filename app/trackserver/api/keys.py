"""API keys: made, recognised, kept as hashes, revoked.

``sendoff_`` + 40 random characters of base 62 (238 bits) + 6 of a CRC-32 of both, so that a secret
scanner or a typing mistake is recognised without a look into the store. Only the SHA-256 is kept: a
fast hash is right for a secret that nobody can guess.
"""

import secrets
from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum
from hashlib import sha256
from hmac import compare_digest
from typing import Any
from zlib import crc32

from sqlalchemy import Connection, Row, or_, select, update

from app.trackserver.store.schema import api_key

MARK = "sendoff_"
PREFIX_LENGTH = len(MARK) + 8
_ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_SECRET_LENGTH = 40
_CHECKSUM_LENGTH = 6
_USED_EVERY = 60_000


class Scope(StrEnum):
    """What a key may do."""

    READ = "read"
    WRITE = "write"
    ADMIN = "admin"
    """Keys, publications and domains; includes read and write."""
    LINK_CHECK = "link-check"
    REPUTATION = "reputation"


@dataclass(frozen=True, slots=True)
class Key:
    """A key that is valid now; ``publication_id`` None: it serves the whole server."""

    id: int
    publication_id: int | None
    scopes: frozenset[Scope]

    def may(self, scope: Scope) -> bool:
        """Whether the key has ``scope``."""
        includes = scope in (Scope.READ, Scope.WRITE) and Scope.ADMIN in self.scopes
        return scope in self.scopes or includes


def new_key() -> str:
    """A key that nobody has yet."""
    head = MARK + "".join(secrets.choice(_ALPHABET) for _ in range(_SECRET_LENGTH))
    return head + _checksum(head)


def is_well_formed(text: str) -> bool:
    """Whether ``text`` can be a key: right mark, length, characters and checksum."""
    if len(text) != len(MARK) + _SECRET_LENGTH + _CHECKSUM_LENGTH or not text.startswith(MARK):
        return False
    head, checksum = text[:-_CHECKSUM_LENGTH], text[-_CHECKSUM_LENGTH:]
    return text.isascii() and compare_digest(_checksum(head), checksum)


def digest(text: str) -> bytes:
    """What is stored of a key."""
    return sha256(text.encode()).digest()


def make(
    connection: Connection,
    *,
    name: str,
    scopes: Collection[Scope],
    publication_id: int | None,
    now: int,
    expires_at: int | None = None,
) -> tuple[int, str]:
    """Store a new key; its number and the key itself, which is never seen again."""
    text = new_key()
    row_id = connection.execute(
        api_key.insert()
        .values(
            prefix=text[:PREFIX_LENGTH],
            digest=digest(text),
            publication_id=publication_id,
            name=name,
            scopes=" ".join(sorted(scopes)),
            made_at=now,
            expires_at=expires_at,
        )
        .returning(api_key.c.id)
    ).scalar_one()
    return row_id, text


def find(connection: Connection, text: str, now: int) -> tuple[Key, bool] | None:
    """The valid key that ``text`` is, and whether its use should be noted; None if it is none."""
    if not is_well_formed(text):
        return None
    row = connection.execute(select(api_key).where(api_key.c.digest == digest(text))).one_or_none()
    if row is None or row.revoked_at is not None:
        return None
    if row.expires_at is not None and row.expires_at <= now:
        return None
    scopes = frozenset(Scope(word) for word in row.scopes.split())
    stale = row.used_at is None or row.used_at < now - _USED_EVERY
    return Key(row.id, row.publication_id, scopes), stale


def note_use(connection: Connection, key_id: int, now: int) -> None:
    """Remember when a key was used, to the minute."""
    connection.execute(
        update(api_key)
        .where(api_key.c.id == key_id)
        .where(or_(api_key.c.used_at.is_(None), api_key.c.used_at < now))
        .values(used_at=now)
    )


def revoke(connection: Connection, key_id: int, publication_id: int | None, now: int) -> bool:
    """End a key, at once and everywhere; False where there is no such key to the caller."""
    found = connection.execute(
        update(api_key)
        .where(api_key.c.id == key_id, *_of(publication_id), api_key.c.revoked_at.is_(None))
        .values(revoked_at=now)
    )
    if found.rowcount:
        return True
    return get(connection, key_id, publication_id) is not None


def get(connection: Connection, key_id: int, publication_id: int | None) -> Row[Any] | None:
    """One key's row, as far as a key of ``publication_id`` may see it."""
    query = select(api_key).where(api_key.c.id == key_id, *_of(publication_id))
    return connection.execute(query).one_or_none()


def listed(connection: Connection, publication_id: int | None) -> list[Row[Any]]:
    """Every key that a key of ``publication_id`` may see, oldest first."""
    query = select(api_key).where(*_of(publication_id)).order_by(api_key.c.id)
    return list(connection.execute(query))


def _of(publication_id: int | None) -> list[Any]:
    return [] if publication_id is None else [api_key.c.publication_id == publication_id]


def _checksum(head: str) -> str:
    number = crc32(head.encode())
    digits = []
    for _ in range(_CHECKSUM_LENGTH):
        number, digit = divmod(number, len(_ALPHABET))
        digits.append(_ALPHABET[digit])
    return "".join(reversed(digits))
