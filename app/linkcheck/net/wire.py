"""One HTTP/1.1 connection: requests go out as bytes, answers come back as heads and body bytes.

An asyncio protocol of our own, since a checker needs what general clients hide or do too well:
raw header bytes, a bounded head, a body read only as far as wanted, and 0.1 ms instead of 2 ms of
CPU for a request (docs/benchmarks.md).
"""

import asyncio
from collections.abc import Callable
from typing import cast

from app.linkcheck.net.failures import FailureError, broken, lost
from app.linkcheck.net.head import Head, parse_head, refuse_remainder

_HIGH_WATER = 256 * 1024
_INTERIM = 100, 102, 103
_SWITCHED = 101  # to a protocol that nobody asked for


class Wire(asyncio.Protocol):
    """One connection; not for two requests at once.

    ``reusable`` tells whether another request may follow. ``on_close`` is called once, when the
    connection is gone.
    """

    def __init__(self, on_close: Callable[["Wire"], None]) -> None:
        self._on_close = on_close
        self._transport: asyncio.Transport | None = None
        self._buffer = bytearray()
        self._waiter: asyncio.Future[None] | None = None
        self._ended = False
        self._error: Exception | None = None
        self._busy = False
        self.served = 0
        self.reusable = False
        self.idle_since = 0.0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """asyncio: open."""
        self._transport = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        """asyncio: bytes came."""
        if not self._busy:  # bytes that nobody asked for: what follows could not be trusted
            self.close()
            return
        self._buffer += data
        if len(self._buffer) > _HIGH_WATER and self._transport is not None:
            self._transport.pause_reading()
        self._wake()

    def eof_received(self) -> None:
        """asyncio: the server will send no more."""
        self._ended = True
        self._wake()

    def connection_lost(self, exc: Exception | None) -> None:
        """asyncio: closed."""
        self._ended = True
        self._error = exc
        self._transport = None
        self.reusable = False
        self._wake()
        self._on_close(self)

    @property
    def is_open(self) -> bool:
        """Whether a request can still be sent."""
        return self._transport is not None and not self._ended

    @property
    def is_gone(self) -> bool:
        """Whether ``on_close`` has been called."""
        return self._transport is None

    def close(self) -> None:
        """Drop the connection at once."""
        self.reusable = False
        self._ended = True
        if self._transport is not None:
            self._transport.abort()

    async def ask(self, request: bytes, max_head: int) -> Head:
        """Send ``request``; the final head of the answer (interim 1xx heads are skipped)."""
        if self._transport is None:
            raise lost("the connection was closed without an answer")
        self._busy = True
        self.reusable = False
        self.served += 1
        self._transport.write(request)
        interim_bytes = 0
        while True:
            head, size = await self._head(max_head - interim_bytes)
            del self._buffer[:size]
            if head.status not in _INTERIM:
                return head
            interim_bytes += size

    def finish(self, head: Head, *, complete: bool) -> None:
        """No more is wanted of this answer: keep the connection if all of it has been read."""
        self._busy = False
        sound = (
            complete
            and head.keeps_alive
            and head.status != _SWITCHED
            and not self._buffer
            and self.is_open
        )
        self.reusable = sound
        if not sound:
            self.close()

    async def _head(self, limit: int) -> tuple[Head, int]:
        searched = 0
        while True:
            if self._buffer:
                found = parse_head(self._buffer, searched)
                if found is not None:
                    return found
                searched = len(self._buffer)
                if searched > limit:
                    raise broken(f"more than {limit // 1024} KiB of headers")
            if self._ended:
                raise self._no_answer()
            await self._more()

    def _no_answer(self) -> FailureError:
        if self._error is not None and not self._buffer:
            return lost("the server reset the connection")
        return refuse_remainder(self._buffer)

    async def take(self, at_most: int | None = None) -> bytes:
        """Some bytes of the body, ``b""`` at the connection's end."""
        while not self._buffer and not self._ended:
            await self._more()
        piece = bytes(self._buffer if at_most is None else self._buffer[:at_most])
        del self._buffer[: len(piece)]
        return piece

    async def take_line(self, limit: int) -> bytes | None:
        """The next line without its end, None where there is none within ``limit`` bytes."""
        while (end := self._buffer.find(b"\n")) < 0:
            if self._ended or len(self._buffer) > limit:
                return None
            await self._more()
        line = bytes(self._buffer[:end])
        del self._buffer[: end + 1]
        return line

    async def _more(self) -> None:
        if self._transport is not None and not self._transport.is_reading():
            self._transport.resume_reading()
        self._waiter = asyncio.get_running_loop().create_future()
        try:
            await self._waiter
        finally:
            self._waiter = None

    def _wake(self) -> None:
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)
