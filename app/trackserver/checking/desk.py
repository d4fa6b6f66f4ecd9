"""What happens in the checking thread: links are queued by key, asked for once, told to all.

Everything here runs in one event loop, but for the store, which is asked in threads.
"""

import asyncio
import logging
from collections import Counter, deque
from collections.abc import Callable, Coroutine, Iterable, Mapping
from functools import partial
from typing import TypeVar

from sqlalchemy.exc import SQLAlchemyError

from app.linkcheck.page.fetch import Guard
from app.linkcheck.sentences import sentence
from app.linkcheck.urls import parse
from app.linkcheck.verdict import Reason, Verdict
from app.trackserver.checking.asks import Ask, Told, discreet, unanswered
from app.trackserver.checking.engine import Engine, Reach
from app.trackserver.checking.guard import Guard as ServerGuard
from app.trackserver.checking.shelf import Kept, Shelf, encoded
from app.trackserver.settings import Checks

_log = logging.getLogger(__name__)

T = TypeVar("T")

_FLUSH = 0.2
_RECENT = 2_000
"""Verdicts that are told from here, too: the store has them a little later."""
_LOOK = 0.25
_CLAIM_AGAIN = 8
"""Looks at the store between two attempts to take over what another process asks for."""
_TICK = 10.0
_TICKS_TO_PRUNE = 360

STOPPING = "The server is being restarted. Check again in a moment."
TOO_LATE = "The server had no time for this link. Check again in a moment."


class _Wish:
    """A link that somebody waits for."""

    __slots__ = ("asks", "engine", "is_claimed", "is_queued", "key", "not_before", "url")

    def __init__(self, url: str, ask: Ask) -> None:
        self.url = url
        self.key = ask.key
        self.not_before = ask.not_before
        self.asks = {ask}
        self.engine: Engine | None = None
        self.is_queued = True
        self.is_claimed = False


class Desk:
    """Checks what is asked; all methods but the constructor belong to its loop.

    Args:
        own_hosts: The server's own names, besides its publications' domains.
    """

    def __init__(
        self, checks: Checks, shelf: Shelf, own_hosts: frozenset[str], reach: Reach
    ) -> None:
        self._checks = checks
        self._shelf = shelf
        self._given_hosts = self._hosts = own_hosts
        self._guard: Guard = ServerGuard(checks.ports, lambda: self._hosts)
        self._reach = reach
        self._loop = asyncio.get_running_loop()
        self._engine = self._new_engine()
        self._asks: set[Ask] = set()
        self._wishes: dict[str, _Wish] = {}
        self._queues: dict[int, deque[_Wish]] = {}
        self._under_way: Counter[int] = Counter()
        self._elsewhere: dict[str, _Wish] = {}
        self._found_lately: dict[str, Kept] = {}
        self._recent: dict[str, Kept] = {}
        self._released: set[str] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._is_pumping = self._is_following = self._is_flushing = False
        self._is_ready = False
        self._stopped = asyncio.Event()
        self._retired: set[Engine] = set()
        self._requests = 0
        self.verdicts: Counter[str] = Counter()

    @property
    def waiting(self) -> int:
        """Links that wait, or are being asked for."""
        return len(self._wishes)

    @property
    def requests(self) -> int:
        """Sent to sites so far."""
        return self._requests + sum(each.requests for each in (self._engine, *self._retired))

    async def run(self) -> None:
        """Work until ``stop``, then tidy up."""
        ticks = 0
        while not self._stopped.is_set():
            await self._look_at_hosts()
            if not self._is_ready:
                self._is_ready = True
                self._pump_soon()
            if ticks % _TICKS_TO_PRUNE == 0:
                await self._stored(self._shelf.prune, None)
            ticks += 1
            try:
                await asyncio.wait_for(self._stopped.wait(), _TICK)
            except TimeoutError:
                continue
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        for engine in (self._engine, *self._retired):
            await engine.aclose()
        await self._flush()

    def stop(self) -> None:
        """Answer everybody, and begin the end."""
        for ask in list(self._asks):
            self._give_up(ask, STOPPING)
        self._stopped.set()

    def take(self, ask: Ask) -> None:
        """Check a request's links; those that are being checked already are waited for."""
        if self._stopped.is_set():
            self._give_up(ask, STOPPING)
            return
        self._asks.add(ask)
        for url in list(ask.pending):
            kept = self._recent.get(url)
            if kept is not None and self._shelf.is_fresh(kept, ask.not_before):
                # Found after the request looked for it, and before it came here.
                ask.pending.discard(url)
                ask.tell(url, Told(kept.encoded, kept))
                continue
            wish = self._wishes.get(url)
            if wish is None:
                wish = self._wishes[url] = _Wish(url, ask)
                self._queues.setdefault(ask.key, deque()).append(wish)
            wish.asks.add(ask)
            wish.not_before = max(wish.not_before, ask.not_before)
        if not ask.pending:
            self.leave(ask)
            return
        ask.timer = self._loop.call_later(self._checks.patience, self._give_up, ask, TOO_LATE)
        self._pump_soon()

    def leave(self, ask: Ask) -> None:
        """The client is gone: what nobody else waits for is not asked for."""
        self._asks.discard(ask)
        if ask.timer is not None:
            ask.timer.cancel()
        for url in ask.pending:
            wish = self._wishes.get(url)
            if wish is not None:
                wish.asks.discard(ask)
                if not wish.asks:
                    self._drop(wish)
        ask.pending.clear()

    def _give_up(self, ask: Ask, why: str) -> None:
        answer = Told(encoded(unanswered(why)))
        for url in ask.pending:
            ask.tell(url, answer)
        self.leave(ask)

    def _drop(self, wish: _Wish) -> None:
        """Forget a wish that was fulfilled, or that nobody has any more."""
        del self._wishes[wish.url]
        self._elsewhere.pop(wish.url, None)
        if not wish.is_queued:
            self._under_way[wish.key] -= 1
        if wish.engine is not None:
            wish.engine.withdraw([wish.url])
        if wish.is_claimed and wish.url not in self._found_lately:
            self._released.add(wish.url)
            self._flush_soon()
        self._pump_soon()

    # What is asked next

    def _pump_soon(self) -> None:
        if not self._is_pumping:
            self._is_pumping = True
            self._loop.call_soon(self._pump)

    def _pump(self) -> None:
        """Start what the keys may have, by turns."""
        self._is_pumping = False
        if not self._is_ready:
            return
        started: list[_Wish] = []
        turn: deque[int] = deque(self._queues)
        while turn:
            key = turn.popleft()
            wish = self._next(key)
            if wish is not None:
                started.append(wish)
                turn.append(key)
        if not started:
            return
        if self._shelf.is_shared:
            self._spawn(self._claim(started))
        else:
            self._submit(started)

    def _next(self, key: int) -> _Wish | None:
        """The key's next link, if it may have one more under way."""
        queue = self._queues[key]
        while queue and self._under_way[key] < self._checks.links:
            wish = queue.popleft()
            if self._wishes.get(wish.url) is wish:
                wish.is_queued = False
                self._under_way[key] += 1
                return wish
        if not queue:
            del self._queues[key]
            if not self._under_way[key]:
                del self._under_way[key]
        return None

    def _submit(self, wishes: Iterable[_Wish]) -> None:
        if self._engine.is_spent:
            self._retire()
        asked = []
        for wish in wishes:
            if self._wishes.get(wish.url) is not wish:
                continue
            refusal = self._refusal(wish.url)
            if refusal is None:
                wish.engine = self._engine
                asked.append(wish.url)
            else:
                self._found(wish.url, refusal)
        self._engine.submit(asked)

    def _refusal(self, url: str) -> Verdict | None:
        """The verdict of a link that is not asked for, nor looked up."""
        parsed = parse(url)
        if parsed is None:
            return None
        if parsed.has_credentials:
            return Verdict(Reason.CREDENTIALS, detail=sentence(Reason.CREDENTIALS))
        if parsed.is_private and not self._checks.allow_private:
            return None
        failure = self._guard(parsed)
        if failure is None:
            return None
        detail = f"The server does not open this link: {failure.evidence}."
        return Verdict(failure.reason, detail=detail)

    def _retire(self) -> None:
        self._retired.add(self._engine)
        self._spawn(self._end(self._engine))
        self._engine = self._new_engine()

    async def _end(self, engine: Engine) -> None:
        """Close it when its last check has ended."""
        await engine.aclose(finish=True)
        self._retired.discard(engine)
        self._requests += engine.requests

    def _new_engine(self) -> Engine:
        return Engine(self._checks, self._guard, self._reach, self._found)

    # What was found

    def _found(self, url: str, verdict: Verdict) -> None:
        """Take a verdict from the checker."""
        wish = self._wishes.get(url)
        if wish is None:
            return
        wish.engine = None
        verdict = discreet(verdict)
        self.verdicts[verdict.status.value] += 1
        kept = self._shelf.keep(verdict)
        if kept is not None:
            self._found_lately[url] = kept
            self._remember(url, kept)
            self._flush_soon()
        self._tell(wish, Told(encoded(verdict), kept))

    def _tell(self, wish: _Wish, answer: Told) -> None:
        for ask in list(wish.asks):
            ask.pending.discard(wish.url)
            ask.tell(wish.url, answer)
            if not ask.pending:
                self.leave(ask)
        self._drop(wish)

    def _remember(self, url: str, kept: Kept) -> None:
        self._recent.pop(url, None)
        self._recent[url] = kept
        if len(self._recent) > _RECENT:
            del self._recent[next(iter(self._recent))]

    def _flush_soon(self) -> None:
        if not self._is_flushing:
            self._is_flushing = True
            self._loop.call_later(_FLUSH, lambda: self._spawn(self._flush()))

    async def _flush(self) -> None:
        """Keep what was found, in one transaction."""
        self._is_flushing = False
        found, self._found_lately = self._found_lately, {}
        released, self._released = self._released - found.keys(), set()
        if found:
            await self._stored(lambda: self._shelf.put(found), None)
        if released:
            await self._stored(lambda: self._shelf.release(released), None)

    # Other processes

    async def _claim(self, wishes: list[_Wish]) -> None:
        """Ask for what no other process is asking for; watch the store for the rest."""
        urls = [wish.url for wish in wishes]
        nothing: Mapping[str, Kept | None] = dict.fromkeys(urls)
        gained = await self._stored(lambda: self._shelf.claim(urls), nothing)
        mine = []
        for wish in wishes:
            is_mine = wish.url in gained
            if self._wishes.get(wish.url) is not wish:
                if is_mine and wish.url not in self._wishes:
                    self._released.add(wish.url)
                    self._flush_soon()
                continue
            wish.is_claimed = is_mine
            kept = gained.get(wish.url)
            if kept is not None and kept.checked_at >= wish.not_before:
                self._tell(wish, Told(kept.encoded, kept))
            elif is_mine:
                self._elsewhere.pop(wish.url, None)
                mine.append(wish)
            else:
                self._elsewhere[wish.url] = wish
        self._submit(mine)
        if self._elsewhere and not self._is_following:
            self._is_following = True
            self._spawn(self._follow())

    async def _follow(self) -> None:
        """See what other processes found; take over what they gave up."""
        looks = 0
        while self._elsewhere:
            await asyncio.sleep(_LOOK)
            looks += 1
            urls = list(self._elsewhere)
            nothing: dict[str, Kept] = {}
            known = await self._stored(partial(self._shelf.known, urls), nothing)
            for url, kept in known.items():
                wish = self._elsewhere.get(url)
                if wish is not None and kept.checked_at >= wish.not_before:
                    self._tell(wish, Told(kept.encoded, kept))
            if looks % _CLAIM_AGAIN == 0 and self._elsewhere:
                await self._claim(list(self._elsewhere.values()))
        self._is_following = False

    # The store

    async def _look_at_hosts(self) -> None:
        hosts = await self._stored(self._shelf.own_hosts, self._hosts)
        self._hosts = self._given_hosts | hosts

    async def _stored(self, call: Callable[[], T], otherwise: T) -> T:
        """What the store says; ``otherwise`` while it does not answer: it is only a cache."""
        try:
            return await asyncio.to_thread(call)
        except SQLAlchemyError as error:
            _log.warning("the cache of links is away", extra={"error": type(error).__name__})
            return otherwise

    def _spawn(self, work: Coroutine[None, None, None]) -> None:
        task = self._loop.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
