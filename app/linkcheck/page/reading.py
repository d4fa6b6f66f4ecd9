"""Reading a page's body: only where it can tell something, and only as far as it does."""

import asyncio
import codecs

from app.linkcheck.net.body import Body, BodyError
from app.linkcheck.net.client import Exchange
from app.linkcheck.page.answer import Answer
from app.linkcheck.settings import CheckSettings

_WALLED = {202, 401, 403, 405, 406, 418, 429, 503, 999}
_PEEK_SECONDS = 3.0
_PAGES = {"", "text/html", "application/xhtml+xml"}


async def read_page(
    settings: CheckSettings,
    exchange: Exchange,
    answer: Answer,
    fragments: frozenset[str],
    seconds: float,
) -> None:
    """Fill in what the body and the headers tell: bot wall, page, missing fragments.

    A body that breaks off, is not what it claims or takes longer than ``seconds`` changes nothing:
    the answer came.
    """
    status = exchange.head.status
    success = 200 <= status <= 300
    if not success or not exchange.bodiless:
        await _look_inside(
            settings, exchange, answer, fragments if success else frozenset(), seconds
        )


async def _look_inside(
    settings: CheckSettings,
    exchange: Exchange,
    answer: Answer,
    fragments: frozenset[str],
    seconds: float,
) -> None:
    from app.linkcheck.page.pages import Page
    from app.linkcheck.page.walls import recognise

    head = exchange.head
    wanted = head.status in _WALLED or 200 <= head.status <= 300
    text = ""
    if wanted and not exchange.bodiless:
        limit = settings.max_page if fragments else settings.max_peek
        reader = _Reader(exchange.open_body(limit), head.get("content-type"), fragments)
        limit_seconds = seconds if fragments else min(seconds, _PEEK_SECONDS)
        await reader.read(settings.max_peek, limit_seconds)
        text = reader.text
        if head.status <= 300 and reader.readable:
            answer.page = Page(text, reader.whole)
            if reader.whole and head.media_type in _PAGES and not answer.page.is_drawn_by_script:
                answer.missing = reader.missing
    answer.wall = recognise(head, text) if wanted or head.get("cf-mitigated") else None


class _Reader:
    """Reads one body, keeping its beginning and searching all of it for fragments."""

    def __init__(self, body: Body, content_type: str, fragments: frozenset[str]) -> None:
        self._body = body
        self._content_type = content_type
        self._search = None
        if fragments:
            from app.linkcheck.page.fragments import FragmentSearch

            self._search = FragmentSearch(fragments)
        self.text = ""
        self.whole = False
        self.readable = body.understood

    @property
    def missing(self) -> frozenset[str]:
        return self._search.missing if self._search else frozenset()

    async def read(self, keep: int, seconds: float) -> None:
        if not self.readable:
            return
        try:
            async with asyncio.timeout(max(0.0, seconds)):
                await self._read(keep)
        except (TimeoutError, BodyError):
            self.whole = False

    async def _read(self, keep: int) -> None:
        from app.linkcheck.page.pages import charset

        decoder: codecs.IncrementalDecoder | None = None
        while piece := await self._body.read():
            if decoder is None:
                name = charset(self._content_type, piece)
                decoder = codecs.getincrementaldecoder(name)("replace")
            text = decoder.decode(piece)
            if len(self.text) < keep:
                self.text += text
            if self._search is not None:
                self._search.feed(text)
                if not self._search.missing:
                    return
        self.whole = self._body.whole
