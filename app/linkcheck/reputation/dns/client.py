"""Asks the computer's own name servers for A records, hundreds at a time.

Messages are dnspython's, and so is the list of servers. Its resolvers are not used: they take five
milliseconds of computing for each question, and a draft with 200 links has 600 of them.
"""

import asyncio
import random
import socket
from dataclasses import dataclass
from typing import TYPE_CHECKING

from app.linkcheck.reputation.service import ReputationError

if TYPE_CHECKING:
    from dns.message import Message

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
        self._sockets: dict[tuple[str, int], list[_Socket]] = {}
        self._opening = asyncio.Lock()

    async def addresses(self, name: str) -> DnsAnswer:
        """The A records of ``name`` (ASCII, no trailing dot).

        Raises:
            ReputationError: nobody answered in time, or with an error.
        """
        from dns.exception import DNSException
        from dns.message import make_query

        try:
            query = make_query(f"{name}.", "A", use_edns=False)
        except (DNSException, UnicodeError):
            raise ReputationError("The name is too long to be looked up.") from None
        servers = await self._known_servers()
        try:
            async with asyncio.timeout(TIMEOUT):
                reply = await self._ask(query, servers)
        except TimeoutError:
            raise ReputationError("The network's name server did not answer in time.") from None
        except OSError:
            raise ReputationError("The network's name server cannot be reached.") from None
        return _read(reply)

    async def aclose(self) -> None:
        """Close the sockets."""
        for sockets in self._sockets.values():
            for each in sockets:
                each.transport.close()
        self._sockets.clear()
        await asyncio.sleep(0)

    async def _known_servers(self) -> tuple[tuple[str, int], ...]:
        async with self._opening:
            if self._servers is None:
                # In a thread: Windows is asked for them, and takes its time.
                self._servers = await asyncio.to_thread(_system_servers)
        if not self._servers:
            raise ReputationError("This computer knows no name server.")
        return self._servers

    async def _ask(self, query: "Message", servers: tuple[tuple[str, int], ...]) -> "Message":
        wire, waiters = query.to_wire(), list[_Socket]()
        reply: asyncio.Future[Message] = asyncio.get_running_loop().create_future()
        try:
            for turn, sent_at in enumerate(_REPEATED):
                server = servers[turn % len(servers)]
                chosen = await self._socket(server)
                waiters.append(chosen)
                chosen.send(wire, query, reply)
                following = _REPEATED[turn + 1] if turn + 1 < len(_REPEATED) else TIMEOUT
                await asyncio.wait([reply], timeout=following - sent_at)
                if reply.done():
                    break
            found = await reply
        finally:
            for waiter in waiters:
                waiter.forget(query)
        return await _by_tcp(query, server) if _is_cut(found) else found

    async def _socket(self, server: tuple[str, int]) -> "_Socket":
        sockets = self._sockets.setdefault(server, [])
        if len(sockets) < _SOCKETS:
            loop = asyncio.get_running_loop()
            _, opened = await loop.create_datagram_endpoint(_Socket, remote_addr=server)
            sockets.append(opened)
        usable = [each for each in sockets if not each.transport.is_closing()]
        if not usable:
            sockets.clear()
            raise OSError("the sockets were closed")
        return random.choice(usable)  # noqa: S311 - spreads load; the ids are dnspython's


class _Socket(asyncio.DatagramProtocol):
    """A connected UDP socket: only its server can answer, and each answer must fit a question."""

    transport: asyncio.DatagramTransport

    def __init__(self) -> None:
        self._asked: dict[int, tuple[Message, asyncio.Future[Message]]] = {}

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.DatagramTransport)  # noqa: S101 - what asyncio gives
        self.transport = transport
        transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _BUFFER)

    def send(self, wire: bytes, query: "Message", reply: "asyncio.Future[Message]") -> None:
        self._asked[query.id] = (query, reply)
        self.transport.sendto(wire)

    def forget(self, query: "Message") -> None:
        self._asked.pop(query.id, None)

    def datagram_received(self, data: bytes, _: object) -> None:
        from dns.exception import DNSException
        from dns.message import from_wire

        query, reply = self._asked.get(int.from_bytes(data[:2], "big"), (None, None))
        if query is None or reply is None or reply.done():
            return
        try:
            message = from_wire(data, raise_on_truncation=False)
        except DNSException:
            return  # nonsense, perhaps forged: the right answer may still come
        if query.is_response(message):
            reply.set_result(message)

    def error_received(self, exc: Exception) -> None:
        """Nobody listens there (ICMP): those who wait need not wait on, unless others answer."""
        for _, reply in self._asked.values():
            if not reply.done() and isinstance(exc, ConnectionError):
                reply.set_exception(OSError("refused"))


def _system_servers() -> tuple[tuple[str, int], ...]:
    from dns.exception import DNSException
    from dns.resolver import Resolver

    try:
        resolver = Resolver()
    except (DNSException, OSError):
        return ()
    return tuple((str(server), resolver.port) for server in resolver.nameservers)


def _is_cut(reply: "Message") -> bool:
    from dns.flags import TC

    return bool(reply.flags & TC)


async def _by_tcp(query: "Message", server: tuple[str, int]) -> "Message":
    from dns.asyncquery import tcp
    from dns.exception import DNSException

    try:
        return await tcp(query, server[0], TIMEOUT, server[1])
    except DNSException:
        raise OSError("no answer by TCP") from None


def _read(reply: "Message") -> DnsAnswer:
    from dns.rcode import NOERROR, NXDOMAIN, to_text
    from dns.rdatatype import CNAME, A

    if reply.rcode() not in (NOERROR, NXDOMAIN):
        raise ReputationError(
            f"The network's name server answered with the error {to_text(reply.rcode())}."
        )
    addresses: list[str] = []
    seconds: list[float] = []
    is_alias = False
    for records in reply.answer:
        is_alias = is_alias or records.rdtype == CNAME
        if records.rdtype == A:
            addresses += [record.address for record in records]
            seconds.append(records.ttl)
    if not addresses:
        return DnsAnswer((), _negative_seconds(reply), is_alias)
    return DnsAnswer(tuple(addresses), min(seconds), is_alias)


def _negative_seconds(reply: "Message") -> float:
    """How long "no such name" may be kept (RFC 2308, 5); not at all where nobody says so."""
    from dns.rdatatype import SOA

    for records in reply.authority:
        if records.rdtype == SOA:
            return float(min(records.ttl, records[0].minimum))
    return 0.0
