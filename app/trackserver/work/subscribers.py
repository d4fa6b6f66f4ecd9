"""Who a subscriber is: found by keyed hashes, never by an address that is stored."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import blake2b

from sqlalchemy import Connection, delete, insert, select

from app.trackserver.store.database import Database
from app.trackserver.store.schema import subscriber, subscriber_key

Place = tuple[int, bytes]
"""A publication and a hash."""

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
    known = _known(connection, ((one.publication, each) for one in wanted for each in wanted[one]))
    new: list[Named] = []
    made_for: dict[Place, int] = {}
    claims: dict[Place, int] = {}
    for one, digests in wanted.items():
        places = [(one.publication, each) for each in digests]
        number = next((known[place] for place in places if place in known), None)
        if number is not None:
            claims.update((place, number) for place in places if place not in known)
            continue
        index = next((made_for[place] for place in places if place in made_for), len(new))
        if index == len(new):
            new.append(one)
        for place in places:
            made_for.setdefault(place, index)
    made = _made(connection, new, now) if new else []
    claims.update((place, made[index]) for place, index in made_for.items())
    if claims:
        known.update(_claimed(connection, database, claims))
        # Another worker was first with all of its hashes.
        orphans = set(made) - {known[place] for place in made_for}
        if orphans:
            connection.execute(delete(subscriber).where(subscriber.c.id.in_(orphans)))
    return {one: known[one.publication, digests[0]] for one, digests in wanted.items()}


def _made(connection: Connection, new: Sequence[Named], now: int) -> list[int]:
    rows = connection.scalars(
        insert(subscriber).returning(subscriber.c.id, sort_by_parameter_order=True),
        [
            {
                "publication_id": one.publication,
                "external_id": one.external_id,
                "domain": one.domain,
                "consent": True,
                "made_at": now,
            }
            for one in new
        ],
    )
    return list(rows)


def _claimed(
    connection: Connection, database: Database, claims: Mapping[Place, int]
) -> dict[Place, int]:
    """Whose hashes they are: as claimed, unless another worker was first."""
    connection.execute(
        database.insert(subscriber_key).on_conflict_do_nothing(),
        # In one order, so that two workers never wait for each other.
        [
            {"publication_id": publication, "digest": digest, "subscriber_id": number}
            for (publication, digest), number in sorted(claims.items())
        ],
    )
    return _known(connection, claims)


def _known(connection: Connection, places: Iterable[Place]) -> dict[Place, int]:
    table = subscriber_key.c
    known: dict[Place, int] = {}
    by_publication: defaultdict[int, list[bytes]] = defaultdict(list)
    for publication, digest in places:
        by_publication[publication].append(digest)
    for publication, digests in by_publication.items():
        for start in range(0, len(digests), 500):
            rows = connection.execute(
                select(table.digest, table.subscriber_id).where(
                    table.publication_id == publication,
                    table.digest.in_(digests[start : start + 500]),
                )
            )
            known.update(((publication, bytes(row[0])), row[1]) for row in rows)
    return known
