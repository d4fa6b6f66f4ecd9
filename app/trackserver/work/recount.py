"""Figures recomputed from the events: to compare, and to repair."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from operator import attrgetter

from sqlalchemy import Connection, select

from app.trackserver.store.database import Database
from app.trackserver.store.schema import event as event_table
from app.trackserver.store.schema import issue, rollup
from app.trackserver.work.agents_table import UserAgents
from app.trackserver.work.bulk import bulk
from app.trackserver.work.change import figure_rows
from app.trackserver.work.contributions import Figure, Figures, contributions
from app.trackserver.work.events import Event
from app.trackserver.work.issues import issues_of, next_seqs
from app.trackserver.work.record import EVENT_COLUMNS, agents_in

_ROWS = 1_000


@dataclass(frozen=True, slots=True)
class Difference:
    """A figure that is not what the events say."""

    figure: Figure
    stored: int
    counted: int


def compare(connection: Connection, database: Database, number: int) -> list[Difference]:
    """Every figure of an issue that differs from a recount; none of a closed one, whose events
    are gone.
    """
    if connection.scalar(select(issue.c.closed_at).where(issue.c.id == number)) is not None:
        return []
    counted = recounted(connection, database, number)
    table = rollup.c
    stored: Figures = Counter()
    for row in connection.execute(
        select(table.dimension, table.key, table.metric, table.agent, table.n).where(
            table.issue_id == number
        )
    ):
        stored[row.dimension, row.key, row.metric, row.agent] = row.n
    return [
        Difference(figure, stored[figure], counted[figure])
        for figure in sorted(stored.keys() | counted.keys())
        if stored[figure] != counted[figure]
    ]


def repair(connection: Connection, database: Database, number: int) -> list[Difference]:
    """Set an issue's figures right; what was wrong. No worker touches the issue meanwhile."""
    rows = bulk(connection, database)
    rows.keep(number)
    differences = compare(connection, database, number)
    if differences:
        next_seqs(connection, issues_of(connection, [number]), [number])
        figures = Counter({one.figure: one.counted - one.stored for one in differences})
        rows.add(figure_rows({number: figures}))
    return differences


def recounted(connection: Connection, database: Database, number: int) -> Figures:
    """An issue's figures as its events give them."""
    agents = UserAgents()
    figures: Figures = Counter()
    for events in by_recipient(connection, number):
        agents.load(connection, database, agents_in(events))
        figures.update(contributions(events, agents))
    return Counter({figure: n for figure, n in figures.items() if n})


def by_recipient(connection: Connection, number: int) -> Iterator[list[Event]]:
    """An issue's events, together for each recipient, in order of time and id.

    Those of which no subscriber is known come one by one: nobody says that they belong together.
    """
    table = event_table.c
    rows = connection.execute(
        select(*EVENT_COLUMNS)
        .where(table.issue_id == number)
        .order_by(table.subscriber_id, table.at, table.id),
        execution_options={"yield_per": _ROWS},
    )
    events = (Event(*row) for row in rows)
    for subscriber, group in groupby(events, attrgetter("subscriber")):
        if subscriber is None:
            for event in group:
                yield [event]
        else:
            yield list(group)
