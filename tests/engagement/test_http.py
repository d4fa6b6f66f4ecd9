"""The client for platforms' APIs: where the key goes, what is believed, how long is waited."""

import asyncio
import datetime
import logging
import socket
import ssl
import warnings
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import trustme
from hypothesis import given
from hypothesis import strategies as st

from app.engagement import decode, fields, http, waiting
from app.engagement.errors import (
    BadAnswerError,
    HttpError,
    InsecureError,
    NotTheServerError,
    OfflineError,
    RefusedError,
)
from app.engagement.http import Client, Patience
from tests.engagement.faults import KEY

QUICK = Patience(connect=1, silence=0.2, whole=1, attempts=2, first=0.001)
OK = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 2\r\n\r\n{}"
Seen = list[bytes]


def ask(
    *answers: bytes,
    url: str = "http://127.0.0.1",
    tls: ssl.SSLContext | None = None,
    then: Callable[[Client], Awaitable[Any]] = lambda client: client.get("/v1/x?secret=1"),
) -> tuple[Any, Seen]:
    """What a client makes of raw answers, and the requests that it sent."""
    seen: Seen = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while len(seen) < len(answers):
                seen.append(await reader.readuntil(b"\r\n\r\n"))
                writer.write(answers[len(seen) - 1])
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    async def run() -> Any:
        server = await asyncio.start_server(serve, "127.0.0.1", 0, ssl=tls)
        port = server.sockets[0].getsockname()[1]
        headers = {"authorization": f"Bearer {KEY}"}
        try:
            async with Client(f"{url}:{port}", lambda: headers, patience=QUICK) as client:
                return await then(client)
        except HttpError as error:
            return error
        finally:
            server.close()

    return asyncio.run(run()), seen


def test_the_key_and_no_cookie_or_name_of_ours_but_sendoff_is_sent() -> None:
    answer, (head,) = ask(OK)
    assert answer.data == {}
    assert f"authorization: Bearer {KEY}".encode() in head
    assert b"user-agent: Sendoff\r\n" in head


@pytest.mark.parametrize(
    "url", ["http://example.com", "ftp://example.com", "example.com", "http://10.0.0.1", "https://"]
)
def test_a_key_is_never_sent_unencrypted_beyond_this_machine(url: str) -> None:
    with pytest.raises(InsecureError):
        Client(url, lambda: {"authorization": KEY})


def test_a_proxy_does_not_get_what_goes_to_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    answer, seen = ask(OK)
    assert answer.data == {}
    assert len(seen) == 1


@pytest.mark.parametrize(
    "to", ["http://localhost:1/x", "//127.0.0.1:1/", "http://127.0.0.1/", "https://127.0.0.1/", ""]
)
def test_a_redirect_elsewhere_is_refused(to: str) -> None:
    redirect = f"HTTP/1.1 302 Found\r\nlocation: {to}\r\ncontent-length: 0\r\n\r\n".encode()
    answer, _ = ask(*[redirect] * 8)
    assert isinstance(answer, NotTheServerError)


def test_no_log_has_key_query_or_address(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    ask(OK)
    ask(b"HTTP/1.1 401 No\r\ncontent-length: 0\r\n\r\n")
    for record in caplog.records:
        said = record.getMessage()
        assert KEY not in said
        assert "secret=1" not in said


def test_a_refused_key_is_not_tried_twice() -> None:
    answer, seen = ask(*[b"HTTP/1.1 401 No\r\ncontent-length: 0\r\n\r\n"] * 3)
    assert isinstance(answer, RefusedError)
    assert len(seen) == 1


def test_nobody_there_is_offline() -> None:
    async def nobody(_: Client) -> Any:
        async with Client("http://127.0.0.1:9", dict, patience=QUICK) as client:
            return await client.get("/")

    answer, _ = ask(then=nobody)
    assert isinstance(answer, OfflineError)


def test_a_name_that_cannot_be_found_is_offline(monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(*_: object, **__: object) -> None:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    async def asked() -> Any:
        async with Client("https://letter.example", dict, patience=QUICK) as client:
            return await client.get("/")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    with pytest.raises(OfflineError) as error:
        asyncio.run(asked())
    assert "gaierror" not in str(error.value)


def test_a_server_of_the_newer_internet_alone_is_reached() -> None:
    async def run() -> Any:
        async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await reader.readuntil(b"\r\n\r\n")
            writer.write(OK)
            await writer.drain()
            writer.close()

        try:
            server = await asyncio.start_server(serve, "::1", 0)
        except OSError:
            pytest.skip("this computer has no IPv6")
        port = server.sockets[0].getsockname()[1]
        async with server, Client(f"http://[::1]:{port}", dict, patience=QUICK) as client:
            return await client.get("/")

    assert asyncio.run(run()).data == {}


def test_silence_is_bounded_and_a_cancelled_request_ends_at_once() -> None:
    async def cancelled(client: Client) -> float:
        work = asyncio.create_task(client.get("/"))
        await asyncio.sleep(0.05)
        loop = asyncio.get_running_loop()
        start = loop.time()
        work.cancel()
        with pytest.raises(asyncio.CancelledError):
            await work
        return loop.time() - start

    seconds, _ = ask(b"", b"", then=cancelled)
    assert seconds < 0.5


@pytest.mark.parametrize("wrong", ["expired", "another host", "unknown"])
def test_a_certificate_that_is_not_good_is_told_in_words(
    wrong: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    http._trusted.cache_clear()
    ca = trustme.CA()
    if wrong != "unknown":
        ca.cert_pem.write_to_path(tmp_path / "ca.pem")
        monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "ca.pem"))
    yesterday = datetime.datetime.now(datetime.UTC) - datetime.timedelta(days=1)
    name = "other.example" if wrong == "another host" else "127.0.0.1"
    cert = ca.issue_cert(name, not_after=yesterday if wrong == "expired" else None)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    cert.configure_cert(context)
    answer, seen = ask(OK, url="https://127.0.0.1", tls=context)
    assert isinstance(answer, InsecureError)
    assert "certificate" in str(answer)
    assert {"expired": "expired", "another host": "another host", "unknown": "vouches"}[
        wrong
    ] in str(answer)
    assert seen == [], "no key was sent"
    http._trusted.cache_clear()


@pytest.fixture
def trusted(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[ssl.SSLContext]:
    """A server's side, with a certificate that is good."""
    http._trusted.cache_clear()
    ca = trustme.CA()
    ca.cert_pem.write_to_path(tmp_path / "ca.pem")
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "ca.pem"))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    ca.issue_cert("127.0.0.1").configure_cert(context)
    yield context
    http._trusted.cache_clear()


def test_encryption_of_old_is_refused_in_words(trusted: ssl.SSLContext) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        trusted.minimum_version = ssl.TLSVersion.TLSv1
        trusted.maximum_version = ssl.TLSVersion.TLSv1_1
    trusted.set_ciphers("ALL:@SECLEVEL=0")
    answer, seen = ask(OK, url="https://127.0.0.1", tls=trusted)
    assert isinstance(answer, InsecureError)
    assert "SSL" not in str(answer)
    assert "encryption may be too old" in str(answer)
    assert seen == [], "no key was sent"


def test_a_redirect_to_no_encryption_is_refused(trusted: ssl.SSLContext) -> None:
    redirect = b"HTTP/1.1 302 Found\r\nlocation: http://127.0.0.1/\r\ncontent-length: 0\r\n\r\n"
    answer, seen = ask(*[redirect] * 8, url="https://127.0.0.1", tls=trusted)
    assert isinstance(answer, NotTheServerError)
    assert len(seen) == 1


def test_no_code_of_ours_turns_verification_off() -> None:
    for path in (Path(__file__).resolve().parents[2] / "app" / "engagement").rglob("*.py"):
        source = path.read_text(encoding="utf-8")
        assert "verify=False" not in source
        assert "CERT_NONE" not in source


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("2", 2), ("0", 0), ("-1", 0), ("99999999", 3600), ("1e400", 3600), ("garbage", None),
        ("nan", None), (None, None), ("Thu, 01 Jan 1970 00:00:30 GMT", 20),
        ("Thu, 01 Jan 1970 00:00:01 GMT", 0), ("Fri, 01 Jan 2100 00:00:00 GMT", 3600),
    ],
)  # fmt: skip
def test_retry_after_is_understood_and_clamped(value: str | None, seconds: float | None) -> None:
    assert waiting.retry_after(value, now=10) == seconds


@given(st.text(max_size=60))
def test_any_retry_after_is_within_an_hour_or_nothing(value: str) -> None:
    found = waiting.retry_after(value, now=1e9)
    assert found is None or 0 <= found <= 3600


@given(st.integers(1, 10_000), st.floats(0, 1))
def test_a_backoff_never_takes_more_than_five_minutes(attempt: int, chance: float) -> None:
    assert 0 < waiting.backoff(attempt, chance) <= 300


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"ratelimit-remaining": "3", "ratelimit-reset": "9"}, 0),
        ({"ratelimit-remaining": "0", "ratelimit-reset": "9"}, 9),
        ({"x-ratelimit-remaining": "0", "x-ratelimit-reset": "2000000030"}, 30),
        ({"x-ratelimit-remaining": "0", "x-ratelimit-reset": "9000000000"}, 300),
        ({"ratelimit-remaining": "none", "ratelimit-reset": "9"}, 0),
        ({}, 0),
    ],
)
def test_rate_limit_headers_are_obeyed(headers: dict[str, str], seconds: float) -> None:
    assert waiting.until_allowed(headers, now=2e9) == seconds


@given(st.binary(max_size=200))
def test_any_bytes_are_json_or_refused(body: bytes) -> None:
    try:
        decode.read_json(body)
    except BadAnswerError:
        return


def test_many_brackets_in_texts_are_no_nesting() -> None:
    body = b'{"a": [' + b", ".join([b'"[[{"'] * 500) + b"]}"
    assert len(decode.read_json(body)["a"]) == 500


@pytest.mark.parametrize("value", [-1, 2**63, 1e400, float("nan"), 1.5, True, "12x", [], "-3"])
def test_what_cannot_be_counted_is_refused(value: object) -> None:
    with pytest.raises(fields.FieldError) as caught:
        fields.whole({"n": value}, "n")
    assert str(value) not in str(caught.value) or value in (True, [])


@pytest.mark.parametrize(("value", "n"), [(2**63 - 1, 2**63 - 1), ("12", 12), (0, 0), (3.0, 3)])
def test_what_can_be_counted_is_counted(value: object, n: int) -> None:
    assert fields.whole({"n": value}, "n") == n


def test_half_a_character_can_be_stored() -> None:
    assert fields.text({"s": "a\ud800"}, "s") == "a?"
