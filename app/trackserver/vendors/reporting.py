"""``POST /v1/issues/{id}/events``: what happened, told by the sender instead of by a vendor."""

from datetime import datetime
from enum import StrEnum
from ipaddress import ip_address
from typing import Annotated

import msgspec
from msgspec import Meta

from app.trackserver.api.access import issue_of, milliseconds
from app.trackserver.api.fields import EMAIL
from app.trackserver.api.keys import Scope
from app.trackserver.inbox import Kind, Reported
from app.trackserver.vendors.fields import identity
from app.trackserver.web.endpoints import Answer, Request, endpoint
from app.trackserver.web.problems import Problem, ProblemDocument
from app.trackserver.words import EventType

MOST = 10_000
_LONGEST_BODY = 4 << 20
_AHEAD = 24 * 3600 * 1000
_LONGEST_ID = 200


class Happened(StrEnum):
    """The published words of EventType."""

    SENT = "sent"
    DELIVERED = "delivered"
    DEFERRED = "deferred"
    REJECTED = "rejected"
    HARD_BOUNCE = "hard_bounce"
    SOFT_BOUNCE = "soft_bounce"
    OPENED = "opened"
    CLICKED = "clicked"
    COMPLAINED = "complained"
    UNSUBSCRIBED = "unsubscribed"


class ReportedEvent(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """One event. Who it happened to is told by ``subscriber``, ``email`` or both; it may be left
    out where only totals are kept.
    """

    type: Happened
    at: Annotated[datetime, Meta(tz=True)]
    subscriber: Annotated[str, Meta(max_length=_LONGEST_ID)] = ""
    """Your own id of the subscriber."""
    email: Annotated[str, Meta(max_length=320, pattern=rf"^$|{EMAIL}")] = ""
    """Never stored; it finds the subscriber by a keyed hash."""
    link: Annotated[int, Meta(ge=0, le=65_535)] = 0
    """The link's number in the issue."""
    url: Annotated[str, Meta(max_length=8192)] = ""
    """Where the click led, if you do not know the link's number."""
    reason: Annotated[str, Meta(max_length=200)] = ""
    """Why it bounced, was deferred or rejected: an enhanced status code, or a word."""
    address: Annotated[str, Meta(max_length=45)] = ""
    """The reader's IP address, for opens and clicks."""
    user_agent: Annotated[str, Meta(max_length=2048)] = ""
    id: Annotated[str, Meta(max_length=_LONGEST_ID)] = ""
    """Your own id of the event: the same id twice is one event. Without one, two events that are
    alike in everything are one."""


class ReportedEvents(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """A batch of events, in any order."""

    events: Annotated[list[ReportedEvent], Meta(max_length=MOST)]


class Accepted(msgspec.Struct, frozen=True):
    """All of the batch is kept; the figures show it within seconds."""

    accepted: int


_NOON = datetime.fromisoformat("2026-09-21T14:13:20+00:00")


@endpoint(
    "POST",
    "/v1/issues/{id}/events",
    scope=Scope.WRITE,
    summary="Report events of an issue",
    body=ReportedEvents,
    limit=_LONGEST_BODY,
    answers={202: Accepted, 409: ProblemDocument},
    example=Accepted(accepted=2),
    body_example=ReportedEvents(
        [
            ReportedEvent(type=Happened.DELIVERED, at=_NOON, email="ann@reader.example"),
            ReportedEvent(type=Happened.HARD_BOUNCE, at=_NOON, subscriber="1208", reason="5.1.1"),
        ]
    ),
    tag="events",
)
def report_events(request: Request) -> Answer:
    """What your own sending system knows: sent, delivered, deferred, bounced, complained...

    Up to 10,000 events a request, all or none of them. Sending a batch again after a time-out does
    no harm. A vendor with a webhook of its own need not be reported.
    """
    with request.services.database.reading() as connection:
        number = int(issue_of(connection, request.caller(), request.path["id"]).id)
    now = request.services.clock()
    events: list[ReportedEvent] = request.body.events
    taken = [_reported(place, event, number, now) for place, event in enumerate(events)]
    request.services.inbox.add_all_sync(Kind.EVENTS, list(taken))
    return Answer(Accepted(len(taken)), status=202)


def _reported(place: int, event: ReportedEvent, number: int, now: int) -> Reported:
    at = milliseconds(event.at)
    if not 0 < at <= now + _AHEAD:
        raise Problem(409, detail=f"Event {place} has an impossible time.", event=place)
    if event.address and not _is_address(event.address):
        raise Problem(409, detail=f"The address of event {place} is none.", event=place)
    kind = EventType[event.type.name]
    alike = (kind, at, event.subscriber, event.email, event.link, event.url, event.reason)
    return Reported(
        at=at,
        issue=number,
        type=int(kind),
        subscriber=0,
        link=event.link,
        address=event.address,
        user_agent=event.user_agent,
        reason=event.reason,
        id=f"id:{event.id}" if event.id else identity(*alike, event.address).hex(),
        external_id=event.subscriber,
        email=event.email,
        url=event.url,
    )


def _is_address(text: str) -> bool:
    try:
        ip_address(text)
    except ValueError:
        return False
    return "%" not in text


ENDPOINTS = (report_events,)
