"""``GET /v1/issues/{id}/report``: everything that is known of one issue, from its rollups."""

import msgspec
from sqlalchemy import select
from starlette.responses import Response

from app.trackserver import reports
from app.trackserver.api.access import issue_of
from app.trackserver.api.answers import cached
from app.trackserver.api.issues import EXAMPLE, Issue, all_shown, owner_id
from app.trackserver.api.keys import Scope
from app.trackserver.reports import Freshness, LinkFigures, Split
from app.trackserver.store.schema import page
from app.trackserver.web.endpoints import Request, endpoint
from app.trackserver.words import Dimension


class Report(msgspec.Struct, frozen=True):
    """One issue. In each list a figure that is left out is zero.

    `hours` has the hours in which something happened; a recipient who opened or clicked counts in
    the hour of their first hit. `domains` are the receiving domains with most events, 100 at most.
    Figures of several rows must not be added where they count recipients: one recipient may have
    clicked two links.
    """

    issue: Issue
    hours: list[Split]
    links: list[LinkFigures]
    clients: list[Split]
    systems: list[Split]
    devices: list[Split]
    domains: list[Split]
    proxies: list[Split]
    reasons: list[Split]
    pages: list[str]
    """Ids of its archive pages: each has a funnel."""
    freshness: Freshness


_COUNT = reports.Count(3, 2, 0, 1)
_EXAMPLE = Report(
    EXAMPLE,
    hours=[Split(key="2026-05-28T20:00:00+00:00", delivered=4812, opens=_COUNT, openers=_COUNT)],
    links=[LinkFigures(1, "https://example.com/", "Read on", _COUNT, _COUNT, revoked=False)],
    clients=[Split(key="Thunderbird", opens=_COUNT, openers=_COUNT)],
    systems=[Split(key="Windows", opens=_COUNT, openers=_COUNT)],
    devices=[Split(key="desktop", opens=_COUNT, openers=_COUNT)],
    domains=[Split(key="example.com", delivered=120, opens=_COUNT, openers=_COUNT)],
    proxies=[Split(key="apple", opens=_COUNT, openers=_COUNT)],
    reasons=[Split(key="5.1.1", hard_bounces=7)],
    pages=["page_mzx"],
    freshness=Freshness(EXAMPLE.registered_at, 0),
)


@endpoint(
    "GET",
    "/v1/issues/{id}/report",
    scope=Scope.READ,
    summary="One issue's report",
    answers={200: Report, 304: None},
    example=_EXAMPLE,
)
def get_report(request: Request) -> Response:
    """By hour, link, client, system, device, receiving domain, proxy and reason, all by class."""
    services = request.services
    spilled = services.inbox.spill.items()
    with services.database.reading() as connection:
        row = issue_of(connection, request.caller(), request.path["id"])
        owner = owner_id(connection, row.publication_id)

        def by(dimension: Dimension) -> list[Split]:
            return reports.splits(connection, row.id, dimension)

        found = Report(
            issue=all_shown(connection, [row], owner)[0],
            hours=reports.hours(connection, row.id),
            links=reports.links(connection, row.id),
            clients=by(Dimension.CLIENT),
            systems=by(Dimension.OS),
            devices=by(Dimension.DEVICE),
            domains=by(Dimension.DOMAIN),
            proxies=by(Dimension.PROXY),
            reasons=by(Dimension.REASON),
            pages=list(
                connection.scalars(
                    select(page.c.public_id).where(page.c.issue_id == row.id).order_by(page.c.id)
                )
            ),
            freshness=reports.freshness(connection, services.clock(), spilled),
        )
    said = msgspec.structs.replace(found, freshness=_EXAMPLE.freshness)
    return cached(request, found, same_as=said)


ENDPOINTS = (get_report,)
