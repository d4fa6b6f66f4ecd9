"""What a syncing client reads: an issue's events, and what changed since it last asked.

Both are in the order of commits (``publication.seq`` is taken at the end of each writing
transaction, under a lock): behind a cursor nothing ever appears that belongs before it. An event
that is judged anew comes again at the end, with its id; a client keeps the newest of each id.
"""

from datetime import datetime
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta
from sqlalchemy import Connection, Row, Select, and_, literal, or_, select, union_all
from starlette.responses import Response

from app.trackserver import reports
from app.trackserver.api import cursors
from app.trackserver.api.access import (
    epoch,
    event_id,
    issue_of,
    moment,
    publication_of,
    subscriber_id,
)
from app.trackserver.api.answers import cached
from app.trackserver.api.fields import AgentWord, CursorText, PublicationId
from app.trackserver.api.issues import EXAMPLE, Issue, all_shown
from app.trackserver.api.keys import Scope
from app.trackserver.reports import Freshness
from app.trackserver.store.schema import event, issue, subscriber, tombstone, user_agent
from app.trackserver.web.endpoints import Request, endpoint
from app.trackserver.web.problems import ProblemDocument
from app.trackserver.words import Agent, EventType, Reason, Source

TypeWord = Literal[
    "sent", "delivered", "deferred", "rejected", "hard_bounce", "soft_bounce", "opened",
    "clicked", "complained", "unsubscribed", "probed",
]  # fmt: skip
"""Of EventType; also said here so that the description of the API lists them."""


class Event(msgspec.Struct, frozen=True, omit_defaults=True):
    """Something that happened. ``agent`` is who did it, ``reasons`` why we think so.

    Without consent or in an issue that is not tracked by name, no subscriber is known.
    """

    id: str
    type: TypeWord
    at: datetime
    agent: AgentWord
    version: int
    """Grows when the event is judged anew."""
    subscriber: str | None = None
    external_id: str | None = None
    """The sending platform's id of the subscriber."""
    link: int | None = None
    reasons: list[str] = []
    rules: int = 0
    """Version of the rules that judged it."""
    source: str = "own"
    client: str | None = None
    os: str | None = None
    device: str | None = None
    domain: str | None = None
    detail: msgspec.Raw = msgspec.field(default_factory=lambda: msgspec.Raw(b"{}"))


class Events(msgspec.Struct, frozen=True):
    """A page of events. ``cursor`` always leads on, also from the last page: keep it."""

    epoch: str
    events: list[Event]
    cursor: str
    more: bool


class EventQuery(msgspec.Struct, frozen=True):
    """Where to go on, and how far."""

    cursor: CursorText | None = None
    limit: Annotated[int, Meta(ge=1, le=5000)] = 1000


class Deleted(msgspec.Struct, frozen=True):
    """What is no more. Of a subscriber everything has to be forgotten."""

    kind: Literal["issue", "subscriber"]
    id: str


class Changes(msgspec.Struct, frozen=True):
    """What changed behind the cursor, each thing once in its newest state."""

    epoch: str
    issues: list[Issue]
    deleted: list[Deleted]
    cursor: str
    more: bool
    freshness: Freshness


class ChangeQuery(msgspec.Struct, frozen=True):
    """Where to go on, and how far."""

    publication: PublicationId | None = None
    cursor: CursorText | None = None
    limit: Annotated[int, Meta(ge=1, le=1000)] = 200


def events_page(
    connection: Connection, row: Row[Any], cursor: str | None, limit: int
) -> tuple[list[Event], str, bool]:
    """An issue's events behind ``cursor``, the cursor that leads on, and whether there are more."""
    feed, here = f"events {row.public_id}", epoch(connection)
    statement = event_rows().where(event.c.issue_id == row.id)
    place: cursors.Place = (0, 0, 0)
    if cursor is not None:
        place = cursors.read(cursor, feed, here, 3)
        if place[0] > row.seq:
            raise cursors.gone(here)
        seq, at, number = place
        statement = statement.where(
            event.c.seq >= seq,
            or_(
                event.c.seq > seq,
                event.c.at > at,
                and_(event.c.at == at, event.c.id > number),
            ),
        )
    statement = statement.order_by(event.c.seq, event.c.at, event.c.id).limit(limit + 1)
    rows = list(connection.execute(statement))
    more = len(rows) > limit
    rows = rows[:limit]
    if rows:
        place = (rows[-1].seq, rows[-1].at, rows[-1].id)
    return [event_shown(row) for row in rows], cursors.written(feed, here, place), more


def event_rows() -> Select[Any]:
    """Events with what is known of their subscribers and user agents."""
    return (
        select(
            event,
            user_agent.c.client,
            user_agent.c.os,
            user_agent.c.device,
            subscriber.c.external_id,
        )
        .outerjoin(user_agent, user_agent.c.id == event.c.user_agent_id)
        .outerjoin(subscriber, subscriber.c.id == event.c.subscriber_id)
    )


def event_shown(row: Row[Any]) -> Event:
    """A row of ``event_rows`` as it is published: without any network address."""
    kind: Any = _TYPE_WORDS[row.type]
    agent: Any = _AGENT_WORDS[row.agent]
    return Event(
        id=event_id(row.id),
        type=kind,
        at=moment(row.at),
        agent=agent,
        version=row.seq,
        subscriber=None if row.subscriber_id is None else subscriber_id(row.subscriber_id),
        external_id=row.external_id,
        link=row.link,
        reasons=_reason_words(row.reasons),
        rules=row.rules,
        source=_SOURCE_WORDS[row.source],
        client=row.client,
        os=row.os,
        device=row.device,
        domain=row.domain,
        detail=msgspec.Raw(row.detail.encode() if row.detail else b"{}"),
    )


def changes_page(
    connection: Connection, owner: Row[Any], cursor: str | None, limit: int
) -> tuple[list[Row[Any]], list[Deleted], str, bool]:
    """Issues and deletions behind ``cursor``, the cursor that leads on, and whether more follow."""
    feed, here = f"changes {owner.public_id}", epoch(connection)
    place: cursors.Place = (0, 0)
    if cursor is not None:
        place = cursors.read(cursor, feed, here, 2)
        if place[0] > owner.seq:
            raise cursors.gone(here)
    seq, number = place
    # Deletions have the number 0: each has a seq of its own.
    both = union_all(
        select(issue.c.seq, issue.c.id.label("number"), literal("").label("kind"),
               literal("").label("public_id"))
        .where(issue.c.publication_id == owner.id, issue.c.deleted_at.is_(None)),
        select(tombstone.c.seq, literal(0).label("number"), tombstone.c.kind,
               tombstone.c.public_id)
        .where(tombstone.c.publication_id == owner.id),
    ).subquery()  # fmt: skip
    behind = or_(both.c.seq > seq, and_(both.c.seq == seq, both.c.number > number))
    rows = list(
        connection.execute(
            select(both).where(behind).order_by(both.c.seq, both.c.number).limit(limit + 1)
        )
    )
    more = len(rows) > limit
    rows = rows[:limit]
    numbers = [row.number for row in rows if not row.kind]
    found = {
        row.id: row
        for start in range(0, len(numbers), 500)
        for row in connection.execute(
            select(issue).where(issue.c.id.in_(numbers[start : start + 500]))
        )
    }
    deleted = [Deleted(row.kind, row.public_id) for row in rows if row.kind]
    # At the end of the feed the cursor stands at the newest number, whatever that changed.
    place = (rows[-1].seq, rows[-1].number) if rows else place
    after = cursors.written(feed, here, place)
    return [found[number] for number in numbers], deleted, after, more


_TYPE_WORDS = {int(each): each.word for each in EventType}
_AGENT_WORDS = {int(each): each.word for each in Agent}
_SOURCE_WORDS = {int(each): each.name.lower() for each in Source}
_known_reasons: dict[int, list[str]] = {0: []}


def _reason_words(flags: int) -> list[str]:
    if flags not in _known_reasons:
        _known_reasons[flags] = list(Reason(flags).words)
    return _known_reasons[flags]


_EXAMPLE = Event(
    "evt_aaaaaaaaaaaf4", "clicked", moment(1_780_000_060_000), "human", 17,
    subscriber="sub_aaaaaaaaaaafi", external_id="4711", link=1, client="Safari", os="macOS",
    device="desktop", domain="example.com", rules=1,
)  # fmt: skip


@endpoint(
    "GET",
    "/v1/issues/{id}/events",
    scope=Scope.READ,
    summary="An issue's events, in the order in which they were worked off",
    query=EventQuery,
    answers={200: Events, 304: None, 409: ProblemDocument, 410: ProblemDocument},
    example=Events("3f2a9c1e", [_EXAMPLE], "k6Zldm…", False),
)
def list_events(request: Request) -> Response:
    """Keep the cursor of the last page to ask for what is new later. An event that comes again was
    judged anew: it takes the place of the one with its id.
    """
    query: EventQuery = request.query
    with request.services.database.reading() as connection:
        row = issue_of(connection, request.caller(), request.path["id"])
        found, cursor, more = events_page(connection, row, query.cursor, query.limit)
        here = epoch(connection)
    return cached(request, Events(here, found, cursor, more))


@endpoint(
    "GET",
    "/v1/changes",
    scope=Scope.READ,
    summary="Issues that changed since a cursor, and what was deleted",
    query=ChangeQuery,
    answers={200: Changes, 304: None, 409: ProblemDocument, 410: ProblemDocument},
    example=Changes(
        "3f2a9c1e", [EXAMPLE], [Deleted("issue", "iss_mfrggzdfmztwq2lk")], "k6djaG…", False,
        Freshness(moment(1_780_000_100_000), 0),
    ),
)  # fmt: skip
def list_changes(request: Request) -> Response:
    """Without a cursor: everything. 410 with the code `full_resync` means that the server was
    restored from a backup: fetch everything again, and replace what you have by it.
    """
    query: ChangeQuery = request.query
    services = request.services
    spilled = services.inbox.spill.items()
    with services.database.reading() as connection:
        owner = publication_of(connection, request.caller(), query.publication)
        rows, deleted, cursor, more = changes_page(connection, owner, query.cursor, query.limit)
        issues = all_shown(connection, rows, owner.public_id)
        fresh = reports.freshness(connection, services.clock(), spilled)
        here = epoch(connection)
    return cached(
        request,
        Changes(here, issues, deleted, cursor, more, fresh),
        same_as=(here, issues, deleted, cursor, more),
    )


ENDPOINTS = (list_events, list_changes)
