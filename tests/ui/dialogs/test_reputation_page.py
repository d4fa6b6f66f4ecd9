"""Turning services on: what is told first, keys, tests, own name servers, and what is wrong."""

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.linkcheck.reputation.settings import ABOUT, Service
from app.linkcheck.reputation.webrisk import api
from app.ui.dialogs.settings.reputation import ReputationPage
from app.ui.means import Means
from tests.support.keyrings import Locker
from tests.support.reputation_servers import DnsServer, WebRiskServer, google_error

from .conftest import Kept, Make

KEY = "AIza-very-secret"
THREAT = {"threat": {"threatTypes": ["MALWARE"], "expireTime": "2099-01-01T00:00:00Z"}}
LISTED: dict[str, Sequence[str]] = {"test.surbl.org.multi.surbl.org": ["127.0.0.254"]}


@pytest.fixture
def page(make: Make, locker: Locker) -> ReputationPage:
    dialog = make()
    dialog.show_page("reputation")
    shown = dialog.page
    assert isinstance(shown, ReputationPage)
    return shown


def press(widget: Any, key: Qt.Key = Qt.Key.Key_Space) -> None:
    widget.setFocus()
    QTest.keyClick(widget, key)
    QApplication.processEvents()


def test_all_are_off_and_each_says_what_it_sends_and_its_licence(page: ReputationPage) -> None:
    assert list(page.blocks) == list(Service)
    for service, block in page.blocks.items():
        assert not block.switch.isChecked()
        assert block.sends.text() == ABOUT[service].sends
        assert block.licence.text() == ABOUT[service].licence
        assert ABOUT[service].sends in block.switch.accessibleDescription()


def test_a_service_is_turned_on_and_off_by_keys(page: ReputationPage, kept: Kept) -> None:
    press(page.blocks[Service.SURBL].switch)
    press(page.blocks[Service.DBL].switch)
    assert list(kept.settings.reputation) == ["surbl", "dbl"]
    press(page.blocks[Service.SURBL].switch)
    assert list(kept.settings.reputation) == ["dbl"]


def test_a_key_is_kept_in_the_keyring_and_nowhere_else(
    qtbot: QtBot, page: ReputationPage, kept: Kept, locker: Locker
) -> None:
    field = page.keys[Service.WEB_RISK_LOOKUP]
    qtbot.waitUntil(lambda: "none yet" in field.state.text())
    press(page.blocks[Service.WEB_RISK].switch)
    assert page.focusWidget() is field.field.line or field.field.line.hasFocus()
    QTest.keyClicks(field.field.line, KEY)
    qtbot.waitUntil(field.keep.isEnabled)
    press(field.field.line, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: "kept" in field.state.text())
    assert locker.kept == {("sendoff", "web-risk"): KEY}
    assert kept.renewed == 1
    assert KEY not in repr(kept.settings)
    assert field.field.line.text() == ""
    press(field.forget)
    qtbot.waitUntil(lambda: kept.renewed == 2)
    assert locker.kept == {}


def test_the_choice_of_memory_is_scrolled_to_where_there_is_no_keyring(
    qtbot: QtBot, make: Make, plain_text: Locker
) -> None:
    dialog = make()
    dialog.resize(760, 420)
    dialog.show_page("reputation")
    page = dialog.page
    assert isinstance(page, ReputationPage)
    field = page.keys[Service.WEB_RISK_LOOKUP]
    qtbot.waitUntil(lambda: "none yet" in field.state.text())
    assert page.room.verticalScrollBar().value() == 0
    press(page.blocks[Service.WEB_RISK].switch)
    choice = field.keeping.in_memory
    qtbot.waitUntil(lambda: not choice.visibleRegion().isEmpty())


def test_what_a_test_finds_is_seen_whole(
    qtbot: QtBot, make: Make, kept: Kept, locker: Locker
) -> None:
    with DnsServer(dict(LISTED)) as names:
        kept.settings = replace(kept.settings, name_servers="{}:{}".format(*names.address))
        dialog = make()
        dialog.resize(760, 420)
        dialog.show_page("reputation")
        page = dialog.page
        assert isinstance(page, ReputationPage)
        block = page.blocks[Service.DBL]
        press(block.test)
        qtbot.waitUntil(lambda: "does not answer" in block.found.text)
        room = page.room.viewport()

        def is_seen() -> bool:
            corner = block.found.mapTo(room, block.found.rect().bottomLeft())
            return 0 < corner.y() <= room.height()

        qtbot.waitUntil(is_seen)


def test_what_is_no_key_is_refused_in_words(
    qtbot: QtBot, page: ReputationPage, locker: Locker
) -> None:
    field = page.keys[Service.DBL]
    field.enter()
    QTest.keyClicks(field.field.line, "x.dbl.evil.example")
    qtbot.waitUntil(field.keep.isEnabled)
    press(field.keep)
    assert "signs that no key has" in field.problem.text()
    assert locker.kept == {}


def test_a_keyring_of_plain_text_is_refused_with_the_way_out(
    qtbot: QtBot, make: Make, plain_text: Locker
) -> None:
    dialog = make()
    dialog.show_page("reputation")
    assert isinstance(dialog.page, ReputationPage)
    field = dialog.page.keys[Service.WEB_RISK_LOOKUP]
    field.enter()
    QTest.keyClicks(field.field.line, KEY)
    qtbot.waitUntil(lambda: "unencrypted" in field.keeping.explanation.text())
    assert "GNOME Keyring" in field.keeping.explanation.text()
    assert "the environment variable SENDOFF_WEB_RISK_KEY." in field.keeping.explanation.text()
    assert not field.keep.isEnabled()
    press(field.keeping.in_memory)
    press(field.keep)
    qtbot.waitUntil(lambda: "kept" in field.state.text())
    assert plain_text.kept == {}


def test_a_key_of_the_environment_is_said_to_be_that(
    qtbot: QtBot, make: Make, locker: Locker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SENDOFF_WEB_RISK_KEY", KEY)
    dialog = make()
    dialog.show_page("reputation")
    assert isinstance(dialog.page, ReputationPage)
    field = dialog.page.keys[Service.WEB_RISK_LOOKUP]
    qtbot.waitUntil(lambda: "SENDOFF_WEB_RISK_KEY" in field.state.text())
    assert not field.change.isVisible()


def tried(qtbot: QtBot, page: ReputationPage, service: Service) -> str:
    block = page.blocks[service]
    block.test.setFocus()
    QTest.keyClick(block.test, Qt.Key.Key_Space)
    assert block.found.text == "Asking the service…"
    assert block.test.text() == "Cancel"
    qtbot.waitUntil(lambda: block.found.text != "Asking the service…")
    assert block.test.text() == "Test"
    return block.found.text


def test_a_test_of_a_list_through_a_name_server_of_ones_own(
    qtbot: QtBot, page: ReputationPage, kept: Kept
) -> None:
    with DnsServer(LISTED) as server:
        QTest.keyClicks(page.servers, "{}:{}".format(*server.address))
        assert "The list answers here" in tried(qtbot, page, Service.SURBL)
        server.answers = {"dbltest.com.dbl.spamhaus.org": ["127.255.255.254"]}
        found = tried(qtbot, page, Service.DBL)
        assert "open resolvers are refused" in found
        page.blocks[Service.DBL].switch.setChecked(True)
        page.blocks[Service.DBL].show_state(found)
        assert page.blocks[Service.DBL].state.text() == "", "not twice"
        assert "name server of your own" in found


def test_a_test_of_web_risk_with_a_key_that_is_not_kept_yet(
    qtbot: QtBot, page: ReputationPage, monkeypatch: pytest.MonkeyPatch, locker: Locker
) -> None:
    answer: list[tuple[int, Any]] = [(200, THREAT)]
    with WebRiskServer(lambda _: answer[0]) as server:
        here = partial(api.WebRiskApi, url=server.url, allow_private=True)
        monkeypatch.setattr(api, "WebRiskApi", here)
        assert "no key yet" in tried(qtbot, page, Service.WEB_RISK)
        field = page.keys[Service.WEB_RISK_LOOKUP]
        field.enter()
        QTest.keyClicks(field.field.line, KEY)
        assert "The key works." in tried(qtbot, page, Service.WEB_RISK)
        answer[0] = google_error(400, "INVALID_ARGUMENT", "API_KEY_INVALID")
        found = tried(qtbot, page, Service.WEB_RISK_LOOKUP)
        assert "refused the key" in found
        assert KEY not in found
        assert {request.headers["x-goog-api-key"] for request in server.asked} == {KEY}
    assert locker.kept == {}


def test_a_test_that_is_cancelled_tells_nothing(qtbot: QtBot, page: ReputationPage) -> None:
    with DnsServer(LISTED, delay=0.5) as server:
        page.servers.setText("{}:{}".format(*server.address))
        block = page.blocks[Service.SURBL]
        press(block.test)
        press(block.test)
        assert (block.found.text, block.test.text()) == ("", "Test")
        qtbot.wait(700)
        assert block.found.text == ""


def test_name_servers_are_kept_when_they_are_some(page: ReputationPage, kept: Kept) -> None:
    QTest.keyClicks(page.servers, "dns.example")
    press(page.servers, Qt.Key.Key_Return)
    assert "is no address" in page.wrong_servers.text()
    assert page.wrong_servers.isVisible()
    assert kept.settings.name_servers == ""
    page.servers.clear()
    QTest.keyClicks(page.servers, "192.0.2.1, 192.0.2.2")
    assert not page.wrong_servers.isVisible()
    press(page.servers, Qt.Key.Key_Return)
    assert kept.settings.name_servers == "192.0.2.1, 192.0.2.2"


class Lame:
    """A service that cannot be used."""

    name = "SURBL"
    problem: str | None = "SURBL does not answer here."

    async def look_up(self, url: str) -> None:
        """Nothing."""

    async def aclose(self) -> None:
        """Nothing."""


def test_how_a_service_is_doing_is_shown_once_at_the_service(
    qtbot: QtBot, page: ReputationPage, kept: Kept
) -> None:
    lame = Lame()
    page.blocks[Service.SURBL].switch.setChecked(True)
    kept.means.means = Means((lame,), reputation_trouble="Spamhaus DBL is on, but it has no key.")
    kept.means.changed.emit()
    assert page.blocks[Service.SURBL].state.text() == "SURBL does not answer here."
    assert [block.state.text() for block in page.blocks.values()].count("") == 3
    assert page.trouble.text() == "Spamhaus DBL is on, but it has no key."
    lame.problem = None
    qtbot.waitUntil(lambda: page.blocks[Service.SURBL].state.text() == "")
