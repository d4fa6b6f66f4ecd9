"""The dialog of looks by keys; the browser engine as in the preview's tests."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QObject
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot
from shiboken6 import isValid

from app.publish.shelf import Shelf
from app.ui.look.dialog import LookDialog
from app.ui.look.rendering import AtHand
from app.ui.saver import Saver
from tests.ui.preview.conftest import HAS_ENGINE, OF_THE_ENGINE

DRAFT = (
    "---\nsubject: The lamps are lit\n---\n\n# Lamps\n\n[a link](https://example.com/x)\n\n> q\n"
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.qt_log_ignore(*OF_THE_ENGINE, extend=True))


class Hands:
    """The dialog, and what a writer does with it."""

    def __init__(self, qtbot: QtBot, dialog: LookDialog, folder: Path) -> None:
        self.qtbot = qtbot
        self.dialog = dialog
        self.folder = folder

    def press(self, *keys: Any) -> None:
        for key in keys:
            focus = self.dialog.focusWidget()
            assert focus is not None
            QTest.keyClick(focus, key)
            QApplication.processEvents()

    def type(self, text: str) -> None:
        focus = self.dialog.focusWidget()
        assert focus is not None
        QTest.keyClicks(focus, text)

    def wait(self, until: Callable[[], bool]) -> None:
        self.qtbot.waitUntil(until)

    def names(self) -> list[str]:
        return [entry.name for entry in self.dialog.list.rows.rows]

    def in_use(self) -> str:
        return next(entry.name for entry in self.dialog.list.rows.rows if entry.in_use)

    def stored(self) -> None:
        """Wait until nothing is to be stored any more."""
        self.dialog.errands.save()
        done: list[bool] = []
        self.dialog.errands.run(lambda: None, lambda _: done.append(True))
        self.wait(lambda: bool(done))

    def ask(self, script: str) -> Any:
        """The value of an expression in the letter, seen from our own world."""
        from app.ui.preview.isolated import OUR_WORLD

        letter = self.dialog.letter
        self.wait(lambda: letter.is_settled)
        assert letter.view is not None
        answers: list[Any] = []
        letter.view.page().runJavaScript(f"JSON.stringify({script})", OUR_WORLD, answers.append)
        self.wait(lambda: bool(answers))
        return json.loads(answers[0]) if answers[0] else None


OpenDialog = Callable[[], Hands]


@pytest.fixture
def open_dialog(qtbot: QtBot, dressed: QApplication, tmp_path: Path) -> Iterator[OpenDialog]:
    if not HAS_ENGINE:
        pytest.skip("QtWebEngine is not installed")
    window = QWidget()
    qtbot.addWidget(window)
    owner = QObject()
    saver = Saver(owner)
    made: list[LookDialog] = []
    folder = tmp_path / "letters"

    def make() -> Hands:
        draft = AtHand(folder, DRAFT, folder / "issue-7.md", "The lamps are lit")
        dialog = LookDialog(window, saver, draft)
        dialog.show()
        qtbot.waitExposed(dialog)
        dialog.activateWindow()
        made.append(dialog)
        hands = Hands(qtbot, dialog, folder)
        hands.wait(lambda: bool(hands.names()))
        return hands

    yield make
    for dialog in made:
        if isValid(dialog):
            dialog.close()
    QApplication.processEvents()
    saver.finish()


@pytest.fixture
def shelf() -> Shelf:
    return Shelf()
