"""Accounts by keyboard alone, against real servers and the fakes of the platforms."""

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit

from app.engagement import accounts, managing
from app.engagement.secrets import SERVICE, SessionSecrets, open_secrets
from app.engagement.store.reader import Reader
from app.engagement.store.schema import store_file
from app.engagement.store.store import Store
from app.engagement.sync.state import Outcome, State, next_status
from app.trackserver.api.keys import Scope
from app.trackserver.store.database import Database
from app.ui.accounts.add_page import AddPage
from app.ui.accounts.change_pages import KeyPage, RemovePage, RenamePage
from tests.engagement.providers.fake import running
from tests.engagement.providers.fake_ghost import INTEGRATION, STAFF, Ghost
from tests.engagement.reports.stocked import full, stock
from tests.support.keyrings import Locker
from tests.trackserver.serving import Served, serving
from tests.ui.accounts.conftest import Desk, MakeDesk

Key = Qt.Key


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Served]:
    """The real tracking server."""
    database = Database(f"sqlite:///{tmp_path / 'server.db'}")
    database.migrate()
    with serving(database, tmp_path / "server") as served:
        yield served
    database.close()


@pytest.fixture
def ghost() -> Iterator[Ghost]:
    with running(Ghost()) as platform:
        platform.send("Hi", clicks=2, links={"https://a.example/": 2})
        yield platform


def add_page(desk: Desk, platform: str) -> AddPage:
    """From the list to the form, by keys."""
    desk.press(Key.Key_Return)
    rows = [name for name, _ in desk.dialog.platforms.model.rows]
    desk.press(*[Key.Key_Down] * rows.index(platform), Key.Key_Return)
    page = desk.page()
    assert page is desk.dialog.adding
    desk.wait(lambda: bool(desk.dialog.adding.keeping.explanation.text()))
    return desk.dialog.adding


def fill(desk: Desk, page: AddPage, name: str, address: str, key: str) -> None:
    desk.type(name)
    desk.press(Key.Key_Tab)
    page.address.selectAll()
    desk.type(address)
    desk.press(Key.Key_Tab)
    assert page.key.line.hasFocus()
    desk.type(key)


def test_an_account_at_a_real_server_is_added_by_keys_alone(
    make_desk: MakeDesk, locker: Locker, served: Served
) -> None:
    served.http.post("/v1/publications", json={"name": "The Letter"}).raise_for_status()
    desk = make_desk()
    desk.wait(lambda: desk.dialog.list.pages.currentIndex() == 1)
    page = add_page(desk, "sendoff")
    key = served.new_key([Scope.READ])
    fill(desk, page, "Mine", served.url, key)
    desk.press(Key.Key_Return)
    desk.wait(lambda: bool(desk.rows()))
    assert desk.rows() == [("Mine", "Not synced yet")]
    (account,) = accounts.load()
    assert desk.syncing.wanted == [account.id]
    assert locker.kept == {(SERVICE, account.id): key}
    assert key not in accounts.accounts_file().read_text()
    assert page.key.key == ""


def test_one_of_several_publications_is_chosen(
    make_desk: MakeDesk, locker: Locker, served: Served
) -> None:
    for name in ("First", "Second"):
        served.http.post("/v1/publications", json={"name": name}).raise_for_status()
    desk = make_desk()
    page = add_page(desk, "sendoff")
    fill(desk, page, "Two", served.url, served.new_key([Scope.READ]))
    desk.press(Key.Key_Return)
    desk.wait(lambda: page.publication.isVisible())
    assert "choose one" in page.found.text
    assert not page.add.isEnabled()
    assert page.publication.hasFocus()
    names = [page.publication.itemText(at) for at in range(page.publication.count())]
    assert sorted(names[1:]) == ["First", "Second"]
    first = page.publication.itemData(1)
    desk.press(Key.Key_Down)
    desk.wait(lambda: "may read the issues" in page.found.text)
    desk.press(Key.Key_Return)
    desk.wait(lambda: bool(accounts.load()))
    assert accounts.load()[0].publication == first


def test_a_key_that_is_not_taken_is_told_and_nothing_is_added(
    make_desk: MakeDesk, locker: Locker, served: Served
) -> None:
    desk = make_desk()
    page = add_page(desk, "sendoff")
    fill(desk, page, "Mine", served.url, "wrong")
    desk.press(Key.Key_Return)
    desk.wait(lambda: "does not take the key" in page.found.text)
    assert accounts.load() == ()
    assert page.add.text().replace("&", "") == "Add anyway"
    desk.type("!")  # another key: nothing is known of it
    assert page.found.text == ""
    assert page.add.text().replace("&", "") == "Add account"


def test_what_the_key_may_not_do_is_told(make_desk: MakeDesk, locker: Locker, ghost: Ghost) -> None:
    desk = make_desk()
    page = add_page(desk, "ghost")
    fill(desk, page, "Site", ghost.url, INTEGRATION)
    page.test.click()
    desk.wait(lambda: "staff access token" in page.found.text)
    assert "Ghost" in page.found.text
    assert page.add.isEnabled()
    assert accounts.load() == ()


def test_a_test_says_what_it_cannot_tell_and_where_it_asked(
    make_desk: MakeDesk, locker: Locker, ghost: Ghost
) -> None:
    desk = make_desk()
    page = add_page(desk, "ghost")
    fill(desk, page, "Blog", f"{ghost.url}/", STAFF)
    page.test.click()
    desk.wait(lambda: "Whether the key may write drafts" in page.found.text)
    assert page.address.text() == ghost.url
    page.address.setText("127.0.0.1:9")
    page.test.click()
    assert page.address.text() == "https://127.0.0.1:9"  # so that nobody wonders what was asked
    desk.wait(lambda: "Asking" not in page.found.text)
    assert "Whether the key" not in page.found.text


def test_what_a_test_found_comes_into_view_whole(
    make_desk: MakeDesk, locker: Locker, ghost: Ghost
) -> None:
    desk = make_desk()
    desk.dialog.resize(500, 420)
    page = add_page(desk, "ghost")
    fill(desk, page, "Blog", ghost.url, INTEGRATION)
    page.test.click()
    found = page.found
    desk.wait(lambda: "a test writes nothing" in found.text)
    desk.wait(lambda: found.visibleRegion().boundingRect() == found.rect())


def test_a_test_can_be_cancelled(make_desk: MakeDesk, locker: Locker) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        desk = make_desk()
        page = add_page(desk, "ghost")
        fill(desk, page, "Slow", f"http://127.0.0.1:{silent.getsockname()[1]}", STAFF)
        page.test.click()
        assert page.test.text().replace("&", "") == "Cancel test"
        assert not page.add.isEnabled()
        page.test.click()
        assert page.found.text == ""
        assert page.add.isEnabled()


def test_an_address_that_is_none_is_told_before_anyone_is_asked(
    make_desk: MakeDesk, locker: Locker
) -> None:
    desk = make_desk()
    page = add_page(desk, "listmonk")
    fill(desk, page, "Lists", "http://lists.example.com", "user:token")
    desk.press(Key.Key_Return)
    assert "https://" in page.problem.text()
    assert page.problem.isVisible()


def test_the_key_is_masked_and_pasted(make_desk: MakeDesk, locker: Locker) -> None:
    desk = make_desk()
    page = add_page(desk, "buttondown")
    assert page.address.text() == "https://api.buttondown.com/v1"
    QGuiApplication.clipboard().setText("  secret-key\n")
    page.key.paste.click()
    assert page.key.key == "secret-key"
    assert page.key.line.echoMode() is QLineEdit.EchoMode.Password
    page.key.reveal.click()
    assert page.key.line.echoMode() is QLineEdit.EchoMode.Normal
    desk.press(Key.Key_Escape)
    assert page.key.key == ""


def test_without_a_keyring_memory_is_chosen_by_the_writer(
    make_desk: MakeDesk, no_keyring: None, ghost: Ghost
) -> None:
    desk = make_desk()
    page = add_page(desk, "ghost")
    assert "no keyring" in page.keeping.explanation.text()
    assert "SENDOFF_KEY_" in page.keeping.explanation.text()
    fill(desk, page, "Site", ghost.url, STAFF)
    assert not page.add.isEnabled()
    page.keeping.in_memory.click()
    assert page.add.isEnabled()
    page.add.click()
    desk.wait(lambda: bool(accounts.load()))
    (account,) = accounts.load()
    assert open_secrets().get(account) == STAFF  # the sync's own look at it


def test_a_keyring_that_fails_leaves_memory_to_choose(
    make_desk: MakeDesk, locker: Locker, ghost: Ghost, monkeypatch: pytest.MonkeyPatch
) -> None:
    def locked(*_: str) -> None:
        raise RuntimeError("locked")

    monkeypatch.setattr(locker, "set_password", locked)
    desk = make_desk()
    page = add_page(desk, "ghost")
    fill(desk, page, "Site", ghost.url, STAFF)
    page.add.click()
    desk.wait(lambda: page.keeping.in_memory.isVisible())
    assert "locked" in page.keeping.explanation.text()
    assert accounts.load() == ()
    page.keeping.in_memory.click()
    page.add.click()
    desk.wait(lambda: bool(accounts.load()))
    assert open_secrets().get(accounts.load()[0]) == STAFF


@pytest.fixture
def two(locker: Locker, ghost: Ghost) -> None:
    """Two accounts, one synced and one in trouble."""
    for name in ("First", "Second"):
        managing.add(accounts.new("ghost", name, ghost.url), STAFF, open_secrets())
    first, second = accounts.load()
    stock(store_file(), first, full(1, "One", 10, 2))
    store = Store()
    for outcome in (
        Outcome(first.id, State.CURRENT),
        Outcome(second.id, State.REFUSED, "The server does not take the key."),
    ):
        store.set_status(next_status(None, outcome, 1_790_000_000_000, 0.5))
    store.close()


def test_the_list_says_how_each_stands_and_what_to_do(make_desk: MakeDesk, two: None) -> None:
    desk = make_desk()
    desk.wait(lambda: len(desk.rows()) == 2)
    assert desk.rows()[0][1].startswith("Synced ")
    assert desk.rows()[1][1] == "Never synced · The server does not take the key."
    desk.press(Key.Key_Down)
    assert "Change key" in desk.dialog.list.detail.text()


def test_a_test_from_the_list(make_desk: MakeDesk, two: None) -> None:
    desk = make_desk()
    desk.wait(lambda: len(desk.rows()) == 2)
    desk.dialog.list.buttons[1].click()
    desk.wait(lambda: "Clicks of links can be read" in desk.dialog.list.found.text)
    desk.press(Key.Key_Down)
    assert desk.dialog.list.found.text == ""


def test_a_name_is_changed(make_desk: MakeDesk, two: None) -> None:
    desk = make_desk()
    desk.wait(lambda: len(desk.rows()) == 2)
    desk.press(Key.Key_F2)
    page = desk.page()
    assert isinstance(page, RenamePage)
    desk.type("second")
    desk.press(Key.Key_Return)
    desk.wait(lambda: "already" in page.problem.text())
    page.name.selectAll()
    desk.type("Better")
    with desk.qtbot.waitSignal(desk.dialog.accounts_changed):
        desk.press(Key.Key_Return)
    desk.wait(lambda: desk.rows()[0][0] == "Better")


def test_a_key_is_changed_when_it_works(
    make_desk: MakeDesk, two: None, locker: Locker, ghost: Ghost
) -> None:
    desk = make_desk()
    desk.wait(lambda: len(desk.rows()) == 2)
    first = accounts.load()[0]
    desk.dialog.list.buttons[3].click()
    page = desk.page()
    assert isinstance(page, KeyPage)
    desk.wait(lambda: bool(page.keeping.explanation.text()))
    desk.type("abc:00")
    desk.press(Key.Key_Return)
    desk.wait(lambda: bool(page.found.text) and "Asking" not in page.found.text)
    assert locker.kept[SERVICE, first.id] == STAFF
    page.key.line.selectAll()
    desk.type(INTEGRATION)
    desk.press(Key.Key_Return)
    desk.wait(lambda: desk.page() is desk.dialog.list)
    assert locker.kept[SERVICE, first.id] == INTEGRATION
    assert desk.syncing.wanted == [first.id]


def test_removing_says_what_goes_and_enter_keeps_it(
    make_desk: MakeDesk, two: None, locker: Locker
) -> None:
    desk = make_desk()
    desk.wait(lambda: len(desk.rows()) == 2)
    first, second = accounts.load()
    desk.press(Key.Key_Delete)
    assert isinstance(desk.page(), RemovePage)
    desk.press(Key.Key_Return)
    assert desk.page() is desk.dialog.list
    assert len(accounts.load()) == 2
    desk.press(Key.Key_Delete)
    page = desk.page()
    assert isinstance(page, RemovePage)
    page.remove.click()
    desk.wait(lambda: [name for name, _ in desk.rows()] == ["Second"])
    assert accounts.load() == (second,)
    assert (SERVICE, first.id) not in locker.kept
    with Reader() as reader:
        assert reader.issues() == []


def test_the_list_follows_the_sync(make_desk: MakeDesk, two: None) -> None:
    desk = make_desk()
    desk.wait(lambda: len(desk.rows()) == 2)
    store = Store()
    second = accounts.load()[1]
    store.set_status(next_status(None, Outcome(second.id, State.CURRENT), 1_790_000_000_000, 0.5))
    store.close()
    desk.syncing.state.emit(second.id, "current", "")
    desk.wait(lambda: desk.rows()[1][1].startswith("Synced"))
    desk.syncing.running[second.id] = (12, 30)
    desk.syncing.progress.emit(second.id, 12, 30)
    assert desk.rows()[1][1] == "Syncing… 12 / 30"
    del desk.syncing.running[second.id]
    desk.syncing.ends[second.id] = ("refused", "There is no key.")
    desk.syncing.state.emit(second.id, "refused", "There is no key.")
    desk.wait(lambda: desk.rows()[1][1].endswith("There is no key."))


def test_escape_leads_back_and_then_closes(make_desk: MakeDesk, locker: Locker) -> None:
    desk = make_desk()
    add_page(desk, "ghost")
    desk.press(Key.Key_Escape)
    assert desk.page() is desk.dialog.platforms
    desk.press(Key.Key_Escape)
    assert desk.page() is desk.dialog.list
    with desk.qtbot.waitSignal(desk.dialog.finished):
        QTest.keyClick(desk.dialog, Key.Key_Escape)


def test_a_key_in_memory_is_everybodys() -> None:
    account = accounts.new("ghost", "Site", "https://site.example")
    SessionSecrets("").put(account, "k")
    assert SessionSecrets("other").get(account) == "k"
    SessionSecrets("").forget(account)
