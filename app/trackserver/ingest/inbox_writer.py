"""The group commit: whatever arrives while one commit is under way goes into the next.

There is no timer. At low load a hit waits for one commit; at high load the batches grow. When the
store does not answer in time, or is away, hits go to the spill file instead and from there to the
store once it is back.
"""

import asyncio
import contextlib
import logging
import sqlite3
import threading
import time
from concurrent.futures import Future, InvalidStateError
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
_PATIENCE = 10.0  # seconds for the last commit, at the end
_CHUNK = 50  # batches that are brought to the store with one commit


class NotKept(Exception):  # noqa: N818 - reads as what it is
    """Neither the store nor this machine's disk takes it, or too much is waiting already."""


@dataclass(slots=True)
class _Group:
    """What waits for the same commit."""

    items: dict[Kind, list[msgspec.Struct]] = field(default_factory=dict)
    size: int = 0
    tasks: list["asyncio.Future[None]"] = field(default_factory=list)
    threads: list["Future[None]"] = field(default_factory=list)
    batches: list[Batch] = field(default_factory=list)
    begun: float = 0.0

    def pack(self) -> list[Batch]:
        """The batches, with the same numbers each time."""
        if not self.batches:
            self.begun = time.monotonic()
            self.batches = [packed(kind, items) for kind, items in self.items.items()]
        return self.batches

    def settle(self, error: NotKept | None = None) -> None:
        """Tell everybody who waits; what was told before stays."""
        for future in self.threads:
            # The thread that stores and the one that spills may both come to tell.
            with contextlib.suppress(InvalidStateError):
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
    """Keeps items for the worker. ``add`` may be used from one event loop, ``add_sync`` from any
    thread. Two threads work for it: one stores, one spills when the store does not answer.
    """

    def __init__(self, database: Database, spill: Path, limits: Limits | None = None) -> None:
        self._limits = limits or Limits()
        self._store = Store(database, self._limits.store_seconds)
        self.spill = Spill(spill)
        self.tally = Tally()
        self._lock = threading.Lock()
        self._changed = threading.Condition(self._lock)
        self._waiting = _Group()
        self._under_way: _Group | None = None
        self._spilling = False
        self._left = True  # the spill file may hold something
        self._closing = False
        self._ended = False
        self._watch = threading.Event()
        self._threads = [
            threading.Thread(target=self._run_store, name="inbox-store", daemon=True),
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
        with self._changed:
            self._closing = True
            self._changed.notify_all()
        self._watch.set()
        for thread in self._threads:
            thread.join(_PATIENCE)
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
        if group.size == 1:
            self._changed.notify_all()
        return group

    def _next_group(self) -> _Group:
        group, self._waiting = self._waiting, _Group()
        return group

    # The thread that stores, and brings what was spilled once the store is back.

    def _run_store(self) -> None:
        while (group := self._wait_for_work()) is not None:
            if group.size:
                self._store_group(group)
                self._under_way = None
            if self._left and not self._replay() and not self._closing:
                time.sleep(_RETRY)
        self._store.close()
        self._ended = True
        self._watch.set()

    def _wait_for_work(self) -> _Group | None:
        """What is to be stored (empty: look at the spill file only); None at the end."""
        with self._changed:
            while not (self._left or self._closing or (self._waiting.size and self.healthy)):
                if not self._changed.wait(_LOOK_AGAIN):
                    self._left = True
            if self._spilling or not self._waiting.size:
                return None if self._closing else _Group()
            self._under_way = self._next_group()
            return self._under_way

    def _store_group(self, group: _Group) -> None:
        batches = group.pack()
        self._watch.set()
        try:
            self._store.put(batches)
        except Exception as error:  # noqa: BLE001 - whatever the driver raises, the hits are kept
            self._begin_spilling(error)
            self._spill_group(group)
            return
        self.tally.commits += 1
        self.tally.commit_seconds += time.monotonic() - group.begun
        self.tally.stored += group.size
        group.settle()

    def _replay(self) -> bool:
        """Bring the oldest of what was spilled to the store; False when that failed."""
        self._left = False
        try:
            batches = self.spill.first(_CHUNK)
            if batches:
                self._left = True
                self._store.put(batches)
                self.spill.remove(batches)
                self.tally.replayed += sum(one.items for one in batches)
        except Exception as error:  # noqa: BLE001 - as above; they stay in the spill file
            self._begin_spilling(error)
            return False
        if self._spilling and not self._left:
            _log.warning("the store takes hits again")
            with self._changed:
                self._spilling = False
                self._changed.notify_all()
        return True

    # The thread that guards the time limit, and spills.

    def _run_guard(self) -> None:
        while not self._ended or not self.healthy:
            if self.healthy:
                self._watch.wait()
                self._watch.clear()
                group = self._late_group()
                if group is not None:
                    self._begin_spilling(TimeoutError())
            else:
                group = self._wait_for_spilling()
            if group is not None:
                self._spill_group(group)
            elif self._ended:
                return

    def _wait_for_spilling(self) -> _Group | None:
        """What goes to the spill file next; None when the store is back, or at the end."""
        with self._changed:
            while not (self.healthy or self._waiting.size or self._closing):
                self._changed.wait()
            if not self.healthy and self._waiting.size:
                return self._next_group()
        if self._closing:
            time.sleep(0.01)  # the other thread is about to end
        return None

    def _late_group(self) -> _Group | None:
        """The group under way, once it took too long; None when the storing thread rests."""
        limit = self._limits.store_seconds
        while (group := self._under_way) is not None:
            rest = group.begun + limit - time.monotonic() if group.batches else limit
            if rest <= 0:
                return group
            time.sleep(rest)
        return None

    def _begin_spilling(self, error: Exception) -> None:
        with self._changed:
            if not self._spilling:
                _log.warning("the store does not take hits: %s", type(error).__name__)
            self._spilling = self._left = True
            self._changed.notify_all()
        self._watch.set()

    def _spill_group(self, group: _Group) -> None:
        try:
            self.spill.add(group.pack())
        except (sqlite3.Error, OSError) as error:
            _log.error("hits are lost: %s", type(error).__name__)
            group.settle(NotKept())
            return
        self._left = True
        self.tally.spilled += group.size
        group.settle()
