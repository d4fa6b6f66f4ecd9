"""Issues' own texts from each platform, and from the cache without a network."""

import asyncio
from pathlib import Path

import pytest

from app.engagement import texts
from app.engagement.accounts import new
from app.engagement.errors import HttpError, NotFoundError
from app.engagement.model import Account
from app.engagement.providers import IssueText
from app.trackserver.store.database import Database
from tests.engagement.providers.fake import running
from tests.engagement.providers.fake_buttondown import KEY as BUTTONDOWN_KEY
from tests.engagement.providers.fake_buttondown import Buttondown
from tests.engagement.providers.fake_ghost import INTEGRATION, Ghost
from tests.engagement.providers.fake_listmonk import KEY as LISTMONK_KEY
from tests.engagement.providers.fake_listmonk import Listmonk
from tests.trackserver.serving import serving


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("SENDOFF_CACHE_DIR", str(tmp_path / "cache"))
    return tmp_path / "cache"


def fetch(account: Account, key: str | None, issue: str) -> IssueText:
    return asyncio.run(texts.fetch(account, key, issue))


def test_our_servers_own(tmp_path: Path) -> None:
    html = '<p>Hi <a href="https://example.com/">there</a></p>'
    database = Database(f"sqlite:///{tmp_path / 'server.db'}")
    database.migrate()
    with serving(database, tmp_path / "server") as served:
        served.http.post("/v1/publications", json={"name": "Letter"}).raise_for_status()
        body = {"html": html, "subject": "One"}
        made = served.http.post("/v1/issues", json=body)
        made.raise_for_status()
        account = new("sendoff", "Mine", served.url)
        assert fetch(account, served.key, made.json()["issue"]["id"]) == IssueText(html)
    database.close()
    assert texts.kept(account, made.json()["issue"]["id"]) == IssueText(html)  # the server is gone


def test_buttondowns_is_markdown() -> None:
    with running(Buttondown()) as platform:
        email = platform.send("Hi")
        email.body = "A [link](https://a.example/)."
        account = new("buttondown", "Letter", platform.url)
        assert fetch(account, BUTTONDOWN_KEY, email.id) == IssueText(email.body, is_markdown=True)


def test_ghosts_is_html() -> None:
    with running(Ghost()) as platform:
        post = platform.send("Hi")
        account = new("ghost", "Site", platform.url)
        assert fetch(account, INTEGRATION, post.id) == IssueText("<p>Hello</p>")


def test_listmonks_is_without_its_tracking() -> None:
    with running(Listmonk()) as platform:
        campaign = platform.add(
            "Hi", body='[a](https://a.example/@TrackLink) {{ TrackLink "https://b.example/" . }}'
        )
        account = new("listmonk", "Lists", platform.url)
        text = fetch(account, LISTMONK_KEY, str(campaign.id))
    assert text == IssueText("[a](https://a.example/) https://b.example/", is_markdown=True)


def test_an_issue_that_is_gone_and_a_key_that_is_missing() -> None:
    with running(Ghost()) as platform:
        account = new("ghost", "Site", platform.url)
        with pytest.raises(NotFoundError):
            fetch(account, INTEGRATION, "0" * 24)
    with pytest.raises(HttpError, match="no key"):
        fetch(account, None, "x")


def test_a_damaged_cache_is_none_and_a_removed_account_takes_its_texts(cache: Path) -> None:
    account, other = new("ghost", "A", "https://a.example"), new("ghost", "B", "https://b.example")
    for each in (account, other):
        texts.keep(each, "../../i", IssueText("x \ud800"))
    assert texts.kept(account, "../../i") == IssueText("x \ud800")
    files = [file for file in cache.rglob("*") if file.is_file()]
    assert len(files) == 2
    assert all(cache / "issue-texts" in file.parents for file in files)
    texts.forget(account)
    assert texts.kept(account, "../../i") is None
    (file,) = (file for file in cache.rglob("*.json"))
    file.write_text('{"version": 1')
    assert texts.kept(other, "../../i") is None
