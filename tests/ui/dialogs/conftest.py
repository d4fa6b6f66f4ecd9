"""The settings dialog on real services: a name server, Web Risk and a check server on loopback."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import pytest
from PySide6.QtCore import QObject
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot
from shiboken6 import isValid

from app.engagement import secrets
from app.ui.checking_means import CheckingMeans
from app.ui.dialogs.settings.dialog import SettingsDialog
from app.ui.dialogs.settings.page import Choices
from app.ui.settings import Settings


@dataclass
class Kept:
    """The settings as the app keeps them, and what it was asked to take up anew."""

    window: QWidget
    settings: Settings = field(default_factory=Settings)
    renewed: int = 0

    def choose(self, settings: Settings) -> None:
        self.settings = settings

    def renew(self) -> None:
        self.renewed += 1

    def choices(self, owner: QObject) -> Choices:
        self.means = CheckingMeans(owner)
        return Choices(lambda: self.settings, self.choose, self.means, self.renew)


Make = Callable[[], SettingsDialog]


@pytest.fixture(autouse=True)
def no_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    """No key of this machine or of another test."""
    for name in ("SENDOFF_WEB_RISK_KEY", "SENDOFF_SPAMHAUS_KEY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(secrets, "_IN_MEMORY", {})


@pytest.fixture
def kept(qtbot: QtBot) -> Kept:
    window = QWidget()
    qtbot.addWidget(window)
    return Kept(window)


@pytest.fixture
def make(qtbot: QtBot, dressed: QApplication, kept: Kept) -> Iterator[Make]:
    made: list[SettingsDialog] = []

    def show() -> SettingsDialog:
        dialog = SettingsDialog(kept.window, kept.choices(kept.window))
        dialog.show()
        qtbot.waitExposed(dialog)
        dialog.activateWindow()
        qtbot.waitUntil(dialog.isActiveWindow)
        made.append(dialog)
        return dialog

    yield show
    for dialog in made:
        if isValid(dialog):
            dialog.close()
    QApplication.processEvents()
