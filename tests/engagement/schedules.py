"""Seeded schedules: faults, mutations, restores, stops and second windows, then a quiet end."""

import asyncio
import io
import logging
import random
import sqlite3
import time
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from app.engagement.http import Client, Patience
from app.engagement.model import Account
from app.engagement.providers.sendoff import Sendoff
from app.engagement.store.store import Store
from app.engagement.sync.engine import sync
from app.engagement.sync.state import Outcome, State
from tests.engagement.compare import differences
from tests.engagement.faults import FAULTS, KEY, FaultServer
from tests.engagement.truth import ADDRESS, Truth

ACCOUNT = "account-1"
PATIENCE = Patience(connect=1, silence=0.1, whole=2, attempts=3, first=0.001, longest=60)
_LONGEST_PAUSE = 60.0


@dataclass
class Told:
    """What a schedule showed."""

    violations: list[str] = field(default_factory=list)
    faults: Counter[tuple[str, str]] = field(default_factory=Counter)
    syncs: int = 0
    requests: int = 0
    cancels: list[float] = field(default_factory=list)
    states: Counter[str] = field(default_factory=Counter)


async def _sleep(seconds: float) -> None:
    """As the client waits, a thousand times faster; never longer than it may wait at all."""
    assert 0 < seconds <= 300, seconds
    await asyncio.sleep(min(seconds / 1000, 0.002))


async def one_sync(server: FaultServer, store: Store) -> Outcome:
    """As the app does it."""
    account = Account(ACCOUNT, "sendoff", "A letter", server.url)
    headers = {"authorization": f"Bearer {KEY}"}
    async with Client(account.url, lambda: headers, patience=PATIENCE, sleep=_sleep) as client:
        return await sync(ACCOUNT, Sendoff(account, client), store)


async def run(seed: int, folder: Path, forced: tuple[str, ...] = ()) -> Told:
    """Schedule ``seed``; ``forced`` are faults that it has at any rate."""
    chance = random.Random(seed)
    truth, told, log = Truth(chance), Told(), io.StringIO()
    handler = logging.StreamHandler(log)
    root = logging.getLogger()
    before = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    path = folder / f"{seed}.db"
    store = Store(path)
    try:
        for _ in range(chance.randint(1, 5)):
            truth.add_issue()
        async with FaultServer(truth) as server:
            for _ in range(chance.randint(1, 3)):
                await _troubled(chance, server, store, told, forced)
            await _quiet(server, store, path, told)
            told.faults.update(server.met)
            told.requests = server.requests
            if server.thief.visits:
                told.violations.append("the key's request went to another host")
        messages = str(store.status(ACCOUNT))
    finally:
        store.close()
        root.removeHandler(handler)
        root.setLevel(before)
    told.violations += [
        f"{what} in {where}"
        for what in (KEY, ADDRESS, "cursor=")
        for where, text in (("a log", log.getvalue()), ("a message", messages))
        if what in text
    ]
    for ending in ("", "-wal", "-shm"):
        path.with_name(path.name + ending).unlink(missing_ok=True)
    return told


async def _troubled(
    chance: random.Random, server: FaultServer, store: Store, told: Told, forced: tuple[str, ...]
) -> None:
    """One sync in which things go wrong."""
    start, names = server.requests, sorted(FAULTS)
    faults: dict[int, str] = {}
    for name in (*forced, *(chance.choice(names) for _ in range(chance.randint(0, 3)))):
        first = start + int(chance.expovariate(0.15))
        # Once, or often enough to outlast every repetition.
        for number in range(first, first + chance.choice((1, 1, 2, 6))):
            faults[number] = name
    server.faults = faults
    backup = server.truth.backup()
    happens = {start + chance.randint(0, 30) for _ in range(chance.randint(0, 4))}
    restored = start + chance.randint(1, 20) if chance.random() < 0.15 else -1

    def before(number: int) -> None:
        if number in happens:
            server.truth.happen()
        if number == restored:
            server.truth.restore(backup)

    server.before = before
    kind = chance.random()
    if kind < 0.15:
        await _stopped(chance, server, store, told)
    elif kind < 0.25:
        await _two_windows(server, store, told)
    elif kind < 0.35:
        await _disk_full(chance, server, store, told)
    else:
        _count(told, await one_sync(server, store))


async def _stopped(chance: random.Random, server: FaultServer, store: Store, told: Told) -> None:
    work = asyncio.create_task(one_sync(server, store))
    await asyncio.sleep(chance.random() * 0.06)
    start = time.monotonic()
    work.cancel()
    with suppress(asyncio.CancelledError):
        _count(told, await work)
    told.cancels.append(time.monotonic() - start)


async def _two_windows(server: FaultServer, store: Store, told: Told) -> None:
    other = Store(store.path)
    try:
        for outcome in await asyncio.gather(one_sync(server, store), one_sync(server, other)):
            _count(told, outcome)
    finally:
        other.close()


async def _disk_full(chance: random.Random, server: FaultServer, store: Store, told: Told) -> None:
    connection: sqlite3.Connection = store._connection
    (pages,) = connection.execute("PRAGMA page_count").fetchone()
    connection.execute(f"PRAGMA max_page_count = {pages + chance.randint(0, 2)}")
    _count(told, await one_sync(server, store))
    connection.execute("PRAGMA max_page_count = 1000000")


async def _quiet(server: FaultServer, store: Store, path: Path, told: Told) -> None:
    """The faults are over: the next sync brings everything, the one after it finds nothing new."""
    server.faults, server.before = {}, lambda _: None
    outcome = await one_sync(server, store)
    _count(told, outcome)
    if outcome.state is not State.CURRENT:
        told.violations.append(f"not current after the faults: {outcome}")
    told.violations += differences(path, ACCOUNT, server.truth)
    before = server.requests
    outcome = await one_sync(server, store)
    if (server.requests - before, outcome.records, outcome.pages) != (1, 0, 0):
        told.violations.append(f"nothing new took {server.requests - before} requests: {outcome}")


def _count(told: Told, outcome: Outcome) -> None:
    told.syncs += 1
    told.states[outcome.state.value] += 1
