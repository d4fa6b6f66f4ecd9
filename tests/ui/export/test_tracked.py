"""Tracked HTML from the window, with the real tracking server on loopback."""

import contextlib
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from PySide6.QtCore import Qt, QTimer

from app.engagement import accounts
from app.engagement.model import Account
from app.engagement.store.matches import Matches
from app.handover.gatekeeper import Gatekeeper
from app.handover.history import History
from app.linkcheck.verdict import Reason, Verdict
from app.publish.export import Format
from app.trackserver.store.database import Database
from app.ui.export import last
from app.ui.export.dialog import ExportDialog
from tests.trackserver.api.conftest import Api, api
from tests.ui.export.conftest import Desk
from tests.ui.export.test_export_dialog import choose, opened

__all__ = ["api"]

TRACKED = (
    "# Letter\n\nA [place](#letter), <a href='{{ x }}'>x</a> and [mail](mailto:a@b.example).\n"
)


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    made = Database(f"sqlite:///{tmp_path / 'server.db'}")
    made.migrate()
    yield made
    made.close()


@pytest.fixture
def account(api: Api, folders: Path, monkeypatch: pytest.MonkeyPatch) -> Account:
    monkeypatch.setenv("SENDOFF_KEY_A_LETTER", api.served.key)
    account = Account("a1", "sendoff", "A letter", api.served.url, api.publication)
    accounts.add(account)
    return account


@pytest.fixture
def letter(account: Account, desk: Desk, asked: list[str]) -> Desk:
    """A draft all of whose links are known to be good without asking."""
    desk.editor.selectAll()
    desk.editor.insertPlainText(TRACKED)
    return desk


def wanted(desk: Desk) -> ExportDialog:
    dialog = opened(desk)
    choose(desk, dialog, Format.TRACKED)
    desk.qtbot.waitUntil(dialog.save.isEnabled)
    return dialog


def saved(desk: Desk, path: Path) -> str:
    desk.written(path)
    desk.qtbot.waitUntil(lambda: bool(desk.shell.window.notices.notices))
    return desk.shell.window.notices.notices[0].text


def test_the_issue_is_registered_and_its_html_written(letter: Desk, api: Api) -> None:
    dialog = wanted(letter)
    assert "{{ subscriber.id }}" in dialog.options.explanation.text()
    letter.press(dialog.list, Qt.Key.Key_Return)
    path = letter.folder / "tracked.html"
    letter.name_file(path)
    said = saved(letter, path)
    (issue,) = api.get("/v1/issues", publication=api.publication)["issues"]
    assert issue["id"] in said
    assert f'src="{api.served.url}/i/' in path.read_text()
    with contextlib.closing(Matches()) as matches:
        (match,) = matches.all()
    assert (match.issue, match.path) == (issue["id"], str(letter.folder / "letter.md"))
    letter.qtbot.waitUntil(lambda: last.load().account == "a1")


def test_an_issue_that_was_sent_asks_for_another(letter: Desk, api: Api) -> None:
    dialog = wanted(letter)
    first = letter.folder / "1.html"
    dialog.export(first)
    saved(letter, first)
    (issue,) = api.get("/v1/issues", publication=api.publication)["issues"]
    api.json("PATCH", f"/v1/issues/{issue['id']}", json={"sent_at": "2026-01-01T00:00:00Z"})
    dialog = wanted(letter)
    second = letter.folder / "2.html"
    dialog.export(second)
    letter.qtbot.waitUntil(dialog.doubt.isVisible)
    assert "sent already" in dialog.message.text()
    assert not second.exists()
    letter.press(dialog.another, Qt.Key.Key_Space)
    saved(letter, second)
    assert len(api.get("/v1/issues", publication=api.publication)["issues"]) == 2


@pytest.fixture
def asked(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Which links are looked at; nothing of a test gets out."""
    found: list[str] = []
    checking = desk.shell.checking

    def assure(owner: str, urls: Iterable[str], again: Iterable[str]) -> bool:
        found.extend(again)
        QTimer.singleShot(0, checking, lambda: checking.assured.emit(owner, 0))
        return True

    monkeypatch.setattr(checking, "assure", assure)
    return found


def test_a_link_of_which_nothing_is_known_holds_it(
    account: Account, desk: Desk, api: Api, asked: list[str]
) -> None:
    dialog = wanted(desk)
    dialog.export(desk.folder / "a.html")
    desk.qtbot.waitUntil(lambda: "not checked yet" in dialog.message.text())
    assert asked == ["https://example.com/"]
    assert "Hand over" in dialog.message.text()
    assert not (desk.folder / "a.html").exists()
    assert api.get("/v1/issues", publication=api.publication)["issues"] == []
    desk.press(dialog.links, Qt.Key.Key_Space)
    from app.ui.handover.dialog import HandoverDialog

    desk.dialog(HandoverDialog).close()


def test_a_link_is_looked_at_before_it_leaves(
    account: Account, desk: Desk, api: Api, asked: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    checking = desk.shell.checking
    answers: list[Callable[[], None]] = []

    def assure(owner: str, urls: Iterable[str], again: Iterable[str]) -> bool:
        def answer() -> None:
            checking.verdicts.emit([(url, Verdict(Reason.OK)) for url in again])
            checking.assured.emit(owner, 0)

        answers.append(answer)
        return True

    monkeypatch.setattr(checking, "assure", assure)
    dialog = wanted(desk)
    dialog.export(desk.folder / "a.html")
    desk.qtbot.waitUntil(lambda: "Looking at the links: 1 of 1" in dialog.message.text())
    answers[0]()
    saved(desk, desk.folder / "a.html")


def test_an_override_lets_it_pass(account: Account, desk: Desk, api: Api, asked: list[str]) -> None:
    path = desk.folder / "letter.md"
    with contextlib.closing(History()) as history:
        keeper = Gatekeeper(path, path.read_text(), history)
        now = datetime.now(UTC)
        (held,) = keeper.judge(now).held
        keeper.override(held, "online at nine", now)
    dialog = wanted(desk)
    dialog.export(desk.folder / "a.html")
    saved(desk, desk.folder / "a.html")


def test_closing_ends_the_look(
    account: Account, desk: Desk, asked: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(desk.shell.checking, "assure", lambda *_: True)
    dialog = wanted(desk)
    dialog.export(desk.folder / "a.html")
    desk.qtbot.waitUntil(lambda: "Looking" in dialog.message.text())
    desk.press(dialog, Qt.Key.Key_Escape)
    desk.qtbot.wait(50)
    assert not (desk.folder / "a.html").exists()


def test_without_an_account_it_says_where_one_is_added(desk: Desk) -> None:
    dialog = opened(desk)
    choose(desk, dialog, Format.TRACKED)
    desk.qtbot.waitUntil(lambda: "Reports, Accounts" in dialog.options.explanation.text())
    assert not dialog.save.isEnabled()
    desk.press(dialog.list, Qt.Key.Key_Home)
    assert dialog.save.isEnabled()
    dialog.close()


def test_what_stands_for_a_subscriber_is_explained(letter: Desk) -> None:
    dialog = wanted(letter)
    options = dialog.options
    letter.press(options.platform, Qt.Key.Key_End)
    options.platform.activated.emit(options.platform.currentIndex())
    assert "replace it with the value" in options.explanation.text()
    letter.press(options.platform, Qt.Key.Key_Up)
    options.platform.activated.emit(options.platform.currentIndex())
    assert options.tag.isVisible()
    options.tag.setText("[[id]]")
    assert "[[id]]" in options.explanation.text()
    dialog.close()


def test_a_server_that_is_down_is_told(letter: Desk, api: Api) -> None:
    accounts.remove(accounts.load()[0])
    from tests.trackserver.serving import free_port

    accounts.add(Account("a1", "sendoff", "A letter", f"http://127.0.0.1:{free_port()}", ""))
    dialog = wanted(letter)
    dialog.export(letter.folder / "a.html")
    letter.qtbot.waitUntil(lambda: "reached" in dialog.message.text())
    assert not (letter.folder / "a.html").exists()
    dialog.close()
