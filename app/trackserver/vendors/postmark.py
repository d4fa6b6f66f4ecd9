"""Postmark's webhooks: one object a request, told apart by ``RecordType``.

Source: postmarkapp.com/developer/webhooks.
"""

from app.trackserver.vendors.fields import Object, enhanced_code, kept, moment, part, text
from app.trackserver.vendors.seen import SUBSCRIBER, Seen, named, no_counterpart
from app.trackserver.words import EventType

_RECORDS = {
    "Delivery": (EventType.DELIVERED, "DeliveredAt"),
    "Open": (EventType.OPENED, "ReceivedAt"),
    "Click": (EventType.CLICKED, "ReceivedAt"),
    "SpamComplaint": (EventType.COMPLAINED, "BouncedAt"),
}
_BOUNCES = {
    "HardBounce": EventType.HARD_BOUNCE,
    "SoftBounce": EventType.SOFT_BOUNCE,
    "Transient": EventType.DEFERRED,
    "DnsError": EventType.SOFT_BOUNCE,
    "Undeliverable": EventType.SOFT_BOUNCE,
    "Unknown": EventType.SOFT_BOUNCE,
    "VirusNotification": EventType.SOFT_BOUNCE,
    # Refused by a filter: this message, not this address.
    "Blocked": EventType.SOFT_BOUNCE,
    "SpamNotification": EventType.SOFT_BOUNCE,
    "SpamComplaint": EventType.COMPLAINED,
    "Unsubscribe": EventType.UNSUBSCRIBED,
    "BadEmailAddress": EventType.REJECTED,
    "ManuallyDeactivated": EventType.REJECTED,
    "Unconfirmed": EventType.REJECTED,
    "SMTPApiError": EventType.REJECTED,
    "DMARCPolicy": EventType.REJECTED,
    "TemplateRenderingFailed": EventType.REJECTED,
}
_SUPPRESSIONS = {
    "HardBounce": EventType.HARD_BOUNCE,
    "SpamComplaint": EventType.COMPLAINED,
    "ManualSuppression": EventType.UNSUBSCRIBED,
}
_READ = frozenset(
    {"Recipient", "Email", "DeliveredAt", "ReceivedAt", "BouncedAt", "ChangedAt"}
    | {"UserAgent", "OriginalLink", "Content", "Subject", "From"}
)
_WITH_REASON = frozenset(
    {EventType.HARD_BOUNCE, EventType.SOFT_BOUNCE, EventType.DEFERRED, EventType.REJECTED}
)


def read(event: Object) -> list[Seen]:
    """The event of a request. Raises UnreadableError."""
    kind, stamp, word = _kind(event)
    at = moment(stamp)
    email = text(event.get("Recipient")) or text(event.get("Email"))
    link = text(event.get("OriginalLink"))
    metadata = part(event.get("Metadata"))
    # Opens and clicks carry no id of their own.
    own = text(event.get("ID"))
    identity = (own,) if own else (kind, text(event.get("MessageID")), email, at, link)
    return [
        Seen(
            type=kind,
            at=at,
            identity=identity,
            email=email,
            issues=named(metadata, event.get("Tag")),
            subscriber=text(metadata.get(SUBSCRIBER)),
            url=link,
            user_agent=text(event.get("UserAgent")),
            address=text(part(event.get("Geo")).get("IP")),
            reason=enhanced_code(text(event.get("Details"))) or word
            if kind in _WITH_REASON
            else "",
            detail=_detail(event),
        )
    ]


def _kind(event: Object) -> tuple[EventType, object, str]:
    """What it is, when it was, and the vendor's word for why."""
    record = text(event.get("RecordType"))
    if record in _RECORDS:
        kind, stamp = _RECORDS[record]
        return kind, event.get(stamp), ""
    if record == "Bounce":
        word = text(event.get("Type"))
        if word in _BOUNCES:
            return _BOUNCES[word], event.get("BouncedAt"), word
        raise no_counterpart(f"Bounce {word}")
    if record == "SubscriptionChange":
        return *_suppression(event), text(event.get("SuppressionReason"))
    raise no_counterpart(record)


def _suppression(event: Object) -> tuple[EventType, object]:
    """A subscription change is an unsubscription only where the reader did it."""
    word = text(event.get("SuppressionReason"))
    if event.get("SuppressSending") is not True or word not in _SUPPRESSIONS:
        raise no_counterpart("SubscriptionChange, resubscribed")
    if word == "ManualSuppression" and text(event.get("Origin")) not in ("", "Recipient"):
        raise no_counterpart("SubscriptionChange, by the sender")
    return _SUPPRESSIONS[word], event.get("ChangedAt")


def _detail(event: Object) -> dict[str, object]:
    detail = kept(event, _READ)
    if geo := part(detail.get("Geo")):
        # Nearer than the country would say more than the shortened address that we keep.
        detail["Geo"] = {"CountryISOCode": geo.get("CountryISOCode")}
    return detail
