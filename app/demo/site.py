"""A small site on loopback whose pages behave as pages of the real web do, well and badly."""

import asyncio
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from html import escape
from types import TracebackType

from app.demo import archive


@dataclass(frozen=True, slots=True)
class Page:
    """What one path answers. ``delay`` is in seconds; a ``status`` of 0 closes without a word;
    ``raw`` stands for title and body.
    """

    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    title: str = ""
    body: str = ""
    delay: float = 0.0
    refuses_head: bool = False
    raw: bytes | None = None


PAGES: dict[str, Page] = {
    "/": Page(title="The Slow Web", body="<p>Everything here is on your own machine.</p>"),
    "/essay": Page(
        title="On reading slowly",
        body='<h2 id="method">The method</h2><p>One page, then a walk.</p>',
    ),
    "/archive": Page(title="All issues", refuses_head=True),
    "/picture.png": Page(headers={"Content-Type": "image/png"}, title="A picture"),
    "/moved": Page(301, {"Location": "/essay"}),
    "/short": Page(302, {"Location": "/archive"}),
    "/slow": Page(title="A patient page", delay=3.0),
    "/never": Page(title="Too late", delay=60.0),
    "/gone": Page(410, title="Gone"),
    "/broken": Page(500, title="Something broke"),
    "/loop": Page(302, {"Location": "/loop"}),
    "/robots-keep-out": Page(403, {"cf-mitigated": "challenge"}, title="Just a moment..."),
    "/members": Page(401, {"WWW-Authenticate": "Basic"}, title="Please sign in"),
    "/busy": Page(429, {"Retry-After": "3600"}, title="Too many requests"),
    "/lost": Page(200, title="404 – Page not found", body="<h1>Page not found</h1>"),
    "/hangs-up": Page(0),
    "/flagged": Page(title="A page on your blocklist"),
}

LOST: dict[str, Page] = {
    "/ferry-timetable": Page(title="The ferry, winter timetable"),
    "/lighthouse": Page(title="A talk with the last keeper"),
    "/maps/1911": Page(title="The coast in 1911"),
}
"""Pages that there were once."""

REASONS = {200: "OK", 301: "Moved Permanently", 302: "Found", 404: "Not Found", 410: "Gone"}


class DemoSite:
    """Serves `PAGES` from a thread of its own between ``with`` and its end.

    ``url`` is the site's root without a slash; every path that has no page answers 404. It is an
    archive, too, which keeps copies of `LOST`; while ``shows_lost``, those are still there.
    """

    def __init__(self) -> None:
        self.url = ""
        self.shows_lost = False
        self._ready = threading.Event()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stop: asyncio.Event | None = None
        self._thread = threading.Thread(target=self._serve, name="demo-site", daemon=True)

    def __enter__(self) -> "DemoSite":
        self._thread.start()
        self._ready.wait()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._loop and self._stop:
            self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join()

    def _serve(self) -> None:
        asyncio.run(self._run())

    async def _run(self) -> None:
        self._loop, self._stop = asyncio.get_running_loop(), asyncio.Event()
        connections: set[asyncio.Task[None]] = set()

        def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            task = asyncio.ensure_future(_converse(reader, writer, self._page))
            connections.add(task)
            task.add_done_callback(connections.discard)

        server = await asyncio.start_server(connected, "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        self.url = f"http://127.0.0.1:{port}"
        self._ready.set()
        await self._stop.wait()
        # asyncio (3.13) trips over a connection that was accepted just before its server closed.
        await asyncio.sleep(0.01)
        server.close()
        for task in connections:
            task.cancel()
        await asyncio.gather(*connections, return_exceptions=True)
        await asyncio.sleep(0)  # the transports close in callbacks of their own

    def _page(self, target: str) -> Page:
        path = target.partition("?")[0]
        if path == archive.AVAILABLE:
            found = archive.available(target, self.url, LOST)
            return Page(headers={"Content-Type": "application/json"}, raw=found)
        if path.startswith(archive.COPIES):
            path = archive.page_of_copy(target, self.url)
            return LOST.get(path, Page(404, title="The archive does not have that"))
        known = {**PAGES, **LOST} if self.shows_lost else PAGES
        return known.get(path, Page(404, title="Not found"))


async def _converse(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, page_at: Callable[[str], Page]
) -> None:
    """Answer the requests of one connection until either side has enough."""
    try:
        while True:
            head = await reader.readuntil(b"\r\n\r\n")
            method, target, *_ = head.decode("latin-1").split(" ", 2)
            page = page_at(target)
            await asyncio.sleep(page.delay)
            if page.status == 0:
                return
            writer.write(_answer(page, method))
            await writer.drain()
    except (asyncio.IncompleteReadError, asyncio.LimitOverrunError, ConnectionError):
        return  # The other side left, or does not speak HTTP.
    finally:
        writer.transport.abort()


def _answer(page: Page, method: str) -> bytes:
    if method == "HEAD" and page.refuses_head:
        return b"HTTP/1.1 405 Method Not Allowed\r\nAllow: GET\r\nContent-Length: 0\r\n\r\n"
    title = escape(page.title)
    made = f"<!doctype html><title>{title}</title><h1>{title}</h1>{page.body}".encode()
    body = made if page.raw is None else page.raw
    headers = {
        "Content-Type": "text/html; charset=utf-8",
        "Content-Length": str(len(body)),
        **page.headers,
    }
    lines = [f"HTTP/1.1 {page.status} {REASONS.get(page.status, 'Answer')}"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    head = "\r\n".join(lines).encode("latin-1") + b"\r\n\r\n"
    return head if method == "HEAD" else head + body
