"""One sync of one account: pages from its provider into the store, whatever happens meanwhile."""

import asyncio
import random
import time
from collections.abc import AsyncGenerator, Callable, Coroutine
from dataclasses import dataclass, field
from typing import Any, TypeVar, cast

from app.engagement.errors import HttpError
from app.engagement.model import Page
from app.engagement.providers import HistoryLostError, Provider
from app.engagement.store.schema import StoreError
from app.engagement.store.store import OtherSyncError, Store, Target
from app.engagement.sync.state import Outcome, State, next_status, state_of
from app.speech import say

_MOST_RESYNCS = 3
"""In one sync: a server that changes its epoch with each answer is not followed for ever."""
_MOST_PROBLEMS = 20
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a sync is. ``whole`` is None while nobody knows how much there is."""

    account: str
    pages: int
    records: int
    done: int
    whole: int | None


OnProgress = Callable[[Progress], None]


class _OtherHistoryError(Exception):
    """A page belongs to another history than what was stored before."""


@dataclass
class _Run:
    account: str
    target: Target
    pages: int = 0
    records: int = 0
    resyncs: int = 0
    server_time: int | None = None
    clock_off: int | None = None
    problems: list[str] = field(default_factory=list)

    def outcome(self, state: State, message: str = "", wait: float = 0.0) -> Outcome:
        return Outcome(
            self.account, state, message, tuple(self.problems), self.pages, self.records,
            resynced=self.resyncs > 0, wait=wait, as_of=self.server_time,
            clock_off=self.clock_off,
        )  # fmt: skip


async def sync(
    account: str,
    provider: Provider,
    store: Store,
    on_progress: OnProgress = lambda _: None,
    clock: Callable[[], float] = time.time,
) -> Outcome:
    """Bring one account up to date, and keep how that went.

    Cancelling ends it within a second; every page that was stored holds, and the next sync goes on
    from there.

    Args:
        account: Its id.
        provider: Reads it.
        store: Where the pages go.
        on_progress: Told after each page.
        clock: Seconds since 1970. Ours, so never used to order anything.
    """
    try:
        run = _Run(account, await _stored(store.target, account))
    except StoreError as error:
        return Outcome(account, State.STORE, str(error))
    try:
        outcome = await _attempt(run, provider, store, on_progress, clock)
    except asyncio.CancelledError:
        note(store, run.outcome(State.CANCELLED, say("The sync was stopped.")), clock)
        raise
    try:
        await _stored(note, store, outcome, clock)
        while outcome.state is State.CURRENT and await _stored(store.sweep):
            pass
    except StoreError as error:
        return run.outcome(State.STORE, str(error))
    return outcome


async def _attempt(
    run: _Run,
    provider: Provider,
    store: Store,
    on_progress: OnProgress,
    clock: Callable[[], float],
) -> Outcome:
    try:
        while True:
            try:
                await _pages(run, provider, store, on_progress, clock)
                if not run.target.live and not run.problems:
                    run.target = await _stored(store.make_live, run.target)
            except (HistoryLostError, _OtherHistoryError):
                run.resyncs += 1
                if run.resyncs > _MOST_RESYNCS:
                    return run.outcome(
                        State.FAILING, say("The server's history changes all the time.")
                    )
                run.target = await _stored(store.begin_again, run.target)
            else:
                break
    except HttpError as error:
        return run.outcome(state_of(error), str(error), error.wait)
    except StoreError as error:
        return run.outcome(State.STORE, str(error))
    except OtherSyncError:
        return run.outcome(State.ELSEWHERE, say("Another window is syncing this account."))
    return run.outcome(State.INCOMPLETE if run.problems else State.CURRENT)


async def _pages(
    run: _Run,
    provider: Provider,
    store: Store,
    on_progress: OnProgress,
    clock: Callable[[], float],
) -> None:
    pages = _ahead(cast("AsyncGenerator[Page, None]", provider.pages(run.target.marks)))
    try:
        async for page in pages:
            known = run.target.epoch
            if page.epoch is not None and known is not None and page.epoch != known:
                raise _OtherHistoryError
            if page.server_time is not None:
                run.server_time = page.server_time
                run.clock_off = page.server_time - int(clock() * 1000)
            run.problems += page.problems[: _MOST_PROBLEMS - len(run.problems)]
            if _says_something(page, run.target):
                run.target = await _stored(store.commit, run.target, page)
                run.pages += 1
                run.records += len(page.records)
            on_progress(Progress(run.account, run.pages, run.records, page.done, page.whole))
    finally:
        await pages.aclose()


async def _ahead(pages: AsyncGenerator[Page, None]) -> AsyncGenerator[Page, None]:
    """The same pages; while one is stored the server is asked for the next."""
    task = asyncio.ensure_future(anext(pages, None))
    try:
        while (page := await task) is not None:
            task = asyncio.ensure_future(anext(pages, None))
            yield page
    finally:
        task.cancel()
        await asyncio.wait([task])
        if not task.cancelled():
            task.exception()  # nobody waits for it any more
        await pages.aclose()


def _says_something(page: Page, target: Target) -> bool:
    """Whether storing the page changes anything: a sync that finds nothing new writes nothing."""
    moved = any(target.marks.get(name, "") != value for name, value in page.marks.items())
    return bool(page.records) or moved or (page.epoch is not None and page.epoch != target.epoch)


def note(store: Store, outcome: Outcome, clock: Callable[[], float] = time.time) -> None:
    """Keep how a sync ended. Raises StoreError."""
    if outcome.state is State.ELSEWHERE:
        # The other one keeps how that went.
        return
    before = store.status(outcome.account)
    now = int(clock() * 1000)
    store.set_status(next_status(before, outcome, now, random.random()))  # noqa: S311 - no secret


async def _stored(call: Callable[..., _T], *values: Any) -> _T:
    """Do it in a thread; a cancelled sync ends only after it: a page is short, and half a one is
    none.
    """
    work: Coroutine[Any, Any, _T] = asyncio.to_thread(call, *values)
    task = asyncio.ensure_future(work)
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        await asyncio.wait([task])
        raise
