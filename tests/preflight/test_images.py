"""Images beside the draft."""

import struct
import zlib
from pathlib import Path

import pytest

from tests.preflight.support import of

TEXT = "![A map of it]({})\n"


def png(width: int, height: int, more: int = 0) -> bytes:
    """A picture as far as its head goes, with bytes behind it."""
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunk = b"IHDR" + head
    return (
        b"\x89PNG\r\n\x1a\n"
        + struct.pack(">I", len(head))
        + chunk
        + struct.pack(">I", zlib.crc32(chunk))
        + bytes(more)
    )


@pytest.mark.parametrize(
    ("data", "rules"),
    [
        (png(600, 400), {"image.local"}),
        (png(1200, 2400), {"image.local"}),
        (png(1201, 10), {"image.local", "image.too-wide"}),
        (png(600, 400, 1_000_001), {"image.local", "image.heavy"}),
        (b"no picture", {"image.local"}),
        (b"", {"image.local"}),
    ],
)
def test_the_file_is_looked_at(tmp_path: Path, data: bytes, rules: set[str]) -> None:
    (tmp_path / "a map.png").write_bytes(data)
    told = {
        rule
        for rule in ("image.absent", "image.local", "image.too-wide", "image.heavy")
        if of(rule, TEXT.format("a%20map.png"), folder=tmp_path)
    }
    assert told == rules


def test_a_missing_file_is_an_error_and_no_broken_link_besides(tmp_path: Path) -> None:
    text = TEXT.format("map.png")
    assert len(of("image.absent", text, folder=tmp_path)) == 1
    assert of("link.broken", text, folder=tmp_path) == []


def test_a_draft_without_a_folder_has_no_files() -> None:
    text = TEXT.format("map.png")
    assert of("image.absent", text) == []
    assert len(of("link.broken", text)) == 1


@pytest.mark.parametrize("href", ["/etc/hostname", "https://a.test/map.png", "a%00b.png"])
def test_nothing_is_read_elsewhere(tmp_path: Path, href: str) -> None:
    for rule in ("image.local", "image.too-wide", "image.heavy"):
        assert of(rule, TEXT.format(href), folder=tmp_path) == []


def test_a_file_that_changed_is_looked_at_again(tmp_path: Path) -> None:
    file = tmp_path / "map.png"
    file.write_bytes(png(2000, 10))
    assert of("image.too-wide", TEXT.format("map.png"), folder=tmp_path)
    file.write_bytes(png(200, 10) + b"x")
    assert of("image.too-wide", TEXT.format("map.png"), folder=tmp_path) == []
