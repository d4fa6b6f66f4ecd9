"""Whether this computer is on the Internet: told apart from links that are dead.

Three witnesses, the cheapest first:

1. The routing table, through a connected UDP socket (nothing is sent): without a route there is
   no network, surely.
2. The links themselves: an answer from any public host over TLS proves that the network works and
   that nobody poses as the web (see `app.linkcheck.doubt`).
3. Only in doubt, the pages that Mozilla, Apple and Google keep for this very question. Nothing
   about the draft is sent to them. A wrong answer from all that answer is a captive portal (RFC
   8952), no answer is no network.
"""

import asyncio
import socket
from typing import Protocol

from app.linkcheck.ip import is_public
from app.linkcheck.states import NetworkState


class Network(Protocol):
    """Looks at the computer's connection."""

    def has_route(self) -> bool:
        """Whether there is any way out; never blocks."""

    async def probe(self) -> NetworkState:
        """Find out by asking; takes a few seconds at most."""

    async def is_local(self, host: str) -> bool:
        """Whether this name leads to the computer itself or a private network."""


_OUTSIDE = ((socket.AF_INET, "1.1.1.1"), (socket.AF_INET6, "2606:4700:4700::1111"))
# Host, path, what the answer must contain (status line or body).
_CANARIES = (
    ("detectportal.firefox.com", "/success.txt", b"success"),
    ("captive.apple.com", "/hotspot-detect.html", b"<BODY>Success</BODY>"),
    ("connectivitycheck.gstatic.com", "/generate_204", b" 204 "),
)
_PATIENCE = 4.0


class SystemNetwork:
    """The real thing."""

    def has_route(self) -> bool:
        """See `Network`."""
        return any(_routes(family, address) for family, address in _OUTSIDE)

    async def probe(self) -> NetworkState:
        """See `Network`."""
        if not self.has_route():
            return NetworkState.OFFLINE
        tasks = [asyncio.ensure_future(_canary_sings(*canary)) for canary in _CANARIES]
        heard_wrong = False
        try:
            for finished in asyncio.as_completed(tasks, timeout=_PATIENCE):
                try:
                    right = await finished
                except OSError:  # this one cannot be reached; a time-out is an OSError, too
                    continue
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
            found = await asyncio.get_running_loop().getaddrinfo(host, None)
        except OSError:
            return False
        return all(not is_public(str(entry[4][0])) for entry in found)


def _routes(family: socket.AddressFamily, address: str) -> bool:
    try:
        with socket.socket(family, socket.SOCK_DGRAM) as probe:
            probe.connect((address, 53))
    except OSError:
        return False
    return True


async def _canary_sings(host: str, path: str, expected: bytes) -> bool:
    """Whether the page says what it always says; raises OSError when it cannot be reached."""
    reader, writer = await asyncio.open_connection(host, 80)
    try:
        request = f"GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n"
        writer.write(request.encode("ascii"))
        answer = b""
        while len(answer) < 4096 and (more := await reader.read(4096)):
            answer += more
        if not answer:
            raise ConnectionResetError
        return expected in answer
    finally:
        writer.close()
