"""A subscriber's erasure: afterwards nothing is stored of them, and every figure is right."""

from collections import Counter, defaultdict
from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, Row, and_, delete, select

from app.trackserver.api.access import next_seq, subscriber_id
from app.trackserver.store.database import Database, overwriting
from app.trackserver.store.schema import (
    event,
    recipient,
    server,
    subscriber,
    subscriber_key,
    tombstone,
)
from app.trackserver.store.setup import keyring
from app.trackserver.work.agents_table import UserAgents
from app.trackserver.work.aside_of import Whose
from app.trackserver.work.bulk import Bulk, bulk
from app.trackserver.work.change import figure_rows
from app.trackserver.work.contributions import Figures, contributions
from app.trackserver.work.events import Event
from app.trackserver.work.issues import IssueRow, issues_of, next_seqs
from app.trackserver.work.subscribers import mark_erased


def erase(connection: Connection, database: Database, row: Row[Any], now: int) -> None:
    """Forget a subscriber: their events, what these added to figures, and who they are.

    Their hashes stay for as long as an issue that they have may be counted, as those of nobody:
    else the next hit would make them known again.
    """
    with overwriting(connection, database):
        _erase(connection, database, row, now)


def _erase(connection: Connection, database: Database, row: Row[Any], now: int) -> None:
    # Held first: from now on no worker makes them a recipient of another issue.
    held = select(subscriber.c.id).where(subscriber.c.id == row.id).with_for_update()
    if connection.execute(held).first() is None:
        return
    _forget_aside(connection, row)
    mark_erased(connection, database, row.id, now)
    issues = sorted(
        connection.execute(
            select(recipient.c.issue_id).where(recipient.c.subscriber_id == row.id)
        ).scalars()
    )
    store = bulk(connection, database)
    store.share(issues)
    rows = issues_of(connection, issues)
    by_issue = _copies(store, issues, row.id)
    figures = _figures(connection, database, by_issue, rows)
    for number in issues:
        of_them = and_(event.c.issue_id == number, event.c.subscriber_id == row.id)
        connection.execute(delete(event).where(of_them))
    connection.execute(delete(recipient).where(recipient.c.subscriber_id == row.id))
    connection.execute(delete(subscriber_key).where(subscriber_key.c.subscriber_id == row.id))
    connection.execute(delete(subscriber).where(subscriber.c.id == row.id))
    if by_issue:
        next_seqs(connection, rows, by_issue)
    if changes := figure_rows(figures):
        store.add(changes)
    connection.execute(
        tombstone.insert().values(
            publication_id=row.publication_id,
            seq=next_seq(connection, row.publication_id),
            kind="subscriber",
            public_id=subscriber_id(row.id),
        )
    )


def _forget_aside(connection: Connection, row: Row[Any]) -> None:
    """What could not be worked off may name them, too."""
    digests = select(subscriber_key.c.digest).where(subscriber_key.c.subscriber_id == row.id)
    whose = Whose(
        row.id,
        row.publication_id,
        frozenset(bytes(each) for each in connection.scalars(digests)),
        keyring(connection),
        bytes(connection.scalars(select(server.c.hash_key)).one()),
    )
    whose.forget(connection)


def _copies(store: Bulk, issues: list[int], number: int) -> dict[int, list[Event]]:
    """The subscriber's events by issue, their rows held."""
    pairs = [(each, number) for each in issues]
    found: defaultdict[int, list[Event]] = defaultdict(list)
    if pairs:
        store.lock(pairs)
        for each in store.events(pairs):
            found[each.issue].append(each)
    return found


def _figures(
    connection: Connection,
    database: Database,
    by_issue: Mapping[int, list[Event]],
    rows: Mapping[int, IssueRow],
) -> dict[int, Figures]:
    """What the events added to the figures, taken back."""
    agents = UserAgents()
    known = {each.user_agent for found in by_issue.values() for each in found}
    agents.load(connection, database, {number for number in known if number is not None})
    figures: defaultdict[int, Figures] = defaultdict(Counter)
    for number, found in by_issue.items():
        # A closed issue's events are gone, and its figures final.
        if not rows[number].closed:
            figures[number].subtract(contributions(found, agents))
    return figures
