"""Archive pages through the API: registered, listed, and each one's funnel."""

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from typing import Annotated, Any

import msgspec
from msgspec import Meta
from sqlalchemy import Connection, Row, delete, select

from app.trackserver import reports
from app.trackserver.api.access import issue_of, moment, new_id, publication_of
from app.trackserver.api.fields import PublicationId, WebAddress
from app.trackserver.api.keys import Key, Scope
from app.trackserver.pages.counting import PageMetric, totals
from app.trackserver.store.schema import issue, link, page, page_rollup, page_visit, publication
from app.trackserver.web.endpoints import Answer, Request, endpoint
from app.trackserver.web.problems import Problem, ProblemDocument

_EPOCH = date(1970, 1, 1)
_MOST_DAYS = 400
_MOST_KEYS = 50
_MOST_PAGES = 1000


class Page(msgspec.Struct, frozen=True):
    """An archive page."""

    id: str
    url: str
    issue: str | None
    """The issue that it is the archive of."""
    snippet: str
    """What to put into the page's HTML."""
    registered_at: datetime


class Pages(msgspec.Struct, frozen=True):
    """The pages that the key may see, newest first."""

    pages: list[Page]


class NewPage(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A page to count."""

    url: WebAddress
    issue: Annotated[str, Meta(min_length=1, max_length=100)] | None = None
    publication: PublicationId | None = None


class FunnelQuery(msgspec.Struct, frozen=True):
    """Which days, both included, UTC; the last 30 where nothing is said."""

    since: date | None = None
    until: date | None = None


class MailSteps(msgspec.Struct, frozen=True):
    """The way from the mail to the page, over the mail's whole life."""

    delivered: int
    openers: reports.Count
    clickers: reports.Count
    """Recipients who clicked anything."""
    clicks_to_page: reports.Count
    """Clicks on the mail's links to this page."""


class PageSteps(msgspec.Struct, frozen=True):
    """What happened on the page. A visitor counts once a day in all but views."""

    views: int = 0
    visits: int = 0
    readers: int = 0
    sign_ups: int = 0
    robots: int = 0
    """Views by robots that say so; in no other figure."""


class DaySteps(msgspec.Struct, frozen=True):
    """One day's figures."""

    day: date
    views: int
    visits: int
    readers: int
    sign_ups: int


class Share(msgspec.Struct, frozen=True):
    """Views from one place."""

    key: str
    """A host or campaign; empty where none was told, ``(other)`` for the rest of very many."""
    views: int


class Funnel(msgspec.Struct, frozen=True):
    """A page's funnel: the mail that leads to it, and what visitors do there."""

    page: Page
    since: date
    until: date
    mail: MailSteps | None
    """Where the page belongs to an issue."""
    total: PageSteps
    days: list[DaySteps]
    referrers: list[Share]
    campaigns: list[Share]


_EXAMPLE = Page(
    id="page_mzx",
    url="https://letter.example/archive/12",
    issue="iss_mzxw6ytboi",
    snippet='<script defer src="https://news.example.com/b.js" data-page="page_mzx"></script>',
    registered_at=datetime(2026, 9, 21, 14, tzinfo=UTC),
)


@endpoint(
    "POST",
    "/v1/pages",
    scope=Scope.WRITE,
    summary="Register an archive page",
    body=NewPage,
    answers={201: Page, 200: Page},
    example=_EXAMPLE,
    body_example=NewPage(url=_EXAMPLE.url, issue=_EXAMPLE.issue),
    tag="pages",
)
def register_page(request: Request) -> Answer:
    """The answer has the script element to put on the page. The same address again is the same
    page (200).
    """
    body: NewPage = request.body
    key = request.caller()
    database = request.services.database
    with database.writing() as connection:
        of = issue_of(connection, key, body.issue) if body.issue else None
        owner = of.publication_id if of else publication_of(connection, key, body.publication).id
        made = connection.execute(
            database.insert(page)
            .values(
                public_id=new_id("page"),
                publication_id=owner,
                issue_id=of.id if of else None,
                url=body.url,
                made_at=request.services.clock(),
            )
            .on_conflict_do_nothing()
            .returning(page.c.id)
        ).first()
        if of is not None:
            connection.execute(
                page.update()
                .where(page.c.publication_id == owner, page.c.url == body.url)
                .values(issue_id=of.id)
            )
        row = connection.execute(
            _select().where(page.c.publication_id == owner, page.c.url == body.url)
        ).one()
    return Answer(_shown(request, row), status=201 if made else 200)


@endpoint(
    "GET",
    "/v1/pages",
    scope=Scope.READ,
    summary="Archive pages",
    answers={200: Pages},
    example=Pages([_EXAMPLE]),
    tag="pages",
)
def list_pages(request: Request) -> Pages:
    """The newest thousand."""
    query = _select().order_by(page.c.id.desc()).limit(_MOST_PAGES)
    with request.services.database.reading() as connection:
        rows = connection.execute(_seen_by(request.caller(), query)).all()
    return Pages([_shown(request, row) for row in rows])


@endpoint(
    "DELETE",
    "/v1/pages/{id}",
    scope=Scope.WRITE,
    summary="Forget an archive page and its figures",
    answers={204: None},
    tag="pages",
)
def forget_page(request: Request) -> None:
    """What its script still sends is dropped."""
    with request.services.database.writing() as connection:
        row = _page_of(connection, request)
        for table in (page_visit, page_rollup):
            connection.execute(delete(table).where(table.c.page_id == row.id))
        connection.execute(delete(page).where(page.c.id == row.id))


@endpoint(
    "GET",
    "/v1/pages/{id}/funnel",
    scope=Scope.READ,
    summary="A page's funnel",
    query=FunnelQuery,
    answers={200: Funnel, 409: ProblemDocument},
    tag="pages",
)
def page_funnel(request: Request) -> Funnel:
    """Delivered, opened, clicked, viewed, read, signed up: with the mail's own figures."""
    since, until = _days(request.query, request.services.clock())
    with request.services.database.reading() as connection:
        row = _page_of(connection, request)
        rows = totals(connection, row.id, (since - _EPOCH).days, (until - _EPOCH).days)
        mail = _mail(connection, row) if row.issue_id is not None else None
    by_day: Counter[tuple[int, PageMetric]] = Counter()
    total: Counter[PageMetric] = Counter()
    keys: dict[PageMetric, Counter[str]] = {
        PageMetric.BY_REFERRER: Counter(),
        PageMetric.BY_CAMPAIGN: Counter(),
    }
    for day, metric, key, n in rows:
        if metric in keys:
            keys[metric][key] += n
        else:
            by_day[day, metric] += n
            total[metric] += n
    return Funnel(
        page=_shown(request, row),
        since=since,
        until=until,
        mail=mail,
        total=PageSteps(**{name: total[PageMetric(name)] for name in PageSteps.__struct_fields__}),
        days=[_day(day, by_day) for day in sorted({day for day, _ in by_day})],
        referrers=_shares(keys[PageMetric.BY_REFERRER]),
        campaigns=_shares(keys[PageMetric.BY_CAMPAIGN]),
    )


def _select() -> Any:
    columns = (page, publication.c.public_id.label("owner"), issue.c.public_id.label("of_issue"))
    joined = page.join(publication).outerjoin(issue, page.c.issue_id == issue.c.id)
    return select(*columns).select_from(joined)


def _seen_by(key: Key, query: Any) -> Any:
    if key.publication_id is None:
        return query
    return query.where(page.c.publication_id == key.publication_id)


def _page_of(connection: Connection, request: Request) -> Row[Any]:
    query = _select().where(page.c.public_id == request.path["id"])
    row: Row[Any] | None = connection.execute(_seen_by(request.caller(), query)).one_or_none()
    if row is None:
        raise Problem(404, detail="There is no such page.")
    return row


def _shown(request: Request, row: Row[Any]) -> Page:
    base = request.services.settings.base
    return Page(
        id=row.public_id,
        url=row.url,
        issue=row.of_issue,
        snippet=f'<script defer src="{base}/b.js" data-page="{row.public_id}"></script>',
        registered_at=moment(row.made_at),
    )


def _days(query: FunnelQuery, now: int) -> tuple[date, date]:
    today = moment(now).date()
    until = query.until or max(today, query.since or today)
    since = query.since or max(until, _EPOCH + timedelta(days=30)) - timedelta(days=29)
    if not 0 <= (until - since).days < _MOST_DAYS:
        raise Problem(409, detail=f"since and until: in this order, at most {_MOST_DAYS} days.")
    return since, until


def _day(day: int, by_day: Counter[tuple[int, PageMetric]]) -> DaySteps:
    return DaySteps(
        day=_EPOCH + timedelta(days=day),
        views=by_day[day, PageMetric.VIEWS],
        visits=by_day[day, PageMetric.VISITS],
        readers=by_day[day, PageMetric.READERS],
        sign_ups=by_day[day, PageMetric.SIGN_UPS],
    )


def _shares(counted: Counter[str]) -> list[Share]:
    ordered = sorted(counted.items(), key=lambda item: (-item[1], item[0]))
    return [Share(key, n) for key, n in ordered[:_MOST_KEYS]]


def _mail(connection: Connection, row: Row[Any]) -> MailSteps:
    figures = reports.figures(connection, [row.issue_id])[row.issue_id]
    leading = set(
        connection.scalars(
            select(link.c.number).where(link.c.issue_id == row.issue_id, link.c.url == row.url)
        )
    )
    clicks = reports.NOTHING
    for one in reports.links(connection, row.issue_id):
        if one.number in leading:
            clicks += one.clicks
    return MailSteps(figures.delivered, figures.openers, figures.clickers, clicks)


ENDPOINTS = (register_page, list_pages, forget_page, page_funnel)
