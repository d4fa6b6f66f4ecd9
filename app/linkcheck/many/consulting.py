"""Putting links to reputation services, beside the checks and never before them."""

import asyncio
import logging
from collections import Counter
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import replace
from typing import Any

from app.linkcheck.reputation import ReputationService, with_reputation
from app.linkcheck.verdict import Note, Reason, Status, Verdict

log = logging.getLogger(__name__)

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
        self._changing: asyncio.Task[None] | None = None
        self._on_verdict = on_verdict
        self._on_over = on_over
        self._tasks: set[asyncio.Task[None]] = set()
        self._asked: Counter[str] = Counter()

    def is_asking(self, url: str) -> bool:
        """Whether an answer about this link is waited for, or other services are."""
        is_changing = self._changing is not None and not self._changing.done()
        return is_changing or self._asked[url] > 0

    def change(self, services: Sequence[ReputationService], then: Callable[[], None]) -> None:
        """Ask these from now on, once those before are closed; ``then`` is called after that."""
        before, chosen = self._changing, tuple(services)
        self._changing = asyncio.ensure_future(self._change(chosen, before, then))

    async def _change(
        self,
        services: tuple[ReputationService, ...],
        before: "asyncio.Task[None] | None",
        then: Callable[[], None],
    ) -> None:
        if before is not None:
            await asyncio.gather(before, return_exceptions=True)
        await self.close_services()  # before others read the same files
        self._services = services
        then()

    async def close_services(self) -> None:
        """Give up what is being asked, and close the services; none is left."""
        for task in self._tasks:
            task.cancel()
        services, self._services = self._services, ()
        closed = await asyncio.gather(
            *(service.aclose() for service in services), return_exceptions=True
        )
        for error in closed:
            if isinstance(error, Exception):
                log.error("A reputation service could not be closed: %s", type(error).__name__)

    def consult(self, url: str, verdict: Verdict) -> None:
        """Put a link to the services, whose verdict is known; tells only what they change of it.

        Without a network to those alone that ask nobody, such as the writer's own lists.
        """
        services = self._services
        if verdict.reason in _NOT_KNOWN:
            services = tuple(each for each in services if getattr(each, "asks_nobody", False))
        if services:
            self._begin(url, self._look_up(url, verdict, services))

    def consult_anew(self, url: str, verdict: Verdict, check: Callable[[str], None]) -> None:
        """As `consult`, where a verdict may rest on what other services said, or said earlier.

        A flag that nobody raises any more is for ``check`` to replace; a service that cannot tell
        leaves it.
        """
        if verdict.status is Status.BLOCK:
            self._begin(url, self._look_again(url, verdict, check))
        elif verdict.reason in _NOT_KNOWN:
            self.consult(url, verdict)
        elif self._services or verdict.notes:
            self._begin(url, self._look_up(url, verdict, self._services))

    async def join(self) -> None:
        """Wait until nothing is asked any more."""
        while self._tasks:
            await asyncio.wait(self._tasks)

    async def aclose(self) -> None:
        """Give up what is being asked; the services stay open."""
        if self._changing is not None:
            await asyncio.gather(self._changing, return_exceptions=True)
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

    async def _look_up(
        self, url: str, verdict: Verdict, services: Sequence[ReputationService]
    ) -> None:
        better = await with_reputation(verdict, url, services)
        if better is not verdict:
            self._on_verdict(url, better)

    async def _look_again(self, url: str, flagged: Verdict, check: Callable[[str], None]) -> None:
        bare = replace(
            flagged, reason=Reason.PENDING, threat=None, hop=None, also=(), retry_at=None
        )
        found = await with_reputation(bare, url, self._services)
        if found.status is Status.BLOCK:
            self._on_verdict(url, found)
        elif Note.REPUTATION_UNKNOWN not in found.notes:
            check(url)
