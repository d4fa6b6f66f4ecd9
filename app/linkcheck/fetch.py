"""One page, checked for real: from its URL to a verdict."""

from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from app.linkcheck.gate import Gate, OpenGate
from app.linkcheck.resolver import Resolver
from app.linkcheck.settings import CheckSettings
from app.linkcheck.verdict import Note, Reason, Verdict


@dataclass(frozen=True, slots=True)
class PageVerdict:
    """What one check found out.

    ``verdict`` is the page's own, ``missing_fragments`` those asked for that surely are not in it,
    ``requests`` what it cost (redirects included).
    """

    verdict: Verdict
    missing_fragments: frozenset[str] = frozenset()
    requests: int = 0

    def for_fragment(self, fragment: str) -> Verdict:
        """The verdict of the link that has this fragment (``""``: none)."""
        return self.verdict


class Fetcher:
    """Checks pages; owns the connections. One for each event loop, closed by `aclose`.

    ``gate`` holds back requests (default: no limits), ``resolver`` looks names up (default: the
    system's), ``clock`` gives the time of day in UTC.
    """

    def __init__(
        self,
        settings: CheckSettings,
        *,
        gate: Gate | None = None,
        resolver: Resolver | None = None,
        clock: Callable[[], datetime] | None = None,
    ) -> None:
        self._settings = settings
        self._gate = gate or OpenGate()

    async def check(self, url: str, fragments: Collection[str] = ()) -> PageVerdict:
        """Ask for ``url`` (its fragment ignored) and look up all ``fragments`` in its page.

        Fragments are without ``#``, as in `WebUrl.fragment`. Never raises but `CancelledError`.
        """
        raise NotImplementedError

    async def aclose(self) -> None:
        """Close every connection; checks still under way must have been cancelled before."""
