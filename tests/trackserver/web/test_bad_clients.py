"""Clients that are slow, endless, or no HTTP at all, with raw sockets."""

import socket
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.trackserver.settings import Limits
from app.trackserver.store.database import Database
from tests.support.patience import PATIENCE
from tests.trackserver.serving import Served, serving

SECONDS = 0.6
SOON = 15
"""Seconds; for ever is much longer."""


@pytest.fixture(scope="module")
def impatient(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    folder = tmp_path_factory.mktemp("impatient")
    limits = Limits(head=9000, head_seconds=SECONDS, body_seconds=SECONDS, body=2000)
    database = Database(f"sqlite:///{folder / 'sendoff.db'}")
    with serving(database, Path(folder), limits=limits) as served:
        yield served


def talk(served: Served, *pieces: bytes, pause: float = 0.05) -> tuple[bytes, float]:
    """Send piece by piece; what came back until the server hung up, and when it did."""
    began = time.monotonic()
    got = b""
    with socket.create_connection(("127.0.0.1", served.port), PATIENCE) as client:
        try:
            for piece in pieces:
                client.sendall(piece)
                if len(pieces) > 1:
                    time.sleep(pause)
            while data := client.recv(65536):
                got += data
        except ConnectionError:
            pass
    return got, time.monotonic() - began


POST = b"POST /u/x HTTP/1.1\r\nHost: a\r\n"


def test_silence_is_cut_off(impatient: Served) -> None:
    assert talk(impatient)[1] < SOON


def test_a_head_that_does_not_end_is_cut_off_though_it_trickles(impatient: Served) -> None:
    got, seconds = talk(impatient, b"GET /i/x HTTP/1.1\r\n", *[b"X-A: b\r\n"] * 40)
    assert seconds < SOON
    assert b"200 OK" not in got


def test_a_head_that_is_too_long_is_refused(impatient: Served) -> None:
    got, _ = talk(impatient, b"GET /i/x HTTP/1.1\r\nX-A: " + b"a" * 20_000 + b"\r\n\r\n")
    assert got.startswith(b"HTTP/1.1 431")


@pytest.mark.parametrize(
    "head",
    [
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",  # TLS
        b"GET / HTTP/9.9\r\n\r\n",
        b"GET  /i/x\r\n\r\n",
        b"\0\0\0\0\r\n\r\n",
        b"GET /\xff\xfe HTTP/1.1\r\nHost: a\r\n\r\n",
        b"GET /i/x HTTP/1.1\r\nHost: a\r\nBad Header: x\r\n\r\n",
        b"POST /u/x HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n",
        b"POST /u/x HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\na",
        b"POST /u/x HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
    ],
)
def test_what_is_no_http_gets_4xx_or_nothing(impatient: Served, head: bytes) -> None:
    got, seconds = talk(impatient, head)
    assert seconds < SOON
    assert not got.startswith(b"HTTP/1.1 5")
    assert got == b"" or got.startswith(b"HTTP/1.1 4")


def test_an_idle_connection_is_not_kept_for_ever(impatient: Served) -> None:
    got, seconds = talk(impatient, b"GET /i/x HTTP/1.1\r\nHost: a\r\n\r\n")
    assert got.startswith(b"HTTP/1.1 200")
    assert seconds < SOON


def post(served: Served, *lines: str) -> bytes:
    head = [
        "POST /v1/links/check HTTP/1.1",
        "Host: a",
        f"Authorization: Bearer {served.key}",
        "Content-Type: application/json",
        *lines,
    ]
    return ("\r\n".join(head) + "\r\n\r\n").encode()


def slow_endpoint(served: Served) -> str:
    """Some endpoint of ours that takes JSON."""
    paths = served.http.get("/openapi.json").json()["paths"]
    for path, methods in paths.items():
        if "{" not in path and "application/json" in str(
            methods.get("post", {}).get("requestBody")
        ):
            return str(path)
    raise AssertionError("no endpoint takes JSON")


def test_a_body_that_does_not_come_is_408(impatient: Served) -> None:
    head = post(impatient, "Content-Length: 100").replace(
        b"/v1/links/check", slow_endpoint(impatient).encode()
    )
    got, seconds = talk(impatient, head, b'{"a"')
    assert got.startswith(b"HTTP/1.1 408")
    assert b"application/problem+json" in got
    assert seconds < SOON


def test_an_endless_body_is_cut_off(impatient: Served) -> None:
    head = post(impatient, "Transfer-Encoding: chunked").replace(
        b"/v1/links/check", slow_endpoint(impatient).encode()
    )
    got, seconds = talk(impatient, head, *[b"400\r\n" + b"a" * 1024 + b"\r\n"] * 30)
    assert got == b"" or got.startswith(b"HTTP/1.1 413")
    assert seconds < SOON


def test_a_body_that_says_it_is_too_long_is_not_even_read(impatient: Served) -> None:
    head = post(impatient, "Content-Length: 99999999999999999999").replace(
        b"/v1/links/check", slow_endpoint(impatient).encode()
    )
    got, seconds = talk(impatient, head)
    assert got.startswith(b"HTTP/1.1 4")
    assert seconds < SOON


def test_a_slow_unsubscribe_form_is_refused(impatient: Served) -> None:
    got, seconds = talk(impatient, POST + b"Content-Length: 30\r\n\r\nList")
    assert not got.startswith(b"HTTP/1.1 5")
    assert seconds < SOON


def test_others_are_served_meanwhile(impatient: Served) -> None:
    holding = [socket.create_connection(("127.0.0.1", impatient.port)) for _ in range(300)]
    try:
        for one in holding:
            one.sendall(b"GET /i/x HTTP/1.1\r\nX: ")
        assert impatient.http.get("/i/x").status_code == 200
    finally:
        for one in holding:
            one.close()
