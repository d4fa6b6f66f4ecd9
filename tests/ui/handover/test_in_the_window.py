"""Handing over in the whole window: its keys, its names, and what is kept while one writes."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication, QLabel
from pytestqt.qtbot import QtBot

from app.engagement import managing
from app.engagement.model import Account
from app.engagement.providers import PROVIDERS
from app.engagement.secrets import open_secrets
from app.handover.history import History, Kind
from app.handover.model import Field
from app.linkcheck.verdict import Reason
from app.ui import theme
from app.ui.handover.dialog import HandoverDialog
from app.ui.handover.history_dialog import IssueHistoryDialog
from app.ui.settings import Settings, Store
from app.ui.shell import Shell
from tests.handover.desk import DESKS, Desk
from tests.support.shells import end

from .conftest import Hands, Site

Start = Callable[..., Shell]


@pytest.fixture
def start(qtbot: QtBot, dressed: QApplication, desk: Desk, site: Site) -> Iterator[Start]:
    shells: list[Shell] = []
    settings = Settings(drafts_folder=str(desk.folder), allow_private=True)
    Store().save(settings)

    def start(*paths: Path) -> Shell:
        shell = Shell(Store())
        shells.append(shell)
        shell.show(paths)
        qtbot.waitUntil(lambda: shell.checking.is_started)
        return shell

    yield start
    end(*shells)
    theme.choose(theme.Appearance.LIGHT)


@pytest.fixture
def issue(desk: Desk, site: Site) -> Path:
    desk.draft.write_text(
        "---\nsubject: A quiet week\n---\n\n# A quiet week\n\n"
        f"[a]({site.url}/a) [b]({site.url}/gone)\n",
        encoding="utf-8",
    )
    return desk.draft


@pytest.fixture
def account(desk: Desk) -> Account:
    managing.add(desk.account, desk.key, open_secrets())
    return desk.account


def hands_in(qtbot: QtBot, shell: Shell) -> Hands:
    """Hands in the dialog of the command, once all is known."""
    shell.window.commands["hand_over"].trigger()
    found: list[HandoverDialog] = []

    def opened() -> bool:
        found[:] = shell.window.findChildren(HandoverDialog)
        return bool(found)

    qtbot.waitUntil(opened)
    hands = Hands(qtbot, found[0])
    hands.settle()
    return hands


@pytest.mark.usefixtures("account")
@pytest.mark.parametrize("desk", sorted(DESKS), indirect=True)
def test_from_the_text_to_the_draft_and_its_history_by_keys(
    qtbot: QtBot, start: Start, issue: Path, desk: Desk
) -> None:
    desk.picture("cat.png")
    with issue.open("a", encoding="utf-8") as file:
        file.write("\n![A cat](cat.png)\n")
    shell = start(issue)
    hands = hands_in(qtbot, shell)
    hands.wait(lambda: hands.dialog.checks.sentence.text() != "Looking the draft over…")
    told = [each.text() for each in hands.dialog.checks.findChildren(QLabel)]
    assert not any("this computer" in each for each in told)  # that is seen to here
    assert "1 picture will be put online first." in hands.there
    hands.hand_over()
    (draft,) = desk.drafts()
    assert "cat.png" in draft[Field.BODY]
    assert ".invalid" not in draft[Field.BODY]
    hands.dialog.close()
    shell.window.commands["issue_history"].trigger()
    qtbot.waitUntil(lambda: bool(shell.window.findChildren(IssueHistoryDialog)))
    (history,) = shell.window.findChildren(IssueHistoryDialog)
    qtbot.waitUntil(lambda: len(history.model.rows) == 1)
    assert history.model.rows[0].what == f"Handed over to {PROVIDERS[desk.provider]}, as a draft"
    assert history.view.isEnabled()
    history.close()


def test_to_go_to_a_link_leads_into_the_text(qtbot: QtBot, start: Start, issue: Path) -> None:
    shell = start(issue)
    hands = hands_in(qtbot, shell)
    hands.push("Go to it")
    sheet = shell.desk.current
    assert sheet is not None
    assert sheet.editor is not None
    assert sheet.editor.selection.caret[0] == 6


@pytest.mark.usefixtures("account")
def test_the_history_follows_the_draft_when_it_is_renamed(
    qtbot: QtBot, start: Start, issue: Path
) -> None:
    shell = start(issue)
    hands = hands_in(qtbot, shell)
    hands.hand_over()
    hands.dialog.close()
    sheet = shell.desk.current
    assert sheet is not None
    renamed = issue.with_name("renamed.md")
    sheet.rename(renamed)
    qtbot.waitUntil(lambda: sheet.path == renamed)

    def has_followed() -> bool:
        history = History()
        try:
            return [each.kind for each in history.events(renamed)] == [Kind.HANDED]
        finally:
            history.close()

    qtbot.waitUntil(has_followed)
    hands = hands_in(qtbot, shell)
    assert "nothing will be changed" in hands.there
    hands.dialog.close()


def test_what_checks_find_while_one_writes_is_kept_for_the_gate(
    qtbot: QtBot, start: Start, issue: Path, site: Site
) -> None:
    start(issue)

    def is_kept() -> bool:
        history = History()
        try:
            kept = history.links(issue)
        finally:
            history.close()
        return {url: each.reason for url, each in kept.items()} == {
            f"{site.url}/a": Reason.OK,
            f"{site.url}/gone": Reason.NOT_FOUND,
        }

    qtbot.waitUntil(is_kept)


def test_a_draft_without_a_file_gets_it_first(qtbot: QtBot, start: Start, issue: Path) -> None:
    shell = start()
    shell.window.commands["new"].trigger()
    sheet = shell.desk.current
    assert sheet is not None
    shell.window.commands["hand_over"].trigger()
    assert shell.window.findChildren(HandoverDialog) == []
    sheet.draft.replace_lines(["# Brand new", "", "Words."])
    shell.window.commands["hand_over"].trigger()
    qtbot.waitUntil(lambda: bool(shell.window.findChildren(HandoverDialog)))
    assert sheet.path is not None
    shell.window.findChildren(HandoverDialog)[0].close()
