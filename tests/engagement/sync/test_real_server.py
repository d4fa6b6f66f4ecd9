"""Against the real tracking server: what it tells is what the store has."""

import asyncio
import random
from pathlib import Path
from typing import Any

import msgspec
from sqlalchemy import update

from app.engagement.model import Account, Dimension
from app.engagement.providers.sendoff import Sendoff, client
from app.engagement.store.reader import Reader
from app.engagement.store.store import Store
from app.engagement.sync.many import sync_account, sync_accounts
from app.engagement.sync.state import Outcome, State
from app.trackserver.api.feeds import Changes, Events
from app.trackserver.api.keys import Scope
from app.trackserver.api.report import Report
from app.trackserver.store.schema import server as server_table
from tests.engagement.truth import Truth
from tests.trackserver.api.conftest import CHROME, Api


def synced(api: Api, store: Store, key: str | None = None) -> Outcome:
    account = Account("a", "sendoff", "A letter", api.served.url, api.publication)
    key = api.served.new_key([Scope.READ]) if key is None else key
    return asyncio.run(sync_account(account, key, store))


def sent(api: Api, **fields: Any) -> dict[str, Any]:
    """An issue that two people opened, one of whom clicked."""
    registered = api.register(sent_at="2026-11-20T08:00:00Z", merge_tag="{{ id }}", **fields)
    urls = [
        part.split('"')[0] for part in registered["html"].split('="') if part.startswith("http")
    ]
    for who in ("anna", "ben"):
        for url in urls[: 1 if who == "ben" else 3]:
            api.visit(url.replace("{{ id }}", who))
    api.work()
    issue: dict[str, Any] = registered["issue"]
    return issue


def test_everything_that_the_server_tells_is_stored(api: Api, tmp_path: Path) -> None:
    issue = sent(api)
    store = Store(tmp_path / "engagement.db")
    outcome = synced(api, store)
    assert (outcome.state, outcome.message) == (State.CURRENT, "")
    truth = api.get(f"/v1/issues/{issue['id']}/report")
    events = api.get(f"/v1/issues/{issue['id']}/events")["events"]
    with Reader(store.path) as reader:
        (stored,) = reader.issues("a")
        record, detail = stored.record, reader.detail(stored)
        figures = truth["issue"]["figures"]
        assert record.subject == "One"
        assert record.figures.clicks.all == figures["clicks"]["all"] > 0
        assert record.figures.clicks.human == figures["clicks"]["human"]
        assert detail.links is not None
        assert [link.url for link in detail.links] == [link["url"] for link in truth["links"]]
        assert {event.id for event in reader.events(stored)} == {each["id"] for each in events}
        assert len(events) > 1
        assert sum(point.dimension == "hour" for point in detail.points) == len(truth["hours"])
    store.close()


def test_deliveries_that_nobody_reports_are_unknown_and_not_0(api: Api, tmp_path: Path) -> None:
    sent(api)
    store = Store(tmp_path / "engagement.db")
    synced(api, store)
    with Reader(store.path) as reader:
        figures = reader.issues("a")[0].record.figures
    assert (figures.sent, figures.delivered, figures.hard_bounces) == (None, None, None)
    assert figures.openers.all or figures.clickers.all
    store.close()


def test_a_second_sync_with_nothing_new_is_one_request(api: Api, tmp_path: Path) -> None:
    sent(api)
    store = Store(tmp_path / "engagement.db")
    assert synced(api, store).requests > 2
    outcome = synced(api, store)
    assert (outcome.requests, outcome.records, outcome.state) == (1, 0, State.CURRENT)
    store.close()


def test_an_archive_pages_funnel_comes_with_its_issue(api: Api, tmp_path: Path) -> None:
    issue, without = sent(api), sent(api, subject="Two")
    page = api.json("POST", "/v1/pages", 201,
                    json={"url": "https://example.com/one", "issue": issue["id"]})  # fmt: skip
    for step in ("view", "view", "read", "sign_up"):
        body = msgspec.json.encode({"page": page["id"], "step": step})
        headers = {"content-type": "text/plain", "user-agent": CHROME, "authorization": ""}
        api.http.post("/b", content=body, headers=headers).raise_for_status()
    api.work()
    store = Store(tmp_path / "engagement.db")
    first = synced(api, store)
    assert (first.state, first.problems) == (State.CURRENT, ())
    assert first.requests == 1 + 2 * 2 + 1, "the feed, two issues, and one funnel"
    with Reader(store.path) as reader:
        stored = {each.record.id: each for each in reader.issues("a")}
        archive = [
            point
            for point in reader.detail(stored[issue["id"]]).points
            if point.dimension is Dimension.ARCHIVE
        ]
        assert [(point.key, dict(point.figures.other)) for point in archive] == [
            (page["id"], {"page_views": 2, "page_visits": 1, "page_readers": 1,
                          "page_sign_ups": 1}),
        ]  # fmt: skip
        assert archive[0].figures.clicks.human
        assert all(
            point.dimension is not Dimension.ARCHIVE
            for point in reader.detail(stored[without["id"]]).points
        )
    api.json("DELETE", f"/v1/pages/{page['id']}", 204)
    api.json("PATCH", f"/v1/issues/{issue['id']}", json={"subject": "One, mended"})
    assert synced(api, store).state is State.CURRENT
    with Reader(store.path) as reader:
        stored = {each.record.id: each for each in reader.issues("a")}
        points = reader.detail(stored[issue["id"]]).points
        assert all(point.dimension is not Dimension.ARCHIVE for point in points)
    store.close()


def test_what_changes_or_goes_at_the_server_follows(api: Api, tmp_path: Path) -> None:
    first, second = sent(api), sent(api, subject="Two")
    store = Store(tmp_path / "engagement.db")
    synced(api, store)
    api.json("PATCH", f"/v1/issues/{first['id']}", json={"subject": "One, mended"})
    api.json("DELETE", f"/v1/issues/{second['id']}", 204)
    found = api.json("POST", "/v1/subscribers/find", json={"external_id": "anna"})
    api.json("DELETE", f"/v1/subscribers/{found['id']}", 204)
    assert synced(api, store).state is State.CURRENT
    with Reader(store.path) as reader:
        stored = {each.record.id: each for each in reader.issues()}
        assert stored[first["id"]].record.subject == "One, mended"
        assert stored[second["id"]].deleted, "kept, and marked"
        assert stored[second["id"]].record.figures.clicks.all
        for each in stored.values():
            assert found["id"] not in {event.subscriber for event in reader.events(each)}
    store.close()


def test_after_a_restore_everything_is_fetched_again(api: Api, tmp_path: Path) -> None:
    issue = sent(api)
    store = Store(tmp_path / "engagement.db")
    synced(api, store)
    with api.database.writing() as connection:
        connection.execute(update(server_table).values(epoch="another"))
    outcome = synced(api, store)
    assert (outcome.state, outcome.resynced) == (State.CURRENT, True)
    with Reader(store.path) as reader:
        assert [each.record.id for each in reader.issues()] == [issue["id"]]
    assert synced(api, store).requests == 1
    store.close()


def test_a_key_that_is_not_taken_stops_until_the_writer_did_something(
    api: Api, tmp_path: Path
) -> None:
    store = Store(tmp_path / "engagement.db")
    outcome = synced(api, store, "sendoff_wrong")
    assert (outcome.state, outcome.requests) == (State.REFUSED, 1)
    status = store.status("a")
    assert status is not None
    assert status.retry_at is None
    store.close()


def test_a_key_that_one_publication_refuses_stops_no_other(api: Api, tmp_path: Path) -> None:
    sent(api)
    store = Store(tmp_path / "engagement.db")
    both = [Account(name, "sendoff", name, api.served.url, api.publication) for name in "ab"]
    keys = {"a": api.served.new_key([]), "b": api.served.new_key([Scope.READ])}
    refused, current = asyncio.run(sync_accounts(both, lambda each: keys[each.id], store))
    assert (refused.state, current.state) == (State.REFUSED, State.CURRENT)
    with Reader(store.path) as reader:
        assert [issue.account for issue in reader.issues()] == ["b"]
    store.close()


def test_a_test_says_in_words_what_works(api: Api) -> None:
    async def tested(key: str) -> Any:
        account = Account("a", "sendoff", "A letter", api.served.url)
        async with client(account, key) as http:
            return await Sendoff(account, http).test()

    good = asyncio.run(tested(api.served.new_key([Scope.READ])))
    assert good.ok
    assert "A letter" in good.works[0]
    bad = asyncio.run(tested("sendoff_wrong"))
    assert not bad.ok
    assert "key" in bad.lacks[0]


def test_the_small_truth_answers_in_the_real_shapes() -> None:
    truth = Truth(random.Random(7))
    for _ in range(3):
        truth.add_issue()
    truth.erase("sub_1")
    name = next(iter(truth.issues))
    for path, shape in (
        ("/v1/changes", Changes),
        (f"/v1/issues/{name}/report", Report),
        (f"/v1/issues/{name}/events", Events),
    ):
        status, data = truth.answer(path, {})
        assert status == 200
        msgspec.json.decode(msgspec.json.encode(data), type=shape)
