"""A vendor's request, which is verified, as events in our own words."""

from collections.abc import Callable
from dataclasses import dataclass

import msgspec

from app.trackserver.vendors import mailgun, mailjet, postmark, resend, sendgrid, ses, sparkpost
from app.trackserver.vendors.fields import Object, UnreadableError, identity, items
from app.trackserver.vendors.seen import Seen
from app.trackserver.words import Source
from app.trackserver.work.occurrence import Occurrence

_READERS: dict[Source, Callable[[Object], list[Seen]]] = {
    Source.SENDGRID: sendgrid.read,
    Source.POSTMARK: postmark.read,
    Source.MAILGUN: mailgun.read,
    Source.SES: ses.read,
    Source.RESEND: resend.read,
    Source.SPARKPOST: sparkpost.read,
    Source.MAILJET: mailjet.read,
}
_AHEAD = 24 * 3600 * 1000
_LONGEST_WORD = 200
_LONGEST_URL = 8192
_LONGEST_AGENT = 1024


@dataclass(frozen=True, slots=True)
class Unread:
    """An event that is kept aside: unknown, or not to be understood.

    Attributes:
        body: A request with this event alone; normalising it again may succeed one day.
        error: Why, in words that are the same for the same cause, so that they can be counted.
    """

    body: bytes
    error: str


@dataclass(frozen=True, slots=True)
class Reading:
    """Everything that a request held."""

    occurrences: list[Occurrence]
    aside: list[Unread]


def normalise(source: Source, publication: int, received: int, body: bytes) -> Reading:
    """The events of one request, in its order.

    Pure: the same request gives the same events, with the same ids, whenever it comes again.

    Args:
        source: The vendor.
        publication: The publication that the webhook belongs to.
        received: When it came, milliseconds UTC; what lies far ahead of it is not believed.
        body: As it came.
    """
    reading = Reading([], [])
    try:
        payload: object = msgspec.json.decode(body)
    except (msgspec.DecodeError, RecursionError):
        reading.aside.append(Unread(body, f"{_name(source)}: not JSON"))
        return reading
    read = _READERS[source]
    for event in items(payload):
        try:
            if not isinstance(event, dict):
                raise UnreadableError("an event is no object")
            seen = read(event)
            if any(one.at > received + _AHEAD for one in seen):
                raise UnreadableError("its time lies in the future")
        except UnreadableError as error:
            alone = msgspec.json.encode(event)
            reading.aside.append(Unread(alone, f"{_name(source)}: {error}"))
        else:
            reading.occurrences.extend(_occurrence(source, publication, one) for one in seen)
    return reading


def _occurrence(source: Source, publication: int, seen: Seen) -> Occurrence:
    return Occurrence(
        type=seen.type,
        at=seen.at,
        source=source,
        id=identity(source, publication, seen.type, *seen.identity),
        publication=publication,
        email=seen.email[: _LONGEST_WORD * 2] or None,
        external_id=seen.subscriber[:_LONGEST_WORD] or None,
        message_issue=next((name[:_LONGEST_WORD] for name in seen.issues), None),
        link_url=seen.url[:_LONGEST_URL] or None,
        user_agent=seen.user_agent[:_LONGEST_AGENT],
        address=seen.address,
        reason=seen.reason[:_LONGEST_WORD],
        machine_hint=seen.machine_hint[:_LONGEST_WORD],
        detail=seen.detail,
    )


def _name(source: Source) -> str:
    return source.name.lower()
