"""RSGI to ASGI: what is not a hot path runs as an ordinary ASGI application.

https://github.com/emmett-framework/granian/blob/master/docs/spec/RSGI.md
"""

import asyncio
from collections.abc import Iterable
from typing import Any
from urllib.parse import quote

from starlette.types import ASGIApp, Message, Scope

from app.trackserver.settings import Limits


class BodyTooSlow(Exception):  # noqa: N818 - reads as what it is
    """The body did not come within its time."""


async def serve_asgi(app: ASGIApp, scope: Any, proto: Any, limits: Limits) -> None:
    """Answer one RSGI request with an ASGI application."""
    exchange = _Exchange(proto, limits)
    await app(asgi_scope(scope), exchange.receive, exchange.send)


def asgi_scope(scope: Any) -> Scope:
    """The ASGI scope of an RSGI request."""
    host, _, port = scope.client.rpartition(":")
    return {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.3"},
        "http_version": scope.http_version,
        "method": scope.method,
        "scheme": scope.scheme,
        "path": scope.path,
        "raw_path": quote(scope.path).encode("ascii"),
        "root_path": "",
        "query_string": scope.query_string.encode("latin-1", "replace"),
        "headers": [
            (name.encode("latin-1"), value.encode("utf-8")) for name, value in scope.headers.items()
        ],
        "client": (host.strip("[]"), int(port or 0)),
        "server": None,
    }


class _Exchange:
    def __init__(self, proto: Any, limits: Limits) -> None:
        self._proto = proto
        self._chunks: Any = None
        self._seconds = limits.body_seconds
        self._deadline = 0.0
        self._ended = False
        self._start: Message = {}
        self._stream: Any = None

    async def receive(self) -> Message:
        """The next piece of the body. Raises BodyTooSlow."""
        if self._ended:
            await self._proto.client_disconnect()
            return {"type": "http.disconnect"}
        now = asyncio.get_running_loop().time()
        if self._chunks is None:
            self._chunks = aiter(self._proto)
            self._deadline = now + self._seconds
        try:
            async with asyncio.timeout_at(self._deadline):
                chunk = await anext(self._chunks)
        except TimeoutError:
            raise BodyTooSlow from None
        except StopAsyncIteration:
            self._ended = True
            chunk = b""
        return {"type": "http.request", "body": bytes(chunk), "more_body": not self._ended}

    async def send(self, message: Message) -> None:
        """Pass the application's answer on: whole where it is, else as a stream."""
        if message["type"] == "http.response.start":
            self._start = message
            return
        body, more = message.get("body", b""), message.get("more_body", False)
        if self._stream is None and not more:
            self._proto.response_bytes(self._start["status"], self._headers(), body)
            return
        if self._stream is None:
            self._stream = self._proto.response_stream(self._start["status"], self._headers())
        if body:
            await self._stream.send_bytes(body)

    def _headers(self) -> list[tuple[str, str]]:
        pairs: Iterable[tuple[bytes, bytes]] = self._start.get("headers", ())
        return [(name.decode("latin-1"), value.decode("latin-1")) for name, value in pairs]
