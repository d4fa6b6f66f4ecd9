"""Mailgun's webhooks: ``event-data`` beside a ``signature``, one event a request.

Source: documentation.mailgun.com, "Tracking webhooks" and "Events".
"""

from app.trackserver.vendors.fields import Object, enhanced_code, items, kept, moment, part, text
from app.trackserver.vendors.seen import READERS, SUBSCRIBER, Seen, named, no_counterpart
from app.trackserver.words import EventType

_TYPES = {
    "accepted": EventType.SENT,
    "delivered": EventType.DELIVERED,
    "rejected": EventType.REJECTED,
    "opened": EventType.OPENED,
    "clicked": EventType.CLICKED,
    "complained": EventType.COMPLAINED,
    "unsubscribed": EventType.UNSUBSCRIBED,
}
_READ = frozenset({"timestamp", "recipient", "url", "ip", "envelope"})
_GAVE_UP = "old"
_NEVER_TRIED = "suppress-"


def read(payload: Object) -> list[Seen]:
    """The event of a request. Raises UnreadableError."""
    event = part(payload.get("event-data"))
    kind = _kind(event)
    client = part(event.get("client-info"))
    variables = part(event.get("user-variables"))
    at = moment(event.get("timestamp"))
    own = text(event.get("id"))
    status = part(event.get("delivery-status"))
    told = text(status.get("message")), text(status.get("description"))
    failed = kind not in READERS and kind not in (EventType.SENT, EventType.DELIVERED)
    return [
        Seen(
            type=kind,
            at=at,
            # The vendor's id is unique only within a day.
            identity=(own, at) if own else (event,),
            email=text(event.get("recipient")),
            issues=named(variables, *items(event.get("tags"))),
            subscriber=text(variables.get(SUBSCRIBER)),
            url=text(event.get("url")),
            user_agent=text(client.get("user-agent")),
            address=text(event.get("ip")) if kind in READERS else "",
            reason=(enhanced_code(*told) or text(event.get("reason"))) if failed else "",
            machine_hint=text(client.get("bot")),
            detail=_detail(event),
        )
    ]


def _kind(event: Object) -> EventType:
    word = text(event.get("event"))
    if word in _TYPES:
        return _TYPES[word]
    if word != "failed":
        raise no_counterpart(word)
    reason = text(event.get("reason"))
    if reason.startswith(_NEVER_TRIED):
        return EventType.REJECTED
    severity = text(event.get("severity"))
    if severity == "temporary":
        return EventType.DEFERRED
    if severity != "permanent":
        raise no_counterpart(f"failed, {severity or 'no severity'}")
    # Given up after hours of temporary refusals: nothing is known against the address.
    return EventType.SOFT_BOUNCE if reason == _GAVE_UP else EventType.HARD_BOUNCE


def _detail(event: Object) -> dict[str, object]:
    detail = kept(event, _READ)
    if place := part(detail.get("geolocation")):
        detail["geolocation"] = {"country": place.get("country")}
    if client := part(detail.get("client-info")):
        detail["client-info"] = {k: v for k, v in client.items() if k != "user-agent"}
    return detail
