"""The link checker behind the server: the app's own, within the server's bounds."""

import asyncio
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from app.linkcheck.many.checker import Checker
from app.linkcheck.many.gates import HostGates
from app.linkcheck.many.network import Network
from app.linkcheck.many.states import NetworkState
from app.linkcheck.net.resolver import Resolver
from app.linkcheck.page.fetch import Fetcher, Guard
from app.linkcheck.settings import CheckSettings
from app.linkcheck.verdict import Verdict
from app.trackserver.settings import Checks

_PAGE = 1 << 20
_ASK_AGAIN = 5.0
_ENOUGH = 20_000


@dataclass(frozen=True, slots=True)
class Reach:
    """What reaches out of the process: the system's own, unless a test says otherwise."""

    resolver: Resolver | None = None
    network: Network | None = None


class Engine:
    """A checker with its connections and what it has learnt of hosts; for one event loop.

    It is replaced when it has seen many links: what is known of hosts would grow for ever.
    """

    def __init__(
        self,
        checks: Checks,
        guard: Guard,
        reach: Reach,
        on_verdict: Callable[[str, Verdict], None],
    ) -> None:
        settings = CheckSettings(
            concurrency=checks.at_once,
            per_host=checks.per_host,
            timeout=checks.timeout,
            allow_private=checks.allow_private,
            trust_placeholders=False,
            max_page=_PAGE,
        )
        gates = HostGates(settings.concurrency, settings.per_host, settings.timeout)
        self._fetcher = Fetcher(settings, gate=gates, resolver=reach.resolver, guard=guard)
        self._checker = Checker(
            *(self._fetcher, settings, gates, on_verdict),
            on_state=self._network_changed,
            network=reach.network,
        )
        self._watch: asyncio.Task[None] | None = None
        self._seen = 0

    @property
    def is_spent(self) -> bool:
        """Whether another one should take over."""
        return self._seen >= _ENOUGH

    @property
    def requests(self) -> int:
        """Sent to sites so far."""
        return self._checker.requests

    def submit(self, urls: Iterable[str]) -> None:
        """Check these; a verdict may come before this returns."""
        wanted = list(urls)
        self._seen += len(wanted)
        self._checker.submit(wanted)

    def withdraw(self, urls: Iterable[str]) -> None:
        """Nobody waits for these any longer."""
        self._checker.withdraw(urls)

    async def aclose(self, *, finish: bool = False) -> None:
        """Close the connections, after the last check where ``finish``, else at once."""
        if finish:
            await self._checker.join()
        if self._watch is not None:
            self._watch.cancel()
            await asyncio.gather(self._watch, return_exceptions=True)
        await self._checker.aclose()
        await self._fetcher.aclose()

    def _network_changed(self, state: NetworkState) -> None:
        if state is not NetworkState.ONLINE and self._watch is None:
            self._watch = asyncio.ensure_future(self._watch_network())

    async def _watch_network(self) -> None:
        """Look until the network is back: meanwhile nothing is asked for."""
        doubt = self._checker.doubt
        while doubt.state is not NetworkState.ONLINE:
            await asyncio.sleep(_ASK_AGAIN)
            doubt.check_route()
            if doubt.has_route:
                await doubt.ask_network()
        self._watch = None
