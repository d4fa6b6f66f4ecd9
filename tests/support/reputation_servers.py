"""Reputation services on loopback that speak their real protocols, with their documented errors.

Shared by the tests and the benchmark. Each runs in a thread of its own.
"""

import asyncio
import base64
import json
import socket
import struct
import threading
from collections import Counter
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass, field
from typing import Any, Self, cast
from urllib.parse import parse_qs, urlsplit

import dns.flags
import dns.message
import dns.rcode
import dns.rdatatype
import dns.rrset

Talk = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Coroutine[Any, Any, None]]


class _InThread:
    """A server with an event loop of its own; a context manager."""

    port: int

    def __enter__(self) -> Self:
        ready = threading.Event()
        self._loop = asyncio.new_event_loop()
        self._writers: list[asyncio.StreamWriter] = []
        self._talks: set[asyncio.Task[None]] = set()

        async def work() -> None:
            self._end = asyncio.Event()
            close = await self.open()
            ready.set()
            await self._end.wait()
            close()
            await asyncio.sleep(0)
            others = asyncio.all_tasks() - {asyncio.current_task()}
            for task in others:
                task.cancel()
            await asyncio.gather(*others, return_exceptions=True)
            for writer in self._writers:
                writer.close()
            await asyncio.sleep(0.01)  # closing takes a round of the loop

        self._thread = threading.Thread(target=lambda: _run(self._loop, work()), daemon=True)
        self._thread.start()
        assert ready.wait(10)
        return self

    def __exit__(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._end.set)
        self._thread.join(10)

    def taking(self, talk: Talk) -> Callable[[asyncio.StreamReader, asyncio.StreamWriter], None]:
        """For a server: talk with whoever comes. A talk may be cancelled before it has begun, so
        it is not what closes the connection at the end.
        """

        def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            self._writers.append(writer)
            task = self._loop.create_task(talk(reader, writer))
            self._talks.add(task)
            task.add_done_callback(self._talks.discard)

        return connected

    async def open(self) -> Callable[[], None]:
        """Listen on `port`; gives what stops it."""
        raise NotImplementedError


def _run(loop: asyncio.AbstractEventLoop, work: Coroutine[Any, Any, None]) -> None:
    try:
        loop.run_until_complete(work)
    finally:
        loop.close()


class DnsServer(_InThread):
    """A name server for block lists: by name, addresses or an error; NXDOMAIN for the rest.

    ``answers`` holds addresses, ``"SERVFAIL"`` or ``"REFUSED"``, ``"silent"``, ``"alias"`` or
    ``"cut"`` (truncated by UDP, whole by TCP). ``everything`` is the answer to names that are not
    in it. ``ttl`` seconds go with listings, ``negative_ttl`` with what does not exist.
    """

    def __init__(
        self,
        answers: dict[str, Sequence[str]] | None = None,
        *,
        everything: Sequence[str] = (),
        delay: float = 0.0,
        ttl: int = 180,
        negative_ttl: int = 60,
    ) -> None:
        self.answers = answers or {}
        self.everything = everything
        self.delay = delay
        self.ttl = ttl
        self.negative_ttl = negative_ttl
        self.asked: Counter[str] = Counter()
        self.lose = 0
        """How many questions are still to be lost on the way."""

    @property
    def address(self) -> tuple[str, int]:
        return ("127.0.0.1", self.port)

    async def open(self) -> Callable[[], None]:
        loop = asyncio.get_running_loop()
        sock, tcp = await self._listen()
        transport, _ = await loop.create_datagram_endpoint(lambda: _Udp(self), sock=sock)

        def close() -> None:
            transport.close()
            tcp.close()

        return close

    async def _listen(self) -> tuple[socket.socket, asyncio.Server]:
        """UDP and TCP on the same port; what is free for the one may be taken for the other."""
        while True:
            sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 21)
            sock.bind(("127.0.0.1", 0))
            sock.setblocking(False)
            self.port = sock.getsockname()[1]
            try:
                return sock, await asyncio.start_server(
                    self.taking(self._by_tcp), "127.0.0.1", self.port
                )
            except OSError:
                sock.close()

    def reply(self, wire: bytes, *, by_tcp: bool = False) -> bytes | None:
        name = _name(wire)
        self.asked[name] += 1
        if self.lose:
            self.lose -= 1
            return None
        found = self.answers.get(name, self.everything)
        if "silent" in found:
            return None
        if not found:
            return self._no_such_name(wire)
        query = dns.message.from_wire(wire)
        question = query.question[0]
        reply = dns.message.make_response(query, recursion_available=True)
        for each in found:
            if each in ("SERVFAIL", "REFUSED"):
                reply.set_rcode(dns.rcode.from_text(each))
            elif each == "alias":
                text = (question.name, self.ttl, "IN", "CNAME", "elsewhere.example.")
                reply.answer.append(dns.rrset.from_text(*text))
            elif each == "cut":
                reply.flags |= 0 if by_tcp else dns.flags.TC
            elif not ("cut" in found and not by_tcp):
                reply.answer.append(dns.rrset.from_text(question.name, self.ttl, "IN", "A", each))
        return reply.to_wire()

    def _no_such_name(self, wire: bytes) -> bytes:
        """By hand, as a benchmark asks for thousands, and the server must not be what is slow."""
        seconds = self.negative_ttl
        soa = b"\0\0" + struct.pack("!5I", 1, 3600, 600, 86400, seconds)
        head = wire[:2] + b"\x81\x83" + struct.pack("!4H", 1, 0, 1, 0)
        return head + wire[12:] + b"\0" + struct.pack("!HHIH", 6, 1, seconds, len(soa)) + soa

    async def _by_tcp(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        (length,) = struct.unpack("!H", await reader.readexactly(2))
        wire = self.reply(await reader.readexactly(length), by_tcp=True)
        if wire:
            writer.write(struct.pack("!H", len(wire)) + wire)
        writer.close()


def _name(wire: bytes) -> str:
    labels, at = list[str](), 12
    while length := wire[at]:
        labels.append(wire[at + 1 : at + 1 + length].decode("ascii"))
        at += 1 + length
    return ".".join(labels).lower()


class _Udp(asyncio.DatagramProtocol):
    def __init__(self, server: DnsServer) -> None:
        self._server = server

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.DatagramTransport", transport)

    def datagram_received(self, data: bytes, addr: Any) -> None:
        wire = self._server.reply(data)
        if wire is not None:
            asyncio.get_running_loop().call_later(self._server.delay, self._send, wire, addr)

    def _send(self, wire: bytes, addr: Any) -> None:
        if not self._transport.is_closing():
            self._transport.sendto(wire, addr)


@dataclass
class Request:
    """What came to the Web Risk endpoint."""

    path: str
    query: dict[str, list[str]]
    headers: dict[str, str]


@dataclass
class WebRiskServer(_InThread):
    """The REST interface of Web Risk v1, answered by ``answer``: a status and JSON (or bytes)."""

    answer: Callable[[Request], tuple[int, Any]]
    delay: float = 0.0
    asked: list[Request] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    async def open(self) -> Callable[[], None]:
        server = await asyncio.start_server(
            self.taking(self._converse), "127.0.0.1", 0, backlog=512
        )
        self.port = server.sockets[0].getsockname()[1]
        return server.close

    async def _converse(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
                first, *lines = head.rstrip().split("\r\n")
                target = urlsplit(first.split(" ")[1])
                headers = {
                    name.lower(): value.strip()
                    for name, _, value in (line.partition(":") for line in lines)
                }
                request = Request(target.path, parse_qs(target.query, True), headers)
                self.asked.append(request)
                status, body = self.answer(request)
                await asyncio.sleep(self.delay)
                if status == 0:
                    continue  # never answers
                sent = body if isinstance(body, bytes) else json.dumps(body).encode()
                writer.write(
                    f"HTTP/1.1 {status} X\r\nContent-Type: application/json\r\n"
                    f"Content-Length: {len(sent)}\r\n\r\n".encode()
                    + sent
                )
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()


def google_error(code: int, status: str, reason: str | None = None) -> tuple[int, Any]:
    """An error in Google's envelope (https://cloud.google.com/apis/design/errors)."""
    details = [{"@type": "type.googleapis.com/google.rpc.ErrorInfo", "reason": reason}]
    error = {
        "code": code,
        "message": "words",
        "status": status,
        "details": details if reason else [],
    }
    return code, {"error": error}


def b64(raw: bytes) -> str:
    """As protobuf's JSON has bytes."""
    return base64.b64encode(raw).decode()
