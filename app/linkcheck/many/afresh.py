"""The seam to page checkers behind which somebody else's cache stands."""

from collections.abc import Iterable
from typing import Protocol, runtime_checkable


@runtime_checkable
class AsksAfresh(Protocol):
    """May answer with what was found earlier, unless it is told not to."""

    def ask_afresh(self, urls: Iterable[str]) -> None:
        """The next check of these shall find out anew."""
