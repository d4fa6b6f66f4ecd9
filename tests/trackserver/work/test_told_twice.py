"""A vendor that tracks beside us: what both saw counts once, whoever tells of it first."""

from itertools import permutations

import msgspec
import pytest
from sqlalchemy import insert, select, update

from app.trackserver.api.erasing import erase
from app.trackserver.inbox import Delivered, Kind
from app.trackserver.store.database import Database
from app.trackserver.store.schema import event, set_aside, subscriber, webhook
from app.trackserver.vendors.keys import Keys, write_keys
from app.trackserver.words import Agent, Metric, Reason, Source
from app.trackserver.work.recount import compare
from app.trackserver.work.rerun import rerun
from tests.trackserver.work.scene import CHROME, ISSUE, PUBLICATION, START, Scene


def told(scene: Scene, record: str, who: str, at: int) -> None:
    """An event of Postmark's."""
    body = {
        "RecordType": record, "MessageID": f"m{who}", "Recipient": f"{who}@example.com",
        "ReceivedAt": f"2026-09-21T14:{at:02}:00Z", "UserAgent": CHROME,
        "OriginalLink": "https://news.example.com/l/AQQBAJ0" if record == "Click" else "",
        "Metadata": {"sendoff_issue": "no-1", "sendoff_subscriber": who},
    }  # fmt: skip
    request = Delivered(START + 3_000_000, 1, msgspec.json.encode(body))
    scene.put_body(Kind.WEBHOOKS, msgspec.msgpack.encode([request]))


def ours(scene: Scene, who: str, *, click: bool) -> None:
    """The same reader at our own pixel or link, named by their platform's id."""
    hit = scene.click(0, 3) if click else scene.open(0)
    scene.put(msgspec.structs.replace(hit, path=f"{hit.path}/{who}"))


@pytest.fixture
def scene(database: Database) -> Scene:
    scene = Scene(database, people=0)
    with database.writing() as connection:
        connection.execute(
            insert(webhook).values(
                id=1, publication_id=PUBLICATION, source=int(Source.POSTMARK), path_digest=b"d",
                proof=write_keys(Keys()), made_at=START,
            )
        )  # fmt: skip
    return scene


@pytest.mark.parametrize("order", list(permutations(range(4)))[::3], ids=str)
def test_a_hit_that_both_saw_counts_once_in_whatever_order(
    scene: Scene, order: tuple[int, ...]
) -> None:
    steps = (
        lambda: told(scene, "Open", "ann", 1),
        lambda: told(scene, "Click", "ann", 2),
        lambda: ours(scene, "ann", click=False),
        lambda: ours(scene, "ann", click=True),
    )
    for place in order:
        steps[place]()
        scene.drain()
    for metric in (Metric.OPENS, Metric.OPENERS, Metric.CLICKS, Metric.CLICKERS):
        assert scene.total(metric) == scene.total(metric, Agent.HUMAN) == 1, metric
    with scene.database.reading() as connection:
        assert compare(connection, scene.database, ISSUE) == []
        rows = connection.execute(select(event.c.source, event.c.reasons)).all()
    # Nothing is thrown away: it says why it is in no figure.
    marked = [row.source for row in rows if row.reasons & Reason.TOLD_TWICE]
    assert len(rows) == 4
    assert marked == [Source.POSTMARK] * 2
    before = scene.figures()
    rerun(scene.database, ISSUE)
    assert scene.figures() == before


def test_what_only_the_vendor_saw_counts(scene: Scene) -> None:
    told(scene, "Open", "ann", 1)
    told(scene, "Click", "ann", 2)
    ours(scene, "ben", click=True)
    told(scene, "Open", "ben", 3)
    scene.drain()
    assert scene.total(Metric.OPENERS) == 2
    assert scene.total(Metric.CLICKS) == 2
    with scene.database.reading() as connection:
        assert compare(connection, scene.database, ISSUE) == []


def test_what_was_told_of_nobody_is_not_told_again_of_somebody(scene: Scene) -> None:
    told(scene, "Open", "ann", 1)
    scene.drain()
    with scene.database.writing() as connection:
        row = connection.execute(select(subscriber)).one()
        connection.execute(update(subscriber).values(consent=False))
    told(scene, "Click", "ann", 2)
    scene.drain()
    with scene.database.writing() as connection:
        connection.execute(update(subscriber).values(consent=True))
    # Postmark did not hear that we have them, and says both again; so does another worker's batch.
    for _ in range(2):
        told(scene, "Click", "ann", 2)
        told(scene, "Open", "ann", 1)
        scene.drain()
    with scene.database.writing() as connection:
        assert connection.execute(select(set_aside)).all() == []
        erase(connection, scene.database, row, scene.now)
    told(scene, "Click", "ann", 2)
    scene.drain()
    assert (scene.total(Metric.OPENS), scene.total(Metric.CLICKS)) == (0, 1)
    with scene.database.reading() as connection:
        assert connection.execute(select(set_aside)).all() == []
        assert compare(connection, scene.database, ISSUE) == []
