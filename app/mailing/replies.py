"""What a mail server's replies and silences mean for the writer, stage by stage.

Reply codes: RFC 5321, section 4.2.3; of logins: RFC 4954, section 6. What a server says of its own
is told with them, cleaned: providers put there what is to be done.
"""

import socket
import ssl
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from app.mailing.errors import MailError, Stage
from app.mailing.settings import MailServer, Security

_LONGEST_SAYING = 240


@contextmanager
def told(stage: Stage, about: MailServer | str) -> Iterator[None]:
    """Turn what aiosmtplib raises into a MailError of this stage.

    Args:
        stage: What is being done.
        about: The server, while it is being reached; else the address that it is about.
    """
    from aiosmtplib import SMTPException, SMTPResponseException, SMTPTimeoutError

    try:
        yield
    except SMTPResponseException as error:
        code, said = error.code, _clean(str(error.message))
        if code < 200:  # no reply that SMTP knows
            raise _broken(stage, about, error) from None
        raise MailError(stage, _refused(stage, about, code, said), code) from None
    except (SMTPTimeoutError, TimeoutError):
        raise MailError(stage, _silence(about)) from None
    except (SMTPException, OSError, ValueError) as error:
        raise _broken(stage, about, error) from None


def no_starttls(server: MailServer) -> MailError:
    """The server does not offer it."""
    return MailError(
        Stage.TLS,
        f"“{server.host}” offers no STARTTLS, so everybody on the way could read your password."
        " Nothing was sent. Choose TLS, mostly at port 465.",
    )


def no_login(server: MailServer) -> MailError:
    """The server takes no password."""
    return MailError(
        Stage.LOGIN,
        f"“{server.host}” takes no password at port {server.port}. Mail programs mostly use port"
        " 587 or 465; a server in your own network may want no user at all.",
    )


def other_login(server: MailServer, methods: Sequence[str]) -> MailError:
    """The server takes logins, but none by user and password."""
    offered = _clean(", ".join(methods).upper()) or "—"
    return MailError(
        Stage.LOGIN,
        f"“{server.host}” lets nobody in by user and password ({offered} only), which is all that"
        " Sendoff can do. Your provider may have another server for that, or need it turned on.",
    )


def too_large(size: int, limit: int) -> MailError:
    """The server said how much it takes (RFC 1870)."""
    return MailError(
        Stage.MESSAGE,
        f"The mail has {size / 1e6:.1f} MB, with its pictures; the server takes {limit / 1e6:.1f}."
        " Make the pictures smaller.",
        552,
    )


def _refused(stage: Stage, about: MailServer | str, code: int, said: str) -> str:
    saying = f" The server says: {code} {said}" if said else f" (The server says {code}.)"
    if code == 421:
        return f"The server is busy and hung up. Try again in some minutes.{saying}"
    if stage is Stage.LOGIN:
        return _login_refused(code, saying)
    if code == 530:
        return f"The server wants a user and a password: enter them in the settings.{saying}"
    if stage is Stage.SENDER:
        return f"The server does not let you send as {about}.{saying}"
    if stage is Stage.RECIPIENT:
        if code < 500:
            return f"The server does not take a mail to {about} just now. Try again later.{saying}"
        return (
            f"The server does not pass a mail on to {about}. Some take mail only after a login, or"
            f" only to addresses of their own.{saying}"
        )
    if stage is Stage.MESSAGE:
        if code == 552:
            return f"The mail is too large for the server.{saying}"
        return f"The server did not take the mail.{saying}"
    if stage is Stage.TLS:
        return f"The server began no encryption, so nothing was sent.{saying}"
    return f"The server does not want to talk to us.{saying}"


def _login_refused(code: int, saying: str) -> str:
    if code == 534:
        return f"The provider wants a password made for apps: make one in its settings.{saying}"
    if code == 454:
        return f"The server cannot look the password up just now. Try again later.{saying}"
    if code in (535, 530, 501):
        return (
            "The server does not take this user and password. Many providers want a password made"
            f" for apps here, not the one for their website.{saying}"
        )
    return f"The server let nobody in.{saying}"


def _silence(about: MailServer | str) -> str:
    if isinstance(about, str):
        return "The server stopped answering. It is not certain whether the mail went out."
    if about.security is not Security.TLS and about.port == 465:
        return "The server keeps silent. Port 465 mostly wants TLS from the start: choose TLS."
    return (
        f"“{about.host}” does not answer at port {about.port}. Is the port right? Many networks"
        " block port 25; 587 and 465 are for mail programs."
    )


def _broken(stage: Stage, about: MailServer | str, error: BaseException) -> MailError:
    reason: BaseException | None = error
    while reason is not None:
        if isinstance(reason, ssl.SSLCertVerificationError):
            words = (
                f"The server's certificate is not good: {_certificate(reason)}. Nothing was sent."
            )
            return MailError(Stage.TLS, words)
        if isinstance(reason, ssl.SSLError):
            return MailError(Stage.TLS, _no_tls(about))
        if isinstance(reason, socket.gaierror | UnicodeError):
            name = about.host if isinstance(about, MailServer) else ""
            return MailError(
                stage, f"There is no server “{name}”. Is the name right, and are you online?"
            )
        if isinstance(reason, ConnectionRefusedError) and isinstance(about, MailServer):
            words = f"Nothing listens at “{about.host}”, port {about.port}. Is the port right?"
            return MailError(stage, words)
        reason = reason.__cause__ or reason.__context__
    if isinstance(about, MailServer) and stage is Stage.CONNECT:
        words = f"“{about.host}” hung up, or is no mail server. Are name and port right?"
        return MailError(stage, words)
    return MailError(stage, "The server hung up, or answered as no mail server does. Try again.")


def _no_tls(about: MailServer | str) -> str:
    if isinstance(about, MailServer) and about.security is Security.TLS:
        return (
            f"“{about.host}” does not speak TLS from the start at port {about.port}. Choose"
            " STARTTLS, mostly at port 587."
        )
    return "No safe connection to the server can be made, so nothing was sent."


def _certificate(error: ssl.SSLCertVerificationError) -> str:
    # https://www.openssl.org/docs/man3.0/man3/X509_STORE_CTX_get_error.html
    words = {10: "it has expired", 18: "nobody vouches for it", 19: "nobody known vouches for it",
             20: "nobody known vouches for it", 62: "it belongs to another name",
             64: "it belongs to another name"}  # fmt: skip
    return words.get(error.verify_code, "it cannot be verified")


def _clean(text: str) -> str:
    """A hostile server's words, on one line."""
    words = " ".join("".join(s if s.isprintable() else " " for s in text).split())
    return words if len(words) <= _LONGEST_SAYING else words[:_LONGEST_SAYING] + "…"
