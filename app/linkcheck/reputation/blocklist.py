"""A list of addresses that must not be sent."""

from collections.abc import Collection

from app.linkcheck.reputation.service import Flag
from app.linkcheck.verdict import Reason


class Blocklist:
    """A reputation service that is a list of URLs."""

    asks_nobody = True

    def __init__(self, urls: Collection[str]) -> None:
        self._urls = frozenset(urls)

    async def look_up(self, url: str) -> Flag | None:
        """The flag ``listed`` on an address of the list."""
        return Flag(Reason.LISTED) if url in self._urls else None

    async def aclose(self) -> None:
        """Nothing is open."""
