"""A dangerous link in the window: from the settings to the mark, and until it is mended."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.linkcheck.verdict import Reason, Status, Verdict
from app.ui import own_list
from app.ui.dialogs.settings.dialog import SettingsDialog
from app.ui.dialogs.settings.own_lists import OwnListsPage
from app.ui.dialogs.settings.reputation import ReputationPage
from app.ui.editor.editor import DraftEditor
from app.ui.panels.links import LinksPanel
from app.ui.settings import Settings, Store
from app.ui.shell import Shell
from tests.support.reputation_servers import DnsServer
from tests.support.shells import end

DRAFT = "# One\n\nA [bad](https://bad.invalid/) and a [good](https://good.invalid/) link.\n"
BAD = "https://bad.invalid/"
SURBL = "multi.surbl.org"
LISTED: dict[str, Sequence[str]] = {
    f"test.surbl.org.{SURBL}": ["127.0.0.254"],
    f"bad.invalid.{SURBL}": ["127.0.0.8"],
}


@pytest.fixture
def names() -> Iterator[DnsServer]:
    with DnsServer(dict(LISTED)) as server:
        yield server


@pytest.fixture
def shell(qtbot: QtBot, dressed: QApplication, folders: Path, names: DnsServer) -> Iterator[Shell]:
    folder = folders / "drafts"
    folder.mkdir()
    (folder / "one.md").write_text(DRAFT)
    servers = "{}:{}".format(*names.address)
    Store().save(Settings(drafts_folder=str(folder), name_servers=servers))
    made = Shell(Store())
    made.show([folder / "one.md"])
    qtbot.waitUntil(lambda: made.checking.is_started)
    yield made
    end(made)


def verdict_of(shell: Shell, url: str) -> Verdict:
    sheet = shell.desk.current
    assert sheet is not None
    return next(each.verdict for each in sheet.draft.proof.links() if each.url == url)


def editor_of(shell: Shell) -> DraftEditor:
    assert shell.desk.current is not None
    assert shell.desk.current.editor is not None
    return shell.desk.current.editor


def test_a_flagged_link_is_blocked_in_editor_panel_and_card_until_it_is_mended(
    qtbot: QtBot, shell: Shell
) -> None:
    qtbot.waitUntil(lambda: verdict_of(shell, BAD).reason is Reason.NO_SUCH_HOST)
    shell.views.open_settings("reputation")
    dialog = shell.window.findChild(SettingsDialog)
    assert dialog is not None
    assert isinstance(dialog.page, ReputationPage)
    surbl = next(block for block in dialog.page.blocks.values() if block.service == "surbl")
    surbl.switch.setFocus()
    QTest.keyClick(surbl.switch, Qt.Key.Key_Space)
    dialog.close()
    qtbot.waitUntil(lambda: verdict_of(shell, BAD).status is Status.BLOCK)

    panel = shell.window.findChild(LinksPanel)
    assert panel is not None
    rows = panel.model
    qtbot.waitUntil(lambda: rows.rows[0].verdict.reason is Reason.SURBL)  # the worst stands first
    editor = editor_of(shell)
    editor.go_to(2, 4)
    QTest.keyClick(editor, Qt.Key.Key_Period, Qt.KeyboardModifier.ControlModifier)
    card = editor.card
    assert card.isVisible()
    assert "SURBL" in card.text.title + card.text.sentence
    assert "phishing" in str(card.text.facts)
    card.dismiss()
    assert shell.desk.current is not None
    assert shell.desk.current.draft.proof.counts[Status.BLOCK] == 1

    editor.selectAll()
    QTest.keyClicks(editor, "# One, and no bad link any more")
    assert shell.desk.current.draft.proof.counts[Status.BLOCK] == 0
    qtbot.waitUntil(lambda: Store().load().reputation == ("surbl",))


def test_a_card_blocks_a_site_and_the_settings_free_it(qtbot: QtBot, shell: Shell) -> None:
    qtbot.waitUntil(lambda: verdict_of(shell, BAD).reason is Reason.NO_SUCH_HOST)
    shell.checking.means.rule("bad.invalid", True)
    qtbot.waitUntil(lambda: verdict_of(shell, BAD).reason is Reason.LISTED)
    notice = shell.window.notices.notices[0]
    assert notice.text == "Links to bad.invalid are blocked."
    notice.choices[0].run()
    dialog = shell.window.findChild(SettingsDialog)
    assert dialog is not None
    page = dialog.page
    assert isinstance(page, OwnListsPage)
    qtbot.waitUntil(lambda: not page.list.isReadOnly())
    assert page.list.toPlainText() == "block bad.invalid\n"
    page.list.selectAll()
    QTest.keyClick(page.list, Qt.Key.Key_Delete)
    qtbot.waitUntil(lambda: own_list.read() == "")
    qtbot.waitUntil(lambda: verdict_of(shell, BAD).reason is Reason.NO_SUCH_HOST)
    dialog.close()


def test_a_service_that_is_no_use_is_told_with_the_way_to_its_page(
    qtbot: QtBot, shell: Shell, names: DnsServer
) -> None:
    names.answers[f"test.surbl.org.{SURBL}"] = ["127.0.0.1"]
    shell.choose(replace(shell.settings, reputation=("surbl",)))
    qtbot.waitUntil(lambda: bool(shell.window.notices.notices))
    (notice,) = shell.window.notices.notices
    assert "open resolvers are refused" in notice.text
    panel = shell.window.findChild(LinksPanel)
    assert panel is not None
    qtbot.waitUntil(lambda: bool(panel.model.rows))
    said = [panel.model.data(panel.model.index(row)) for row in range(panel.model.rowCount())]
    assert not [words for words in said if "eputation" in str(words)], "not on every link"
    notice.choices[0].run()
    dialog = shell.window.findChild(SettingsDialog)
    assert dialog is not None
    page = dialog.page
    assert isinstance(page, ReputationPage)
    states = [block.state.text() for block in page.blocks.values() if block.state.text()]
    assert len(states) == 1, "shown once, at the service"
    dialog.close()
    shell.choose(replace(shell.settings, reputation=()))
    qtbot.waitUntil(lambda: not shell.window.notices.notices)
