"""Who did what, where the writer's account tracks by name; the platform's ids, never addresses."""

from dataclasses import dataclass

from app.engagement.model import EventRecord
from app.engagement.store.reader import Reader, StoredIssue
from app.speech import mark, say

MOST = 200
_WORDS = {
    "sent": mark("Sent"),
    "delivered": mark("Delivered"),
    "deferred": mark("Held back for now"),
    "rejected": mark("Rejected"),
    "hard_bounce": mark("Bounced for good"),
    "soft_bounce": mark("Bounced for now"),
    "bounced": mark("Bounced"),
    "opened": mark("Opened"),
    "clicked": mark("Clicked"),
    "unsubscribed": mark("Unsubscribed"),
    "complained": mark("Complained"),
    "replied": mark("Replied"),
}
_AGENTS = {"privacy_proxy": mark("by a privacy proxy"), "machine": mark("by a machine")}


@dataclass(frozen=True, slots=True)
class Step:
    """Something that a subscriber did."""

    at: int
    words: str


@dataclass(frozen=True, slots=True)
class Timeline:
    """A subscriber's events, the last first."""

    subscriber: str
    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class Timelines:
    """Subscribers by their last event, and how many there are in all."""

    shown: tuple[Timeline, ...]
    whole: int


def timelines(reader: Reader, issue: StoredIssue, urls: dict[int, str]) -> Timelines:
    """The subscribers whose last event is newest.

    Args:
        reader: The store.
        issue: One that tracks by name; others have no subscribers.
        urls: Addresses of links by their number.
    """
    events: dict[str, list[EventRecord]] = {}
    for event in reader.events(issue):
        if event.subscriber:
            events.setdefault(event.subscriber, []).append(event)
    newest = sorted(events, key=lambda each: (-events[each][-1].at, each))
    shown = tuple(
        Timeline(each, tuple(Step(event.at, _words(event, urls)) for event in events[each][::-1]))
        for each in newest[:MOST]
    )
    return Timelines(shown, len(newest))


def _words(event: EventRecord, urls: dict[int, str]) -> str:
    known = _WORDS.get(event.type)
    text = say(known) if known else event.type.replace("_", " ").capitalize()
    if event.agent in _AGENTS:
        text = f"{text} {say(_AGENTS[event.agent])}"
    if event.link is not None and event.link in urls:
        text = f"{text} {urls[event.link]}"
    elif event.client:
        text = say("{event} in {client}", event=text, client=event.client)
    return text
