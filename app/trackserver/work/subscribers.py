"""Who a subscriber is: found by keyed hashes, never by an address that is stored."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from unicodedata import normalize

from sqlalchemy import Connection, Table, delete, insert, select, text

from app.linkcheck.urls import parse
from app.trackserver.store.database import Database
from app.trackserver.store.schema import erased_key, subscriber, subscriber_key

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
        return next((domain_of(one) for one in self._addresses), None)

    @property
    def kept_id(self) -> str | None:
        """The external id, as it may be stored: not where a platform uses the address as one."""
        return None if self.external_id and "@" in self.external_id else self.external_id

    @property
    def _addresses(self) -> list[str]:
        return [one for one in (None if self.kept_id else self.external_id, self.email) if one]

    def digests(self, key: bytes) -> tuple[bytes, ...]:
        """What they are found by, the surest first."""
        found = []
        if self.kept_id:
            found.append(digest(key, "x:" + self.kept_id))
        found += (digest(key, "e:" + normalised(one)) for one in self._addresses)
        return tuple(dict.fromkeys(found))


def normalised(email: str) -> str:
    """An address as it is hashed: the same mailbox should give the same.

    However its letters are composed (NFC), and whether its domain is written in ASCII or not.
    """
    text = normalize("NFC", email.strip()).lower()
    if text.isascii():
        return text
    name, at, host = text.rpartition("@")
    read = parse(f"https://{host}/") if at else None
    return f"{name}@{read.host}" if read is not None else text


def domain_of(email: str) -> str | None:
    """The receiving domain of an address, in lower case."""
    _, at, host = normalised(email).rpartition("@")
    return host[:255] if at and host else None


def digest(key: bytes, text: str) -> bytes:
    """The keyed hash of an address (``e:`` before it) or an external id (``x:``)."""
    return blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16, key=key).digest()


def find(connection: Connection, key: bytes, named: Iterable[Named]) -> dict[Named, int]:
    """The numbers of those who are known."""
    wanted = {one: one.digests(key) for one in named}
    known = _known(connection, ((one.publication, each) for one in wanted for each in wanted[one]))
    return {
        one: number
        for one, digests in wanted.items()
        if (number := _first(known, [(one.publication, each) for each in digests])) is not None
    }


def find_or_make(
    connection: Connection,
    database: Database,
    key: bytes,
    named: Iterable[Named],
    now: int,
    leaving: Collection[Named] = (),
) -> Mapping[Named, int]:
    """The subscribers' numbers; who is not known yet is made. Who was erased is made only to
    unsubscribe (``leaving``), and then without consent to anything else.

    Two of the hashes may lead to two subscribers; then the external id wins, and a hash that
    nobody has yet is added to who was found.
    """
    wanted = {one: one.digests(key) for one in named}
    gone = _digests(
        connection, erased_key, ((one.publication, each) for one in wanted for each in wanted[one])
    )
    erased = {
        one
        for one, digests in (wanted.items() if gone else ())
        if not gone.isdisjoint((one.publication, each) for each in digests)
    }
    for one in erased.difference(leaving):
        del wanted[one]
    known = _known(connection, ((one.publication, each) for one in wanted for each in wanted[one]))
    new: list[Named] = []
    made_for: dict[Place, int] = {}
    claims: dict[Place, int] = {}
    for one, digests in wanted.items():
        places = [(one.publication, each) for each in digests]
        number = _first(known, places)
        if number is not None:
            claims.update((place, number) for place in places if place not in known)
            continue
        index = next((made_for[place] for place in places if place in made_for), len(new))
        if index == len(new):
            new.append(one)
        for place in places:
            made_for.setdefault(place, index)
    made = _made(connection, new, erased, now) if new else []
    claims.update((place, made[index]) for place, index in made_for.items())
    if claims:
        known.update(_claimed(connection, database, claims))
        # Another worker was first with all of its hashes.
        orphans = set(made) - {known[place] for place in made_for}
        if orphans:
            connection.execute(delete(subscriber).where(subscriber.c.id.in_(orphans)))
    return {one: known[one.publication, digests[0]] for one, digests in wanted.items()}


def mark_erased(connection: Connection, database: Database, number: int, now: int) -> None:
    """Remember a subscriber's hashes as those of nobody."""
    table = subscriber_key.c
    rows = connection.execute(
        select(table.publication_id, table.digest).where(table.subscriber_id == number)
    ).all()
    if rows:
        connection.execute(
            database.insert(erased_key).on_conflict_do_nothing(),
            [{"publication_id": row[0], "digest": row[1], "at": now} for row in rows],
        )


def unmark(connection: Connection, publication: int, digests: Iterable[bytes]) -> None:
    """The sender says that they are subscribers again."""
    if connection.dialect.name == "postgresql":
        given = {"owner": publication, "digests": [each.hex() for each in digests]}
        connection.execute(_UNMARK_ALL, given)
        return
    places = ((publication, each) for each in digests)
    for _, gone in _digests(connection, erased_key, places):
        connection.execute(
            delete(erased_key).where(
                erased_key.c.publication_id == publication, erased_key.c.digest == gone
            )
        )


# PostgreSQL looks thousands up in one statement, many times as fast as in portions.
_UNMARK_ALL = text(
    "DELETE FROM erased_key WHERE publication_id = :owner"
    " AND digest IN (SELECT decode(w.d, 'hex') FROM unnest(CAST(:digests AS text[])) AS w (d))"
)


def _first(known: Mapping[Place, int], places: Iterable[Place]) -> int | None:
    return next((known[place] for place in places if place in known), None)


def _made(
    connection: Connection, new: Sequence[Named], erased: Collection[Named], now: int
) -> list[int]:
    rows = connection.scalars(
        insert(subscriber).returning(subscriber.c.id, sort_by_parameter_order=True),
        [
            {
                "publication_id": one.publication,
                "external_id": one.kept_id,
                "domain": one.domain,
                "consent": one not in erased,
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
    for publication, digests in _portions(places):
        rows = connection.execute(
            select(table.digest, table.subscriber_id).where(
                table.publication_id == publication, table.digest.in_(digests)
            )
        )
        known.update(((publication, bytes(row[0])), row[1]) for row in rows)
    return known


def _digests(connection: Connection, table: Table, places: Iterable[Place]) -> set[Place]:
    """Those of the places that ``table`` has."""
    found: set[Place] = set()
    for publication, digests in _portions(places):
        rows = connection.scalars(
            select(table.c.digest).where(
                table.c.publication_id == publication, table.c.digest.in_(digests)
            )
        )
        found.update((publication, bytes(each)) for each in rows)
    return found


def _portions(places: Iterable[Place]) -> Iterator[tuple[int, list[bytes]]]:
    by_publication: defaultdict[int, list[bytes]] = defaultdict(list)
    for publication, digest in places:
        by_publication[publication].append(digest)
    for publication, digests in by_publication.items():
        for start in range(0, len(digests), 500):
            yield publication, digests[start : start + 500]
