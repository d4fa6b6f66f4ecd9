"""The demo's tracking server, for real: told through its API, synced as any other account."""

import asyncio
import os
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.demo import desk as desks
from app.demo.desk import demo_desk
from app.demo.tracking import Tracking, is_installed, tracking
from app.engagement import accounts
from app.engagement.model import Mode
from app.engagement.reports.figures import Rate, Row
from app.engagement.reports.issue_page import issue_page
from app.engagement.reports.queries import rows
from app.engagement.secrets import from_environment
from app.engagement.store.reader import Reader
from app.engagement.store.store import Store
from app.engagement.sync.many import sync_accounts
from app.engagement.sync.state import State

WEEKS = 6
VARIABLE = "SENDOFF_KEY_THE_SLOW_WEB"


@pytest.fixture
def told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Tracking]:
    """A server that was told everything."""
    for name in ("CONFIG", "DATA", "CACHE"):
        monkeypatch.setenv(f"SENDOFF_{name}_DIR", str(tmp_path / name))
    drafts = tmp_path / "drafts"
    drafts.mkdir()
    text = '---\nsubject: "No. 1"\n---\n\n[One](http://127.0.0.1:9/a) [two](https://b.example/)\n'
    (drafts / "issue-1.md").write_text(text, encoding="utf-8")
    with tracking(tmp_path / "server", "http://127.0.0.1:9", drafts, WEEKS) as running:
        assert running.wait(60)
        yield running


def synced() -> list[Row]:
    known = accounts.load()
    store = Store()
    [outcome] = asyncio.run(sync_accounts(known, from_environment, store))
    store.close()
    assert outcome.state is State.CURRENT
    with Reader() as reader:
        return rows(reader, known)


def test_the_account_is_set_up_and_shows_all_issues(told: Tracking) -> None:
    found = synced()
    assert len(found) == WEEKS
    assert found[0].subject == "No. 1"
    assert {row.name for row in found} == {"The Slow Web"}
    for row in found:
        assert row.sent is not None
        assert row.sent > 100
        assert row.opened
    aggregate = [row for row in found if row.source.record.mode is Mode.AGGREGATE]
    assert len(aggregate) == 1
    # Nobody knows how many people that were.
    assert [row.rates[Rate.OPENS].rate for row in aggregate] == [None]
    assert all(row.rates[Rate.OPENS].rate for row in found if row not in aggregate)


def test_links_of_the_demos_own_site_are_tracked(told: Tracking) -> None:
    newest = synced()[0]
    with Reader() as reader:
        links = reader.detail(newest.source).links
    assert links is not None
    assert [link.url for link in links] == ["http://127.0.0.1:9/a", "https://b.example/"]


def test_the_newest_issue_has_an_archive_page_that_was_visited(told: Tracking) -> None:
    known = accounts.load()
    newest, before = synced()[:2]
    with Reader() as reader:
        chart = issue_page(reader, rows(reader, known), newest).archive
        assert chart is not None
        steps = {bar.label: bar.values[0] or 0 for bar in chart.bars}
        assert steps["Views of the page"] >= steps["Visits of the page"] >= 40
        assert steps["Visits of the page"] > steps["Read to the end"] > 0
        assert issue_page(reader, rows(reader, known), before).archive is not None


def test_listeners_hear_of_an_account_that_is_there_already(told: Tracking) -> None:
    heard: list[bool] = []
    told.listen(heard.append)
    assert heard == [True]


def test_the_key_is_of_this_session_only_and_goes_with_the_demo(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(VARIABLE, raising=False)
    with demo_desk() as desk:
        assert desk.tracking is not None
        there = threading.Event()
        desk.tracking.listen(lambda is_new: there.set() if is_new else None)
        assert there.wait(30)
        key = os.environ[VARIABLE]
        root = desk.drafts.parent
        for file in (root / "config").rglob("*"):
            assert not file.is_file() or key not in file.read_text(encoding="utf-8")
    assert VARIABLE not in os.environ
    assert not root.exists()


def test_it_ends_quietly_while_it_is_still_told(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("CONFIG", "DATA"):
        monkeypatch.setenv(f"SENDOFF_{name}_DIR", str(tmp_path / name))
    with tracking(tmp_path / "server", "http://127.0.0.1:9", tmp_path) as running:
        heard = threading.Event()
        running.listen(lambda is_new: None if is_new else heard.set())
        assert heard.wait(60)
        assert not running.wait(0)
    assert capfd.readouterr().err == ""


def test_without_the_extra_the_demo_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    assert is_installed()
    monkeypatch.setattr(desks, "is_installed", lambda: False)
    with demo_desk() as desk:
        assert desk.tracking is None
        assert desk.draft.exists()
        assert not accounts.load()
