"""Answered means kept: by the store, or by the spill file until the store is back."""

import asyncio
import os
import sqlite3
import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import Future
from contextlib import closing, contextmanager
from pathlib import Path

import msgspec
import pytest
from sqlalchemy import insert, select, text

from app.trackserver.inbox import Hit, Kind, PageView
from app.trackserver.ingest.batches import Batch, packed
from app.trackserver.ingest.inbox_writer import Inbox, NotKept, _Group
from app.trackserver.ingest.spill import Spill
from app.trackserver.ingest.store import Store
from app.trackserver.settings import Limits
from app.trackserver.store.database import Database
from app.trackserver.store.schema import inbox, inbox_done
from tests.support.patience import PATIENCE
from tests.support.patience import wait_for as until
from tests.support.postgres import Postgres


def hit(number: int) -> Hit:
    return Hit(number, "token", "agent", "192.0.2.1")


def stored(database: Database, kind: Kind = Kind.HITS) -> list[int]:
    """The times of what the inbox holds, which are their numbers."""
    with database.reading() as connection:
        rows = connection.execute(select(inbox).where(inbox.c.kind == kind)).all()
    return sorted(item[0] for row in rows for item in msgspec.msgpack.decode(row.body))


@contextmanager
def opened(
    database: Database, folder: Path, *, store_seconds: float = PATIENCE, **limits: float
) -> Iterator[Inbox]:
    """By default a store that is slow for a moment is waited for."""
    more = Limits(store_seconds=store_seconds, **limits)  # type: ignore[arg-type]
    one = Inbox(database, folder / "spill.db", more)
    try:
        yield one
    finally:
        one.close()


async def add_all(one: Inbox, numbers: range) -> None:
    await asyncio.gather(*(one.add(Kind.HITS, hit(number)) for number in numbers))


def test_what_is_added_is_in_the_store_when_it_returns(database: Database, tmp_path: Path) -> None:
    with opened(database, tmp_path) as one:
        one.add_sync(Kind.HITS, hit(1))
        assert stored(database) == [1]


def test_what_arrives_together_is_committed_together(database: Database, tmp_path: Path) -> None:
    with opened(database, tmp_path) as one:
        asyncio.run(add_all(one, range(1000)))
        assert stored(database) == list(range(1000))
        assert one.tally.commits < 100


def test_kinds_are_kept_apart(database: Database, tmp_path: Path) -> None:
    with opened(database, tmp_path) as one:
        threads = [
            threading.Thread(target=one.add_sync, args=(Kind.HITS, hit(1))),
            threading.Thread(target=one.add_sync, args=(Kind.PAGES, PageView(2, "p", "view", b""))),
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert stored(database) == [1]
    assert stored(database, Kind.PAGES) == [2]


def test_a_store_that_is_busy_delays_nobody_and_gets_it_later(
    database: Database, tmp_path: Path
) -> None:
    with opened(database, tmp_path, store_seconds=0.1) as one:
        one.add_sync(Kind.HITS, hit(0))
        with database.engine.connect() as other:
            if database.is_sqlite:
                other.exec_driver_sql("ROLLBACK")
                other.exec_driver_sql("BEGIN IMMEDIATE")
            else:
                other.exec_driver_sql("LOCK TABLE inbox IN ACCESS EXCLUSIVE MODE")
            asyncio.run(add_all(one, range(1, 100)))
            assert not one.healthy
            asyncio.run(add_all(one, range(100, 200)))
            other.rollback()  # so none of them waited for that
        until(lambda: one.healthy)
        assert stored(database) == list(range(200))
        assert one.spill.items() == 0


def test_what_was_spilled_before_a_crash_is_stored_by_the_next_process(
    database: Database, tmp_path: Path
) -> None:
    left = Spill(tmp_path / "spill.db")
    left.add([packed(Kind.HITS, [hit(1), hit(2)])])
    left.close()
    with opened(database, tmp_path) as one:
        until(lambda: stored(database) == [1, 2])
        until(lambda: one.tally.replayed == 2)


def test_the_same_batch_twice_is_one(database: Database) -> None:
    batch = packed(Kind.HITS, [hit(1)])
    store = Store(database, 1)
    store.put([batch])
    store.put([batch])
    assert stored(database) == [1]
    with database.writing() as connection:
        connection.execute(inbox.delete())
        connection.execute(insert(inbox_done).values(batch=batch.batch, at=0))
    store.put([batch, packed(Kind.HITS, [hit(2)])])
    store.close()
    assert stored(database) == [2]


def test_what_waits_at_the_end_is_kept(database: Database, tmp_path: Path) -> None:
    async def add_and_leave(one: Inbox) -> None:
        for number in range(50):
            one.add(Kind.HITS, hit(number))

    with opened(database, tmp_path) as one:
        asyncio.run(add_and_leave(one))
    assert stored(database) == list(range(50))


def test_after_the_end_nothing_is_taken(database: Database, tmp_path: Path) -> None:
    with opened(database, tmp_path) as one:
        pass
    with pytest.raises(NotKept):
        one.add_sync(Kind.HITS, hit(1))


def test_too_much_waiting_is_refused(database: Database, tmp_path: Path) -> None:
    async def flood(one: Inbox) -> int:
        refused = 0
        futures = []
        for number in range(30):
            try:
                futures.append(one.add(Kind.HITS, hit(number)))
            except NotKept:
                refused += 1
        await asyncio.gather(*futures)
        return refused

    with opened(database, tmp_path, queue=10, store_seconds=1) as one, database.writing():
        assert asyncio.run(flood(one)) > 0


def test_whoever_waits_is_told_once_though_both_threads_tell() -> None:
    told: list[bool] = []
    waits: Future[None] = Future()
    group = _Group(told=[told.append], threads=[waits])
    group.settle()
    group.settle(NotKept())
    assert waits.result() is None
    assert told == [True]


def test_who_gives_an_answer_later_is_told_once_it_is_durable(
    database: Database, tmp_path: Path
) -> None:
    seen: list[list[int]] = []

    def told(kept: bool) -> None:
        assert kept
        seen.append(stored(database))

    with opened(database, tmp_path) as one:
        one.keep(Kind.HITS, hit(1), told)
        until(lambda: len(seen) == 1)
    assert seen == [[1]]


def test_an_answer_that_fails_does_not_hold_up_the_others(
    database: Database, tmp_path: Path
) -> None:
    def fail(_kept: bool) -> None:
        raise OSError

    told: list[bool] = []
    with opened(database, tmp_path) as one:
        with one._lock:  # both come into the same group
            one._take_in(Kind.HITS, hit(1)).told += [fail, told.append]
        until(lambda: told == [True])
        one.add_sync(Kind.HITS, hit(2))


def test_a_disk_that_stalls_delays_nobody_and_keeps_each_hit_once(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stalled, goes_on = threading.Event(), threading.Event()
    waits: list[bool] = []
    put = Store.put

    def stall(store: Store, batches: Sequence[Batch]) -> None:
        if stalled.is_set():
            waits.append(goes_on.wait(PATIENCE))
        put(store, batches)

    monkeypatch.setattr(Store, "put", stall)
    with opened(database, tmp_path, store_seconds=0.1) as one:
        one.add_sync(Kind.HITS, hit(0))
        stalled.set()
        for number in range(1, 10):
            one.add_sync(Kind.HITS, hit(number))
        assert waits == []  # one waited for the limit, the others for the spill
        assert not one.healthy
        stalled.clear()
        goes_on.set()
        until(lambda: one.healthy and one.spill.items() == 0)
        one.add_sync(Kind.HITS, hit(10))
    assert stored(database) == list(range(11))


def backends(database: Database) -> list[int]:
    """The processes of PostgreSQL that wait for a lock with a group of ours."""
    with database.reading() as connection:
        return list(
            connection.scalars(
                text(
                    "SELECT pid FROM pg_stat_activity WHERE datname = current_database()"
                    " AND query LIKE 'INSERT INTO inbox%' AND wait_event_type = 'Lock'"
                )
            )
        )


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
def test_connections_that_die_in_the_middle_of_a_group(database: Database, tmp_path: Path) -> None:
    with opened(database, tmp_path, store_seconds=2 * PATIENCE) as one:
        one.add_sync(Kind.HITS, hit(0))
        told: list[bool] = []
        with database.writing() as holding:
            holding.exec_driver_sql("LOCK TABLE inbox IN ACCESS EXCLUSIVE MODE")
            one.keep(Kind.HITS, hit(1), told.append)
            until(lambda: len(backends(database)) == 1)
            for number in range(2, 60):
                one.keep(Kind.HITS, hit(number), told.append)
            until(lambda: len(backends(database)) > 1)
            for process in backends(database):
                holding.execute(text("SELECT pg_terminate_backend(:pid)"), {"pid": process})
            until(lambda: told == [True] * 59)  # spilled
        until(lambda: one.healthy and one.spill.items() == 0)
        one.add_sync(Kind.HITS, hit(60))
        assert stored(database) == list(range(61))


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
def test_a_connection_that_hangs_does_not_hold_up_the_others(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    armed, hangs, goes_on = threading.Event(), threading.Event(), threading.Event()
    put = Store.put

    def hang(store: Store, batches: Sequence[Batch]) -> None:
        """Another connection than the one that replays hangs; that one waits until it does."""
        if armed.is_set() and store is replaying:
            hangs.wait(PATIENCE)
        elif armed.is_set():
            armed.clear()
            hangs.set()
            goes_on.wait(2 * PATIENCE)
        put(store, batches)

    monkeypatch.setattr(Store, "put", hang)
    with opened(database, tmp_path, store_seconds=3) as one:
        replaying = one._stores[0]
        one.add_sync(Kind.HITS, hit(0))
        until(lambda: not one._under_way)
        told: list[bool] = []
        armed.set()
        one.keep(Kind.HITS, hit(1), told.append)
        until(lambda: len(one._under_way) == 1)
        for number in range(2, 60):
            one.keep(Kind.HITS, hit(number), told.append)
        until(lambda: told == [True] * 59)  # spilled, what the connection that hangs took
        assert hangs.is_set()
        until(lambda: one.healthy)  # though that connection still hangs
        assert len(one._under_way) == 1
        spilled = one.tally.spilled
        for number in range(60, 110):
            one.add_sync(Kind.HITS, hit(number))
        assert one.tally.spilled == spilled
        goes_on.set()
        until(lambda: not one._under_way and one.spill.items() == 0)
        assert stored(database) == list(range(110))


def test_neither_store_nor_disk_is_said_so(tmp_path: Path) -> None:
    database = Database("sqlite:////nowhere/sendoff.db")
    one = Inbox(database, tmp_path / "spill.db", Limits(store_seconds=0.05))
    with closing(sqlite3.connect(tmp_path / "spill.db")) as breaking, breaking:
        breaking.execute("DROP TABLE spilled")
    with pytest.raises(NotKept):
        one.add_sync(Kind.HITS, hit(1))
    one.close()


def test_a_spill_file_that_is_none_is_put_beside(tmp_path: Path) -> None:
    path = tmp_path / "spill.db"
    path.write_bytes(os.urandom(20_000))
    spill = Spill(path)
    spill.add([packed(Kind.HITS, [hit(1)])])
    assert spill.items() == 1
    assert path.with_suffix(".damaged").exists()
    spill.close()


def test_postgresql_is_killed_and_comes_back(tmp_path: Path) -> None:
    with Postgres() as server:
        database = Database(server.url(server.new_database()))
        database.migrate()
        with opened(database, tmp_path) as one:
            one.add_sync(Kind.HITS, hit(0))
            server.kill()
            asyncio.run(add_all(one, range(1, 300)))
            assert one.spill.items() == 299
            server.start()
            until(lambda: one.healthy)
        assert stored(database) == list(range(300))
        database.close()


def test_what_waits_together_is_no_endless_batch() -> None:
    group = _Group(items={Kind.HITS: [hit(number) for number in range(2_500)]})
    sizes = [one.items for one in group.pack()]
    numbers = [item[0] for one in group.pack() for item in msgspec.msgpack.decode(one.body)]
    assert sizes == [1_000, 1_000, 500]
    assert numbers == list(range(2_500))
    assert group.pack() is group.pack()
