"""What one recipient's events add to an issue's figures."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache
from operator import attrgetter

from app.trackserver.robots.agents import UserAgent
from app.trackserver.robots.classify import PROXIES, TOLD_TWICE
from app.trackserver.words import Dimension, EventType, Metric, Reason
from app.trackserver.work.events import Event

Figure = tuple[int, str, int, int]
"""Dimension, key, metric and agent."""
Figures = Counter[Figure]
Split = tuple[int, str]
"""Dimension and key."""

AgentOf = Callable[[int | None], UserAgent | None]

HOUR = 3_600_000

_METRICS = {
    EventType.SENT: Metric.SENT,
    EventType.DELIVERED: Metric.DELIVERED,
    EventType.DEFERRED: Metric.DEFERRED,
    EventType.REJECTED: Metric.REJECTED,
    EventType.HARD_BOUNCE: Metric.HARD_BOUNCE,
    EventType.SOFT_BOUNCE: Metric.SOFT_BOUNCE,
    EventType.OPENED: Metric.OPENS,
    EventType.CLICKED: Metric.CLICKS,
    EventType.COMPLAINED: Metric.COMPLAINTS,
    EventType.UNSUBSCRIBED: Metric.UNSUBSCRIBES,
}
_METRIC_OF = {int(kind): int(metric) for kind, metric in _METRICS.items()}
_WITH_REASON = frozenset(
    {EventType.DEFERRED, EventType.REJECTED, EventType.HARD_BOUNCE, EventType.SOFT_BOUNCE}
)
_OPENED, _CLICKED = int(EventType.OPENED), int(EventType.CLICKED)
_TOTAL, _HOUR, _LINK = int(Dimension.TOTAL), int(Dimension.HOUR), int(Dimension.LINK)
_CLIENT, _OS, _DEVICE = int(Dimension.CLIENT), int(Dimension.OS), int(Dimension.DEVICE)
_DOMAIN, _REASON, _PROXY = int(Dimension.DOMAIN), int(Dimension.REASON), int(Dimension.PROXY)
_PROXIES = (
    (int(Reason.APPLE_PROXY), "apple"),
    (int(Reason.GMAIL_PROXY), "gmail"),
    (int(Reason.YAHOO_PROXY), "yahoo"),
)
_OPENERS, _CLICKERS = int(Metric.OPENERS), int(Metric.CLICKERS)
_INFERRED = int(Metric.INFERRED_OPENERS)
_best_first = attrgetter("agent", "at", "id")


def contributions(events: Sequence[Event], agent_of: AgentOf) -> list[Figure]:
    """What the events of one recipient, or one event of nobody's, stand for: one each.

    Args:
        events: All of one recipient's, or any number of which no subscriber is known.
        agent_of: What is known of a user agent.
    """
    return singly(events, agent_of) + together(events, agent_of)


def singly(events: Iterable[Event], agent_of: AgentOf) -> list[Figure]:
    """What each event adds by itself, whatever others there are."""
    added: list[Figure] = []
    for event in events:
        metric = _METRIC_OF.get(event.type)
        if metric is not None and not event.reasons & TOLD_TWICE:
            _count(event, metric, agent_of, added)
    return added


def together(events: Iterable[Event], agent_of: AgentOf) -> list[Figure]:
    """What all events of one recipient add by being of the same: who is counted once."""
    opens: list[Event] = []
    clicks: list[Event] = []
    for event in events:
        if event.subscriber is not None and not event.reasons & TOLD_TWICE:
            if event.type == _OPENED:
                opens.append(event)
            elif event.type == _CLICKED:
                clicks.append(event)
    added: list[Figure] = []
    if opens:
        click = min(clicks, key=_best_first) if clicks else None
        if click is not None and click.agent < min(opens, key=_best_first).agent:
            _opened_by_clicking(opens, click, agent_of, added)
        else:
            _unique(opens, _OPENERS, agent_of, added)
    if clicks:
        if not opens:
            _inferred(clicks, added)
        _unique(clicks, _CLICKERS, agent_of, added)
    return added


def hour_key(at: int) -> str:
    """The key of the hour in which ``at`` (milliseconds UTC) lies."""
    return f"{at // HOUR:08d}"


def link_key(number: int) -> str:
    """The key of a link by its number in the issue."""
    return f"{number:05d}"


def _count(event: Event, metric: int, agent_of: AgentOf, added: list[Figure]) -> None:
    """Add one event under a metric."""
    added.extend(_figures(event, metric, agent_of).values())
    if event.domain:
        added.append((_DOMAIN, event.domain, metric, event.agent))
    added.append(_in_hour(event.at // HOUR, metric, event.agent))


@lru_cache(maxsize=10_000)
def _in_hour(hour: int, metric: int, agent: int) -> Figure:
    return _HOUR, hour_key(hour * HOUR), metric, agent


def _figures(event: Event, metric: int, agent_of: AgentOf) -> Mapping[Split, Figure]:
    """What an event adds under a metric, the hour and the domain left out."""
    kind, agent = event.type, event.agent
    if kind in (_OPENED, _CLICKED):
        used = agent_of(event.user_agent)
        client, system, device = (used.client, used.os, used.device) if used else _UNKNOWN
        proxies = event.reasons & PROXIES
        found = _of_hit(metric, agent, event.link, client, system, device, proxies)
    else:
        found = {(_TOTAL, ""): (_TOTAL, "", metric, agent)}
        if kind in _WITH_REASON:
            found[_REASON, event.reason] = _REASON, event.reason, metric, agent
    return found


_UNKNOWN = (None, None, None)


@lru_cache(maxsize=10_000)
def _of_hit(
    metric: int,
    agent: int,
    link: int | None,
    client: str | None,
    system: str | None,
    device: str | None,
    proxies: int,
) -> dict[Split, Figure]:
    # One of these is shared by all hits of its kind: never changed.
    splits = [
        (_TOTAL, ""),
        (_LINK, None if link is None else link_key(link)),
        (_CLIENT, client),
        (_OS, system),
        (_DEVICE, device),
        *((_PROXY, name) for flag, name in _PROXIES if proxies & flag),
    ]
    return {
        (dimension, key): (dimension, key, metric, agent)
        for dimension, key in splits
        if key is not None
    }


def _unique(hits: list[Event], metric: int, agent_of: AgentOf, added: list[Figure]) -> None:
    """Count the recipient once: in all, and under each key in the best class seen there."""
    if len(hits) == 1:
        _count(hits[0], metric, agent_of, added)
        return
    # The best hit comes last, and has the last word.
    hits.sort(key=_best_first, reverse=True)
    found: dict[Split, Figure] = {}
    for event in hits:
        found.update(_figures(event, metric, agent_of))
        if event.domain:
            found[_DOMAIN, event.domain] = _DOMAIN, event.domain, metric, event.agent
    added.extend(found.values())
    added.append(_in_hour(event.at // HOUR, metric, event.agent))


def _opened_by_clicking(
    opens: list[Event], click: Event, agent_of: AgentOf, added: list[Figure]
) -> None:
    """Count an opener in the class of their click: a proxy or a machine loaded the pictures, and
    the click shows who read. Without this, more people would click than open.
    """
    found: dict[Split, Figure] = {}
    for event in opens:
        for split, (dimension, key, metric, _) in _figures(event, _OPENERS, agent_of).items():
            found[split] = dimension, key, metric, click.agent
        if event.domain:
            found[_DOMAIN, event.domain] = _DOMAIN, event.domain, _OPENERS, click.agent
    added.extend(found.values())
    added.append(_in_hour(click.at // HOUR, _OPENERS, click.agent))


def _inferred(clicks: Sequence[Event], added: list[Figure]) -> None:
    best = min(clicks, key=_best_first)
    added.append((_TOTAL, "", _INFERRED, best.agent))
    added.append((_HOUR, hour_key(best.at), _INFERRED, best.agent))
    domain = next((event.domain for event in clicks if event.domain), None)
    if domain:
        added.append((_DOMAIN, domain, _INFERRED, best.agent))
