"""Who unsubscribed: for the list's owner, who has to take them off, however little is tracked."""

from datetime import datetime
from typing import Annotated, Any

import msgspec
from msgspec import Meta
from sqlalchemy import Connection, Row, and_, literal_column, or_, select
from starlette.responses import Response

from app.trackserver.api import cursors
from app.trackserver.api.access import epoch, moment, publication_of, subscriber_id
from app.trackserver.api.answers import cached
from app.trackserver.api.fields import CursorText, PublicationId
from app.trackserver.api.keys import Scope
from app.trackserver.store.schema import event, issue, subscriber
from app.trackserver.web.endpoints import Request, endpoint
from app.trackserver.web.problems import ProblemDocument
from app.trackserver.words import EventType

# Written out, or the planner would not know that the index of these alone will do.
_LEFT = str(int(EventType.UNSUBSCRIBED))


class Unsubscribe(msgspec.Struct, frozen=True):
    """Somebody who left. `external_id` is null where only their address was ever named: compare
    `subscriber` with what the upload of recipients or `/v1/subscribers/find` gives.
    """

    subscriber: str
    external_id: str | None
    issue: str
    at: datetime


class Unsubscribes(msgspec.Struct, frozen=True):
    """A page; `cursor` always leads on, also from the last one: keep it for `after`."""

    epoch: str
    unsubscribes: list[Unsubscribe]
    cursor: str
    more: bool


class UnsubscribeQuery(msgspec.Struct, frozen=True):
    """Where to go on, and how far."""

    publication: PublicationId | None = None
    after: CursorText | None = None
    limit: Annotated[int, Meta(ge=1, le=5000)] = 1000


def unsubscribes_page(
    connection: Connection, owner: Row[Any], query: UnsubscribeQuery
) -> tuple[list[Unsubscribe], str, bool]:
    """Who left behind the cursor, the cursor that leads on, and whether there are more."""
    feed, here = f"unsubscribes {owner.public_id}", epoch(connection)
    place: cursors.Place = (0, 0, 0)
    if query.after is not None:
        place = cursors.read(query.after, feed, here, 3)
        if place[0] > owner.seq:
            raise cursors.gone(here)
    seq, at, number = place
    rows = list(
        connection.execute(
            select(
                event.c.seq, event.c.at, event.c.id, event.c.subscriber_id,
                subscriber.c.external_id, issue.c.public_id,
            )
            .join(issue, issue.c.id == event.c.issue_id)
            .join(subscriber, subscriber.c.id == event.c.subscriber_id)
            .where(
                issue.c.publication_id == owner.id,
                # Only these can have anything new.
                issue.c.seq >= seq,
                event.c.type == literal_column(_LEFT),
                event.c.seq >= seq,
                or_(
                    event.c.seq > seq,
                    event.c.at > at,
                    and_(event.c.at == at, event.c.id > number),
                ),
            )
            .order_by(event.c.seq, event.c.at, event.c.id)
            .limit(query.limit + 1)
        )
    )  # fmt: skip
    more = len(rows) > query.limit
    rows = rows[: query.limit]
    if rows:
        place = (rows[-1].seq, rows[-1].at, rows[-1].id)
    found = [
        Unsubscribe(
            subscriber_id(row.subscriber_id), row.external_id, row.public_id, moment(row.at)
        )
        for row in rows
    ]
    return found, cursors.written(feed, here, place), more


@endpoint(
    "GET",
    "/v1/unsubscribes",
    scope=Scope.READ,
    summary="Who unsubscribed since a cursor",
    query=UnsubscribeQuery,
    answers={200: Unsubscribes, 304: None, 409: ProblemDocument, 410: ProblemDocument},
    example=Unsubscribes(
        "3f2a9c1e",
        [
            Unsubscribe(
                "sub_aaaaaaaaaaafi", "4711", "iss_nbswy3dpeb3w64tm", moment(1_780_000_060_000)
            )
        ],
        "k6Zldm…",
        False,
    ),
)
def list_unsubscribes(request: Request) -> Response:
    """By our page, by one click in the mail program, or by the vendor; also from issues that are
    not tracked by name, and without consent. Somebody may come twice. Events and their names are
    kept for the publication's retention: fetch this often.
    """
    query: UnsubscribeQuery = request.query
    with request.services.database.reading() as connection:
        owner = publication_of(connection, request.caller(), query.publication)
        found, cursor, more = unsubscribes_page(connection, owner, query)
        return cached(request, Unsubscribes(epoch(connection), found, cursor, more))


ENDPOINTS = (list_unsubscribes,)
