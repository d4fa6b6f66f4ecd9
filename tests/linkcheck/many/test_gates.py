"""Limits that all checks share: in flight, for each host, and for those who complain."""

import asyncio
from time import monotonic

import pytest

from app.linkcheck.many.gates import HostGates
from app.linkcheck.net.gate import HostClosedError

from .test_checker import in_loop


class Crowd:
    """Requests through a gate, and how many were inside at once."""

    def __init__(self, gates: HostGates) -> None:
        self.gates = gates
        self.inside: dict[str, int] = {}
        self.most: dict[str, int] = {}
        self.most_in_all = 0

    async def ask(self, host: str, seconds: float = 0.002, status: int = 200) -> None:
        async with self.gates.slot(host) as slot:
            self.inside[host] = self.inside.get(host, 0) + 1
            self.most[host] = max(self.most.get(host, 0), self.inside[host])
            self.most_in_all = max(self.most_in_all, sum(self.inside.values()))
            await asyncio.sleep(seconds)
            slot.answered(status, None)
            self.inside[host] -= 1


@in_loop
async def test_limits_hold_for_each_host_and_in_all() -> None:
    crowd = Crowd(HostGates(concurrency=5, per_host=2))
    await asyncio.gather(*(crowd.ask(f"h{n % 3}") for n in range(60)))
    assert set(crowd.most.values()) == {2}
    assert crowd.most_in_all == 5


@in_loop
async def test_unthrottled_means_unthrottled() -> None:
    crowd = Crowd(HostGates(concurrency=512, per_host=512))
    await asyncio.gather(*(crowd.ask("a", 0.05) for _ in range(512)))
    assert crowd.most["a"] == 512


@in_loop
async def test_a_host_that_complains_is_asked_more_slowly_and_no_other() -> None:
    gates = HostGates(concurrency=50, per_host=4)
    crowd = Crowd(gates)
    await crowd.ask("busy", status=429)
    assert gates.limit_of("busy").limit == 2
    started = monotonic()
    ends: list[str] = []

    async def ask(host: str) -> None:
        await crowd.ask(host)
        ends.append(host)

    await asyncio.gather(ask("busy"), ask("free"))
    assert ends == ["free", "busy"]
    assert monotonic() - started >= 0.09


@in_loop
async def test_retry_after_pauses_the_host() -> None:
    gates = HostGates(concurrency=50, per_host=4)
    async with gates.slot("busy") as slot:
        slot.answered(429, 0.3)
    started = monotonic()
    await Crowd(gates).ask("busy")
    assert monotonic() - started >= 0.28


@in_loop
async def test_no_retry_after_holds_a_host_for_long() -> None:
    gates = HostGates(concurrency=50, per_host=4)
    async with gates.slot("busy") as slot:
        slot.answered(429, 86400.0)
    pause = gates.limit_of("busy").resume_at - asyncio.get_running_loop().time()
    assert pause <= 5.0


@in_loop
async def test_a_host_that_answers_again_gets_its_share_back() -> None:
    gates = HostGates(concurrency=50, per_host=4)
    crowd = Crowd(gates)
    await crowd.ask("busy", status=503)
    for _ in range(12):
        await crowd.ask("busy")
    assert gates.limit_of("busy").limit == 4
    assert gates.limit_of("busy").spacing == 0


@in_loop
async def test_complaints_of_one_burst_count_once() -> None:
    gates = HostGates(concurrency=50, per_host=8)
    crowd = Crowd(gates)
    await asyncio.gather(*(crowd.ask("busy", status=503) for _ in range(8)))
    assert gates.limit_of("busy").limit == 4


@in_loop
async def test_who_is_cancelled_while_waiting_takes_nothing_away() -> None:
    gates = HostGates(concurrency=1, per_host=1)
    crowd = Crowd(gates)
    first = asyncio.create_task(crowd.ask("a", 0.02))
    waiting = [asyncio.create_task(crowd.ask("a")) for _ in range(3)]
    await asyncio.sleep(0)
    waiting[0].cancel()
    await asyncio.gather(first, *waiting, return_exceptions=True)
    await asyncio.wait_for(crowd.ask("b"), 10)
    assert crowd.most_in_all == 1


@in_loop
async def test_who_is_cancelled_at_the_moment_of_entry_gives_the_place_back() -> None:
    gates = HostGates(concurrency=1, per_host=1)
    crowd = Crowd(gates)
    first = asyncio.create_task(crowd.ask("a", 0))
    second = asyncio.create_task(crowd.ask("a"))
    while not first.done():
        await asyncio.sleep(0)
    second.cancel()
    await asyncio.gather(second, return_exceptions=True)
    await asyncio.wait_for(crowd.ask("a"), 10)


@in_loop
async def test_whoever_waits_for_a_host_that_refuses_everybody_for_long_is_sent_away() -> None:
    gates = HostGates(concurrency=50, per_host=8)

    async def ask() -> str:
        try:
            async with gates.slot("closed") as slot:
                await asyncio.sleep(0.01)
                slot.answered(429, 86400.0)
                return "asked"
        except HostClosedError as closed:
            return f"sent away for {closed.retry_after:.0f} s"

    started = monotonic()
    ends = await asyncio.gather(*(ask() for _ in range(30)))
    assert monotonic() - started < 10
    assert (ends.count("asked"), ends.count("sent away for 600 s")) == (8, 22)
    await Crowd(gates).ask("open")


@in_loop
async def test_a_host_that_only_ever_refuses_is_closed_after_a_while() -> None:
    gates = HostGates(concurrency=50, per_host=8)
    crowd = Crowd(gates)
    await asyncio.gather(*(crowd.ask("no", status=429) for _ in range(8)))
    gates.limit_of("no").refusing_since -= 5
    await crowd.ask("no", status=429)
    with pytest.raises(HostClosedError):
        await crowd.ask("no")


@in_loop
async def test_one_page_with_a_limit_of_its_own_neither_closes_nor_pauses_its_host() -> None:
    gates = HostGates(concurrency=50, per_host=8, patience=20)
    crowd = Crowd(gates)
    started = monotonic()
    for _ in range(6):
        async with gates.slot("fine") as slot:
            slot.answered(429, 86400.0)
        await crowd.ask("fine")
    assert monotonic() - started < 10


@in_loop
async def test_nobody_waits_longer_than_a_check_may_take() -> None:
    gates = HostGates(concurrency=50, per_host=4, patience=2)
    async with gates.slot("busy") as slot:
        slot.answered(503, 3.0)
    started = monotonic()
    await Crowd(gates).ask("busy")
    assert monotonic() - started < 2
