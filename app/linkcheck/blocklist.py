"""A list of addresses that must not be sent: the writer's or the team's own."""

from collections.abc import Collection
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from app.linkcheck.reputation import Flag


class Blocklist:
    """A reputation service (see `app.linkcheck.reputation`) that is a list of URLs."""

    def __init__(self, urls: Collection[str]) -> None:
        self._urls = frozenset(urls)

    async def look_up(self, url: str) -> "Flag | None":
        """The flag ``listed`` on an address of the list."""
        from app.linkcheck.reputation import Flag
        from app.linkcheck.verdict import Reason

        return Flag(Reason.LISTED) if url in self._urls else None
