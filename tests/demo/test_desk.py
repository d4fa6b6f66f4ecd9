"""The demo leaves the writer's own folders alone and its site behaves as its draft says."""

import http.client
import os
from urllib.parse import urlsplit

import pytest

from app.demo.desk import demo_desk
from app.demo.site import PAGES, DemoSite
from app.ui import session as sessions


def status(site: DemoSite, path: str, method: str = "GET") -> int:
    connection = http.client.HTTPConnection(urlsplit(site.url).netloc, timeout=5)
    connection.request(method, path)
    answer = connection.getresponse()
    answer.read()
    connection.close()
    return answer.status


QUICK = [path for path, page in PAGES.items() if page.status and not page.delay]


@pytest.mark.parametrize("path", QUICK)
def test_each_page_answers_as_declared(path: str) -> None:
    with DemoSite() as site:
        assert status(site, path) == PAGES[path].status


def test_a_path_without_a_page_is_not_found() -> None:
    with DemoSite() as site:
        assert status(site, "/nowhere") == 404


def test_a_page_may_refuse_head() -> None:
    with DemoSite() as site:
        assert status(site, "/archive", "HEAD") == 405
        assert status(site, "/archive", "GET") == 200


def test_the_site_stops_while_a_slow_answer_is_under_way() -> None:
    with DemoSite() as site:
        connection = http.client.HTTPConnection(urlsplit(site.url).netloc, timeout=5)
        connection.request("GET", "/never")
    connection.close()


def test_the_sample_draft_links_to_the_running_site_and_goes_when_the_demo_ends() -> None:
    with demo_desk(tracked=False) as desk:
        text = desk.draft.read_text(encoding="utf-8")
        assert "{site}" not in text
        assert all(url in text for url in desk.blocked)
    assert not desk.draft.exists()


def test_a_demo_shows_the_letter_beside_the_text() -> None:
    with demo_desk(tracked=False):
        assert sessions.load(sessions.path()).preview_shown


def test_the_writers_folders_are_given_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SENDOFF_DATA_DIR", "/somewhere/mine")
    monkeypatch.delenv("SENDOFF_CACHE_DIR", raising=False)
    with demo_desk(tracked=False):
        assert "sendoff-demo-" in os.environ["SENDOFF_DATA_DIR"]
    assert os.environ["SENDOFF_DATA_DIR"] == "/somewhere/mine"
    assert "SENDOFF_CACHE_DIR" not in os.environ
