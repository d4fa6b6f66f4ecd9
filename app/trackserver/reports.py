"""Reports, read from the rollups alone: nothing is computed from events when somebody looks.

Every figure is a numerator; what it may be divided by stands beside it, never a bare rate.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import UTC, datetime
from typing import Any, Literal

import msgspec
from sqlalchemy import Connection, func, select

from app.trackserver.store.schema import inbox, inbox_done, link, rollup
from app.trackserver.words import Dimension, Metric

MOST_DOMAINS = 100
HOUR = 3_600_000

DenominatorIs = Literal["delivered", "sent", "recipients", "openers"]


class Count(msgspec.Struct, frozen=True):
    """A figure by class; ``all`` is the sum of the three."""

    all: int = 0
    human: int = 0
    privacy_proxy: int = 0
    machine: int = 0

    def __add__(self, other: "Count") -> "Count":
        return Count(
            self.all + other.all,
            self.human + other.human,
            self.privacy_proxy + other.privacy_proxy,
            self.machine + other.machine,
        )


NOTHING = Count()


class Figures(msgspec.Struct, frozen=True):
    """What happened. Openers and clickers are recipients, each counted once; opens and clicks
    are how often. An opener whose pictures a proxy or a machine loaded and who clicked stands in
    the click's class. ``inferred_openers`` clicked and never opened: their pictures were off.
    """

    sent: int = 0
    delivered: int = 0
    deferred: int = 0
    rejected: int = 0
    hard_bounces: int = 0
    soft_bounces: int = 0
    complaints: int = 0
    unsubscribes: Count = NOTHING
    opens: Count = NOTHING
    clicks: Count = NOTHING
    openers: Count = NOTHING
    clickers: Count = NOTHING
    inferred_openers: Count = NOTHING


class Rate(msgspec.Struct, frozen=True):
    """A numerator and what it is a part of."""

    numerator: Count
    denominator: Count
    of: DenominatorIs


class Rates(msgspec.Struct, frozen=True):
    """Rates that can be told; null where no honest denominator is known."""

    open: Rate | None = None
    click: Rate | None = None
    click_to_open: Rate | None = None
    unsubscribe: Rate | None = None
    complaint: Rate | None = None
    bounce: Rate | None = None


class Split(Figures, frozen=True, omit_defaults=True, kw_only=True):
    """Figures of one key of a dimension; a figure that is left out is zero."""

    key: str


class LinkFigures(msgspec.Struct, frozen=True):
    """One use of a link in the issue: where it leads, the words on it, its clicks."""

    number: int
    url: str
    text: str
    clicks: Count
    clickers: Count
    revoked: bool


class Freshness(msgspec.Struct, frozen=True):
    """Counting was last done at ``as_of``; ``waiting`` items were taken in and are not counted
    yet: those of the store's inbox, and what this process's machine keeps for the store.
    """

    as_of: datetime
    waiting: int


_FIELDS = {
    Metric.SENT: "sent",
    Metric.DELIVERED: "delivered",
    Metric.DEFERRED: "deferred",
    Metric.REJECTED: "rejected",
    Metric.HARD_BOUNCE: "hard_bounces",
    Metric.SOFT_BOUNCE: "soft_bounces",
    Metric.COMPLAINTS: "complaints",
    Metric.UNSUBSCRIBES: "unsubscribes",
    Metric.OPENS: "opens",
    Metric.CLICKS: "clicks",
    Metric.OPENERS: "openers",
    Metric.CLICKERS: "clickers",
    Metric.INFERRED_OPENERS: "inferred_openers",
}
_NAMES = {int(metric): name for metric, name in _FIELDS.items()}
_BY_CLASS = frozenset(
    (
        Metric.UNSUBSCRIBES,
        Metric.OPENS,
        Metric.CLICKS,
        Metric.OPENERS,
        Metric.CLICKERS,
        Metric.INFERRED_OPENERS,
    )
)


def figures(connection: Connection, issues: Collection[int]) -> dict[int, Figures]:
    """The totals of each of ``issues``; an issue without any is there too."""
    rows: dict[int, list[tuple[int, int, int]]] = defaultdict(list)
    numbers = list(issues)
    for start in range(0, len(numbers), 500):
        query = select(rollup.c.issue_id, rollup.c.metric, rollup.c.agent, rollup.c.n).where(
            rollup.c.issue_id.in_(numbers[start : start + 500]),
            rollup.c.dimension == Dimension.TOTAL,
        )
        for issue, metric, agent, n in connection.execute(query).all():
            rows[issue].append((metric, agent, n))
    return {issue: Figures(**_fields(rows[issue])) for issue in numbers}


def splits(connection: Connection, issue: int, dimension: Dimension) -> list[Split]:
    """One issue's figures by ``dimension``, in the order of its keys."""
    query = (
        select(rollup.c.key, rollup.c.metric, rollup.c.agent, rollup.c.n)
        .where(rollup.c.issue_id == issue, rollup.c.dimension == dimension)
        .order_by(rollup.c.key)
    )
    if dimension is Dimension.DOMAIN:
        query = query.where(rollup.c.key.in_(_largest(connection, issue, dimension, MOST_DOMAINS)))
    by_key: dict[str, list[tuple[int, int, int]]] = defaultdict(list)
    for key, metric, agent, n in connection.execute(query).all():
        by_key[key].append((metric, agent, n))
    found = ((key, _fields(rows)) for key, rows in by_key.items())
    if dimension is Dimension.HOUR:
        found = ((moment(int(key) * HOUR).isoformat(), fields) for key, fields in found)
    return [Split(key=key, **fields) for key, fields in found if fields]


def hours(connection: Connection, issue: int) -> list[Split]:
    """One issue's figures by the hour; the key is the hour's start (RFC 3339, UTC)."""
    return splits(connection, issue, Dimension.HOUR)


def links(connection: Connection, issue: int) -> list[LinkFigures]:
    """Every link of the issue in the order of their numbers, also those that nobody followed; of
    those that are no longer in its text only what was followed.
    """
    counted = {int(split.key): split for split in splits(connection, issue, Dimension.LINK)}
    rows = connection.execute(
        select(link).where(link.c.issue_id == issue, ~link.c.canary).order_by(link.c.number)
    )
    return [
        LinkFigures(
            number=row.number,
            url=row.url,
            text=row.text,
            clicks=counted[row.number].clicks if row.number in counted else NOTHING,
            clickers=counted[row.number].clickers if row.number in counted else NOTHING,
            revoked=row.revoked_at is not None,
        )
        for row in rows
        if row.dropped_at is None or row.number in counted
    ]


def rates(total: Figures, recipients: int | None) -> Rates:
    """What the totals can honestly be divided by; see ``denominator``."""
    base = denominator(total, recipients)
    attempts = max(total.sent, total.delivered + total.hard_bounces + total.soft_bounces)
    bounced = total.hard_bounces + total.soft_bounces + total.rejected
    of_sent = Rate(plain(bounced), plain(attempts), "sent") if attempts >= bounced > 0 else None
    if attempts and not bounced:
        of_sent = Rate(NOTHING, plain(attempts), "sent")
    readers = total.openers + total.inferred_openers
    by_opening = Rate(total.clickers, readers, "openers") if readers.all else None
    if base is None:
        return Rates(click_to_open=by_opening, bounce=of_sent)
    whole, of = base
    return Rates(
        open=Rate(total.openers, plain(whole), of),
        click=Rate(total.clickers, plain(whole), of),
        click_to_open=by_opening,
        unsubscribe=Rate(total.unsubscribes, plain(whole), of),
        complaint=Rate(plain(total.complaints), plain(whole), of),
        bounce=of_sent,
    )


def denominator(total: Figures, recipients: int | None) -> tuple[int, DenominatorIs] | None:
    """How many could open: the first of delivered, sent and not bounced, declared recipients.

    One that is smaller than what it would divide is incomplete and no denominator.
    """
    least = max(total.openers.all, total.clickers.all, total.unsubscribes.all, total.complaints, 1)
    kept = total.sent - total.hard_bounces - total.soft_bounces - total.rejected
    candidates: tuple[tuple[int, DenominatorIs], ...] = (
        (total.delivered, "delivered"),
        (kept, "sent"),
        (recipients or 0, "recipients"),
    )
    return next((found for found in candidates if found[0] >= least), None)


def plain(n: int) -> Count:
    """A figure that only people stand behind."""
    return Count(n, n, 0, 0)


def freshness(connection: Connection, now: int, spilled: int) -> Freshness:
    """How far the worker is.

    Args:
        spilled: Items on this machine's disk that the store has not got yet.
    """
    stored = connection.execute(select(func.coalesce(func.sum(inbox.c["items"]), 0))).scalar_one()
    waiting = int(stored) + spilled
    if not waiting:
        return Freshness(moment(now), 0)
    last = connection.execute(select(func.max(inbox_done.c.at))).scalar()
    return Freshness(moment(last or 0), waiting)


def moment(milliseconds: int) -> datetime:
    """A stored time as it is published."""
    return datetime.fromtimestamp(milliseconds / 1000, UTC)


def _largest(connection: Connection, issue: int, dimension: Dimension, most: int) -> list[str]:
    query = (
        select(rollup.c.key)
        .where(rollup.c.issue_id == issue, rollup.c.dimension == dimension)
        .group_by(rollup.c.key)
        .order_by(func.sum(rollup.c.n).desc(), rollup.c.key)
        .limit(most)
    )
    return list(connection.execute(query).scalars())


def _fields(rows: Iterable[tuple[int, int, int]]) -> dict[str, Any]:
    counts: dict[int, list[int]] = {}
    for metric, agent, n in rows:
        by_agent = counts.get(metric)
        if by_agent is None:
            by_agent = counts[metric] = [0, 0, 0]
        by_agent[agent] += n
    found: dict[str, Any] = {}
    for metric, (human, proxy, machine) in counts.items():
        name = _NAMES.get(metric)
        whole = human + proxy + machine
        if name is not None and (whole or human or proxy):
            found[name] = Count(whole, human, proxy, machine) if metric in _BY_CLASS else whole
    return found
