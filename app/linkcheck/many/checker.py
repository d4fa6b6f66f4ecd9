"""Checks many links at once: each page once, hosts spared, what is visible first.

`Checker` is the engine of the command line and of the app's service alike. It belongs to one event
loop; verdicts are handed to a callback as they come.
"""

import asyncio
import heapq
import logging
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from time import monotonic
from typing import Protocol

from app.linkcheck.many.consulting import Consulting
from app.linkcheck.many.doubt import Doubt, unknown
from app.linkcheck.many.gates import HostGates
from app.linkcheck.many.network import Network, SystemNetwork
from app.linkcheck.many.states import NetworkState, Priority
from app.linkcheck.page.fetch import PageVerdict
from app.linkcheck.reputation import ReputationService
from app.linkcheck.rules.hosts import host_notes, judge_listed
from app.linkcheck.sentences import describe, sentence
from app.linkcheck.settings import CheckSettings
from app.linkcheck.urls import WebUrl, parse
from app.linkcheck.verdict import Reason, Verdict

log = logging.getLogger(__name__)

_HOST_FAILURES = frozenset({Reason.TIMEOUT, Reason.REFUSED, Reason.CONNECTION_LOST})
_FAILURES_TO_GIVE_UP = 5
_GIVEN_UP_FOR = 60.0


class PageChecker(Protocol):
    """Checks one page: the `Fetcher` here, or one day a server that does it for us."""

    async def check(self, url: str, fragments: Collection[str] = ()) -> PageVerdict:
        """See `Fetcher.check`."""

    async def aclose(self) -> None:
        """See `Fetcher.aclose`."""


@dataclass(frozen=True, slots=True)
class Summary:
    """What a run cost: requests sent, wall time in seconds; and how the network was at its end."""

    requests: int
    seconds: float
    network: NetworkState


class _Page:
    """A page that is wanted: all URLs that name it, by fragment."""

    __slots__ = ("asked", "key", "order", "priority", "task", "url", "wanted")

    def __init__(self, key: str, url: WebUrl, priority: int) -> None:
        self.key = key
        self.url = url
        self.priority = priority
        self.order = 0
        self.wanted: dict[str, set[str]] = {}
        self.asked: frozenset[str] = frozenset()
        self.task: asyncio.Task[PageVerdict] | None = None


class _Lane:
    """The pages of one host: how many are being checked, and who waits for the host."""

    __slots__ = ("host", "running", "waiting")

    def __init__(self, host: str) -> None:
        self.host = host
        self.running = 0
        self.waiting: list[tuple[int, int, _Page]] = []


class _Origin:
    """How an origin has behaved: failures in a row, the last one, and whether it was ever reached.

    Only failures to connect count: they come before the link itself is asked for, so that what is
    true of one link there is true of all.
    """

    __slots__ = ("failed_at", "failures", "last", "was_reached")

    def __init__(self) -> None:
        self.failures = 0
        self.failed_at = 0.0
        self.last = Reason.TIMEOUT
        self.was_reached = False

    @property
    def is_given_up(self) -> bool:
        """It failed so often, and was never reached, that trying on would only cost time."""
        if self.was_reached or self.failures < _FAILURES_TO_GIVE_UP:
            return False
        return monotonic() - self.failed_at < _GIVEN_UP_FOR


class Checker:
    """Turns wanted URLs into verdicts.

    Args:
        fetcher: checks single pages; it should have been given the same ``gates``.
        settings: limits.
        gates: the limits of the hosts.
        on_verdict: hears of each verdict as soon as it is known. A URL's verdict can be followed
            by another one, when a reputation service has something to add.
        on_state: hears when the network goes or comes.
        network: looks at the computer's connection.
        reputation: services to put every link to.
        on_consulted: hears of each link that was put to them, once all have answered.
    """

    def __init__(
        self,
        fetcher: PageChecker,
        settings: CheckSettings,
        gates: HostGates,
        on_verdict: Callable[[str, Verdict], None],
        *,
        on_state: Callable[[NetworkState], None] = lambda _: None,
        network: Network | None = None,
        reputation: Sequence[ReputationService] = (),
        on_consulted: Callable[[str], None] = lambda _: None,
    ) -> None:
        self._fetcher = fetcher
        self._gates = gates
        self._on_verdict = on_verdict
        self.reputation = Consulting(reputation, on_verdict, on_consulted)
        # A page that backs off holds no request, so more pages than requests may be under way.
        self._most_pages = settings.concurrency * 2
        self._pages: dict[str, _Page] = {}
        self._urls: dict[str, str] = {}
        self._ready: list[tuple[int, int, _Page]] = []
        self._lanes: dict[str, _Lane] = {}
        self._origins: dict[str, _Origin] = {}
        self._running = 0
        self._fetching = 0
        self._order = 0
        self.requests = 0
        self._idle = asyncio.Event()
        self._idle.set()
        self._timers: set[asyncio.TimerHandle] = set()
        self._on_state = on_state
        self.doubt = Doubt(
            network or SystemNetwork(),
            allow_private=settings.allow_private,
            is_busy=lambda: bool(self._fetching),
            on_state=self._network_changed,
        )

    async def run(self, urls: Iterable[str]) -> Summary:
        """Check all these and wait for the last; may be cancelled at any time."""
        started, before = monotonic(), self.requests
        try:
            self.submit(urls)
            await self.join()
        except asyncio.CancelledError:
            self.withdraw(list(self._urls))
            raise
        seconds = monotonic() - started
        return Summary(self.requests - before, seconds, self.doubt.state)

    async def join(self) -> None:
        """Wait until nothing is left to check."""
        await self._idle.wait()
        await self.reputation.join()

    async def aclose(self) -> None:
        """Cancel everything and wait until it has ended."""
        tasks = [page.task for page in self._pages.values() if page.task]
        self.withdraw(list(self._urls))
        for timer in self._timers:
            timer.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await self.reputation.aclose()

    def submit(self, urls: Iterable[str], priority: Priority = Priority.REST) -> None:
        """Want these absolute URLs checked; those already wanted may only become more urgent."""
        self.doubt.check_route()
        for url in urls:
            parsed = parse(url)
            if parsed is None:
                detail = sentence(Reason.MALFORMED)
                self._on_verdict(url, Verdict(Reason.MALFORMED, detail=detail))
            elif not self._tell_at_once(url, parsed):
                self._want(url, parsed, priority)
        self._dispatch()

    def withdraw(self, urls: Iterable[str]) -> None:
        """Want these no more: what waits is dropped, what runs for nobody else is cancelled."""
        for url in urls:
            key = self._urls.pop(url, None)
            if key is None:
                continue
            page = self._pages[key]
            for wanting in page.wanted.values():
                wanting.discard(url)
            if not any(page.wanted.values()):
                self._drop(page)
        self._dispatch()

    def _tell_at_once(self, url: str, parsed: WebUrl) -> bool:
        if parsed.host.endswith(".invalid"):
            # RFC 6761, 6.4: this name never exists, whatever a resolver says or fails to say.
            self._tell(url, parsed, Verdict(Reason.NO_SUCH_HOST))
        elif not parsed.is_private and (listed := judge_listed(parsed)) is not None:
            self._tell(url, parsed, listed)
        elif not parsed.is_private and self.doubt.state is not NetworkState.ONLINE:
            self._on_verdict(url, unknown(self.doubt.state))
        else:
            return False
        return True

    def _want(self, url: str, parsed: WebUrl, priority: int) -> None:
        key = parsed.page
        page = self._pages.get(key)
        if page is None:
            page = self._pages[key] = _Page(key, parsed, priority)
            self._idle.clear()
            self._enqueue(page)
        elif priority < page.priority and page.task is None:
            page.priority = priority
            self._enqueue(page)
        page.wanted.setdefault(parsed.fragment, set()).add(url)
        self._urls[url] = key

    def _enqueue(self, page: _Page) -> None:
        self._order += 1
        page.order = self._order
        heapq.heappush(self._ready, (page.priority, page.order, page))

    def _dispatch(self) -> None:
        """Start what may start, the most urgent first."""
        ready = self._ready
        while ready and self._running < self._most_pages:
            entry = heapq.heappop(ready)
            if not self._is_current(entry):
                continue
            page = entry[2]
            lane = self._lane(page)
            if self._has_room(page, lane):
                self._start(page, lane)
            else:
                heapq.heappush(lane.waiting, entry)

    def _is_current(self, entry: tuple[int, int, _Page]) -> bool:
        """Whether a place in a queue still counts: the page may be gone, or have moved up."""
        page = entry[2]
        return entry[1] == page.order and page.task is None and self._pages.get(page.key) is page

    def _lane(self, page: _Page) -> _Lane:
        lane = self._lanes.get(page.url.host)
        if lane is None:
            lane = self._lanes[page.url.host] = _Lane(page.url.host)
        return lane

    def _has_room(self, page: _Page, lane: _Lane) -> bool:
        limit = self._gates.limit_of(page.url.host)
        if lane.running >= limit.limit:
            return False
        if not limit.resume_at:
            return True
        loop = asyncio.get_running_loop()
        if limit.resume_at <= loop.time():
            return True
        if not lane.running:
            self._wake_later(limit.resume_at, lane)
        return False

    def _wake_later(self, when: float, lane: _Lane) -> None:
        def wake() -> None:
            self._timers.discard(timer)
            self._open(lane)

        timer = asyncio.get_running_loop().call_at(when, wake)
        self._timers.add(timer)

    def _open(self, lane: _Lane) -> None:
        """Let those who wait for a host compete again, as many as it may have room for."""
        room = max(1, self._gates.limit_of(lane.host).limit - lane.running)
        while lane.waiting and room:
            entry = heapq.heappop(lane.waiting)
            if self._is_current(entry):
                heapq.heappush(self._ready, entry)
                room -= 1
        self._dispatch()

    def _start(self, page: _Page, lane: _Lane) -> None:
        lane.running += 1
        self._running += 1
        page.asked = frozenset(page.wanted)
        page.task = asyncio.get_running_loop().create_task(self._check(page))
        # Not at the end of `_check`: a task that is cancelled before its first step never runs.
        page.task.add_done_callback(lambda task: self._ended(page, lane, task))

    def _ended(self, page: _Page, lane: _Lane, task: "asyncio.Task[PageVerdict]") -> None:
        lane.running -= 1
        self._running -= 1
        if not task.cancelled():
            self._finish(page, task.result())
        self._open(lane)

    def _drop(self, page: _Page) -> None:
        del self._pages[page.key]
        if page.task:
            page.task.cancel()
        if not self._pages:
            self._idle.set()

    async def _check(self, page: _Page) -> PageVerdict:
        origin = self._origins.setdefault(page.url.origin, _Origin())
        if origin.is_given_up:
            return PageVerdict(Verdict(origin.last, detail=_GAVE_UP))
        started = monotonic()
        self._fetching += 1
        try:
            result = await self._fetcher.check(page.key, page.asked - {""})
        except Exception:
            # Whatever is wrong with the checker, no link may wait for ever, nor be called broken.
            log.exception("A check failed")
            return PageVerdict(Verdict(Reason.ODD_ANSWER, detail=_OWN_FAULT))
        finally:
            self._fetching -= 1
        self.requests += result.requests
        _remember(origin, result)
        verdict = await self.doubt.judge(page.url, result.verdict, started)
        if verdict.reason is Reason.TIMEOUT and not verdict.redirects:
            self._gates.paces.silent(page.url.origin)
        return result if verdict is result.verdict else replace(result, verdict=verdict)

    def _finish(self, page: _Page, result: PageVerdict) -> None:
        """Tell everyone who wanted this page; look again for fragments that came too late."""
        page.task = None
        for fragment in page.asked:
            for url in page.wanted.pop(fragment, ()):
                del self._urls[url]
                self._tell(url, page.url, result.for_fragment(fragment))
        page.wanted = {fragment: urls for fragment, urls in page.wanted.items() if urls}
        if page.wanted:
            self._enqueue(page)
        elif self._pages.get(page.key) is page:
            self._drop(page)

    def _network_changed(self, state: NetworkState) -> None:
        self._on_state(state)
        if state is NetworkState.ONLINE:
            return
        waiting = [
            page for page in self._pages.values() if not page.task and not page.url.is_private
        ]
        for page in waiting:
            urls = [url for urls in page.wanted.values() for url in urls]
            self.withdraw(urls)
            for url in urls:
                self._on_verdict(url, unknown(state))

    def _tell(self, url: str, parsed: WebUrl, verdict: Verdict) -> None:
        notes = host_notes(parsed)
        if notes:
            verdict = replace(verdict, notes=tuple(dict.fromkeys((*verdict.notes, *notes))))
        if not verdict.detail:
            verdict = replace(verdict, detail=describe(verdict.reason, verdict.notes))
        self._on_verdict(url, verdict)
        self.reputation.consult(url, verdict)


def _remember(origin: _Origin, result: PageVerdict) -> None:
    verdict = result.verdict
    if verdict.redirects:
        return  # the failure is that of another host
    if verdict.reason in _HOST_FAILURES and not result.requests:
        origin.failures += 1
        origin.failed_at = monotonic()
        origin.last = verdict.reason
    else:
        origin.failures, origin.was_reached = 0, True


_GAVE_UP = "No connection to this site could be made, several times over. Check again later."
_OWN_FAULT = "The check itself failed, which says nothing about the link."
