"""The platforms that drafts are handed over to: one file each, and one line below."""

from hashlib import blake2b
from importlib import import_module
from typing import TYPE_CHECKING, Protocol, cast

from app.engagement.model import Account
from app.handover.model import Field, Fields, HandoverError, Platform

if TYPE_CHECKING:
    from app.engagement.http import Client

PLATFORMS = ("buttondown", "ghost", "listmonk")
"""Modules of this package; the same names as in ``app.engagement.providers``."""


class _Module(Protocol):
    def platform(self, account: Account, through: "Client", /) -> Platform:
        """The account, written through the client."""


def takes_drafts(account: Account) -> bool:
    """Whether issues can be handed over to an account."""
    return account.provider in PLATFORMS


def platform(account: Account, through: "Client") -> Platform:
    """Writes to the account through a client. Raises HandoverError for one that takes no drafts."""
    if not takes_drafts(account):
        raise HandoverError(f"Nothing can be handed over to “{account.name}”: it only measures.")
    module = cast("_Module", import_module(f"{__name__}.{account.provider}"))
    return module.platform(account, through)


def revision(changed: str, fields: Fields) -> str:
    """A revision that differs where the content does, however coarse the platform's clock is."""
    content = repr([(name.value, fields[name]) for name in Field if name in fields])
    return f"{changed} {blake2b(content.encode(), digest_size=8).hexdigest()}"
