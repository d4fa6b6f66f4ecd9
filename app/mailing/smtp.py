"""Mails through a server: SMTP (RFC 5321) with STARTTLS or TLS and a password, by aiosmtplib.

Certificates are verified, the password never travels unencrypted except to this machine, and
everything has a time limit. Nothing is logged.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from app.certificates import trusting
from app.mailing import replies
from app.mailing.errors import MailError, Stage
from app.mailing.message import TestMail
from app.mailing.settings import MailServer, Security
from app.publish.eml import address_of

if TYPE_CHECKING:
    from aiosmtplib import SMTP


@dataclass(frozen=True, slots=True)
class Patience:
    """How long is waited, in seconds.

    Attributes:
        connect: For the connection and the server's first words.
        answer: For one reply.
        message: For the reply to a whole message, which is looked through there.
        whole: For everything.
    """

    connect: float = 15.0
    answer: float = 20.0
    message: float = 90.0
    whole: float = 240.0


@dataclass(frozen=True, slots=True)
class Sent:
    """How one mail fared: ``refusal`` is empty where the server took it."""

    recipient: str
    refusal: str = ""


async def check_server(server: MailServer, password: str, patience: Patience = Patience()) -> str:
    """Connect, log in and leave; what works, in words. Raises MailError."""
    async with _limited(patience), _session(server, password, patience):
        pass
    if server.user:
        return f"“{server.host}” takes your password, and the connection is safe."
    return f"“{server.host}” answers."


async def deliver(
    mails: Sequence[TestMail],
    server: MailServer,
    password: str,
    told: Callable[[int], object] = lambda _: None,
    patience: Patience = Patience(),
) -> list[Sent]:
    """Send each mail through one connection.

    Args:
        mails: The mails.
        server: A checked server.
        password: The user's.
        told: Hears how many are done.
        patience: See there.

    Raises:
        MailError: none was sent.
    """
    sent: list[Sent] = []
    first: MailError | None = None
    sender = address_of(server.sender).addr_spec
    async with _limited(patience), _session(server, password, patience) as smtp:
        for number, mail in enumerate(mails, 1):
            try:
                await _deliver_one(smtp, sender, mail, patience)
                sent.append(Sent(mail.recipient))
            except MailError as error:
                first = first or error
                sent.append(Sent(mail.recipient, str(error)))
                if error.stage is Stage.SENDER or not smtp.is_connected:
                    sent += [Sent(each.recipient, str(error)) for each in mails[number:]]
                    break
            told(number)
    if first is not None and all(each.refusal for each in sent):
        raise first
    return sent


@asynccontextmanager
async def _limited(patience: Patience) -> AsyncIterator[None]:
    try:
        async with asyncio.timeout(patience.whole):
            yield
    except TimeoutError:
        raise MailError(Stage.MESSAGE, "The server takes too long. Try again later.") from None


@asynccontextmanager
async def _session(server: MailServer, password: str, patience: Patience) -> AsyncIterator["SMTP"]:
    """A connection on which one may send."""
    from aiosmtplib import SMTP

    smtp = SMTP(
        hostname=server.host,
        port=server.port,
        # The name of this machine is nobody's business (RFC 5321, section 4.1.3).
        local_hostname="[127.0.0.1]",
        timeout=patience.answer,
        use_tls=server.security is Security.TLS,
        start_tls=False,  # asked for below, so that its lack is told
        tls_context=trusting(),
    )
    try:
        with replies.told(Stage.CONNECT, server):
            await smtp.connect(timeout=patience.connect)
            await smtp.ehlo()
        if server.security is Security.STARTTLS:
            if not smtp.supports_extension("starttls"):
                raise replies.no_starttls(server)
            with replies.told(Stage.TLS, server):
                await smtp.starttls()
                await smtp.ehlo()
        if server.user:
            if not smtp.supports_extension("auth"):
                raise replies.no_login(server)
            if not smtp.supported_auth_methods:
                raise replies.other_login(server, smtp.server_auth_methods)
            with replies.told(Stage.LOGIN, server):
                await smtp.login(server.user, password)
        yield smtp
        with contextlib.suppress(Exception):  # whatever it says now, the mails are sent
            await smtp.execute_command(b"QUIT", timeout=5)
    finally:
        wire = smtp.transport
        smtp.close()
        if isinstance(wire, asyncio.Transport):
            wire.abort()  # nobody waits for the end of TLS
            await asyncio.sleep(0)


async def _deliver_one(smtp: "SMTP", sender: str, mail: TestMail, patience: Patience) -> None:
    limit = smtp.esmtp_extensions.get("size", "").strip()
    if limit.isdecimal() and 0 < int(limit) < len(mail.data):
        raise replies.too_large(len(mail.data), int(limit))
    try:
        with replies.told(Stage.SENDER, sender):
            await smtp.mail(sender)
        with replies.told(Stage.RECIPIENT, mail.recipient):
            await smtp.rcpt(mail.recipient)
        with replies.told(Stage.MESSAGE, mail.recipient):
            await smtp.data(mail.data, timeout=patience.message)
    except MailError:
        if smtp.is_connected:
            with contextlib.suppress(Exception):  # the refusal is what is told
                await smtp.rset()
        raise
