"""How long to wait for a host: what it did before decides.

A link's time limit bounds its whole check. Within it, nobody waits long for a connection unless
the host is known to be slow; a host that never answered, in this run or an earlier one, is given
up sooner; and the GET that goes out beside an unanswered HEAD goes out the sooner the faster the
host usually is.
"""

from collections.abc import Mapping
from typing import NamedTuple

_NEWEST = 0.3
"""Weight of the newest answer in what is usual."""
_LEAST = 2.0
"""Seconds that even a host that never answered gets."""
_LEAST_TO_CONNECT = 1.0
_SLOW_SHARE = 1 / 8
"""Of the time limit: a host that usually takes longer is slow."""


class Pace(NamedTuple):
    """What one origin (``https://host:port``) did so far.

    ``usual`` is how many seconds an answer takes, None where there never was one; ``silences`` how
    many checks in a row got no answer in time; ``ignores_head`` whether GET was answered while
    HEAD was not.
    """

    usual: float | None = None
    silences: int = 0
    ignores_head: bool = False

    def whole(self, limit: float) -> float:
        """Seconds for the whole check of a link, of the ``limit`` set by the user."""
        if not self.silences:
            return limit
        share = 1 / 2 if self.silences == 1 else 1 / 4
        return min(limit, max(_LEAST, limit * share))

    def to_connect(self, limit: float) -> float:
        """Seconds for one attempt to connect and agree on TLS."""
        if self.usual is not None and self.usual >= limit * _SLOW_SHARE:
            return limit
        share = 1 / 8 if self.silences else 1 / 4
        return min(limit, max(_LEAST_TO_CONNECT, limit * share))

    def before_get(self, limit: float) -> float:
        """Seconds that HEAD is waited for before GET goes out beside it."""
        if self.ignores_head:
            return min(limit / 4, max(0.1, 2 * (self.usual or 0.1)))
        if self.usual is None:
            return limit / 4
        return min(limit / 4, max(limit / 6, 8 * self.usual))


UNKNOWN = Pace()


class Paces:
    """The pace of every origin that was asked. ``known`` comes from earlier runs."""

    def __init__(self, known: Mapping[str, Pace] | None = None) -> None:
        self._paces = dict(known or {})
        self._changed: set[str] = set()

    def of(self, origin: str) -> Pace:
        """What is known of an origin."""
        return self._paces.get(origin, UNKNOWN)

    def answered(self, origin: str, method: str, seconds: float) -> None:
        """Its answer (of whatever status) took so long."""
        before = self.of(origin)
        usual = seconds
        if before.usual is not None:
            usual = before.usual + _NEWEST * (seconds - before.usual)
        ignores_head = before.ignores_head and method != "HEAD"
        self._set(origin, Pace(usual, 0, ignores_head))

    def silent(self, origin: str) -> None:
        """A whole check of a link there got no answer in time, and the network is not to blame."""
        before = self.of(origin)
        if before.usual is None:
            self._set(origin, before._replace(silences=before.silences + 1))

    def ignored_head(self, origin: str) -> None:
        """It answered GET while HEAD waited."""
        self._set(origin, self.of(origin)._replace(ignores_head=True))

    def take_changed(self) -> dict[str, Pace]:
        """What has changed since the last call, to be kept for the next run."""
        changed = {origin: self._paces[origin] for origin in self._changed}
        self._changed.clear()
        return changed

    def _set(self, origin: str, pace: Pace) -> None:
        self._paces[origin] = pace
        self._changed.add(origin)
