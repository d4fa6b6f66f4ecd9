"""The list of issues: sorted and filtered by what they came to, page by page."""

from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta
from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Connection,
    Row,
    and_,
    case,
    cast,
    func,
    literal,
    or_,
    select,
)
from starlette.responses import Response

from app.trackserver import reports
from app.trackserver.api import cursors
from app.trackserver.api.access import epoch, milliseconds, moment, publication_of
from app.trackserver.api.answers import cached
from app.trackserver.api.fields import AgentWord, CursorText, ExternalId, Moment, PublicationId
from app.trackserver.api.issues import EXAMPLE, Issue, all_shown
from app.trackserver.api.keys import Scope
from app.trackserver.reports import Freshness
from app.trackserver.store.schema import issue, rollup
from app.trackserver.web.endpoints import Request, endpoint
from app.trackserver.web.problems import ProblemDocument
from app.trackserver.words import Agent, Dimension, Metric

Order = Literal[
    "sent_at", "-sent_at", "open_rate", "-open_rate", "click_rate", "-click_rate",
    "opens", "-opens", "clicks", "-clicks",
]  # fmt: skip
_Share = Annotated[float, Meta(ge=0, le=1, description="A part of one: 0.25 is 25 %.")]
_PARTS = 1_000_000_000
_NO_RATE = -1


class Issues(msgspec.Struct, frozen=True):
    """A page of issues; ``cursor`` leads to the next, null on the last."""

    issues: list[Issue]
    cursor: str | None
    freshness: Freshness


class IssueQuery(msgspec.Struct, frozen=True):
    """Which issues, and in what order. Rates are those of ``agent``; an issue whose rate cannot be
    told stands behind all others and in front when the order ascends.
    """

    publication: PublicationId | None = None
    sort: Order = "-sent_at"
    agent: AgentWord = "human"
    text: Annotated[str, Meta(max_length=200, description="Part of the subject.")] | None = None
    external_id: ExternalId | None = None
    sent_from: Moment | None = None
    sent_before: Moment | None = None
    open_rate_min: _Share | None = None
    open_rate_max: _Share | None = None
    click_rate_min: _Share | None = None
    click_rate_max: _Share | None = None
    limit: Annotated[int, Meta(ge=1, le=1000)] = 100
    cursor: CursorText | None = None


def page(
    connection: Connection, owner: Row[Any], query: IssueQuery
) -> tuple[list[Row[Any]], str | None]:
    """The issues that ``query`` asks for, and the cursor that leads on."""
    table = _with_rates(owner.id, query.agent)
    name = query.sort.removeprefix("-")
    descending = query.sort.startswith("-")
    key = _key(name, table)
    feed = f"issues {query.sort} {query.agent}"
    here = epoch(connection)
    statement = select(issue, key.label("place")).join(table, table.c.issue == issue.c.id)
    statement = statement.where(*_filters(query, table))
    if query.cursor:
        place, number = cursors.read(query.cursor, feed, here, 2)
        beyond = key < place if descending else key > place
        after = issue.c.id < number if descending else issue.c.id > number
        statement = statement.where(or_(beyond, and_(key == place, after)))
    order = (key.desc(), issue.c.id.desc()) if descending else (key, issue.c.id)
    rows = list(connection.execute(statement.order_by(*order).limit(query.limit + 1)))
    more = len(rows) > query.limit
    rows = rows[: query.limit]
    if not more:
        return rows, None
    last = rows[-1]
    return rows, cursors.written(feed, here, (int(last.place), last.id))


def _with_rates(owner: int, agent: AgentWord) -> Any:
    """Each issue of the publication with its rates in parts of a billion, -1 for none.

    The same rule as ``reports.denominator``.
    """
    total = rollup.c.dimension == Dimension.TOTAL
    classes = [each for each in Agent if agent in ("all", each.word)]

    def n(metric: Metric, *agents: Agent) -> ColumnElement[int]:
        counted = rollup.c.metric == metric
        if agents:
            counted = and_(counted, rollup.c.agent.in_(agents))
        # PostgreSQL would give a NUMERIC; the shares below are exact integers on both.
        return cast(func.coalesce(func.sum(case((counted, rollup.c.n), else_=0)), 0), BigInteger)

    sums = (
        select(
            issue.c.id.label("issue"),
            issue.c.recipients.label("recipients"),
            n(Metric.DELIVERED).label("delivered"),
            (
                n(Metric.SENT) - n(Metric.HARD_BOUNCE) - n(Metric.SOFT_BOUNCE) - n(Metric.REJECTED)
            ).label("kept"),
            n(Metric.OPENERS).label("all_openers"),
            n(Metric.CLICKERS).label("all_clickers"),
            n(Metric.UNSUBSCRIBES).label("unsubscribes"),
            n(Metric.COMPLAINTS).label("complaints"),
            n(Metric.OPENERS, *classes).label("openers"),
            n(Metric.CLICKERS, *classes).label("clickers"),
            n(Metric.OPENS, *classes).label("opens"),
            n(Metric.CLICKS, *classes).label("clicks"),
        )
        .select_from(issue)
        .outerjoin(rollup, and_(rollup.c.issue_id == issue.c.id, total))
        .where(issue.c.publication_id == owner)
        .group_by(issue.c.id)
        .subquery()
    )
    c = sums.c

    def is_whole(candidate: ColumnElement[Any]) -> ColumnElement[bool]:
        parts = (c.all_openers, c.all_clickers, c.unsubscribes, c.complaints)
        return and_(candidate > 0, *(candidate >= part for part in parts))

    whole = case(
        (is_whole(c.delivered), c.delivered),
        (is_whole(c.kept), c.kept),
        (is_whole(c.recipients), c.recipients),
        else_=None,
    )

    def rate(numerator: ColumnElement[Any]) -> ColumnElement[int]:
        return func.coalesce(numerator * _PARTS // whole, literal(_NO_RATE))

    return select(
        c.issue,
        rate(c.openers).label("open_rate"),
        rate(c.clickers).label("click_rate"),
        c.opens,
        c.clicks,
    ).subquery()


def _key(name: str, table: Any) -> ColumnElement[Any]:
    if name == "sent_at":
        return func.coalesce(issue.c.sent_at, issue.c.made_at)
    column: ColumnElement[Any] = table.c[name]
    return column


def _filters(query: IssueQuery, table: Any) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = [issue.c.deleted_at.is_(None)]
    if query.text is not None:
        wanted = query.text.lower()
        found.append(func.lower(issue.c.subject).contains(wanted, autoescape=True))
    if query.external_id is not None:
        found.append(issue.c.external_id == query.external_id)
    if query.sent_from is not None:
        found.append(issue.c.sent_at >= milliseconds(query.sent_from))
    if query.sent_before is not None:
        found.append(issue.c.sent_at < milliseconds(query.sent_before))
    for name, least, most in (
        ("open_rate", query.open_rate_min, query.open_rate_max),
        ("click_rate", query.click_rate_min, query.click_rate_max),
    ):
        if least is not None:
            found.append(table.c[name] >= int(least * _PARTS))
        if most is not None:
            found += [table.c[name] <= int(most * _PARTS), table.c[name] >= 0]
    return found


@endpoint(
    "GET",
    "/v1/issues",
    scope=Scope.READ,
    summary="Issues with their totals, sorted and filtered",
    query=IssueQuery,
    answers={200: Issues, 304: None, 409: ProblemDocument, 410: ProblemDocument},
    example=Issues([EXAMPLE], None, Freshness(moment(1_780_000_100_000), 0)),
)
def list_issues(request: Request) -> Response:
    """Every figure by class. Rates for sorting and filtering are unique openers or clickers of the
    chosen class among those who could.
    """
    query: IssueQuery = request.query
    services = request.services
    spilled = services.inbox.spill.items()
    with services.database.reading() as connection:
        owner = publication_of(connection, request.caller(), query.publication)
        rows, cursor = page(connection, owner, query)
        found = all_shown(connection, rows, owner.public_id)
        fresh = reports.freshness(connection, services.clock(), spilled)
    return cached(request, Issues(found, cursor, fresh), same_as=(found, cursor))


ENDPOINTS = (list_issues,)
