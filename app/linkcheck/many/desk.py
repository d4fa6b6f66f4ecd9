"""What happens in the link service's thread: from wishes to checks, and to batches of verdicts.

Everything here runs in one event loop. A URL is *wanted* by at least one draft; it is *under way*
while the checker has it; it is *settled* until its verdict falls due again; and it *waits* while
there is no network.
"""

import asyncio
import logging
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from time import monotonic
from typing import TYPE_CHECKING

from app.linkcheck.many.afresh import AsksAfresh
from app.linkcheck.many.checker import Checker, PageChecker
from app.linkcheck.many.gates import HostGates
from app.linkcheck.many.known import OVERRULING
from app.linkcheck.many.network import Network
from app.linkcheck.many.rounds import Rounds
from app.linkcheck.many.states import NetworkState, Priority
from app.linkcheck.net.pace import Paces
from app.linkcheck.reputation import ReputationService
from app.linkcheck.settings import CheckSettings
from app.linkcheck.store.accepted import AcceptedLinksError
from app.linkcheck.store.cache import LIFE_SPANS
from app.linkcheck.urls import parse
from app.linkcheck.verdict import Reason, Status, Verdict

if TYPE_CHECKING:
    from app.linkcheck.many.service import LinkService

log = logging.getLogger(__name__)

BATCH = 0.05
RESTS = 0.6
"""Seconds for which a URL must not be typed at before it is checked."""
RETRIES = (60.0, 300.0, 900.0)
"""Seconds before a passing failure is looked at again; after the last it is left alone."""
_LONGEST_RETRY = 3600.0
_OFFLINE_LOOKS = (2.0, 4.0, 8.0, 15.0, 30.0, 60.0)
_TICK = 5.0
_DUE_EVERY = 60.0
_SETTLED = frozenset({Status.SAFE, Status.UNCHECKED})
"""What need not be asked again, though it is not stored: the writer's own word, for instance."""
_NO_NETWORK = frozenset({Reason.OFFLINE, Reason.CAPTIVE_PORTAL})


class Desk:
    """The service's work; all methods but `call` belong to its thread."""

    def __init__(
        self,
        service: "LinkService",
        make_fetcher: Callable[[CheckSettings, HostGates], PageChecker],
        network: Network | None,
        reputation: Sequence[ReputationService],
    ) -> None:
        settings = service.limits
        self._paces = Paces(service.cache.paces())
        gates = HostGates(
            settings.concurrency, settings.per_host, settings.timeout, paces=self._paces
        )
        self._service = service
        self._loop = asyncio.get_running_loop()
        self._fetcher = make_fetcher(settings, gates)
        self._rounds = Rounds(self._is_busy, self._flush)
        self._checker = Checker(
            *(self._fetcher, settings, gates, self._found),
            on_state=self._network_changed,
            network=network,
            reputation=reputation,
            on_consulted=self._rounds.look,
        )
        self._wants: dict[str, dict[str, Priority]] = {}
        self._typed: dict[str, str] = {}
        self._rests: dict[str, asyncio.TimerHandle] = {}
        self._under_way: dict[str, Priority] = {}
        self._settled: dict[str, float] = {}
        self._retries: dict[str, int] = {}
        self._retry_timers: dict[str, asyncio.TimerHandle] = {}
        self._waiting: set[str] = set()
        self._batch: dict[str, Verdict] = {}
        self._batch_timer: asyncio.TimerHandle | None = None
        self._stopped = asyncio.Event()
        self._look_now = asyncio.Event()
        self._watch: asyncio.Task[None] | None = None

    def call(self, action: "Callable[[Desk], None]") -> None:
        """Have something done in the desk's thread; from any thread."""
        try:
            self._loop.call_soon_threadsafe(action, self)
        except RuntimeError:
            log.debug("The link checker has stopped already")

    async def run(self) -> None:
        """Work until `stop`, then tidy up."""
        self._service.cache.prune()
        ticking = asyncio.ensure_future(self._tick())
        await self._stopped.wait()
        tasks = [task for task in (ticking, self._watch) if task]
        for task in tasks:
            task.cancel()
        timers = [*self._rests.values(), *self._retry_timers.values()]
        for timer in timers:
            timer.cancel()
        await self._checker.aclose()
        await asyncio.gather(*tasks, return_exceptions=True)
        await self._fetcher.aclose()
        self._flush()
        await self._checker.reputation.close_services()

    def stop(self) -> None:
        """Begin the end."""
        self._stopped.set()

    # Wishes

    def want(self, owner: str, urls: dict[str, Priority]) -> None:
        """See `LinkService.want`."""
        if urls:
            self._wants[owner] = urls
        else:
            self._wants.pop(owner, None)
        self._follow_wishes()

    def assure(
        self, owner: str, urls: list[str], again: list[str], on_left: Callable[[int], None]
    ) -> None:
        """See `LinkService.assure`."""
        self.want(owner, dict.fromkeys(urls, Priority.VISIBLE))
        self.recheck(again)
        self._rounds.begin(owner, urls, on_left)

    def relent(self, owner: str) -> None:
        """See `LinkService.relent`."""
        self._rounds.drop(owner)
        self.want(owner, {})

    def _is_busy(self, url: str) -> bool:
        return url in self._under_way or self._checker.reputation.is_asking(url)

    def typing(self, owner: str, url: str | None) -> None:
        """See `LinkService.typing`."""
        timer = self._rests.pop(owner, None)
        if timer:
            timer.cancel()
        if url is None:
            self._typed.pop(owner, None)
            self._follow_wishes()
        else:
            self._typed[owner] = url
            self._rests[owner] = self._loop.call_later(RESTS, self.typing, owner, None)
            self._withdraw([url] if url in self._under_way else [])

    def recheck(self, urls: Iterable[str]) -> None:
        """See `LinkService.recheck`."""
        again = list(urls)
        if isinstance(self._fetcher, AsksAfresh):
            self._fetcher.ask_afresh(again)
        for url in again:
            self._retries.pop(url, None)
            self._submit([url], Priority.VISIBLE)

    def accept(self, url: str, when: datetime) -> None:
        """See `LinkService.accept`."""
        try:
            verdict = self._service.accepted.accept(url, when)
        except AcceptedLinksError as error:
            log.error("A link's acceptance is not kept: %s", error)
            return
        self._withdraw([url])
        self._forget_retry(url)
        self._settle(url, verdict)
        self._pass_on(url, verdict)
        self._checker.reputation.consult(url, verdict)

    def withdraw_acceptance(self, url: str) -> None:
        """See `LinkService.withdraw_acceptance`."""
        try:
            self._service.accepted.withdraw(url)
        except AcceptedLinksError as error:
            log.error("A link's acceptance cannot be withdrawn: %s", error)
        self.recheck([url])

    def use_reputation(self, services: Sequence[ReputationService]) -> None:
        """See `LinkService.use_reputation`."""
        self._checker.reputation.change(services, self._consult_all)

    def _consult_all(self) -> None:
        """Other services are on: put to them what is known already."""
        self._flush()  # what was found just now is known, too
        known = self._service.known([url for url in self._wanted() if url not in self._under_way])
        for url, verdict in known.items():
            self._checker.reputation.consult_anew(url, verdict, self._check_flagged)
        self._loop.call_soon(self._rounds.look_at_all)

    def _check_flagged(self, url: str) -> None:
        """Nobody flags this link any more: find out about it anew."""
        if url not in self._under_way and url in self._wanted():
            self._submit([url], Priority.VISIBLE)

    def look_at_network(self, online: bool) -> None:
        """See `LinkService.set_online`."""
        self._checker.doubt.check_route()
        if online:
            self._look_now.set()

    def _follow_wishes(self) -> None:
        """Start what is newly wanted, stop what is not."""
        wanted = self._wanted()
        self._waiting &= wanted.keys()
        self._withdraw([url for url in self._under_way if url not in wanted])
        for url in [url for url in self._retry_timers if url not in wanted]:
            self._forget_retry(url)
        now = monotonic()
        due = [
            url
            for url, priority in wanted.items()
            if self._settled.get(url, 0.0) <= now
            and url not in self._waiting
            and self._under_way.get(url, 9) > priority
        ]
        due = self._not_known(due)
        for priority in Priority:
            self._submit([url for url in due if wanted[url] is priority], priority)

    def _wanted(self) -> dict[str, Priority]:
        """All wishes together, but for what is being typed and its beginnings."""
        wanted: dict[str, Priority] = {}
        for urls in self._wants.values():
            for url, priority in urls.items():
                wanted[url] = min(priority, wanted.get(url, priority))
        for typed in self._typed.values():
            for url in [url for url in wanted if typed.startswith(url)]:
                if url == typed or url not in self._under_way:
                    del wanted[url]
        return wanted

    def _not_known(self, urls: Sequence[str]) -> list[str]:
        """Those that must be asked; the others are settled, and passed on."""
        new = [url for url in urls if url not in self._under_way and url not in self._settled]
        known = dict(self._service.accepted.verdicts(new))
        for url, cached in self._service.cache.get_many(new).items():
            if cached.fresh and (url not in known or cached.verdict.status in OVERRULING):
                known[url] = cached.verdict
        for url, verdict in known.items():
            self._settle(url, verdict)
            self._pass_on(url, verdict)
            self._checker.reputation.consult_anew(url, verdict, self._check_flagged)
        return [url for url in urls if url not in known]

    def _submit(self, urls: Sequence[str], priority: Priority) -> None:
        for url in urls:
            self._under_way[url] = priority
            self._settled.pop(url, None)
            self._forget_retry(url)
        if urls:
            self._checker.submit(urls, priority)

    def _withdraw(self, urls: Sequence[str]) -> None:
        for url in urls:
            self._under_way.pop(url, None)
            self._loop.call_soon(self._rounds.look, url)
        self._checker.withdraw(urls)

    # Verdicts

    def _found(self, url: str, verdict: Verdict) -> None:
        """Take a verdict from the checker."""
        self._under_way.pop(url, None)
        self._loop.call_soon(self._rounds.look, url)  # not at once: reputation is asked after this
        if verdict.reason in _NO_NETWORK:
            self._waiting.add(url)
            known = self._service.known([url]).get(url)
            if known is None or known.reason is Reason.LISTED:  # the lists are asked once more
                self._pass_on(url, verdict)
            self._checker.reputation.consult(url, verdict)
            return
        if self._overrules(url, verdict):
            self._pass_on(url, verdict)
        self._settle(url, verdict)
        passes = verdict.status not in _SETTLED or verdict.reason is Reason.PENDING
        if verdict.reason not in LIFE_SPANS and passes:
            self._try_again_later(url, verdict)
        else:
            self._retries.pop(url, None)

    def _overrules(self, url: str, verdict: Verdict) -> bool:
        return verdict.status in OVERRULING or not self._service.accepted.verdicts([url])

    def _settle(self, url: str, verdict: Verdict) -> None:
        span = LIFE_SPANS.get(verdict.reason, float("inf"))
        if verdict.from_cache and verdict.checked_at is not None:
            span -= (datetime.now(UTC) - verdict.checked_at).total_seconds()
        if verdict.status is Status.BLOCK and verdict.retry_at is not None:
            span = min(span, (verdict.retry_at - datetime.now(UTC)).total_seconds())
        self._settled[url] = monotonic() + max(span, 0.0)

    def _try_again_later(self, url: str, verdict: Verdict) -> None:
        done = self._retries.get(url, 0)
        if verdict.reason is Reason.LISTED_HOST or done >= len(RETRIES):
            return
        self._retries[url] = done + 1
        delay = RETRIES[done]
        if verdict.retry_at is not None:
            announced = (verdict.retry_at - datetime.now(UTC)).total_seconds()
            delay = min(max(announced, 1.0), _LONGEST_RETRY)
        self._retry_timers[url] = self._loop.call_later(delay, self._try_again, url)

    def _try_again(self, url: str) -> None:
        self._retry_timers.pop(url, None)
        self._submit([url], Priority.REST)

    def _forget_retry(self, url: str) -> None:
        timer = self._retry_timers.pop(url, None)
        if timer:
            timer.cancel()

    def _pass_on(self, url: str, verdict: Verdict) -> None:
        self._batch[url] = verdict
        if self._batch_timer is None:
            self._batch_timer = self._loop.call_later(BATCH, self._flush)

    def _flush(self) -> None:
        if self._batch_timer:
            self._batch_timer.cancel()
            self._batch_timer = None
        if not self._batch:
            return
        batch, self._batch = list(self._batch.items()), {}
        self._service.cache.put_many(item for item in batch if not item[1].from_cache)
        self._service.cache.put_paces(self._paces.take_changed())
        self._service.learned(batch)

    # Network

    def _network_changed(self, state: NetworkState) -> None:
        self._service.network_changed(state)
        if state is NetworkState.ONLINE:
            self._resume()
        elif self._watch is None:
            self._watch = asyncio.ensure_future(self._watch_network())
            self._watch.add_done_callback(self._watch_ended)

    def _watch_ended(self, _: "asyncio.Task[None]") -> None:
        self._watch = None

    def _resume(self) -> None:
        waiting, self._waiting = self._waiting, set()
        wanted = self._wanted()
        for priority in Priority:
            self._submit([url for url in waiting if wanted.get(url) is priority], priority)

    async def _watch_network(self) -> None:
        """Look for the network, ever less often, until it is back."""
        doubt, looks = self._checker.doubt, iter(_OFFLINE_LOOKS)
        pause = next(looks)
        while doubt.state is not NetworkState.ONLINE:
            try:
                await asyncio.wait_for(self._look_now.wait(), pause)
                looks = iter(_OFFLINE_LOOKS)
            except TimeoutError:
                pass  # nobody has heard anything of the network: look ourselves
            self._look_now.clear()
            pause = next(looks, _OFFLINE_LOOKS[-1])
            doubt.check_route()
            if doubt.has_route:
                await self._ask_network()

    async def _ask_network(self) -> None:
        """Ask the network; where nobody known answers, perhaps one of the links does."""
        doubt = self._checker.doubt
        if await doubt.ask_network() is not NetworkState.OFFLINE:
            return
        for url in self._waiting:
            parsed = parse(url)
            if parsed is not None and parsed.scheme == "https":
                result = await self._fetcher.check(parsed.page)
                if result.verdict.http_status is not None:
                    doubt.vouch()
                return

    async def _tick(self) -> None:
        """Notice a network that goes quietly, and verdicts that fall due."""
        looked_at = monotonic()
        while True:
            await asyncio.sleep(_TICK)
            self._checker.doubt.check_route()
            if monotonic() - looked_at >= _DUE_EVERY:
                looked_at = monotonic()
                self._follow_wishes()
