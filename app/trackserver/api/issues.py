"""Issues as they are published: read, changed, deleted."""

from datetime import datetime
from typing import Annotated, Any

import msgspec
from msgspec import UNSET, Meta, UnsetType
from sqlalchemy import (
    Connection,
    Row,
    delete,
    select,
    update,
)
from starlette.responses import Response

from app.trackserver import reports
from app.trackserver.api.access import (
    issue_of,
    milliseconds,
    moment,
    next_seq,
    optional_moment,
)
from app.trackserver.api.answers import cached
from app.trackserver.api.fields import (
    ModeWord,
    Moment,
    Subject,
    WebAddress,
)
from app.trackserver.api.keys import Scope
from app.trackserver.reports import Count, Figures, Rates
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
from app.trackserver.work.bulk import bulk


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


ENDPOINTS = (get_issue, change_issue, delete_issue)
