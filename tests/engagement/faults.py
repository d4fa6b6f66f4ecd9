"""A server on loopback that answers from a Truth, over raw sockets, with faults as it is told.

Each fault of ``FAULTS`` is one thing that goes wrong with one answer; see ``Fault``.
"""

import asyncio
import gzip
import json
import re
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, Self
from urllib.parse import parse_qsl, urlsplit

from tests.engagement.truth import Truth, moment

KEY = "sendoff_thisKeyMayNeverBeSeenAnywhere"
LATE = 0.25
"""Seconds of silence that are longer than the tests' clients wait."""


@dataclass
class Reply:
    """An answer on its way out; a fault changes it.

    Attributes:
        cut: Send so many bytes of the body, then end the connection.
        pause: Seconds of silence after them.
        length: Content-Length; None: what is right, -1: none at all.
        abort: End without a word.
        close: End the connection after it, without having said so.
    """

    status: int
    body: bytes
    headers: dict[str, str] = field(default_factory=dict)
    cut: int | None = None
    pause: float = 0.0
    length: int | None = None
    abort: bool = False
    close: bool = False

    def data(self) -> Any:
        return json.loads(self.body)

    def put(self, data: Any) -> None:
        self.body = json.dumps(data).encode()


Fault = Callable[["FaultServer", Reply], None]
FAULTS: dict[str, Fault] = {}


def fault(change: Fault) -> Fault:
    FAULTS[change.__name__] = change
    return change


def _plain(status: int, **headers: str) -> Fault:
    def change(server: "FaultServer", reply: Reply) -> None:
        reply.status, reply.body = status, b'{"title": "Sorry"}'
        reply.headers |= {name.replace("_", "-"): value for name, value in headers.items()}

    return change


for _status in (500, 502, 503, 403, 404, 407, 410, 418, 511):
    FAULTS[f"status_{_status}"] = _plain(_status)
FAULTS["key_revoked"] = _plain(401)
for _name, _value in {
    "soon": "0.01", "date": "Sun, 22 Nov 2026 20:00:00 GMT", "negative": "-1", "far": "99999999",
    "garbage": "when it rains", "huge": "1e400", "nan": "nan",
}.items():  # fmt: skip
    FAULTS[f"limited_{_name}"] = _plain(429, retry_after=_value)
    FAULTS[f"unavailable_{_name}"] = _plain(503, retry_after=_value)


@fault
def hangs_up(server: "FaultServer", reply: Reply) -> None:
    reply.abort = True


@fault
def never_answers(server: "FaultServer", reply: Reply) -> None:
    reply.pause, reply.abort = LATE, True


@fault
def stalls_in_the_middle(server: "FaultServer", reply: Reply) -> None:
    reply.cut, reply.pause = len(reply.body) // 2, LATE


@fault
def reset_in_the_middle(server: "FaultServer", reply: Reply) -> None:
    reply.cut = len(reply.body) // 2


@fault
def cut_off_without_length(server: "FaultServer", reply: Reply) -> None:
    reply.cut, reply.length = len(reply.body) * 2 // 3, -1


@fault
def length_too_large(server: "FaultServer", reply: Reply) -> None:
    reply.length, reply.close = len(reply.body) + 10, True


@fault
def length_too_small(server: "FaultServer", reply: Reply) -> None:
    reply.length = max(0, len(reply.body) - 10)


@fault
def web_page(server: "FaultServer", reply: Reply) -> None:
    reply.body = b"<html><body>Welcome to the hotel's network</body></html>"
    reply.headers["content-type"] = "text/html"


@fault
def other_host(server: "FaultServer", reply: Reply) -> None:
    reply.status, reply.body = 302, b""
    reply.headers["location"] = f"http://localhost:{server.thief.port}/login?next=x"


@fault
def circle(server: "FaultServer", reply: Reply) -> None:
    reply.status, reply.body = 302, b""
    reply.headers["location"] = "/circle"


@fault
def moved_here(server: "FaultServer", reply: Reply) -> None:
    reply.status, reply.body = 308, b""
    reply.headers["location"] = f"/moved{server.target}"


@fault
def same_answer_again(server: "FaultServer", reply: Reply) -> None:
    """The first answer that this place ever gave: a page that was read long ago."""
    reply.body = server.first.get(server.place, reply.body)


@fault
def overlapping_page(server: "FaultServer", reply: Reply) -> None:
    """Begins before the cursor, as when things move between pages."""
    if server.place.endswith(("changes", "events")):
        overlap = server.answered(server.place, {})
        data = reply.data()
        for name in ("issues", "events"):
            if name in data:
                data[name] = overlap.get(name, []) + data[name]
        reply.put(data)


@fault
def cursor_goes_nowhere(server: "FaultServer", reply: Reply) -> None:
    data = reply.data()
    if "cursor" in data and server.query.get("cursor"):
        data |= {"cursor": server.query["cursor"], "more": True}
        reply.put(data)


@fault
def clock_far_ahead(server: "FaultServer", reply: Reply) -> None:
    reply.headers["date"] = "Fri, 22 Nov 2030 20:00:00 GMT"


@fault
def clock_of_1970(server: "FaultServer", reply: Reply) -> None:
    reply.headers["date"] = "Thu, 01 Jan 1970 00:00:01 GMT"


@fault
def no_date(server: "FaultServer", reply: Reply) -> None:
    reply.headers["date"] = ""


@fault
def newer_fields(server: "FaultServer", reply: Reply) -> None:
    def more(value: Any) -> Any:
        if isinstance(value, list):
            return [more(each) for each in value]
        if isinstance(value, dict):
            found = {name: more(each) for name, each in value.items()}
            return found if "note" in value else {**found, "brand_new": {"a": [1, None]}}
        return value

    reply.put(more(reply.data()))


@fault
def numbers_as_text(server: "FaultServer", reply: Reply) -> None:
    reply.body = re.sub(rb'"(version|all|human|link)": (\d+)', rb'"\1": "\2"', reply.body)


def _number(text: bytes) -> Fault:
    def change(server: "FaultServer", reply: Reply) -> None:
        names = rb'"(version|sent|opened|all|number)": \d+'
        reply.body = re.sub(names, rb'"\1": ' + text, reply.body, count=3)

    return change


for _name, _text in {
    "too_large": b"9223372036854775808", "negative": b"-7", "infinite": b"1e400", "nan": b"NaN",
    "half": b"1.5", "true": b"true", "long": b"9" * 5000, "word": b'"many"',
}.items():  # fmt: skip
    FAULTS[f"number_{_name}"] = _number(_text)


@fault
def missing_epoch(server: "FaultServer", reply: Reply) -> None:
    data = reply.data()
    data.pop("epoch", None)
    reply.put(data)


@fault
def wrong_shape(server: "FaultServer", reply: Reply) -> None:
    reply.body = b'["something", "else"]'


@fault
def broken_ids(server: "FaultServer", reply: Reply) -> None:
    reply.body = reply.body.replace(b'"id": "', b'"id": "../../etc/')


@fault
def closes_quietly(server: "FaultServer", reply: Reply) -> None:
    reply.close = True


@fault
def huge_page(server: "FaultServer", reply: Reply) -> None:
    reply.body = b"[" + b" " * (17 << 20) + b"]"


@fault
def zip_bomb(server: "FaultServer", reply: Reply) -> None:
    reply.body = BOMB
    reply.headers["content-encoding"] = "gzip"


@fault
def unasked_packing(server: "FaultServer", reply: Reply) -> None:
    reply.headers["content-encoding"] = "br"


@fault
def broken_packing(server: "FaultServer", reply: Reply) -> None:
    reply.body = gzip.compress(reply.body)[:-9]
    reply.headers["content-encoding"] = "gzip"


@fault
def packed(server: "FaultServer", reply: Reply) -> None:
    reply.body = gzip.compress(reply.body)
    reply.headers["content-encoding"] = "gzip"


@fault
def deep_json(server: "FaultServer", reply: Reply) -> None:
    reply.body = b"[" * 10_000 + b"]" * 10_000


@fault
def less_deep_json(server: "FaultServer", reply: Reply) -> None:
    reply.put({**reply.data(), "deep": json.loads("[" * 200 + "]" * 200)})


@fault
def invalid_utf8(server: "FaultServer", reply: Reply) -> None:
    reply.body = reply.body.replace(b"Issue", b"Iss\xff", 1) + b"\xfe"


@fault
def byte_order_mark(server: "FaultServer", reply: Reply) -> None:
    reply.body = b"\xef\xbb\xbf" + reply.body


@fault
def name_twice(server: "FaultServer", reply: Reply) -> None:
    reply.body = b'{"cursor": "x", ' + reply.body[1:]


@fault
def stale_freshness(server: "FaultServer", reply: Reply) -> None:
    data = reply.data()
    if "freshness" in data:
        data["freshness"]["as_of"] = moment(0)
        reply.put(data)


BOMB = gzip.compress(b" " * (40 << 20))

HARMLESS = frozenset(
    ("moved_here", "same_answer_again", "overlapping_page", "clock_far_ahead", "clock_of_1970",
     "no_date", "newer_fields", "numbers_as_text", "closes_quietly", "packed", "byte_order_mark",
     "stale_freshness")
)  # fmt: skip
"""A sync ends well in spite of them."""


class FaultServer:
    """Serves a truth. ``faults`` says what goes wrong with the n-th request, counted from 0.

    Attributes:
        before: Called with the number of each request before it is answered.
        stolen: What the thief was sent: another host, that a redirect may name.
    """

    def __init__(self, truth: Truth) -> None:
        self.truth = truth
        self.faults: Mapping[int, str] = {}
        self.before: Callable[[int], None] = lambda _: None
        self.requests = 0
        self.met: list[tuple[str, str]] = []
        self.first: dict[str, bytes] = {}
        self.place = self.target = ""
        self.query: dict[str, str] = {}
        self.unauthorised = 0
        self.thief = Thief()
        self.port = 0
        self._connections: set[asyncio.StreamWriter] = set()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    async def __aenter__(self) -> Self:
        await self.thief.start()
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.thief.stop()
        self._server.close()
        for writer in list(self._connections):
            writer.transport.abort()
        await self._server.wait_closed()

    def answered(self, place: str, query: dict[str, str]) -> Any:
        return self.truth.answer(place, query)[1]

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._connections.add(writer)
        try:
            with suppress(ConnectionError, asyncio.IncompleteReadError):
                while await self._one(reader, writer):
                    pass
        finally:
            self._connections.discard(writer)
            writer.close()

    async def _one(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        self.target = head.split(" ", 2)[1]
        parts = urlsplit(self.target)
        self.place = parts.path.replace("/moved", "")
        self.query = dict(parse_qsl(parts.query))
        number, self.requests = self.requests, self.requests + 1
        self.before(number)
        reply = self._reply(head)
        name = self.faults.get(number)
        if self.place == "/circle":
            name = "circle"
        if name is not None:
            self.met.append((name, self.place.rpartition("/")[2]))
            FAULTS[name](self, reply)
        return await _send(writer, reply)

    def _reply(self, head: str) -> Reply:
        if f"authorization: bearer {KEY.lower()}" not in head.lower():
            self.unauthorised += 1
            return Reply(401, b"{}")
        status, data = self.truth.answer(self.place, self.query)
        reply = Reply(status, json.dumps(data).encode())
        if status == 200:
            self.first.setdefault(self.place, reply.body)
        return reply


async def _send(writer: asyncio.StreamWriter, reply: Reply) -> bool:
    """Send it; whether the connection goes on."""
    if reply.abort:
        await asyncio.sleep(reply.pause)
        writer.transport.abort()
        return False
    headers = {"content-type": "application/json", "date": "Sun, 22 Nov 2026 20:00:00 GMT",
               **reply.headers}  # fmt: skip
    if reply.length != -1:
        length = len(reply.body) if reply.length is None else reply.length
        headers["content-length"] = str(length)
    else:
        headers["connection"] = "close"
    lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items() if value)
    writer.write(f"HTTP/1.1 {reply.status} Whatever\r\n{lines}\r\n".encode())
    writer.write(reply.body if reply.cut is None else reply.body[: reply.cut])
    await writer.drain()
    if reply.pause:
        await asyncio.sleep(reply.pause)
    return not (reply.close or reply.cut is not None or reply.length == -1)


class Thief:
    """Another host: whatever it is sent should never have been."""

    def __init__(self) -> None:
        self.port = 0
        self.visits = 0

    async def start(self) -> None:
        self._server = await asyncio.start_server(self._take, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        self._server.close()
        await self._server.wait_closed()

    async def _take(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.visits += 1
        writer.close()
