"""Feeds by cursor: nothing lost, nothing twice, whatever is written between two pages."""

import random
import threading
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select, update

from app.trackserver.api import cursors
from app.trackserver.api.feeds import Event, changes_page, events_page
from app.trackserver.inbox import Hit
from app.trackserver.store.database import Database
from app.trackserver.store.schema import event, issue, publication, server
from app.trackserver.web.problems import Problem
from tests.trackserver.work.scene import ISSUE, PUBLICATION, Scene

ONE_BY_ONE = settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


class Client:
    """Keeps the newest of each event, and what it saw."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.cursor: str | None = None
        self.known: dict[str, Event] = {}
        self.seen: set[tuple[str, int]] = set()

    def page(self, limit: int) -> bool:
        with self.database.reading() as connection:
            row = connection.execute(select(issue).where(issue.c.id == ISSUE)).one()
            found, self.cursor, more = events_page(connection, row, self.cursor, limit)
        for each in found:
            assert (each.id, each.version) not in self.seen, "the same state twice"
            self.seen.add((each.id, each.version))
            self.known[each.id] = each
        return more

    def truth(self) -> dict[str, Event]:
        with self.database.reading() as connection:
            row = connection.execute(select(issue).where(issue.c.id == ISSUE)).one()
            found, _, more = events_page(connection, row, None, 5000)
        assert not more
        return {each.id: each for each in found}


@pytest.fixture
def scene(database: Database) -> Scene:
    return Scene(database, people=12)


@ONE_BY_ONE
@given(seed=st.integers(0, 10_000), limit=st.integers(1, 7))
def test_pages_hold_every_event_once_while_the_worker_goes_on(
    scene: Scene, seed: int, limit: int
) -> None:
    chance = random.Random(seed)
    client, worker = Client(scene.database), scene.worker()
    for _ in range(6):
        hits: list[Hit] = []
        for _ in range(chance.randint(0, 9)):
            who, at = chance.randint(1, 12), chance.randint(0, 600_000)
            # Bursts of links: earlier hits are judged anew and come again.
            link = chance.randint(1, 20)
            hits.append(
                scene.open(who, at) if chance.random() < 0.4 else scene.click(who, link, at)
            )
        if hits:
            scene.put(*hits)
        if chance.random() < 0.7:
            scene.drain(worker)
        for _ in range(chance.randint(0, 3)):
            client.page(limit)
    scene.drain(worker)
    while client.page(limit):
        pass
    assert client.known == client.truth()


def test_pages_hold_every_event_once_while_workers_write_at_the_same_time(scene: Scene) -> None:
    chance = random.Random(1)
    for _ in range(60):
        scene.put(
            *(scene.click(chance.randint(1, 12), chance.randint(1, 20), chance.randint(0, 10**7))
              for _ in range(10))
        )  # fmt: skip
    workers = [threading.Thread(target=scene.drain) for _ in range(2)]
    for each in workers:
        each.start()
    client = Client(scene.database)
    while any(each.is_alive() for each in workers):
        client.page(7)
    for each in workers:
        each.join()
    scene.drain_all()
    while client.page(7):
        pass
    assert len(client.known) == 600
    assert client.known == client.truth()


def test_an_event_judged_anew_comes_again_with_its_id(scene: Scene) -> None:
    client = Client(scene.database)
    scene.put(scene.click(1, 1, 60_000))
    scene.drain()
    client.page(100)
    (first,) = client.known.values()
    assert first.agent == "human"
    scene.put(*(scene.click(1, link, 60_000 + link * 100) for link in range(2, 9)))
    scene.drain()
    client.page(100)
    assert client.known[first.id].agent == "machine"
    assert client.known[first.id].version > first.version
    assert len(client.known) == 8


def changes(
    database: Database, cursor: str | None, limit: int = 100
) -> tuple[list[Any], str, bool]:
    with database.reading() as connection:
        owner = connection.execute(select(publication).where(publication.c.id == PUBLICATION)).one()
        rows, deleted, after, more = changes_page(connection, owner, cursor, limit)
    return [*(row.public_id for row in rows), *deleted], after, more


def test_what_changed_comes_once_and_then_nothing(scene: Scene) -> None:
    scene.put(scene.open(1))
    scene.drain()
    found, cursor, more = changes(scene.database, None)
    assert (found, more) == (["iss_1"], False)
    assert changes(scene.database, cursor) == ([], cursor, False)
    scene.put(scene.open(2))
    scene.drain()
    found, after, _ = changes(scene.database, cursor)
    assert found == ["iss_1"]
    assert after != cursor


@pytest.mark.parametrize("limit", [1, 2, 3, 100])
def test_issues_that_changed_in_one_commit_are_not_lost_between_pages(
    scene: Scene, limit: int
) -> None:
    with scene.database.writing() as connection:
        for number in range(2, 8):
            row = connection.execute(select(issue).where(issue.c.id == ISSUE)).one()
            copy = row._asdict() | {"id": number, "public_id": f"iss_{number}", "external_id": None}
            connection.execute(issue.insert().values(**copy))
        connection.execute(update(issue).values(seq=5))
        connection.execute(update(publication).values(seq=5))
    got: list[Any] = []
    cursor, more = None, True
    while more:
        found, cursor, more = changes(scene.database, cursor, limit)
        got += found
    assert got == [f"iss_{number}" for number in range(1, 8)]


def test_after_a_restore_a_cursor_asks_for_a_full_resync(scene: Scene) -> None:
    _, cursor, _ = changes(scene.database, None)
    with scene.database.writing() as connection:
        connection.execute(update(server).values(epoch="another"))
    with pytest.raises(Problem) as caught:
        changes(scene.database, cursor)
    assert caught.value.status == 410
    assert caught.value.extra == {"code": "full_resync", "epoch": "another"}


def test_a_history_that_went_back_asks_for_one_too(scene: Scene) -> None:
    scene.put(scene.open(1))
    scene.drain()
    _, cursor, _ = changes(scene.database, None)
    with scene.database.writing() as connection:
        connection.execute(update(publication).values(seq=0))
    with pytest.raises(Problem) as caught:
        changes(scene.database, cursor)
    assert caught.value.status == 410


@given(st.text(max_size=80))
def test_what_is_no_cursor_is_refused(text: str) -> None:
    with pytest.raises(Problem) as caught:
        cursors.read(text, "events", "e", 3)
    assert caught.value.status == 409


@given(st.lists(st.integers(0, 2**63 - 1), min_size=3, max_size=3))
def test_a_cursor_reads_as_it_was_written_and_only_for_its_feed(place: list[int]) -> None:
    text = cursors.written("events", "e", tuple(place))
    assert cursors.read(text, "events", "e", 3) == tuple(place)
    with pytest.raises(Problem):
        cursors.read(text, "changes", "e", 3)


def test_events_carry_no_network_address(scene: Scene) -> None:
    scene.put(scene.open(1, address="203.0.113.77"))
    scene.drain()
    client = Client(scene.database)
    client.page(10)
    assert "203.0.113" not in str(client.known)
    with scene.database.reading() as connection:
        assert connection.execute(select(event.c.address)).scalar_one() == "203.0.113.77"
