"""The platforms that an account may be at: one file each, and one line below."""

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING, Protocol, cast, runtime_checkable

from app.engagement.model import Account, Page

if TYPE_CHECKING:
    from app.engagement.http import Client

Marks = Mapping[str, str]
"""Places in a provider's feeds by names of its own, opaque to everybody else; empty at first."""


@dataclass(frozen=True, slots=True)
class Tested:
    """What a test of an account found, in sentences for the writer.

    Attributes:
        publications: The ids and names to choose from, where the key has several.
    """

    ok: bool
    works: tuple[str, ...] = ()
    lacks: tuple[str, ...] = ()
    publications: tuple[tuple[str, str], ...] = ()


class Provider(Protocol):
    """Reads one account; made by its module's ``provider``."""

    async def test(self) -> Tested:
        """What works and what the key may not do. Errors are told, not raised."""

    def pages(self, since: Marks) -> AsyncIterator[Page]:
        """What is new since ``since``; without marks, everything. Where nothing is new, one
        request, and at most one empty page.

        Raises:
            HttpError: nothing more can be had now; pages that came before hold.
            HistoryLostError: the marks lead nowhere any more; begin again without.
        """


@dataclass(frozen=True, slots=True)
class IssueText:
    """An issue as the platform has it, hostile until it is sanitised.

    Attributes:
        content: HTML or Markdown.
    """

    content: str
    is_markdown: bool = False


@runtime_checkable
class TellsText(Protocol):
    """A provider whose platform tells the text of an issue, too."""

    async def text(self, issue: str) -> IssueText:
        """The text, asked for when it is wanted and never by a sync.

        Raises:
            HttpError: it cannot be had now.
        """


MOST_TEXT = 4 << 20
"""Characters of a text that are taken."""


class HistoryLostError(Exception):
    """The server no longer knows the place that our marks name."""


class _Module(Protocol):
    def client(self, account: Account, key: str) -> "Client":
        """A client that sends the key in the platform's way."""

    def provider(self, account: Account, client: "Client") -> Provider:
        """The account, read through the client."""


PROVIDERS: Mapping[str, str] = {
    "sendoff": "Sendoff tracking server",
    "buttondown": "Buttondown",
    "ghost": "Ghost",
    "listmonk": "listmonk",
}
"""Modules of this package and what the writer calls them."""


def client(account: Account, key: str) -> "Client":
    """A client for the account; close it (``async with``)."""
    return _module(account.provider).client(account, key)


def provider(account: Account, through: "Client") -> Provider:
    """Reads the account through a client."""
    return _module(account.provider).provider(account, through)


def _module(name: str) -> _Module:
    if name not in PROVIDERS:
        raise KeyError(name)
    return cast("_Module", import_module(f"{__name__}.{name}"))
