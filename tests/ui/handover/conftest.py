"""A writer at the dialog of the hand-over: real links on loopback, a real fake of a platform."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from PySide6.QtCore import QObject, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QLineEdit, QWidget
from pytestqt.qtbot import QtBot
from shiboken6 import isValid

from app.engagement import managing
from app.engagement.secrets import open_secrets
from app.handover.history import History
from app.ui.checking import Checking
from app.ui.handover.dialog import HandoverDialog
from app.ui.handover.gate_watch import Issue
from app.ui.handover.held_row import HeldRow, LinkRow
from app.ui.handover.office import DraftOffice
from app.ui.handover.there import Phase
from app.ui.settings import Settings
from tests.handover.desk import DESKS, Desk, impatient
from tests.support.http_server import Handler, serving
from tests.support.keyrings import Locker

MAIN = "Hand over as a draft"


class Site:
    """A site on loopback: ``/gone`` is not found, everything else is there."""

    url = ""

    def __init__(self) -> None:
        self.asked: list[str] = []


class Bench:
    """The app around the dialog: what stays while dialogs, and whole apps, come and go."""

    def __init__(self, qtbot: QtBot, window: QWidget, site: Site, desk: Desk, config: Path) -> None:
        self.qtbot, self.window, self.site, self.desk = qtbot, window, site, desk
        self.own_list = config / "link-list.txt"
        self.draft = desk.draft
        self.limit = timedelta(minutes=60)
        self.history = History()
        self._owner = QObject()
        self.checking = self._start()
        self.dialogs: list[HandoverDialog] = []

    def _start(self) -> Checking:
        checking = Checking(self.draft.parent / "verdicts.sqlite3", self._owner)
        checking.allow_private = True
        checking.start(Settings())
        return checking

    def restart(self) -> None:
        """Another start of the app, whose cache of verdicts is gone."""
        self.close()
        for file in self.draft.parent.glob("verdicts.sqlite3*"):
            file.unlink()
        self.history = History()
        self.checking = self._start()

    def close(self) -> None:
        for dialog in self.dialogs:
            if isValid(dialog):
                dialog.close()
        QApplication.processEvents()
        self.checking.stop()
        self.history.close()

    def write(self, *paths: str, more: str = "") -> None:
        """The issue, with links to these places of the site."""
        links = "\n\n".join(f"[link {at}]({self.site.url}{path})" for at, path in enumerate(paths))
        text = f"---\nsubject: A quiet week\n---\n\n# A quiet week\n\n{links}\n{more}"
        self.draft.write_text(text, encoding="utf-8")

    def block(self, path: str) -> None:
        """Put a place of the site on the writer's own list, with all below it."""
        rule = f"block {self.site.url}{path}*\n" if path else ""
        self.own_list.parent.mkdir(parents=True, exist_ok=True)
        self.own_list.write_text(rule, encoding="utf-8")
        self.checking.use_services(Settings())  # as the page of the settings does
        self.qtbot.waitUntil(lambda: self.checking.means.is_ready)

    def add_account(self) -> None:
        managing.add(self.desk.account, self.desk.key, open_secrets())

    def ready(self, *paths: str, more: str = "", **opening: object) -> "Hands":
        """An issue with these links that may be handed over, and the dialog that says so."""
        self.write(*paths, more=more)
        self.add_account()
        hands = self.look(**opening)
        hands.wait(lambda: hands.may_hand_over)
        return hands

    def flagged(self, *paths: str) -> "Hands":
        """An issue with these links, of which ``/bad`` is on the writer's list; what is told."""
        self.write(*paths)
        self.block("/bad")
        self.add_account()
        return self.look()

    def handed(self, *paths: str, more: str = "") -> None:
        """An issue with these links that was handed over."""
        hands = self.ready(*paths, more=more)
        hands.hand_over()
        hands.dialog.close()

    def look(self, **opening: object) -> "Hands":
        """Open the dialog, and wait until all is known."""
        hands = self.open(**opening)
        hands.settle()
        return hands

    def open(self, **opening: object) -> "Hands":
        """Open the dialog for the issue as it is."""
        text = self.draft.read_text(encoding="utf-8")
        issue = Issue(self.draft, text, allow_private=True)
        dialog = HandoverDialog(
            *(self.window, "A quiet week", issue, self.checking),
            *(DraftOffice(self.draft, text), self.history),
            limit=self.limit,
            **opening,  # type: ignore[arg-type]
        )
        self.dialogs.append(dialog)
        dialog.open()
        self.qtbot.waitExposed(dialog)
        dialog.activateWindow()
        return Hands(self.qtbot, dialog)


class Hands:
    """Keys pressed in a dialog, and eyes."""

    def __init__(self, qtbot: QtBot, dialog: HandoverDialog) -> None:
        self.qtbot, self.dialog = qtbot, dialog

    def wait(self, until: Callable[[], object]) -> None:
        self.qtbot.waitUntil(lambda: bool(until()))

    def press(self, key: Qt.Key) -> None:
        focus: QWidget | None = self.dialog.focusWidget()
        QTest.keyClick(self.dialog if focus is None else focus, key)
        QApplication.processEvents()

    def go_to(self, name: str) -> None:
        """Press Tab until the button or field of this name has the focus."""
        for _ in range(60):
            focus: QWidget | None = self.dialog.focusWidget()
            if focus is not None and focus.accessibleName() == name:
                return
            self.press(Qt.Key.Key_Tab)
        raise AssertionError(f"Tab does not lead to “{name}”")

    def push(self, name: str) -> None:
        """Go to a button by Tab, and press it by Enter."""
        self.go_to(name)
        assert isinstance(self.dialog.focusWidget(), QAbstractButton)
        self.press(Qt.Key.Key_Return)

    def enter(self, text: str) -> None:
        focus = self.dialog.focusWidget()
        assert isinstance(focus, QLineEdit)
        QTest.keyClicks(focus, text)

    def settle(self) -> None:
        """Wait until the links were looked at, the platform was asked, and all is shown."""
        watch, there = self.dialog.watch, self.dialog.there
        self.wait(lambda: self.dialog.is_whole)
        self.wait(lambda: watch.verdict is not None and not watch.is_asking)
        self.wait(lambda: there.phase.name not in ("READING", "PLANNING"))

    def hand_over(self) -> None:
        """Press the button by keys, and wait for the draft."""
        self.wait(lambda: self.may_hand_over)
        self.push(MAIN)
        self.wait(lambda: self.dialog.there.phase is Phase.DONE)

    def rows(self, kind: type[LinkRow] = HeldRow) -> list[LinkRow]:
        return [row for row in self.dialog.findChildren(kind) if not row.isHidden()]

    @property
    def links(self) -> str:
        return self.dialog.links.sentence.text()

    @property
    def there(self) -> str:
        return self.dialog.target.sentence.text()

    @property
    def may_hand_over(self) -> bool:
        return self.dialog.main.isEnabled()


@pytest.fixture
def site() -> Iterator[Site]:
    found = Site()

    class Answering(Handler):
        def do_HEAD(self) -> None:  # noqa: N802 - the library's name
            found.asked.append(self.path)
            self.send_response(404 if self.path == "/gone" else 200)
            self.send_header("Content-Length", "0")
            self.end_headers()

        do_GET = do_HEAD  # noqa: N815 - the library's name

    with serving(Answering) as found.url:
        yield found


@pytest.fixture(params=["listmonk"])
def desk(
    request: pytest.FixtureRequest,
    tmp_path: Path,
    locker: Locker,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Desk]:
    impatient(monkeypatch)
    folder = tmp_path / "drafts"
    folder.mkdir()
    with DESKS[request.param](folder) as found:
        yield found


@pytest.fixture
def bench(
    qtbot: QtBot, dressed: QApplication, site: Site, desk: Desk, tmp_path: Path
) -> Iterator[Bench]:
    window = QWidget()
    window.resize(1100, 700)
    qtbot.addWidget(window)
    window.show()
    made = Bench(qtbot, window, site, desk, tmp_path / "config")
    yield made
    made.close()
