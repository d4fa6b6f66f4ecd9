"""The click map with its real widgets: where the text comes from, and badge and list in step."""

import importlib.util
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.engagement import accounts, managing, texts
from app.engagement.model import Account, LinkRecord
from app.engagement.providers import IssueText
from app.engagement.reports.queries import report, rows
from app.engagement.secrets import open_secrets
from app.engagement.store.reader import Reader
from app.engagement.store.schema import store_file
from app.ui.reports.clickmap import page as page_module
from app.ui.reports.clickmap.page import ClickMapPage
from tests.engagement.providers.fake import running
from tests.engagement.providers.fake_ghost import STAFF, Ghost, Post
from tests.engagement.reports.stocked import full, links, stock, told
from tests.support.keyrings import Locker

HAS_ENGINE = importlib.util.find_spec("PySide6.QtWebEngineWidgets") is not None
A, B, GONE = "https://a.example/x", "https://b.example/y", "https://gone.example/"
SUBJECT = "The tide tables"
DRAFT = f"---\nsubject: {SUBJECT}\n---\n\nRead [One]({A}) and [Two]({B}).\n"


class Desk:
    """A page with an issue to show."""

    def __init__(self, qtbot: QtBot, folders: Path, account: Account) -> None:
        self.qtbot = qtbot
        self.drafts = folders / "drafts"
        self.drafts.mkdir()
        self.account = account
        self.page = ClickMapPage(lambda: self.drafts)
        qtbot.addWidget(self.page)
        self.page.resize(1000, 640)
        self.page.show()

    def write(self, name: str, text: str) -> Path:
        path = self.drafts / name
        path.write_text(text)
        return path

    def show(self) -> None:
        with Reader() as reader:
            known = rows(reader, accounts.load())
            found = report(reader, known, known[0])
        self.page.show_issue(found.row, found.links)
        self.wait(lambda: self.page._looking is None)

    def wait(self, until: Callable[[], bool]) -> None:
        self.qtbot.waitUntil(until)

    def settle(self) -> None:
        """Wait until the engine shows the page."""
        self.wait(lambda: self.page._view is not None and self.page._view._is_ready)

    def ask(self, script: str) -> Any:
        from app.ui.preview.isolated import OUR_WORLD

        answers: list[Any] = []
        view = self.page._view
        assert view is not None
        view.page().runJavaScript(script, OUR_WORLD, answers.append)
        self.wait(lambda: bool(answers))
        return answers[0]


@pytest.fixture
def ghost() -> Iterator[Ghost]:
    with running(Ghost()) as platform:
        yield platform


@pytest.fixture
def post(ghost: Ghost) -> Post:
    post = ghost.send(SUBJECT)
    post.html = f'<p><a href="{A}?ref=letter">One</a></p><img src="https://bad.example/p.gif">'
    return post


@pytest.fixture
def desk(
    qtbot: QtBot,
    dressed: QApplication,
    folders: Path,
    ghost: Ghost,
    post: Post,
    locker: Locker,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Desk]:
    account = accounts.new("ghost", "Site", ghost.url)
    managing.add(account, STAFF, open_secrets())
    issue = full(1, SUBJECT, 50, 20)
    object.__setattr__(issue, "id", post.id)
    detail = links(
        post.id,
        LinkRecord(1, A, "One", clicks=told(15), clickers=told(12)),
        LinkRecord(2, B, "Two", clicks=told(4), clickers=told(4)),
        LinkRecord(3, GONE, clicks=told(1), clickers=told(1)),
    )
    stock(store_file(), account, issue, detail)
    desk = Desk(qtbot, folders, account)
    yield desk
    desk.page.close_engine()
    desk.page.close()


@pytest.fixture
def no_engine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(page_module, "engine_would_end_the_app", lambda: True)


def test_without_the_engine_the_links_are_listed(desk: Desk, no_engine: None) -> None:
    desk.show()
    assert [link.url for link in desk.page.list.links] == [A, B, GONE]
    assert "QtWebEngine" in desk.page.message.text()


def test_without_a_draft_the_platforms_text_is_shown_and_kept(
    desk: Desk, no_engine: None, post: Post
) -> None:
    desk.show()
    found = desk.page.found
    assert found is not None
    assert found.platform == "Ghost"
    assert "12 · 75.0 %" in found.page_light
    assert [link.url for link in found.missing] == [B, GONE]
    assert texts.kept(desk.account, post.id) is not None


def test_offline_the_text_that_was_seen_before_is_there(
    desk: Desk, no_engine: None, ghost: Ghost, post: Post
) -> None:
    texts.keep(desk.account, post.id, seen_before())
    ghost.asked.clear()
    desk.show()
    assert ghost.asked == []
    assert desk.page.found is not None
    assert desk.page.found.has_text


def seen_before() -> IssueText:
    return IssueText(f'<a href="{A}">One</a>')


def test_what_cannot_be_had_is_told_and_the_links_stay(
    desk: Desk, no_engine: None, ghost: Ghost
) -> None:
    ghost.posts.clear()
    desk.show()
    assert "no such thing" in desk.page.message.text()
    assert len(desk.page.list.links) == 3


def test_a_draft_is_asked_about_once_and_then_shown(desk: Desk, no_engine: None) -> None:
    path = desk.write("tide.md", DRAFT)
    desk.show()
    assert desk.page.ask.isVisible()
    assert "tide" in desk.page.ask.question.text()
    assert "2 of 3 links" in desk.page.ask.question.text()
    with desk.qtbot.waitSignal(desk.page.matched):
        QTest.keyClick(desk.page.ask.yes, Qt.Key.Key_Space)
    desk.wait(lambda: desk.page.found is not None and desk.page.found.draft == str(path))
    assert not desk.page.ask.isVisible()
    assert "tide" in desk.page.source.text()
    found = desk.page.found
    assert found is not None
    assert [link.url for link in found.missing] == [GONE]
    path.rename(desk.drafts / "renamed.md")
    again = ClickMapPage(lambda: desk.drafts)
    desk.qtbot.addWidget(again)
    desk.page = again
    desk.show()
    assert again.found is not None
    assert again.found.draft == str(desk.drafts / "renamed.md")


def test_no_means_no(desk: Desk, no_engine: None) -> None:
    desk.write("tide.md", DRAFT)
    desk.show()
    with desk.qtbot.waitSignal(desk.page.matched):
        desk.page.ask.no.click()
    desk.wait(lambda: not desk.page.ask.isVisible())
    desk.wait(lambda: desk.page._looking is None)
    assert desk.page.found is not None
    assert desk.page.found.draft == ""


def test_a_draft_that_names_the_issue_needs_no_question(
    desk: Desk, no_engine: None, post: Post
) -> None:
    path = desk.write("x.md", f"---\nghost_id: {post.id}\n---\n\n[One]({A})\n")
    desk.show()
    assert desk.page.found is not None
    assert desk.page.found.draft == str(path)
    desk.page.other_text.click()
    desk.wait(lambda: desk.page.found is not None and desk.page.found.platform == "Ghost")
    with desk.qtbot.waitSignal(desk.page.open_draft) as told_:
        desk.page.open.click()
    assert told_.args == [str(path)]


@pytest.mark.skipif(not HAS_ENGINE, reason="QtWebEngine is not installed")
def test_a_link_that_was_asked_for_is_pointed_out_once_the_text_is_there(
    desk: Desk, post: Post
) -> None:
    post.html = f'<p><a href="{A}">One</a> <a href="{B}">Two</a></p>'
    with Reader() as reader:
        known = rows(reader, accounts.load())
        found = report(reader, known, known[0])
    desk.page.show_issue(found.row, found.links)
    desk.page.choose(2)
    desk.settle()
    desk.wait(lambda: desk.ask("document.querySelectorAll('.chosen').length") == 1)
    assert desk.ask("document.querySelector('.chosen').textContent").startswith("Two")
    assert desk.page.list.currentIndex().row() == 1


@pytest.mark.skipif(not HAS_ENGINE, reason="QtWebEngine is not installed")
def test_badge_and_list_are_in_step_and_nothing_remote_is_asked_for(desk: Desk, post: Post) -> None:
    desk.write("x.md", f"---\nghost_id: {post.id}\n---\n\n[One]({A}) ![p](https://bad.example/p)")
    desk.show()
    desk.settle()
    badges = "[...document.querySelectorAll('.badge')].map(e => e.textContent).join('|')"
    assert desk.ask(badges) == "12 · 75.0 %"
    desk.ask("document.querySelector('.badge').click(), 1")
    desk.wait(lambda: desk.page.list.currentIndex().row() == 0)
    assert desk.ask("document.querySelectorAll('.chosen').length") == 1
    desk.page.list.setCurrentIndex(desk.page.list.model().index(1, 0))
    desk.wait(lambda: desk.ask("document.querySelectorAll('.chosen').length") == 0)
    desk.page.list.setCurrentIndex(desk.page.list.model().index(0, 0))
    desk.wait(lambda: desk.ask("document.querySelectorAll('.chosen').length") == 1)
    view = desk.page._view
    assert view is not None
    assert not [url for url in view.gatekeeper.let_through if "bad.example" in url]
    assert desk.ask("location.href") == "sendoff-preview://draft/"
