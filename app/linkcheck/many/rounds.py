"""Waiting until all that can be known of some links is known, reputation included."""

from collections.abc import Callable, Iterable


class Rounds:
    """Who waits for which links; an owner has one round at a time.

    Args:
        is_busy: Whether a link is being checked, or put to a reputation service.
        before_end: Called before it is told that nothing is left.
    """

    def __init__(self, is_busy: Callable[[str], bool], before_end: Callable[[], None]) -> None:
        self._is_busy = is_busy
        self._before_end = before_end
        self._left: dict[str, set[str]] = {}
        self._tell: dict[str, Callable[[int], None]] = {}

    def begin(self, owner: str, urls: Iterable[str], tell: Callable[[int], None]) -> None:
        """Wait for these; ``tell`` hears how many are left, now and each time that it is less."""
        self._left[owner] = {url for url in urls if self._is_busy(url)}
        self._tell[owner] = tell
        self._say(owner)

    def drop(self, owner: str) -> None:
        """Wait no more."""
        self._left.pop(owner, None)
        self._tell.pop(owner, None)

    def look(self, url: str) -> None:
        """Something came to its end about this link."""
        for owner in [owner for owner, left in self._left.items() if url in left]:
            if not self._is_busy(url):
                self._left[owner].discard(url)
                self._say(owner)

    def look_at_all(self) -> None:
        """Something came to its end that may be about any link."""
        for url in {url for left in self._left.values() for url in left}:
            self.look(url)

    def _say(self, owner: str) -> None:
        left = len(self._left[owner])
        if not left:
            self._before_end()
        self._tell[owner](left)
