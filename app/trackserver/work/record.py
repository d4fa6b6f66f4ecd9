"""New events into the tables, and the difference they make into the figures.

The order of locks is the same in every worker: issues, recipients, publications, figures; each in
the order of their numbers.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from operator import attrgetter

import msgspec
from sqlalchemy import Connection, select

from app.trackserver.robots.classify import ACROSS, RULES, alone, classify, is_judged
from app.trackserver.store.database import Database
from app.trackserver.store.schema import event as event_table
from app.trackserver.words import EventType, Mode, Source
from app.trackserver.work.agents_table import UserAgents
from app.trackserver.work.bulk import Bulk, Pair, bulk
from app.trackserver.work.change import Changes, figure_rows, verdict_of
from app.trackserver.work.contributions import contributions, singly, together
from app.trackserver.work.events import HITS, Event
from app.trackserver.work.issues import IssueRow, issues_of, next_seqs

MOST_EVENTS = 2_000
"""Of one recipient's copy; whatever comes after is counted without a name."""

_in_time = attrgetter("at", "id")
_TOLD = frozenset({"reason", "machine_hint"})
_ALONE = frozenset({int(EventType.OPENED), int(EventType.CLICKED)})


EVENT_COLUMNS = [column for column in event_table.c if column.name != "seq"]
"""In the order of Event's fields."""


class Recorder:
    """Records events within one transaction of the caller's.

    Args:
        forget_before: Events before this time (milliseconds UTC) keep no full address.
    """

    def __init__(
        self,
        connection: Connection,
        database: Database,
        agents: UserAgents,
        forget_before: int = 0,
    ) -> None:
        self._connection = connection
        self._database = database
        self._agents = agents
        self._forget_before = forget_before
        self._bulk: Bulk = bulk(connection, database)
        self._issues: dict[int, IssueRow] = {}

    def issues(self, numbers: Collection[int], *, alone: bool = False) -> Mapping[int, IssueRow]:
        """Hold issues, read them and remember them; to be asked first.

        Args:
            alone: Nobody else may hold them meanwhile.
        """
        if alone:
            for number in sorted(numbers):
                self._bulk.keep(number)
        else:
            self._bulk.share(sorted(numbers))
        self._issues = issues_of(self._connection, numbers)
        return self._issues

    def record(self, news: Iterable[Event], busy: list[Event] | None = None) -> int:
        """Store events of issues that were asked for; how many were new.

        Args:
            busy: Takes those of recipients that another worker holds; without it they are
                waited for.
        """
        events = self._meant(news)
        if not events:
            return 0
        self._agents.load(self._connection, self._database, agents_in(events))
        for event in events:
            event.user_agent = self._agents.stored(event.user_agent)
        named: defaultdict[Pair, list[Event]] = defaultdict(list)
        nameless: list[Event] = []
        for event in events:
            if event.subscriber is None:
                nameless.append(event)
            else:
                named[event.issue, event.subscriber].append(event)
        change = Changes()
        if busy is None:
            self._bulk.lock(sorted(named))
        else:
            self._without_busy(named, busy)
        self._without_known(named)
        self._of_recipients(named, nameless, change)
        self._of_nobody(nameless, change)
        return self._write(change)

    def judge_again(self, pairs: Sequence[Pair], shared: Mapping[int, int]) -> int:
        """Judge recipients anew; how many events changed.

        Args:
            pairs: The recipients, sorted.
            shared: The reasons in ``classify.ACROSS`` by the events' numbers.
        """
        change = Changes()
        self._bulk.lock(pairs)
        for (number, _), events in self._read(pairs).items():
            self._again(events, change, number, shared)
        return self._write(change)

    def judge_nameless(self, number: int) -> int:
        """Judge what no subscriber is known of by the rules of today; the issue must be held
        alone. How many events changed.
        """
        table = event_table.c
        change = Changes()
        rows = self._connection.execute(
            select(*EVENT_COLUMNS).where(
                table.issue_id == number, table.subscriber_id.is_(None), table.rules != RULES
            )
        )
        for row in rows.all():
            event = Event(*row)
            self._agents.load(self._connection, self._database, agents_in([event]))
            self._again([event], change, number, {})
        return self._write(change)

    def _again(
        self, events: list[Event], change: Changes, number: int, shared: Mapping[int, int]
    ) -> None:
        before = [verdict_of(event) for event in events]
        change.take_back(number, contributions(events, self._agents))
        for event in events:
            event.reasons = event.reasons & ~ACROSS | shared.get(event.id, 0)
        if events[0].subscriber is None:
            self._judge_alone(events[0])
        else:
            judge(events, self._agents, self._issues[number].sent_at)
        change.add(number, contributions(events, self._agents))
        change.judged(number, events, before)

    def _judge_alone(self, event: Event) -> None:
        if event.type in HITS:
            event.agent, event.reasons = alone(event, self._agents(event.user_agent))
        event.rules = RULES

    def _read(self, pairs: Sequence[Pair]) -> dict[Pair, list[Event]]:
        """Recipients that are held: those of them that have events, with them in order."""
        found: defaultdict[Pair, list[Event]] = defaultdict(list)
        for event in self._bulk.events(pairs):
            found[event.issue, event.subscriber or 0].append(event)
        numbers = {number for events in found.values() for number in agents_in(events)}
        self._agents.load(self._connection, self._database, numbers)
        for events in found.values():
            events.sort(key=_in_time)
        return found

    def _meant(self, news: Iterable[Event]) -> list[Event]:
        """Those of issues that still keep events, with what may be kept of their readers."""
        events = [event for event in news if self._kept(event)]
        numbers = {event.subscriber for event in events if event.subscriber is not None}
        known = self._bulk.subscribers(sorted(numbers)) if numbers else {}
        for event in events:
            domain, consent = known.get(event.subscriber or 0, (None, False))
            if domain:
                event.domain = domain
            if event.at < self._forget_before:
                event.address = None
            if not consent or self._issues[event.issue].mode is not Mode.INDIVIDUAL:
                # Who unsubscribes asks to be known: the sender has to take them off the list.
                who = event.subscriber if event.type == EventType.UNSUBSCRIBED else None
                make_nameless(event)
                event.subscriber = who if who in known else None
        return events

    def _kept(self, event: Event) -> bool:
        found = self._issues.get(event.issue)
        return found is not None and not found.closed

    def _without_busy(self, named: dict[Pair, list[Event]], busy: list[Event]) -> None:
        held = self._bulk.try_lock(sorted(named))
        for pair in [pair for pair in named if pair not in held]:
            busy += named.pop(pair)

    def _without_known(self, named: dict[Pair, list[Event]]) -> None:
        """Leave out what a vendor told before, when its reader had another name or none."""
        foreign = [
            event for events in named.values() for event in events if event.source != Source.OWN
        ]
        if foreign:
            fresh = {id(event) for event in self._unknown(foreign)}
            for pair, events in named.items():
                named[pair] = [
                    event for event in events if event.source == Source.OWN or id(event) in fresh
                ]

    def _of_recipients(
        self, named: Mapping[Pair, list[Event]], nameless: list[Event], change: Changes
    ) -> None:
        if not named:
            return
        pairs = sorted(named)
        before = self._read(pairs)
        for pair in pairs:
            old = before.get(pair)
            new = named[pair]
            if old is None and len(new) == 1:
                self._first(new[0], change)
            else:
                self._merged(pair, old or [], new, nameless, change)

    def _first(self, event: Event, change: Changes) -> None:
        """The commonest case: the first event of a recipient, alone."""
        if event.type in _ALONE:
            event.agent, event.reasons = alone(event, self._agents(event.user_agent))
        elif is_judged(event):
            judge([event], self._agents, None)
        event.rules = RULES
        change.new.append(event)
        change.add(event.issue, contributions((event,), self._agents))

    def _merged(
        self,
        pair: Pair,
        old: list[Event],
        new: Iterable[Event],
        nameless: list[Event],
        change: Changes,
    ) -> None:
        seen = {event.id for event in old}
        added = []
        for event in sorted(new, key=_in_time):
            if event.id in seen:
                continue
            seen.add(event.id)
            if len(seen) > MOST_EVENTS:
                make_nameless(event)
                nameless.append(event)
            else:
                added.append(event)
        if not added:
            return
        number = pair[0]
        change.take_back(number, together(old, self._agents))
        before = [verdict_of(event) for event in old]
        events = sorted((*old, *added), key=_in_time)
        judge(events, self._agents, self._issues[number].sent_at)
        change.add(number, together(events, self._agents))
        change.add(number, singly(added, self._agents))
        change.new += added
        for was, event in change.judged(number, old, before):
            change.take_back(number, singly((was,), self._agents))
            change.add(number, singly((event,), self._agents))

    def _of_nobody(self, nameless: Sequence[Event], change: Changes) -> None:
        for event in self._unknown(nameless):
            self._judge_alone(event)
            change.new.append(event)
            change.add(event.issue, singly((event,), self._agents))

    def _unknown(self, nameless: Sequence[Event]) -> Iterable[Event]:
        """Without those that are stored already: a vendor may bring one twice."""
        seen: set[int] = set()
        foreign = [event.id for event in nameless if event.source != Source.OWN]
        for start in range(0, len(foreign), 500):
            chunk = set(foreign[start : start + 500])
            ats = {event.at for event in nameless if event.id in chunk}
            seen.update(
                self._connection.scalars(
                    select(event_table.c.id).where(
                        event_table.c.id.in_(chunk), event_table.c.at.in_(ats)
                    )
                )
            )
        for event in nameless:
            if event.id not in seen:
                seen.add(event.id)
                yield event

    def _write(self, change: Changes) -> int:
        """Store it all; how many events that were."""
        touched = change.issues
        if not touched:
            return 0
        figures = figure_rows(change.figures())
        seqs = next_seqs(self._connection, self._issues, touched)
        if change.new:
            self._bulk.insert(change.new, seqs)
        for number, verdicts in sorted(change.verdicts.items()):
            self._bulk.change(verdicts, seqs[number])
        if figures:
            self._bulk.add(figures)
        return change.count


def agents_in(events: Iterable[Event]) -> set[int]:
    """The numbers of the user agents of some events."""
    return {event.user_agent for event in events if event.user_agent is not None}


def judge(events: Sequence[Event], agents: UserAgents, sent_at: int | None) -> list[int]:
    """Give all events of one recipient, in order of time and id, their class and reasons.

    Returns:
        The numbers of the hits that a rule of behaviour proved to be a scanner's.
    """
    judged = [event for event in events if is_judged(event)]
    for event in events:
        event.rules = RULES
    if not judged:
        return []
    verdicts = classify(judged, agents, delivered_at(events, sent_at))
    for event, agent, reasons in zip(judged, verdicts.agents, verdicts.reasons, strict=True):
        event.agent, event.reasons = agent, reasons
    return [judged[place].id for place in verdicts.scans]


def delivered_at(events: Sequence[Event], sent_at: int | None) -> int | None:
    """When a recipient got the mail: by its own events, else when the issue was sent."""
    for kind in (EventType.DELIVERED, EventType.SENT):
        for event in events:
            if event.type == kind:
                return event.at
    return sent_at


def make_nameless(event: Event) -> None:
    """Keep only what totals need: a vendor's further fields, such as a mail's own number or the
    sender's arguments, tell whose it was.
    """
    event.subscriber = event.address = event.network = event.address_hash = None
    if event.detail:
        told = {name: word for name, word in event.details.items() if name in _TOLD}
        event.detail = msgspec.json.encode(told).decode() if told else None
