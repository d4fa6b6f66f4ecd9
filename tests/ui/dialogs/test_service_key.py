"""A key's field, and a keyring whose owner takes time to unlock it."""

import threading
from collections.abc import Iterator
from pathlib import Path

import keyring
import pytest
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.engagement.service_keys import check_server
from app.ui.dialogs.settings.service_key import ServiceKey
from app.ui.editor.jobs import wait_for_jobs
from tests.support.keyrings import Locker
from tests.support.patience import PATIENCE

ONE, OTHER = check_server("https://one.example"), check_server("https://other.example")


class Slow(Locker):
    """Tells of one key only when it is unlocked."""

    def __init__(self) -> None:
        super().__init__()
        self.slow_for = ""
        self.is_asked, self.is_unlocked = threading.Event(), threading.Event()

    def get_password(self, service: str, username: str) -> str | None:
        if username == self.slow_for:
            self.is_asked.set()
            assert self.is_unlocked.wait(PATIENCE)
        return super().get_password(service, username)


@pytest.fixture
def locker(monkeypatch: pytest.MonkeyPatch, folders: Path) -> Iterator[Slow]:
    backend: Slow = type("Keyring", (Slow,), {"__module__": "keyring.backends.SecretService"})()
    monkeypatch.setattr(keyring, "get_keyring", lambda: backend)
    yield backend
    backend.is_unlocked.set()


@pytest.fixture
def key(qtbot: QtBot, dressed: QApplication, locker: Slow) -> ServiceKey:
    made = ServiceKey(ONE, "Key")
    qtbot.addWidget(made)
    made.show()
    qtbot.waitUntil(lambda: "none yet" in made.state.text())
    return made


def unlock(locker: Slow) -> None:
    locker.is_unlocked.set()
    wait_for_jobs(int(PATIENCE * 1000))
    QApplication.processEvents()


def test_what_is_typed_before_the_keyring_answers_stays(
    qtbot: QtBot, key: ServiceKey, locker: Slow
) -> None:
    locker.slow_for = OTHER.id
    key.set_account(OTHER)
    qtbot.waitUntil(locker.is_asked.is_set)
    key.enter()
    QTest.keyClicks(key.field.line, "sendoff_secret")
    unlock(locker)
    assert key.typed == "sendoff_secret"
    assert key.field.line.hasFocus()
    assert not key.change.isVisible()


def test_a_late_answer_about_another_key_is_not_taken_for_this_ones(
    qtbot: QtBot, key: ServiceKey, locker: Slow
) -> None:
    locker.slow_for = OTHER.id
    locker.kept["sendoff", OTHER.id] = "sendoff_secret"
    key.set_account(OTHER)
    qtbot.waitUntil(locker.is_asked.is_set)
    key.set_account(ONE)
    unlock(locker)
    assert "none yet" in key.state.text()
    assert not key.forget.isVisible()
