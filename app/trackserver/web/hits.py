"""The hot paths: a pixel is fetched, a link is followed, somebody unsubscribes.

Each reads the token, keeps a hit and answers. Nothing else happens here; the worker does the rest.
"""

import asyncio
import logging
import threading
from email import message_from_bytes
from email.message import Message
from functools import partial
from typing import Any
from urllib.parse import parse_qs

from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from app.trackserver import inbox, tokens
from app.trackserver.inbox import Hit, HitFlag
from app.trackserver.ingest.inbox_writer import NotKept
from app.trackserver.links import Target
from app.trackserver.services import Services
from app.trackserver.store.schema import issue, publication
from app.trackserver.tokens import BadToken, Token
from app.trackserver.web import html
from app.trackserver.web.metrics import Counts
from app.trackserver.web.proxies import client_finder

_log = logging.getLogger(__name__)

GIF = bytes.fromhex(
    "47494638396101000100800000000000ffffff21f90401000000002c00000000010001000002024401003b"
)
PIXEL_HEADERS = [
    ("content-type", "image/gif"),
    ("cache-control", "no-store, no-cache, must-revalidate, private, max-age=0"),
    ("pragma", "no-cache"),
    ("x-robots-tag", "noindex"),
    ("x-content-type-options", "nosniff"),
]
_REDIRECT_HEADERS = [
    ("cache-control", "no-store, private"),
    ("referrer-policy", "no-referrer"),
    ("x-robots-tag", "noindex, nofollow"),
]

_LONGEST_ID = 201  # bytes of a slash and a subscriber's own id, as a merge tag fills it in
_LONGEST_USER_AGENT = 500
_LONGEST_FORM = 4096
_FORM_SECONDS = 10
_STORE_SECONDS = 2  # how long a page waits for the store, where it must ask it
_PREFETCH_HEADERS = ("sec-purpose", "purpose", "x-purpose", "x-moz")
_PREFETCH_WORDS = ("prefetch", "prerender", "preview")


class HotPaths:
    """Answers ``/i/``, ``/l/`` and ``/u/``."""

    def __init__(self, services: Services, counts: Counts) -> None:
        self._services = services
        self._counts = counts
        self._client = client_finder(services.settings.proxies)
        self._behind_proxy = bool(services.settings.proxies)
        self._counting = threading.Lock()

    def open(self, path: str, scope: Any, proto: Any) -> bool:
        """Take the hit of a pixel and answer once it is durable; False where there is none to take,
        and ``pixel`` has to answer. From any one thread: nobody waits here.
        """
        if scope.method != "GET":
            return False
        token, slash, subscriber = path[3:].partition("/")
        token = token.removesuffix(".gif")
        if not self._services.keyring().is_of_kind(token, tokens.Kind.OPEN):
            return False
        self._counts.open += 1
        hit = self._hit(scope, token, slash + subscriber, 0)
        try:
            self._services.inbox.keep(inbox.Kind.HITS, hit, partial(self._opened, proto))
        except NotKept:
            self._opened(proto, kept=False)
        return True

    def _opened(self, proto: Any, kept: bool) -> None:
        if not kept:
            self._count_lost()
        proto.response_bytes(200, PIXEL_HEADERS, GIF)

    async def pixel(self, scope: Any, proto: Any) -> None:
        """The GIF, whatever the token is: nobody learns whether it exists."""
        method = scope.method
        if method == "GET":
            token, slash, subscriber = scope.path[3:].partition("/")
            token = token.removesuffix(".gif")
            if self._services.keyring().is_of_kind(token, tokens.Kind.OPEN):
                self._counts.open += 1
                try:
                    await self._keep(scope, token, slash + subscriber, 0)
                except NotKept:
                    self._count_lost()
            else:
                self._counts.bad_token += 1
        elif not self._is_probe(method, proto, "GET, HEAD, OPTIONS"):
            return
        proto.response_bytes(200, PIXEL_HEADERS, GIF)

    async def click(self, scope: Any, proto: Any) -> None:
        """A redirect to where the link leads; never to anything that stands in the URL."""
        method = scope.method
        if method != "GET" and not self._is_probe(method, proto, "GET, HEAD, OPTIONS"):
            return
        text, slash, subscriber = scope.path[3:].partition("/")
        token = self._verified(text, tokens.Kind.CLICK)
        if token is None:
            proto.response_str(404, html.HEADERS, html.NO_SUCH_LINK)
            return
        try:
            target = await self._target(token)
        except (SQLAlchemyError, TimeoutError):
            proto.response_str(503, [*html.HEADERS, ("retry-after", "5")], html.TRY_AGAIN)
            return
        if target is None:
            proto.response_str(404, html.HEADERS, html.NO_SUCH_LINK)
        elif target.revoked:
            proto.response_str(410, html.HEADERS, html.REVOKED_LINK)
        else:
            if method == "GET":
                self._counts.click += 1
                try:
                    await self._keep(scope, text, slash + subscriber, 0)
                except NotKept:
                    self._count_lost()
            proto.response_empty(302, [*_REDIRECT_HEADERS, ("location", target.url)])

    async def unsubscribe(self, scope: Any, proto: Any) -> None:
        """GET shows a page with a button and changes nothing; POST unsubscribes (RFC 8058)."""
        method = scope.method
        allow = "GET, HEAD, POST, OPTIONS"
        if method not in {"GET", "POST"} and not self._is_probe(method, proto, allow):
            return
        text, slash, subscriber = scope.path[3:].partition("/")
        token = self._verified(text, tokens.Kind.UNSUBSCRIBE)
        if token is None:
            proto.response_str(404, html.HEADERS, html.NO_SUCH_LINK)
            return
        posted = method == "POST"
        if posted and not await _is_one_click(scope, proto):
            proto.response_str(400, html.HEADERS, html.WRONG_METHOD)
            return
        name = await self._publication(token.issue)
        try:
            if method != "HEAD":  # GET is no unsubscription, but a trace that scanners leave
                flags = HitFlag.POSTED if posted else 0
                await self._keep(scope, text, slash + subscriber, flags)
        except NotKept:
            self._count_lost()
            if posted:
                proto.response_str(503, [*html.HEADERS, ("retry-after", "60")], html.TRY_AGAIN)
                return
        self._counts.unsubscribe += posted
        page = html.unsubscribed(name) if posted else html.unsubscribe(name)
        proto.response_str(200, html.HEADERS, page)

    def _keep(self, scope: Any, token: str, subscriber: str, flags: int) -> "asyncio.Future[None]":
        """Done when the hit is durable; NotKept where nothing takes it."""
        hit = self._hit(scope, token, subscriber, flags)
        return self._services.inbox.add(inbox.Kind.HITS, hit)

    def _count_lost(self) -> None:
        with self._counting:  # whichever thread has to tell
            self._counts.kept_not += 1

    def _hit(self, scope: Any, token: str, subscriber: str, flags: int) -> Hit:
        """``subscriber`` is the own id of a platform's, with the slash before it."""
        headers = scope.headers
        if len(subscriber) > 1 and len(subscriber.encode("utf-8", "replace")) <= _LONGEST_ID:
            token += subscriber
        # Some proxies add a line of their own behind the one that a client made up.
        forwarded = (
            ",".join(headers.get_all("x-forwarded-for")) or None if self._behind_proxy else None
        )
        return Hit(
            self._services.clock(),
            token,
            headers.get("user-agent", "")[:_LONGEST_USER_AGENT],
            self._client(scope.client, forwarded),
            flags | _prefetch(headers),
        )

    def _verified(self, text: str, kind: tokens.Kind) -> Token | None:
        try:
            token = self._services.keyring().verify(text)
        except BadToken:
            token = None
        if token is None or token.kind is not kind:
            self._counts.bad_token += 1
            return None
        return token

    async def _target(self, token: Token) -> Target | None:
        links = self._services.links
        found = links.find(token.issue, token.link)
        if found is None:  # too new to be copied, or none
            async with asyncio.timeout(_STORE_SECONDS):
                found = await asyncio.to_thread(links.look_up, token.issue, token.link)
        return found

    async def _publication(self, issue_id: int) -> str | None:
        """The publication's name, if the store tells it soon."""
        try:
            async with asyncio.timeout(_STORE_SECONDS):
                return await asyncio.to_thread(self._read_publication, issue_id)
        except (SQLAlchemyError, TimeoutError) as error:
            _log.warning("no name for an unsubscribe page: %s", type(error).__name__)
            return None

    def _read_publication(self, issue_id: int) -> str | None:
        query = (
            select(publication.c.name)
            .join(issue, issue.c.publication_id == publication.c.id)
            .where(issue.c.id == issue_id)
        )
        with self._services.database.reading() as connection:
            name: str | None = connection.execute(query).scalar()
        return name

    def _is_probe(self, method: str, proto: Any, allow: str) -> bool:
        """Whether it is HEAD, which is answered as GET is and never counts."""
        if method == "HEAD":
            self._counts.probe += 1
            return True
        status = 204 if method == "OPTIONS" else 405
        proto.response_empty(status, [("allow", allow), ("cache-control", "no-store")])
        return False


def _prefetch(headers: Any) -> int:
    for name in _PREFETCH_HEADERS:
        value = headers.get(name)
        if value and any(word in value.lower() for word in _PREFETCH_WORDS):
            return HitFlag.PREFETCH
    return 0


async def _is_one_click(scope: Any, proto: Any) -> bool:
    """Whether the form says so, in either of the two encodings that RFC 8058 allows."""
    body = b""
    try:
        async with asyncio.timeout(_FORM_SECONDS):
            async for chunk in proto:
                body += chunk
                if len(body) > _LONGEST_FORM:
                    return False
    except TimeoutError:
        return False
    media = scope.headers.get("content-type", "")
    if media.lower().startswith("multipart/form-data"):
        message = message_from_bytes(f"Content-Type: {media}\r\n\r\n".encode() + body)
        parts = message.get_payload()
        return isinstance(parts, list) and any(
            isinstance(part, Message)
            and part.get_param("name", header="content-disposition") == "List-Unsubscribe"
            and part.get_payload() == "One-Click"
            for part in parts
        )
    form = parse_qs(body.decode("latin-1"))
    return form.get("List-Unsubscribe") == ["One-Click"]
