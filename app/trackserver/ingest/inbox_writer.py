"""The group commit: whatever arrives while one commit is under way goes into the next.

There is no timer. At low load a hit waits for one commit; at high load the batches grow. PostgreSQL
gets a second commit before the first is done when many wait; SQLite has one writer. When the store
does not answer in time, or is away, hits go to the spill file instead and from there to the store
once it is back.
"""

import asyncio
import contextlib
import logging
import sqlite3
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, field
from pathlib import Path

import msgspec

from app.trackserver.inbox import Kind
from app.trackserver.ingest.batches import Batch, packed
from app.trackserver.ingest.spill import Spill
from app.trackserver.ingest.store import Store
from app.trackserver.settings import Limits
from app.trackserver.store.database import Database

_log = logging.getLogger(__name__)

_LOOK_AGAIN = 5.0  # seconds: another process of this machine may have left something
_RETRY = 0.5
_PATIENCE = 10.0  # seconds for the last commits, at the end
_CONNECTIONS = 2  # to PostgreSQL: one more gains nothing where the processors are the bound
_ENOUGH = 24  # items that need not wait for a commit under way, where there is a connection more
_CHUNK = 50  # batches that are brought to the store with one commit
_LARGEST = 1_000  # items of a batch: a worker works each off as a whole

Told = Callable[[bool], object]
"""Is called with whether the item is durable, from a thread of the inbox's own. Must not block."""


class NotKept(Exception):  # noqa: N818 - reads as what it is
    """Neither the store nor this machine's disk takes it, or too much is waiting already."""


@dataclass(slots=True)
class _Group:
    """What waits for the same commit."""

    items: dict[Kind, list[msgspec.Struct]] = field(default_factory=dict)
    size: int = 0
    told: list[Told] = field(default_factory=list)
    tasks: list["asyncio.Future[None]"] = field(default_factory=list)
    threads: list["Future[None]"] = field(default_factory=list)
    batches: list[Batch] = field(default_factory=list)
    begun: float = 0.0
    packing: threading.Lock = field(default_factory=threading.Lock)
    settled: threading.Lock = field(default_factory=threading.Lock)

    def pack(self) -> list[Batch]:
        """The batches, with the same numbers each time, whichever thread asks."""
        with self.packing:
            if not self.batches:
                self.batches = [
                    packed(kind, items[start : start + _LARGEST])
                    for kind, items in self.items.items()
                    for start in range(0, len(items), _LARGEST)
                ]
            return self.batches

    def settle(self, error: NotKept | None = None) -> None:
        """Tell everybody who waits, once: the thread that stores and the one that spills may both
        come to tell.
        """
        if not self.settled.acquire(blocking=False):
            return
        for told in self.told:
            try:
                told(error is None)
            except Exception as fault:  # noqa: BLE001 - the others wait for their answers
                _log.error("nobody could be told: %s", type(fault).__name__)
        for future in self.threads:
            future.set_result(None) if error is None else future.set_exception(error)
        if self.tasks:
            loop = self.tasks[0].get_loop()
            with contextlib.suppress(RuntimeError):  # it was closed: nobody waits any more
                loop.call_soon_threadsafe(_settle, self.tasks, error)


def _settle(tasks: list["asyncio.Future[None]"], error: NotKept | None) -> None:
    for future in tasks:
        if not future.done():
            future.set_result(None) if error is None else future.set_exception(error)


@dataclass(slots=True)
class Tally:
    """What became of the items, for the metrics."""

    stored: int = 0
    spilled: int = 0
    replayed: int = 0
    commits: int = 0
    commit_seconds: float = 0.0


class Inbox:
    """Keeps items for the worker. ``add`` may be used from one event loop, ``add_sync`` and
    ``keep`` from any thread. Some threads work for it: each of the first stores, over a connection
    of its own, the last spills when the store does not answer.
    """

    def __init__(self, database: Database, spill: Path, limits: Limits | None = None) -> None:
        self._limits = limits or Limits()
        self._stores = [
            Store(database, self._limits.store_seconds)
            for _ in range(1 if database.is_sqlite else _CONNECTIONS)
        ]
        self.spill = Spill(spill)
        self.tally = Tally()
        self._lock = threading.Lock()
        self._to_store = threading.Condition(self._lock)
        self._to_spill = threading.Condition(self._lock)
        self._waiting = _Group()
        self._under_way: dict[Store, _Group] = {}
        self._spilling = False
        self._left = True  # the spill file may hold something
        self._closing = False
        self._storing = len(self._stores)  # threads that have not ended
        self._watch = threading.Event()
        self._threads = [
            *(
                threading.Thread(
                    target=self._run_store, args=(one,), name="inbox-store", daemon=True
                )
                for one in self._stores
            ),
            threading.Thread(target=self._run_guard, name="inbox-guard", daemon=True),
        ]
        for thread in self._threads:
            thread.start()

    def add(self, kind: Kind, item: msgspec.Struct) -> "asyncio.Future[None]":
        """Done when the item is durable. Raises NotKept, at once or when awaited."""
        future = asyncio.get_running_loop().create_future()
        with self._lock:
            self._take_in(kind, item).tasks.append(future)
        return future

    def keep(self, kind: Kind, item: msgspec.Struct, told: Told) -> None:
        """Return at once; ``told`` is called when the item is durable, or lost after all.
        Raises NotKept where it is not even taken, and ``told`` is not called then.
        """
        with self._lock:
            self._take_in(kind, item).told.append(told)

    def add_sync(self, kind: Kind, item: msgspec.Struct) -> None:
        """The same for a thread."""
        self.add_all_sync(kind, [item])

    def add_all_sync(self, kind: Kind, items: list[msgspec.Struct]) -> None:
        """Return when all of them are durable, by one commit. Raises NotKept."""
        if not items:
            return
        future: Future[None] = Future()
        with self._lock:
            for item in items:
                group = self._take_in(kind, item)
            group.threads.append(future)
        future.result()

    @property
    def healthy(self) -> bool:
        """Whether the store takes what comes; False while the spill file does."""
        return not self._spilling

    def waiting(self) -> int:
        """How many items wait for a commit."""
        return self._waiting.size

    def close(self) -> None:
        """Keep what waits, and end."""
        with self._lock:
            self._closing = True
            self._wake_all()
        self._watch.set()
        until = time.monotonic() + _PATIENCE
        for thread in self._threads:
            thread.join(max(0.0, until - time.monotonic()))
        self.spill.close()

    def _take_in(self, kind: Kind, item: msgspec.Struct) -> _Group:
        group = self._waiting
        if self._closing or group.size >= self._limits.queue:
            raise NotKept
        items = group.items.get(kind)
        if items is None:
            items = group.items[kind] = []
        items.append(item)
        group.size += 1
        if group.size == 1 and self._spilling:
            self._to_spill.notify()
        elif group.size in (1, _ENOUGH) and self._is_due():
            self._to_store.notify()
        return group

    def _is_due(self) -> bool:
        """Whether a connection that rests should take what waits. Asked with the lock held.

        Small commits cost more than they gain while another is under way; but where many wait, that
        one takes its time, and the next can be sent behind it.
        """
        size = self._waiting.size
        if not size or self._spilling:
            return False
        return size >= _ENOUGH or not self._waited_for()

    def _wake_all(self) -> None:
        self._to_store.notify_all()
        self._to_spill.notify_all()

    def _next_group(self) -> _Group:
        group, self._waiting = self._waiting, _Group()
        return group

    # The threads that store; the first also brings what was spilled once the store is back.

    def _run_store(self, store: Store) -> None:
        replays = store is self._stores[0]
        while (group := self._wait_for_work(store, replays)) is not None:
            if group.size:
                self._store_group(store, group)
                with self._lock:
                    del self._under_way[store]
                    if replays and self._left and self._is_due():
                        self._to_store.notify()
            if replays and self._left and not self._replay(store) and not self._closing:
                time.sleep(_RETRY)
        store.close()
        with self._lock:
            self._storing -= 1
        self._watch.set()

    def _wait_for_work(self, store: Store, replays: bool) -> _Group | None:
        """What is to be stored (empty: look at the spill file only); None at the end."""
        with self._to_store:
            while not ((replays and self._left) or self._closing or self._is_due()):
                if not self._to_store.wait(_LOOK_AGAIN):
                    self._left = True
            if self._spilling or not self._waiting.size:
                return None if self._closing else _Group()
            group = self._under_way[store] = self._next_group()
            group.begun = time.monotonic()
            return group

    def _store_group(self, store: Store, group: _Group) -> None:
        self._watch.set()
        try:
            store.put(group.pack())
        except Exception as error:  # noqa: BLE001 - whatever the driver raises, the hits are kept
            self._begin_spilling(error)
            self._spill_group(group)
            return
        with self._lock:
            self.tally.commits += 1
            self.tally.commit_seconds += time.monotonic() - group.begun
            self.tally.stored += group.size
        group.settle()

    def _replay(self, store: Store) -> bool:
        """Bring the oldest of what was spilled to the store; False when that failed."""
        self._left = False
        try:
            batches = self.spill.first(_CHUNK)
            if batches:
                self._left = True
                store.put(batches)
                self.spill.remove(batches)
                self.tally.replayed += sum(one.items for one in batches)
        except Exception as error:  # noqa: BLE001 - as above; they stay in the spill file
            self._begin_spilling(error)
            return False
        if self._spilling and not self._left:
            _log.warning("the store takes hits again")
            with self._lock:
                self._spilling = False
                self._wake_all()
        return True

    # The thread that guards the time limit, and spills.

    def _run_guard(self) -> None:
        while self._storing or not self.healthy:
            if self.healthy:
                self._watch.wait()
                self._watch.clear()
                if self._is_late():
                    self._begin_spilling(TimeoutError())
                continue
            with self._lock:
                stuck = self._waited_for()
            for group in stuck:
                self._spill_group(group)
            waiting = self._wait_for_spilling()
            if waiting is not None:
                self._spill_group(waiting)
            elif not self._storing:
                return

    def _wait_for_spilling(self) -> _Group | None:
        """What goes to the spill file next; None when the store is back, or at the end."""
        with self._to_spill:
            while not (self.healthy or self._waiting.size or self._closing):
                self._to_spill.wait()
            if not self.healthy and self._waiting.size:
                return self._next_group()
        if self._closing:
            time.sleep(0.01)  # the other threads are about to end
        return None

    def _is_late(self) -> bool:
        """Wait until a group under way took too long; False when none is, or the store failed."""
        with self._to_spill:
            while self.healthy and (groups := self._waited_for()):
                oldest = min(group.begun for group in groups)
                rest = oldest + self._limits.store_seconds - time.monotonic()
                if rest <= 0:
                    return True
                self._to_spill.wait(rest)
        return False

    def _waited_for(self) -> list[_Group]:
        """The groups under way, without one that was spilled and that a connection is stuck with.
        Asked with the lock held.
        """
        return [one for one in self._under_way.values() if not one.settled.locked()]

    def _begin_spilling(self, error: Exception) -> None:
        with self._lock:
            if not self._spilling:
                _log.warning("the store does not take hits: %s", type(error).__name__)
            self._spilling = self._left = True
            self._wake_all()
        self._watch.set()

    def _spill_group(self, group: _Group) -> None:
        try:
            self.spill.add(group.pack())
        except (sqlite3.Error, OSError) as error:
            _log.error("hits are lost: %s", type(error).__name__)
            group.settle(NotKept())
            return
        with self._lock:
            self._left = True
            self.tally.spilled += group.size
        group.settle()
