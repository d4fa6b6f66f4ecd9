"""Ctrl+Alt+T: a test mail by keys, through real servers on loopback; and the settings' page."""

import ssl
from collections.abc import Iterator
from email import message_from_bytes
from email.policy import default
from pathlib import Path

import pytest
import trustme
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit

from app.engagement.secrets import open_secrets
from app.mailing.settings import MailServer, Security, as_account, load, password_of, save
from app.ui.dialogs.settings.dialog import SettingsDialog
from app.ui.dialogs.settings.test_mail import TestMailPage
from app.ui.export.test_mail import TestMailDialog
from tests.mailing.conftest import context_of
from tests.mailing.servers import PASSWORD, USER, Box, mail_server, odd_server, silent
from tests.support.keyrings import Locker, of_module, use
from tests.ui.export.conftest import Desk

pytestmark = pytest.mark.usefixtures("locker")


@pytest.fixture
def good(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ssl.SSLContext:
    authority = trustme.CA()
    authority.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "ca.pem"))
    return context_of(authority, "127.0.0.1")


def known(port: int, security: Security, user: str = "", *to: str) -> MailServer:
    server = MailServer("127.0.0.1", port, security, user, "Me <me@example.org>", to)
    save(server)
    return server


@pytest.fixture
def mailbox(folders: Path) -> Iterator[Box]:
    """A server without passwords, which is known."""
    box = Box()
    with mail_server(box, login=False) as port:
        known(port, Security.NONE, "", "you@example.org")
        yield box


def opened(desk: Desk) -> TestMailDialog:
    desk.keys("Ctrl+Alt+T")
    dialog = desk.dialog(TestMailDialog)
    assert isinstance(dialog, TestMailDialog)
    return dialog


def ready(desk: Desk) -> TestMailDialog:
    dialog = opened(desk)
    desk.qtbot.waitUntil(dialog.send.isEnabled)
    return dialog


def test_a_mail_goes_out_by_two_keys(mailbox: Box, desk: Desk) -> None:
    dialog = ready(desk)
    assert dialog.to.text() == "you@example.org"
    for has in ("Subject: Twelve", "Preview text: Under it", "beside the draft: 1", "Unsubscribe"):
        assert has in dialog.has.text
    desk.press(dialog.to, Qt.Key.Key_Return)
    desk.qtbot.waitUntil(desk.shell.window.status.said.isVisible)
    assert "on its way to you@example.org" in desk.shell.window.status.said.text()
    (mail,) = mailbox.mails
    assert isinstance(mail.content, bytes)
    message = message_from_bytes(mail.content, policy=default)
    assert message["Subject"] == "[Test] Twelve"
    assert "image/png" in [part.get_content_type() for part in message.walk()]


def test_with_a_password_from_the_keyring(good: ssl.SSLContext, desk: Desk) -> None:
    box = Box()
    with mail_server(box, starttls=good) as port:
        server = known(port, Security.STARTTLS, USER, "you@example.org")
        open_secrets().put(as_account(server), PASSWORD)
        dialog = ready(desk)
        desk.press(dialog.to, Qt.Key.Key_Return)
        desk.qtbot.waitUntil(lambda: bool(box.mails))
        desk.qtbot.waitUntil(desk.shell.window.status.said.isVisible)


def test_without_the_mark(mailbox: Box, desk: Desk) -> None:
    dialog = ready(desk)
    desk.press(dialog.marked, Qt.Key.Key_Space)
    desk.press(dialog.to, Qt.Key.Key_Return)
    desk.qtbot.waitUntil(lambda: bool(mailbox.mails))
    assert isinstance(mailbox.mails[0].content, bytes)
    assert message_from_bytes(mailbox.mails[0].content, policy=default)["Subject"] == "Twelve"
    desk.qtbot.waitUntil(desk.shell.window.status.said.isVisible)


def test_what_one_of_several_refuses_is_told(mailbox: Box, desk: Desk) -> None:
    mailbox.replies["no@example.org"] = "550 unknown"
    dialog = ready(desk)
    dialog.to.setText("you@example.org; no@example.org")
    desk.press(dialog.to, Qt.Key.Key_Return)
    desk.qtbot.waitUntil(lambda: "550 unknown" in dialog.fared.text)
    assert "on its way to you@example.org." in dialog.fared.text
    assert dialog.send.isEnabled()
    dialog.close()


@pytest.mark.parametrize(
    ("typed", "told"),
    [("", "Whom does it go to"), ("nobody", "no mail address"), ("a@b.c," * 6, "on its way")],
)
def test_bad_addresses_are_told(mailbox: Box, desk: Desk, typed: str, told: str) -> None:
    dialog = ready(desk)
    dialog.to.setText(typed)
    desk.press(dialog.to, Qt.Key.Key_Return)
    if told == "on its way":  # six times the same is one
        desk.qtbot.waitUntil(desk.shell.window.status.said.isVisible)
        return
    desk.qtbot.waitUntil(lambda: told in dialog.fared.text)
    assert mailbox.mails == []
    dialog.close()


def test_it_can_be_cancelled(desk: Desk) -> None:
    with odd_server(silent) as port:
        known(port, Security.NONE, "", "you@example.org")
        dialog = ready(desk)
        desk.press(dialog.to, Qt.Key.Key_Return)
        desk.qtbot.waitUntil(lambda: "Sending" in dialog.fared.text)
        desk.press(dialog.send, Qt.Key.Key_Space)
        assert "Cancelled" in dialog.fared.text
        assert dialog.to.isEnabled()
        dialog.close()


def test_closing_ends_what_is_under_way(desk: Desk) -> None:
    with odd_server(silent) as port:
        known(port, Security.NONE, "", "you@example.org")
        dialog = ready(desk)
        desk.press(dialog.to, Qt.Key.Key_Return)
        desk.press(dialog, Qt.Key.Key_Escape)
        QApplication.processEvents()


def asked(desk: Desk) -> TestMailDialog:
    """The dialog where no server is known."""
    dialog = opened(desk)
    desk.qtbot.waitUntil(dialog.setup.isVisible)
    assert QApplication.focusWidget() is dialog.setup.address
    return dialog


def test_the_first_mail_needs_an_address_a_password_and_a_server(
    good: ssl.SSLContext, desk: Desk
) -> None:
    box = Box()
    with mail_server(box, starttls=good) as port:
        dialog = asked(desk)
        setup = dialog.setup
        QTest.keyClicks(setup.address, USER)
        type_into(setup.host, "127.0.0.1")
        setup.port.setValue(port)
        desk.qtbot.waitUntil(lambda: setup.keeping.secrets() is not None)
        type_into(setup.password.line, "wrong")
        desk.press(setup.password.line, Qt.Key.Key_Return)
        desk.qtbot.waitUntil(lambda: "does not take this user" in dialog.fared.text)
        assert load() == MailServer(), "what does not work is not kept"
        setup.password.line.setText(PASSWORD)
        desk.press(dialog.link_up, Qt.Key.Key_Space)
        desk.qtbot.waitUntil(dialog.send.isEnabled)
        assert "takes your password" in dialog.fared.text
        assert not setup.isVisible()
        assert dialog.to.text() == USER
        desk.press(dialog.to, Qt.Key.Key_Return)
        desk.qtbot.waitUntil(lambda: bool(box.mails))
        desk.qtbot.waitUntil(desk.shell.window.status.said.isVisible)
    kept = load()
    assert (kept.host, kept.port, kept.user) == ("127.0.0.1", port, USER)
    assert password_of(kept, open_secrets()) == PASSWORD


def test_without_a_keyring_the_password_is_kept_in_memory_when_the_writer_says_so(
    good: ssl.SSLContext, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    use(monkeypatch, of_module("keyring.backends.fail"))
    with mail_server(Box(), starttls=good) as port:
        dialog = asked(desk)
        setup = dialog.setup
        QTest.keyClicks(setup.address, USER)
        type_into(setup.host, "127.0.0.1")
        setup.port.setValue(port)
        setup.password.line.setText(PASSWORD)
        desk.qtbot.waitUntil(setup.keeping.in_memory.isVisible)
        desk.press(dialog.link_up, Qt.Key.Key_Space)
        desk.qtbot.waitUntil(lambda: "there is no keyring to keep it" in dialog.fared.text)
        assert load() == MailServer()
        setup.keeping.in_memory.click()
        desk.press(dialog.link_up, Qt.Key.Key_Space)
        desk.qtbot.waitUntil(dialog.send.isEnabled)
        assert password_of(load(), open_secrets()) == PASSWORD
        dialog.close()


def test_the_server_of_a_known_provider_is_filled_in(desk: Desk) -> None:
    dialog = asked(desk)
    setup = dialog.setup
    QTest.keyClicks(setup.address, "me@gmail.com")
    assert (setup.host.text(), setup.port.value()) == ("smtp.gmail.com", 465)
    assert setup.server.security is Security.TLS
    assert setup.server.user == "me@gmail.com"
    assert "Gmail wants a password made for apps" in setup.note.text()
    type_into(setup.address, "Me <me@bridges.example>")
    assert setup.host.text() == ""
    assert setup.host.placeholderText() == "smtp.bridges.example"
    assert not setup.note.isVisible()
    dialog.close()


def test_connecting_can_be_cancelled(desk: Desk) -> None:
    with odd_server(silent) as port:
        dialog = asked(desk)
        setup = dialog.setup
        QTest.keyClicks(setup.address, USER)
        type_into(setup.host, "127.0.0.1")
        setup.port.setValue(port)
        desk.press(dialog.link_up, Qt.Key.Key_Space)
        desk.qtbot.waitUntil(lambda: "Asking the server" in dialog.fared.text)
        desk.press(dialog.link_up, Qt.Key.Key_Space)
        assert dialog.fared.text == ""
        assert setup.isEnabled()
        desk.press(dialog, Qt.Key.Key_Escape)
        QApplication.processEvents()


def test_an_unknown_server_leads_to_its_page(desk: Desk) -> None:
    dialog = asked(desk)
    assert not dialog.send.isVisible()
    desk.press(dialog.server, Qt.Key.Key_Space)
    settings = desk.dialog(SettingsDialog)
    assert isinstance(settings, SettingsDialog)
    assert isinstance(settings.page, TestMailPage)
    settings.close()


def test_a_missing_snippet_is_told(mailbox: Box, desk: Desk) -> None:
    desk.editor.selectAll()
    desk.editor.insertPlainText("{{ snippet: nowhere }}")
    dialog = opened(desk)
    desk.qtbot.waitUntil(lambda: "nowhere" in dialog.has.text)
    assert not dialog.send.isEnabled()
    dialog.close()


# the page of the settings


def page_of(desk: Desk) -> tuple[SettingsDialog, TestMailPage]:
    desk.shell.views.open_settings("test_mail")
    dialog = desk.dialog(SettingsDialog)
    assert isinstance(dialog, SettingsDialog)
    page = dialog.page
    assert isinstance(page, TestMailPage)
    desk.qtbot.waitUntil(page.isEnabled)
    return dialog, page


def type_into(field: QLineEdit, text: str) -> None:
    field.selectAll()
    QTest.keyClicks(field, text)


def test_a_server_is_entered_tested_and_kept(
    good: ssl.SSLContext, desk: Desk, locker: Locker
) -> None:
    with mail_server(Box(), starttls=good) as port:
        dialog, page = page_of(desk)
        type_into(page.host, "127.0.0.1")
        page.port.setValue(port)
        type_into(page.user, USER)
        type_into(page.author, "Me <me@example.org>")
        type_into(page.recipients, "you@example.org")
        desk.qtbot.waitUntil(lambda: load().user == USER)
        desk.qtbot.waitUntil(lambda: page.password.account.id.endswith(str(port)))
        desk.qtbot.wait(300)  # it looks for a password of this server
        desk.press(page.password.change, Qt.Key.Key_Space)
        desk.qtbot.waitUntil(page.password.entry.isVisible)
        type_into(page.password.field.line, "wrong")
        desk.press(page.test, Qt.Key.Key_Space)
        desk.qtbot.waitUntil(lambda: "does not take this user" in page.found.text)
        page.password.field.line.setText(PASSWORD)
        desk.press(page.test, Qt.Key.Key_Space)
        desk.qtbot.waitUntil(lambda: "takes your password" in page.found.text)
        dialog.close()
    server = load()
    assert (server.host, server.port, server.recipients) == (
        "127.0.0.1",
        port,
        ("you@example.org",),
    )
    desk.qtbot.waitUntil(lambda: password_of(server, open_secrets()) == PASSWORD)


def test_the_usual_port_comes_with_the_encryption(desk: Desk) -> None:
    dialog, page = page_of(desk)
    desk.press(page.security, Qt.Key.Key_Down)
    assert Security(page.security.currentData()) is Security.TLS
    assert page.port.value() == 465
    page.port.setValue(2525)
    desk.press(page.security, Qt.Key.Key_Up)
    assert page.port.value() == 2525
    dialog.close()


def test_no_password_goes_out_unencrypted(desk: Desk) -> None:
    dialog, page = page_of(desk)
    type_into(page.host, "smtp.example.org")
    page.security.setCurrentIndex(page.security.findData(Security.NONE.value))
    desk.press(page.test, Qt.Key.Key_Space)
    desk.qtbot.waitUntil(lambda: "Without encryption" in page.found.text)
    dialog.close()
