"""Subscribers: timeline, export, erasure that leaves every figure right."""

import random

import pytest
from sqlalchemy import func, select

from app.trackserver.api.erasing import erase
from app.trackserver.api.feeds import changes_page
from app.trackserver.store.database import Database
from app.trackserver.store.schema import event, publication, subscriber, subscriber_key
from app.trackserver.words import Metric
from app.trackserver.work.recount import compare
from tests.trackserver.api.conftest import Api
from tests.trackserver.work.scene import ISSUE, Scene


@pytest.fixture
def scene(database: Database) -> Scene:
    return Scene(database, people=6)


@pytest.mark.parametrize("seed", range(8))
def test_after_an_erasure_the_figures_equal_a_recount(scene: Scene, seed: int) -> None:
    chance = random.Random(seed)
    for _ in range(chance.randint(1, 25)):
        who, at = chance.randint(1, 6), chance.randint(0, 900_000)
        click = chance.random() < 0.5
        scene.put(scene.click(who, chance.randint(1, 9), at) if click else scene.open(who, at))
    scene.drain()
    gone = chance.randint(1, 6)
    with scene.database.writing() as connection:
        row = connection.execute(select(subscriber).where(subscriber.c.id == gone)).one()
        erase(connection, scene.database, row, scene.now)
    scene.put(scene.open(gone, 950_000))
    scene.drain()
    with scene.database.reading() as connection:
        assert compare(connection, scene.database, ISSUE) == []
        left = connection.execute(
            select(func.count()).select_from(event).where(event.c.subscriber_id == gone)
        ).scalar_one()
    assert left == 0, "what comes later is nobody's"


def test_an_erasure_takes_the_person_out_and_tells_syncing_clients(scene: Scene) -> None:
    scene.put(scene.open(1), scene.open(2), scene.click(1, 3))
    scene.drain()
    assert scene.total(Metric.OPENERS) == 2
    with scene.database.writing() as connection:
        row = connection.execute(select(subscriber).where(subscriber.c.id == 1)).one()
        erase(connection, scene.database, row, scene.now)
    assert scene.total(Metric.OPENERS) == 1
    assert scene.total(Metric.CLICKS) == 0
    with scene.database.reading() as connection:
        assert connection.execute(
            select(subscriber_key).where(subscriber_key.c.subscriber_id == 1)
        ).all() == []  # fmt: skip
        owner = connection.execute(select(publication)).one()
        issues, deleted, _, _ = changes_page(connection, owner, None, 10)
    assert [row.id for row in issues] == [ISSUE]
    assert [each.kind for each in deleted] == ["subscriber"]


def test_from_upload_to_timeline_export_and_erasure(api: Api) -> None:
    made = api.register(recipients=[{"external_id": "a", "email": "ann@example.com"}])
    value = made["recipients"][0]["value"]
    mail = made["html"].replace(made["placeholder"], value)
    for url in (made["pixel_url"], made["links"][0]["tracked_url"]):
        assert url in made["html"]
        api.visit(url.replace(made["placeholder"], value))
    assert value in mail
    api.work()
    who = api.json("POST", "/v1/subscribers/find", json={"email": "ANN@example.com"})
    assert who["id"] == made["recipients"][0]["id"]
    assert who["external_id"] == "a"
    path = f"/v1/subscribers/{who['id']}"
    timeline = api.get(f"{path}/timeline", limit=1)
    older = api.get(f"{path}/timeline", limit=1, cursor=timeline["cursor"])
    events = timeline["events"] + older["events"]
    assert sorted(each["event"]["type"] for each in events) == ["clicked", "opened"]
    assert older["cursor"] is None
    export = api.get(f"{path}/export")
    assert export["issues"] == [made["issue"]["id"]]
    assert all(visit["address"] == "127.0.0.1" for visit in export["events"])
    api.json("DELETE", path, 204)
    api.json("GET", path, 404)
    api.json("POST", "/v1/subscribers/find", 404, json={"email": "ann@example.com"})
    assert api.report(made["issue"]["id"])["issue"]["figures"]["openers"]["all"] == 0


def test_a_withdrawn_consent_ends_counting_by_name(api: Api) -> None:
    made = api.register(recipients=[{"external_id": "a"}])
    who = made["recipients"][0]
    api.json("PATCH", f"/v1/subscribers/{who['id']}", json={"consent": False})
    api.visit(made["pixel_url"].replace(made["placeholder"], who["value"]))
    figures = api.report(made["issue"]["id"])["issue"]["figures"]
    assert figures["opens"]["all"] == 1
    assert figures["openers"]["all"] == 0
