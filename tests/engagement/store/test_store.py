"""The store: newest states stay, totals are kept whole, and what cannot be stored is told."""

import itertools
import random
import sqlite3
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.engagement.model import (
    Count,
    Dimension,
    EventRecord,
    Figures,
    Gone,
    IssueDetail,
    IssueRecord,
    LinkRecord,
    Page,
    Record,
    SeriesPoint,
    Tombstone,
)
from app.engagement.store.encoding import figures_of, figures_text
from app.engagement.store.reader import Reader
from app.engagement.store.schema import MIGRATIONS, StoreError
from app.engagement.store.store import OtherSyncError, Status, Store

COUNTS = st.none() | st.integers(0, 2**63 - 1)
FIGURES = st.builds(
    Figures,
    sent=COUNTS,
    delivered=COUNTS,
    opens=st.builds(Count, COUNTS, COUNTS, COUNTS, COUNTS),
    clicks=st.builds(Count, COUNTS, COUNTS, COUNTS, COUNTS),
    other=st.dictionaries(st.text(max_size=5), st.integers(0, 9), max_size=2),
)
ROOM = settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def an_issue(version: int = 1, opens: int | None = 3, name: str = "i") -> IssueRecord:
    return IssueRecord(name, "One", 1000, Figures(sent=9, opens=Count(opens)), 2000, version)


def an_event(name: str, kind: str = "opened", version: int = 1, **more: Any) -> EventRecord:
    return EventRecord("i", name, kind, 5, agent="human", version=version, **more)


def put(store: Store, *records: Record, **marks: str) -> None:
    store.commit(store.target("a"), Page(records, marks))


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "engagement.db")


@pytest.fixture(autouse=True)
def closed(store: Store) -> object:
    yield
    store.close()


@given(FIGURES)
def test_figures_come_back_as_they_were(figures: Figures) -> None:
    assert figures_of(figures_text(figures)) == figures


def test_what_is_not_told_is_not_zero(store: Store) -> None:
    put(store, an_issue(opens=None))
    with Reader(store.path) as reader:
        (issue,) = reader.issues()
        assert issue.record.figures.opens.all is None
        assert issue.record.figures.delivered is None
        assert issue.record.figures.sent == 9
        assert issue.record == an_issue(opens=None)


def test_a_count_may_fall(store: Store) -> None:
    put(store, an_issue(1, opens=30))
    put(store, an_issue(2, opens=3))
    with Reader(store.path) as reader:
        assert reader.issues()[0].record.figures.opens.all == 3


RECORDS: tuple[Record, ...] = (
    an_issue(1, 1),
    an_issue(2, 2),
    an_event("e1", version=1),
    an_event("e1", version=2, client="newer"),
    an_event("e1", "clicked"),
    an_event("e2", subscriber="s"),
    IssueDetail("i", (LinkRecord(1, "https://example.com/"),), (), frozenset(), 1, 2),
    Tombstone(Gone.SUBSCRIBER, "s"),
)


@ROOM
@given(st.permutations(RECORDS), st.integers(1, 8))
def test_pages_in_any_order_and_twice_come_out_the_same(
    store: Store, order: list[Record], size: int
) -> None:
    store.forget_account("a")
    pages = [order[n : n + size] for n in range(0, len(order), size)]
    for page in itertools.chain(pages, random.Random(size).sample(pages, len(pages))):
        put(store, *page)
    with Reader(store.path) as reader:
        (issue,) = reader.issues()
        assert issue.record == RECORDS[1]
        assert {(event.id, event.type, event.client) for event in reader.events(issue)} == {
            ("e1", "opened", "newer"),
            ("e1", "clicked", ""),
        }
        assert reader.detail(issue).links == (LinkRecord(1, "https://example.com/"),)


def test_a_detail_replaces_what_was_known_of_its_dimensions(store: Store) -> None:
    def point(dimension: Dimension, key: str) -> SeriesPoint:
        return SeriesPoint(dimension, key, Figures(sent=1))

    both = frozenset((Dimension.HOUR, Dimension.CLIENT))
    first = (point(Dimension.HOUR, "1"), point(Dimension.HOUR, "2"), point(Dimension.CLIENT, "x"))
    put(store, an_issue(), IssueDetail("i", (), first, both, 1, 1))
    later = (point(Dimension.HOUR, "2"),)
    put(store, IssueDetail("i", None, later, frozenset((Dimension.HOUR,)), 1, 2))
    with Reader(store.path) as reader:
        (issue,) = reader.issues()
        assert set(map(str, reader.detail(issue).points)) == set(map(str, (first[2], later[0])))


def test_a_deleted_issue_is_kept_marked_and_not_revived_by_an_old_page(store: Store) -> None:
    put(store, an_issue(2), an_event("e1"))
    put(store, Tombstone(Gone.ISSUE, "i"))
    put(store, an_issue(2))
    with Reader(store.path) as reader:
        (issue,) = reader.issues()
        assert issue.deleted
        assert len(list(reader.events(issue))) == 1
        put(store, an_issue(3))
        assert not reader.issues()[0].deleted


def test_events_of_an_issue_that_was_not_told_of_wait_unseen(store: Store) -> None:
    put(store, an_event("e1"))
    with Reader(store.path) as reader:
        assert reader.issues() == []
        put(store, an_issue())
        assert len(list(reader.events(reader.issues()[0]))) == 1


def test_marks_are_stored_with_their_page_or_not_at_all(store: Store) -> None:
    put(store, an_issue(), place="7", other="1")
    assert store.target("a").marks == {"place": "7", "other": "1"}
    too_large = IssueRecord("j", "", 2**70, Figures(), None)
    with pytest.raises(OverflowError):
        put(store, too_large, place="8")
    put(store, other="")
    assert store.target("a").marks == {"place": "7"}


def test_a_window_notices_that_another_stored_meanwhile(store: Store) -> None:
    target = store.target("a")
    put(store, an_issue(2))
    with pytest.raises(OtherSyncError):
        store.commit(target, Page((an_issue(9, 99),)))
    with Reader(store.path) as reader:
        assert reader.issues()[0].record.version == 2


def test_a_full_resync_shows_itself_only_when_it_is_whole(store: Store) -> None:
    put(store, an_issue(5, 50), an_issue(5, 1, name="lost"), an_event("old"), place="x")
    shadow = store.begin_again(store.target("a"))
    assert shadow.marks == {}
    with Reader(store.path) as reader:
        shadow = store.commit(shadow, Page((an_issue(1, 7), an_event("new")), {"place": "y"}))
        assert [each.record.figures.opens.all for each in reader.issues()] == [1, 50]
        assert store.target("a").generation == shadow.generation, "it is gone on with"
        store.make_live(shadow)
        issues = {each.record.id: each for each in reader.issues()}
        assert issues["i"].record.figures.opens.all == 7
        assert [event.id for event in reader.events(issues["i"])] == ["new"]
        assert issues["lost"].deleted, "the server has it no more; it is kept"
        while store.sweep():
            pass
        assert [event.id for event in reader.events(issues["i"])] == ["new"]
    (left,) = store._connection.execute("SELECT count(*) FROM generation").fetchone()
    assert left == 1


def test_a_full_disk_is_told_and_what_was_stored_holds(store: Store) -> None:
    put(store, an_issue(1, 1), place="1")
    (pages,) = store._connection.execute("PRAGMA page_count").fetchone()
    store._connection.execute(f"PRAGMA max_page_count = {pages}")
    events = tuple(an_event(f"e{n}", detail="x" * 500) for n in range(100))
    with pytest.raises(StoreError, match="disk is full"):
        put(store, an_issue(2, 2), *events, place="2")
    store._connection.execute("PRAGMA max_page_count = 100000")
    assert store.target("a").marks == {"place": "1"}
    put(store, an_issue(2, 2), *events, place="2")
    with Reader(store.path) as reader:
        assert len(list(reader.events(reader.issues()[0]))) == 100


def test_accounts_do_not_mix_and_go_alone(store: Store) -> None:
    put(store, an_issue())
    store.commit(store.target("b"), Page((an_issue(4),)))
    store.set_status(Status("a", "current"))
    store.forget_account("a")
    with Reader(store.path) as reader:
        assert [each.account for each in reader.issues()] == ["b"]
    assert store.status("a") is None


def test_a_damaged_file_is_put_aside_and_begun_anew(tmp_path: Path) -> None:
    path = tmp_path / "damaged.db"
    path.write_bytes(b"no database at all" * 1000)
    store = Store(path)
    assert store.put_aside is not None
    assert store.put_aside.read_bytes().startswith(b"no database")
    put(store, an_issue())
    store.close()


def test_a_file_of_a_newer_version_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "newer.db"
    connection = sqlite3.connect(path)
    connection.execute(f"PRAGMA user_version = {len(MIGRATIONS) + 1}")
    connection.close()
    with pytest.raises(StoreError, match="newer version"):
        Store(path)
