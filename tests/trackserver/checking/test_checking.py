"""POST /v1/links/check: what it answers, what it costs, who may ask how much."""

import json
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from app.linkcheck.told import from_json
from app.linkcheck.verdict import Reason, Status
from app.trackserver.api.checking import CheckedLink
from app.trackserver.api.keys import Scope
from app.trackserver.checking.engine import Reach
from app.trackserver.settings import Checks
from app.trackserver.store.database import Database
from tests.linkcheck.names import Names
from tests.linkcheck.zoo.server import Zoo
from tests.support.patience import PATIENCE, wait_for
from tests.trackserver.serving import Nowhere, serving

from .conftest import LOCAL, OWN, Held, Scene, asked


def test_a_batch_is_answered(scene: Scene) -> None:
    base = scene.zoo.base
    found = scene.ask(f"{base}/page", f"{base}/missing", "no address", "http://gone.example/")
    assert {url: one["reason"] for url, one in found.items()} == {
        f"{base}/page": "ok",
        f"{base}/missing": "not_found",
        "no address": "malformed",
        "http://gone.example/": "no_such_host",
    }
    page = found[f"{base}/page"]
    assert page["status"] == "safe"
    assert not page["from_cache"]
    assert page["checked_at"].endswith("Z")
    assert found[f"{base}/missing"]["http_status"] == 404


def test_a_line_is_what_the_description_says(scene: Scene) -> None:
    line = scene.ask(f"{scene.zoo.base}/page")[f"{scene.zoo.base}/page"]
    assert list(line) == list(CheckedLink.__struct_fields__)
    assert from_json(line).status is Status.SAFE
    described = scene.served.http.get("/openapi.json").json()
    answer = described["paths"]["/v1/links/check"]["post"]["responses"]["200"]
    told = answer["content"]["application/x-ndjson"]["x-itemSchema"]
    assert told["$ref"].rpartition("/")[2] in described["components"]["schemas"]


def test_results_come_as_they_are_found(scene: Scene) -> None:
    held = Held()
    scene.zoo.handlers = {**scene.zoo.handlers, "held": held}
    base = scene.zoo.base
    urls = [f"{base}/held", f"{base}/page"]
    with scene.served.http.stream("POST", "/v1/links/check", json={"urls": urls}) as answer:
        lines = answer.iter_lines()
        assert json.loads(next(lines))["url"] == f"{base}/page"
        held.goes_on.set()
        assert json.loads(next(lines))["url"] == f"{base}/held"


def test_the_second_writer_gets_what_the_first_one_found(scene: Scene) -> None:
    url = f"{scene.zoo.base}/page"
    scene.ask(url)
    other = scene.key(Scope.LINK_CHECK)
    answer = scene.served.http.post("/v1/links/check", json={"urls": [url]}, headers=other)
    assert answer.json()["from_cache"]
    assert scene.zoo.asked("page") == ["HEAD"]


def test_the_cache_outlives_the_process(database: Database, tmp_path: Path, zoo: Zoo) -> None:
    url = f"{zoo.base}/page"
    for _ in range(2):
        with serving(database, tmp_path / "server", address=OWN, checks=LOCAL) as served:
            last = asked(served, [url])[url]
    assert last["from_cache"]
    assert zoo.asked("page") == ["HEAD"]


def test_a_writer_may_want_it_afresh(scene: Scene) -> None:
    url = f"{scene.zoo.base}/page"
    began = scene.served.services.clock()
    scene.ask(url)
    assert scene.ask(url, max_age=3600)[url]["from_cache"]
    # Nobody makes the server ask more often than every ten seconds.
    assert scene.ask(url, max_age=0)[url]["from_cache"]
    scene.served.services.checking._clock = lambda: began + 20_000
    scene.served.services.checking.shelf._clock = lambda: began + 20_000
    assert not scene.ask(url, max_age=0)[url]["from_cache"]


def test_twenty_clients_cause_one_check(scene: Scene) -> None:
    url = f"{scene.zoo.base}/slow"
    together = threading.Barrier(20)

    def client(key: dict[str, str]) -> str:
        together.wait()
        body = {"urls": [url]}
        answer = scene.served.http.post("/v1/links/check", json=body, headers=key)
        return str(answer.json()["reason"])

    with ThreadPoolExecutor(20) as pool:
        keys = [scene.key(Scope.LINK_CHECK) for _ in range(20)]
        assert set(pool.map(client, keys)) == {"ok"}
    assert scene.zoo.asked("slow") == ["HEAD"]


def test_two_processes_cause_one_check(database: Database, tmp_path: Path, zoo: Zoo) -> None:
    if database.is_sqlite:
        pytest.skip("SQLite's store has one web process")
    url = f"{zoo.base}/slow"
    with (
        serving(database, tmp_path / "a", address=OWN, checks=LOCAL) as one,
        serving(database, tmp_path / "b", address=OWN, checks=LOCAL) as two,
        ThreadPoolExecutor(2) as pool,
    ):
        found = list(pool.map(lambda served: asked(served, [url])[url], (one, two)))
    assert [each["reason"] for each in found] == ["ok", "ok"]
    assert sorted(each["from_cache"] for each in found) == [False, True]
    assert zoo.asked("slow") == ["HEAD"]


def test_a_process_that_died_holds_nothing_up(database: Database, tmp_path: Path, zoo: Zoo) -> None:
    if database.is_sqlite:
        pytest.skip("SQLite's store has one web process")
    url = f"{zoo.base}/page"
    with serving(database, tmp_path / "a", address=OWN, checks=LOCAL) as served:
        shelf = served.services.checking.shelf
        now = served.services.clock()
        shelf._clock = lambda: now - 59_000  # a claim that ends in a second
        assert url in shelf.claim([url])
        shelf._clock = served.services.clock
        assert asked(served, [url])[url]["reason"] == "ok"


def test_spellings_of_one_link_are_one_link(scene: Scene) -> None:
    base = scene.zoo.base
    found = scene.ask(f"{base}/page", f"{base.upper()}/page", f"{base}/x/../page")
    assert len(found) == 3
    assert {one["reason"] for one in found.values()} == {"ok"}
    assert scene.zoo.asked("page") == ["HEAD"]


def test_fragments_are_looked_up(scene: Scene) -> None:
    base = scene.zoo.base
    found = scene.ask(f"{base}/page", f"{base}/page#nowhere")
    assert found[f"{base}/page"]["notes"] == []
    assert found[f"{base}/page#nowhere"]["notes"] == ["fragment_missing"]
    assert scene.zoo.asked("page") == ["GET"]


def test_what_may_pass_is_not_kept_for_long(scene: Scene) -> None:
    kept = scene.served.services.checking.shelf.keep(
        from_json({"reason": "timeout", "http_status": None})
    )
    assert kept is not None
    assert kept.fresh_until - kept.checked_at == 30_000
    assert scene.served.services.checking.shelf.keep(from_json({"reason": "offline"})) is None


def test_no_text_of_an_answer_is_told(scene: Scene) -> None:
    url = f"{scene.zoo.base}/banner"
    answer = scene.served.http.post("/v1/links/check", json={"urls": [url]})
    assert answer.json()["reason"] == Reason.NOT_HTTP
    assert "SECRET" not in answer.text


def test_a_client_that_leaves_stops_its_checks(scene: Scene) -> None:
    url = f"{scene.zoo.base}/stall"
    http = scene.served.http
    with pytest.raises(Exception, match="timed out"):
        http.post("/v1/links/check", json={"urls": [url]}, timeout=0.5)
    wait_for(lambda: scene.served.services.checking.waiting == 0)


def test_a_stop_answers_everybody(database: Database, tmp_path: Path, zoo: Zoo) -> None:
    url = f"{zoo.base}/stall"
    patient = Checks(allow_private=True, ports=frozenset(), timeout=2 * PATIENCE)
    with (
        serving(database, tmp_path / "a", address=OWN, checks=patient) as served,
        ThreadPoolExecutor(1) as pool,
    ):
        waiting = pool.submit(asked, served, [url])
        wait_for(lambda: zoo.asked("stall"))
        served.services.checking.begin_stop()
        assert waiting.result(PATIENCE)[url]["reason"] == "pending"


def test_a_request_does_not_last_for_ever(database: Database, tmp_path: Path, zoo: Zoo) -> None:
    hasty = Checks(allow_private=True, ports=frozenset(), timeout=60.0, patience=0.4)
    urls = [f"{zoo.base}/stall", f"{zoo.base}/page"]
    with serving(database, tmp_path / "a", address=OWN, checks=hasty) as served:
        wait_for(lambda: asked(served, urls)[urls[1]]["reason"] == "ok")
        found = asked(served, urls)
        assert [found[url]["reason"] for url in urls] == ["pending", "ok"]
        assert found[urls[1]]["from_cache"]


def test_the_scope_is_needed(scene: Scene) -> None:
    body = {"urls": [f"{scene.zoo.base}/page"]}
    post = scene.served.http.post
    assert post("/v1/links/check", json=body, headers={"authorization": ""}).status_code == 401
    reader = scene.key(Scope.READ, Scope.WRITE)
    assert post("/v1/links/check", json=body, headers=reader).status_code == 403
    assert not scene.zoo.requests


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"urls": []}, 422),
        ({"urls": ["http://x.example/"] * 501}, 422),
        ({"urls": ["x" * 4097]}, 422),
        ({"urls": ["http://x.example/" + "x" * 4000] * 100}, 413),
        ({"urls": ["http://x.example/"], "max_age": -1}, 422),
        ({"urls": ["http://x.example/"], "headers": {"cookie": "a=b"}}, 422),
        ({"urls": ["http://\0"]}, 422),
    ],
)
def test_requests_have_bounds(scene: Scene, body: object, status: int) -> None:
    assert scene.served.http.post("/v1/links/check", json=body).status_code == status


def test_a_key_has_so_many_requests_a_minute(database: Database, tmp_path: Path, zoo: Zoo) -> None:
    few = Checks(allow_private=True, ports=frozenset(), per_minute=3)
    with serving(database, tmp_path / "a", address=OWN, checks=few) as served:
        body = {"urls": [f"{zoo.base}/page"]}
        answers = [served.http.post("/v1/links/check", json=body) for _ in range(4)]
        assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
        assert 1 <= int(answers[3].headers["retry-after"]) <= 20
        other = {"authorization": f"Bearer {served.new_key([Scope.LINK_CHECK])}"}
        assert served.http.post("/v1/links/check", json=body, headers=other).status_code == 200


def test_a_key_has_so_many_requests_at_once(database: Database, tmp_path: Path, zoo: Zoo) -> None:
    one = Checks(allow_private=True, ports=frozenset(), timeout=2 * PATIENCE, requests=1)
    with (
        serving(database, tmp_path / "a", address=OWN, checks=one) as served,
        ThreadPoolExecutor(1) as pool,
    ):
        waiting = pool.submit(asked, served, [f"{zoo.base}/stall"])
        wait_for(lambda: zoo.asked("stall"))
        body = {"urls": [f"{zoo.base}/page"]}
        assert served.http.post("/v1/links/check", json=body).status_code == 429
        served.services.checking.begin_stop()
        waiting.result(PATIENCE)


def test_a_key_with_many_links_leaves_room_for_others(
    database: Database, tmp_path: Path, zoo: Zoo
) -> None:
    names = Names({f"h{n}.example": ["127.0.0.1"] for n in range(40)})
    checks = Checks(allow_private=True, ports=frozenset(), timeout=2 * PATIENCE, links=4)
    with (
        serving(
            database, tmp_path / "a", address=OWN, checks=checks, reach=Reach(names, Nowhere())
        ) as served,
        ThreadPoolExecutor(1) as pool,
    ):
        many = [f"http://h{n}.example:{zoo.port}/stall" for n in range(40)]
        waiting = pool.submit(asked, served, many)
        wait_for(lambda: len(zoo.asked("stall")) >= 4)
        other = {"authorization": f"Bearer {served.new_key([Scope.LINK_CHECK])}"}
        body = {"urls": [f"{zoo.base}/page"]}
        answer = served.http.post("/v1/links/check", json=body, headers=other)
        assert answer.json()["reason"] == "ok"
        assert len(set(names.asked)) == 4
        served.services.checking.begin_stop()
        assert {one["reason"] for one in waiting.result(PATIENCE).values()} == {"pending"}


def test_too_many_links_that_wait(database: Database, tmp_path: Path, zoo: Zoo) -> None:
    full = Checks(allow_private=True, ports=frozenset(), waiting=1)
    with serving(database, tmp_path / "a", address=OWN, checks=full) as served:
        body = {"urls": [f"{zoo.base}/page", f"{zoo.base}/missing"]}
        answer = served.http.post("/v1/links/check", json=body)
        assert answer.status_code == 503
        assert answer.headers["retry-after"]


def test_figures(scene: Scene) -> None:
    url = f"{scene.zoo.base}/page"
    scene.ask(url)
    scene.ask(url)
    text = scene.served.http.get("/metrics").text
    assert 'sendoff_checked_links_total{from="checked"} 1.0' in text
    assert 'sendoff_checked_links_total{from="memory"} 1.0' in text
    assert 'sendoff_link_checks_total{status="safe"} 1.0' in text
    assert "sendoff_link_requests_total 1.0" in text
    assert "sendoff_links_waiting 0.0" in text


def test_old_verdicts_are_pruned(scene: Scene) -> None:
    url = f"{scene.zoo.base}/page"
    scene.ask(url)
    shelf = scene.served.services.checking.shelf
    wait_for(lambda: shelf.known([url]))
    assert shelf.prune() == 0
    now = scene.served.services.clock()
    shelf._clock = lambda: now + 2 * 86_400_000
    assert shelf.prune() == 1
