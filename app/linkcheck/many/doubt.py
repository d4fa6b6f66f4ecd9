"""Tells dead links from a dead or dishonest network before anybody hears of them.

A result is believed at once when it cannot come from the network between: an answer over TLS from
a public host. Such an answer also vouches for the others around it. Without one, doubtful results
wait (at most a few seconds) until the network has been asked (`app.linkcheck.many.network`):

* no route, no name, no connection, no answer in time: the link may be dead, or we are offline;
* an answer over plain HTTP, or a certificate that is not trusted: it may be a captive portal's.

Where the network cannot be asked, or the hosts are private ones, one thing still gives a portal
away: three hosts or more, all of which lead to the same page of another host, and none that stays.
"""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from time import monotonic
from urllib.parse import urlsplit

from app.linkcheck.many.network import Network
from app.linkcheck.many.states import NetworkState
from app.linkcheck.sentences import sentence
from app.linkcheck.urls import WebUrl
from app.linkcheck.verdict import Reason, Verdict

_NO_ANSWER = frozenset(
    {Reason.TIMEOUT, Reason.NO_SUCH_HOST, Reason.DNS_FAILURE, Reason.REFUSED}
    | {Reason.CONNECTION_LOST, Reason.IPV6_ONLY}
)
_SETTLING = 1.0
_VOUCHED_BEFORE = 5.0
_VOUCHED_FOR_ANSWERS = 600.0
_PORTAL_HOSTS = 3
_UNKNOWN_REASONS = {
    NetworkState.OFFLINE: Reason.OFFLINE,
    NetworkState.CAPTIVE_PORTAL: Reason.CAPTIVE_PORTAL,
}


def unknown(state: NetworkState) -> Verdict:
    """What is said of a link while the network is away."""
    reason = _UNKNOWN_REASONS[state]
    return Verdict(reason, detail=sentence(reason))


class Doubt:
    """Judges results by what is known of the network; belongs to one event loop.

    ``is_busy`` tells whether other checks are still under way; ``on_state`` hears of changes.
    """

    def __init__(
        self,
        network: Network,
        *,
        allow_private: bool,
        is_busy: Callable[[], bool],
        on_state: Callable[[NetworkState], None],
    ) -> None:
        self.state = NetworkState.ONLINE
        self._network = network
        self._allow_private = allow_private
        self._is_busy = is_busy
        self._on_state = on_state
        self._vouched_at = float("-inf")
        self._inquiry: asyncio.Task[NetworkState] | None = None
        self._led_away: dict[str, str] = {}
        self._stayed = False
        self._routeless = False

    def check_route(self) -> None:
        """Take note when there is no way out at all; costs microseconds and sends nothing."""
        if not self._network.has_route():
            self._routeless = True
            self._enter(NetworkState.OFFLINE)
        elif self._routeless:
            self._routeless = False
            self._enter(NetworkState.ONLINE)

    @property
    def has_route(self) -> bool:
        """Whether there is any way out."""
        return self._network.has_route()

    async def ask_network(self) -> NetworkState:
        """Find out what the network is like now."""
        state = await self._network.probe()
        if state is NetworkState.ONLINE:
            self.vouch()
        self._enter(state)
        return state

    def vouch(self) -> None:
        """The network was just seen to work, and to be honest."""
        self._vouched_at = monotonic()
        self._enter(NetworkState.ONLINE)

    async def judge(self, url: WebUrl, verdict: Verdict, started: float) -> Verdict:
        """The verdict, or what is said instead when it was the network's fault.

        Args:
            url: the page that was asked.
            verdict: what came of it.
            started: when the check began (`time.monotonic`).
        """
        answered = verdict.reason not in _NO_ANSWER
        self._remember(url, verdict, answered)
        is_local = await self._is_local(url)
        if is_local:
            return await self._judge_local(url, verdict)
        if verdict.http_status is not None and url.scheme == "https":
            self.vouch()
        elif not self._is_vouched(answered, started):
            return self._believe(verdict, answered, await self._inquire())
        return verdict

    def _is_vouched(self, answered: bool, started: float) -> bool:
        span = _VOUCHED_FOR_ANSWERS if answered else _VOUCHED_BEFORE
        return self._vouched_at >= started - span

    def _believe(self, verdict: Verdict, answered: bool, state: NetworkState) -> Verdict:
        if state is NetworkState.ONLINE:
            return verdict
        if state is NetworkState.CAPTIVE_PORTAL:
            return _instead(verdict, NetworkState.CAPTIVE_PORTAL)
        return verdict if answered else _instead(verdict, NetworkState.OFFLINE)

    async def _judge_local(self, url: WebUrl, verdict: Verdict) -> Verdict:
        """Local hosts answer for themselves, unless every one of them leads to one page."""
        if url.origin not in self._led_away or self._stayed:
            return verdict
        await self._settle(lambda: self._stayed)
        if self._all_led_to_one_page():
            return _instead(verdict, NetworkState.CAPTIVE_PORTAL)
        return verdict

    async def _is_local(self, url: WebUrl) -> bool:
        if url.is_private:
            return True
        return self._allow_private and await self._network.is_local(url.host)

    def _remember(self, url: WebUrl, verdict: Verdict, answered: bool) -> None:
        if not answered:
            return
        if verdict.redirects:
            final = urlsplit(verdict.final_url or url.href)
            if final.netloc.removeprefix("www.") != url.authority.removeprefix("www."):
                self._led_away[url.origin] = f"{final.netloc}{final.path}"
                return
        self._stayed = True

    def _all_led_to_one_page(self) -> bool:
        return (
            not self._stayed
            and len(self._led_away) >= _PORTAL_HOSTS
            and len(set(self._led_away.values())) == 1
        )

    async def _inquire(self) -> NetworkState:
        """One inquiry for all who are in doubt at the same time."""
        if self._inquiry is None:
            self._inquiry = asyncio.ensure_future(self._find_out(self._vouched_at))
            self._inquiry.add_done_callback(self._inquiry_ended)
        return await asyncio.shield(self._inquiry)

    def _inquiry_ended(self, _: "asyncio.Task[NetworkState]") -> None:
        self._inquiry = None

    async def _find_out(self, before: float) -> NetworkState:
        await self._settle(lambda: self._vouched_at > before)
        if self._vouched_at > before:
            return NetworkState.ONLINE
        state = await self._network.probe()
        if self._vouched_at > before or state is NetworkState.ONLINE:
            self.vouch()
            return NetworkState.ONLINE
        if self._all_led_to_one_page():
            state = NetworkState.CAPTIVE_PORTAL
        self._enter(state)
        return state

    async def _settle(self, is_clear: Callable[[], bool]) -> None:
        """Give the checks under way a moment to clear the doubt."""
        until = monotonic() + _SETTLING
        # Three things can end this, none of which is an event here; and it is short.
        while self._is_busy() and not is_clear() and monotonic() < until:  # noqa: ASYNC110
            await asyncio.sleep(0.02)

    def _enter(self, state: NetworkState) -> None:
        if state is self.state:
            return
        if state is not NetworkState.ONLINE:
            # The next network may be another one: what vouched for this says nothing of that.
            self._vouched_at, self._stayed = float("-inf"), False
            self._led_away.clear()
        self.state = state
        self._on_state(state)


def _instead(verdict: Verdict, state: NetworkState) -> Verdict:
    """The network's fault, with what the check cost kept."""
    return replace(unknown(state), seconds=verdict.seconds)
