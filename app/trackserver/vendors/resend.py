"""Resend's webhooks: one event a request, sent through Svix.

Source: resend.com/docs/webhooks/event-types.
"""

from app.trackserver.vendors.fields import Object, enhanced_code, items, kept, moment, part, text
from app.trackserver.vendors.seen import SUBSCRIBER, Seen, named, no_counterpart
from app.trackserver.words import EventType

_TYPES = {
    "email.sent": (EventType.SENT, ""),
    "email.delivered": (EventType.DELIVERED, ""),
    "email.delivery_delayed": (EventType.DEFERRED, "delivery_delayed"),
    "email.bounced": (EventType.HARD_BOUNCE, "bounce"),
    "email.failed": (EventType.REJECTED, "failed"),
    "email.suppressed": (EventType.REJECTED, "suppressed"),
    "email.complained": (EventType.COMPLAINED, ""),
    "email.opened": (EventType.OPENED, "open"),
    "email.clicked": (EventType.CLICKED, "click"),
}
_READ = frozenset({"to", "cc", "bcc", "from", "subject", "headers", "click", "open"})
_WITH_REASON = frozenset(
    {EventType.HARD_BOUNCE, EventType.SOFT_BOUNCE, EventType.DEFERRED, EventType.REJECTED}
)


def read(event: Object) -> list[Seen]:
    """The event of a request, one for each recipient. Raises UnreadableError."""
    word = text(event.get("type"))
    if word not in _TYPES:
        raise no_counterpart(word)
    kind, name = _TYPES[word]
    data = part(event.get("data"))
    body = part(data.get(name))
    if kind is EventType.HARD_BOUNCE and text(body.get("type")) in ("Transient", "Undetermined"):
        kind = EventType.SOFT_BOUNCE
    tags = _tags(data.get("tags"))
    at = moment(body.get("timestamp") or event.get("created_at"))
    recipients = [text(one) for one in items(data.get("to"))] or [""]
    if kind in (EventType.OPENED, EventType.CLICKED) and len(recipients) > 1:
        recipients = [""]
    link, agent = text(body.get("link")), text(body.get("userAgent"))
    return [
        Seen(
            type=kind,
            at=at,
            identity=(kind, text(data.get("email_id")), email, at, link, agent),
            email=email,
            issues=named(tags, data.get("broadcast_id"), *tags.values()),
            subscriber=text(tags.get(SUBSCRIBER)),
            url=link,
            user_agent=agent,
            address=text(body.get("ipAddress")),
            reason=_reason(name, body) if kind in _WITH_REASON else "",
            detail=kept(data, _READ),
        )
        for email in recipients
    ]


def _tags(value: object) -> dict[str, object]:
    """Tags come as an object, or as a list of names with values."""
    if isinstance(value, list):
        return {text(part(tag).get("name")): part(tag).get("value") for tag in value}
    return dict(part(value))


def _reason(name: str, body: Object) -> str:
    code = enhanced_code(text(body.get("message")), text(body.get("reason")))
    return code or text(body.get("subType")) or text(body.get("reason")) or name
