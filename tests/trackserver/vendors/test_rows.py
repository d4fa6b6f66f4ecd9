"""From a vendor's request to rows and figures, through the worker, on both stores."""

import json
from collections import Counter
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, func, insert, select

from app.trackserver.inbox import Delivered, Kind
from app.trackserver.store.database import Database
from app.trackserver.store.schema import event, inbox, rollup, set_aside, webhook
from app.trackserver.vendors.keys import VENDORS, Keys, write_keys
from app.trackserver.words import EventType, Metric, Source
from app.trackserver.work.aside import retry
from tests.trackserver.vendors.payloads import CASES, NOON, UNKNOWN, Case
from tests.trackserver.work.scene import PUBLICATION, START, Scene

NOW = NOON * 1000 + 60_000
OF_ISSUE = [case for case in CASES if case.expected["message_issue"] in ("iss_1", "weekly")]


@pytest.fixture
def scene(database: Database) -> Scene:
    scene = Scene(database, people=0, now=NOW)
    with database.writing() as connection:
        connection.exec_driver_sql("UPDATE issue SET external_id = 'weekly'")
        for source in VENDORS:
            connection.execute(
                insert(webhook).values(
                    id=int(source),
                    publication_id=PUBLICATION,
                    source=int(source),
                    path_digest=bytes([source]),
                    proof=write_keys(Keys()),
                    made_at=START,
                )
            )
    return scene


def bring(scene: Scene, source: Source, body: bytes) -> None:
    item = Delivered(NOW, int(source), body)
    scene.put_body(Kind.WEBHOOKS, msgspec.msgpack.encode([item]))


def rows(scene: Scene) -> dict[tuple[int, int], tuple[Any, ...]]:
    with scene.database.reading() as connection:
        found = connection.execute(select(event)).all()
    return {(row.at, row.id): (row.type, row.source, row.subscriber_id, row.link) for row in found}


def aside(scene: Scene) -> list[str]:
    with scene.database.reading() as connection:
        return list(connection.scalars(select(set_aside.c.error).order_by(set_aside.c.id)))


def test_every_vendors_events_are_counted(scene: Scene) -> None:
    for case in CASES:
        bring(scene, case.source, case.body)
    scene.drain()
    assert aside(scene) == []
    found = [row[0] for row in rows(scene).values()]
    assert Counter(map(EventType, found)) == Counter(case.type for case in CASES)
    assert scene.total(Metric.HARD_BOUNCE) == found.count(EventType.HARD_BOUNCE)
    assert scene.total(Metric.OPENS) == found.count(EventType.OPENED)
    # One reader, however many vendors and ids tell of them.
    assert scene.total(Metric.OPENERS) <= 2


@given(data=st.data())
@settings(
    max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_duplicates_and_any_order_give_the_same_rows_and_figures(
    scene: Scene, data: st.DataObject
) -> None:
    drawn = data.draw(st.lists(st.sampled_from(CASES), min_size=1, max_size=10))
    extra = data.draw(st.lists(st.sampled_from(drawn), max_size=5))
    shuffled = data.draw(st.permutations([*drawn, *extra]))
    assert outcome(scene, drawn) == outcome(scene, shuffled)


def outcome(scene: Scene, cases: list[Case]) -> tuple[object, ...]:
    with scene.database.writing() as connection:
        for table in (event, rollup, inbox, set_aside):
            connection.execute(delete(table))
    for case in cases:
        bring(scene, case.source, case.body)
    scene.drain()
    figures = {key: n for key, n in scene.figures().items() if n}
    kinds = {key: value[:2] for key, value in rows(scene).items()}
    return kinds, figures


@pytest.mark.parametrize(("source", "payload", "error"), UNKNOWN[:6])
def test_the_unknown_is_set_aside_and_the_rest_counted(
    scene: Scene, source: Source, payload: Any, error: str
) -> None:
    bring(scene, source, json.dumps(payload).encode())
    known = next(case for case in CASES if case.source is source)
    bring(scene, source, known.body)
    scene.drain()
    (found,) = aside(scene)
    assert error in found
    assert len(rows(scene)) == 1


def test_an_event_of_an_unknown_issue_waits_for_it(scene: Scene) -> None:
    case = CASES[0]
    payload = [{**case.payload[0], "sendoff_issue": "no-2"}]
    bring(scene, case.source, json.dumps(payload).encode())
    scene.drain()
    assert aside(scene) == ["no such issue"]
    assert not rows(scene)
    with scene.database.writing() as connection:
        connection.exec_driver_sql("UPDATE issue SET external_id = 'no-2'")
        assert retry(connection) == 1
    scene.drain()
    assert aside(scene) == []
    assert len(rows(scene)) == 1


def test_no_address_is_stored(scene: Scene) -> None:
    for case in CASES:
        bring(scene, case.source, case.body)
    scene.drain()
    with scene.database.reading() as connection:
        held = (
            select(func.count()).select_from(event).where(event.c.detail.contains("reader.example"))
        )
        assert connection.scalar(held) == 0
