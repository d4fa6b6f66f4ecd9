"""What one recipient's events add to an issue's figures."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence

from app.trackserver.robots.agents import UserAgent
from app.trackserver.words import Dimension, EventType, Metric, Reason
from app.trackserver.work.events import Event

Figure = tuple[int, str, int, int]
"""Dimension, key, metric and agent."""
Figures = Counter[Figure]

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
_UNIQUE = {_OPENED: int(Metric.OPENERS), _CLICKED: int(Metric.CLICKERS)}
_INFERRED = int(Metric.INFERRED_OPENERS)

Split = tuple[int, str]
"""A dimension and its key."""


def contributions(events: Iterable[Event], agent_of: AgentOf, figures: Figures, sign: int) -> None:
    """Add what the events of one recipient, or one event of nobody's, stand for.

    Args:
        events: All of one recipient's, or any number of which no subscriber is known.
        agent_of: What is known of a user agent.
        figures: The figures to change.
        sign: 1 to add, -1 to take back.
    """
    opens: list[tuple[Event, Sequence[Split]]] = []
    clicks: list[tuple[Event, Sequence[Split]]] = []
    for event in events:
        metric = _METRIC_OF.get(event.type)
        if metric is None:
            continue
        splits = _splits(event, agent_of)
        agent = event.agent
        figures[_TOTAL, "", metric, agent] += sign
        figures[_HOUR, hour_key(event.at), metric, agent] += sign
        for dimension, key in splits:
            figures[dimension, key, metric, agent] += sign
        if event.subscriber is not None:
            if event.type == _OPENED:
                opens.append((event, splits))
            elif event.type == _CLICKED:
                clicks.append((event, splits))
    if opens:
        _unique(opens, _UNIQUE[_OPENED], figures, sign)
    if clicks:
        _unique(clicks, _UNIQUE[_CLICKED], figures, sign)
        if not opens:
            _inferred(clicks, figures, sign)


def hour_key(at: int) -> str:
    """The key of the hour in which ``at`` (milliseconds UTC) lies."""
    return f"{at // HOUR:08d}"


def link_key(number: int) -> str:
    """The key of a link by its number in the issue."""
    return f"{number:05d}"


def _splits(event: Event, agent_of: AgentOf) -> Sequence[Split]:
    splits: list[Split] = []
    if event.domain:
        splits.append((_DOMAIN, event.domain))
    if event.type in (_OPENED, _CLICKED):
        if event.link is not None:
            splits.append((_LINK, link_key(event.link)))
        agent = agent_of(event.user_agent)
        if agent is not None:
            splits += ((_CLIENT, agent.client), (_OS, agent.os), (_DEVICE, agent.device))
        splits += ((_PROXY, name) for flag, name in _PROXIES if event.reasons & flag)
    elif event.type in _WITH_REASON:
        splits.append((_REASON, event.reason))
    return splits


def _unique(
    hits: Sequence[tuple[Event, Sequence[Split]]], metric: int, figures: Figures, sign: int
) -> None:
    """Count the recipient once: in all, and under each key in the best class seen there."""
    if len(hits) == 1:
        event, splits = hits[0]
        best, at = event.agent, event.at
        for dimension, key in splits:
            figures[dimension, key, metric, best] += sign
    else:
        best, at = min((event.agent, event.at) for event, _ in hits)
        classes: dict[Split, int] = {}
        for event, splits in hits:
            for split in splits:
                classes[split] = min(event.agent, classes.get(split, event.agent))
        for (dimension, key), agent in classes.items():
            figures[dimension, key, metric, agent] += sign
    figures[_TOTAL, "", metric, best] += sign
    figures[_HOUR, hour_key(at), metric, best] += sign


def _inferred(clicks: Sequence[tuple[Event, Sequence[Split]]], figures: Figures, sign: int) -> None:
    best, at = min((event.agent, event.at) for event, _ in clicks)
    figures[_TOTAL, "", _INFERRED, best] += sign
    figures[_HOUR, hour_key(at), _INFERRED, best] += sign
    domain = next((event.domain for event, _ in clicks if event.domain), None)
    if domain:
        figures[_DOMAIN, domain, _INFERRED, best] += sign
