"""Another text for an issue that is registered: its links keep their numbers, its tokens hold."""

from typing import Annotated, Any

import msgspec
from msgspec import UNSET, Meta, UnsetType
from sqlalchemy import Row, select, update

from app.trackserver.api.access import issue_of, next_seq
from app.trackserver.api.domains import hosts_of
from app.trackserver.api.fields import LinkAddress, Subject
from app.trackserver.api.keys import Scope
from app.trackserver.api.registering import (
    EXAMPLE_REGISTERED,
    LONGEST_HTML,
    REPLACED,
    Registered,
    answered,
)
from app.trackserver.api.texts import Placed, keep_text, replace_links
from app.trackserver.mail.rewrite import numbered
from app.trackserver.services import Services
from app.trackserver.store.schema import issue, publication
from app.trackserver.web.endpoints import Request, endpoint
from app.trackserver.web.problems import Problem, ProblemDocument
from app.trackserver.words import Mode

_MOST_NUMBERS = 10_000


class NewContent(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The text that an issue has from now on."""

    html: Annotated[str, Meta(max_length=LONGEST_HTML)]
    subject: Subject | UnsetType = UNSET
    do_not_track_urls: Annotated[list[LinkAddress], Meta(max_length=1000)] = []
    force: Annotated[
        bool, Meta(description="Also where the issue was sent: readers have the text of before.")
    ] = False


def replace(services: Services, owner: Row[Any], number: int, body: NewContent) -> Registered:
    """Give an issue another text. Raises Problem 409 where it was sent and nobody forces it."""
    with services.database.writing() as connection:
        # As registering does: one at a time, and in the order in which workers hold rows.
        connection.execute(
            select(publication.c.id).where(publication.c.id == owner.id).with_for_update()
        )
        row = connection.execute(select(issue).where(issue.c.id == number)).one()
        if row.deleted_at is not None:
            raise Problem(404, detail="There is no such issue.")
        if row.sent_at is not None and row.sent_at <= services.clock() and not body.force:
            raise Problem(
                409,
                "Issue sent",
                "The issue was sent: readers have its text. Send `force` to replace it here all "
                "the same.",
                code="issue_sent",
            )
        placed: list[Placed] = []
        if row.mode != Mode.NONE:
            hosts = hosts_of(connection, owner.id, services.settings.base)
            found = numbered(body.html, hosts=hosts, untracked=body.do_not_track_urls)
            placed = replace_links(connection, row.id, found, services.clock())
            if placed and max(each.number for each, _ in placed) > _MOST_NUMBERS:
                raise Problem(
                    409, "Too many links", "Register the issue under another id.",
                    code="too_many_links",
                )  # fmt: skip
        keep_text(connection, services.database, row.id, body.html, placed)
        subject = row.subject if body.subject is UNSET else body.subject
        seq = next_seq(connection, owner.id)
        row = connection.execute(
            update(issue)
            .where(issue.c.id == row.id)
            .values(subject=subject, request=REPLACED, seq=seq)
            .returning(issue)
        ).one()
        return answered(connection, services, owner, row, [])


@endpoint(
    "PUT",
    "/v1/issues/{id}/content",
    scope=Scope.WRITE,
    summary="Replace an issue's HTML before it is sent",
    body=NewContent,
    limit=LONGEST_HTML * 2 + (1 << 20),
    answers={200: Registered, 409: ProblemDocument},
    example=EXAMPLE_REGISTERED,
    body_example=NewContent('<a href="https://example.com/">Read on, corrected</a>'),
)
def replace_content(request: Request) -> Registered:
    """A link that leads where it led keeps its number; whoever has a copy of the text of before,
    such as a test mail, can follow its links. Once `sent_at` has passed it is refused, unless
    forced.
    """
    body: NewContent = request.body
    with request.services.database.reading() as connection:
        row = issue_of(connection, request.caller(), request.path["id"])
        owner = connection.execute(
            select(publication).where(publication.c.id == row.publication_id)
        ).one()
    return replace(request.services, owner, row.id, body)


ENDPOINTS = (replace_content,)
