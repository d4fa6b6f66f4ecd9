"""The rules: which hits of one recipient were made by machines.

A pure function of the hits, whatever the order they came in. Each rule adds its weight to the hits
it holds for; from 100 on a hit is a machine's. Whatever stays below counts as a person's, with
the reasons that were found, so that small publications lose no reader to a guess.

Thresholds: the field's evidence gathered in Mautic issue 16263 and pull request 12750 (bursts over
several networks), Marketo's proximity pattern (two links within a second), craft-campaign issue
546 (scanners start 20 s to 5 min after the delivery, and fetch the pixel about 9 s before the
links), Paminga (carry-over for 15 minutes).
"""

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Callable, Sequence

from app.trackserver.robots.agents import UserAgent
from app.trackserver.words import Agent, EventType, Reason, Source
from app.trackserver.work.events import HITS, Event

RULES = 2
"""The version of the rules; stored with each verdict. Raise it with any change below."""

MACHINE = 100
STRONG = 70
WEAK = 30

SECOND = 1_000
MINUTE = 60_000

BURST_WINDOW = 10 * SECOND
BURST_LINKS = 3
BURST_CERTAIN = 5
PAIR_WINDOW = 1 * SECOND
NETWORK_WINDOW = 120 * SECOND
NETWORKS = 3
UNSUBSCRIBE_WINDOW = 60 * SECOND
CARRY_WINDOW = 15 * MINUTE
FOLD_WINDOW = 60 * SECOND
EARLY_WINDOW = 5 * MINUTE

# Plain numbers: arithmetic with enumerations takes ten times as long, and runs for each hit.
_OPENED, _CLICKED = int(EventType.OPENED), int(EventType.CLICKED)
_PROBED, _UNSUBSCRIBED = int(EventType.PROBED), int(EventType.UNSUBSCRIBED)
_HUMAN, _PROXY, _MACHINE = int(Agent.HUMAN), int(Agent.PRIVACY_PROXY), int(Agent.MACHINE)
PROXIES = int(Reason.APPLE_PROXY | Reason.GMAIL_PROXY | Reason.YAHOO_PROXY)
_ROBOT, _PREFETCH = int(Reason.ROBOT_USER_AGENT), int(Reason.PREFETCH)
_VENDOR_FLAG = int(Reason.VENDOR_FLAG)
TOLD_TWICE = int(Reason.TOLD_TWICE)
_OWN, _API = int(Source.OWN), int(Source.API)

ACROSS = int(Reason.MANY_DOMAINS | Reason.SHARED_SCANNER)
"""Reasons that only a look at all recipients finds (see ``across``); a recipient's own look
keeps those that it is given."""
GIVEN = int(Reason.PREFETCH | Reason.VENDOR_FLAG)
"""Reasons that came with the hit itself and are read back from where they are stored."""
_CERTAIN = int(
    Reason.ROBOT_USER_AGENT | Reason.EMPTY_USER_AGENT | Reason.PREFETCH | Reason.VENDOR_FLAG
)
_ACROSS_WEIGHTS = ((int(Reason.MANY_DOMAINS), STRONG), (int(Reason.SHARED_SCANNER), MACHINE))

AgentOf = Callable[[int | None], UserAgent | None]
"""What is known of a user agent by its number."""


def is_judged(event: Event) -> bool:
    """Whether the rules look at an event: hits, and what a person confirmed on our own page."""
    return event.type in HITS or (event.type == _UNSUBSCRIBED and event.source == Source.OWN)


class Verdicts:
    """What one look at a recipient's hits finds; the hits stay as they are."""

    __slots__ = ("agents", "reasons", "scans")

    def __init__(self, count: int) -> None:
        self.agents = [0] * count
        self.reasons = [0] * count
        self.scans: list[int] = []
        """Indices of hits that a rule of behaviour proved, before anything was carried over."""


def alone(event: Event, agent: UserAgent | None) -> tuple[int, int]:
    """Class and reasons of a hit by itself: its user agent, its headers, its vendor's word."""
    if agent is None:
        kind, reasons = _HUMAN, 0
    else:
        kind, reasons = agent.agent, agent.flags
        # The proxies load pictures; whoever follows a link under their name is something else.
        if kind == _PROXY and event.type != _OPENED:
            kind, reasons = _MACHINE, _ROBOT
    given = event.reasons & GIVEN
    if not given:
        return kind, reasons
    if given & _VENDOR_FLAG:
        kind, hinted = _hinted(event, kind)
        reasons |= hinted
    if given & _PREFETCH:
        kind = _MACHINE
    return kind, reasons | given


def _hinted(event: Event, kind: int) -> tuple[int, int]:
    """The vendor's flag: a proxy's name for an open, anything else is a machine."""
    proxy = {
        "apple": Reason.APPLE_PROXY, "gmail": Reason.GMAIL_PROXY, "yahoo": Reason.YAHOO_PROXY,
    }.get(event.hint)  # fmt: skip
    if proxy is None or event.type != _OPENED:
        return _MACHINE, 0
    return max(kind, _PROXY), int(proxy)


def classify(
    events: Sequence[Event], agent_of: AgentOf, delivered_at: int | None = None
) -> Verdicts:
    """Judge one recipient's hits.

    Args:
        events: Those of one recipient for which ``is_judged`` holds, at least one, in order of
            time and id. The reasons in ``ACROSS`` and ``GIVEN`` are taken
            from them as facts; everything else is found anew.
        delivered_at: When the mail was delivered, or else sent; None when nobody told.
    """
    twice = _told_twice(events)
    if twice:
        return _without(twice, events, agent_of, delivered_at)
    verdicts = Verdicts(len(events))
    agents, reasons = verdicts.agents, verdicts.reasons
    for place, event in enumerate(events):
        if event.type == _UNSUBSCRIBED:
            reasons[place] = int(Reason.CONFIRMED)
        else:
            agents[place], reasons[place] = alone(event, agent_of(event.user_agent))
            across = event.reasons & ACROSS
            if across:
                reasons[place] |= across
    if len(events) > 1 or reasons[0] & ACROSS or events[0].type == _PROBED:
        _Look(events, verdicts, delivered_at).judge()
    return verdicts


def _told_twice(events: Sequence[Event]) -> list[int]:
    """What a vendor that tracks as well tells of hits that were ours: told of a recipient of whom
    we saw the same kind.
    """
    foreign = [place for place, event in enumerate(events) if event.source > _API]
    if not foreign:
        return foreign
    ours = {event.type for event in events if event.source == _OWN}
    return [place for place in foreign if events[place].type in ours]


def _without(
    twice: Sequence[int],
    events: Sequence[Event],
    agent_of: AgentOf,
    delivered_at: int | None,
) -> Verdicts:
    """The others judged as if these had never been: one click told twice is no burst."""
    verdicts = Verdicts(len(events))
    for place in twice:
        event = events[place]
        verdicts.agents[place], reasons = alone(event, agent_of(event.user_agent))
        verdicts.reasons[place] = reasons | event.reasons & ACROSS | TOLD_TWICE
    rest = sorted(set(range(len(events))).difference(twice))
    found = classify([events[place] for place in rest], agent_of, delivered_at)
    for place, agent, reasons in zip(rest, found.agents, found.reasons, strict=True):
        verdicts.agents[place], verdicts.reasons[place] = agent, reasons
    verdicts.scans = [rest[place] for place in found.scans]
    return verdicts


class _Look:
    """One look at several hits of one recipient."""

    def __init__(self, events: Sequence[Event], verdicts: Verdicts, delivered_at: int | None):
        self.events = events
        self.verdicts = verdicts
        self.delivered_at = delivered_at
        self.weights = [0] * len(events)
        self.times = [event.at for event in events]

    def judge(self) -> None:
        self._canary()
        follows = [
            place for place, event in enumerate(self.events) if event.type in {_CLICKED, _PROBED}
        ]
        if len(follows) > 1:
            self._bursts(follows)
            self._unsubscribe_pairs(follows)
        if len(self.events) >= NETWORKS:
            self._networks()
        self._across()
        self._early()
        proven = [place for place, weight in enumerate(self.weights) if weight >= MACHINE]
        shared = int(Reason.SHARED_SCANNER)
        self.verdicts.scans = [
            place for place in proven if not self.verdicts.reasons[place] & shared
        ]
        self._fold_back(proven)
        self._carry_over(proven)
        for place, weight in enumerate(self.weights):
            if weight >= MACHINE:
                self.verdicts.agents[place] = _MACHINE
        self._confirmed()

    def _add(self, place: int, reason: Reason, weight: int) -> None:
        # Nothing speaks against who pressed the button.
        confirms = self.events[place].type == _UNSUBSCRIBED
        if not confirms and not self.verdicts.reasons[place] & reason:
            self.verdicts.reasons[place] |= reason
            self.weights[place] += weight

    def _canary(self) -> None:
        """A link that no reader sees marks its client's neighbours too."""
        for place, event in enumerate(self.events):
            if event.type != _PROBED or event.link is None:
                continue
            for other in self._between(event.at - UNSUBSCRIBE_WINDOW, event.at + CARRY_WINDOW):
                if other == place or _same_client(event, self.events[other]):
                    self._add(other, Reason.CANARY, MACHINE)

    def _bursts(self, follows: Sequence[int]) -> None:
        weights = dict.fromkeys(follows, 0)
        for window, links, weight in (
            (BURST_WINDOW, BURST_CERTAIN, MACHINE),
            (BURST_WINDOW, BURST_LINKS, STRONG),
        ):
            for place in self._crowded(follows, window, links, self._link):
                weights[place] = max(weights[place], weight)
        for place in self._crowded(follows, PAIR_WINDOW - 1, 2, self._link):
            weights[place] += STRONG
        for place, weight in weights.items():
            if weight:
                self._add(place, Reason.LINK_BURST, min(weight, MACHINE))

    def _networks(self) -> None:
        # A proxy fetches from wherever its operator likes.
        reasons = self.verdicts.reasons
        places = [
            place
            for place, event in enumerate(self.events)
            if event.network and event.type != _UNSUBSCRIBED
            and not reasons[place] & PROXIES
        ]  # fmt: skip
        for place in self._crowded(places, NETWORK_WINDOW, NETWORKS, self._network):
            self._add(place, Reason.MANY_NETWORKS, STRONG)

    def _unsubscribe_pairs(self, follows: Sequence[int]) -> None:
        visits = [place for place in follows if self._visits_unsubscribe(place)]
        for visit in visits:
            at = self.events[visit].at
            around = self._between(at - UNSUBSCRIBE_WINDOW, at + UNSUBSCRIBE_WINDOW)
            pairs = [place for place in around if self.events[place].type == _CLICKED]
            for place in (visit, *pairs) if pairs else ():
                self._add(place, Reason.UNSUBSCRIBE_PAIR, MACHINE)

    def _across(self) -> None:
        for place, reasons in enumerate(self.verdicts.reasons):
            if reasons & ACROSS:
                for reason, weight in _ACROSS_WEIGHTS:
                    if reasons & reason:
                        self.weights[place] += weight

    def _early(self) -> None:
        if self.delivered_at is None:
            return
        for place, weight in enumerate(self.weights):
            since = self.events[place].at - self.delivered_at
            if 0 < weight < MACHINE and 0 <= since <= EARLY_WINDOW:
                self._add(place, Reason.EARLY, WEAK)

    def _fold_back(self, proven: Sequence[int]) -> None:
        """What the same scanner fetched just before: at that time nothing spoke against it."""
        for place in proven:
            event = self.events[place]
            for other in self._between(event.at - FOLD_WINDOW, event.at):
                if self.weights[other] < MACHINE and _same_client(event, self.events[other]):
                    self._add(other, Reason.FOLD_BACK, MACHINE)

    def _carry_over(self, proven: Sequence[int]) -> None:
        for place in proven:
            event = self.events[place]
            for other in self._between(event.at, event.at + CARRY_WINDOW):
                if self.weights[other] >= MACHINE:
                    continue
                if _same_client(event, self.events[other]):
                    self._add(other, Reason.CARRY_OVER, MACHINE)

    def _confirmed(self) -> None:
        """Who pressed the button is a person, and so was whoever came from there just before."""
        for event in self.events:
            if event.type != _UNSUBSCRIBED:
                continue
            for other in self._between(event.at - CARRY_WINDOW, event.at + CARRY_WINDOW):
                found = self.events[other]
                if (
                    found.type != _UNSUBSCRIBED
                    and found.address_hash is not None
                    and found.address_hash == event.address_hash
                    and found.user_agent == event.user_agent
                    and self.verdicts.agents[other] == _MACHINE
                    and self.weights[other] >= MACHINE
                    and not self.verdicts.reasons[other] & _CERTAIN
                ):
                    self.verdicts.agents[other] = _HUMAN
                    self.verdicts.reasons[other] |= Reason.CONFIRMED

    def _crowded(
        self, places: Sequence[int], window: int, least: int, what: Callable[[int], object]
    ) -> set[int]:
        """The places that lie in some window with at least so many different things."""
        if len(set(map(what, places))) < least:
            return set()
        found: set[int] = set()
        within: Counter[object] = Counter()
        first = marked = 0
        for last, place in enumerate(places):
            within[what(place)] += 1
            while self.times[place] - self.times[places[first]] > window:
                gone = what(places[first])
                within[gone] -= 1
                if not within[gone]:
                    del within[gone]
                first += 1
            if len(within) >= least:
                found.update(places[max(first, marked) : last + 1])
                marked = last + 1
        return found

    def _between(self, start: int, end: int) -> range:
        return range(bisect_left(self.times, start), bisect_right(self.times, end))

    def _link(self, place: int) -> object:
        event = self.events[place]
        return event.type, event.link

    def _network(self, place: int) -> object:
        return self.events[place].network

    def _visits_unsubscribe(self, place: int) -> bool:
        event = self.events[place]
        return event.type == _PROBED and event.link is None


def _same_client(one: Event, other: Event) -> bool:
    """The same address, or the same user agent from the same network.

    A user agent alone would not do: a gateway looks like the browser of half an office.
    """
    if one.address_hash is not None and one.address_hash == other.address_hash:
        return True
    return one.network is not None and (one.network, one.user_agent) == (
        other.network, other.user_agent,
    )  # fmt: skip
