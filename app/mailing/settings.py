"""The server that test mails go through: ``test-mail.json`` in the config folder, no password.

The password is in the system's keyring, by server and user, so that one never goes to another
server because an address was changed.
"""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from enum import StrEnum
from pathlib import Path
from typing import Any

from app.drafts import atomic
from app.engagement.http import is_loopback
from app.engagement.model import Account
from app.engagement.secrets import Secrets
from app.mailing.errors import MailError, Stage
from app.paths import config_dir
from app.publish.eml import EmlError, address_of

MOST_RECIPIENTS = 5
"""A test goes to oneself and a few who look it over; never to a list."""
_LONGEST = 500
_LIMIT = 1 << 20


class Security(StrEnum):
    """How the connection is encrypted."""

    STARTTLS = "starttls"
    """From a command on (RFC 3207); mostly port 587."""
    TLS = "tls"
    """From the first byte on (RFC 8314); mostly port 465."""
    NONE = "none"
    """Not at all: on this machine only."""


PORTS = {Security.STARTTLS: 587, Security.TLS: 465, Security.NONE: 1025}
"""What is usual."""


@dataclass(frozen=True, slots=True)
class MailServer:
    """Where test mails go through, and between whom.

    Attributes:
        host: A name, or an address of this machine.
        port: 1 to 65535.
        security: How the connection is encrypted.
        user: Empty where the server wants none.
        sender: ``Name <address>``.
        recipients: The same, of each; what is proposed.
        unsubscribe: For List-Unsubscribe, an https address or the platform's merge tag; empty
            where the platform adds it.
    """

    host: str = ""
    port: int = PORTS[Security.STARTTLS]
    security: Security = Security.STARTTLS
    user: str = ""
    sender: str = ""
    recipients: tuple[str, ...] = ()
    unsubscribe: str = ""


def checked(server: MailServer) -> MailServer:
    """The server as it may be used. Raises MailError of the stage ``settings``."""
    host = server.host.strip()
    if not host:
        raise _wrong("Which server? Your mail provider names it, mostly smtp.example.com.")
    if not host.isprintable() or any(sign in host for sign in " /@\\") or "://" in host:
        raise _wrong("A server is a name such as smtp.example.com, without https:// or a path.")
    if not 1 <= server.port <= 65535:
        raise _wrong("A port is a number from 1 to 65535, mostly 587 or 465.")
    if server.security is Security.NONE and not is_loopback(host):
        raise _wrong(
            "Without encryption, everybody on the way could read your password. Choose STARTTLS or"
            " TLS."
        )
    if not server.user.isprintable():
        raise _wrong("The user holds signs that no name has. Was it copied whole?")
    _address(server.sender, "Whom is the mail from? Write it as Name <you@example.com>.")
    if len(server.unsubscribe) > _LONGEST:
        raise _wrong("The address to unsubscribe at is too long.")
    return replace(
        server, host=host, user=server.user.strip(), unsubscribe=server.unsubscribe.strip()
    )


def recipients_of(text: str) -> tuple[str, ...]:
    """The addresses that a field holds, by commas, semicolons or lines. Raises MailError."""
    parts = [part.strip() for part in text.replace(";", ",").replace("\n", ",").split(",")]
    return checked_recipients(tuple(dict.fromkeys(part for part in parts if part)))


def checked_recipients(recipients: Sequence[str]) -> tuple[str, ...]:
    """The addresses, where they are some and not too many. Raises MailError."""
    if not recipients:
        raise _wrong("Whom does it go to? Write your own address.")
    if len(recipients) > MOST_RECIPIENTS:
        raise _wrong(
            f"A test goes to {MOST_RECIPIENTS} addresses at most; to send the issue, hand it over"
            " to your platform."
        )
    for each in recipients:
        _address(each, "")
    return tuple(recipients)


def load(file: Path | None = None) -> MailServer:
    """What is kept; the defaults where nothing is, or where a value makes no sense.

    Raises MailError where the file cannot be read.
    """
    file = file or settings_file()
    try:
        with file.open("rb") as opened:
            kept = json.loads(opened.read(_LIMIT))
    except FileNotFoundError:
        return MailServer()
    except OSError as error:
        raise _wrong(f"{file} cannot be read: {error.strerror}.") from None
    except (ValueError, RecursionError):
        return MailServer()
    return _server(kept) if isinstance(kept, dict) else MailServer()


def save(server: MailServer, file: Path | None = None) -> None:
    """Keep it. Raises MailError."""
    file = file or settings_file()
    text = json.dumps({"version": 1, **asdict(server)}, ensure_ascii=False, indent=2)
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        atomic.put(file, f"{text}\n".encode())
    except OSError as error:
        raise _wrong(f"{file} cannot be written: {error.strerror}.") from None


def settings_file() -> Path:
    """Where the server is described."""
    return config_dir() / "test-mail.json"


def password_of(server: MailServer, secrets: Secrets) -> str:
    """The password; empty where there is none. Raises SecretError."""
    return secrets.get(as_account(server)) or ""


def as_account(server: MailServer) -> Account:
    """What the password is kept by (``SENDOFF_KEY_TEST_MAIL`` in the environment)."""
    where = f"smtp {server.user} {server.host.lower()} {server.port}"
    return Account(id=where, provider="smtp", name="test mail", url="")


def _server(kept: dict[str, Any]) -> MailServer:
    found: dict[str, Any] = {
        name: kept[name]
        for name in ("host", "user", "sender", "unsubscribe")
        if isinstance(kept.get(name), str) and len(kept[name]) <= _LONGEST
    }
    port, known = kept.get("port"), kept.get("recipients")
    if isinstance(port, int) and not isinstance(port, bool) and 1 <= port <= 65535:
        found["port"] = port
    if kept.get("security") in tuple(Security):
        found["security"] = Security(kept["security"])
    if isinstance(known, list):
        found["recipients"] = tuple(each for each in known if isinstance(each, str))[
            :MOST_RECIPIENTS
        ]
    return MailServer(**found)


def _address(text: str, missing: str) -> None:
    if missing and not text.strip():
        raise _wrong(missing)
    try:
        address_of(text)
    except EmlError as error:
        raise _wrong(f"{error}.") from None


def _wrong(words: str) -> MailError:
    return MailError(Stage.SETTINGS, words)
