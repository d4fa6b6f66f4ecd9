"""The databases of versions and accepted links on a disk that fills while they are written."""

import contextlib
import os
import sqlite3
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from app.drafts.errors import DraftError, Trouble
from app.drafts.history import History
from app.linkcheck.store.accepted import AcceptedLinks, AcceptedLinksError

if sys.platform == "win32":
    pytest.skip("no file size limits here", allow_module_level=True)

import resource

NOW = datetime(2026, 1, 1, tzinfo=UTC)


@contextlib.contextmanager
def largest_file(size: int) -> Iterator[None]:
    """No file may grow beyond this: the system refuses the write in the middle, as a full disk."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def is_sound(path: Path) -> bool:
    with contextlib.closing(sqlite3.connect(path)) as database:
        return bool(database.execute("PRAGMA integrity_check").fetchone()[0] == "ok")


@pytest.mark.parametrize("room", [0, 100, 4_096, 10_000, 30_000, 60_000, 100_000])
def test_a_version_is_kept_whole_or_not_at_all(tmp_path: Path, room: int) -> None:
    path = tmp_path / "history.sqlite3"
    history = History(path)
    history.add("a", b"first")
    refused: list[Trouble] = []
    with largest_file(room):
        for number in range(8):
            try:
                history.add("a", f"{number}".encode() + os.urandom(20_000).hex().encode())
            except DraftError as error:
                refused.append(error.trouble)
    assert set(refused) == {Trouble.HISTORY_FAILED}
    kept = history.versions("a")
    assert len(kept) == 1 + 8 - len(refused)
    assert history.read(kept[-1]) == b"first"
    for version in kept:
        assert len(history.read(version)) == version.size
    assert history.add("a", b"there is room again")
    history.close()
    assert is_sound(path)


@pytest.mark.parametrize("room", [0, 4_096, 20_000])
def test_a_link_is_accepted_for_good_or_refused(tmp_path: Path, room: int) -> None:
    path = tmp_path / "accepted.sqlite3"
    accepted = AcceptedLinks(path)
    accepted.accept("https://first.example/", NOW)
    urls = [f"https://{number}.example/{'x' * 900}" for number in range(60)]
    kept = ["https://first.example/"]
    with largest_file(room):
        for url in urls:
            with contextlib.suppress(AcceptedLinksError):
                accepted.accept(url, NOW)
                kept.append(url)
    assert len(kept) < 61
    accepted.close()
    assert is_sound(path)
    again = AcceptedLinks(path)
    assert sorted(again.verdicts([*urls, "https://first.example/"])) == sorted(kept)
    again.close()
