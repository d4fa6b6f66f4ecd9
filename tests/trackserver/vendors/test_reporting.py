"""Events that a sender reports by itself: all or none, once, and of its own issues only."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import func, select

from app.trackserver.api.keys import Scope
from app.trackserver.store.database import Database
from app.trackserver.store.schema import event, inbox, publication
from app.trackserver.work.worker import Worker
from tests.trackserver.serving import Served, serving

AT = "2026-09-21T14:13:20Z"


@pytest.fixture
def served(database: Database, tmp_path: Path) -> Iterator[Served]:
    with serving(database, tmp_path / "server") as one:
        one.http.post("/v1/publications", json={"name": "A letter"}).raise_for_status()
        yield one


@pytest.fixture
def issue(served: Served) -> str:
    html = '<a href="https://example.com/a">read</a>'
    made = served.http.post("/v1/issues", json={"subject": "One", "html": html})
    return str(made.json()["issue"]["id"])


def report(served: Served, issue: str, *events: dict[str, Any]) -> httpx.Response:
    filled = [{"at": AT, **one} for one in events]
    return served.http.post(f"/v1/issues/{issue}/events", json={"events": filled})


def figures(served: Served, issue: str) -> dict[str, Any]:
    worker = Worker(served.services.database, served.services.clock)
    while worker.step():
        pass
    found: dict[str, Any] = served.http.get(f"/v1/issues/{issue}").json()["figures"]
    return found


def test_every_type_is_counted(served: Served, issue: str) -> None:
    words = ("sent", "delivered", "deferred", "rejected", "hard_bounce", "soft_bounce",
             "opened", "clicked", "complained", "unsubscribed")  # fmt: skip
    answer = report(served, issue, *({"type": word, "email": "ann@x.example"} for word in words))
    assert (answer.status_code, answer.json()) == (202, {"accepted": 10})
    found = figures(served, issue)
    names = ("sent", "delivered", "deferred", "rejected", "hard_bounces", "soft_bounces")
    assert [found[name] for name in names] == [1] * 6
    assert found["complaints"] == found["unsubscribes"]["all"] == 1
    assert found["openers"]["all"] == found["clickers"]["all"] == 1


def test_a_batch_that_is_sent_again_does_no_harm(served: Served, issue: str) -> None:
    events = [
        {"type": "delivered", "subscriber": "7"},
        {"type": "opened", "subscriber": "7", "id": "mine-1"},
        {"type": "opened", "subscriber": "7", "id": "mine-2"},
    ]
    for _ in range(3):
        assert report(served, issue, *events).status_code == 202
    found = figures(served, issue)
    assert (found["delivered"], found["opens"]["all"], found["openers"]["all"]) == (1, 2, 1)


def test_ten_thousand_at_once(served: Served, issue: str) -> None:
    events = [{"type": "delivered", "subscriber": str(number)} for number in range(10_000)]
    assert report(served, issue, *events).json() == {"accepted": 10_000}
    with served.services.database.reading() as connection:
        assert connection.scalar(select(func.sum(inbox.c["items"]))) == 10_000
    assert report(served, issue, *events, events[0]).status_code == 422


@pytest.mark.parametrize(
    "bad",
    [
        {"type": "probed"},
        {"type": "other"},
        {"type": "opened", "at": "yesterday"},
        {"type": "opened", "at": "2026-09-21T14:13:20"},
        {"type": "opened", "at": "9999-12-31T23:59:59Z"},
        {"type": "opened", "at": "0001-01-01T00:00:00Z"},
        {"type": "opened", "email": "nobody"},
        {"type": "opened", "address": "not an address"},
        {"type": "opened", "address": "fe80::1%eth0"},
        {"type": "opened", "link": -1},
        {"type": "opened", "link": 1 << 40},
        {"type": "opened", "subscriber": "x" * 201},
        {"type": "opened", "unknown": 1},
        {},
    ],
)
def test_one_bad_event_refuses_the_batch(served: Served, issue: str, bad: dict[str, Any]) -> None:
    answer = report(served, issue, {"type": "delivered", "subscriber": "7"}, bad)
    # 409 where the shape is right and the value cannot be.
    assert answer.status_code in (409, 422)
    assert answer.headers["content-type"] == "application/problem+json"
    assert figures(served, issue)["delivered"] == 0


def test_only_ones_own_issues(served: Served, issue: str) -> None:
    other = served.http.post("/v1/publications", json={"name": "Another"}).json()["id"]
    with served.services.database.reading() as connection:
        number = connection.scalar(select(publication.c.id).where(publication.c.public_id == other))
    for key, status in (
        (served.new_key([Scope.WRITE], number), 404),
        (served.new_key([Scope.READ]), 403),
        ("sendoff_none", 401),
    ):
        answer = served.http.post(
            f"/v1/issues/{issue}/events",
            json={"events": [{"type": "sent", "at": AT}]},
            headers={"authorization": f"Bearer {key}"},
        )
        assert answer.status_code == status
    assert report(served, "iss_none", {"type": "sent"}).status_code == 404


def test_nobodys_address_is_stored(served: Served, issue: str) -> None:
    report(served, issue, {"type": "hard_bounce", "email": "ann@x.example", "reason": "5.1.1"})
    assert figures(served, issue)["hard_bounces"] == 1
    with served.services.database.reading() as connection:
        (row,) = connection.execute(select(event)).all()
    assert "ann" not in str(row)
    assert row.domain == "x.example"
