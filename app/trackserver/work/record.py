"""New events into the tables, and the difference they make into the figures.

The order of locks is the same in every worker: issues, recipients, publications, figures; each in
the order of their numbers.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from operator import attrgetter

import msgspec
from sqlalchemy import Connection, select, update

from app.trackserver.mail.rewrite import RECIPIENT_PLACEHOLDER
from app.trackserver.robots.classify import ACROSS, RULES, alone, classify, is_judged
from app.trackserver.store.database import Database
from app.trackserver.store.schema import event as event_table
from app.trackserver.store.schema import issue, link, publication
from app.trackserver.words import EventType, Mode, Source
from app.trackserver.work.agents_table import UserAgents
from app.trackserver.work.bulk import Bulk, Change, FigureRow, Pair, bulk
from app.trackserver.work.contributions import Figures, contributions
from app.trackserver.work.events import HITS, Event

MOST_EVENTS = 2_000
"""Of one recipient's copy; whatever comes after is counted without a name."""

_in_time = attrgetter("at", "id")
_TOLD = frozenset({"reason", "machine_hint"})
_ALONE = frozenset({int(EventType.OPENED), int(EventType.CLICKED)})


EVENT_COLUMNS = [column for column in event_table.c if column.name != "seq"]
"""In the order of Event's fields."""

Verdict = tuple[int, int, int]
"""Agent, reasons, rules."""


@dataclass(frozen=True, slots=True)
class IssueRow:
    """What the worker must know of an issue."""

    id: int
    publication: int
    mode: Mode
    sent_at: int | None
    closed: bool
    canaries: frozenset[int]
    signed: bool = False
    """Its recipients were uploaded: each URL names them with a signature, or nobody."""
    recipients: int = 0
    strangers: int = 0


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
        named: defaultdict[Pair, list[Event]] = defaultdict(list)
        nameless: list[Event] = []
        for event in events:
            if event.subscriber is None:
                nameless.append(event)
            else:
                named[event.issue, event.subscriber].append(event)
        change = _Change()
        if busy is None:
            self._bulk.lock(sorted(named))
        else:
            self._without_busy(named, busy)
        self._of_recipients(named, nameless, change)
        self._of_nobody(nameless, change)
        return self._write(change)

    def judge_again(self, pairs: Sequence[Pair], shared: Mapping[int, int]) -> int:
        """Judge recipients anew; how many events changed.

        Args:
            pairs: The recipients, sorted.
            shared: The reasons in ``classify.ACROSS`` by the events' numbers.
        """
        change = _Change()
        self._bulk.lock(pairs)
        for (number, _), events in self._read(pairs).items():
            self._again(events, change, number, shared)
        return self._write(change)

    def judge_nameless(self, number: int) -> int:
        """Judge what no subscriber is known of by the rules of today; the issue must be held
        alone. How many events changed.
        """
        table = event_table.c
        change = _Change()
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
        self, events: list[Event], change: "_Change", number: int, shared: Mapping[int, int]
    ) -> None:
        figures = change.figures[number]
        before = [_verdict(event) for event in events]
        contributions(events, self._agents, figures, -1)
        for event in events:
            event.reasons = event.reasons & ~ACROSS | shared.get(event.id, 0)
        if events[0].subscriber is None:
            self._judge_alone(events[0])
        else:
            judge(events, self._agents, self._issues[number].sent_at)
        contributions(events, self._agents, figures, 1)
        change.note(number, events, before)

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

    def _of_recipients(
        self, named: Mapping[Pair, list[Event]], nameless: list[Event], change: "_Change"
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

    def _first(self, event: Event, change: "_Change") -> None:
        """The commonest case: the first event of a recipient, alone."""
        if event.type in _ALONE:
            event.agent, event.reasons = alone(event, self._agents(event.user_agent))
        elif is_judged(event):
            judge([event], self._agents, None)
        event.rules = RULES
        change.new.append(event)
        contributions((event,), self._agents, change.figures[event.issue], 1)

    def _merged(
        self,
        pair: Pair,
        old: list[Event],
        new: Iterable[Event],
        nameless: list[Event],
        change: "_Change",
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
        figures = change.figures[pair[0]]
        contributions(old, self._agents, figures, -1)
        before = [_verdict(event) for event in old]
        events = sorted((*old, *added), key=_in_time)
        judge(events, self._agents, self._issues[pair[0]].sent_at)
        contributions(events, self._agents, figures, 1)
        change.new += added
        change.note(pair[0], old, before)

    def _of_nobody(self, nameless: Sequence[Event], change: "_Change") -> None:
        for event in self._unknown(nameless):
            self._judge_alone(event)
            change.new.append(event)
            contributions((event,), self._agents, change.figures[event.issue], 1)

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

    def _write(self, change: "_Change") -> int:
        """Store it all; how many events that were."""
        touched = {event.issue for event in change.new} | change.changed.keys()
        if not touched:
            return 0
        seqs = next_seqs(self._connection, self._issues, touched)
        if change.new:
            self._bulk.insert(change.new, seqs)
        for number, changes in sorted(change.changed.items()):
            self._bulk.change(changes, seqs[number])
        if figures := figure_rows(change.figures):
            self._bulk.add(figures)
        return len(change.new) + sum(map(len, change.changed.values()))


class _Change:
    """What one call comes to."""

    def __init__(self) -> None:
        self.new: list[Event] = []
        self.changed: dict[int, list[Change]] = {}
        self.figures: defaultdict[int, Figures] = defaultdict(Counter)

    def note(self, number: int, events: Sequence[Event], before: Sequence[Verdict]) -> None:
        """Remember those whose verdict is another than before."""
        changes = [
            (*_verdict(event), event.at, event.id)
            for event, old in zip(events, before, strict=True)
            if _verdict(event) != old
        ]
        if changes:
            self.changed.setdefault(number, []).extend(changes)


def _verdict(event: Event) -> Verdict:
    return event.agent, event.reasons, event.rules


def agents_in(events: Iterable[Event]) -> set[int]:
    """The numbers of the user agents of some events."""
    return {event.user_agent for event in events if event.user_agent is not None}


def issues_of(connection: Connection, numbers: Collection[int]) -> dict[int, IssueRow]:
    """Issues by their number."""
    wanted = sorted(numbers)
    canaries: defaultdict[int, set[int]] = defaultdict(set)
    for row in connection.execute(
        select(link.c.issue_id, link.c.number).where(link.c.issue_id.in_(wanted), link.c.canary)
    ):
        canaries[row.issue_id].add(row.number)
    rows = connection.execute(
        select(
            issue.c.id,
            issue.c.publication_id,
            issue.c.mode,
            issue.c.sent_at,
            issue.c.closed_at,
            issue.c.tail,
            issue.c.recipients,
            issue.c.strangers,
        ).where(issue.c.id.in_(wanted))
    )
    return {
        row.id: IssueRow(
            row.id,
            row.publication_id,
            Mode(row.mode),
            row.sent_at,
            row.closed_at is not None,
            frozenset(canaries[row.id]),
            row.tail == RECIPIENT_PLACEHOLDER,
            row.recipients or 0,
            row.strangers,
        )
        for row in rows
    }


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


def next_seqs(
    connection: Connection, issues: Mapping[int, IssueRow], touched: Collection[int]
) -> dict[int, int]:
    """Take the next number of each publication's change feed for these issues.

    From here to the end of the transaction no other can take one: numbers are in order of commits.
    """
    by_publication: defaultdict[int, list[int]] = defaultdict(list)
    for number in touched:
        by_publication[issues[number].publication].append(number)
    seqs: dict[int, int] = {}
    for owner in sorted(by_publication):
        numbers = sorted(by_publication[owner])
        seq = connection.execute(
            update(publication)
            .where(publication.c.id == owner)
            .values(seq=publication.c.seq + 1)
            .returning(publication.c.seq)
        ).scalar_one()
        connection.execute(update(issue).where(issue.c.id.in_(numbers)).values(seq=seq))
        seqs.update(dict.fromkeys(numbers, int(seq)))
    return seqs


def figure_rows(figures: Mapping[int, Figures]) -> list[FigureRow]:
    """What to add to the table, in the order in which every worker does it."""
    return sorted(
        (number, *figure, n)
        for number, of_issue in figures.items()
        for figure, n in of_issue.items()
        if n
    )
