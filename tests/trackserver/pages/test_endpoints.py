"""Beacon and funnel on a running server."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import msgspec
import pytest
from sqlalchemy import select

from app.trackserver.inbox import Kind, PageView
from app.trackserver.pages.beacon import SCRIPT, visitor
from app.trackserver.store.database import Database
from app.trackserver.store.schema import inbox
from app.trackserver.work.worker import Worker
from tests.trackserver.serving import Served, serving
from tests.trackserver.work.scene import CHROME, SAFARI

URL = "https://letter.example/archive/12"


@pytest.fixture
def served(database: Database, tmp_path: Path) -> Iterator[Served]:
    with serving(database, tmp_path / "server") as one:
        one.http.post("/v1/publications", json={"name": "A letter"}).raise_for_status()
        one.http.headers["user-agent"] = CHROME
        yield one


def new_page(served: Served, **more: Any) -> dict[str, Any]:
    answer = served.http.post("/v1/pages", json={"url": URL, **more})
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made


def send(served: Served, page: str, step: str = "view", **more: Any) -> httpx.Response:
    headers = {"content-type": "text/plain;charset=UTF-8"} | more.pop("headers", {})
    body = {"page": page, "step": step, **more}
    return served.http.post("/b", content=msgspec.json.encode(body), headers=headers)


def work(served: Served) -> None:
    worker = Worker(served.services.database, served.services.clock)
    while worker.step():
        pass


def views(served: Served) -> list[PageView]:
    with served.services.database.reading() as connection:
        rows = connection.execute(select(inbox).where(inbox.c.kind == int(Kind.PAGES))).all()
    return [v for row in rows for v in msgspec.msgpack.decode(row.body, type=list[PageView])]


def test_the_script_is_small_and_leaves_nothing_behind() -> None:
    assert len(SCRIPT.encode()) < 1024
    for word in ("cookie", "localStorage", "sessionStorage", "canvas", "plugins", "eval"):
        assert word not in SCRIPT
    for word in ("doNotTrack", "globalPrivacyControl"):
        assert word in SCRIPT


def test_the_script_may_be_loaded_from_any_page(served: Served) -> None:
    answer = served.http.get("/b.js")
    assert answer.text == SCRIPT
    assert answer.headers["content-type"].startswith("text/javascript")
    assert answer.headers["cross-origin-resource-policy"] == "cross-origin"
    assert "max-age" in answer.headers["cache-control"]
    assert "set-cookie" not in answer.headers


def test_a_page_is_registered_once(served: Served) -> None:
    made = new_page(served)
    assert made["id"] in made["snippet"]
    assert f"{served.url}/b.js" in made["snippet"]
    again = served.http.post("/v1/pages", json={"url": URL})
    assert (again.status_code, again.json()) == (200, made)
    assert served.http.get("/v1/pages").json() == {"pages": [made]}


def test_a_visitor_is_a_hash_that_dies_with_the_day(served: Served) -> None:
    page = new_page(served)["id"]
    for _ in range(2):
        assert send(served, page).status_code == 204
    one, other = views(served)
    assert one.visitor == other.visitor
    assert len(one.visitor) == 16
    fields = ("page_1", "192.0.2.1", CHROME)
    assert visitor(b"today", *fields) == visitor(b"today", *fields)
    assert visitor(b"today", *fields) != visitor(b"tomorrow", *fields)
    # From page to page nobody can be followed either.
    assert visitor(b"today", *fields) != visitor(b"today", "page_2", *fields[1:])
    near = visitor(b"today", "p", "2001:db8::1", CHROME)
    assert near == visitor(b"today", "p", "2001:db8::ffff", CHROME)
    assert near != visitor(b"today", "p", "2001:db8:0:1::1", CHROME)


@pytest.mark.parametrize("headers", [{"sec-gpc": "1"}, {"dnt": "1"}])
def test_who_asks_not_to_be_counted_is_not(served: Served, headers: dict[str, str]) -> None:
    page = new_page(served)["id"]
    assert send(served, page, headers=headers).status_code == 204
    assert views(served) == []


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("www.News.example", "news.example"),
        ("news.example:8080", "news.example"),
        ("https://news.example/path", ""),
        ("<script>", ""),
    ],
)
def test_only_a_referrers_host_is_kept(served: Served, sent: str, kept: str) -> None:
    page = new_page(served)["id"]
    send(served, page, referrer=sent, campaign="issue\n12")
    (found,) = views(served)
    assert (found.referrer, found.campaign) == (kept, "issue12")


@pytest.mark.parametrize(
    ("content", "status"),
    [
        (b"", 400),
        (b"{", 400),
        (b"\xff", 400),
        (b"[]", 422),
        (b'{"page": "p"}', 422),
        (b'{"page": "p", "step": "other"}', 422),
        (b'{"page": "p", "step": "view", "campaign": "' + b"x" * 200 + b'"}', 422),
        (b'{"page": "' + b"x" * 4000 + b'"}', 413),
    ],
)
def test_what_is_no_beacon_is_refused(served: Served, content: bytes, status: int) -> None:
    assert served.http.post("/b", content=content).status_code == status


def test_the_funnel(served: Served) -> None:
    html = f'<p><a href="{URL}">read on</a> <a href="https://example.com/">other</a></p>'
    issue = served.http.post(
        "/v1/issues", json={"subject": "Twelve", "html": html, "external_id": "12"}
    )
    assert issue.status_code == 201, issue.text
    public_id = issue.json()["issue"]["id"]
    events = [
        {"type": kind, "at": "2026-09-21T14:13:20Z", "subscriber": who, **more}
        for kind, who, more in [
            ("delivered", "ann", {}),
            ("delivered", "bob", {}),
            ("opened", "ann", {"user_agent": CHROME, "address": "198.51.100.7"}),
            ("clicked", "ann", {"user_agent": CHROME, "address": "198.51.100.7", "url": URL}),
            ("clicked", "bob", {"user_agent": SAFARI, "url": "https://example.com/"}),
        ]
    ]
    reported = served.http.post(f"/v1/issues/{public_id}/events", json={"events": events})
    assert (reported.status_code, reported.json()) == (202, {"accepted": 5})
    page = new_page(served, issue=public_id)["id"]
    for step in ("view", "view", "read", "sign_up"):
        send(served, page, step, referrer="mail.example", campaign="12")
    send(served, page, headers={"user-agent": SAFARI})
    send(served, page, headers={"user-agent": "Googlebot/2.1"})
    work(served)
    funnel = served.http.get(f"/v1/pages/{page}/funnel").json()
    assert funnel["total"] == {
        "views": 3, "visits": 2, "readers": 1, "sign_ups": 1, "robots": 1,
    }  # fmt: skip
    assert funnel["mail"]["delivered"] == 2
    assert funnel["mail"]["openers"]["all"] == 1
    assert funnel["mail"]["clickers"]["all"] == 2
    assert funnel["mail"]["clicks_to_page"]["all"] == 1
    assert [day["views"] for day in funnel["days"]] == [3]
    assert funnel["referrers"] == [
        {"key": "mail.example", "views": 2},
        {"key": "", "views": 1},
    ]
    assert funnel["campaigns"][0] == {"key": "12", "views": 2}


def test_days_are_chosen(served: Served) -> None:
    page = new_page(served)["id"]
    send(served, page)
    work(served)
    path = f"/v1/pages/{page}/funnel"
    empty = served.http.get(path, params={"since": "2020-01-01", "until": "2020-02-01"}).json()
    assert empty["total"]["views"] == 0
    for since, until in (("2020-02-01", "2020-01-01"), ("2000-01-01", "2020-01-01")):
        answer = served.http.get(path, params={"since": since, "until": until})
        assert answer.status_code == 409
    assert served.http.get(path, params={"since": "yesterday"}).status_code == 400


def test_another_publications_key_sees_no_page(served: Served) -> None:
    page = new_page(served)["id"]
    from app.trackserver.api.keys import Scope

    other = served.http.post("/v1/publications", json={"name": "Another"}).json()
    assert other["id"]
    with served.services.database.reading() as connection:
        number = connection.exec_driver_sql(
            f"SELECT id FROM publication WHERE public_id = '{other['id']}'"
        ).scalar_one()
    key = served.new_key([Scope.READ, Scope.WRITE], number)
    headers = {"authorization": f"Bearer {key}"}
    assert served.http.get(f"/v1/pages/{page}/funnel", headers=headers).status_code == 404
    assert served.http.delete(f"/v1/pages/{page}", headers=headers).status_code == 404
    assert served.http.get("/v1/pages", headers=headers).json() == {"pages": []}


def test_a_page_is_forgotten(served: Served) -> None:
    page = new_page(served)["id"]
    send(served, page)
    work(served)
    assert served.http.delete(f"/v1/pages/{page}").status_code == 204
    assert served.http.get(f"/v1/pages/{page}/funnel").status_code == 404
    send(served, page)
    work(served)
