"""Links checked for a team: a batch in, verdicts out as they come."""

from collections.abc import AsyncIterator
from typing import Annotated

import msgspec
from msgspec import Meta
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response, StreamingResponse

from app.trackserver.api.keys import Scope
from app.trackserver.web.endpoints import Lines, Request, endpoint
from app.trackserver.web.problems import Problem

MEDIA = "application/x-ndjson"
MOST = 500
"""Links in one request."""

Url = Annotated[
    str, Meta(max_length=4096, description="As it stands in the draft; its fragment is looked up.")
]


class LinksToCheck(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Links, each once; ``max_age`` is how old a verdict may be, in seconds."""

    urls: Annotated[list[Url], Meta(min_length=1, max_length=MOST)]
    max_age: Annotated[int, Meta(ge=0, le=31_536_000)] | None = None


class Hop(msgspec.Struct, frozen=True):
    """A redirect: the status of the answer, and where it leads."""

    status: int
    url: str


class CheckedLink(msgspec.Struct, frozen=True):
    """One line: a link, and what is known of it, with the names of `sendoff check --json`.

    Attributes:
        url: As it was sent.
        status: ``safe``, ``warn``, ``block``, ``unverified`` or ``unchecked``.
        reason: Why; ``pending`` where there was no time for it: ask again.
        from_cache: Whether an earlier check found it, at ``checked_at``.
        also: Reasons of other services that flag it, too.
    """

    url: str
    status: str
    reason: str
    notes: list[str]
    detail: str
    suggestion: str | None
    http_status: int | None
    method: str | None
    final_url: str | None
    redirects: list[Hop]
    checked_at: str | None
    retry_at: str | None
    seconds: float | None
    from_cache: bool
    evidence: str | None
    threat: str | None
    hop: str | None
    also: list[str]


@endpoint(
    "POST",
    "/v1/links/check",
    scope=Scope.LINK_CHECK,
    summary="Check links",
    body=LinksToCheck,
    limit=256 << 10,
    answers={200: Lines(CheckedLink)},
    body_example=LinksToCheck(["https://example.com/a", "https://example.com/b#place"]),
    tag="links",
)
async def check_links(request: Request) -> Response:
    """One JSON object a line, one line for each different URL, in the order in which they become
    known. What was found lately for anybody of this server comes at once, the rest is asked for:
    each link once, however many wait for it. A line with `unchecked` and `pending` was not
    checked; ask for it again. Empty lines mean nothing: they come every ten seconds of silence.

    Never asked for: private addresses, links with a password, ports other than the web's,
    unsubscribe links and links that count clicks (`unchecked`, `not_checkable`). Of an answer's
    body nothing is told. 429 beyond the key's requests a minute or at the same time, 503 where too
    many links wait.
    """
    checking, key = request.services.checking, request.caller().id
    allowance = checking.admit(key)
    if allowance is not None and allowance.wait:
        raise Problem(
            429, detail="Too many checks a minute; Retry-After tells when to go on.",
            headers=allowance.headers,
        )  # fmt: skip
    urls = list(dict.fromkeys(request.body.urls))
    oldest = checking.oldest(request.body.max_age)
    lines, missing = checking.remembered(urls, oldest)
    if missing:
        known = await run_in_threadpool(checking.read, missing, oldest)
        more, missing = checking.learn(missing, known)
        lines += more
    request.notes.update(links=len(urls), cached=len(lines))
    headers = {"cache-control": "no-store"}
    if not missing:
        return Response(b"".join(lines), headers=headers, media_type=MEDIA)
    checks = checking.checks
    if checking.streams(key) >= checks.requests:
        raise Problem(
            429, detail=f"{checks.requests} requests of this key are being answered already.",
            headers={"retry-after": "2"},
        )  # fmt: skip
    if checking.waiting + len(missing) > checks.waiting:
        raise Problem(503, detail="Too many links wait already.", headers={"retry-after": "10"})
    # nginx would hold lines back until there are many.
    headers["x-accel-buffering"] = "no"
    answers = checking.ask(key, missing, oldest)
    return StreamingResponse(_stream(lines, answers), headers=headers, media_type=MEDIA)


async def _stream(known: list[bytes], answers: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    if known:
        yield b"".join(known)
    async for lines in answers:
        yield lines


ENDPOINTS = (check_links,)
