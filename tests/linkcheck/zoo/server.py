"""A real server on loopback that can misbehave in every way: bytes out as a behaviour says."""

import asyncio
import contextlib
import socket
import ssl
import struct
import threading
from collections import Counter
from collections.abc import Awaitable, Callable, Coroutine, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

T = TypeVar("T")


@dataclass
class Visit:
    """One request, and all that can be done to whoever sent it."""

    method: str
    target: str
    headers: Mapping[str, str]
    base: str
    times: int  # how often this target has been asked so far, this time included
    times_method: int  # the same, for this method
    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter

    @property
    def path(self) -> str:
        return self.target.partition("?")[0]

    @property
    def here(self) -> str:
        """The behaviour's own first path segment, absolute."""
        return f"{self.base}/{self.path.split('/')[1]}"

    async def reply(
        self,
        status: str | int = 200,
        headers: Sequence[str] = (),
        body: bytes = b"<title>A page</title><p>Words.",
        *,
        length: int | None = None,
    ) -> None:
        """A well-formed answer; HEAD gets the same head without the body."""
        size = len(body) if length is None else length
        lines = [f"HTTP/1.1 {status} X" if isinstance(status, int) else f"HTTP/1.1 {status}"]
        if not any(header.lower().startswith("content-type") for header in headers):
            lines.append("Content-Type: text/html; charset=utf-8")
        lines += [*headers, f"Content-Length: {size}"]
        head = "\r\n".join(lines).encode("latin-1") + b"\r\n\r\n"
        await self.raw(head if self.method == "HEAD" else head + body)

    async def redirect(self, status: int, to: str | bytes, *headers: str) -> None:
        place = to.encode() if isinstance(to, str) else to
        more = "".join(f"{header}\r\n" for header in headers).encode()
        await self.raw(
            b"HTTP/1.1 %d X\r\nLocation: %b\r\n%bContent-Length: 0\r\n\r\n" % (status, place, more)
        )

    async def raw(self, data: bytes) -> None:
        self.writer.write(data)
        await self.writer.drain()

    def close(self) -> None:
        """An orderly end."""
        self.writer.close()

    def reset(self) -> None:
        """RST instead of FIN."""
        sock = self.writer.get_extra_info("socket")
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        transport: asyncio.WriteTransport = self.writer.transport
        transport.abort()

    async def stall(self) -> None:
        """Never another byte."""
        await asyncio.sleep(3600)


Handler = Callable[[Visit], Awaitable[None]]


@dataclass
class Zoo:
    """Serves handlers by the first segment of the path, in a thread with a loop of its own."""

    handlers: Mapping[str, Handler]
    context: ssl.SSLContext | None = None
    requests: list[tuple[str, str]] = field(default_factory=list)
    connections: int = 0

    def __post_init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._times: Counter[str] = Counter()
        self._tasks: set[asyncio.Task[None]] = set()
        self._servers: list[asyncio.Server] = []
        self.port = 0

    def __enter__(self) -> "Zoo":
        self._thread.start()
        self.port = self._call(self._serve())
        return self

    def __exit__(self, *_: object) -> None:
        self._call(self._stop())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    @property
    def base(self) -> str:
        scheme = "https" if self.context else "http"
        return f"{scheme}://127.0.0.1:{self.port}"

    def asked(self, segment: str) -> list[str]:
        """The methods with which anything below this first path segment was asked."""
        return [
            method
            for method, target in list(self.requests)
            if target.partition("?")[0].split("/")[1] == segment
        ]

    def _call(self, coroutine: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(coroutine, self._loop).result(10)

    async def _serve(self) -> int:
        # All of loopback, so that tests can have many hosts; IPv6 on the same port where it is.
        server = await asyncio.start_server(
            self._accept, "0.0.0.0", 0, ssl=self.context, backlog=1024, limit=1 << 20
        )
        port: int = server.sockets[0].getsockname()[1]
        self._servers.append(server)
        with contextlib.suppress(OSError):
            self._servers.append(
                await asyncio.start_server(self._accept, "::1", port, ssl=self.context)
            )
        return port

    async def _stop(self) -> None:
        for server in self._servers:
            server.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await asyncio.sleep(0.05)

    def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        task = self._loop.create_task(self._converse(reader, writer))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _converse(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while not writer.is_closing():
                visit = await self._read(reader, writer)
                segment = visit.path.split("/")[1]
                await self.handlers[segment](visit)
        except (ConnectionError, asyncio.IncompleteReadError, ssl.SSLError):
            return
        finally:
            writer.transport.abort()

    async def _read(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> Visit:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        first, *lines = head.split("\r\n")
        method, target, _ = first.split(" ")
        headers = {
            name.lower(): value.strip() for name, _, value in (x.partition(":") for x in lines if x)
        }
        self.requests.append((method, target))
        self._times[target] += 1
        self._times[f"{method} {target}"] += 1
        times = self._times
        scheme = "https" if self.context else "http"
        base = f"{scheme}://{headers['host']}"
        return Visit(
            *(method, target, headers, base, times[target], times[f"{method} {target}"]),
            reader=reader,
            writer=writer,
        )
