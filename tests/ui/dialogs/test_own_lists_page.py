"""The writer's own list in a small editor, and a team's file."""

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFileDialog
from pytestqt.qtbot import QtBot

from app.linkcheck.reputation.lists import OwnLists
from app.ui import own_list
from app.ui.dialogs.settings.own_lists import OwnListsPage
from app.ui.means import Means
from app.ui.means import own_list as own_file
from app.ui.settings import Settings

from .conftest import Kept, Make


def open_page(qtbot: QtBot, make: Make) -> OwnListsPage:
    dialog = make()
    dialog.show_page("lists")
    page = dialog.page
    assert isinstance(page, OwnListsPage)
    qtbot.waitUntil(lambda: not page.list.isReadOnly())
    return page


def test_what_is_typed_is_kept_and_holds(qtbot: QtBot, make: Make, kept: Kept) -> None:
    page = open_page(qtbot, make)
    QTest.keyClicks(page.list, "block bad.example")
    assert kept.renewed == 0
    qtbot.waitUntil(lambda: kept.renewed == 1)
    assert own_file().read_text() == "block bad.example"
    assert page.mistakes.isHidden()


def test_mistakes_are_named_by_line_while_one_types(qtbot: QtBot, make: Make) -> None:
    own_list.save("block a.example\nforbid b.example\nblock\n", "")
    page = open_page(qtbot, make)
    named = page.mistakes.text().splitlines()
    assert named[0].startswith("Line 2: A line begins with “block” or “allow”")
    assert named[1].startswith("Line 3:")
    page.list.setPlainText("\n".join(["oops"] * 9))
    assert page.mistakes.text().splitlines()[-1] == "And 5 more."
    page.list.setPlainText("block a.example")
    assert page.mistakes.isHidden()


def test_what_was_typed_last_is_kept_when_the_dialog_closes(
    qtbot: QtBot, make: Make, kept: Kept
) -> None:
    page = open_page(qtbot, make)
    QTest.keyClicks(page.list, "allow bit.ly")
    page.window().close()
    qtbot.waitUntil(lambda: own_file().exists() and own_file().read_text() == "allow bit.ly")


def test_a_file_that_was_changed_elsewhere_is_not_overwritten(
    qtbot: QtBot, make: Make, kept: Kept
) -> None:
    page = open_page(qtbot, make)
    own_list.save("block other.example\n", "")
    QTest.keyClicks(page.list, "block mine.example")
    qtbot.waitUntil(lambda: page.trouble.isVisible())
    assert "changed elsewhere" in page.trouble.text()
    assert own_file().read_text() == "block other.example\n"
    assert kept.renewed == 0
    page.reread.setFocus()
    QTest.keyClick(page.reread, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: page.list.toPlainText() == "block other.example\n")
    assert page.trouble.isHidden()


def test_a_folder_that_takes_no_file_is_told(
    qtbot: QtBot, make: Make, folders: Path, kept: Kept, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = open_page(qtbot, make)

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("app.drafts.atomic.put", full)
    QTest.keyClicks(page.list, "block bad.example")
    qtbot.waitUntil(lambda: "No space left" in page.trouble.text())
    assert page.list.toPlainText() == "block bad.example"


def test_a_teams_file_is_chosen_and_let_go(
    qtbot: QtBot, make: Make, kept: Kept, tmp_path: Path
) -> None:
    team = tmp_path / "team.txt"
    team.write_text("block *.bad.example\n")
    page = open_page(qtbot, make)
    assert page.drop.isHidden()
    page.choose.click()
    dialog = page.findChild(QFileDialog)
    assert dialog is not None
    dialog.fileSelected.emit(str(team))
    dialog.close()
    assert kept.settings.team_list == str(team)
    page.choices.changed.emit()
    assert str(team) in page.team.text()
    page.drop.click()
    assert kept.settings.team_list == ""


def test_what_is_wrong_with_a_teams_file_is_named(
    qtbot: QtBot, make: Make, kept: Kept, tmp_path: Path
) -> None:
    team = tmp_path / "team.txt"
    team.write_text("block *.bad.example\nfriend good.example\n")
    kept.settings = Settings(team_list=str(team))
    page = open_page(qtbot, make)
    lists = OwnLists([team])
    lists.read_and_look_up("https://bad.example/")
    kept.means.means = Means((lists,))
    kept.means.changed.emit()
    assert page.team.text().splitlines()[0] == str(team)
    assert page.team.text().splitlines()[1].startswith("Line 2: A line begins with")


def test_a_rule_from_a_links_card_is_added(folders: Path) -> None:
    own_list.save("# mine\nallow a.example\n", "")
    own_list.add_rule("a.example", blocks=True)
    assert own_list.read() == "# mine\nblock a.example\n"
