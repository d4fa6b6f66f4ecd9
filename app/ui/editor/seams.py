"""What an open draft asks of others: who keeps its text, and who checks its links."""

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Protocol

from app.lines import LineEdit

if TYPE_CHECKING:
    from app.linkcheck.verdict import Verdict


class Journalist(Protocol):
    """What hears of every edit and keeps it (`app.drafts.Keeper`)."""

    def edited(self, edit: LineEdit) -> None:
        """Take an edit over; must not block."""


class Checker(Protocol):
    """What the draft asks of the link checker (`app.linkcheck.many.service.LinkService`)."""

    def known(self, urls: Iterable[str]) -> dict[str, "Verdict"]:
        """What is stored of these URLs; asks no network; for any thread."""

    def want(self, owner: str, urls: Mapping[str, bool]) -> None:
        """Replace what this draft wants; True for a URL that is in view."""

    def typing(self, owner: str, url: str | None) -> None:
        """The URL that is being typed just now."""

    def recheck(self, urls: Iterable[str]) -> None:
        """Ask for these again, whatever is stored."""

    def accept(self, url: str) -> None:
        """The writer has checked this one by hand."""
