"""A host that refuses, or fails, whatever it is asked: thirty links take seconds, and none lies."""

import asyncio
import time
from collections import defaultdict
from collections.abc import Mapping

from app.linkcheck.many.checker import Checker
from app.linkcheck.many.gates import HostGates
from app.linkcheck.page.fetch import Fetcher
from app.linkcheck.settings import CheckSettings
from app.linkcheck.verdict import Reason, Status, Verdict

from ..zoo.server import Handler, Visit, Zoo
from .fakes import FakeNetwork

LINKS = 30
SETTINGS = CheckSettings(allow_private=True)


def check_thirty(handler: Handler) -> tuple[Mapping[str, Verdict], Mapping[str, list[str]], float]:
    """The verdicts by path, the methods with which each path was asked, and the seconds."""
    found: dict[str, Verdict] = {}

    async def run(base: str) -> None:
        gates = HostGates(SETTINGS.concurrency, SETTINGS.per_host, SETTINGS.timeout)
        fetcher = Fetcher(SETTINGS, gate=gates)
        checker = Checker(fetcher, SETTINGS, gates, found.__setitem__, network=FakeNetwork())
        await checker.run(f"{base}/site/{number}" for number in range(LINKS))
        await checker.aclose()
        await fetcher.aclose()

    with Zoo({"site": handler}) as zoo:
        began = time.monotonic()
        asyncio.run(run(zoo.base))
        seconds = time.monotonic() - began
        asked = defaultdict(list)
        for method, target in zoo.requests:
            asked[target].append(method)
        paths = {url.removeprefix(zoo.base): verdict for url, verdict in found.items()}
    assert len(paths) == LINKS
    return paths, asked, seconds


def always(status: int, *headers: str) -> Handler:
    async def handler(visit: Visit) -> None:
        await visit.reply(status, headers)

    return handler


def test_a_host_that_is_down_is_asked_for_each_link_but_not_waited_for_each_time() -> None:
    for status in (503, 500):
        found, asked, seconds = check_thirty(always(status))
        assert {verdict.reason for verdict in found.values()} == {Reason.SERVER_ERROR}
        assert all(asked[path][:2] == ["HEAD", "GET"] for path in found)
        assert all(len(methods) <= 3 for methods in asked.values())
        assert seconds < 7


def test_a_host_that_was_down_for_a_moment_only_is_believed_when_it_is_back() -> None:
    began = time.monotonic()

    async def handler(visit: Visit) -> None:
        await visit.reply(503 if time.monotonic() - began < 1.5 else 200)

    found, _, _ = check_thirty(handler)
    assert {verdict.reason for verdict in found.values()} == {Reason.OK}


def test_a_host_that_keeps_asking_for_a_pause_is_left_alone() -> None:
    found, asked, seconds = check_thirty(always(429, "Retry-After: 1"))
    assert {verdict.reason for verdict in found.values()} == {Reason.RATE_LIMITED}
    assert all(verdict.retry_at for verdict in found.values())
    assert sum(map(len, asked.values())) <= 16
    assert all(found[path].http_status == 429 for path in asked)
    assert seconds < 6


def test_no_link_that_was_not_asked_for_is_called_broken() -> None:
    found, asked, seconds = check_thirty(always(503, "Retry-After: 1"))
    for path, verdict in found.items():
        if verdict.status is Status.WARN:
            assert asked[path][:2] == ["HEAD", "GET"]
        else:
            assert verdict.reason is Reason.RATE_LIMITED
    assert seconds < 7


def test_a_host_that_lets_some_in_after_the_pause_gets_the_time_it_needs() -> None:
    tokens, filled = 6.0, time.monotonic()

    async def handler(visit: Visit) -> None:
        nonlocal tokens, filled
        now = time.monotonic()
        tokens, filled = min(6.0, tokens + (now - filled) * 8), now
        if tokens < 1:
            await visit.reply(429, ["Retry-After: 1"])
        else:
            tokens -= 1
            await visit.reply()

    found, _, _ = check_thirty(handler)
    assert {verdict.reason for verdict in found.values()} == {Reason.OK}
