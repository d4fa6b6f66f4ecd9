"""Mailjet's event API: one object, or an array of them where events are grouped.

Source: dev.mailjet.com/email/guides/webhooks.
"""

import msgspec

from app.trackserver.vendors.fields import Object, enhanced_code, kept, moment, part, text
from app.trackserver.vendors.seen import READERS, SUBSCRIBER, Seen, named, no_counterpart
from app.trackserver.words import EventType

_TYPES = {
    # Not "handed in": the receiving server took it.
    "sent": EventType.DELIVERED,
    "open": EventType.OPENED,
    "click": EventType.CLICKED,
    "bounce": EventType.SOFT_BOUNCE,
    "blocked": EventType.REJECTED,
    "spam": EventType.COMPLAINED,
    "unsub": EventType.UNSUBSCRIBED,
}
_READ = frozenset({"time", "email", "ip", "agent", "url", "Payload"})


def read(event: Object) -> list[Seen]:
    """One event. Raises UnreadableError."""
    kind = _kind(event)
    at = moment(event.get("time"))
    email, link = text(event.get("email")), text(event.get("url"))
    payload = _payload(event)
    message = text(event.get("MessageID"))
    by_reader = kind in READERS
    return [
        Seen(
            type=kind,
            at=at,
            identity=(text(event.get("event")), message, email, at, link),
            email=email,
            issues=named(payload, event.get("customcampaign"), event.get("mj_campaign_id")),
            subscriber=text(payload.get(SUBSCRIBER)),
            url=link,
            user_agent=text(event.get("agent")),
            address=text(event.get("ip")) if by_reader else "",
            reason="" if by_reader or kind is EventType.DELIVERED else _reason(event),
            detail=kept(event, _READ)
            | ({"Payload": kept(payload, frozenset())} if payload else {}),
        )
    ]


def _kind(event: Object) -> EventType:
    word = text(event.get("event"))
    if word not in _TYPES:
        raise no_counterpart(word)
    if word in ("bounce", "blocked"):
        if event.get("hard_bounce") is True:
            return EventType.HARD_BOUNCE
        if "greylist" in text(event.get("error")).lower():
            return EventType.DEFERRED
    return _TYPES[word]


def _payload(event: Object) -> Object:
    """What the sender gave along: text, which we use where it is a JSON object."""
    try:
        return part(msgspec.json.decode(text(event.get("Payload")) or "{}"))
    except (msgspec.DecodeError, RecursionError):
        return {}


def _reason(event: Object) -> str:
    told = text(event.get("error"))
    return enhanced_code(told, text(event.get("comment"))) or told
