"""SendGrid's event webhook: an array of flat objects, custom arguments among the fields.

Source: docs.sendgrid.com, "Event Webhook reference".
"""

from app.trackserver.vendors.fields import Object, enhanced_code, items, kept, moment, text
from app.trackserver.vendors.seen import READERS, SUBSCRIBER, Seen, named, no_counterpart
from app.trackserver.words import EventType

_TYPES = {
    "processed": EventType.SENT,
    "delivered": EventType.DELIVERED,
    "deferred": EventType.DEFERRED,
    "bounce": EventType.HARD_BOUNCE,
    "dropped": EventType.REJECTED,
    "open": EventType.OPENED,
    "click": EventType.CLICKED,
    "spamreport": EventType.COMPLAINED,
    "unsubscribe": EventType.UNSUBSCRIBED,
    "group_unsubscribe": EventType.UNSUBSCRIBED,
}
_READ = frozenset({"email", "timestamp", "useragent", "url"})


def read(event: Object) -> list[Seen]:
    """One event of a batch. Raises UnreadableError."""
    kind = _TYPES.get(text(event.get("event")))
    if kind is None:
        raise no_counterpart(event.get("event"))
    status, told = text(event.get("status")), text(event.get("reason"))
    code = enhanced_code(status, told, text(event.get("response")))
    # "blocked": the server refused this message, not this recipient.
    if kind is EventType.HARD_BOUNCE and (event.get("type") == "blocked" or code.startswith("4")):
        kind = EventType.SOFT_BOUNCE
    by_reader = kind in READERS
    return [
        Seen(
            type=kind,
            at=moment(event.get("timestamp")),
            identity=(text(event.get("sg_event_id")) or event,),
            email=text(event.get("email")),
            issues=named(event, *items(event.get("category"))),
            subscriber=text(event.get(SUBSCRIBER)),
            url=text(event.get("url")),
            user_agent=text(event.get("useragent")),
            address=text(event.get("ip")) if by_reader else "",
            reason=_reason(kind, code, event),
            machine_hint="apple" if event.get("sg_machine_open") is True else "",
            detail=kept(event, _READ),
        )
    ]


def _reason(kind: EventType, code: str, event: Object) -> str:
    if kind is EventType.REJECTED:
        return text(event.get("reason"))
    if kind in (EventType.HARD_BOUNCE, EventType.SOFT_BOUNCE, EventType.DEFERRED):
        return code or text(event.get("bounce_classification")) or text(event.get("type"))
    return ""
