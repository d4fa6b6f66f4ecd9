"""What one recipient's events add to an issue's figures."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from operator import attrgetter

from app.trackserver.robots.agents import UserAgent
from app.trackserver.robots.classify import PROXIES
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
_OPENERS, _CLICKERS = int(Metric.OPENERS), int(Metric.CLICKERS)
_INFERRED = int(Metric.INFERRED_OPENERS)
_best_first = attrgetter("agent", "at", "id")


def contributions(events: Iterable[Event], agent_of: AgentOf, figures: Figures, sign: int) -> None:
    """Add what the events of one recipient, or one event of nobody's, stand for.

    Args:
        events: All of one recipient's, or any number of which no subscriber is known.
        agent_of: What is known of a user agent.
        figures: The figures to change.
        sign: 1 to add, -1 to take back.
    """
    added: list[Figure] = []
    opens: list[Event] = []
    clicks: list[Event] = []
    for event in events:
        kind = event.type
        metric = _METRIC_OF.get(kind)
        if metric is None:
            continue
        added += _figures(event, metric, agent_of)
        added.append((_HOUR, hour_key(event.at), metric, event.agent))
        if event.subscriber is not None:
            if kind == _OPENED:
                opens.append(event)
            elif kind == _CLICKED:
                clicks.append(event)
    if opens:
        _unique(opens, _OPENERS, agent_of, added)
    if clicks:
        if not opens:
            _inferred(clicks, added)
        _unique(clicks, _CLICKERS, agent_of, added)
    if sign > 0:
        figures.update(added)
    else:
        figures.subtract(added)


def hour_key(at: int) -> str:
    """The key of the hour in which ``at`` (milliseconds UTC) lies."""
    return f"{at // HOUR:08d}"


def link_key(number: int) -> str:
    """The key of a link by its number in the issue."""
    return f"{number:05d}"


def _figures(event: Event, metric: int, agent_of: AgentOf) -> list[Figure]:
    """What an event adds under a metric, the hours left out."""
    kind, agent = event.type, event.agent
    if kind in (_OPENED, _CLICKED):
        used = agent_of(event.user_agent)
        client, system, device = (used.client, used.os, used.device) if used else _UNKNOWN
        proxies = event.reasons & PROXIES
        found = [*_of_hit(metric, agent, event.link, client, system, device, proxies)]
    else:
        found = [(_TOTAL, "", metric, agent)]
        if kind in _WITH_REASON:
            found.append((_REASON, event.reason, metric, agent))
    if event.domain:
        found.append((_DOMAIN, event.domain, metric, agent))
    return found


_UNKNOWN = (None, None, None)


@lru_cache(maxsize=50_000)
def _of_hit(
    metric: int,
    agent: int,
    link: int | None,
    client: str | None,
    system: str | None,
    device: str | None,
    proxies: int,
) -> tuple[Figure, ...]:
    splits = [
        (_TOTAL, ""),
        (_LINK, None if link is None else link_key(link)),
        (_CLIENT, client),
        (_OS, system),
        (_DEVICE, device),
        *((_PROXY, name) for flag, name in _PROXIES if proxies & flag),
    ]
    return tuple((dimension, key, metric, agent) for dimension, key in splits if key is not None)


def _unique(hits: list[Event], metric: int, agent_of: AgentOf, added: list[Figure]) -> None:
    """Count the recipient once: in all, and under each key in the best class seen there."""
    if len(hits) == 1:
        added += _figures(hits[0], metric, agent_of)
    else:
        hits.sort(key=_best_first)
        seen: set[tuple[int, str]] = set()
        for event in hits:
            for figure in _figures(event, metric, agent_of):
                split = figure[:2]
                if split not in seen:
                    seen.add(split)
                    added.append(figure)
    added.append((_HOUR, hour_key(hits[0].at), metric, hits[0].agent))


def _inferred(clicks: Sequence[Event], added: list[Figure]) -> None:
    best = min(clicks, key=_best_first)
    added.append((_TOTAL, "", _INFERRED, best.agent))
    added.append((_HOUR, hour_key(best.at), _INFERRED, best.agent))
    domain = next((event.domain for event in clicks if event.domain), None)
    if domain:
        added.append((_DOMAIN, domain, _INFERRED, best.agent))
