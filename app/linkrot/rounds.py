"""The rounds: one link after the other, for as long as the app is open."""

import asyncio
import logging
import random
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field, replace

from app.linkrot.archive import Archive, ArchiveError, day_of
from app.linkrot.asking import Asks
from app.linkrot.judging import Finding, after, finding
from app.linkrot.listing import nearest_to
from app.linkrot.model import DAY, Page, Written
from app.linkrot.planning import HOST_PACE, LONGEST, PACE, next_turn
from app.linkrot.sources import pages
from app.linkrot.store import RotStore, RotStoreError

log = logging.getLogger(__name__)

GATHER_EVERY = 6 * 3600.0
"""Seconds after which letters are looked through anew, unless they are told to be other ones."""
OFFLINE_PAUSE = 300.0
TROUBLE_PAUSE = 600.0


@dataclass(frozen=True, slots=True)
class Terms:
    """When and how gently.

    Attributes:
        pace, host_pace: Seconds between two requests to anybody, and to the same host.
        clock: Seconds since 1970.
        chance: 0 to 1.
        holds_back: Seconds for which the writer is not to be disturbed yet; 0: go on.
    """

    pace: float = PACE
    host_pace: float = HOST_PACE
    clock: Callable[[], float] = time.time
    chance: Callable[[], float] = random.random
    holds_back: Callable[[], float] = lambda: 0.0


@dataclass(slots=True)
class Heard:
    """Who hears of it, in the rounds' own thread."""

    changed: Callable[[], None] = lambda: None
    """A page died, came back, or its copy was found."""
    trouble: Callable[[str], None] = lambda _: None
    """Nothing can be kept, in words for the writer; empty: all is well again."""


@dataclass(slots=True)
class Rounds:
    """Looks at links; belongs to one event loop.

    Args:
        store: What is known.
        asks: Finds out.
        gather: Tells the letters that there are.
        archive: Is asked for copies of what died; None where that is not allowed.
    """

    store: RotStore
    asks: Asks
    gather: Callable[[], Awaitable[Sequence[Written]]]
    archive: Archive | None = None
    terms: Terms = field(default_factory=Terms)
    heard: Heard = field(default_factory=Heard)
    _written: Sequence[Written] = ()
    _gathered: float | None = None
    _is_in_trouble: bool = False
    _unanswered: dict[tuple[str, str], float] = field(default_factory=dict)
    _wake: asyncio.Event = field(default_factory=asyncio.Event)

    async def run(self) -> None:
        """Go on for ever; cancel it to end."""
        while True:
            pause = await self.step()
            try:
                async with asyncio.timeout(pause):
                    await self._wake.wait()
            except TimeoutError:
                pass
            self._wake.clear()

    def nudge(self) -> None:
        """There are other letters, or other links in them."""
        self._gathered = None
        self._wake.set()

    async def step(self) -> float:
        """Do what there is to do now; seconds until there may be more."""
        try:
            pause = await self._step()
        except RotStoreError as error:
            self._is_in_trouble = True
            self.heard.trouble(str(error))
            return TROUBLE_PAUSE
        except Exception as error:  # noqa: BLE001 - a mistake of ours: the care goes on
            log.error("%s while old links were looked at", type(error).__name__)
            return TROUBLE_PAUSE
        if self._is_in_trouble:
            self._is_in_trouble = False
            self.heard.trouble("")
        return pause

    async def _step(self) -> float:
        terms = self.terms
        held = terms.holds_back()
        if held > 0:
            return held
        now = terms.clock()
        if self._gathered is None or not 0 <= now - self._gathered < GATHER_EVERY:
            await self._gather(now)
        rest = await self._look_for_a_copy()
        turn = next_turn(self.store, now, terms.chance, pace=terms.pace, host_pace=terms.host_pace)
        if not turn.url:
            return min(turn.wait, rest)
        page = await look(self.store, self.asks, turn.url, terms, self.heard.changed)
        return OFFLINE_PAUSE if page is None else min(terms.pace, rest)

    async def _gather(self, now: float) -> None:
        self._gathered = now  # before: who nudges meanwhile has it done again
        try:
            self._written = await self.gather()
            self.store.want(set(pages(self._written)), now)
        except BaseException:
            self._gathered = None
            raise

    async def _look_for_a_copy(self) -> float:
        """Ask the archive for one copy that is not known yet; seconds until the next."""
        if self.archive is None:
            return LONGEST
        dead = self.store.dead()
        for each in self._written:
            for link in each.links:
                page = dead.get(link.page)
                if page is None:
                    continue
                near = nearest_to(each.letter, page)
                if self._need_not_ask(link.page, near):
                    continue
                wait = self.archive.wait()
                return wait if wait > 0 else await self._find(self.archive, link.page, near)
        return LONGEST

    def _need_not_ask(self, page: str, near: float) -> bool:
        until = self._unanswered.get((page, day_of(near)), 0.0)
        if self.terms.clock() < until:
            return True
        return self.archive is None or self.archive.known(page, near) is not None

    async def _find(self, archive: Archive, page: str, near: float) -> float:
        try:
            await archive.find(page, near)
        except ArchiveError as error:
            self._unanswered[page, day_of(near)] = self.terms.clock() + DAY
            return max(error.wait, OFFLINE_PAUSE)
        self.heard.changed()
        return archive.wait()


async def look(
    store: RotStore,
    asks: Asks,
    url: str,
    terms: Terms,
    changed: Callable[[], None] = lambda: None,
) -> Page | None:
    """Look at one page and keep what was found; None where the network was away."""
    verdict = await asks.ask(url)
    now = terms.clock()
    before = store.page(url) or Page(url, now, now, now)
    known = after(before, verdict, now, terms.chance())
    store.put(replace(known, asked=now))
    if known.standing is not before.standing:
        changed()
    return None if finding(verdict) is Finding.NOT_KNOWN else known
