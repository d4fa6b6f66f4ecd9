"""From the steps of visitors to a page's figures: the worker's part."""

from collections import Counter, defaultdict
from collections.abc import Collection, Sequence
from enum import IntFlag, StrEnum

from sqlalchemy import Connection, func, select, update

from app.trackserver.inbox import PageView
from app.trackserver.store.database import Database
from app.trackserver.store.schema import page, page_rollup, page_visit

_DAY = 86_400_000
_MOST_KEYS = 200
OTHER = "(other)"


class PageMetric(StrEnum):
    """What is counted of a page and day. Stored."""

    VIEWS = "views"
    """How often it was loaded; by referrer and by campaign, too."""
    VISITS = "visits"
    """Visitors, each once a day."""
    READERS = "readers"
    """Visits that read it."""
    SIGN_UPS = "sign_ups"
    """Visits that signed up."""
    BY_REFERRER = "by_referrer"
    BY_CAMPAIGN = "by_campaign"
    ROBOTS = "robots"
    """Views by robots that say so; in none of the other figures."""


class _Flag(IntFlag):
    READ = 1
    SIGNED_UP = 2


_FLAGS = {"read": _Flag.READ, "sign_up": _Flag.SIGNED_UP}
_FLAG_METRICS = {_Flag.READ: PageMetric.READERS, _Flag.SIGNED_UP: PageMetric.SIGN_UPS}

_Figure = tuple[int, int, str, str]
"""Page, day, metric, key."""
_Visit = tuple[int, int, bytes]


def count_views(connection: Connection, database: Database, views: Sequence[PageView]) -> None:
    """Add what visitors did to the figures, within the caller's transaction.

    Whatever the order: a visit begins with the first step that is heard of.
    """
    pages = _pages(connection, {view.page for view in views})
    figures: Counter[_Figure] = Counter()
    visits: defaultdict[_Visit, _Flag] = defaultdict(lambda: _Flag(0))
    for view in views:
        number = pages.get(view.page)
        if number is None:
            continue
        day = view.at // _DAY
        if view.robot:
            figures[number, day, PageMetric.ROBOTS, ""] += view.step == "view"
            continue
        visits[number, day, view.visitor] |= _FLAGS.get(view.step, _Flag(0))
        if view.step == "view":
            figures[number, day, PageMetric.VIEWS, ""] += 1
            figures[number, day, PageMetric.BY_REFERRER, view.referrer] += 1
            figures[number, day, PageMetric.BY_CAMPAIGN, view.campaign] += 1
    for visit in sorted(visits):
        _count_visit(connection, database, visit, visits[visit], figures)
    _add(connection, database, _bounded(connection, figures))


def _pages(connection: Connection, wanted: Collection[str]) -> dict[str, int]:
    rows = connection.execute(
        select(page.c.public_id, page.c.id).where(page.c.public_id.in_(wanted))
    )
    return {row.public_id: row.id for row in rows}


def _count_visit(
    connection: Connection,
    database: Database,
    visit: _Visit,
    flags: _Flag,
    figures: Counter[_Figure],
) -> None:
    number, day, visitor = visit
    first = connection.execute(
        database.insert(page_visit)
        .values(page_id=number, day=day, visitor=visitor, flags=0)
        .on_conflict_do_nothing()
        .returning(page_visit.c.day)
    ).first()
    figures[number, day, PageMetric.VISITS, ""] += first is not None
    for flag, metric in _FLAG_METRICS.items():
        if flag not in flags:
            continue
        changed = connection.execute(
            update(page_visit)
            .where(
                page_visit.c.page_id == number,
                page_visit.c.day == day,
                page_visit.c.visitor == visitor,
                page_visit.c.flags.bitwise_and(int(flag)) == 0,
            )
            .values(flags=page_visit.c.flags.bitwise_or(int(flag)))
        )
        figures[number, day, metric, ""] += changed.rowcount


def _bounded(connection: Connection, figures: Counter[_Figure]) -> Counter[_Figure]:
    """With so many referrers and campaigns a day and no more: whoever likes may invent them."""
    bounded: Counter[_Figure] = Counter()
    known: dict[tuple[int, int, str], set[str]] = {}
    for figure, n in sorted(figures.items()):
        number, day, metric, key = figure
        if metric in (PageMetric.BY_REFERRER, PageMetric.BY_CAMPAIGN):
            place = (number, day, metric)
            if place not in known:
                known[place] = _keys(connection, *place)
            if key not in known[place] and len(known[place]) >= _MOST_KEYS:
                key = OTHER
            known[place].add(key)
        bounded[number, day, metric, key] += n
    return bounded


def _keys(connection: Connection, number: int, day: int, metric: str) -> set[str]:
    columns = page_rollup.c
    query = select(columns.key).where(
        columns.page_id == number, columns.day == day, columns.metric == metric
    )
    return set(connection.scalars(query))


def _add(connection: Connection, database: Database, figures: Counter[_Figure]) -> None:
    # In one order, so that two workers never wait for each other.
    for (number, day, metric, key), n in sorted(figures.items()):
        if not n:
            continue
        query = database.insert(page_rollup).values(
            page_id=number, day=day, metric=str(metric), key=key, n=n
        )
        connection.execute(
            query.on_conflict_do_update(
                index_elements=["page_id", "day", "metric", "key"],
                set_={"n": page_rollup.c.n + query.excluded.n},
            )
        )


def totals(
    connection: Connection, number: int, first: int, last: int
) -> list[tuple[int, PageMetric, str, int]]:
    """(day, metric, key, n) of a page from day ``first`` to ``last``, both included."""
    columns = page_rollup.c
    query = (
        select(columns.day, columns.metric, columns.key, func.sum(columns.n))
        .where(columns.page_id == number, columns.day.between(first, last))
        .group_by(columns.day, columns.metric, columns.key)
        .order_by(columns.day, columns.metric, columns.key)
    )
    return [
        (day, PageMetric(metric), key, int(n)) for day, metric, key, n in connection.execute(query)
    ]
