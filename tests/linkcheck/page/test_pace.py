"""How long a host is waited for, and when GET goes out beside HEAD."""

import asyncio
import time
from collections.abc import Awaitable, Callable

import pytest

from app.linkcheck.net.gate import OpenGate
from app.linkcheck.net.pace import UNKNOWN, Pace, Paces
from app.linkcheck.page.fetch import Fetcher, PageVerdict
from app.linkcheck.settings import CheckSettings
from app.linkcheck.verdict import Reason

from ..zoo.server import Handler, Visit, Zoo

LIMIT = 20.0
SHORT = CheckSettings(timeout=4, allow_private=True)


class TestPace:
    def test_an_unknown_host_gets_the_whole_limit_but_not_for_connecting(self) -> None:
        assert UNKNOWN.whole(LIMIT) == LIMIT
        assert UNKNOWN.to_connect(LIMIT) == LIMIT / 4
        assert UNKNOWN.before_get(LIMIT) == LIMIT / 4

    def test_a_slow_host_gets_the_whole_limit_for_everything(self) -> None:
        slow = Pace(usual=6.0)
        assert slow.whole(LIMIT) == slow.to_connect(LIMIT) == LIMIT

    def test_a_host_that_never_answered_fails_ever_sooner(self) -> None:
        limits = [Pace(None, silences).whole(LIMIT) for silences in range(4)]
        assert limits == [20.0, 10.0, 5.0, 5.0]
        assert Pace(None, 1).to_connect(LIMIT) < UNKNOWN.to_connect(LIMIT)

    @pytest.mark.parametrize("limit", [0.1, 1.0, 3.0, 20.0])
    @pytest.mark.parametrize("pace", [UNKNOWN, Pace(None, 9), Pace(0.1), Pace(9.0, 0, True)])
    def test_nothing_passes_the_limit(self, pace: Pace, limit: float) -> None:
        assert 0 < pace.to_connect(limit) <= limit
        assert 0 < pace.before_get(limit) <= limit / 4
        assert 0 < pace.whole(limit) <= limit

    def test_an_answer_ends_the_silence(self) -> None:
        paces = Paces({"https://a.example": Pace(None, 5)})
        paces.answered("https://a.example", "GET", 0.5)
        assert paces.of("https://a.example") == Pace(0.5)
        paces.silent("https://a.example")
        assert paces.of("https://a.example").whole(LIMIT) == LIMIT

    def test_what_is_usual_follows_the_newest_answers(self) -> None:
        paces = Paces()
        for seconds in [0.1] + [2.0] * 20:
            paces.answered("https://a.example", "HEAD", seconds)
        assert 1.9 < (paces.of("https://a.example").usual or 0) <= 2.0
        assert list(paces.take_changed()) == ["https://a.example"]
        assert paces.take_changed() == {}


def visit(
    handler: Handler, *paths: str, gate: OpenGate | None = None, settings: CheckSettings = SHORT
) -> tuple[list[PageVerdict], list[float], list[str]]:
    """Check these, one after another: verdicts, seconds each, and the methods that were used."""

    async def run(base: str) -> tuple[list[PageVerdict], list[float]]:
        fetcher = Fetcher(settings, gate=gate or OpenGate())
        pages, seconds = [], []
        for path in paths:
            began = time.monotonic()
            pages.append(await fetcher.check(f"{base}/{path}"))
            seconds.append(time.monotonic() - began)
        await fetcher.aclose()
        assert len(asyncio.all_tasks()) == 1
        return pages, seconds

    with Zoo({"x": handler}) as zoo:
        pages, seconds = asyncio.run(run(zoo.base))
        return pages, seconds, [method for method, _ in zoo.requests]


def by_method(
    head: Callable[[Visit], Awaitable[None]], get: Callable[[Visit], Awaitable[None]]
) -> Handler:
    async def handler(visit: Visit) -> None:
        await (head if visit.method == "HEAD" else get)(visit)

    return handler


async def stall(visit: Visit) -> None:
    await visit.stall()


async def fine(visit: Visit) -> None:
    await visit.reply()


async def missing(visit: Visit) -> None:
    await visit.reply(404)


def after(seconds: float, status: int = 200) -> Callable[[Visit], Awaitable[None]]:
    async def reply(visit: Visit) -> None:
        await asyncio.sleep(seconds)
        await visit.reply(status)

    return reply


def test_a_head_that_is_answered_in_time_is_the_only_request() -> None:
    patient = CheckSettings(timeout=20, allow_private=True)
    pages, _, methods = visit(after(0.8), "x", settings=patient)
    assert pages[0].verdict.reason is Reason.OK
    assert methods == ["HEAD"]
    assert pages[0].requests == 1


def test_a_host_that_ignores_head_is_found_out_once() -> None:
    pages, seconds, methods = visit(by_method(stall, fine), "x/1", "x/2", "x/3")
    assert {page.verdict.reason for page in pages} == {Reason.OK}
    assert [page.requests for page in pages] == [2, 2, 2]
    assert methods == ["HEAD", "GET"] * 3
    assert 0.9 < seconds[0] < 2
    assert max(seconds[1:]) < 0.8


def test_what_get_says_counts_while_head_is_silent() -> None:
    pages, seconds, _ = visit(by_method(stall, missing), "x")
    assert (pages[0].verdict.reason, pages[0].verdict.method) == (Reason.NOT_FOUND, "GET")
    assert seconds[0] < 2


def test_a_late_success_of_head_ends_the_get_beside_it() -> None:
    pages, seconds, methods = visit(by_method(after(1.6), stall), "x")
    assert (pages[0].verdict.reason, pages[0].verdict.method) == (Reason.OK, "HEAD")
    assert methods == ["HEAD", "GET"]
    assert pages[0].requests == 2
    assert seconds[0] < 2.5


def test_a_late_refusal_of_head_leaves_the_get_its_time() -> None:
    pages, _, methods = visit(by_method(after(1.2, 405), after(1.5)), "x")
    assert (pages[0].verdict.reason, pages[0].verdict.method) == (Reason.OK, "GET")
    assert methods == ["HEAD", "GET"]


def test_the_limit_bounds_both_together() -> None:
    pages, seconds, methods = visit(stall, "x")
    assert pages[0].verdict.reason is Reason.TIMEOUT
    assert methods == ["HEAD", "GET"]
    assert seconds[0] < 4.5


def test_a_host_that_never_answers_is_given_less_time_the_next_time() -> None:
    gate = OpenGate()
    settings = CheckSettings(timeout=8, allow_private=True)
    with Zoo({"x": stall}) as zoo:
        gate.paces = Paces({zoo.base: Pace(None, 3)})

        async def run() -> PageVerdict:
            fetcher = Fetcher(settings, gate=gate)
            page = await fetcher.check(f"{zoo.base}/x")
            await fetcher.aclose()
            return page

        began = time.monotonic()
        page = asyncio.run(run())
        assert page.verdict.reason is Reason.TIMEOUT
        assert time.monotonic() - began < 3


def test_a_host_known_to_be_slow_is_not_hurried() -> None:
    gate = OpenGate()
    with Zoo({"x": after(2.5)}) as zoo:
        gate.paces = Paces({zoo.base: Pace(2.5)})

        async def run() -> PageVerdict:
            fetcher = Fetcher(SHORT, gate=gate)
            page = await fetcher.check(f"{zoo.base}/x")
            await fetcher.aclose()
            return page

        assert asyncio.run(run()).verdict.reason is Reason.OK


def test_a_check_that_is_cancelled_ends_both() -> None:
    async def run(base: str) -> None:
        fetcher = Fetcher(SHORT)
        task = asyncio.create_task(fetcher.check(f"{base}/x"))
        await asyncio.sleep(1.3)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert len(asyncio.all_tasks()) == 1
        await fetcher.aclose()

    with Zoo({"x": stall}) as zoo:
        asyncio.run(run(zoo.base))
        assert [method for method, _ in zoo.requests] == ["HEAD", "GET"]
