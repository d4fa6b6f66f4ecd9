"""Asks the computer's own name servers for A records, hundreds at a time.

The list of servers is dnspython's, and so is TCP. Its resolvers are not used: they take five
milliseconds of computing for each question, and a draft with 200 links has 600 of them.
"""

import asyncio
import logging
import random
import socket
from dataclasses import dataclass
from functools import partial
from typing import cast

from app.linkcheck.reputation.dns.wire import Reply, WireError, question, read
from app.linkcheck.reputation.service import ReputationError

log = logging.getLogger(__name__)

TIMEOUT = 3.0
"""Seconds for one question, repetitions included."""
_REPEATED = (0.0, 0.9, 1.9)
"""Seconds after which a question is sent (again), to the next server where there is one."""
_SOCKETS = 8
"""For each server: replies to one may be many at once, and a socket's buffer holds few."""
_BUFFER = 1 << 20


@dataclass(frozen=True, slots=True)
class DnsAnswer:
    """The A records of a name (none: it has none, or does not exist), and for how many seconds.

    ``is_alias``: an alias (CNAME) led to them, which no block list does.
    """

    addresses: tuple[str, ...]
    seconds: float
    is_alias: bool = False


class DnsClient:
    """A stub resolver (RFC 1034, 5.3.1) without search domains or a cache of its own.

    Args:
        servers: addresses and ports; None are the system's.
    """

    def __init__(self, servers: tuple[tuple[str, int], ...] | None = None) -> None:
        self._servers = servers
        self._sockets: list[list[_Socket]] = []
        self._opening = asyncio.Lock()

    async def addresses(self, name: str) -> DnsAnswer:
        """The A records of ``name`` (ASCII, no trailing dot).

        Raises:
            ReputationError: nobody answered in time, or with an error.
        """
        try:
            wire = question(_RANDOM.randrange(1 << 16), name)
        except WireError:
            raise ReputationError("The name is too long to be looked up.") from None
        if not self._sockets:
            await self._open()
        try:
            async with asyncio.timeout(TIMEOUT):
                reply = await self._ask(wire)
        except TimeoutError:
            raise ReputationError("The network's name server did not answer in time.") from None
        except OSError:
            raise ReputationError("The network's name server cannot be reached.") from None
        return _answer(reply)

    async def aclose(self) -> None:
        """Close the sockets."""
        for sockets in self._sockets:
            for each in sockets:
                each.transport.close()
        self._sockets.clear()
        await asyncio.sleep(0)

    async def _open(self) -> None:
        """Sockets to each of the servers that can be reached at all."""
        async with self._opening:
            if self._sockets:
                return
            servers = self._servers
            if servers is None:
                # In a thread: Windows is asked for them, and takes its time.
                servers = await asyncio.to_thread(_system_servers)
            chosen = servers[: len(_REPEATED)]
            opened = [await _sockets(each, is_only=len(chosen) == 1) for each in chosen]
            self._sockets = [sockets for sockets in opened if sockets]
        if not self._sockets:
            raise ReputationError("This computer knows no name server that can be reached.")

    async def _ask(self, wire: bytes) -> Reply:
        loop = asyncio.get_running_loop()
        reply: asyncio.Future[Reply] = loop.create_future()
        waiters = list[_Socket]()

        def send(turn: int) -> None:
            sockets = self._sockets[turn % len(self._sockets)] if self._sockets else []
            if reply.done() or not sockets:
                return
            chosen = _RANDOM.choice(sockets)
            waiters.append(chosen)
            chosen.send(wire, reply)

        send(0)
        timers = [
            loop.call_later(seconds, send, turn) for turn, seconds in enumerate(_REPEATED[1:], 1)
        ]
        try:
            found = await reply
        finally:
            for timer in timers:
                timer.cancel()
            for waiter in waiters:
                waiter.forget(wire)
        return await _by_tcp(wire, waiters[-1].server) if found.is_cut else found


class _Socket(asyncio.DatagramProtocol):
    """A connected UDP socket: only its server can answer, and each answer must fit a question."""

    transport: asyncio.DatagramTransport

    def __init__(self, server: tuple[str, int], *, is_only: bool) -> None:
        self.server = server
        self._is_only = is_only
        self._asked: dict[bytes, tuple[bytes, asyncio.Future[Reply]]] = {}

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # Its own class is no subclass of this before Python 3.12.
        self.transport = cast("asyncio.DatagramTransport", transport)
        transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _BUFFER)

    def send(self, wire: bytes, reply: "asyncio.Future[Reply]") -> None:
        self._asked[_id(wire)] = (wire, reply)
        self.transport.sendto(wire)

    def forget(self, wire: bytes) -> None:
        if self._asked.get(_id(wire), (b"",))[0] == wire:
            del self._asked[_id(wire)]

    def datagram_received(self, data: bytes, _: object) -> None:
        wire, reply = self._asked.get(_id(data), (None, None))
        if wire is None or reply is None or reply.done():
            return
        try:
            reply.set_result(read(wire, data))
        except WireError:
            return  # nonsense, perhaps forged: the right answer may still come

    def error_received(self, exc: Exception) -> None:
        """Nobody listens there (ICMP): those who wait need not wait on, unless others are asked."""
        for _, reply in self._asked.values():
            if self._is_only and not reply.done() and isinstance(exc, ConnectionError):
                reply.set_exception(OSError("refused"))


_RANDOM = random.SystemRandom()
"""Numbers and ports that nobody can guess make forged answers hard (RFC 5452)."""


def _id(wire: bytes) -> bytes:
    return wire[:2]


async def _sockets(server: tuple[str, int], *, is_only: bool) -> list[_Socket]:
    """Several to one server; none where there is no way to it (IPv6, mostly)."""
    loop, opened = asyncio.get_running_loop(), list[_Socket]()
    try:
        for _ in range(_SOCKETS):
            _, each = await loop.create_datagram_endpoint(
                partial(_Socket, server, is_only=is_only), remote_addr=server
            )
            opened.append(each)
    except OSError:
        log.debug("A name server cannot be reached")
    return opened


def _system_servers() -> tuple[tuple[str, int], ...]:
    from dns.exception import DNSException
    from dns.resolver import Resolver

    try:
        resolver = Resolver()
    except (DNSException, OSError):
        return ()
    return tuple((str(server), resolver.port) for server in resolver.nameservers)


async def _by_tcp(wire: bytes, server: tuple[str, int]) -> Reply:
    from dns.asyncquery import tcp
    from dns.exception import DNSException
    from dns.message import from_wire

    try:
        reply = await tcp(from_wire(wire), server[0], TIMEOUT, server[1])
        return read(wire, reply.to_wire())
    except (DNSException, WireError, EOFError):
        raise OSError("no answer by TCP") from None


_CODES = {1: "FORMERR", 2: "SERVFAIL", 4: "NOTIMP", 5: "REFUSED"}
_NOERROR, _NXDOMAIN = 0, 3


def _answer(reply: Reply) -> DnsAnswer:
    if reply.code not in (_NOERROR, _NXDOMAIN):
        word = _CODES.get(reply.code, str(reply.code))
        raise ReputationError(f"The network's name server answered with the error {word}.")
    if not reply.addresses:
        return DnsAnswer((), reply.negative_seconds, reply.is_alias)
    return DnsAnswer(reply.addresses, reply.seconds, reply.is_alias)
