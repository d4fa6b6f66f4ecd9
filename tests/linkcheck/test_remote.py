"""Checks through a server, as the app sees them: against a server that says what a test wants."""

import asyncio
import json
import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import pytest

from app.linkcheck.page.fetch import PageVerdict
from app.linkcheck.remote import CheckServer, CheckServerError, RemoteChecker
from app.linkcheck.settings import CheckSettings, Mode
from app.linkcheck.told import UnreadableVerdictError, from_json, to_json
from app.linkcheck.verdict import Note, Reason, Redirect, Verdict

from .many.fakes import FakeFetcher
from .zoo.server import Visit, Zoo

SETTINGS = CheckSettings()
KEY = "sendoff_secret"
WHEN = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


def good(url: str, **more: Any) -> bytes:
    verdict = Verdict(Reason.OK, detail="Fine.", http_status=200, final_url=url, checked_at=WHEN)
    return json.dumps({"url": url, **to_json(verdict), "from_cache": True, **more}).encode()


class Counter:
    """A server: remembers requests, answers as ``respond`` says."""

    def __init__(self, respond: Callable[[Visit, list[str]], Any]) -> None:
        self.respond = respond
        self.bodies: list[dict[str, Any]] = []
        self.keys: list[str] = []

    async def handle(self, visit: Visit) -> None:
        length = int(visit.headers["content-length"])
        body = json.loads(await visit.reader.readexactly(length))
        self.bodies.append(body)
        self.keys.append(visit.headers.get("authorization", ""))
        await self.respond(visit, body["urls"])


@contextmanager
def serving(respond: Callable[[Visit, list[str]], Any]) -> Iterator[tuple[str, Counter]]:
    counter = Counter(respond)
    with Zoo({"v1": counter.handle}) as zoo:
        yield zoo.base, counter


async def lines(visit: Visit, urls: list[str], make: Callable[[str], bytes] = good) -> None:
    body = b"".join(make(url) + b"\n" for url in urls)
    await visit.reply(200, ["Content-Type: application/x-ndjson"], body)


def check(
    base: str, urls: list[str], *, again: bool = False, **options: Any
) -> tuple[list[PageVerdict], list[str]]:
    """What a checker finds of these, all at once; and the troubles it told of."""
    troubles: list[str] = []

    async def run() -> list[PageVerdict]:
        server = CheckServer(base, KEY, options.get("fallback") is not None)
        checker = RemoteChecker(server, SETTINGS, on_trouble=troubles.append, **options)
        try:
            found = await asyncio.gather(*(checker.check(url) for url in urls))
            if again:
                checker.ask_afresh(urls)
                found = await asyncio.gather(*(checker.check(url) for url in urls))
            return found
        finally:
            await checker.aclose()

    return asyncio.run(run()), troubles


def test_many_links_go_out_together() -> None:
    with serving(lines) as (base, server):
        urls = [f"https://example.com/{n}" for n in range(450)]
        found, troubles = check(base, urls)
    assert [one.verdict.final_url for one in found] == urls
    assert {one.verdict.reason for one in found} == {Reason.OK}
    assert not any(one.verdict.from_cache for one in found), "the app's own cache keeps them"
    sizes = sorted(len(body["urls"]) for body in server.bodies)
    assert sizes == [50, 200, 200], "sent at once, so they arrive in any order"
    assert set(server.keys) == {f"Bearer {KEY}"}
    assert troubles == []


def test_fragments_are_looked_up_there() -> None:
    def make(url: str) -> bytes:
        return good(url, notes=["fragment_missing"] if url.endswith("#gone") else [])

    async def run(base: str) -> PageVerdict:
        checker = RemoteChecker(CheckServer(base, KEY), SETTINGS)
        page = await checker.check("https://example.com/a", ["there", "gone"])
        await checker.aclose()
        return page

    with serving(lambda visit, urls: lines(visit, urls, make)) as (base, _):
        page = asyncio.run(run(base))
    assert page.missing_fragments == {"gone"}
    assert page.verdict.notes == ()
    assert page.for_fragment("gone").notes == (Note.FRAGMENT_MISSING,)


def test_afresh_means_no_older_verdict() -> None:
    with serving(lines) as (base, server):
        check(base, ["https://example.com/"], again=True)
    assert [body.get("max_age") for body in server.bodies] == [None, 0]


@pytest.mark.parametrize(
    ("status", "words"),
    [
        (401, "does not take the key"),
        (403, "link-check"),
        (404, "too old"),
        (301, "leads elsewhere"),
        (500, "problem of its own"),
    ],
)
def test_what_goes_wrong_is_said_once(status: int, words: str) -> None:
    async def refuse(visit: Visit, _: list[str]) -> None:
        await visit.reply(status, ["Location: http://127.0.0.2:1/steal"])

    with serving(refuse) as (base, server):
        found, troubles = check(base, ["https://a.example/", "https://b.example/"], again=True)
    assert {one.verdict.reason for one in found} == {Reason.PENDING}
    assert all(one.verdict.retry_at and words in one.verdict.detail for one in found)
    assert len(troubles) == 1
    assert len(server.bodies) == 1, "it is left alone for a while"


def test_that_it_is_over_is_said_too() -> None:
    async def lame_once(visit: Visit, urls: list[str]) -> None:
        if visit.times == 1:
            await visit.reply(429, ["Retry-After: 25"])
        else:
            await lines(visit, urls)

    async def run(base: str, troubles: list[str]) -> PageVerdict:
        checker = RemoteChecker(CheckServer(base, KEY), SETTINGS, on_trouble=troubles.append)
        await checker.check("https://a.example/")
        checker._away_until = 0.0  # 25 seconds later
        page = await checker.check("https://a.example/")
        await checker.check("https://b.example/")
        await checker.aclose()
        return page

    troubles: list[str] = []
    with serving(lame_once) as (base, _):
        page = asyncio.run(run(base, troubles))
    assert page.verdict.reason is Reason.OK
    assert troubles == ["The server asks for a pause.", ""]


def test_no_server_at_all() -> None:
    found, troubles = check("http://127.0.0.1:1", ["https://a.example/"])
    assert found[0].verdict.reason is Reason.PENDING
    assert troubles == ["The server that checks links cannot be reached."]


def test_a_pause_is_kept() -> None:
    async def busy_once(visit: Visit, urls: list[str]) -> None:
        if visit.times == 1:
            await visit.reply(429, ["Retry-After: 1"])
        else:
            await lines(visit, urls)

    with serving(busy_once) as (base, server):
        found, troubles = check(base, ["https://a.example/"])
    assert found[0].verdict.reason is Reason.OK
    assert (len(server.bodies), troubles) == (2, [])


def broken_off(visit: Visit, urls: list[str]) -> Any:
    async def answer() -> None:
        head = (
            b"HTTP/1.1 200 X\r\nContent-Type: application/x-ndjson\r\nContent-Length: 99999\r\n\r\n"
        )
        await visit.raw(head + b"\n" + good(urls[0]) + b"\n" + good(urls[1])[:50])
        visit.close()

    return answer()


async def a_page(visit: Visit, _: list[str]) -> None:
    await visit.reply(200)


async def nonsense(visit: Visit, urls: list[str]) -> None:
    await lines(visit, urls, lambda url: json.dumps({"url": url, "reason": "newer"}).encode())


async def undecided(visit: Visit, urls: list[str]) -> None:
    await lines(visit, urls, lambda url: json.dumps({"url": url, "reason": "pending"}).encode())


@pytest.mark.parametrize("respond", [a_page, nonsense, undecided, broken_off])
def test_what_is_not_answered_is_checked_from_here(respond: Callable[..., Any]) -> None:
    here = FakeFetcher()
    urls = ["https://a.example/", "https://b.example/"]
    with serving(respond) as (base, _):
        found, _ = check(base, urls, fallback=here)
    assert {one.verdict.reason for one in found} == {Reason.OK}
    assert here.asked == (urls[1:] if respond is broken_off else urls)


@pytest.mark.parametrize("respond", [a_page, nonsense, undecided, broken_off])
def test_without_fallback_it_stays_open(respond: Callable[..., Any]) -> None:
    with serving(respond) as (base, _):
        found, _ = check(base, ["https://a.example/", "https://b.example/"])
    assert found[1].verdict.reason is Reason.PENDING


def test_the_server_never_hears_of_private_addresses() -> None:
    with serving(lines) as (base, server):
        found, _ = check(base, ["http://wiki.internal/", "http://10.1.2.3/", "http://[::1]/"])
    assert {one.verdict.reason for one in found} == {Reason.PRIVATE_ADDRESS}
    assert server.bodies == []


def test_cancelling_is_harmless() -> None:
    async def mute(visit: Visit, _: list[str]) -> None:
        await visit.stall()

    async def run(base: str) -> None:
        checker = RemoteChecker(CheckServer(base, KEY), SETTINGS)
        tasks = [asyncio.create_task(checker.check(f"https://x.example/{n}")) for n in range(3)]
        await asyncio.sleep(0.2)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await checker.aclose()

    with serving(mute) as (base, _):
        asyncio.run(run(base))


@pytest.mark.parametrize(
    "address", ["http://news.example.com", "ftp://x", "", "news.example.com", "https://a:b@x.com"]
)
def test_addresses_that_get_no_key(address: str) -> None:
    with pytest.raises(CheckServerError):
        CheckServer(address, KEY)


def test_modes() -> None:
    assert CheckServer("https://a.example", KEY).mode is Mode.SERVER
    assert CheckServer("https://a.example", KEY, falls_back=True).mode is Mode.SERVER_OR_LOCAL
    assert KEY not in repr(CheckServer("https://a.example", KEY))


def test_nothing_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    with serving(lines) as (base, _), caplog.at_level(logging.DEBUG):
        check(base, ["https://secret.example/token"])
    assert "secret" not in caplog.text


def test_a_verdict_survives_the_way() -> None:
    verdict = Verdict(
        Reason.OK, (Note.SLOW,), "Slow.", "https://b.example/", 200, "GET", "https://b.example/",
        (Redirect(301, "https://b.example/"),), WHEN, 2.5, False, WHEN, "evidence", "threat", "hop",
        (Reason.SURBL, Reason.SPAMHAUS),
    )  # fmt: skip
    assert from_json(json.loads(json.dumps(to_json(verdict)))) == verdict


@pytest.mark.parametrize(
    "data",
    [
        *(None, [], "ok", {}, {"reason": "newer"}, {"reason": "ok", "http_status": "200"}),
        *({"reason": "ok", "detail": 1}, {"reason": "ok", "redirects": [{"url": "x"}]}),
        *({"reason": "ok", "checked_at": "yesterday"}, {"reason": "ok", "detail": "x" * 9999}),
        *({"reason": []}, {"reason": "ok", "notes": {}}, {"reason": "ok", "seconds": -1}),
    ],
)
def test_what_is_no_verdict(data: object) -> None:
    with pytest.raises(UnreadableVerdictError):
        from_json(data)
