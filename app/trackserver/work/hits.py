"""Hits of our own pixels and links: tokens to events."""

import os
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import blake2b

import msgspec
from sqlalchemy import Connection, insert, select, update

from app.trackserver.inbox import Hit, HitFlag, Postponed
from app.trackserver.inbox import Kind as Batch
from app.trackserver.mail.links import has_merge_tag
from app.trackserver.robots.networks import hash_of, network_of
from app.trackserver.store.database import Database
from app.trackserver.store.schema import inbox, issue, server
from app.trackserver.store.setup import keyring
from app.trackserver.tokens import BadToken, Keyring, Kind, Token
from app.trackserver.words import EventType, Mode, Reason, Source
from app.trackserver.work.agents_table import UserAgents
from app.trackserver.work.events import Event
from app.trackserver.work.issues import IssueRow
from app.trackserver.work.record import Recorder
from app.trackserver.work.subscribers import LONGEST_ID, Named, find, find_or_make

_HIGHEST = (1 << 63) - 1
_OPENED, _CLICKED = int(EventType.OPENED), int(EventType.CLICKED)
_PROBED, _UNSUBSCRIBED = int(EventType.PROBED), int(EventType.UNSUBSCRIBED)
_PREFETCHED, _OWN = int(Reason.PREFETCH), int(Source.OWN)

# How many an issue makes known that no key has told of: so many times its recipients, but at least
# and, where nobody said how many they are, at most so many.
_TIMES, _FEWEST, _MOST = 10, 10_000, 1_000_000


@dataclass(frozen=True, slots=True)
class Secrets:
    """What the worker needs to read tokens and to hash addresses."""

    keyring: Keyring
    hash_key: bytes


class NotSetUp(Exception):  # noqa: N818 - reads as what it is
    """The store has no keys yet: no server was ever started on it."""


def secrets_of(connection: Connection) -> Secrets:
    """The server's keys. Raises NotSetUp."""
    key = connection.scalar(select(server.c.hash_key))
    if key is None:
        raise NotSetUp
    return Secrets(keyring(connection), bytes(key))


def event_id(batch: bytes, place: int) -> int:
    """The number of an event that came as one item of a batch."""
    digest = blake2b(batch + place.to_bytes(4, "big"), digest_size=8).digest()
    return int.from_bytes(digest, "big") & _HIGHEST


def record_hits(
    connection: Connection,
    database: Database,
    agents: UserAgents,
    secrets: Secrets,
    taken: Sequence[Postponed],
    now: int,
    forget_before: int = 0,
) -> int:
    """Turn hits into events and store them. A token that is not ours is no event.

    Returns:
        How many were put back into the inbox, because another worker is at the recipient's copy:
        to wait for it would make of many workers one.
    """
    keyring = secrets.keyring
    verify = keyring.verify
    read: list[tuple[Postponed, Token, str]] = []
    for one in taken:
        text, _, tail = one.hit.path.partition("/")
        try:
            token = verify(text)
        except BadToken:
            continue
        read.append((one, *_whose(token, tail, keyring)))
    recorder = Recorder(connection, database, agents, forget_before)
    issues = recorder.issues({token.issue for _, token, _ in read})
    subscribers, strangers = _by_merge_tag(connection, database, secrets, read, issues, now)
    events = []
    hits: dict[int, Postponed] = {}
    for one, token, merge_tag in read:
        found = issues.get(token.issue)
        if found is not None:
            subscriber = token.subscriber or subscribers.get((found.publication, merge_tag), 0)
            event = _event(one, token, subscriber, found, agents, secrets.hash_key)
            events.append(event)
            hits[event.id] = one
    busy: list[Event] = []
    recorder.record(events, busy)
    # Behind the publications, whose rows are held by now: every worker locks in this order.
    for number, more in sorted(strangers.items()):
        connection.execute(
            update(issue).where(issue.c.id == number).values(strangers=issue.c.strangers + more)
        )
    if busy:
        _put_back(connection, [hits[event.id] for event in busy])
    return len(busy)


def _put_back(connection: Connection, hits: Sequence[Postponed]) -> None:
    connection.execute(
        insert(inbox).values(
            batch=os.urandom(16),
            kind=int(Batch.POSTPONED),
            body=msgspec.msgpack.encode(hits),
            items=len(hits),
            attempts=0,
            not_before=0,
        )
    )


def _whose(token: Token, tail: str, keyring: Keyring) -> tuple[Token, str]:
    """The token with its subscriber, where the tail is the value of an uploaded recipient; else
    the tail is what a sending platform's merge tag became. A value that was damaged names nobody.
    """
    if not tail or token.subscriber:
        return token, tail
    try:
        value = keyring.verify(tail)
    except BadToken:
        return token, "" if keyring.seems_of(tail, token.issue) else tail
    if value.issue != token.issue or value.kind is not Kind.OPEN:
        return token, ""
    return Token(token.kind, token.issue, value.subscriber, token.link), ""


def _by_merge_tag(
    connection: Connection,
    database: Database,
    secrets: Secrets,
    read: Sequence[tuple[Postponed, Token, str]],
    issues: Mapping[int, IssueRow],
    now: int,
) -> tuple[dict[tuple[int, str], int], Counter[int]]:
    """The subscribers that a sending platform named with its own ids, and how many of them each
    issue has made known.
    """
    named: dict[Named, int] = {}
    leaving: set[Named] = set()
    for one, token, merge_tag in read:
        found = issues.get(token.issue)
        if found is None or found.signed or token.subscriber:
            continue
        # Who unsubscribes has to be known, however little the issue tracks.
        leaves = token.kind is Kind.UNSUBSCRIBE and one.hit.flags & HitFlag.POSTED
        if found.mode is not Mode.INDIVIDUAL and not leaves:
            continue
        if _is_id(merge_tag):
            whose = Named(found.publication, external_id=merge_tag)
            named.setdefault(whose, found.id)
            if leaves:
                leaving.add(whose)
    if not named:
        return {}, Counter()
    key = secrets.hash_key
    numbers = find(connection, key, named)
    welcome = _welcome([one for one in named.items() if one[0] not in numbers], issues)
    made = find_or_make(connection, database, key, welcome, now, leaving) if welcome else {}
    numbers.update(made)
    strangers = Counter(named[one] for one in made)
    people = {(one.publication, one.external_id or ""): each for one, each in numbers.items()}
    return people, strangers


def _welcome(newcomers: Sequence[tuple[Named, int]], issues: Mapping[int, IssueRow]) -> list[Named]:
    """Those of them who are made subscribers, with the issue that each was first seen in.

    Nobody signed their ids, so whoever has one mail can make up as many as they like: an issue
    lets in many times more than it should need, and counts the rest in totals only.
    """
    room = {
        number: max(_FEWEST, of.recipients * _TIMES if of.recipients else _MOST) - of.strangers
        for number, of in issues.items()
    }
    welcome = []
    for one, number in newcomers:
        if room[number] > 0:
            room[number] -= 1
            welcome.append(one)
    return welcome


def _is_id(text: str) -> bool:
    """Whether a platform may have put it there: anybody can write what they like behind a token.

    Neither what no id has (control characters, bytes that are no UTF-8; PostgreSQL's text has no
    NUL), nor a merge tag that nobody filled in.
    """
    return (
        0 < len(text.encode("utf-8", "replace")) <= LONGEST_ID
        and text.isprintable()
        and "\ufffd" not in text
        and not has_merge_tag(text)
    )


def _event(
    one: Postponed, token: Token, subscriber: int, issue: IssueRow, agents: UserAgents, key: bytes
) -> Event:
    hit = one.hit
    kind, link = _kind(token, hit, issue)
    return Event(
        hit.at,
        event_id(one.batch, one.place),
        token.issue,
        subscriber or None,
        kind,
        link,
        0,
        _PREFETCHED if hit.flags and hit.flags & HitFlag.PREFETCH else 0,
        0,
        _OWN,
        agents.number(hit.user_agent),
        hit.address or None,
        network_of(hit.address),
        hash_of(hit.address, key) if hit.address else None,
    )


def _kind(token: Token, hit: Hit, issue: IssueRow) -> tuple[int, int | None]:
    if token.kind is Kind.OPEN:
        return _OPENED, None
    if token.kind is Kind.CLICK:
        return _PROBED if token.link in issue.canaries else _CLICKED, token.link
    return _UNSUBSCRIBED if hit.flags & HitFlag.POSTED else _PROBED, None
