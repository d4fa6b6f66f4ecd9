"""Heads and bodies: forgiving, bounded, and never out of step."""

import asyncio
import gzip
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.linkcheck.net.body import Body, BodyError, Decoder
from app.linkcheck.net.failures import FailureError
from app.linkcheck.net.head import Head, parse_head
from app.linkcheck.net.wire import Wire


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
