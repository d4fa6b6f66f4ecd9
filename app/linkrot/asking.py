"""Asks one link at a time, with the app's own checker."""

import contextlib
from collections.abc import Callable
from typing import Protocol

from app.linkcheck.many.afresh import AsksAfresh
from app.linkcheck.many.checker import Checker, PageChecker
from app.linkcheck.many.gates import HostGates
from app.linkcheck.many.network import Network
from app.linkcheck.many.states import NetworkState
from app.linkcheck.rules.deeds import refuse_deeds
from app.linkcheck.settings import CheckSettings
from app.linkcheck.verdict import Reason, Verdict

MakeFetcher = Callable[[CheckSettings, HostGates], PageChecker]


class Asks(Protocol):
    """Finds out about a link; belongs to one event loop."""

    async def ask(self, url: str) -> Verdict:
        """What becomes of whoever opens it now. A verdict that is ``unchecked`` says nothing."""

    async def aclose(self) -> None:
        """Cancel what is under way."""


class CheckerAsks:
    """The checker of drafts, without its cache: what was found a day ago says nothing of today.

    Args:
        settings: Limits of the checks.
        make_fetcher: Checks from here, or has a server check.
        network: A stand-in for the computer's connection.
    """

    def __init__(
        self,
        settings: CheckSettings,
        make_fetcher: MakeFetcher,
        network: Network | None = None,
    ) -> None:
        gates = HostGates(settings.concurrency, settings.per_host, settings.timeout)
        self._fetcher = make_fetcher(settings, gates)
        self._found: dict[str, Verdict] = {}
        self._checker = Checker(
            self._fetcher, settings, gates, self._found.__setitem__, network=network
        )

    async def ask(self, url: str) -> Verdict:
        """See `Asks`."""
        if self._checker.doubt.state is not NetworkState.ONLINE:
            await self._checker.doubt.ask_network()
        if isinstance(self._fetcher, AsksAfresh):
            self._fetcher.ask_afresh([url])
        await self._checker.run([url])
        return self._found.pop(url, Verdict(Reason.PENDING))

    async def aclose(self) -> None:
        """See `Asks`."""
        await self._checker.aclose()
        with contextlib.suppress(OSError):
            await self._fetcher.aclose()


def from_here(settings: CheckSettings, gates: HostGates) -> PageChecker:
    """Checks from this computer. No redirect leads it into a link that does something."""
    from app.linkcheck.page.fetch import Fetcher

    return Fetcher(settings, gate=gates, guard=refuse_deeds)
