"""Occurrences to events: which issue, which subscriber, which link."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import msgspec
from sqlalchemy import Connection, or_, select

from app.trackserver.inbox import Reported
from app.trackserver.robots.networks import hash_of, network_of
from app.trackserver.store.database import Database
from app.trackserver.store.schema import issue, link
from app.trackserver.vendors.fields import without_emails
from app.trackserver.words import EventType, Mode, Reason, Source
from app.trackserver.work.agents_table import UserAgents
from app.trackserver.work.events import Event
from app.trackserver.work.issues import IssueRow
from app.trackserver.work.occurrence import Occurrence
from app.trackserver.work.record import Recorder
from app.trackserver.work.subscribers import Named, domain_of, find_or_make

_HIGHEST = (1 << 63) - 1
_LONGEST_REASON = 64
_HITS = frozenset({EventType.OPENED, EventType.CLICKED})


@dataclass(frozen=True, slots=True)
class Resolver:
    """Records occurrences within one transaction of the caller's."""

    connection: Connection
    database: Database
    agents: UserAgents
    hash_key: bytes
    now: int
    forget_before: int = 0

    def record(self, occurrences: Sequence[Occurrence]) -> list[Occurrence]:
        """Store what happened; those are returned of which no issue is known."""
        numbers = {place: self._issue(one) for place, one in enumerate(occurrences)}
        recorder = Recorder(self.connection, self.database, self.agents, self.forget_before)
        issues = recorder.issues({number for number in numbers.values() if number is not None})
        meant = [
            (one, issues[number])
            for place, one in enumerate(occurrences)
            if (number := numbers[place]) is not None and number in issues
        ]
        names = {id(one): self._named(one, of) for one, of in meant}
        subscribers = find_or_make(
            self.connection,
            self.database,
            self.hash_key,
            {name for name in names.values() if name is not None},
            self.now,
        )
        links = self._links([one for one, _ in meant], issues)
        events = []
        for one, of in meant:
            name = names[id(one)]
            subscriber = one.subscriber or (subscribers.get(name) if name else None)
            link_number = links.get((of.id, one.link_url or "")) if one.link is None else one.link
            events.append(self._event(one, of.id, subscriber, link_number))
        recorder.record(events)
        return [one for place, one in enumerate(occurrences) if numbers[place] not in issues]

    def _issue(self, one: Occurrence) -> int | None:
        if one.issue is not None:
            return one.issue
        if one.message_issue is None or one.publication is None:
            return None
        found = self.connection.execute(
            select(issue.c.id)
            .where(
                issue.c.publication_id == one.publication,
                or_(
                    issue.c.public_id == one.message_issue,
                    issue.c.external_id == one.message_issue,
                ),
            )
            # Our own id is the surer one.
            .order_by(issue.c.public_id != one.message_issue)
            .limit(1)
        ).scalar()
        return None if found is None else int(found)

    def _named(self, one: Occurrence, of: IssueRow) -> Named | None:
        if one.subscriber or not (one.email or one.external_id):
            return None
        # Who unsubscribes has to be known, however little the issue tracks.
        if of.mode is not Mode.INDIVIDUAL and one.type is not EventType.UNSUBSCRIBED:
            return None
        return Named(of.publication, one.external_id, one.email)

    def _links(
        self, occurrences: Sequence[Occurrence], numbers: Collection[int]
    ) -> dict[tuple[int, str], int]:
        urls = {one.link_url for one in occurrences if one.link_url and one.link is None}
        if not urls:
            return {}
        rows = self.connection.execute(
            select(link.c.issue_id, link.c.url, link.c.number)
            .where(link.c.issue_id.in_(set(numbers)), link.c.url.in_(urls))
            .order_by(link.c.number.desc())
        )
        # The first of several links to one page stands for them all: nobody can tell.
        return {(row.issue_id, row.url): row.number for row in rows}

    def _event(
        self, one: Occurrence, number: int, subscriber: int | None, link_number: int | None
    ) -> Event:
        hit = one.type in _HITS
        hint = one.machine_hint if hit else ""
        detail = dict(one.detail)
        if one.reason:
            detail["reason"] = without_emails(one.reason)[:_LONGEST_REASON]
        if hint:
            detail["machine_hint"] = hint
        if one.link_url and link_number is None:
            detail["url"] = without_emails(one.link_url)
        return Event(
            min(one.at, self.now),
            int.from_bytes(one.id[:8], "big") & _HIGHEST,
            number,
            subscriber,
            int(one.type),
            link_number,
            0,
            int(Reason.VENDOR_FLAG) if hint else 0,
            0,
            int(one.source),
            self.agents.number(one.user_agent) if one.user_agent else None,
            one.address or None,
            network_of(one.address),
            hash_of(one.address, self.hash_key) if one.address else None,
            domain_of(one.email) if one.email else None,
            _text(detail) if detail else None,
        )


def _text(detail: dict[str, object]) -> str:
    # PostgreSQL's text has no NUL, not even escaped where it is read as JSON.
    return msgspec.json.encode(detail).decode().replace("\\u0000", "")


def of_report(one: Reported, identity: bytes) -> Occurrence:
    """An event from the API, as an occurrence.

    Args:
        identity: 16 bytes of what makes it itself.
    """
    return Occurrence(
        EventType(one.type),
        one.at,
        Source.API,
        identity,
        issue=one.issue,
        subscriber=one.subscriber or None,
        external_id=one.external_id or None,
        email=one.email or None,
        link=one.link or None,
        link_url=one.url or None,
        user_agent=one.user_agent,
        address=one.address,
        reason=one.reason,
    )
