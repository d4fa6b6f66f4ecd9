"""Issues as they are published: listed, sorted, filtered, changed, deleted."""

from datetime import datetime
from typing import Annotated, Any, Literal

import msgspec
from msgspec import UNSET, Meta, UnsetType
from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Connection,
    Row,
    and_,
    case,
    cast,
    delete,
    func,
    literal,
    or_,
    select,
    update,
)
from starlette.responses import Response

from app.trackserver import reports
from app.trackserver.api import cursors
from app.trackserver.api.access import (
    epoch,
    issue_of,
    milliseconds,
    moment,
    next_seq,
    optional_moment,
    publication_of,
)
from app.trackserver.api.answers import cached
from app.trackserver.api.fields import (
    AgentWord,
    CursorText,
    ExternalId,
    ModeWord,
    Moment,
    PublicationId,
    Subject,
    WebAddress,
)
from app.trackserver.api.keys import Scope
from app.trackserver.reports import Count, Figures, Freshness, Rates
from app.trackserver.store.database import Database
from app.trackserver.store.schema import (
    event,
    issue,
    issue_text,
    pace,
    publication,
    recipient,
    robot_sighting,
    rollup,
    tombstone,
)
from app.trackserver.web.endpoints import Request, endpoint
from app.trackserver.web.problems import ProblemDocument
from app.trackserver.words import Agent, Dimension, Metric
from app.trackserver.work.bulk import bulk

Order = Literal[
    "sent_at", "-sent_at", "open_rate", "-open_rate", "click_rate", "-click_rate",
    "opens", "-opens", "clicks", "-clicks",
]  # fmt: skip
_Share = Annotated[float, Meta(ge=0, le=1, description="A part of one: 0.25 is 25 %.")]
_PARTS = 1_000_000_000
_NO_RATE = -1


class Issue(msgspec.Struct, frozen=True):
    """An issue with its totals. ``version`` grows with each change of it or its figures."""

    id: str
    publication: str
    external_id: str | None
    subject: str
    mode: ModeWord
    sent_at: datetime | None
    registered_at: datetime
    archive_url: str | None
    recipients: int | None
    version: int
    figures: Figures
    rates: Rates


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


class IssueChange(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What changes; what is left out stays."""

    subject: Subject | UnsetType = UNSET
    sent_at: Moment | UnsetType | None = UNSET
    archive_url: WebAddress | UnsetType | None = UNSET
    recipients: Annotated[int, Meta(ge=0, le=2**53)] | UnsetType | None = UNSET


def shown(row: Row[Any], owner: str, figures: Figures) -> Issue:
    """A row with its totals as it is published."""
    return Issue(
        id=row.public_id,
        publication=owner,
        external_id=row.external_id,
        subject=row.subject,
        mode=row.mode,
        sent_at=optional_moment(row.sent_at),
        registered_at=moment(row.made_at),
        archive_url=row.archive_url,
        recipients=row.recipients,
        version=row.seq,
        figures=figures,
        rates=reports.rates(figures, row.recipients),
    )


def all_shown(connection: Connection, rows: list[Row[Any]], owner: str) -> list[Issue]:
    """Several rows of one publication, their totals fetched at once."""
    figures = reports.figures(connection, [row.id for row in rows])
    return [shown(row, owner, figures[row.id]) for row in rows]


def owner_id(connection: Connection, publication_id: int) -> str:
    """A publication's public id."""
    query = select(publication.c.public_id).where(publication.c.id == publication_id)
    return str(connection.execute(query).scalar_one())


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


def remove(connection: Connection, database: Database, row: Row[Any], now: int) -> None:
    """Delete an issue's events, figures and text. Its links go on leading where they led: the mails
    that have them cannot be taken back.
    """
    bulk(connection, database).keep(row.id)
    for table in (event, rollup, recipient, issue_text, pace, robot_sighting):
        connection.execute(delete(table).where(table.c.issue_id == row.id))
    seq = next_seq(connection, row.publication_id)
    connection.execute(
        update(issue)
        .where(issue.c.id == row.id)
        .values(
            deleted_at=now,
            closed_at=now,
            external_id=None,
            idempotency_key=None,
            subject="",
            seq=seq,
        )
    )
    connection.execute(
        tombstone.insert().values(
            publication_id=row.publication_id, seq=seq, kind="issue", public_id=row.public_id
        )
    )


_FIGURES = Figures(
    sent=5000,
    delivered=4812,
    opens=Count(3120, 1400, 1500, 220),
    openers=Count(2310, 980, 1210, 120),
    clicks=Count(700, 610, 0, 90),
    clickers=Count(420, 388, 0, 32),
)
EXAMPLE = Issue(
    "iss_nbswy3dpeb3w64tm", "pub_mzxw6ytboi4dcmrt", "em_42", "What we learnt in May", "individual",
    moment(1_780_000_000_000), moment(1_779_990_000_000), "https://example.com/archive/may", 5000,
    17, _FIGURES, reports.rates(_FIGURES, 5000),
)  # fmt: skip


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
    with services.database.reading() as connection:
        owner = publication_of(connection, request.caller(), query.publication)
        rows, cursor = page(connection, owner, query)
        found = all_shown(connection, rows, owner.public_id)
        fresh = reports.freshness(connection, services.clock())
    return cached(request, Issues(found, cursor, fresh), same_as=(found, cursor))


@endpoint(
    "GET",
    "/v1/issues/{id}",
    scope=Scope.READ,
    summary="One issue with its totals",
    answers={200: Issue, 304: None},
    example=EXAMPLE,
)
def get_issue(request: Request) -> Response:
    """The same as in the list."""
    with request.services.database.reading() as connection:
        row = issue_of(connection, request.caller(), request.path["id"])
        return cached(request, _one(connection, row))


@endpoint(
    "PATCH",
    "/v1/issues/{id}",
    scope=Scope.WRITE,
    summary="Change what is known of an issue",
    body=IssueChange,
    answers={200: Issue},
    example=EXAMPLE,
    body_example=IssueChange(sent_at=moment(1_780_000_000_000)),
)
def change_issue(request: Request) -> Issue:
    """Its subject, when it was sent, where it is archived, how many it goes to."""
    body: IssueChange = request.body
    values = {
        name: milliseconds(value) if isinstance(value, datetime) else value
        for name, value in msgspec.structs.asdict(body).items()
        if value is not UNSET
    }
    with request.services.database.writing() as connection:
        row = issue_of(connection, request.caller(), request.path["id"])
        if values:
            seq = next_seq(connection, row.publication_id)
            change = update(issue).where(issue.c.id == row.id).values(**values, seq=seq)
            row = connection.execute(change.returning(issue)).one()
        return _one(connection, row)


@endpoint(
    "DELETE",
    "/v1/issues/{id}",
    scope=Scope.WRITE,
    summary="Delete an issue's figures, events and text",
    answers={204: None},
)
def delete_issue(request: Request) -> None:
    """Links in mails that were sent go on leading where they led, and are not counted any more."""
    services = request.services
    with services.database.writing() as connection:
        row = issue_of(connection, request.caller(), request.path["id"])
        remove(connection, services.database, row, services.clock())


def _one(connection: Connection, row: Row[Any]) -> Issue:
    return all_shown(connection, [row], owner_id(connection, row.publication_id))[0]


ENDPOINTS = (list_issues, get_issue, change_issue, delete_issue)
