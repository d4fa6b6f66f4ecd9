"""What is deleted when, and what stays."""

import threading

import msgspec
import pytest
from sqlalchemy import func, insert, inspect, select, text, update

from app.trackserver.inbox import Kind, Reported
from app.trackserver.store.database import Database
from app.trackserver.store.schema import (
    day_salt,
    event,
    inbox_done,
    issue,
    recipient,
    rollup,
    set_aside,
    webhook_nonce,
)
from app.trackserver.words import Agent, EventType, Metric
from app.trackserver.work.jobs import Job, Jobs
from app.trackserver.work.partitions import drop_empty_partitions, make_partitions
from app.trackserver.work.recount import compare
from app.trackserver.work.retention import (
    DAY,
    Retention,
    retain,
    retention,
    set_retention,
)
from tests.support.patience import PATIENCE, wait_for
from tests.trackserver.work.scene import ISSUE, START, Scene


def addresses(scene: Scene) -> list[tuple[str | None, str | None, bool]]:
    with scene.database.reading() as connection:
        return [
            (row.address, row.network, row.address_hash is not None)
            for row in connection.execute(select(event).order_by(event.c.at))
        ]


def test_a_sending_date_far_ahead_keeps_nothing_for_ever(database: Database) -> None:
    scene = Scene(database)
    with database.writing() as connection:
        connection.execute(update(issue).values(sent_at=START + 100_000 * DAY))
    scene.put(scene.open(1))
    scene.drain()
    retain(database, START + 500 * DAY)
    assert len(addresses(scene)) == 1
    retain(database, START + 801 * DAY)
    assert addresses(scene) == []


def test_an_issue_of_two_years_ago_counts_from_its_registration(database: Database) -> None:
    scene = Scene(database)
    with database.writing() as connection:
        connection.execute(update(issue).values(sent_at=START - 730 * DAY))
    retain(database, START)
    old = Reported(START - 729 * DAY, ISSUE, int(EventType.OPENED), subscriber=1, id="a")
    scene.put_body(Kind.EVENTS, msgspec.msgpack.encode([old]))
    scene.put(scene.open(2))
    scene.drain()
    retain(database, START + 399 * DAY)
    assert scene.total(Metric.OPENERS) == 2
    assert len(addresses(scene)) == 2
    retain(database, START + 401 * DAY)
    assert scene.total(Metric.OPENERS) == 2
    assert addresses(scene) == []


def test_addresses_go_after_thirty_days_and_networks_stay(database: Database) -> None:
    scene = Scene(database)
    scene.put(scene.open(1), scene.open(2, at=3 * DAY))
    scene.drain()
    retain(database, START + 31 * DAY)
    assert addresses(scene) == [
        (None, "192.0.2.0/24", True),
        ("192.0.2.1", "192.0.2.0/24", True),
    ]
    retain(database, START + 40 * DAY)
    assert addresses(scene) == [(None, "192.0.2.0/24", True)] * 2


def test_what_comes_late_has_no_address_from_the_start(database: Database) -> None:
    scene = Scene(database, now=START + 31 * DAY)
    scene.put(scene.open(1))
    scene.drain()
    assert addresses(scene) == [(None, "192.0.2.0/24", True)]


def test_an_administrators_days_count(database: Database) -> None:
    scene = Scene(database)
    with database.writing() as connection:
        set_retention(connection, database, Retention(address_days=2, event_days=10))
        assert retention(connection) == Retention(2, 10)
    scene.put(scene.open(1))
    scene.drain()
    retain(database, START + 3 * DAY)
    assert addresses(scene)[0][0] is None


def test_only_figures_stay_of_an_old_issue(database: Database) -> None:
    scene = Scene(database)
    scene.put(scene.open(1), scene.click(2))
    scene.drain()
    before = scene.figures()
    retain(database, START + 401 * DAY)
    with database.reading() as connection:
        assert connection.scalar(select(func.count()).select_from(event)) == 0
        assert connection.scalar(select(func.count()).select_from(recipient)) == 0
        assert connection.scalar(select(issue.c.closed_at)) is not None
        assert compare(connection, database, ISSUE) == []
    assert scene.figures() == before
    # Somebody finds the old mail: nobody knows any more whether they had opened it before.
    scene.put(scene.open(1, at=402 * DAY))
    scene.drain()
    assert scene.figures() == before


def test_what_is_only_for_a_while_is_pruned(database: Database) -> None:
    scene = Scene(database)
    scene.put(scene.open(1))
    scene.drain()
    with database.writing() as connection:
        connection.execute(insert(day_salt).values(day=START // DAY, salt=b"salt"))
        connection.execute(insert(set_aside).values(kind=1, body=b"", error="", at=START))
        connection.execute(
            text(
                "INSERT INTO webhook (id, publication_id, source, path_digest, proof, made_at)"
                " VALUES (1, 1, 2, :digest, '', 0)"
            ),
            {"digest": b"d"},
        )
        connection.execute(
            insert(webhook_nonce).values(webhook_id=1, nonce="n", body=b"", at=START)
        )
    tables = (day_salt, set_aside, webhook_nonce, inbox_done)
    retain(database, START)
    with database.reading() as connection:
        for table in tables:
            assert connection.scalar(select(func.count()).select_from(table)) == 1, table
    retain(database, START + 40 * DAY)
    with database.reading() as connection:
        for table in tables:
            assert connection.scalar(select(func.count()).select_from(table)) == 0, table


def test_partitions_are_made_ahead_and_take_what_came_before_them(database: Database) -> None:
    scene = Scene(database)
    scene.put(scene.open(1))
    scene.drain()
    made = make_partitions(database, START)
    assert make_partitions(database, START) == []
    scene.put(scene.open(1, at=900_000), scene.open(2))
    scene.drain()
    assert scene.total(Metric.OPENS) == 3
    with database.reading() as connection:
        assert compare(connection, database, ISSUE) == []
    if database.is_sqlite:
        assert made == []
        return
    assert made == ["event_2026_09", "event_2026_10", "event_2026_11"]
    with database.reading() as connection:
        assert connection.scalar(text("SELECT count(*) FROM event_2026_09")) == 3
        assert connection.scalar(text("SELECT count(*) FROM event_rest")) == 0
        indexes = inspect(connection).get_indexes("event_2026_09")
        assert {tuple(index["column_names"]) for index in indexes} >= {
            ("issue_id", "subscriber_id"), ("issue_id", "seq"),
        }  # fmt: skip


def test_months_before_an_issue_are_not_looked_into(database: Database) -> None:
    if database.is_sqlite:
        pytest.skip("SQLite has no partitions")
    scene = Scene(database)
    make_partitions(database, START - 200 * DAY, ahead=9)
    scene.put(scene.open(1))
    scene.drain()
    with database.writing() as other:
        other.execute(text("LOCK TABLE event_2026_03, event_2026_07 IN ACCESS EXCLUSIVE MODE"))
        # The second look at one copy, and a click that changes the class of an older one.
        scene.put(*(scene.click(1, number, at=61_000 + number) for number in range(1, 7)))
        stepping = threading.Thread(target=scene.drain)
        stepping.start()
        stepping.join(PATIENCE)
        assert not stepping.is_alive()
        assert scene.total(Metric.CLICKS, Agent.MACHINE) == 6


def test_events_from_before_an_issue_was_registered_count(database: Database) -> None:
    scene = Scene(database)
    make_partitions(database, START - 200 * DAY, ahead=9)
    old = Reported(START, ISSUE, int(EventType.OPENED), subscriber=1, id="a")
    old = msgspec.structs.replace(old, at=START - 170 * DAY)
    click = msgspec.structs.replace(old, at=START - 100 * DAY, type=int(EventType.CLICKED), id="b")
    for one in (old, click, old, click):
        scene.put_body(Kind.EVENTS, msgspec.msgpack.encode([one]))
        scene.drain()
    scene.put(scene.open(1))
    scene.drain()
    assert scene.total(Metric.OPENS) == 2
    assert scene.total(Metric.OPENERS) == 1
    assert scene.total(Metric.CLICKS) == 1
    with database.reading() as connection:
        assert compare(connection, database, ISSUE) == []


def test_partitions_whose_events_are_gone_are_dropped(database: Database) -> None:
    if database.is_sqlite:
        pytest.skip("SQLite has no partitions")
    scene = Scene(database)
    make_partitions(database, START - 70 * DAY, ahead=5)
    scene.put(scene.open(1))
    scene.drain()
    assert drop_empty_partitions(database, START + 40 * DAY) == ["event_2026_07", "event_2026_08"]
    assert drop_empty_partitions(database, START + 40 * DAY) == []
    retain(database, START + 450 * DAY)
    with database.reading() as connection:
        names = inspect(connection).get_table_names()
    assert "event_2026_09" not in names, "its events were deleted with the issue's"
    assert "event_2026_11" in names, "events of issues that are open may belong there"


def test_jobs_run_by_themselves_and_stop(database: Database) -> None:
    scene = Scene(database)
    jobs, stop = Jobs(database, lambda: scene.now), threading.Event()
    thread = threading.Thread(target=jobs.run, args=(stop,))
    thread.start()

    def is_set_up() -> bool:
        with database.reading() as connection:
            tables = inspect(connection).get_table_names()
        return database.is_sqlite or "pgqueuer_schedules" in tables

    wait_for(is_set_up, 0.05)
    stop.set()
    thread.join(PATIENCE)
    assert not thread.is_alive()


def test_a_scheduled_job_judges_issues(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    each_second = Job("judge", "* * * * * *", 1.0, Jobs.judge)
    monkeypatch.setattr("app.trackserver.work.jobs.JOBS", (each_second,))
    scene = Scene(database)
    scene.put(scene.open(1))
    scene.drain()
    jobs, stop = Jobs(database, lambda: scene.now), threading.Event()
    thread = threading.Thread(target=jobs.run, args=(stop,))
    thread.start()

    def judged() -> bool:
        with database.reading() as connection:
            row = connection.execute(select(issue.c.seq, issue.c.judged_seq)).one()
        return bool(0 < row.seq == row.judged_seq)

    wait_for(judged, 0.1)
    stop.set()
    thread.join(PATIENCE)
    assert not thread.is_alive()
    with database.reading() as connection:
        assert connection.scalar(select(func.sum(rollup.c.n)))
