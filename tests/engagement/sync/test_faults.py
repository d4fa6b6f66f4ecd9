"""Every fault at every kind of request, and schedules of several: see ``schedules``."""

import asyncio
import random
from pathlib import Path

import pytest

from app.engagement.store.store import Store
from app.engagement.sync.state import State
from tests.engagement import schedules
from tests.engagement.compare import differences
from tests.engagement.faults import FAULTS, HARMLESS, KEY, FaultServer
from tests.engagement.truth import Truth


@pytest.mark.parametrize("name", sorted(FAULTS))
def test_after_each_fault_the_store_is_the_truth(name: str, tmp_path: Path) -> None:
    async def check() -> None:
        # Two pages of changes, then report and events of issue after issue.
        for number, times in ((0, 1), (1, 5), (3, 1)):
            await once(name, number, times, tmp_path / f"{number}-{times}.db")

    asyncio.run(check())


async def once(name: str, number: int, times: int, path: Path) -> None:
    truth = Truth(random.Random(number), issues_a_page=2)
    for _ in range(3):
        truth.add_issue()
        truth.add_events(max(truth.issues), 20)
    store = Store(path)
    async with FaultServer(truth) as server:
        server.faults = dict.fromkeys(range(number, number + times), name)
        outcome = await schedules.one_sync(server, store)
        assert server.met, "the fault was met"
        if name in HARMLESS and times == 1:
            assert outcome.state is State.CURRENT
        assert KEY not in str(outcome)
        server.faults = {}
        assert (await schedules.one_sync(server, store)).state is State.CURRENT
        assert differences(path, schedules.ACCOUNT, truth) == []
        before = server.requests
        await schedules.one_sync(server, store)
        assert server.requests == before + 1
        assert server.thief.visits == 0
        assert server.unauthorised == 0
    store.close()


@pytest.mark.parametrize("seed", range(25))
def test_schedules_of_several_faults(seed: int, tmp_path: Path) -> None:
    told = asyncio.run(schedules.run(10_000 + seed, tmp_path))
    assert told.violations == []
    assert all(seconds < 1 for seconds in told.cancels)


def test_the_comparison_sees_what_is_lost_or_doubled(tmp_path: Path) -> None:
    async def check() -> None:
        truth = Truth(random.Random(1))
        truth.add_issue()
        name = next(iter(truth.issues))
        truth.add_events(name, 5)
        store = Store(tmp_path / "one.db")
        async with FaultServer(truth) as server:
            await schedules.one_sync(server, store)
            assert differences(store.path, schedules.ACCOUNT, truth) == []
            connection = store._connection
            connection.execute("DELETE FROM event WHERE id = (SELECT min(id) FROM event)")
            assert differences(store.path, schedules.ACCOUNT, truth)
        store.close()

    asyncio.run(check())
