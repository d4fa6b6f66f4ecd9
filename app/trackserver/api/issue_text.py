"""``GET /v1/issues/{id}/text``: the HTML as its sender gave it, and where its links stand in it."""

from typing import Annotated

import msgspec
from msgspec import Meta
from starlette.responses import Response

from app.trackserver.api.access import issue_of
from app.trackserver.api.answers import cached
from app.trackserver.api.keys import Scope
from app.trackserver.api.texts import text_of
from app.trackserver.web.endpoints import Request, endpoint


class PlacedLink(msgspec.Struct, frozen=True):
    """A tracked link, by the number that it has in the report."""

    number: int
    url: str
    text: str
    start: Annotated[
        int, Meta(description="Where its `href` begins, without quotes, in Unicode code points.")
    ]
    end: Annotated[int, Meta(description="Where its `href` ends, without quotes.")]


class IssueText(msgspec.Struct, frozen=True):
    """An issue's HTML without tracked links and pixel, for reading and for maps of its clicks.

    `links` are in the order of the text. A number stands there more than once where the same
    button is there again for Outlook alone. Links that are not tracked are not among them, nor
    those of a text that was replaced since.
    """

    html: str
    links: list[PlacedLink]


@endpoint(
    "GET",
    "/v1/issues/{id}/text",
    scope=Scope.READ,
    summary="An issue's own HTML, and where its links stand",
    answers={200: IssueText, 304: None},
    example=IssueText(
        '<a href="https://example.com/">Read on</a>',
        [PlacedLink(1, "https://example.com/", "Read on", 9, 29)],
    ),
)
def get_text(request: Request) -> Response:
    """`html[start:end]` is a link's address as it is written there, with its character
    references.
    """
    with request.services.database.reading() as connection:
        row = issue_of(connection, request.caller(), request.path["id"])
        html, links = text_of(connection, row.id)
    placed = [
        PlacedLink(
            link.number,
            link.url,
            link.text,
            href.start + len(href.quote),
            href.end - len(href.quote),
        )
        for link, found in links
        for href in found.hrefs
    ]
    return cached(request, IssueText(html, sorted(placed, key=lambda each: each.start)))


ENDPOINTS = (get_text,)
