"""The commands in the whole window: the preview follows the publication, snippets are inserted."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.publish import Habits, habits_of, keep_habits
from app.publish.look import Look, compose
from app.publish.shelf import Shelf
from app.ui.look.dialog import LookDialog
from app.ui.look.snippets import SnippetsDialog
from app.ui.preview.preview import PreviewPane
from app.ui.settings import Settings, Store
from app.ui.shell import Shell
from tests.support.shells import end
from tests.ui.preview.conftest import HAS_ENGINE

Key = Qt.Key


@pytest.fixture
def folder(folders: Path) -> Path:
    if not HAS_ENGINE:
        pytest.skip("QtWebEngine is not installed")
    folder = folders / "drafts"
    (folder / "snippets").mkdir(parents=True)
    (folder / "snippets" / "imprint.md").write_text("The Firm")
    (folder / "one.md").write_text("# One\n\nwords\n")
    other = folders / "others"
    other.mkdir()
    (other / "two.md").write_text("# Two\n")
    Store().save(Settings(drafts_folder=str(folder), check_links=False))
    Shelf().keep_look("Mine", Look(accent="#aa2200"))
    keep_habits(folder, Habits("Mine"))
    return folder


@pytest.fixture
def shell(qtbot: QtBot, dressed: QApplication, folder: Path) -> Iterator[Shell]:
    shell = Shell(Store())
    shell.show([folder / "one.md"])
    qtbot.waitUntil(lambda: shell.checking.is_started)
    shell.window.commands["show_preview"].trigger()
    yield shell
    end(shell)


def template_name(shell: Shell) -> str | None:
    pane = shell.window.findChild(PreviewPane)
    template = pane._template if pane is not None else None
    return template.name if template is not None else None


def test_the_preview_is_in_the_template_of_the_drafts_folder(
    shell: Shell, folder: Path, qtbot: QtBot
) -> None:
    qtbot.waitUntil(lambda: template_name(shell) == "Mine")
    shell.desk.open(folder.parent / "others" / "two.md")
    qtbot.waitUntil(lambda: template_name(shell) is None)
    shell.desk.open(folder / "one.md")
    qtbot.waitUntil(lambda: template_name(shell) == "Mine")


def test_a_template_that_is_gone_is_said_in_the_preview(
    shell: Shell, folder: Path, qtbot: QtBot
) -> None:
    qtbot.waitUntil(lambda: template_name(shell) == "Mine")
    (Shelf().folder / "Mine.json").unlink()
    shell.mail_looks.refresh()
    pane = shell.window.findChild(PreviewPane)
    assert pane is not None
    qtbot.waitUntil(lambda: "no such template" in pane.hint.text())
    assert pane.hint.isVisible()


def test_a_change_in_the_dialog_is_seen_in_the_preview(
    shell: Shell, folder: Path, qtbot: QtBot
) -> None:
    qtbot.waitUntil(lambda: template_name(shell) == "Mine")
    shell.window.commands["email_look"].trigger()
    dialog = shell.window.findChild(LookDialog)
    assert dialog is not None
    qtbot.waitUntil(lambda: len(dialog.list.rows.rows) == 2)
    qtbot.waitUntil(lambda: dialog.form.look.accent == "#aa2200")
    dialog.form.accent.swatches[1].setFocus()
    QTest.keyClick(dialog.form.accent.swatches[1], Key.Key_Space)
    dialog.close()
    pane = shell.window.findChild(PreviewPane)
    assert pane is not None
    wanted = compose(Look(accent="#0f6b63"), "Mine")
    qtbot.waitUntil(lambda: pane._template == wanted)
    assert habits_of(folder).template == "Mine"


def test_a_snippet_is_inserted_at_the_cursor(shell: Shell, folder: Path, qtbot: QtBot) -> None:
    sheet = shell.desk.current
    assert sheet is not None
    assert sheet.editor is not None
    sheet.editor.go_to(2, 5)
    shell.window.commands["insert_snippet"].trigger()
    dialog = shell.window.findChild(SnippetsDialog)
    assert dialog is not None
    qtbot.waitUntil(lambda: len(dialog.rows.rows) == 1)
    QTest.keyClick(dialog.list, Key.Key_Return)
    assert list(sheet.draft.lines)[2] == "words{{ snippet: imprint }}"
