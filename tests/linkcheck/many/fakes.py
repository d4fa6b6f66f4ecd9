"""Stand-ins for the network, so that the tests decide what happens when."""

import asyncio
from collections.abc import Callable, Collection

from app.linkcheck.many.checker import Checker
from app.linkcheck.many.gates import HostGates
from app.linkcheck.many.network import Network
from app.linkcheck.many.states import NetworkState
from app.linkcheck.page.fetch import PageVerdict
from app.linkcheck.reputation import ReputationService
from app.linkcheck.settings import CheckSettings
from app.linkcheck.verdict import Reason, Redirect, Verdict


class FakeNetwork:
    """A computer whose connection the test decides on."""

    def __init__(
        self, state: NetworkState = NetworkState.ONLINE, *, route: bool = True, local: bool = False
    ) -> None:
        self.state = state
        self.route = route
        self.local = local
        self.probes = 0

    def has_route(self) -> bool:
        return self.route

    async def probe(self) -> NetworkState:
        self.probes += 1
        await asyncio.sleep(0)
        return self.state

    async def is_local(self, host: str) -> bool:
        return self.local


def ok(url: str) -> Verdict:
    return Verdict(Reason.OK, http_status=200, method="HEAD", final_url=url)


def failed(reason: Reason) -> Callable[[str], Verdict]:
    return lambda _: Verdict(reason)


def leads_to(target: str) -> Callable[[str], Verdict]:
    def answer(_: str) -> Verdict:
        hop = Redirect(302, target)
        return Verdict(Reason.OK, http_status=200, final_url=target, redirects=(hop,))

    return answer


class FakeFetcher:
    """Answers by URL or host; remembers what was asked, and how much at once."""

    def __init__(
        self,
        answers: dict[str, Callable[[str], Verdict]] | None = None,
        *,
        delay: float = 0.0,
        requests: int = 1,
    ) -> None:
        self.requests = requests
        self.answers = answers or {}
        self.delay = delay
        self.asked: list[str] = []
        self.fragments: list[set[str]] = []
        self.cancelled: list[str] = []
        self.now = 0
        self.most = 0
        self.missing: frozenset[str] = frozenset()

    async def check(self, url: str, fragments: Collection[str] = ()) -> PageVerdict:
        self.asked.append(url)
        self.fragments.append(set(fragments))
        self.now += 1
        self.most = max(self.most, self.now)
        try:
            await asyncio.sleep(self.delay)
        except asyncio.CancelledError:
            self.cancelled.append(url)
            raise
        finally:
            self.now -= 1
        host = url.split("/")[2]
        answer = self.answers.get(url) or self.answers.get(host) or self.answers.get("*") or ok
        missing = frozenset(fragments) & self.missing
        return PageVerdict(answer(url), missing_fragments=missing, requests=self.requests)

    async def aclose(self) -> None:
        pass


class Desk:
    """A checker on fakes, and all that it said."""

    def __init__(
        self,
        fetcher: FakeFetcher,
        *,
        network: Network | None = None,
        settings: CheckSettings | None = None,
        reputation: Collection[ReputationService] = (),
    ) -> None:
        settings = settings or CheckSettings()
        self.fetcher = fetcher
        self.said: list[tuple[str, Verdict]] = []
        self.states: list[NetworkState] = []
        self.gates = HostGates(settings.concurrency, settings.per_host, settings.timeout)
        self.checker = Checker(
            fetcher,
            settings,
            self.gates,
            lambda url, verdict: self.said.append((url, verdict)),
            on_state=self.states.append,
            network=network or FakeNetwork(),
            reputation=tuple(reputation),
        )

    @property
    def reasons(self) -> dict[str, Reason]:
        return {url: verdict.reason for url, verdict in self.said}
