"""The whole window with a draft, its engine as in the preview's tests."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog, QFileDialog, QLineEdit, QWidget
from pytestqt.qtbot import QtBot
from shiboken6 import isValid

from app.ui import theme
from app.ui.editor.editor import DraftEditor
from app.ui.export.dialog import ExportDialog
from app.ui.settings import Settings, Store
from app.ui.shell import Shell
from tests.support.shells import end
from tests.ui.preview.conftest import OF_THE_ENGINE

DRAFT = """\
---
subject: Twelve
preheader: Under it
---
# Letter

Some *words* and a [link](https://example.com/).

![A dot](dot.png)
"""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.qt_log_ignore(*OF_THE_ENGINE, extend=True))


def is_seen(dialog: QDialog) -> bool:
    """Whether it is there and open."""
    return isValid(dialog) and dialog.isVisible()


class Desk:
    """The window with a draft, and hands."""

    def __init__(self, qtbot: QtBot, shell: Shell, folder: Path) -> None:
        self.qtbot = qtbot
        self.shell = shell
        self.folder = folder

    @property
    def editor(self) -> DraftEditor:
        sheet = self.shell.desk.current
        assert sheet is not None
        assert sheet.editor is not None
        return sheet.editor

    def keys(self, keys: str) -> None:
        """Press a shortcut in the window."""
        self.shell.window.activateWindow()  # no window manager gives it the focus back
        self.qtbot.waitUntil(self.shell.window.isActiveWindow)
        QTest.keySequence(self.shell.window, keys)

    def press(self, widget: QWidget, *keys: Qt.Key) -> None:
        for key in keys:
            QTest.keyClick(widget, key)
            QApplication.processEvents()

    def dialog(self, kind: type[QDialog]) -> QDialog:
        """The dialog of this kind that is open; waits for it."""

        def open_ones() -> list[QDialog]:
            return [each for each in self.shell.window.findChildren(kind) if each.isVisible()]

        self.qtbot.waitUntil(lambda: bool(open_ones()))
        return open_ones()[0]

    def written(self, path: Path) -> None:
        """Wait until a file is written, and the dialog that it was for has heard of it."""
        self.qtbot.waitUntil(path.exists)
        dialogs = self.shell.window.findChildren(ExportDialog)
        self.qtbot.waitUntil(lambda: not any(map(is_seen, dialogs)))

    def name_file(self, path: Path) -> None:
        """Type a name into the file dialog, and Enter."""
        dialog = self.dialog(QFileDialog)
        field = dialog.findChild(QLineEdit, "fileNameEdit")
        assert field is not None
        field.setText(str(path))
        QTest.keyClick(field, Qt.Key.Key_Return)


@pytest.fixture
def desk(qtbot: QtBot, dressed: QApplication, folders: Path) -> Iterator[Desk]:
    from tests.publish.export.test_formats import png

    folder = folders / "drafts"
    folder.mkdir()
    (folder / "letter.md").write_text(DRAFT, encoding="utf-8")
    (folder / "dot.png").write_bytes(png())
    Store().save(Settings(drafts_folder=str(folder), check_links=False))
    shell = Shell(Store())
    shell.show([folder / "letter.md"])
    qtbot.waitUntil(lambda: shell.checking.is_started)
    shell.window.activateWindow()
    yield Desk(qtbot, shell, folder)
    end(shell)
    theme.choose(theme.Appearance.LIGHT)
