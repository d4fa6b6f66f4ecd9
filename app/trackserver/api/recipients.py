"""Recipients, uploaded in batches: their e-mail addresses are hashed at once and never stored.

For each the sender gets one value, which it puts where the placeholder stands in the HTML: a link's
own token says which link of which issue it is, the value behind it says whose.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any

import msgspec
from msgspec import Meta
from sqlalchemy import Connection, Row, bindparam, delete, func, insert, select, text, update

from app.trackserver.api.access import issue_of, next_seq, subscriber_id
from app.trackserver.api.fields import EMAIL, ExternalId
from app.trackserver.api.keys import Scope
from app.trackserver.mail.rewrite import RECIPIENT_PLACEHOLDER
from app.trackserver.store.database import Database
from app.trackserver.store.schema import issue, recipient, server, subscriber, subscriber_key
from app.trackserver.tokens import Keyring, Kind, Token
from app.trackserver.web.endpoints import Request, endpoint
from app.trackserver.web.problems import Problem, ProblemDocument
from app.trackserver.words import Mode
from app.trackserver.work.subscribers import Named, unmark

MOST = 10_000
_CHUNK = 500


class Recipient(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Who gets the issue: named by the platform's id, the e-mail address, or both."""

    external_id: ExternalId | None = None
    email: (
        Annotated[
            str,
            Meta(
                pattern=EMAIL,
                max_length=320,
                description="Hashed at once; only the receiving domain is kept.",
            ),
        ]
        | None
    ) = None
    consent: bool = True
    """False: nothing is counted by name, only in totals."""


Recipients = Annotated[list[Recipient], Meta(max_length=MOST)]


class Batch(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Up to 10,000 recipients; the same one again is the same one."""

    recipients: Annotated[list[Recipient], Meta(min_length=1, max_length=MOST)]


class RecipientValue(msgspec.Struct, frozen=True):
    """What stands for a recipient, in the order of the request.

    `value` replaces the placeholder in the HTML; `list_unsubscribe` is the header's value.
    """

    id: str
    external_id: str | None
    value: str
    list_unsubscribe: str


class RecipientValues(msgspec.Struct, frozen=True):
    """The values, and what they replace."""

    placeholder: str
    list_unsubscribe_post: str
    recipients: list[RecipientValue]


def enrol(
    connection: Connection, database: Database, row: Row[Any], batch: Sequence[Recipient], now: int
) -> list[int]:
    """The subscribers of a batch, made where they are new, as recipients of the issue.

    Raises:
        Problem: 409 where a recipient has neither an id nor an address.
    """
    key: bytes = connection.execute(select(server.c.hash_key)).scalar_one()
    owner = row.publication_id
    named = [_named(owner, place, each) for place, each in enumerate(batch)]
    digests = [each.digests(bytes(key)) for each in named]
    unmark(connection, owner, {one for each in digests for one in each})
    known = _found(connection, owner, {one for each in digests for one in each})
    newcomers = _newcomers(named, digests, known)
    made = {id(each.named) for each in newcomers if not each.number}
    if newcomers:
        _make(connection, database, owner, newcomers, now)
        known = _found(connection, owner, {one for each in digests for one in each})
    if any(each[0] not in known for each in digests):
        raise Problem(
            503,
            detail="A recipient was erased meanwhile; send the batch again.",
            headers={"retry-after": "1"},
        )
    numbers = [known[each[0]] for each in digests]
    people = dict(zip(numbers, zip(batch, named, strict=True), strict=True))
    # Of who was just made everything is known, but that they may not consent.
    known_before = {
        number: (each, name)
        for number, (each, name) in people.items()
        if id(name) not in made or not each.consent
    }
    _remember(connection, known_before)
    _address(connection, database, row, sorted(set(numbers)))
    return numbers


def valued(
    keyring: Keyring, row: Row[Any], batch: Sequence[Recipient], numbers: Sequence[int]
) -> list[RecipientValue]:
    """What each recipient's copy of the issue carries; nobody's name without consent."""
    named = row.mode == Mode.INDIVIDUAL
    values = []
    for each, number in zip(batch, numbers, strict=True):
        whose = number if named and each.consent else 0
        leave = keyring.sign(Token(Kind.UNSUBSCRIBE, row.id, number))
        values.append(
            RecipientValue(
                id=subscriber_id(number),
                external_id=each.external_id,
                value=keyring.sign(Token(Kind.OPEN, row.id, whose)),
                list_unsubscribe=f"<{row.base}/u/{leave}>",
            )
        )
    return values


def _named(publication: int, place: int, each: Recipient) -> Named:
    if each.external_id is None and each.email is None:
        raise Problem(
            409,
            "Nobody",
            f"Recipient {place} has neither an external_id nor an email.",
            code="nobody",
        )
    return Named(publication, each.external_id, each.email)


def _found(connection: Connection, publication: int, wanted: set[bytes]) -> dict[bytes, int]:
    table = subscriber_key.c
    found: dict[bytes, int] = {}
    ordered = sorted(wanted)
    if connection.dialect.name == "postgresql":
        given = {"owner": publication, "digests": _array(digest.hex() for digest in ordered)}
        rows = connection.execute(_FIND_ALL, given)
        return {bytes(digest): number for digest, number in rows}
    for start in range(0, len(ordered), _CHUNK):
        query = select(table.digest, table.subscriber_id).where(
            table.publication_id == publication,
            table.digest.in_(ordered[start : start + _CHUNK]),
        )
        found.update((bytes(digest), number) for digest, number in connection.execute(query))
    return found


@dataclass(slots=True)
class _Newcomer:
    """Somebody of whom at least one hash is new; ``number`` 0: nothing is known at all."""

    named: Named
    number: int
    digests: set[bytes]


def _newcomers(
    named: Sequence[Named], digests: Sequence[tuple[bytes, ...]], known: dict[bytes, int]
) -> list[_Newcomer]:
    """Each once, though the batch may name them twice and differently."""
    found: list[_Newcomer] = []
    by_digest: dict[bytes, _Newcomer] = {}
    for one, each in zip(named, digests, strict=True):
        new = [digest for digest in each if digest not in known]
        if not new:
            continue
        number = next((known[digest] for digest in each if digest in known), 0)
        newcomer = next((by_digest[digest] for digest in new if digest in by_digest), None)
        if newcomer is None or (number and newcomer.number != number):
            newcomer = _Newcomer(one, number, set())
            found.append(newcomer)
        for digest in new:
            if by_digest.setdefault(digest, newcomer) is newcomer:
                newcomer.digests.add(digest)
    return found


def _make(
    connection: Connection, database: Database, owner: int, newcomers: list[_Newcomer], now: int
) -> None:
    """Make who is new, and claim every new hash for its subscriber."""
    unknown = [each for each in newcomers if not each.number]
    if unknown:
        numbers = _new_subscribers(connection, [each.named for each in unknown], owner, now)
        for each, number in zip(unknown, numbers, strict=True):
            each.number = number
    # In one order, so that two uploads never wait for each other.
    claims = sorted((digest, each.number) for each in newcomers for digest in each.digests)
    _claim(connection, database, owner, claims)
    owners = _found(connection, owner, {digest for digest, _ in claims})
    taken = set(owners.values())
    orphans = [each.number for each in unknown if each.number not in taken]
    for start in range(0, len(orphans), _CHUNK):
        # Somebody else was first with each of their hashes.
        chunk = orphans[start : start + _CHUNK]
        connection.execute(delete(subscriber).where(subscriber.c.id.in_(chunk)))


def _new_subscribers(
    connection: Connection, named: Sequence[Named], owner: int, now: int
) -> Sequence[int]:
    if connection.dialect.name == "postgresql":
        numbers = list(connection.scalars(_NEXT_NUMBERS, {"count": len(named)}))
        connection.execute(
            _MAKE_ALL,
            {
                "owner": owner,
                "now": now,
                "numbers": _array(map(str, numbers)),
                "ids": [each.kept_id for each in named],
                "domains": [each.domain for each in named],
            },
        )
        return numbers
    rows = [
        {
            "publication_id": owner,
            "external_id": each.kept_id,
            "domain": each.domain,
            "consent": True,
            "made_at": now,
        }
        for each in named
    ]
    made = insert(subscriber).returning(subscriber.c.id, sort_by_parameter_order=True)
    return connection.execute(made, rows).scalars().all()


def _claim(
    connection: Connection, database: Database, owner: int, claims: Sequence[tuple[bytes, int]]
) -> None:
    if database.is_sqlite:
        connection.execute(
            database.insert(subscriber_key).on_conflict_do_nothing(),
            [
                {"publication_id": owner, "digest": digest, "subscriber_id": number}
                for digest, number in claims
            ],
        )
        return
    connection.execute(
        _CLAIM_ALL,
        {
            "owner": owner,
            "digests": _array(digest.hex() for digest, _ in claims),
            "numbers": _array(str(number) for _, number in claims),
        },
    )


# PostgreSQL takes thousands of rows in one statement many times as fast as one by one.
_FIND_ALL = text(
    "SELECT k.digest, k.subscriber_id FROM unnest(CAST(:digests AS text[])) AS w (d)"
    " JOIN subscriber_key k ON k.publication_id = :owner AND k.digest = decode(w.d, 'hex')"
)
_NEXT_NUMBERS = text(
    "SELECT nextval(pg_get_serial_sequence('subscriber', 'id')) FROM generate_series(1, :count)"
)
_MAKE_ALL = text(
    "INSERT INTO subscriber (id, publication_id, external_id, domain, consent, made_at)"
    " SELECT w.i, :owner, w.x, w.d, true, :now FROM unnest(CAST(:numbers AS int8[]),"
    " CAST(:ids AS text[]), CAST(:domains AS text[])) AS w (i, x, d)"
)
_CLAIM_ALL = text(
    "INSERT INTO subscriber_key (publication_id, digest, subscriber_id)"
    " SELECT :owner, decode(w.d, 'hex'), w.s FROM unnest(CAST(:digests AS text[]),"
    " CAST(:numbers AS int8[])) WITH ORDINALITY AS w (d, s, n) ORDER BY w.n"
    " ON CONFLICT DO NOTHING"
)
_ADDRESS_ALL = text(
    "INSERT INTO recipient (issue_id, subscriber_id)"
    " SELECT :issue, w.s FROM unnest(CAST(:numbers AS int8[])) WITH ORDINALITY AS w (s, n)"
    " ORDER BY w.n ON CONFLICT DO NOTHING"
)


def _array(words: Iterable[str]) -> str:
    return "{" + ",".join(words) + "}"


def _remember(connection: Connection, people: Mapping[int, tuple[Recipient, Named]]) -> None:
    """Consent as it was said last; id and domain where they were not known."""
    numbers = sorted(people)
    changes = []
    for start in range(0, len(numbers), _CHUNK):
        query = select(subscriber).where(subscriber.c.id.in_(numbers[start : start + _CHUNK]))
        # In one order: two uploads at once must not wait for each other.
        for row in connection.execute(query.order_by(subscriber.c.id)):
            each, named = people[row.id]
            after = (
                each.consent,
                row.external_id or named.kept_id,
                named.domain or row.domain,
            )
            if after != (row.consent, row.external_id, row.domain):
                changes.append(
                    {
                        "_id": row.id,
                        **dict(zip(("consent", "external_id", "domain"), after, strict=True)),
                    }
                )
    if changes:
        connection.execute(
            update(subscriber)
            .where(subscriber.c.id == bindparam("_id"))
            .values(
                consent=bindparam("consent"),
                external_id=bindparam("external_id"),
                domain=bindparam("domain"),
            ),
            changes,
        )


def _address(
    connection: Connection, database: Database, row: Row[Any], numbers: Sequence[int]
) -> None:
    """Make them recipients of the issue, and count those."""
    if database.is_sqlite:
        connection.execute(
            database.insert(recipient).on_conflict_do_nothing(),
            [{"issue_id": row.id, "subscriber_id": number} for number in numbers],
        )
    else:
        connection.execute(_ADDRESS_ALL, {"issue": row.id, "numbers": _array(map(str, numbers))})
    counted = connection.execute(
        select(func.count()).select_from(recipient).where(recipient.c.issue_id == row.id)
    ).scalar_one()
    # What the sender declared may be more: further batches will come.
    if counted > (row.recipients or 0):
        seq = next_seq(connection, row.publication_id)
        connection.execute(
            update(issue).where(issue.c.id == row.id).values(recipients=counted, seq=seq)
        )


_EXAMPLE = RecipientValues(
    RECIPIENT_PLACEHOLDER,
    "List-Unsubscribe=One-Click",
    [
        RecipientValue(
            "sub_aaaaaaaaaaafi", "4711", "AQQBAJ0…", "<https://mail.example.com/u/AQIBAF2…>"
        )
    ],
)


@endpoint(
    "POST",
    "/v1/issues/{id}/recipients",
    scope=Scope.WRITE,
    summary="Upload recipients and get their values",
    body=Batch,
    limit=4 << 20,
    answers={200: RecipientValues, 409: ProblemDocument},
    example=_EXAMPLE,
    body_example=Batch([Recipient("4711", "reader@example.com")]),
)
def upload_recipients(request: Request) -> RecipientValues:
    """Up to 10,000 at once; the same batch again gives the same. Without consent, or in an issue
    that is not tracked by name, the value names nobody.
    """
    body: Batch = request.body
    services = request.services
    with services.database.writing() as connection:
        row = issue_of(connection, request.caller(), request.path["id"])
        numbers = enrol(connection, services.database, row, body.recipients, services.clock())
    return RecipientValues(
        RECIPIENT_PLACEHOLDER,
        "List-Unsubscribe=One-Click",
        valued(services.keyring(), row, body.recipients, numbers),
    )


ENDPOINTS = (upload_recipients,)
