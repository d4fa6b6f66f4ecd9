"""Where links are checked: the choice, the server, its key and its test."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from app.engagement import accounts, secrets
from app.linkcheck.settings import Mode
from app.ui.dialogs.settings.check_place import CheckPlace
from app.ui.dialogs.settings.links import LinksPage
from tests.support.keyrings import Locker

from .conftest import Kept, Make

pytest.importorskip("granian", reason="the server's extra is not installed")

from app.trackserver.api.keys import Scope
from app.trackserver.store.database import Database
from tests.trackserver.serving import Served, serving


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Served]:
    database = Database(f"sqlite:///{tmp_path / 'store.db'}")
    with serving(database, tmp_path) as running:
        yield running
    database.close()


def place_of(make: Make) -> CheckPlace:
    dialog = make()
    dialog.show_page("links")
    assert isinstance(dialog.page, LinksPage)
    return dialog.page.place


def press(widget: QWidget, key: Qt.Key = Qt.Key.Key_Space) -> None:
    widget.setFocus()
    QTest.keyClick(widget, key)
    QApplication.processEvents()


def tried(qtbot: QtBot, place: CheckPlace) -> str:
    place.test.setFocus()
    QTest.keyClick(place.test, Qt.Key.Key_Space)
    assert place.found.text == "Asking the server…"
    qtbot.waitUntil(lambda: place.found.text != "Asking the server…")
    return place.found.text


def test_links_are_checked_from_here_unless_it_is_chosen_otherwise(
    make: Make, locker: Locker
) -> None:
    place = place_of(make)
    assert place.places[Mode.LOCAL].isChecked()
    assert not place.server.isVisible()
    assert "from your network" in place.explanation.text()


def test_a_server_by_its_address_and_key(
    qtbot: QtBot, make: Make, kept: Kept, locker: Locker, served: Served
) -> None:
    place = place_of(make)
    press(place.places[Mode.SERVER])
    assert kept.settings.check_where == "server"
    assert place.server.isVisible()
    assert not place.key.isVisible(), "a key belongs to an address"
    QTest.keyClicks(place.address, f"  {served.url}/ ")
    press(place.address, Qt.Key.Key_Return)
    assert kept.settings.check_server == served.url
    assert "no key" in tried(qtbot, place)
    place.key.enter()
    QTest.keyClicks(place.key.field.line, served.new_key([Scope.READ]))
    assert "lacks the scope" in tried(qtbot, place)
    place.key.field.clear()
    key = served.new_key([Scope.LINK_CHECK])
    QTest.keyClicks(place.key.field.line, key)
    assert "takes the key and checks links" in tried(qtbot, place)
    qtbot.waitUntil(place.key.keep.isEnabled)
    press(place.key.keep)
    qtbot.waitUntil(lambda: "kept" in place.key.state.text())
    assert list(locker.kept.values()) == [key]
    assert kept.renewed == 1
    assert "takes the key" in tried(qtbot, place)


@pytest.mark.parametrize(
    "address", ["http://news.example", "no address", "https://me:pw@a.example"]
)
def test_an_address_that_would_not_do_is_refused_in_words(
    make: Make, kept: Kept, locker: Locker, address: str
) -> None:
    place = place_of(make)
    press(place.places[Mode.SERVER_OR_LOCAL])
    QTest.keyClicks(place.address, address)
    press(place.address, Qt.Key.Key_Return)
    assert place.wrong_address.isVisible()
    assert place.wrong_address.text()
    assert kept.settings.check_server == ""


def test_an_account_of_the_own_server_needs_no_more(
    qtbot: QtBot, make: Make, kept: Kept, locker: Locker, served: Served
) -> None:
    account = accounts.new("sendoff", "Morning Letter", served.url)
    accounts.add(account)
    accounts.add(accounts.new("ghost", "Elsewhere", "https://ghost.example"))
    secrets.open_secrets().put(account, served.new_key([Scope.LINK_CHECK]))
    place = place_of(make)
    qtbot.waitUntil(lambda: place.accounts.count() == 2)
    press(place.places[Mode.SERVER_OR_LOCAL])
    assert place.accounts.currentText() == f"Morning Letter ({served.url})"
    assert (kept.settings.check_where, kept.settings.check_account) == (
        "server_or_local",
        account.id,
    )
    assert not place.address.isVisible()
    assert "takes the key" in tried(qtbot, place)
    press(place.accounts, Qt.Key.Key_Down)
    assert kept.settings.check_account == ""
    assert place.address.isVisible()


def test_the_servers_state_is_shown(make: Make, kept: Kept, locker: Locker) -> None:
    place = place_of(make)
    press(place.places[Mode.SERVER])
    kept.means.server_trouble = "The server asks for a pause."
    kept.means.changed.emit()
    assert place.state.text() == "The server asks for a pause."
    assert place.state.isVisible()
    kept.means.server_trouble = ""
    kept.means.changed.emit()
    assert not place.state.isVisible()
