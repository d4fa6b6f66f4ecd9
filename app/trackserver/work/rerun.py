"""A look at the whole of an issue: the rules across recipients, and what robots used.

Whatever order the hits came in, and however they were batched, afterwards every hit has the class
and the figures have the values that the same hits always give. The look only reads; what it finds
is written recipient by recipient, under the same locks that workers take, so that none of them
has to wait for it.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from sqlalchemy import Connection, distinct, func, select, update

from app.trackserver.robots.across import DOMAINS, Seen, shared_reasons
from app.trackserver.robots.classify import ACROSS, PROXIES, RULES
from app.trackserver.robots.sightings import Sightings, replace
from app.trackserver.store.database import Database
from app.trackserver.store.schema import event as event_table
from app.trackserver.store.schema import issue, user_agent
from app.trackserver.work.agents_table import UserAgents
from app.trackserver.work.bulk import bulk
from app.trackserver.work.events import HITS, Event
from app.trackserver.work.issues import issues_of
from app.trackserver.work.record import Recorder, agents_in, judge
from app.trackserver.work.recount import by_recipient

_CHUNK = 200
_ROWS = 1_000


@dataclass(frozen=True, slots=True)
class Rerun:
    """What came of it: how many events there are, how many have a new class or other reasons."""

    events: int = 0
    changed: int = 0


def due(connection: Connection) -> list[int]:
    """Issues to which something was added since they were last judged as a whole."""
    return list(
        connection.scalars(
            select(issue.c.id)
            .where(issue.c.seq > issue.c.judged_seq, issue.c.closed_at.is_(None))
            .order_by(issue.c.id)
        )
    )


def rerun(database: Database, number: int) -> Rerun:
    """Judge an issue anew, in several transactions."""
    agents = UserAgents()
    with database.reading() as connection:
        found = issues_of(connection, [number]).get(number)
        if found is None or found.closed:
            return Rerun()
        seq = connection.scalar(select(issue.c.seq).where(issue.c.id == number)) or 0
        look = _Look(connection, database, agents, number, found.sent_at)
        shared = look.shared()
        stale = sorted(look.stale(shared))
    changed = 0
    for start in range(0, len(stale), _CHUNK):
        chunk = stale[start : start + _CHUNK]
        with database.writing() as connection:
            recorder = Recorder(connection, database, agents)
            recorder.issues([number])
            there = bulk(connection, database).hold([(number, one) for one in chunk])
            changed += recorder.judge_again(there, shared)
        agents.settle(committed=True)
    if look.nameless:
        with database.writing() as connection:
            recorder = Recorder(connection, database, agents)
            recorder.issues([number], alone=True)
            changed += recorder.judge_nameless(number)
    with database.reading() as connection:
        seen = sightings(connection, number)
    with database.writing() as connection:
        bulk(connection, database).keep(number)
        replace(connection, database, number, seen)
        # Not the newest number: what came meanwhile, and our own changes, are looked at again.
        connection.execute(update(issue).where(issue.c.id == number).values(judged_seq=seq))
    return Rerun(look.count, changed)


@dataclass
class _Look:
    connection: Connection
    database: Database
    agents: UserAgents
    number: int
    sent_at: int | None
    count: int = 0
    nameless: bool = False
    scans: list[Seen] = field(default_factory=list)
    marked: dict[int, tuple[int, int]] = field(default_factory=dict)
    """Events with a stored reason across recipients: subscriber and reason."""
    wrong: set[int] = field(default_factory=set)
    """Subscribers whose events would be judged otherwise today."""
    owners: dict[int, int] = field(default_factory=dict)

    def shared(self) -> dict[int, int]:
        """The reasons that lie across recipients, by the events' numbers."""
        for events in by_recipient(self.connection, self.number):
            self.count += len(events)
            self.agents.load(self.connection, self.database, agents_in(events))
            self._recipient(events)
        addresses = self._crowded() | {scan.address_hash for scan in self.scans}
        hits = self._hits(addresses) if addresses else []
        self.owners = {hit.id: hit.subscriber for hit in hits}
        return shared_reasons(hits, self.scans)

    def stale(self, shared: dict[int, int]) -> set[int]:
        """The subscribers whose events must be judged again."""
        stale = set(self.wrong)
        stale.update(
            subscriber
            for number, (subscriber, reasons) in self.marked.items()
            if shared.get(number, 0) != reasons
        )
        stale.update(self.owners[number] for number in shared if number not in self.marked)
        return stale

    def _recipient(self, events: Sequence[Event]) -> None:
        subscriber = events[0].subscriber
        if subscriber is None:
            self.nameless |= events[0].rules != RULES
            return
        before = [(event.agent, event.reasons, event.rules) for event in events]
        marked = False
        for event in events:
            if reasons := event.reasons & ACROSS:
                marked = True
                self.marked[event.id] = subscriber, reasons
                event.reasons &= ~ACROSS
        scans = set(judge(events, self.agents, self.sent_at))
        self.scans += [
            _seen(event) for event in events if event.id in scans and event.address_hash is not None
        ]
        after = [(event.agent, event.reasons, event.rules) for event in events]
        if (after != before and not marked) or any(rules != RULES for _, _, rules in before):
            self.wrong.add(subscriber)

    def _crowded(self) -> set[int]:
        """Addresses that readers of many domains share."""
        table = event_table.c
        return set(
            self.connection.scalars(
                select(table.address_hash)
                .where(table.issue_id == self.number, table.address_hash.is_not(None))
                .group_by(table.address_hash)
                .having(func.count(distinct(table.domain)) >= DOMAINS)
            )
        )

    def _hits(self, addresses: set[int]) -> list[Seen]:
        table = event_table.c
        rows = self.connection.execute(
            select(table.at, table.id, table.subscriber_id, table.address_hash,
                   table.user_agent_id, table.domain, table.reasons)
            .where(table.issue_id == self.number, table.type.in_(HITS),
                   table.subscriber_id.is_not(None), table.address_hash.is_not(None)),
            execution_options={"yield_per": _ROWS},
        )  # fmt: skip
        return [
            Seen(at, number, subscriber, address, agent or 0, domain or "")
            for at, number, subscriber, address, agent, domain, reasons in rows
            if address in addresses and not reasons & PROXIES
        ]


def _seen(event: Event) -> Seen:
    return Seen(
        event.at,
        event.id,
        event.subscriber or 0,
        event.address_hash or 0,
        event.user_agent or 0,
        event.domain or "",
    )


def sightings(connection: Connection, number: int) -> Sightings:
    """What robots, and people beside them, used in an issue."""
    table = event_table.c
    rows = connection.execute(
        select(table.at, table.agent, table.reasons, table.network, user_agent.c.text, table.domain)
        .select_from(event_table.outerjoin(user_agent, user_agent.c.id == table.user_agent_id))
        .where(table.issue_id == number, table.type.in_(HITS)),
        execution_options={"yield_per": _ROWS},
    )
    found = Sightings()
    for row in rows:
        found.see(*row)
    return found
