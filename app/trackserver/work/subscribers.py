"""Who a subscriber is: found by keyed hashes, never by an address that is stored."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from hashlib import blake2b

from sqlalchemy import Connection, delete, insert, select

from app.trackserver.store.database import Database
from app.trackserver.store.schema import subscriber, subscriber_key

LONGEST_ID = 200
"""Bytes of a sender's own id of a subscriber."""


@dataclass(frozen=True, slots=True)
class Named:
    """A subscriber as a source of events names them: at least one of the two is set."""

    publication: int
    external_id: str | None = None
    email: str | None = None

    @property
    def domain(self) -> str | None:
        """The receiving domain."""
        return domain_of(self.email) if self.email else None

    def digests(self, key: bytes) -> tuple[bytes, ...]:
        """What they are found by, the surest first."""
        found = []
        if self.external_id:
            found.append(digest(key, "x:" + self.external_id))
        if self.email:
            found.append(digest(key, "e:" + normalised(self.email)))
        return tuple(found)


def normalised(email: str) -> str:
    """An address as it is hashed: the same mailbox should give the same."""
    return email.strip().lower()


def domain_of(email: str) -> str | None:
    """The receiving domain of an address, in lower case."""
    _, at, host = normalised(email).rpartition("@")
    return host[:255] if at and host else None


def digest(key: bytes, text: str) -> bytes:
    """The keyed hash of an address (``e:`` before it) or an external id (``x:``)."""
    return blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16, key=key).digest()


def find_or_make(
    connection: Connection, database: Database, key: bytes, named: Iterable[Named], now: int
) -> Mapping[Named, int]:
    """The subscribers' numbers; who is not known yet is made.

    Two of the hashes may lead to two subscribers; then the external id wins, and a hash that
    nobody has yet is added to who was found.
    """
    wanted = {one: one.digests(key) for one in named}
    known = _known(connection, wanted)
    found: dict[Named, int] = {}
    # In one order, so that two workers never wait for each other.
    for one, digests in sorted(wanted.items(), key=lambda pair: pair[1]):
        places = [(one.publication, each) for each in digests]
        number = next((known[place] for place in places if place in known), None)
        made = _made(connection, one, now) if number is None else None
        for place in places:
            if place not in known:
                known[place] = _claimed(connection, database, *place, number or made or 0)
        found[one] = known[places[0]]
        if made is not None and found[one] != made:
            connection.execute(delete(subscriber).where(subscriber.c.id == made))
    return found


def _made(connection: Connection, one: Named, now: int) -> int:
    row = connection.execute(
        insert(subscriber)
        .values(
            publication_id=one.publication,
            external_id=one.external_id,
            domain=one.domain,
            consent=True,
            made_at=now,
        )
        .returning(subscriber.c.id)
    )
    return int(row.scalar_one())


def _claimed(
    connection: Connection, database: Database, publication: int, digest: bytes, number: int
) -> int:
    """Whose hash it is: ours now, unless another worker was first."""
    table = subscriber_key.c
    connection.execute(
        database.insert(subscriber_key)
        .values(publication_id=publication, digest=digest, subscriber_id=number)
        .on_conflict_do_nothing()
    )
    row = connection.execute(
        select(table.subscriber_id).where(
            table.publication_id == publication, table.digest == digest
        )
    )
    return int(row.scalar_one())


def _known(
    connection: Connection, wanted: Mapping[Named, tuple[bytes, ...]]
) -> dict[tuple[int, bytes], int]:
    table = subscriber_key.c
    known: dict[tuple[int, bytes], int] = {}
    by_publication: dict[int, list[bytes]] = {}
    for one, digests in wanted.items():
        by_publication.setdefault(one.publication, []).extend(digests)
    for publication, digests_of in by_publication.items():
        for start in range(0, len(digests_of), 500):
            rows = connection.execute(
                select(table.digest, table.subscriber_id).where(
                    table.publication_id == publication,
                    table.digest.in_(digests_of[start : start + 500]),
                )
            )
            known.update(((publication, bytes(row[0])), row[1]) for row in rows)
    return known
