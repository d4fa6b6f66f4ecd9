"""Requests over kept connections: one at a time on each, a new one where the kept one is stale."""

import asyncio
import contextlib
from dataclasses import dataclass

from app.linkcheck.net.body import Body
from app.linkcheck.net.capacity import idle_connections
from app.linkcheck.net.dial import Dialer, Progress, Stage
from app.linkcheck.net.failures import FailureError
from app.linkcheck.net.head import Head
from app.linkcheck.net.resolver import Resolver
from app.linkcheck.net.wire import Wire
from app.linkcheck.settings import CheckSettings
from app.linkcheck.urls import WebUrl

_IDLE_SECONDS = 10.0
_IDLE_CONNECTIONS = 128
_BODILESS = {204, 304}


@dataclass(slots=True)
class Exchange:
    """An answer whose body has not been read: read `body`, if at all, then `Client.release`."""

    wire: Wire
    head: Head
    bodiless: bool
    body: Body | None = None

    def open_body(self, limit: int) -> Body:
        """The body, of which no more than ``limit`` decompressed bytes will be read."""
        self.body = Body(self.wire, self.head, limit)
        return self.body

    @property
    def complete(self) -> bool:
        """Whether nothing of this answer is left on the connection."""
        return self.bodiless or (self.body is not None and self.body.complete)


class Client:
    """An HTTP/1.1 client that follows no redirects, keeps no cookies and hides nothing.

    ``headers`` (lines with their ends) stand in for those of a browser.
    """

    def __init__(
        self, settings: CheckSettings, resolver: Resolver, *, headers: str | None = None
    ) -> None:
        self._settings = settings
        self._dialer = Dialer(resolver, settings, self._forget)
        self._open: set[Wire] = set()
        self._idle: dict[str, list[Wire]] = {}
        self._idle_count = 0
        self._most_idle = idle_connections(max(_IDLE_CONNECTIONS, settings.concurrency))
        self._all_closed = asyncio.Event()
        self._sweep: asyncio.TimerHandle | None = None
        self._headers = headers or (
            f"User-Agent: {settings.user_agent}\r\n"
            "Accept: text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8\r\n"
            "Accept-Language: en-US,en;q=0.5\r\n"
            "Accept-Encoding: gzip, deflate\r\n"
            "Connection: keep-alive\r\n"
            "Upgrade-Insecure-Requests: 1\r\n"
            "Sec-Fetch-Dest: document\r\n"
            "Sec-Fetch-Mode: navigate\r\n"
            "Sec-Fetch-Site: none\r\n"
            "Sec-Fetch-User: ?1\r\n"
        )

    async def ask(
        self,
        method: str,
        url: WebUrl,
        progress: Progress,
        *,
        cookies: str = "",
        fresh: bool = False,
    ) -> Exchange:
        """Send one request; raises `FailureError`.

        A kept connection may have died in the meantime, or carry bytes that belong to no answer:
        what fails on one is asked once more on a new one. ``fresh`` asks for a new one at once.
        """
        request = self._request(method, url, cookies)
        kept = None if fresh else self._kept(url.origin)
        if kept is not None:
            with contextlib.suppress(FailureError):
                return await self._exchange(kept, method, request, progress)
        wire = await self._dial(url, progress)
        return await self._exchange(wire, method, request, progress)

    def release(self, url: WebUrl, exchange: Exchange) -> None:
        """Done with an answer: keep its connection if that is sound, else close it."""
        wire = exchange.wire
        wire.finish(exchange.head, complete=exchange.complete)
        if not wire.reusable:
            return
        if self._idle_count >= self._most_idle:
            wire.close()
            return
        loop = asyncio.get_running_loop()
        wire.idle_since = loop.time()
        self._idle.setdefault(url.origin, []).append(wire)
        self._idle_count += 1
        if self._sweep is None:
            self._sweep = loop.call_later(_IDLE_SECONDS, self._close_idle)

    async def aclose(self) -> None:
        """Close every connection and wait until they are gone."""
        if self._sweep is not None:
            self._sweep.cancel()
        self._idle.clear()
        self._idle_count = 0
        await self._dialer.aclose()
        for wire in tuple(self._open):
            wire.close()
        if self._open:
            await self._all_closed.wait()

    def _request(self, method: str, url: WebUrl, cookies: str) -> bytes:
        cookie = f"Cookie: {cookies}\r\n" if cookies else ""
        start = f"{method} {url.target} HTTP/1.1\r\nHost: {url.authority}\r\n"
        return f"{start}{self._headers}{cookie}\r\n".encode("ascii", "replace")

    async def _dial(self, url: WebUrl, progress: Progress) -> Wire:
        wire = await self._dialer.dial(url, progress)
        if not wire.is_gone:
            self._open.add(wire)
            self._all_closed.clear()
        return wire

    async def _exchange(
        self, wire: Wire, method: str, request: bytes, progress: Progress
    ) -> Exchange:
        progress.stage = Stage.ANSWER
        progress.sent += 1
        try:
            head = await wire.ask(request, self._settings.max_head)
        except BaseException:
            wire.close()
            raise
        return Exchange(wire, head, bodiless=method == "HEAD" or head.status in _BODILESS)

    def _kept(self, origin: str) -> Wire | None:
        wires = self._idle.get(origin)
        while wires:
            wire = wires.pop()
            self._idle_count -= 1
            if wire.is_open:
                return wire
        return None

    def _forget(self, wire: Wire) -> None:
        self._open.discard(wire)
        if not self._open:
            self._all_closed.set()

    def _close_idle(self) -> None:
        self._sweep = None
        loop = asyncio.get_running_loop()
        oldest = loop.time() - _IDLE_SECONDS
        for origin, wires in list(self._idle.items()):
            kept = [wire for wire in wires if wire.is_open and wire.idle_since > oldest]
            for wire in set(wires) - set(kept):
                wire.close()
            self._idle_count -= len(wires) - len(kept)
            if kept:
                self._idle[origin] = kept
            else:
                del self._idle[origin]
        if self._idle:
            self._sweep = loop.call_later(_IDLE_SECONDS, self._close_idle)
