"""Giving the files back while other threads read: SQLite itself would take the program down."""

import sqlite3
import threading
from datetime import UTC, datetime
from pathlib import Path

import pytest

from app.linkcheck.store.accepted import AcceptedLinks
from app.linkcheck.store.cache import VerdictCache
from app.linkcheck.verdict import Reason, Verdict
from tests.support.patience import PATIENCE

URL = "https://a.example/"


def test_what_is_being_read_is_read_before_the_cache_is_closed(tmp_path: Path) -> None:
    cache = VerdictCache(tmp_path / "verdicts.sqlite3")
    is_reading, goes_on = threading.Event(), threading.Event()

    def slow() -> int:
        is_reading.set()
        goes_on.wait(PATIENCE)
        return 7

    cache._reader.create_function("slow", 0, slow)
    found: list[object] = []
    reading = threading.Thread(target=lambda: found.extend(cache._select("SELECT slow()", ())))
    reading.start()
    assert is_reading.wait(PATIENCE)
    closing = threading.Thread(target=cache.close)
    closing.start()
    closing.join(0.1)
    goes_on.set()
    reading.join(PATIENCE)
    closing.join(PATIENCE)
    assert found == [(7,)]


def test_a_cache_that_was_closed_knows_nothing_and_opens_nothing(tmp_path: Path) -> None:
    cache = VerdictCache(tmp_path / "verdicts.sqlite3")
    cache.put_many([(URL, Verdict(Reason.OK, checked_at=datetime.now(UTC), detail="x"))])
    cache.close()
    assert cache.get_many([URL]) == {}
    cache.forget(URL)
    for connection in (cache._reader, cache._writer):
        with pytest.raises(sqlite3.ProgrammingError, match="closed"):
            connection.execute("SELECT 1")


def test_accepted_links_are_closed_when_nobody_reads_them(tmp_path: Path) -> None:
    accepted = AcceptedLinks(tmp_path / "accepted.sqlite3")
    closing = threading.Thread(target=accepted.close)
    with accepted._lock:  # as while they are read
        closing.start()
        closing.join(0.1)
        assert accepted._database.execute("SELECT 1").fetchone() == (1,)
    closing.join(PATIENCE)
    assert accepted.verdicts([URL]) == {}
