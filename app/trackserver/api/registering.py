"""Registering an issue: HTML in, HTML with tracked links and pixel out; the same twice is one."""

from hashlib import sha256
from typing import Annotated, Any

import msgspec
from msgspec import Meta
from sqlalchemy import Connection, Row, select

from app.trackserver.api.access import milliseconds, new_id, next_seq, publication_of
from app.trackserver.api.domains import base_of, hosts_of
from app.trackserver.api.fields import (
    ExternalId,
    Host,
    LinkAddress,
    MergeTag,
    ModeWord,
    Moment,
    PublicationId,
    Subject,
    WebAddress,
)
from app.trackserver.api.issues import EXAMPLE, Issue, all_shown
from app.trackserver.api.keys import Scope
from app.trackserver.api.recipients import Recipients, RecipientValue, enrol, valued
from app.trackserver.api.texts import add_links, canary_of, keep_text, text_of
from app.trackserver.mail.links import Found
from app.trackserver.mail.rewrite import (
    RECIPIENT_PLACEHOLDER,
    Address,
    Link,
    numbered,
    rewritten,
    with_unsubscribe,
)
from app.trackserver.services import Services
from app.trackserver.store.schema import issue, publication
from app.trackserver.web.endpoints import Answer, Request, endpoint
from app.trackserver.web.problems import Problem, ProblemDocument
from app.trackserver.words import Mode

LONGEST_HTML = 2_000_000
REPLACED = b""
"""Stands for the request of an issue whose content is no longer the request's."""


class NewIssue(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An issue about to be sent."""

    html: Annotated[str, Meta(max_length=LONGEST_HTML)]
    subject: Subject
    publication: PublicationId | None = None
    external_id: ExternalId | None = None
    mode: ModeWord | None = None
    """The publication's where it is left out."""
    do_not_track: bool = False
    """The same as the mode `none`."""
    do_not_track_urls: Annotated[list[LinkAddress], Meta(max_length=1000)] = []
    """Links that are left alone; so are those marked `data-do-not-track` in the HTML."""
    merge_tag: MergeTag | None = None
    """Left out: the HTML holds a placeholder that the sender fills with each recipient's value."""
    recipients: Recipients = []
    """More can be uploaded later, in batches."""
    recipient_count: Annotated[int, Meta(ge=0, le=2**53)] | None = None
    domain: Host | None = None
    sent_at: Moment | None = None
    archive_url: WebAddress | None = None


class TrackedLink(msgspec.Struct, frozen=True):
    """A link of the issue and the URL that stands there instead."""

    number: int
    url: str
    text: str
    tracked_url: str


class Registered(msgspec.Struct, frozen=True):
    """What to send.

    `placeholder` has to be replaced by each recipient's `value` wherever it stands: in the HTML
    and in the headers. It is null where the sending platform's merge tag does that.
    """

    issue: Issue
    html: str
    links: list[TrackedLink]
    pixel_url: str | None
    unsubscribe_url: str
    headers: dict[str, str]
    placeholder: str | None
    recipients: list[RecipientValue]


def register(services: Services, owner: Row[Any], body: NewIssue, key: str | None) -> Registered:
    """Store an issue, or find it again.

    Args:
        services: The server.
        owner: The publication.
        body: The request.
        key: The request's ``Idempotency-Key``.

    Raises:
        Problem: 409 where the external id is another issue's, 422 where the key was another
            request's.
    """
    request = sha256(msgspec.msgpack.encode(body)).digest()
    with services.database.writing() as connection:
        # One registration of a publication at a time, or the same one twice would be two issues.
        connection.execute(
            select(publication.c.id).where(publication.c.id == owner.id).with_for_update()
        )
        row = _known(connection, owner.id, body, key, request)
        if row is None:
            row = _made(connection, services, owner, body, key, request)
        return answered(connection, services, owner, row, body.recipients)


def answered(
    connection: Connection,
    services: Services,
    owner: Row[Any],
    row: Row[Any],
    recipients: Recipients,
) -> Registered:
    """What a registered issue's sender needs, made again from what is stored."""
    html, links = text_of(connection, row.id)
    address = address_of(services, row)
    values = []
    if recipients:
        numbers = enrol(connection, services.database, row, recipients, services.clock())
        values = valued(services.keyring(), row, recipients, numbers)
    if row.mode == Mode.NONE:
        out = with_unsubscribe(html, address)
    else:
        out = rewritten(html, links, address, canary_of(connection, row.id))
    fresh = connection.execute(select(issue).where(issue.c.id == row.id)).one()
    return Registered(
        issue=all_shown(connection, [fresh], owner.public_id)[0],
        html=out,
        links=[
            TrackedLink(link.number, link.url, link.text, address.link(link.number))
            for link, _ in links
        ],
        pixel_url=None if row.mode == Mode.NONE else address.pixel(),
        unsubscribe_url=address.unsubscribe(),
        headers=unsubscribe_headers(address.unsubscribe()),
        placeholder=RECIPIENT_PLACEHOLDER if row.tail == RECIPIENT_PLACEHOLDER else None,
        recipients=values,
    )


def address_of(services: Services, row: Row[Any]) -> Address:
    """Makes an issue's URLs."""
    tail = row.tail if row.mode == Mode.INDIVIDUAL else ""
    return Address(services.keyring(), row.base, row.id, tail, row.tail)


def unsubscribe_headers(url: str) -> dict[str, str]:
    """The two headers of RFC 8058; mail clients POST only to https."""
    return {
        "List-Unsubscribe": f"<{url}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
    }


def _known(
    connection: Connection, owner: int, body: NewIssue, key: str | None, request: bytes
) -> Row[Any] | None:
    of_ours = issue.c.publication_id == owner
    if key is not None:
        found = connection.execute(
            select(issue).where(of_ours, issue.c.idempotency_key == key)
        ).one_or_none()
        if found is not None:
            if bytes(found.request) not in (request, REPLACED):
                raise Problem(
                    422, "Idempotency-Key in use", "Another request was sent with this key.",
                    code="idempotency_key_in_use",
                )  # fmt: skip
            return found
    if body.external_id is None:
        return None
    found = connection.execute(
        select(issue).where(of_ours, issue.c.external_id == body.external_id)
    ).one_or_none()
    if found is not None and bytes(found.request) != request:
        raise Problem(
            409,
            "Issue exists",
            "An issue with this external id is registered with other content. Replace it by "
            f"PUT /v1/issues/{found.public_id}/content, or use another id.",
            code="issue_exists",
            issue=found.public_id,
        )
    return found


def _made(
    connection: Connection,
    services: Services,
    owner: Row[Any],
    body: NewIssue,
    key: str | None,
    request: bytes,
) -> Row[Any]:
    mode = Mode.NONE if body.do_not_track else Mode(body.mode or owner.mode)
    fallback = services.settings.base
    row = connection.execute(
        issue.insert()
        .values(
            public_id=new_id("iss"),
            publication_id=owner.id,
            external_id=body.external_id,
            idempotency_key=key,
            request=request,
            base=base_of(connection, owner.id, body.domain, fallback),
            tail=body.merge_tag or RECIPIENT_PLACEHOLDER,
            subject=body.subject,
            mode=mode,
            sent_at=None if body.sent_at is None else milliseconds(body.sent_at),
            made_at=services.clock(),
            recipients=body.recipient_count,
            archive_url=body.archive_url,
            seq=next_seq(connection, owner.id),
        )
        .returning(issue)
    ).one()
    found: list[tuple[Link, Found]] = []
    if mode is not Mode.NONE:
        hosts = hosts_of(connection, owner.id, fallback)
        found = numbered(body.html, hosts=hosts, untracked=body.do_not_track_urls)
        add_links(connection, row.id, [each for each, _ in found])
        if owner.canary:
            where = row.archive_url or f"{row.base}/"
            add_links(connection, row.id, [Link(len(found) + 1, where, "", canary=True)])
    keep_text(connection, services.database, row.id, body.html, found)
    return row


_URL = "https://mail.example.com/l/AQQBAJ0…/{{ subscriber.id }}"
_UNSUBSCRIBE = "https://mail.example.com/u/AQIBAF2…/{{ subscriber.id }}"
EXAMPLE_REGISTERED = Registered(
    EXAMPLE,
    f'<a href="{_URL}">Read on</a>',
    [TrackedLink(1, "https://example.com/", "Read on", _URL)],
    "https://mail.example.com/i/AQABAG1…/{{ subscriber.id }}",
    _UNSUBSCRIBE,
    unsubscribe_headers(_UNSUBSCRIBE),
    None,
    [],
)


@endpoint(
    "POST",
    "/v1/issues",
    scope=Scope.WRITE,
    summary="Register an issue and get its tracked HTML",
    body=NewIssue,
    limit=LONGEST_HTML * 2 + (4 << 20),
    answers={201: Registered, 404: ProblemDocument, 409: ProblemDocument},
    example=EXAMPLE_REGISTERED,
    body_example=NewIssue(
        html='<a href="https://example.com/">Read on</a>',
        subject="What we learnt in May",
        external_id="em_42",
        merge_tag="{{ subscriber.id }}",
    ),
)
def register_issue(request: Request) -> Answer:
    """Only links to web pages are changed, and a pixel is added; the rest of the HTML stays byte
    for byte. The same request again, by its external id or the header `Idempotency-Key`, finds the
    issue that it made.
    """
    body: NewIssue = request.body
    key = request.headers.get("idempotency-key")
    if key is not None and not 1 <= len(key) <= 200:
        raise Problem(400, detail="Idempotency-Key has 1 to 200 characters.")
    with request.services.database.reading() as connection:
        owner = publication_of(connection, request.caller(), body.publication)
    return Answer(register(request.services, owner, body, key))


ENDPOINTS = (register_issue,)
