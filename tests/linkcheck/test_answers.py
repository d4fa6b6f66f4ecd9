"""Heads and bodies: forgiving, bounded, and never out of step."""

import asyncio
import gzip
import zlib
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.linkcheck.net.body import Body, BodyError, Decoder
from app.linkcheck.net.failures import FailureError
from app.linkcheck.net.head import Head, parse_head
from app.linkcheck.net.wire import Wire
from app.linkcheck.page.fragments import FragmentSearch, worth_asking
from app.linkcheck.page.pages import Page
from app.linkcheck.page.retry import retry_after

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("1", 1.0),
        ("0", None),
        ("120", 120.0),
        ("0.5", 0.5),
        (" 7 ", 7.0),
        ("Sun, 22 Nov 2026 12:00:30 GMT", 30.0),
        ("Sunday, 22-Nov-26 12:00:30 GMT", 30.0),
        ("Sun Nov 22 12:00:30 2026", 30.0),
        ("Sun, 22 Nov 2026 13:00:30 +0100", 30.0),
        ("Sun, 22 Nov 2026 11:59:00 GMT", None),
        ("-5", None),
        ("abc", None),
        ("", None),
        ("1m30s", None),
        ("١٢", None),
        ("9" * 400, 10 * 365 * 86400.0),
        ("Fri, 31 Dec 99999 23:59:59 GMT", None),
    ],
)
def test_retry_after(value: str, seconds: float | None) -> None:
    assert retry_after(value, NOW) == seconds


@given(st.text())
def test_retry_after_takes_anything(value: str) -> None:
    wait = retry_after(value, NOW)
    assert wait is None or 0 <= wait <= 10 * 365 * 86400


def test_head() -> None:
    raw = b"HTTP/1.1 301 Moved\r\nLocation: /a\r\nset-cookie: a=1\r\nSet-Cookie: b=2\r\nX:  y \r\n"
    found = parse_head(bytearray(raw + b"\r\nbody"), 0)
    assert found is not None
    head, end = found
    assert (head.status, head.version) == (301, (1, 1))
    assert end == len(raw) + 2
    assert head.get("location") == "/a"
    assert head.get("x") == "y"
    assert head.get("absent") == ""
    assert head.all("set-cookie") == [b"a=1", b"b=2"]
    assert head.keeps_alive


@pytest.mark.parametrize(
    ("first", "connection", "keeps"),
    [
        ("HTTP/1.1 200 OK", "", True),
        ("HTTP/1.1 200 OK", "Connection: Close\r\n", False),
        ("HTTP/1.1 200 OK", "Connection: keep-alive, close\r\n", False),
        ("HTTP/1.0 200 OK", "", False),
        ("HTTP/1.0 200 OK", "Connection: Keep-Alive\r\n", True),
    ],
)
def test_keep_alive(first: str, connection: str, keeps: bool) -> None:
    found = parse_head(bytearray(f"{first}\r\n{connection}\r\n".encode()), 0)
    assert found is not None
    assert found[0].keeps_alive is keeps


@given(st.binary(max_size=200), st.integers(0, 200))
def test_any_bytes_are_a_head_or_a_failure_or_incomplete(data: bytes, cut: int) -> None:
    for raw in (data, b"HTTP/1.1 200 OK\r\n" + data):
        try:
            found = parse_head(bytearray(raw), min(cut, len(raw)) and 0)
        except FailureError as failure:
            assert failure.evidence  # noqa: PT017
        else:
            if found is not None:
                assert 0 <= found[0].status <= 999
                assert isinstance(found[0].headers, dict)


@given(st.lists(st.integers(1, 40), max_size=20))
def test_a_head_is_found_however_it_is_cut(sizes: list[int]) -> None:
    """Piece by piece, the search goes on from where it was and misses no end."""
    whole = b"HTTP/1.1 200 OK\nA: 1\r\nB: 2\r\n\r\nrest"
    buffer, at, searched = bytearray(), 0, 0
    for size in [*sizes, len(whole)]:
        buffer += whole[at : at + size]
        at += size
        found = parse_head(buffer, searched)
        if found is not None:
            assert buffer[: found[1]] == whole[: whole.index(b"rest")]
            return
        searched = len(buffer)
    pytest.fail("the end was missed")


def read(head: Head, data: bytes, limit: int = 1 << 20) -> tuple[bytes, bool]:
    """What a body of these bytes gives, and whether all of it was read."""

    async def run() -> tuple[bytes, bool]:
        wire = Wire(lambda _: None)
        wire._busy = True
        wire.data_received(data)
        wire.eof_received()
        body = Body(wire, head, limit)
        content = b""
        while piece := await body.read():
            content += piece
        return content, body.whole

    return asyncio.run(run())


def head_of(*headers: str) -> Head:
    return Head(200, (1, 1), "\r\n".join(["HTTP/1.1 200 OK", *headers]).encode())


CHUNKED = head_of("Transfer-Encoding: chunked")


def test_bodies() -> None:
    assert read(head_of("Content-Length: 3"), b"abcdef") == (b"abc", True)
    assert read(head_of(), b"abcdef") == (b"abcdef", True)
    assert read(CHUNKED, b"3\r\nabc\r\n2;x=y\r\nde\r\n0\r\nT: 1\r\n\r\n") == (b"abcde", True)
    assert read(head_of("Content-Length: 9"), b"abcdefghi", limit=4) == (b"abcd", False)


@pytest.mark.parametrize(
    ("head", "data"),
    [
        (head_of("Content-Length: 9"), b"abc"),
        (CHUNKED, b""),
        (CHUNKED, b"zz\r\n"),
        (CHUNKED, b"-1\r\nabc"),
        (CHUNKED, b"5\r\nabc"),
        (CHUNKED, b"3\r\nabc\r\n"),
        (head_of("Content-Encoding: gzip"), b"no gzip at all"),
    ],
)
def test_broken_bodies(head: Head, data: bytes) -> None:
    with pytest.raises(BodyError):
        read(head, data)


def test_a_bomb_is_unpacked_in_small_pieces_and_only_as_far_as_wanted() -> None:
    decoder = Decoder(["gzip"], 1 << 20)
    packed = gzip.compress(bytes(64 << 20))
    pieces = [decoder.decode(packed)]
    while decoder.left > 0:
        pieces.append(decoder.decode(b""))
    assert max(map(len, pieces)) <= 64 * 1024
    assert sum(map(len, pieces)) == 1 << 20
    assert decoder.cut


@given(st.binary(max_size=3000), st.integers(1, 4000), st.sampled_from(["gzip", "deflate", "raw"]))
def test_decoder_gives_what_was_packed_up_to_the_limit(
    content: bytes, limit: int, kind: str
) -> None:
    packed = gzip.compress(content) if kind == "gzip" else zlib.compress(content)
    if kind == "raw":
        packed = packed[2:-4]
    decoder = Decoder(["gzip" if kind == "gzip" else "deflate"], limit)
    found = b""
    for at in range(0, len(packed), 100):
        if decoder.left > 0:
            found += decoder.decode(packed[at : at + 100])
        while decoder.left > 0 and decoder.has_more:
            found += decoder.decode(b"")
    assert found == content[:limit]


@pytest.mark.parametrize(
    ("fragment", "host", "asked"),
    [
        ("part", "a.example", True),
        ("", "a.example", False),
        ("Top", "a.example", False),
        (":~:text=a", "a.example", False),
        ("part:~:text=a", "a.example", True),
        ("/route", "a.example", False),
        ("!page", "a.example", False),
        ("t=30", "a.example", False),
        ("L10", "github.com", False),
        ("usage", "gist.github.com", False),
        ("part", "notgithub.com", True),
    ],
)
def test_which_fragments_are_looked_up(fragment: str, host: str, asked: bool) -> None:
    assert worth_asking(fragment, host) is asked


@given(st.integers(1, 30))
def test_a_place_is_found_across_pieces(size: int) -> None:
    page = "x" * 40 + '<h2 class="a" id="the-part">The part</h2>' + "y" * 40
    search = FragmentSearch(["the-part", "other"])
    for at in range(0, len(page), size):
        search.feed(page[at : at + size])
    assert search.missing == {"other"}


@pytest.mark.parametrize(
    ("content", "target"),
    [
        ("0; url=/a,b;c", "/a,b;c"),
        ("0,URL='/a'", "/a"),
        ("5;/a", "/a"),
        ("1.5; url = /a ", "/a"),
        ("30; url=/a", None),
        ("0", None),
        ("0;", None),
        ("x; url=/a", None),
        ("0; url=/a?url=b&amp;c", "/a?url=b&c"),
    ],
)
def test_meta_refresh(content: str, target: str | None) -> None:
    tag = f'<META content="{content}" HTTP-EQUIV="Refresh">'
    assert Page(tag, whole=True).refresh == target
    assert Page(f"<!-- {tag} -->", whole=True).refresh is None


@given(st.text())
def test_any_text_is_a_page(text: str) -> None:
    page = Page(text, whole=True)
    assert isinstance(page.title, str)
    assert isinstance(page.is_drawn_by_script, bool)
    assert page.is_parked in (True, False)
    assert page.is_error_page in (True, False)
    assert page.refresh is None or page.refresh


@pytest.mark.parametrize(
    "hostile",
    [
        "<title" * 10_000,
        "<title>" + "404 - " * 10_000,
        "<meta " * 10_000,
        "<!--" * 15_000,
        "<script>" * 8_000,
        "<" * 60_000,
        "<div " + "id " * 20_000,
        "<title>" + " not found" * 6_000,
        "<meta http-equiv=refresh content='0;" + " " * 50_000,
        "id=" * 20_000,
        "<script " * 8_000 + "src='",
        "<html " + "x" * 60_000,
    ],
    ids=lambda text: text[:12],
)
def test_no_page_takes_long(hostile: str) -> None:
    import time

    began = time.process_time()
    page = Page(hostile[: 64 * 1024], whole=True)
    _ = (page.title, page.is_error_page, page.is_parked, page.refresh, page.is_drawn_by_script)
    search = FragmentSearch(["x"])
    search.feed(hostile)
    assert time.process_time() - began < 0.5
