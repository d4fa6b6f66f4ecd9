"""The dialog of accounts by keys, with a keyring that a test chooses."""

from collections.abc import Callable, Iterator

import pytest
from PySide6.QtCore import QObject, Signal
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot
from shiboken6 import isValid

from app.ui.accounts.dialog import AccountsDialog
from app.ui.accounts.page import Page


class Syncing(QObject):
    """What the dialog asks of the sync, remembered."""

    changed = Signal()
    state = Signal(str, str, str)
    began = Signal(str)
    progress = Signal(str, int, object)

    def __init__(self) -> None:
        super().__init__()
        self.wanted: list[str | None] = []
        self.ends: dict[str, tuple[str, str]] = {}
        self.running: dict[str, tuple[int, int | None]] = {}

    def sync_now(self, account: str | None = None) -> None:
        self.wanted.append(account)


class Desk:
    """The dialog, and hands."""

    def __init__(self, qtbot: QtBot, dialog: AccountsDialog, syncing: Syncing) -> None:
        self.qtbot = qtbot
        self.dialog = dialog
        self.syncing = syncing

    def type(self, text: str) -> None:
        focus = self.dialog.focusWidget()
        assert focus is not None
        QTest.keyClicks(focus, text)

    def press(self, *keys: object) -> None:
        for key in keys:
            focus = self.dialog.focusWidget()
            QTest.keyClick(self.dialog if focus is None else focus, key)  # type: ignore[call-overload, redundant-expr]
            QApplication.processEvents()

    def page(self) -> Page:
        """What is shown."""
        return self.dialog.page

    def rows(self) -> list[tuple[str, str]]:
        return [(row.account.name, row.standing.line) for row in self.dialog.list.model.rows]

    def wait(self, until: Callable[[], bool]) -> None:
        self.qtbot.waitUntil(until)


MakeDesk = Callable[[], Desk]


@pytest.fixture
def make_desk(qtbot: QtBot, dressed: QApplication) -> Iterator[MakeDesk]:
    made: list[AccountsDialog] = []
    window = QWidget()
    qtbot.addWidget(window)

    def make() -> Desk:
        syncing = Syncing()
        dialog = AccountsDialog(window, syncing)
        syncing.setParent(dialog)
        dialog.show()
        qtbot.waitExposed(dialog)
        dialog.activateWindow()
        made.append(dialog)
        return Desk(qtbot, dialog, syncing)

    yield make
    for dialog in made:
        if isValid(dialog):
            dialog.close()
    QApplication.processEvents()
