"""Versions: all there, each exact, thinned out with age, safe from a damaged database."""

import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.drafts.diff import Hunk
from app.drafts.errors import DraftError, Trouble
from app.drafts.history import History, Kind, _chunks

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


@pytest.fixture
def history(tmp_path: Path) -> Iterator[History]:
    history = History(tmp_path / "app" / "history.sqlite3")
    yield history
    history.close()


@given(st.lists(st.binary(max_size=3000), max_size=12))
def test_chunks_are_the_text(parts: list[bytes]) -> None:
    data = b"\n".join(parts)
    assert b"".join(_chunks(data)) == data


def test_every_version_is_kept_exactly(history: History) -> None:
    contents = [f"line\r\n{number} \u2028\n".encode() * 500 for number in range(5)]
    for content in contents:
        assert history.add("a", content)
    history.add("b", b"another draft")
    versions = history.versions("a")
    assert [history.read(version) for version in versions] == contents[::-1]
    assert history.drafts() == ["b", "a"]


def test_the_same_text_twice_is_one_version(history: History) -> None:
    assert history.add("a", b"one")
    assert not history.add("a", b"one")
    assert history.add("a", b"two")
    assert history.add("a", b"one")
    assert len(history.versions("a")) == 3


def test_a_version_costs_only_what_changed(history: History, tmp_path: Path) -> None:
    lines = [f"Line {number} of a long letter to many people." for number in range(20_000)]
    for number in range(30):
        lines[number * 600] = f"changed {number}"
        history.add("a", "\n".join(lines).encode())
    history.close()
    size = sum(path.stat().st_size for path in (tmp_path / "app").iterdir())
    assert size < 2 * len("\n".join(lines))


def test_two_versions_are_compared_by_lines(history: History) -> None:
    history.add("a", b"one\ntwo\nthree")
    history.add("a", b"one\n2\nthree\nfour")
    new, old = history.versions("a")
    compared = history.compare(old, new)
    assert compared.hunks == [Hunk(1, 2, 1, 2), Hunk(3, 3, 3, 4)]
    assert compared.new == list(history.open(new).lines)


def test_versions_thin_out_with_age(history: History) -> None:
    moments = [NOW - timedelta(minutes=20) * number for number in range(3 * 24 * 200)]
    for number, moment in enumerate(reversed(moments[:: 1 + len(moments) // 3000])):
        history.add("a", str(number).encode(), now=moment)
    history.add("untouched for long", b"the only one", now=NOW - timedelta(days=4000))
    gone = history.prune(now=NOW)
    left = [NOW - version.saved_at for version in history.versions("a")]
    assert gone
    day, week = timedelta(days=1), timedelta(days=7)
    assert sum(age < day for age in left) == sum(
        moment > NOW - day for moment in moments[:: 1 + len(moments) // 3000]
    )
    ages = sorted(left)
    gaps = [(later - age, age) for age, later in pairwise(ages)]
    limits = [
        (week, timedelta(hours=3)),
        (timedelta(days=59), timedelta(days=2)),
        (timedelta(weeks=25), timedelta(days=14)),
    ]
    for until, longest in limits:
        assert all(gap <= longest for gap, age in gaps if age < until)
    assert [history.read(one) for one in history.versions("untouched for long")]
    assert history.prune(now=NOW) == 0
    assert all(history.read(version) for version in history.versions("a"))


def test_a_clock_that_was_wrong_loses_no_version(history: History) -> None:
    history.add("a", b"from the future", now=NOW + timedelta(days=400))
    history.add("a", b"now", now=NOW)
    assert history.prune(now=NOW) == 0
    assert history.read(history.versions("a")[0]) == b"now"


def test_versions_follow_a_renamed_draft(history: History) -> None:
    history.add("old", b"one")
    history.rename("old", "new")
    assert not history.versions("old")
    assert history.read(history.versions("new")[0]) == b"one"


def test_a_damaged_database_is_set_aside(tmp_path: Path) -> None:
    path = tmp_path / "history.sqlite3"
    path.write_bytes(b"this is no database" * 100)
    history = History(path)
    assert history.add("a", b"one")
    assert history.read(history.versions("a")[0]) == b"one"
    history.close()
    (aside,) = tmp_path.glob("*.damaged-*")
    assert aside.read_bytes().startswith(b"this is no database")


def test_a_database_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder")
    with pytest.raises(DraftError) as caught:
        History(tmp_path / "file" / "history.sqlite3").add("a", b"one")
    assert caught.value.trouble is Trouble.HISTORY_FAILED


def test_a_lost_chunk_is_told_and_never_read_as_text(history: History, tmp_path: Path) -> None:
    history.add("a", b"one")
    version = history.versions("a")[0]
    history.close()
    with sqlite3.connect(tmp_path / "app" / "history.sqlite3") as database:
        database.execute("DELETE FROM chunk")
    database.close()
    with pytest.raises(DraftError):
        history.read(version)


def test_two_windows_share_the_versions(history: History, tmp_path: Path) -> None:
    other = History(tmp_path / "app" / "history.sqlite3")
    for number in range(20):
        (history if number % 2 else other).add("a", str(number).encode(), Kind.SAVED)
    assert len(other.versions("a")) == 20
    other.close()
    history.close()


@pytest.mark.filterwarnings("error::ResourceWarning")
def test_who_asks_after_the_end_leaves_nothing_open(tmp_path: Path) -> None:
    history = History(tmp_path / "history.sqlite3")
    history.add("a", b"one")
    history.close()
    assert len(history.versions("a")) == 1  # a thread that had begun before
    assert history._connection is None
