"""SparkPost's (Bird's) webhooks: an array of ``{"msys": {class: event}}``.

Source: developers.sparkpost.com/api/webhooks; its bounce classification codes.
"""

from app.trackserver.vendors.fields import Object, enhanced_code, items, kept, moment, part, text
from app.trackserver.vendors.seen import READERS, SUBSCRIBER, Seen, named, no_counterpart
from app.trackserver.words import EventType

_TYPES = {
    ("message_event", "injection"): EventType.SENT,
    ("message_event", "delivery"): EventType.DELIVERED,
    ("message_event", "delay"): EventType.DEFERRED,
    ("message_event", "spam_complaint"): EventType.COMPLAINED,
    ("message_event", "policy_rejection"): EventType.REJECTED,
    ("gen_event", "generation_failure"): EventType.REJECTED,
    ("gen_event", "generation_rejection"): EventType.REJECTED,
    ("track_event", "open"): EventType.OPENED,
    ("track_event", "initial_open"): EventType.OPENED,
    ("track_event", "amp_open"): EventType.OPENED,
    ("track_event", "amp_initial_open"): EventType.OPENED,
    ("track_event", "click"): EventType.CLICKED,
    ("track_event", "amp_click"): EventType.CLICKED,
    ("unsubscribe_event", "list_unsubscribe"): EventType.UNSUBSCRIBED,
    ("unsubscribe_event", "link_unsubscribe"): EventType.UNSUBSCRIBED,
}
_BOUNCES = ("bounce", "out_of_band")
_HARD = frozenset({"10", "30"})
_ADMINISTRATIVE = frozenset({"25", "26"})
_NO_BOUNCE = {"60": "auto-reply", "80": "subscribe", "100": "challenge"}
_UNSUBSCRIBE = "90"
_READ = frozenset(
    {"timestamp", "rcpt_to", "raw_rcpt_to", "user_agent", "ip_address", "target_link_url"}
    | {"geo_ip", "user_agent_parsed", "friendly_from", "msg_from", "subject"}
)


def read(wrapped: Object) -> list[Seen]:
    """One event of a batch; nothing for the ping that tests an address. Raises UnreadableError."""
    classes = part(wrapped.get("msys"))
    if not classes and "msys" in wrapped:
        return []
    name, event = next(((name, part(event)) for name, event in classes.items()), ("", {}))
    kind = _kind(name, event)
    metadata = part(event.get("rcpt_meta"))
    at = moment(event.get("timestamp"))
    by_reader = kind in READERS
    tags = (event.get("campaign_id"), *items(event.get("rcpt_tags")))
    return [
        Seen(
            type=kind,
            at=at,
            identity=(text(event.get("event_id")) or event,),
            email=text(event.get("raw_rcpt_to")) or text(event.get("rcpt_to")),
            issues=named(metadata, *tags),
            subscriber=text(metadata.get(SUBSCRIBER)),
            url=text(event.get("target_link_url")),
            user_agent=text(event.get("user_agent")),
            address=text(event.get("ip_address")) if by_reader else "",
            reason=_reason(kind, event),
            machine_hint="apple" if event.get("is_prefetched") in (True, "true") else "",
            detail=kept(event, _READ) | {"class": name},
        )
    ]


def _kind(name: str, event: Object) -> EventType:
    word = text(event.get("type"))
    if name == "message_event" and word in _BOUNCES:
        return _bounce(text(event.get("bounce_class")))
    kind = _TYPES.get((name, word))
    if kind is None:
        raise no_counterpart(f"{name} {word}".strip())
    return kind


def _bounce(number: str) -> EventType:
    if number in _NO_BOUNCE:
        raise no_counterpart(f"bounce class {number}, {_NO_BOUNCE[number]}")
    if number == _UNSUBSCRIBE:
        return EventType.UNSUBSCRIBED
    if number in _ADMINISTRATIVE:
        return EventType.REJECTED
    return EventType.HARD_BOUNCE if number in _HARD else EventType.SOFT_BOUNCE


def _reason(kind: EventType, event: Object) -> str:
    if kind in READERS or kind in (EventType.SENT, EventType.DELIVERED):
        return ""
    told = text(event.get("raw_reason")), text(event.get("reason"))
    return enhanced_code(*told) or text(event.get("bounce_class")) or text(event.get("error_code"))
