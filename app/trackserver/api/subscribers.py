"""Subscribers: found by a hash, their timeline, everything kept about them, and their erasure."""

from datetime import datetime
from typing import Annotated, Any

import msgspec
from msgspec import Meta
from sqlalchemy import Connection, Row, and_, func, or_, select, update
from starlette.responses import Response

from app.trackserver.api import cursors
from app.trackserver.api.access import (
    epoch,
    moment,
    publication_of,
    subscriber_id,
    subscriber_of,
)
from app.trackserver.api.answers import cached
from app.trackserver.api.erasing import erase
from app.trackserver.api.feeds import Event, event_rows, event_shown
from app.trackserver.api.fields import EMAIL, CursorText, ExternalId, PublicationId
from app.trackserver.api.keys import Scope
from app.trackserver.store.schema import (
    event,
    issue,
    recipient,
    server,
    subscriber,
    subscriber_key,
    user_agent,
)
from app.trackserver.web.endpoints import Request, endpoint
from app.trackserver.web.problems import Problem, ProblemDocument
from app.trackserver.work.subscribers import Named

_CHUNK = 500


class Subscriber(msgspec.Struct, frozen=True):
    """Somebody who gets a publication; their e-mail address is not known here."""

    id: str
    external_id: str | None
    domain: str | None
    consent: bool
    issues: int
    """How many issues they are a recipient of."""
    known_since: datetime


class Wanted(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Whom to look for; in the body, so that no log has it."""

    publication: PublicationId | None = None
    external_id: ExternalId | None = None
    email: Annotated[str, Meta(pattern=EMAIL, max_length=320)] | None = None


class ConsentChange(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Whether they may be counted by name from now on."""

    consent: bool


class TimelineEvent(msgspec.Struct, frozen=True):
    """An event and the issue that it belongs to."""

    issue: str
    event: Event


class Timeline(msgspec.Struct, frozen=True):
    """Newest first; `cursor` leads to what is older, null at the end."""

    subscriber: Subscriber
    events: list[TimelineEvent]
    cursor: str | None


class TimelineQuery(msgspec.Struct, frozen=True):
    """Where to go on, and how far."""

    cursor: CursorText | None = None
    limit: Annotated[int, Meta(ge=1, le=1000)] = 100


class Visit(msgspec.Struct, frozen=True):
    """An event with what else is stored of it."""

    issue: str
    event: Event
    user_agent: str | None
    address: str | None
    network: str | None


class Export(msgspec.Struct, frozen=True):
    """Everything that is stored about a subscriber."""

    subscriber: Subscriber
    issues: list[str]
    events: list[Visit]


def shown(connection: Connection, row: Row[Any]) -> Subscriber:
    """A row as it is published."""
    issues = connection.execute(
        select(func.count()).select_from(recipient).where(recipient.c.subscriber_id == row.id)
    ).scalar_one()
    return Subscriber(
        subscriber_id(row.id), row.external_id, row.domain, row.consent, issues, moment(row.made_at)
    )


def found(connection: Connection, owner: int, wanted: Wanted) -> Row[Any] | None:
    """The subscriber of a publication who has this id or address."""
    key = bytes(connection.execute(select(server.c.hash_key)).scalar_one())
    for digest in Named(owner, wanted.external_id, wanted.email).digests(key):
        row = connection.execute(
            select(subscriber)
            .join(subscriber_key, subscriber_key.c.subscriber_id == subscriber.c.id)
            .where(subscriber_key.c.publication_id == owner, subscriber_key.c.digest == digest)
        ).one_or_none()
        if row is not None:
            return row
    return None


def timeline_page(
    connection: Connection, row: Row[Any], query: TimelineQuery
) -> tuple[list[TimelineEvent], str | None]:
    """A subscriber's events, newest first, and the cursor to what is older."""
    feed, here = f"timeline {row.id}", epoch(connection)
    statement = _of_subscriber(row.id)
    if query.cursor is not None:
        at, number = cursors.read(query.cursor, feed, here, 2)
        statement = statement.where(
            or_(event.c.at < at, and_(event.c.at == at, event.c.id < number))
        )
    order = (event.c.at.desc(), event.c.id.desc())
    rows = list(connection.execute(statement.order_by(*order).limit(query.limit + 1)))
    more = len(rows) > query.limit
    rows = rows[: query.limit]
    cursor = cursors.written(feed, here, (rows[-1].at, rows[-1].id)) if more else None
    return [TimelineEvent(each.issue_public_id, event_shown(each)) for each in rows], cursor


def exported(connection: Connection, row: Row[Any]) -> Export:
    """Everything that is stored about a subscriber."""
    issues = connection.execute(
        select(issue.c.public_id)
        .join(recipient, recipient.c.issue_id == issue.c.id)
        .where(recipient.c.subscriber_id == row.id)
        .order_by(issue.c.id)
    ).scalars()
    statement = _of_subscriber(row.id).add_columns(user_agent.c.text.label("user_agent_text"))
    rows = connection.execute(statement.order_by(event.c.at, event.c.id))
    return Export(
        shown(connection, row),
        list(issues),
        [
            Visit(
                each.issue_public_id,
                event_shown(each),
                each.user_agent_text,
                each.address,
                each.network,
            )
            for each in rows
        ],
    )


def _of_subscriber(number: int) -> Any:
    issues = select(recipient.c.issue_id).where(recipient.c.subscriber_id == number)
    return (
        event_rows()
        .add_columns(issue.c.public_id.label("issue_public_id"))
        .join(issue, issue.c.id == event.c.issue_id)
        .where(event.c.issue_id.in_(issues), event.c.subscriber_id == number)
    )


_EXAMPLE = Subscriber(
    "sub_aaaaaaaaaaafi", "4711", "example.com", True, 12, moment(1_780_000_000_000)
)
_EVENT = Event("evt_aaaaaaaaaaaf4", "opened", moment(1_780_000_060_000), "human", 17)


@endpoint(
    "POST",
    "/v1/subscribers/find",
    scope=Scope.READ,
    summary="Find a subscriber by the platform's id or the e-mail address",
    body=Wanted,
    answers={200: Subscriber, 404: ProblemDocument, 409: ProblemDocument},
    example=_EXAMPLE,
    body_example=Wanted(email="reader@example.com"),
)
def find_subscriber(request: Request) -> Subscriber:
    """The address is hashed and compared, and not kept."""
    wanted: Wanted = request.body
    with request.services.database.reading() as connection:
        owner = publication_of(connection, request.caller(), wanted.publication)
        row = found(connection, owner.id, wanted)
        if row is None:
            raise Problem(404, detail="There is no such subscriber.")
        return shown(connection, row)


@endpoint(
    "GET",
    "/v1/subscribers/{id}",
    scope=Scope.READ,
    summary="One subscriber",
    answers={200: Subscriber},
    example=_EXAMPLE,
)
def get_subscriber(request: Request) -> Subscriber:
    """By the id that events and uploads name."""
    with request.services.database.reading() as connection:
        return shown(connection, subscriber_of(connection, request.caller(), request.path["id"]))


@endpoint(
    "PATCH",
    "/v1/subscribers/{id}",
    scope=Scope.WRITE,
    summary="Give or withdraw a subscriber's consent",
    body=ConsentChange,
    answers={200: Subscriber},
    example=_EXAMPLE,
    body_example=ConsentChange(consent=False),
)
def change_consent(request: Request) -> Subscriber:
    """Withdrawn, nothing new is counted by name. What was counted before stays until it is erased
    or its retention is over.
    """
    body: ConsentChange = request.body
    with request.services.database.writing() as connection:
        row = subscriber_of(connection, request.caller(), request.path["id"])
        change = update(subscriber).where(subscriber.c.id == row.id).values(consent=body.consent)
        return shown(connection, connection.execute(change.returning(subscriber)).one())


@endpoint(
    "GET",
    "/v1/subscribers/{id}/timeline",
    scope=Scope.READ,
    summary="What a subscriber opened and clicked, newest first",
    query=TimelineQuery,
    answers={200: Timeline, 304: None, 409: ProblemDocument, 410: ProblemDocument},
    example=Timeline(_EXAMPLE, [TimelineEvent("iss_nbswy3dpeb3w64tm", _EVENT)], None),
)
def get_timeline(request: Request) -> Response:
    """Only from issues that are tracked by name, and with the subscriber's consent."""
    query: TimelineQuery = request.query
    with request.services.database.reading() as connection:
        row = subscriber_of(connection, request.caller(), request.path["id"])
        events, cursor = timeline_page(connection, row, query)
        return cached(request, Timeline(shown(connection, row), events, cursor))


@endpoint(
    "GET",
    "/v1/subscribers/{id}/export",
    scope=Scope.ADMIN,
    summary="Everything that is stored about a subscriber",
    answers={200: Export, 304: None},
    example=Export(
        _EXAMPLE,
        ["iss_nbswy3dpeb3w64tm"],
        [Visit("iss_nbswy3dpeb3w64tm", _EVENT, "Mozilla/5.0 …", "192.0.2.7", "192.0.2.0/24")],
    ),
)
def export_subscriber(request: Request) -> Response:
    """With network addresses, as long as these are kept: for a subscriber who asks."""
    with request.services.database.reading() as connection:
        row = subscriber_of(connection, request.caller(), request.path["id"])
        return cached(request, exported(connection, row))


@endpoint(
    "DELETE",
    "/v1/subscribers/{id}",
    scope=Scope.ADMIN,
    summary="Erase a subscriber",
    answers={204: None},
)
def erase_subscriber(request: Request) -> None:
    """Their events, hashes and share in all figures; syncing clients are told to forget them. Hits
    that come later from mails they still have count in totals only.
    """
    with request.services.database.writing() as connection:
        row = subscriber_of(connection, request.caller(), request.path["id"])
        erase(connection, request.services.database, row, request.services.clock())


ENDPOINTS = (
    find_subscriber,
    get_subscriber,
    change_consent,
    get_timeline,
    export_subscriber,
    erase_subscriber,
)
