"""From a URL to an open connection: look up, refuse private addresses, connect, shake hands.

The address that was judged is the one connected to, so a name that answers differently the second
time (DNS rebinding) gains nothing. No proxy is taken from the environment: it would decide in our
place which addresses are reached, and its answers would be mistaken for the site's.
"""

import asyncio
import contextlib
import errno
import socket
import ssl
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

from app.linkcheck.net import tls
from app.linkcheck.net.failures import Again, FailureError, lost
from app.linkcheck.net.ip import is_public
from app.linkcheck.net.resolver import NoSuchHostError, Resolver, ResolverFailedError
from app.linkcheck.net.wire import Wire
from app.linkcheck.settings import CheckSettings
from app.linkcheck.urls import WebUrl
from app.linkcheck.verdict import Reason

if TYPE_CHECKING:  # few networks need it
    from app.linkcheck.net.placeholders import Placeholders

_HEAD_START = 0.25
"""Seconds before the next address is tried beside a slow one (RFC 8305, section 5)."""

_UNREACHABLE = {errno.ENETUNREACH, errno.EHOSTUNREACH, errno.EADDRNOTAVAIL, errno.EAFNOSUPPORT}
_EXHAUSTED = {errno.EMFILE, errno.ENFILE, errno.ENOBUFS}


class Stage(Enum):
    """How far a request has come: told when its time is up."""

    LOOK_UP = "the name system did not answer"
    CONNECT = "nobody answered at this address"
    HANDSHAKE = "connected, but the TLS handshake never ended"
    ANSWER = "connected, but the answer did not come"


@dataclass(slots=True)
class Progress:
    """Where one request stands, and how often it has been sent (again, if a kept one was dead).

    ``to_connect`` is how many seconds an attempt to connect may take.
    """

    to_connect: float
    stage: Stage = Stage.LOOK_UP
    sent: int = 0


class Dialer:
    """Opens connections. The TLS context is made once, in a thread, when first needed."""

    def __init__(
        self, resolver: Resolver, settings: CheckSettings, on_close: Callable[[Wire], None]
    ) -> None:
        self._resolver = resolver
        self._settings = settings
        self._placeholders: Placeholders | None = None
        self._on_close = on_close
        self._context: asyncio.Task[ssl.SSLContext] | None = None

    async def dial(self, url: WebUrl, progress: Progress) -> Wire:
        """A new connection to ``url``'s origin; raises `FailureError`."""
        progress.stage = Stage.LOOK_UP
        addresses = (url.host,) if url.is_address else await self._look_up(url)
        if not self._settings.allow_private and not all(map(is_public, addresses)):
            await self._judge_inward(addresses, url)
        progress.stage = Stage.CONNECT
        try:
            async with asyncio.timeout(progress.to_connect):
                sock = await _connect_any(addresses, url.port)
        except TimeoutError:
            raise FailureError(Reason.TIMEOUT, progress.stage.value, Again.LATER) from None
        progress.stage = Stage.HANDSHAKE
        try:
            if url.scheme == "https":
                return await self._shake_hands(sock, addresses, url, progress)
            return await self._open(sock, url)
        except OSError as error:
            raise await self._judge_handshake(error, addresses, url) from None

    async def aclose(self) -> None:
        """Give up what is still being prepared."""
        if self._placeholders is not None:
            await self._placeholders.aclose()
        if self._context is not None and not self._context.done():
            await asyncio.wait([self._context])

    async def _judge_inward(self, addresses: tuple[str, ...], url: WebUrl) -> None:
        """Raise `FailureError`, unless these addresses are placeholders that lead to the site."""
        if not url.is_address:
            from app.linkcheck.net.placeholders import Placeholders, is_blocked, is_placeholder

            if is_blocked(addresses):
                evidence = "a filter or an ad blocker of this network blocks the name"
                raise FailureError(Reason.DNS_FAILURE, evidence)
            if all(is_public(address) or is_placeholder(address) for address in addresses):
                if self._placeholders is None:
                    self._placeholders = Placeholders(self._resolver)
                if await self._placeholders.in_use():
                    if self._settings.trust_placeholders:
                        return
                    evidence = "a VPN or proxy of this network hides where names lead"
                    raise FailureError(Reason.DNS_FAILURE, evidence)
        raise FailureError(Reason.PRIVATE_TARGET, f"{url.host} is a private address")

    async def _look_up(self, url: WebUrl) -> tuple[str, ...]:
        try:
            return await self._resolver.resolve(url.host, url.port)
        except NoSuchHostError:
            raise FailureError(Reason.NO_SUCH_HOST, f"there is no host {url.host}") from None
        except ResolverFailedError as error:
            raise FailureError(
                Reason.DNS_FAILURE, f"the name system did not answer: {error}", Again.LATER
            ) from None

    async def _shake_hands(
        self, sock: socket.socket, addresses: tuple[str, ...], url: WebUrl, progress: Progress
    ) -> Wire:
        """TLS; where it takes long, see whether the server speaks plain HTTP instead."""
        from app.linkcheck.net.wrong_port import PlainProbe

        def count() -> None:
            progress.sent += 1

        scope = asyncio.timeout(None)
        probe = PlainProbe(url, lambda: _connect_any(addresses, url.port), count, scope)
        timer = asyncio.get_running_loop().call_later(progress.to_connect / 2, probe.begin)
        try:
            async with scope:
                return await self._open(sock, url)
        except TimeoutError:
            if not probe.found_http:
                raise
            raise FailureError(Reason.TLS_ERROR, "no TLS is spoken on this port") from None
        finally:
            timer.cancel()
            await probe.aclose()

    async def _open(self, sock: socket.socket, url: WebUrl) -> Wire:
        loop = asyncio.get_running_loop()
        try:
            context = await self._trusted() if url.scheme == "https" else None
            _, wire = await loop.create_connection(
                lambda: Wire(self._on_close),
                sock=sock,
                ssl=context,
                server_hostname=url.host if context else None,
            )
        except BaseException:
            sock.close()
            raise
        return wire

    async def _trusted(self) -> ssl.SSLContext:
        if self._context is None:
            self._context = asyncio.create_task(asyncio.to_thread(tls.create_context))
        return await asyncio.shield(self._context)

    async def _judge_handshake(
        self, error: OSError, addresses: tuple[str, ...], url: WebUrl
    ) -> FailureError:
        """Name what went wrong; where the error does not tell, a second handshake may."""
        if not isinstance(error, ssl.SSLError):
            found = lost("the connection was closed in the middle of the TLS handshake")
        else:
            found = tls.failure(error, url.host)
        if isinstance(error, ssl.SSLError) and tls.issuer_is_unknown(error):
            certificate = await _shown_certificate(addresses, url, tls.blind_context())
            if certificate and tls.lacks_intermediate(certificate, await self._trusted()):
                return FailureError(Reason.TLS_INCOMPLETE_CHAIN, found.evidence)
        elif found.reason in (Reason.CONNECTION_LOST, Reason.TLS_ERROR) and (
            await _shown_certificate(addresses, url, tls.outdated_context())
        ):
            return FailureError(Reason.TLS_OLD, "TLS: the server knows no version after 1.1")
        return found


async def _shown_certificate(
    addresses: tuple[str, ...], url: WebUrl, context: ssl.SSLContext
) -> bytes | None:
    """The certificate (DER) that a handshake brings, if it succeeds; no request is sent."""
    with contextlib.suppress(OSError, FailureError):
        sock = await _connect_any(addresses, url.port)
        try:
            transport, _ = await asyncio.get_running_loop().create_connection(
                asyncio.Protocol, sock=sock, ssl=context, server_hostname=url.host
            )
        except BaseException:
            sock.close()
            raise
        connection = transport.get_extra_info("ssl_object")
        transport.abort()
        certificate: bytes | None = connection.getpeercert(binary_form=True)
        return certificate
    return None


async def _connect_any(addresses: tuple[str, ...], port: int) -> socket.socket:
    """Connect to whichever address answers first, each given a head start (RFC 8305)."""
    if len(addresses) == 1:
        try:
            return await _connect(addresses[0], port)
        except OSError as error:
            raise _failure([error], addresses) from None
    waiting = list(_alternate_families(addresses))
    running: set[asyncio.Task[socket.socket]] = set()
    errors: list[OSError] = []
    try:
        while waiting or running:
            if waiting:
                running.add(asyncio.create_task(_connect(waiting.pop(0), port)))
            done, running = await asyncio.wait(
                running,
                timeout=_HEAD_START if waiting else None,
                return_when=asyncio.FIRST_COMPLETED,
            )
            winner: socket.socket | None = None
            for task in done:
                try:
                    sock = task.result()
                except OSError as error:
                    errors.append(error)
                    continue
                if winner is None:
                    winner = sock
                else:
                    sock.close()
            if winner is not None:
                return winner
    finally:
        for task in running:
            task.cancel()
            task.add_done_callback(_close_late)
    raise _failure(errors, addresses)


def _close_late(task: "asyncio.Task[socket.socket]") -> None:
    if not task.cancelled() and task.exception() is None:
        task.result().close()


async def _connect(address: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    sock = socket.socket(family, socket.SOCK_STREAM)
    try:
        sock.setblocking(False)
        await asyncio.get_running_loop().sock_connect(sock, (address, port))
    except BaseException:
        sock.close()
        raise
    return sock


def _alternate_families(addresses: Iterable[str]) -> Iterable[str]:
    """The preferred address first, then the families by turns (RFC 8305, section 4)."""
    first: list[str] = []
    second: list[str] = []
    for address in addresses:
        same = not first or (":" in address) == (":" in first[0])
        (first if same else second).append(address)
    while first or second:
        if first:
            yield first.pop(0)
        if second:
            yield second.pop(0)


def _failure(errors: list[OSError], addresses: tuple[str, ...]) -> FailureError:
    codes = {error.errno for error in errors}
    if codes & _EXHAUSTED:
        return FailureError(
            Reason.PENDING, "this computer has no connection left to try with", Again.LATER
        )
    if codes <= _UNREACHABLE and all(":" in address for address in addresses):
        return FailureError(Reason.IPV6_ONLY, "the host has only IPv6 addresses")
    if errno.ECONNREFUSED in codes:
        return FailureError(Reason.REFUSED, "the connection was refused", Again.LATER)
    if errno.ETIMEDOUT in codes:
        return FailureError(Reason.TIMEOUT, "nobody answered at this address", Again.LATER)
    if codes & _UNREACHABLE:
        return FailureError(Reason.CONNECTION_LOST, "no way leads to this address", Again.LATER)
    return lost("the connection could not be opened")
