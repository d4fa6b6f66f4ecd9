"""Mail servers on loopback: a real one with TLS and passwords, and some that misbehave."""

import asyncio
import contextlib
import ssl
import threading
from collections.abc import Awaitable, Callable, Coroutine, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

USER, PASSWORD = "me@example.org", "söm3 secret"


@dataclass
class Box:
    """What came, and what is refused."""

    mails: list[Envelope] = field(default_factory=list)
    hellos: list[str] = field(default_factory=list)
    replies: dict[str, str] = field(default_factory=dict)
    """By command, or by address, what is answered instead."""

    async def handle_EHLO(  # noqa: N802
        self, server: SMTP, session: Session, _envelope: Envelope, name: str, replies: list[str]
    ) -> list[str]:
        self.hellos.append(name)
        session.host_name = name
        return replies

    async def handle_MAIL(  # noqa: N802
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: object
    ) -> str:
        if "MAIL" in self.replies:
            return self.replies["MAIL"]
        envelope.mail_from = address
        return "250 OK"

    async def handle_RCPT(  # noqa: N802
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: object
    ) -> str:
        if address in self.replies:
            return self.replies[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        if "DATA" in self.replies:
            return self.replies["DATA"]
        self.mails.append(envelope)
        return "250 OK"


def _authenticator(
    _server: SMTP, _session: Session, _envelope: Envelope, _mechanism: str, data: object
) -> AuthResult:
    known = isinstance(data, LoginPassword) and data.login.decode() == USER
    good = known and isinstance(data, LoginPassword) and data.password.decode() == PASSWORD
    return AuthResult(success=good, handled=False)


@contextmanager
def mail_server(
    box: Box,
    *,
    tls: ssl.SSLContext | None = None,
    starttls: ssl.SSLContext | None = None,
    login: bool = True,
    size: int = 30_000_000,
) -> Iterator[int]:
    """A server that runs; its port."""
    loop = asyncio.new_event_loop()
    controller = Controller(
        box,
        loop=loop,
        hostname="127.0.0.1",
        port=0,
        ssl_context=tls,
        tls_context=starttls,
        require_starttls=starttls is not None,
        authenticator=_authenticator if login else None,
        auth_require_tls=tls is None,
        auth_required=login and tls is None,
        data_size_limit=size,
        ident="test",
    )
    with _up(
        loop, loop.create_server(controller._factory_invoker, "127.0.0.1", 0, ssl=tls)
    ) as port:
        yield port


Speak = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@contextmanager
def odd_server(speak: Speak) -> Iterator[int]:
    """A server that says what a test wants; its port."""
    loop = asyncio.new_event_loop()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError):
                await speak(reader, writer)
        finally:
            writer.close()

    with _up(loop, asyncio.start_server(serve, "127.0.0.1", 0)) as port:
        yield port


@contextmanager
def _up(
    loop: asyncio.AbstractEventLoop, starting: Coroutine[Any, Any, asyncio.Server]
) -> Iterator[int]:
    """A server in a thread of its own, until the end of the block; its port."""
    ready = threading.Event()
    found: list[asyncio.Server] = []

    def run() -> None:
        asyncio.set_event_loop(loop)
        found.append(loop.run_until_complete(starting))
        ready.set()
        loop.run_forever()
        loop.close()

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    ready.wait(10)
    try:
        yield found[0].sockets[0].getsockname()[1]
    finally:
        _end(loop, found[0], thread)


def _end(loop: asyncio.AbstractEventLoop, server: asyncio.Server, thread: threading.Thread) -> None:
    async def stop() -> None:
        server.close()
        tasks = [each for each in asyncio.all_tasks() if each is not asyncio.current_task()]
        for each in tasks:
            each.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await asyncio.sleep(0.01)  # connections are told that they are lost

    asyncio.run_coroutine_threadsafe(stop(), loop).result(10)
    loop.call_soon_threadsafe(loop.stop)
    thread.join(10)


def scripted(*replies: str) -> Speak:
    """Greets, then answers each line with the next reply; then keeps silent."""

    async def speak(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(f"{replies[0]}\r\n".encode())
        for reply in replies[1:]:
            await reader.readuntil(b"\n")
            writer.write(f"{reply}\r\n".encode())
            await writer.drain()
        await reader.read()

    return speak


async def silent(reader: asyncio.StreamReader, _writer: asyncio.StreamWriter) -> None:
    """Takes the connection and says nothing."""
    await reader.read()
