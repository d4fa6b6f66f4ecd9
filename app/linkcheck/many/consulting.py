"""Putting links to reputation services, beside the checks and never before them."""

import asyncio
from collections import Counter
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import replace
from typing import Any

from app.linkcheck.reputation import ReputationService, with_reputation
from app.linkcheck.verdict import Note, Reason, Status, Verdict

_NOT_KNOWN = frozenset({Reason.OFFLINE, Reason.CAPTIVE_PORTAL})


class Consulting:
    """The services that are on, and what they are being asked; for one event loop.

    ``on_verdict`` hears what they change of a link's verdict. ``on_over`` hears of each link that
    was put to them, once all have answered or given up.
    """

    def __init__(
        self,
        services: Sequence[ReputationService],
        on_verdict: Callable[[str, Verdict], None],
        on_over: Callable[[str], None] = lambda _: None,
    ) -> None:
        self._services = tuple(services)
        self._on_verdict = on_verdict
        self._on_over = on_over
        self._tasks: set[asyncio.Task[None]] = set()
        self._asked: Counter[str] = Counter()

    def is_asking(self, url: str) -> bool:
        """Whether an answer about this link is waited for."""
        return self._asked[url] > 0

    def use(self, services: Sequence[ReputationService]) -> None:
        """Ask these from now on; what others are being asked is given up."""
        for task in self._tasks:
            task.cancel()
        self._services = tuple(services)

    def consult(self, url: str, verdict: Verdict) -> None:
        """Put a link to the services, whose verdict is known; tells only what they change of it."""
        if self._services and verdict.reason not in _NOT_KNOWN:
            self._begin(url, self._look_up(url, verdict))

    def consult_anew(self, url: str, verdict: Verdict, check: Callable[[str], None]) -> None:
        """As `consult`, where a verdict may rest on what other services said, or said earlier.

        A flag that nobody raises any more is for ``check`` to replace; a service that cannot tell
        leaves it.
        """
        if verdict.status is Status.BLOCK:
            self._begin(url, self._look_again(url, verdict, check))
        elif (self._services or verdict.notes) and verdict.reason not in _NOT_KNOWN:
            self._begin(url, self._look_up(url, verdict))

    async def join(self) -> None:
        """Wait until nothing is asked any more."""
        while self._tasks:
            await asyncio.wait(self._tasks)

    async def aclose(self) -> None:
        """Give up what is being asked; the services stay open."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _begin(self, url: str, look: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(look)
        self._tasks.add(task)
        self._asked[url] += 1
        task.add_done_callback(lambda done: self._end(url, done))

    def _end(self, url: str, task: "asyncio.Task[None]") -> None:
        self._tasks.discard(task)
        self._asked[url] -= 1
        if not self._asked[url]:
            del self._asked[url]
            self._on_over(url)

    async def _look_up(self, url: str, verdict: Verdict) -> None:
        better = await with_reputation(verdict, url, self._services)
        if better is not verdict:
            self._on_verdict(url, better)

    async def _look_again(self, url: str, flagged: Verdict, check: Callable[[str], None]) -> None:
        bare = replace(flagged, reason=Reason.PENDING, threat=None, hop=None, retry_at=None)
        found = await with_reputation(bare, url, self._services)
        if found.status is Status.BLOCK:
            self._on_verdict(url, found)
        elif Note.REPUTATION_UNKNOWN not in found.notes:
            check(url)
