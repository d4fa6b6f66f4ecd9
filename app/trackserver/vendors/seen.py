"""One event as a vendor's module reads it: its own words gone, nothing matched yet."""

from dataclasses import dataclass, field

from app.trackserver.vendors.fields import Object, UnreadableError, text
from app.trackserver.words import EventType

ISSUE = "sendoff_issue"
"""What senders put into the vendor's metadata, so that its events find their issue."""
SUBSCRIBER = "sendoff_subscriber"

READERS = frozenset(
    {EventType.OPENED, EventType.CLICKED, EventType.COMPLAINED, EventType.UNSUBSCRIBED}
)
"""Events that a reader causes: an address that comes with them is the reader's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """One thing that happened to one recipient's copy."""

    type: EventType
    at: int
    identity: tuple[object, ...]
    """What the vendor promises to repeat when it sends the same event again."""
    email: str = ""
    issues: tuple[str, ...] = ()
    """What may name the issue, the surest first."""
    subscriber: str = ""
    """The subscriber's id at the sender."""
    url: str = ""
    user_agent: str = ""
    address: str = ""
    reason: str = ""
    machine_hint: str = ""
    detail: dict[str, object] = field(default_factory=dict)


def named(metadata: Object, *tags: object) -> tuple[str, ...]:
    """What may name the issue: our own id in the metadata, else the tags in their order."""
    own = text(metadata.get(ISSUE))
    return (own,) if own else tuple(name for tag in tags if (name := text(tag)))


def no_counterpart(word: object) -> UnreadableError:
    """For an event type that this version does not know, or that is none of a mail's."""
    shown = text(word)[:60]
    return UnreadableError(f"unknown event type {shown!r}" if shown else "no event type")
