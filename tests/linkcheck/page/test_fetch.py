"""How a check behaves towards what surrounds it: the gate, the clock, cancellation, connections."""

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime

import pytest

from app.linkcheck.net.gate import HostClosedError, Slot
from app.linkcheck.net.pace import Paces
from app.linkcheck.page.fetch import Fetcher
from app.linkcheck.settings import CheckSettings
from app.linkcheck.verdict import Note, Reason

from ..zoo.server import Visit, Zoo

SETTINGS = CheckSettings(timeout=3, allow_private=True)


async def plain(visit: Visit) -> None:
    await visit.reply()


async def stalled(visit: Visit) -> None:
    await visit.stall()


async def limited(visit: Visit) -> None:
    await visit.reply(429, ["Retry-After: 120"])


async def failing(visit: Visit) -> None:
    await visit.reply(500)


async def moved(visit: Visit) -> None:
    if visit.path.endswith("/new"):
        await visit.reply()
    else:
        await visit.redirect(301, f"{visit.here}/new")


async def moved_to_place(visit: Visit) -> None:
    if visit.path.endswith("/new"):
        await visit.reply()
    else:
        await visit.redirect(301, f"{visit.here}/new#there")


async def body_after_head(visit: Visit) -> None:
    """Answers HEAD with a body that comes late: in the midst of the next answer."""
    if visit.method == "HEAD":
        await visit.raw(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n")
        await asyncio.sleep(0.02)
        await visit.raw(b"HELLO")


async def closes_kept(visit: Visit) -> None:
    await visit.reply()
    await asyncio.sleep(0.05)
    visit.close()


HANDLERS = {
    "page": plain,
    "stalled": stalled,
    "limited": limited,
    "failing": failing,
    "moved": moved,
    "moved-to-place": moved_to_place,
    "body-after-head": body_after_head,
    "closes-kept": closes_kept,
}


@pytest.fixture
def zoo() -> Iterator[Zoo]:
    with Zoo(HANDLERS) as running:
        yield running


@asynccontextmanager
async def fetcher(settings: CheckSettings = SETTINGS, **more: object) -> AsyncIterator[Fetcher]:
    made = Fetcher(settings, **more)  # type: ignore[arg-type]
    try:
        yield made
    finally:
        await made.aclose()


class Recorder(Slot):
    def __init__(self) -> None:
        self.paces = Paces()
        self.hosts: list[str] = []
        self.answers: list[tuple[int, float | None]] = []
        self.inside = 0

    @asynccontextmanager
    async def slot(self, host: str) -> AsyncIterator[Slot]:
        self.hosts.append(host)
        self.inside += 1
        yield self
        self.inside -= 1

    def is_down(self, host: str) -> bool:
        return False

    def answered(self, status: int, retry_after: float | None) -> None:
        assert self.inside == 1
        self.answers.append((status, retry_after))


def test_gate_is_asked_for_every_request_and_told_every_answer(zoo: Zoo) -> None:
    async def run() -> None:
        gate = Recorder()
        async with fetcher(gate=gate) as checker:
            await checker.check(f"{zoo.base}/moved")
            await checker.check(f"{zoo.base}/limited")
        assert gate.hosts == ["127.0.0.1"] * 3
        assert gate.answers == [(301, None), (200, None), (429, 120.0)]
        assert gate.inside == 0

    asyncio.run(run())


def test_waiting_at_the_gate_does_not_count(zoo: Zoo) -> None:
    class Slow(Recorder):
        @asynccontextmanager
        async def slot(self, host: str) -> AsyncIterator[Slot]:
            await asyncio.sleep(1.6)
            async with super().slot(host) as slot:
                yield slot

    async def run() -> None:
        settings = CheckSettings(timeout=3, allow_private=True)
        async with fetcher(settings, gate=Slow()) as checker:
            page = await checker.check(f"{zoo.base}/moved")
        assert page.verdict.reason == Reason.OK
        assert (page.verdict.seconds or 0) < 3
        assert Note.SLOW not in page.verdict.notes

    asyncio.run(run())


def test_backing_off_holds_no_slot(zoo: Zoo) -> None:
    async def run() -> None:
        gate = Recorder()
        async with fetcher(gate=gate) as checker:
            task = asyncio.create_task(checker.check(f"{zoo.base}/failing"))
            while len(gate.answers) < 2 or gate.inside:
                await asyncio.sleep(0)
            assert len(gate.answers) == 2
            await task

    asyncio.run(run())


def test_a_closed_host_ends_the_check() -> None:
    class Closed(Recorder):
        def slot(self, host: str) -> object:  # type: ignore[override]
            raise HostClosedError(600)

    async def run() -> None:
        now = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
        async with fetcher(gate=Closed(), clock=lambda: now) as checker:
            page = await checker.check("http://127.0.0.1:1/")
        assert page.verdict.reason == Reason.RATE_LIMITED
        assert page.verdict.retry_at == datetime(2026, 11, 22, 12, 10, tzinfo=UTC)
        assert page.requests == 0

    asyncio.run(run())


def test_times_are_the_clocks(zoo: Zoo) -> None:
    async def run() -> None:
        now = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
        async with fetcher(clock=lambda: now) as checker:
            page = await checker.check(f"{zoo.base}/limited")
        assert page.verdict.checked_at == now
        assert page.verdict.retry_at == datetime(2026, 11, 22, 12, 2, tzinfo=UTC)

    asyncio.run(run())


@pytest.mark.parametrize("path", ["stalled", "failing", "limited", "page"])
@pytest.mark.parametrize("after", [0.0, 0.01, 0.2])
def test_cancellation_is_clean(
    zoo: Zoo, path: str, after: float, caplog: pytest.LogCaptureFixture
) -> None:
    async def run() -> None:
        async with fetcher() as checker:
            urls = [f"{zoo.base}/{path}?{number}" for number in range(20)]
            tasks = [asyncio.create_task(checker.check(url)) for url in urls]
            await asyncio.sleep(after)
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            # The fetcher stays usable.
            assert (await checker.check(f"{zoo.base}/page")).verdict.reason == Reason.OK
        assert len(asyncio.all_tasks()) == 1

    with caplog.at_level(logging.WARNING):
        asyncio.run(run(), debug=True)
    assert [record for record in caplog.records if "took" not in record.getMessage()] == []


def test_closing_is_quick_and_leaves_nothing_open(zoo: Zoo) -> None:
    async def run() -> float:
        async with fetcher() as checker:
            urls = [f"{zoo.base}/page?{number}" for number in range(50)]
            await asyncio.gather(*(checker.check(url) for url in urls))
            began = time.monotonic()
        return time.monotonic() - began

    assert asyncio.run(run()) < 10


def test_connections_are_used_again(zoo: Zoo) -> None:
    async def run() -> None:
        async with fetcher() as checker:
            for number in range(30):
                await checker.check(f"{zoo.base}/page?{number}")

    asyncio.run(run())
    assert zoo.connections == 1


def test_a9_late_body_after_head_spoils_no_other_answer(zoo: Zoo) -> None:
    async def run() -> None:
        async with fetcher() as checker:
            for _ in range(5):
                first = await checker.check(f"{zoo.base}/body-after-head")
                second = await checker.check(f"{zoo.base}/page")
                assert (first.verdict.reason, second.verdict.reason) == (Reason.OK, Reason.OK)

    asyncio.run(run())


@pytest.mark.parametrize("pause", [0.0, 0.03, 0.049, 0.05, 0.051, 0.1])
def test_a_kept_connection_that_the_server_closes(zoo: Zoo, pause: float) -> None:
    async def run() -> None:
        async with fetcher() as checker:
            for number in range(4):
                page = await checker.check(f"{zoo.base}/closes-kept?{number}")
                assert page.verdict.reason == Reason.OK
                await asyncio.sleep(pause)

    asyncio.run(run())


def test_fragments_go_with_the_suggestion(zoo: Zoo) -> None:
    async def run() -> None:
        async with fetcher() as checker:
            page = await checker.check(f"{zoo.base}/moved", ["part", "=x"])
            other = await checker.check(f"{zoo.base}/moved-to-place", ["part"])
        assert page.for_fragment("").suggestion == f"{zoo.base}/moved/new"
        assert page.for_fragment("part").suggestion == f"{zoo.base}/moved/new#part"
        assert page.for_fragment("part").final_url == f"{zoo.base}/moved/new#part"
        assert Note.FRAGMENT_MISSING in page.for_fragment("part").notes
        assert "#part" in page.for_fragment("part").detail
        assert Note.FRAGMENT_MISSING not in page.for_fragment("").notes
        assert Note.FRAGMENT_MISSING not in page.for_fragment("=x").notes
        # A redirect that names a place of its own takes readers there: ours no longer matters.
        assert other.missing_fragments == frozenset()
        assert other.for_fragment("part").final_url == f"{zoo.base}/moved-to-place/new#there"

    asyncio.run(run())


@pytest.mark.parametrize("url", ["", "mailto:a@b.c", "http://[::1", "ftp://a.b/", "/x"])
def test_what_is_no_web_url(url: str) -> None:
    async def run() -> None:
        async with fetcher() as checker:
            page = await checker.check(url)
        assert page.verdict.reason == Reason.MALFORMED
        assert page.requests == 0

    asyncio.run(run())


def test_a_bug_stays_inside(zoo: Zoo, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise ZeroDivisionError("with https://secret.example in it")

    monkeypatch.setattr("app.linkcheck.page.fetch.retry_after", broken)

    async def run() -> None:
        async with fetcher() as checker:
            page = await checker.check(f"{zoo.base}/limited")
        assert page.verdict.status == "unchecked"
        assert "ZeroDivisionError" in page.verdict.detail
        assert "secret" not in page.verdict.detail

    asyncio.run(run())


def test_get_goes_out_beside_a_head_that_nobody_answers() -> None:
    async def run() -> float:
        arrived: list[float] = []

        async def head_stalls(visit: Visit) -> None:
            arrived.append(time.monotonic())
            if visit.method == "HEAD":
                await visit.stall()
            await visit.reply()

        with Zoo({"x": head_stalls}) as zoo:
            async with fetcher() as checker:
                assert (await checker.check(f"{zoo.base}/x")).verdict.reason == Reason.OK
        return arrived[1] - arrived[0]

    assert 0.6 < asyncio.run(run()) < SETTINGS.timeout
