"""Amazon SES: an event or notification as JSON text within a message of Amazon SNS.

Source: docs.aws.amazon.com/ses, "Contents of event data that Amazon SES publishes to Amazon SNS".
"""

from collections.abc import Iterable

import msgspec

from app.trackserver.vendors.fields import (
    Object,
    UnreadableError,
    enhanced_code,
    items,
    kept,
    moment,
    part,
    text,
)
from app.trackserver.vendors.seen import ISSUE, SUBSCRIBER, Seen, no_counterpart
from app.trackserver.words import EventType

_TYPES = {
    "Send": (EventType.SENT, "send"),
    "Delivery": (EventType.DELIVERED, "delivery"),
    "DeliveryDelay": (EventType.DEFERRED, "deliveryDelay"),
    "Open": (EventType.OPENED, "open"),
    "Click": (EventType.CLICKED, "click"),
    "Bounce": (EventType.SOFT_BOUNCE, "bounce"),
    "Complaint": (EventType.COMPLAINED, "complaint"),
    "Reject": (EventType.REJECTED, "reject"),
    "Rendering Failure": (EventType.REJECTED, "failure"),
    "Subscription": (EventType.UNSUBSCRIBED, "subscription"),
}
_NEVER_TRIED = frozenset({"Suppressed", "OnAccountSuppressionList", "UnsubscribedRecipient"})
_WHERE_RECIPIENTS = {
    "delivery": "recipients",
    "deliveryDelay": "delayedRecipients",
    "bounce": "bouncedRecipients",
    "complaint": "complainedRecipients",
}
_READ = frozenset(
    {"timestamp", "ipAddress", "userAgent", "link", "recipients", "delayedRecipients"}
    | {"bouncedRecipients", "complainedRecipients"}
)
_SET_UP = "Successfully validated SNS topic"


def read(envelope: Object) -> list[Seen]:
    """The events of one SNS notification, one for each recipient. Raises UnreadableError."""
    message = text(envelope.get("Message"))
    if message.startswith(_SET_UP):
        return []
    try:
        event = part(msgspec.json.decode(message))
    except (msgspec.DecodeError, RecursionError):
        raise UnreadableError("the SNS message holds no JSON") from None
    word = text(event.get("eventType")) or text(event.get("notificationType"))
    if word not in _TYPES:
        raise no_counterpart(word)
    kind, name = _TYPES[word]
    body, mail = part(event.get(name)), part(event.get("mail"))
    kind = _refined(kind, body)
    # Only opens, clicks, bounces... have a time of their own.
    at = moment(body.get("timestamp") or mail.get("timestamp"))
    link, agent = text(body.get("link")), text(body.get("userAgent"))
    reads = kind in (EventType.OPENED, EventType.CLICKED)
    address = text(body.get("ipAddress")) if reads else ""
    tags = {name: text((items(value) or [""])[0]) for name, value in part(mail.get("tags")).items()}
    detail = kept(body, _READ) | {
        "tags": kept(tags, frozenset()),
        "messageId": mail.get("messageId"),
    }
    return [
        Seen(
            type=kind,
            at=at,
            # Not the SNS MessageId: SES tells the same twice where both of its ways are set up.
            identity=(name, text(mail.get("messageId")), email, at, link, address, agent),
            email=email,
            issues=_named(tags),
            subscriber=tags.get(SUBSCRIBER, ""),
            url=link,
            user_agent=agent if reads else "",
            address=address,
            reason=_reason(kind, body, told),
            detail=detail,
        )
        for email, told in _recipients(name, body, mail)
    ]


def _refined(kind: EventType, body: Object) -> EventType:
    if kind is EventType.SOFT_BOUNCE:
        if text(body.get("bounceSubType")) in _NEVER_TRIED:
            return EventType.REJECTED
        if body.get("bounceType") == "Permanent":
            return EventType.HARD_BOUNCE
    elif kind is EventType.COMPLAINED:
        if text(body.get("complaintSubType")) in _NEVER_TRIED:
            return EventType.REJECTED
        if body.get("complaintFeedbackType") == "not-spam":
            raise no_counterpart("Complaint, not-spam")
    elif kind is EventType.UNSUBSCRIBED:
        wanted = part(body.get("newTopicPreferences"))
        if wanted.get("unsubscribeAll") is not True:
            raise no_counterpart("Subscription, not from all")
    return kind


def _recipients(name: str, body: Object, mail: Object) -> Iterable[tuple[str, Object]]:
    """The addresses it is about, with what is told of each."""
    where = _WHERE_RECIPIENTS.get(name)
    listed = items(body.get(where)) if where else []
    if listed:
        for one in listed:
            yield (text(one) or text(part(one).get("emailAddress"))), part(one)
        return
    addresses = [text(one) for one in items(mail.get("destination"))]
    if name in ("open", "click", "subscription") and len(addresses) != 1:
        # Several recipients of one mail: who opened it is not said.
        addresses = [""]
    for email in addresses:
        yield email, {}


def _named(tags: dict[str, str]) -> tuple[str, ...]:
    if own := tags.get(ISSUE):
        return (own,)
    return tuple(value for name, value in tags.items() if not name.startswith("ses:") and value)


def _reason(kind: EventType, body: Object, told: Object) -> str:
    if kind in (EventType.HARD_BOUNCE, EventType.SOFT_BOUNCE, EventType.DEFERRED):
        code = enhanced_code(text(told.get("status")), text(told.get("diagnosticCode")))
        return code or text(body.get("bounceSubType")) or text(body.get("delayType"))
    if kind is EventType.REJECTED:
        names = ("reason", "bounceSubType", "complaintSubType", "errorMessage")
        return next((word for name in names if (word := text(body.get(name)))), "")
    return ""
