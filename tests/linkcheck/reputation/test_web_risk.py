"""Web Risk's Lookup API, and the rules that both of its interfaces share."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from app.linkcheck.reputation import Flag, ReputationError
from app.linkcheck.reputation.answers import Answers
from app.linkcheck.reputation.webrisk.api import WebRiskApi
from app.linkcheck.reputation.webrisk.lookup import WebRiskLookup
from app.linkcheck.verdict import Reason
from tests.linkcheck.reputation.clocks import Clock
from tests.support.reputation_servers import Request, WebRiskServer, google_error

KEY = "AIza-secret"
Answer = Callable[[Request], tuple[int, Any]]


def lookup(
    answer: Answer,
    do: Callable[[WebRiskLookup, WebRiskServer, Clock], Awaitable[None]],
    path: Path | None = None,
) -> None:
    async def work(server: WebRiskServer) -> None:
        clock = Clock()
        answers = Answers(path, clock=clock)
        api = WebRiskApi(KEY, server.url, allow_private=True, clock=clock)
        service = WebRiskLookup(api, answers)
        try:
            await do(service, server, clock)
        finally:
            await service.aclose()
            await answers.aclose()

    with WebRiskServer(answer) as server:
        asyncio.run(work(server))


def clean(_: Request) -> tuple[int, Any]:
    return 200, {}


def threat(*words: str, seconds: float = 300.0) -> Answer:
    until = datetime.fromtimestamp(Clock().now + seconds, UTC).strftime("%Y-%m-%dT%H:%M:%S")
    found = {"threatTypes": list(words), "expireTime": f"{until}.045123456Z"}
    return lambda _: (200, {"threat": found, "later": {"more": 1}})


def test_what_is_sent() -> None:
    async def do(service: WebRiskLookup, server: WebRiskServer, _: Clock) -> None:
        assert await service.look_up("https://me:pw@a.example/x?y=ü&z=1#secret") is None
        (request,) = server.asked
        assert request.path == "/v1/uris:search"
        assert request.query["uri"] == ["https://a.example/x?y=%C3%BC&z=1"]
        assert request.query["threatTypes"] == [
            *("MALWARE", "SOCIAL_ENGINEERING", "UNWANTED_SOFTWARE"),
            "SOCIAL_ENGINEERING_EXTENDED_COVERAGE",
        ]
        assert request.headers["x-goog-api-key"] == KEY
        assert "key" not in request.query

    lookup(clean, do)


@pytest.mark.parametrize(
    ("words", "shown"),
    [
        (["MALWARE"], "MALWARE"),
        (["UNWANTED_SOFTWARE", "SOCIAL_ENGINEERING"], "SOCIAL_ENGINEERING"),
        (["SOCIAL_ENGINEERING_EXTENDED_COVERAGE"], "SOCIAL_ENGINEERING_EXTENDED_COVERAGE"),
        (["SOMETHING_NEW"], "SOMETHING_NEW"),
    ],
)
def test_a_threat_is_a_flag_until_it_expires(words: list[str], shown: str) -> None:
    async def do(service: WebRiskLookup, server: WebRiskServer, clock: Clock) -> None:
        found = await service.look_up("https://bad.example/")
        assert isinstance(found, Flag)
        assert (found.reason, found.threat) == (Reason.WEB_RISK, shown)
        assert found.until is not None
        assert abs(found.until.timestamp() - clock.now - 300.045) < 0.01
        clock.now += 299
        assert isinstance(await service.look_up("https://bad.example/"), Flag)
        assert len(server.asked) == 1
        clock.now += 2
        server.answer = clean
        assert await service.look_up("https://bad.example/") is None
        assert len(server.asked) == 2

    lookup(threat(*words), do)


def test_nothing_is_asked_twice_within_half_an_hour_not_even_at_once() -> None:
    async def do(service: WebRiskLookup, server: WebRiskServer, clock: Clock) -> None:
        url = "https://a.example/"
        await asyncio.gather(*(service.look_up(f"{url}#{number}") for number in range(50)))
        clock.now += 1799
        await service.look_up(url)
        assert len(server.asked) == 1
        clock.now += 2
        await service.look_up(url)
        assert len(server.asked) == 2

    lookup(clean, do)


@pytest.mark.parametrize(
    ("answer", "words", "rests"),
    [
        (google_error(400, "INVALID_ARGUMENT"), "about this", False),
        (google_error(400, "INVALID_ARGUMENT", "API_KEY_INVALID"), "refused the key", True),
        (google_error(401, "UNAUTHENTICATED"), "refused the key", True),
        (google_error(403, "PERMISSION_DENIED"), "refused the key", True),
        (google_error(404, "NOT_FOUND"), "about this", False),
        (google_error(429, "RESOURCE_EXHAUSTED"), "quota", True),
        (google_error(500, "INTERNAL"), "trouble", False),
        (google_error(503, "UNAVAILABLE"), "trouble", False),
        ((200, b"<html>log in</html>"), "Something else", False),
        ((200, b"[]"), "Something else", False),
        ((200, {"threat": {"threatTypes": []}}), "not documented", False),
        ((200, {"threat": "yes"}), "not documented", False),
        ((302, b""), "about this", False),
    ],
    ids=lambda value: str(value)[:40],
)
def test_every_error_is_unknown_and_never_kept(
    answer: tuple[int, Any], words: str, rests: bool
) -> None:
    async def do(service: WebRiskLookup, server: WebRiskServer, clock: Clock) -> None:
        with pytest.raises(ReputationError, match=words) as caught:
            await service.look_up("https://a.example/")
        assert KEY not in str(caught.value)
        assert "a.example" not in str(caught.value)
        server.answer = clean
        if rests:
            with pytest.raises(ReputationError, match=words):
                await service.look_up("https://b.example/")
            assert len(server.asked) == 1
            assert service.problem
            clock.now += 301
        assert await service.look_up("https://a.example/") is None
        assert service.problem is None

    lookup(lambda _: answer, do)


def test_silence_is_unknown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(WebRiskApi.get, "__kwdefaults__", {"timeout": 0.2})

    async def do(service: WebRiskLookup, _: WebRiskServer, __: Clock) -> None:
        with pytest.raises(ReputationError, match="in time"):
            await service.look_up("https://a.example/")

    lookup(lambda _: (0, {}), do)


def test_where_nobody_listens_is_unknown() -> None:
    async def ask() -> None:
        service = WebRiskLookup(
            WebRiskApi(KEY, "http://127.0.0.1:9", allow_private=True), Answers(None)
        )
        with pytest.raises(ReputationError, match="reached"):
            await service.look_up("https://a.example/")
        await service.aclose()

    asyncio.run(ask())


@pytest.mark.parametrize("url", ["http://localhost/", "http://10.0.0.1/", "http://nas.local/"])
def test_private_addresses_are_never_sent(url: str) -> None:
    async def do(service: WebRiskLookup, server: WebRiskServer, _: Clock) -> None:
        assert await service.look_up(url) is None
        assert not server.asked

    lookup(clean, do)


def test_the_key_is_not_shown() -> None:
    assert KEY not in repr(WebRiskApi(KEY))
