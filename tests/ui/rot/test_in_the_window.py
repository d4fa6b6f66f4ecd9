"""Links that died, in the whole window: the list's key, a copy put into a draft, an issue's line,
the settings.
"""

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot
from shiboken6 import delete

from app.engagement import accounts
from app.engagement.model import Account, LinkRecord
from app.linkrot.listing import Count
from app.linkrot.model import Copy
from app.linkrot.store import RotStore
from app.ui.dialogs.settings.dialog import SettingsDialog
from app.ui.dialogs.settings.links import LinksPage
from app.ui.main_window import REPORTS
from app.ui.rot.choices import RotChoices
from app.ui.rot.dialog import DeadLinksDialog
from app.ui.rot.words import issue_line
from app.ui.settings import Settings, Store
from app.ui.shell import Shell
from tests.engagement.reports.stocked import OWN, full, links, stock
from tests.ui.rot.test_dead_links import DIED, LIVES, NEVER, die

TEXT = f"# Next\n\n[the ferry]({DIED}) and [once more]({DIED}#map), [more]({LIVES}).\n"
COPY = "https://archive.net/web/20260101000000/https://site.net/ferry"


@pytest.fixture
def shell(
    qtbot: QtBot, dressed: QApplication, folders: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Shell]:
    drafts = folders / "drafts"
    drafts.mkdir()
    (drafts / "next.md").write_text(TEXT)
    (drafts / "other.md").write_text("# Other\n")
    Store().save(Settings(drafts_folder=str(drafts), check_links=False))
    one = full(1, "Ferries", 80, 20)
    linked = links("i1", LinkRecord(1, DIED, "timetable"), LinkRecord(2, NEVER, "never"))
    stock(folders / "data" / "engagement.db", OWN, one, linked)
    monkeypatch.setattr(accounts, "load", lambda: (OWN,))
    die()
    with RotStore() as store:
        store.put_copy(DIED, "20260210", Copy(COPY, 1_767_225_600.0, 1.0))
    shell = Shell(Store())
    shell.show((drafts / "other.md",))
    qtbot.waitUntil(lambda: shell.rot._is_started)
    yield shell
    shell.window.close()


def dialog_of(shell: Shell, qtbot: QtBot) -> DeadLinksDialog:
    qtbot.waitUntil(lambda: isinstance(QApplication.activeModalWidget(), DeadLinksDialog))
    dialog = QApplication.activeModalWidget()
    assert isinstance(dialog, DeadLinksDialog)
    qtbot.waitUntil(lambda: bool(dialog.list.rows_model.rows))
    return dialog


def test_a_copy_is_put_into_the_draft_in_one_step_of_undo(shell: Shell, qtbot: QtBot) -> None:
    shell.window.commands["dead_links"].trigger()
    dialog = dialog_of(shell, qtbot)
    QTest.keyClick(dialog.list, Qt.Key.Key_End)
    assert dialog.detail.replace.isVisible()
    dialog.detail.replace.setFocus()
    QTest.keyClick(dialog.detail.replace, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: not dialog.detail.replace.isEnabled())
    dialog.close()
    sheet = next(each for each in shell.desk.sheets if each.path and each.path.name == "next.md")
    editor = sheet.editor
    assert editor is not None
    assert editor.toPlainText() == TEXT.replace(DIED, COPY)
    editor.undo()
    assert editor.toPlainText() == TEXT


def test_an_issues_page_tells_what_died_and_leads_to_it(shell: Shell, qtbot: QtBot) -> None:
    shell.rooms.show(REPORTS)
    qtbot.waitUntil(lambda: shell.rooms.reports is not None)
    room = shell.rooms.reports
    assert room is not None
    room.show_issue("a1", "i1")
    qtbot.waitUntil(lambda: room.shown_issue == ("a1", "i1"))
    remark = room.issue._remark
    qtbot.waitUntil(remark.isVisible)
    assert remark.text() == "2 links of it are dead →"  # one was never seen alive
    remark.setFocus()
    QTest.keyClick(remark, Qt.Key.Key_Space)
    dialog = dialog_of(shell, qtbot)
    row = dialog.list.row
    assert row is not None
    assert (row.letter.title, row.dead and row.dead.link.text) == ("Ferries", "timetable")
    dialog.close()


def test_a_count_that_comes_when_the_page_is_gone_disturbs_nobody(
    shell: Shell, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    shell.rooms.show(REPORTS)
    qtbot.waitUntil(lambda: shell.rooms.reports is not None)
    room = shell.rooms.reports
    assert room is not None
    counts: list[Callable[[Count], object]] = []
    monkeypatch.setattr(shell.rot.keeper, "count", lambda *asked: counts.append(asked[-1]))
    room.show_issue("a1", "i1")
    qtbot.waitUntil(lambda: bool(counts))
    shell.window.close()
    delete(room)
    counts[-1](Count(1, 1))


@pytest.mark.parametrize(
    ("count", "line"),
    [
        (Count(), ""),
        (Count(1, 1), "A link has died since it was sent"),
        (Count(2, 2), "2 links have died since it was sent"),
        (Count(1, 0), "A link of it is dead"),
        (Count(3, 2), "3 links of it are dead"),
    ],
)
def test_died_since_is_said_only_of_what_did(count: Count, line: str) -> None:
    assert issue_line(count) == line


def test_nothing_runs_until_it_is_allowed_in_the_settings(shell: Shell, qtbot: QtBot) -> None:
    assert not shell.rot.keeper.is_running
    shell.views.open_settings("links")
    dialog = QApplication.activeModalWidget()
    assert isinstance(dialog, SettingsDialog)
    assert isinstance(dialog.page, LinksPage)
    choices = dialog.page.findChild(RotChoices)
    assert choices is not None
    assert not choices.watch.isChecked()
    assert not choices.archive.isChecked()
    choices.watch.setFocus()
    QTest.keyClick(choices.watch, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: shell.rot.keeper.is_running)
    QTest.keyClick(choices.watch, Qt.Key.Key_Space)
    assert not shell.rot.keeper.is_running
    dialog.close()


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("https://web.other.net/", "https://web.other.net"),
        ("http://plain.net", "https://archive.org"),
        ("http://127.0.0.1:8000", "http://127.0.0.1:8000"),
        ("nonsense", "https://archive.org"),
        ("https://me:secret@site.net", "https://archive.org"),
    ],
)
def test_the_archives_address(shell: Shell, typed: str, kept: str) -> None:
    shell.views.open_settings("links")
    dialog = QApplication.activeModalWidget()
    assert isinstance(dialog, SettingsDialog)
    choices = dialog.page.findChild(RotChoices)
    assert choices is not None
    choices.address.setFocus()
    choices.address.selectAll()
    QTest.keyClicks(choices.address, typed)
    QTest.keyClick(choices.address, Qt.Key.Key_Return)
    assert shell.settings.archive == kept
    assert choices.address.text() == kept
    dialog.close()


def test_what_is_allowed_is_kept(shell: Shell, folders: Path, qtbot: QtBot) -> None:
    shell.choose(Settings(watch_links=True, ask_archive=True))
    shell.saver.finish()
    found = json.loads((folders / "config" / "settings.json").read_text())
    assert (found["watch_links"], found["ask_archive"]) == (True, True)


def test_while_the_writers_server_cannot_be_asked_nothing_is_asked_from_here(
    shell: Shell, qtbot: QtBot
) -> None:
    account = Account("none", "sendoff", "None", "https://none.net")
    chosen = Settings(watch_links=True, check_where="server", check_account=account.id)
    shell.choose(chosen)
    assert not shell.rot.keeper.is_running
    qtbot.waitUntil(lambda: shell.checking.means.is_ready)
    QApplication.processEvents()
    assert not shell.rot.keeper.is_running
