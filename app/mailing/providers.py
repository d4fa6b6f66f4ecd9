"""Mail servers of well-known providers, so that an address is all that has to be typed.

From each provider's own page on "SMTP settings", as of 2026-11.
"""

from dataclasses import dataclass
from enum import Enum

from app.mailing.settings import MailServer, Security


class Login(Enum):
    """What a provider lets another program in by."""

    OWN = "own"
    """By the password of the website."""
    FOR_APPS = "for apps"
    """By one made for this program, in the account's security settings."""
    NONE = "none"
    """By the provider's own sign-in page only (OAuth), which Sendoff cannot do."""


@dataclass(frozen=True, slots=True)
class Provider:
    """Where its users' mail goes out."""

    name: str
    host: str
    port: int = 465
    security: Security = Security.TLS
    login: Login = Login.OWN


_APP = Login.FOR_APPS
_GOOGLE = Provider("Gmail", "smtp.gmail.com", login=_APP)
_MICROSOFT = Provider("Outlook.com", "smtp-mail.outlook.com", 587, Security.STARTTLS, Login.NONE)
_APPLE = Provider("iCloud", "smtp.mail.me.com", 587, Security.STARTTLS, _APP)
_YAHOO = Provider("Yahoo", "smtp.mail.yahoo.com", login=_APP)
_PROVIDERS = {
    "gmail.com googlemail.com": _GOOGLE,
    "outlook.com hotmail.com live.com msn.com hotmail.co.uk outlook.de": _MICROSOFT,
    "icloud.com me.com mac.com": _APPLE,
    "yahoo.com yahoo.co.uk yahoo.de yahoo.fr ymail.com": _YAHOO,
    "aol.com": Provider("AOL", "smtp.aol.com", login=_APP),
    "fastmail.com fastmail.fm": Provider("Fastmail", "smtp.fastmail.com", login=_APP),
    "gmx.de gmx.net gmx.at gmx.ch": Provider("GMX", "mail.gmx.net"),
    "gmx.com": Provider("GMX", "mail.gmx.com"),
    "web.de": Provider("WEB.DE", "smtp.web.de", 587, Security.STARTTLS),
    "mailbox.org": Provider("mailbox.org", "smtp.mailbox.org"),
    "posteo.de posteo.net": Provider("Posteo", "posteo.de"),
    "zoho.com zohomail.com": Provider("Zoho", "smtp.zoho.com"),
}
_BY_DOMAIN = {
    domain: provider for domains, provider in _PROVIDERS.items() for domain in domains.split()
}


def bare(address: str) -> str:
    """``name@example.com`` of ``Name <name@example.com>``."""
    return address.rpartition("<")[2].rstrip("> ").strip()


def domain_of(address: str) -> str:
    """What stands behind the ``@``; empty where there is none."""
    return bare(address).rpartition("@")[2].lower() if "@" in address else ""


def provider_of(address: str) -> Provider | None:
    """The provider of an address; None for one that is not known."""
    return _BY_DOMAIN.get(domain_of(address))


def server_of(provider: Provider, address: str) -> MailServer:
    """How somebody with this address sends through its provider."""
    return MailServer(
        provider.host, provider.port, provider.security, user=bare(address), sender=address
    )
