"""Snippets by keyboard."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QObject, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot
from shiboken6 import isValid

from app.publish.snippets import snippets_in
from app.ui.look.snippets import SnippetsDialog
from app.ui.saver import Saver
from tests.ui.preview.conftest import HAS_ENGINE

Key = Qt.Key


class Hands:
    """The dialog, and what a writer does with it."""

    def __init__(self, qtbot: QtBot, dialog: SnippetsDialog, folder: Path) -> None:
        self.qtbot = qtbot
        self.dialog = dialog
        self.folder = folder
        self.inserted: list[str] = []
        dialog.chosen.connect(self.inserted.append)

    def press(self, *keys: Key) -> None:
        for key in keys:
            focus = self.dialog.focusWidget()
            assert focus is not None
            QTest.keyClick(focus, key)
            QApplication.processEvents()

    def type(self, text: str) -> None:
        focus = self.dialog.focusWidget()
        assert focus is not None
        QTest.keyClicks(focus, text)

    def names(self) -> list[str]:
        return [row.name for row in self.dialog.rows.rows]

    def stored(self, texts: dict[str, str]) -> None:
        if isValid(self.dialog):
            self.dialog.errands.save()
        self.qtbot.waitUntil(lambda: snippets_in(self.folder) == texts)


@pytest.fixture
def hands(qtbot: QtBot, dressed: QApplication, tmp_path: Path) -> Iterator[Hands]:
    if not HAS_ENGINE:
        pytest.skip("QtWebEngine is not installed")
    folder = tmp_path / "letters"
    (folder / "snippets").mkdir(parents=True)
    (folder / "snippets" / "imprint.md").write_text("The Firm, **Some Street** 1")
    (folder / "snippets" / "thanks.txt").write_text("Thanks to all")
    (folder / "snippets" / "picture.png").write_bytes(b"x")
    window = QWidget()
    qtbot.addWidget(window)
    saver = Saver(QObject(window))
    dialog = SnippetsDialog(window, saver, folder)
    dialog.show()
    qtbot.waitExposed(dialog)
    dialog.activateWindow()
    made = Hands(qtbot, dialog, folder)
    qtbot.waitUntil(lambda: bool(made.names()))
    yield made
    if isValid(dialog):
        dialog.close()
    QApplication.processEvents()
    saver.finish()


def test_one_is_found_and_inserted_by_keys(hands: Hands) -> None:
    assert hands.names() == ["imprint", "thanks"]
    hands.dialog.filter.setFocus()
    hands.type("to all")
    assert hands.names() == ["thanks"]
    assert hands.dialog.text.toPlainText() == "Thanks to all"
    hands.press(Key.Key_Return)
    assert hands.inserted == ["{{ snippet: thanks }}"]


def test_its_look_is_shown_and_follows_the_typing(hands: Hands) -> None:
    letter = hands.dialog.letter
    hands.dialog.text.setFocus()
    hands.type("New ")

    def shown() -> bool:
        return letter._html is not None and "New The Firm, <strong>Some Street" in letter._html

    hands.qtbot.waitUntil(shown)
    hands.stored({"imprint": "New The Firm, **Some Street** 1", "thanks": "Thanks to all"})


def test_a_new_one_is_named_written_and_inserted(hands: Hands) -> None:
    hands.dialog.new.click()
    assert hands.dialog.name.hasFocus()
    hands.type("greeting")
    hands.press(Key.Key_Return)
    assert hands.names() == ["greeting", "imprint", "thanks"]
    hands.dialog.text.setFocus()
    hands.type("Good morning")
    hands.dialog.list.setFocus()
    hands.press(Key.Key_Return)
    assert hands.inserted == ["{{ snippet: greeting }}"]
    hands.stored(
        {
            "greeting": "Good morning",
            "imprint": "The Firm, **Some Street** 1",
            "thanks": "Thanks to all",
        }
    )


def test_one_is_renamed_and_thrown_away(hands: Hands, monkeypatch: pytest.MonkeyPatch) -> None:
    gone: list[str] = []
    monkeypatch.setattr("send2trash.send2trash", gone.append)
    hands.press(Key.Key_F2)
    hands.type("thanks")
    hands.press(Key.Key_Return)
    assert "is free" in hands.dialog.message.text()
    hands.dialog.list.setFocus()
    hands.press(Key.Key_F2)
    hands.type("address")
    hands.press(Key.Key_Return)
    assert hands.names() == ["address", "thanks"]
    hands.stored({"address": "The Firm, **Some Street** 1", "thanks": "Thanks to all"})
    hands.dialog.list.setFocus()
    hands.press(Key.Key_Down, Key.Key_Delete)
    hands.qtbot.waitUntil(lambda: hands.names() == ["address"])
    assert gone == [str(hands.folder / "snippets" / "thanks.txt")]
