"""One event as its source tells it, before it is matched to an issue and a subscriber."""

from dataclasses import dataclass, field

from app.trackserver.words import EventType, Source


class NoSuchIssue(Exception):  # noqa: N818 - reads as what it is
    """No issue of the publication is meant; the event is set aside and can be tried again."""


@dataclass(frozen=True, slots=True)
class Occurrence:
    """Something that happened to one recipient's copy of an issue.

    Attributes:
        at: When it happened, milliseconds UTC.
        id: 16 bytes that make it itself: the same event brought twice has the same.
        publication: Whose webhook or key it came through; none where ``issue`` is known.
        issue: The issue's number, where the source knew ours.
        subscriber: The subscriber's number, where the source knew ours.
        email: Never stored; its keyed hash finds the subscriber.
        external_id: The sender's own id of the subscriber.
        message_issue: The issue's public or external id, from the message's tags.
        link_url: Where a click led; finds the link's number.
        reason: Why a message bounced, was deferred or rejected: a status code or a word.
        machine_hint: The vendor's own verdict: ``""``, ``apple``, ``gmail``, ``yahoo`` or another
            word for a robot.
        detail: Fields of the vendor that are kept as they came.
    """

    type: EventType
    at: int
    source: Source
    id: bytes
    publication: int | None = None
    issue: int | None = None
    subscriber: int | None = None
    email: str | None = None
    external_id: str | None = None
    message_issue: str | None = None
    link_url: str | None = None
    link: int | None = None
    user_agent: str = ""
    address: str = ""
    reason: str = ""
    machine_hint: str = ""
    detail: dict[str, object] = field(default_factory=dict)
