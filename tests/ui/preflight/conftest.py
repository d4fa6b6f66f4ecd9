"""The whole window over a folder with a draft that has all kinds of mistakes."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from app.preflight import Finding
from app.preflight.listing import Row
from app.ui import theme
from app.ui.editor.editor import DraftEditor
from app.ui.editor.places import caret_at
from app.ui.preflight import findings as timing
from app.ui.preflight.findings import Findings
from app.ui.preflight.gutter import FindingGutter
from app.ui.preflight.panel import ChecksPanel
from app.ui.settings import Settings, Store
from app.ui.shell import Shell
from tests.support.shells import end

DRAFT = """\
---
subject: A letter with a subject
preheader: And what it is about
---

# A letter

Here the the first paragraph says TK and goes on.

A paragraph without any mistake in it at all, which is long enough.

A [picture](https://dead.example/) and ![](picture.png), which is not there.

Click [here](https://good.example/a).
"""


@dataclass
class Looked:
    """A window with its draft looked over, and hands to use it."""

    shell: Shell
    qtbot: QtBot

    @property
    def findings(self) -> Findings:
        found = self.shell.preflight.findings
        assert found is not None
        return found

    @property
    def editor(self) -> DraftEditor:
        sheet = self.shell.desk.current
        assert sheet is not None
        assert sheet.editor is not None
        return sheet.editor

    @property
    def panel(self) -> ChecksPanel:
        panel = self.shell.window.inspector.findChild(ChecksPanel)
        assert panel is not None
        return panel

    @property
    def gutter(self) -> FindingGutter:
        gutter = self.editor.findChild(FindingGutter)
        assert gutter is not None
        return gutter

    @property
    def text(self) -> str:
        return "\n".join(self.editor._lines())

    def wait(self) -> None:
        """Until the text as it is was looked over."""
        QApplication.processEvents()
        self.qtbot.waitUntil(lambda: self.findings.is_fresh)

    def do(self, command: str) -> None:
        self.shell.window.commands[command].trigger()
        QApplication.processEvents()

    def press(self, key: Qt.Key, widget: QWidget | None = None, control: bool = False) -> None:
        with_control = Qt.KeyboardModifier.ControlModifier
        modifiers = with_control if control else Qt.KeyboardModifier.NoModifier
        QTest.keyClick(widget or self.editor, key, modifiers)
        QApplication.processEvents()

    def put_caret(self, line: int, column: int) -> None:
        self.editor.select(caret_at((line, column)))

    def rules(self) -> list[str]:
        return [each.rule for each in self.findings.judged.found]

    def finding(self, rule: str) -> Finding:
        return next(each for each in self.findings.judged.found if each.rule == rule)

    def row(self, rule: str) -> Row:
        found = (each for each in self.panel.model.rows if getattr(each, "rule", "") == rule)
        return next(found)

    def pick(self, rule: str) -> None:
        """Make a rule's row the current one, by the keyboard's way."""
        rows = self.panel.model.rows
        self.panel.list.setFocus()
        self.panel.list.mark(rows.index(self.row(rule)))
        QApplication.processEvents()


Look = Callable[..., Looked]


@pytest.fixture
def path(folders: Path) -> Path:
    folder = folders / "drafts"
    folder.mkdir()
    Store().save(Settings(drafts_folder=str(folder), check_links=False))
    return folder / "one.md"


@pytest.fixture
def look(
    qtbot: QtBot, dressed: QApplication, path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Look]:
    """Open a text in the window and wait until it is looked over; pauses are short."""
    monkeypatch.setattr(timing, "REST_MS", 30)
    monkeypatch.setattr(timing, "MAIL_REST_MS", 30)
    shells: list[Shell] = []

    def look(text: str = DRAFT) -> Looked:
        path.write_text(text)
        shell = Shell(Store())
        shells.append(shell)
        shell.show([path])
        qtbot.waitUntil(lambda: shell.preflight.findings is not None)
        looked = Looked(shell, qtbot)
        looked.wait()
        return looked

    yield look
    end(*shells)
    theme.choose(theme.Appearance.LIGHT)
