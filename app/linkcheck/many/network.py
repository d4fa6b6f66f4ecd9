"""Whether this computer is on the Internet: told apart from links that are dead.

Three witnesses, the cheapest first:

1. The routing table, through a connected UDP socket (nothing is sent): without a route there is
   no network, surely.
2. The links themselves: an answer from any public host over TLS proves that the network works and
   that nobody poses as the web (see `app.linkcheck.many.doubt`).
3. Only in doubt, the pages that Mozilla, Apple and Google keep for this very question. Nothing
   about the draft is sent to them. A wrong answer from all that answer is a captive portal (RFC
   8952), no answer is no network.
"""

import asyncio
import errno
import socket
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from app.linkcheck.many.states import NetworkState
from app.linkcheck.net.ip import is_public
from app.linkcheck.net.resolver import (
    NoSuchHostError,
    Resolver,
    ResolverFailedError,
    SystemResolver,
)


class Network(Protocol):
    """Looks at the computer's connection."""

    def has_route(self) -> bool:
        """Whether there is any way out; never blocks."""

    async def probe(self) -> NetworkState:
        """Find out by asking; takes a few seconds at most."""

    async def is_local(self, host: str) -> bool:
        """Whether this name leads to the computer itself or a private network."""


_OUTSIDE = ((socket.AF_INET, "1.1.1.1"), (socket.AF_INET6, "2606:4700:4700::1111"))
_PATIENCE = 4.0


@dataclass(frozen=True, slots=True)
class Canary:
    """A page that always says the same: ``song`` stands in its head or body."""

    host: str
    path: str
    song: bytes
    port: int = 80


CANARIES = (
    Canary("detectportal.firefox.com", "/success.txt", b"success"),
    Canary("captive.apple.com", "/hotspot-detect.html", b"<BODY>Success</BODY>"),
    Canary("connectivitycheck.gstatic.com", "/generate_204", b" 204 "),
)


class SystemNetwork:
    """The real thing. ``resolver`` looks names up, ``canaries`` are the pages to ask."""

    def __init__(
        self, resolver: Resolver | None = None, canaries: Sequence[Canary] = CANARIES
    ) -> None:
        self._resolver = resolver or SystemResolver()
        self._canaries = canaries

    def has_route(self) -> bool:
        """See `Network`."""
        return any(_routes(family, address) for family, address in _OUTSIDE)

    async def probe(self) -> NetworkState:
        """See `Network`."""
        if not self.has_route():
            return NetworkState.OFFLINE
        tasks = [asyncio.ensure_future(self._sings(canary)) for canary in self._canaries]
        heard_wrong = False
        try:
            for finished in asyncio.as_completed(tasks, timeout=_PATIENCE):
                try:
                    right = await finished
                except (OSError, NoSuchHostError, ResolverFailedError):
                    continue  # this one cannot be reached; a time-out is an OSError, too
                if right:
                    return NetworkState.ONLINE
                heard_wrong = True
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
        return NetworkState.CAPTIVE_PORTAL if heard_wrong else NetworkState.OFFLINE

    async def is_local(self, host: str) -> bool:
        """See `Network`."""
        try:
            addresses = await self._resolver.resolve(host, 443)
        except (NoSuchHostError, ResolverFailedError):
            return False
        return not any(is_public(address) for address in addresses)

    async def _sings(self, canary: Canary) -> bool:
        """Whether the page says what it always says.

        Raises OSError, `NoSuchHostError` or `ResolverFailedError` when it cannot be reached.
        """
        addresses = await self._resolver.resolve(canary.host, canary.port)
        reader, writer = await asyncio.open_connection(addresses[0], canary.port)
        try:
            request = (
                f"GET {canary.path} HTTP/1.1\r\nHost: {canary.host}\r\nConnection: close\r\n\r\n"
            )
            writer.write(request.encode("ascii"))
            answer = b""
            while len(answer) < 4096 and (more := await reader.read(4096)):
                answer += more
            if not answer:
                raise ConnectionResetError
            return canary.song in answer
        finally:
            writer.close()


def _routes(family: socket.AddressFamily, address: str) -> bool:
    try:
        with socket.socket(family, socket.SOCK_DGRAM) as probe:
            probe.connect((address, 53))
    except OSError as error:
        return error.errno in (errno.EMFILE, errno.ENFILE)  # our own trouble, not the network's
    return True
