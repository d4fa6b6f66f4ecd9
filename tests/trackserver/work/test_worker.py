"""What goes wrong: poisoned items, batches that come twice, the store that goes away."""

import threading

import msgspec
import pytest
from sqlalchemy import func, select

from app.trackserver.inbox import Delivered, Kind, Reported
from app.trackserver.store.database import Database
from app.trackserver.store.schema import (
    event,
    inbox,
    inbox_done,
    set_aside,
    subscriber,
    user_agent,
)
from app.trackserver.words import Agent, Dimension, EventType, Metric
from app.trackserver.work import handlers
from app.trackserver.work.aside import retry
from app.trackserver.work.bulk import bulk
from app.trackserver.work.handlers import Handlers, Item
from app.trackserver.work.hits import event_id
from app.trackserver.work.recount import compare
from app.trackserver.work.worker import ITEMS, ITEMS_SQLITE
from tests.support.patience import wait_for
from tests.trackserver.work.scene import ISSUE, START, Scene

POISON = "a user agent that the handler chokes on"


@pytest.fixture
def choking(monkeypatch: pytest.MonkeyPatch) -> threading.Event:
    """As long as the event is set, an item with POISON in it cannot be worked off."""
    chokes, handle = threading.Event(), Handlers.hits
    chokes.set()

    def hits(self: Handlers, items: list[Item]) -> int:
        put_back = handle(self, items)
        if chokes.is_set() and any(item.value.user_agent == POISON for item in items):
            raise ValueError("choked")
        return put_back

    monkeypatch.setitem(handlers._HANDLERS, Kind.HITS, hits)
    return chokes


def rows(scene: Scene, table: object) -> int:
    with scene.database.reading() as connection:
        return connection.scalar(select(func.count()).select_from(table)) or 0  # type: ignore[arg-type]


def test_a_poisoned_item_holds_nobody_up(database: Database, choking: threading.Event) -> None:
    scene = Scene(database)
    scene.put(scene.open(1), scene.open(2, agent=POISON), scene.open(3))
    scene.put(scene.click(4))
    scene.drain()
    assert scene.total(Metric.OPENS) == 2
    assert scene.total(Metric.CLICKS) == 1
    assert rows(scene, inbox) == 0
    with database.reading() as connection:
        aside = connection.execute(select(set_aside)).one()
    assert aside.error == "ValueError: choked"


def test_what_was_set_aside_can_be_tried_again(
    database: Database, choking: threading.Event
) -> None:
    scene = Scene(database)
    scene.put(scene.open(1), scene.open(2, agent=POISON))
    scene.drain()
    choking.clear()
    with database.writing() as connection:
        assert retry(connection) == 1
    scene.drain()
    assert scene.total(Metric.OPENS) == 2
    assert rows(scene, set_aside) == 0


def test_what_was_undone_leaves_no_trace_in_memory(
    database: Database, choking: threading.Event
) -> None:
    """A user agent that was first seen in a transaction that failed is stored by the next."""
    scene = Scene(database)
    worker = scene.worker()
    scene.put(scene.open(1, agent=POISON), scene.open(2, agent="A new one"))
    scene.drain(worker)
    choking.clear()
    scene.put(scene.open(3, agent=POISON))
    scene.drain(worker)
    with database.reading() as connection:
        texts = set(connection.scalars(select(user_agent.c.text)))
    assert texts == {POISON, "A new one"}


def test_a_batch_that_is_no_messagepack_is_set_aside_whole(database: Database) -> None:
    scene = Scene(database)
    scene.put_body(Kind.HITS, b"\xc1 nonsense")
    scene.put(scene.open(1))
    scene.drain()
    assert scene.total(Metric.OPENS) == 1
    assert rows(scene, set_aside) == 1


def test_bytes_that_no_table_takes(database: Database) -> None:
    scene = Scene(database)
    scene.put(
        scene.open(1, agent="\0" * 3 + "x" * 10_000),
        scene.open(2, address="\x01"),
        scene.open(3, agent="\ufffd\u2028 ☃"),
    )
    scene.drain()
    assert scene.total(Metric.OPENS) == 3


def test_a_batch_is_done_once_although_it_waits_twice(database: Database) -> None:
    scene = Scene(database)
    scene.put(scene.open(1), batch=b"1" * 16)
    scene.drain()
    assert (rows(scene, inbox), rows(scene, inbox_done)) == (0, 1)
    scene.put(scene.open(1), scene.open(2), batch=b"1" * 16)
    scene.drain()
    assert (rows(scene, inbox), scene.total(Metric.OPENS)) == (0, 1)


def test_events_from_the_api(database: Database) -> None:
    scene = Scene(database)
    told = [
        Reported(START, ISSUE, EventType.DELIVERED, 1, id="a"),
        Reported(START, ISSUE, EventType.DELIVERED, 1, id="a"),
        Reported(START, ISSUE, EventType.HARD_BOUNCE, 2, reason="5.1.1", id="b"),
        Reported(START, 99, EventType.SENT, 2, id="c"),
    ]
    scene.put_body(Kind.EVENTS, msgspec.msgpack.encode(told), 4)
    scene.drain()
    assert scene.total(Metric.DELIVERED) == 1
    assert scene.figures(Dimension.REASON)[Metric.HARD_BOUNCE, "5.1.1", Agent.HUMAN] == 1
    with database.reading() as connection:
        assert connection.scalars(select(set_aside.c.error)).one().startswith("NoSuchIssue")


def test_a_platforms_own_id_in_the_link_names_one_subscriber(database: Database) -> None:
    scene = Scene(database, people=0)
    named = msgspec.structs.replace
    pixel, link = scene.open(0), scene.click(0, at=70_000)
    scene.put(
        named(pixel, path=f"{pixel.path}/reader-7"), named(link, path=f"{link.path}/reader-7")
    )
    scene.put(named(pixel, path=f"{pixel.path}/reader-8", at=pixel.at + 1))
    scene.drain()
    assert scene.total(Metric.OPENERS) == 2
    assert scene.total(Metric.CLICKERS) == 1
    assert scene.total(Metric.INFERRED_OPENERS) == 0
    assert rows(scene, subscriber) == 2


def test_an_issue_that_counts_totals_only_keeps_nobody(database: Database) -> None:
    scene = Scene(database, mode="aggregate")
    scene.put(scene.open(1), scene.click(2))
    scene.drain()
    assert scene.total(Metric.OPENS) == 1
    assert scene.total(Metric.OPENERS) == 0
    assert_nameless(scene)


def test_who_did_not_consent_is_only_counted(database: Database) -> None:
    scene = Scene(database)
    with database.writing() as connection:
        connection.execute(subscriber.update().where(subscriber.c.id == 1).values(consent=False))
    scene.put(scene.open(1), scene.open(1, at=90_000))
    scene.drain()
    assert scene.total(Metric.OPENS) == 2
    assert scene.total(Metric.OPENERS) == 0
    assert_nameless(scene)


def assert_nameless(scene: Scene) -> None:
    from app.trackserver.store.schema import event

    with scene.database.reading() as connection:
        for row in connection.execute(select(event)):
            assert row.subscriber_id is row.address is row.network is row.address_hash is None


def test_a_webhook_whose_issue_is_not_known_is_set_aside_with_the_rest_stored(
    database: Database,
) -> None:
    scene = Scene(database, people=0)
    from sqlalchemy import text

    with database.writing() as connection:
        connection.execute(
            text(
                "INSERT INTO webhook (id, publication_id, source, path_digest, proof, made_at)"
                " VALUES (1, 1, 3, :digest, '', 0)"
            ),
            {"digest": b"d"},
        )
    body = (
        '{{"RecordType":"Delivery","MessageID":"m{n}","Recipient":"ann@example.com",'
        '"Tag":"","Metadata":{{"sendoff_issue":"{issue}"}},'
        '"DeliveredAt":"2026-09-21T15:00:00Z"}}'
    )
    known, unknown = body.format(n=1, issue="iss_1"), body.format(n=2, issue="iss_9")
    requests = [Delivered(START, 1, known.encode()), Delivered(START, 1, unknown.encode())]
    scene.put_body(Kind.WEBHOOKS, msgspec.msgpack.encode(requests), 2)
    scene.drain()
    assert scene.total(Metric.DELIVERED) == 1
    with database.reading() as connection:
        aside = connection.execute(select(set_aside)).one()
    assert aside.error == "no such issue"
    with database.writing() as connection:
        retry(connection)
    scene.drain()
    assert (scene.total(Metric.DELIVERED), rows(scene, set_aside)) == (1, 1)


def test_one_recipient_with_endless_hits(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever fetches their own pixel all day makes nobody else wait."""
    from app.trackserver.work import record
    from app.trackserver.work.recount import compare

    monkeypatch.setattr(record, "MOST_EVENTS", 10)
    scene = Scene(database)
    worker = scene.worker()
    for start in range(0, 40, 8):
        scene.put(*(scene.open(1, at=(start + n) * 1_000) for n in range(8)))
        scene.drain(worker)
    assert scene.total(Metric.OPENS) == 40
    assert scene.total(Metric.OPENERS) == 1
    with database.reading() as connection:
        assert compare(connection, database, ISSUE) == []


def test_a_copy_that_another_worker_is_at_is_not_waited_for(database: Database) -> None:
    if database.is_sqlite:
        pytest.skip("SQLite has one writer")
    scene = Scene(database)
    scene.put(scene.open(1), scene.open(2))
    scene.drain()
    batch = bytes(range(16))
    with database.writing() as other:
        bulk(other, database).lock([(ISSUE, 1)])
        scene.put(scene.open(1, at=900_000), scene.open(2, at=900_000), batch=batch)
        worker = scene.worker()
        assert worker.step() == 1
        assert scene.total(Metric.OPENS) == 3
        assert worker.step() == 0, "nothing can be done until the other worker is ready"
        assert rows(scene, inbox) == 1
    # The web process did not hear of its commit; what was put back is still of that batch.
    scene.put(scene.open(1, at=900_000), scene.open(2, at=900_000), batch=batch)
    scene.drain(worker)
    assert rows(scene, inbox) == 0
    assert scene.total(Metric.OPENS) == 4
    with database.reading() as connection:
        assert compare(connection, database, ISSUE) == []
        numbers = set(connection.scalars(select(event.c.id)))
    assert {event_id(batch, 0), event_id(batch, 1)} < numbers


def test_hits_on_one_copy_by_many_workers_are_all_counted(database: Database) -> None:
    if database.is_sqlite:
        pytest.skip("SQLite has one writer")
    scene = Scene(database, people=3)
    for number in range(60):
        scene.put(*(scene.open(1 + who % 3, at=1_000 * number + who) for who in range(10)))
    stop = threading.Event()
    workers = [threading.Thread(target=_steps, args=(scene, stop)) for _ in range(4)]
    for thread in workers:
        thread.start()

    def is_done() -> bool:
        scene.now += 100  # what they were in each other's way with is tried again later
        return rows(scene, inbox) == 0

    wait_for(is_done, 0.05)
    stop.set()
    for thread in workers:
        thread.join()
    assert scene.total(Metric.OPENS) == 600
    assert scene.total(Metric.OPENERS) == 3
    with database.reading() as connection:
        assert compare(connection, database, ISSUE) == []


def _steps(scene: Scene, stop: threading.Event) -> None:
    worker = scene.worker()
    worker._rows = 1
    worker.run(stop)


def test_large_batches_after_a_stall_make_no_large_transaction(database: Database) -> None:
    scene = Scene(database, people=3)
    limit = ITEMS_SQLITE if database.is_sqlite else ITEMS
    size = limit // 2 - 1
    for _ in range(5):
        scene.put(*(scene.open(1 + number % 3, at=number * 1_000) for number in range(size)))
    worker = scene.worker()
    steps = []
    while done := worker.step():
        steps.append(done)
    assert max(steps) <= limit
    assert sum(steps) == 5 * size
