"""What the writer says of a publication, and what follows for the checks of its drafts."""

import json
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from app.engagement import accounts
from app.engagement.model import Account, Count, Dimension, Figures, IssueDetail, SeriesPoint
from app.engagement.store.schema import store_file
from app.preflight import Platform
from app.ui.preflight import sending
from app.ui.preflight.sending import Sending
from tests.engagement.reports.stocked import issue, stock
from tests.ui.preflight.conftest import Look, Looked

DRAFT = "---\nsubject: A letter\n---\n\nHello {{ subscriber.metadata.name }} and {{ nonsense }}.\n"
FILM = "---\nsubject: A letter\n---\n\nSee ![a harbour](https://a.example/harbour.webp) here.\n"


def choose(looked: Looked, words: str) -> None:
    """By the keyboard, in the menu at the foot of the checks."""
    foot = looked.panel.foot
    foot.button.setFocus()
    foot.menu.aboutToShow.emit()
    action = next(each for each in foot.menu.actions() if each.text() == words)
    action.trigger()
    QApplication.processEvents()


def test_tags_are_judged_once_the_platform_is_said(look: Look, path: Path) -> None:
    looked = look(DRAFT)
    looked.do("show_checks")
    assert "merge.unknown" not in looked.rules(), "nobody said who sends it"
    assert looked.panel.foot.button.text() == "Sent with: not said"
    choose(looked, "Buttondown")
    looked.qtbot.waitUntil(lambda: "merge.unknown" in looked.rules())
    looked.wait()
    assert looked.panel.foot.button.accessibleName() == "Sent with: Buttondown"
    assert sending.load(path.parent).platform is Platform.BUTTONDOWN
    choose(looked, "Not said")
    looked.qtbot.waitUntil(lambda: "merge.unknown" not in looked.rules())
    looked.wait()


def test_what_was_said_holds_for_all_drafts_of_the_folder_and_for_no_other(
    look: Look, path: Path, folders: Path
) -> None:
    sending.save(path.parent, Sending(platform=Platform.GHOST))
    elsewhere = folders / "other" / "two.md"
    elsewhere.parent.mkdir()
    elsewhere.write_text(DRAFT)
    looked = look(DRAFT)
    assert looked.findings.around.setting.platform is Platform.GHOST
    looked.shell.desk.open(elsewhere)
    looked.wait()
    assert looked.findings.around.setting.platform is None


@pytest.mark.parametrize(
    "content", ["", "[]", "{", '{"platform": 3, "sender": []}', '{"platform": "pigeon"}']
)
def test_a_damaged_file_says_nothing(path: Path, content: str) -> None:
    sending.save(path.parent, Sending(Platform.GHOST, "a1", "Ada"))
    file = sending._file(path.parent)
    assert json.loads(file.read_text())["platform"] == "ghost"
    file.write_text(content)
    assert sending.load(path.parent) == Sending()


def test_the_readers_that_reports_know_are_named(look: Look, folders: Path) -> None:
    account = Account("a1", "listmonk", "Lists", "https://lists.example.com")
    point = SeriesPoint(Dimension.CLIENT, "Outlook", Figures(openers=Count(40)))
    other = SeriesPoint(Dimension.CLIENT, "Apple Mail", Figures(openers=Count(60)))
    detail = IssueDetail("i1", (), (point, other), frozenset((Dimension.CLIENT,)), None)
    stock(store_file(), account, issue(1, "One"), detail)
    accounts.add(account)
    looked = look(FILM)
    looked.do("show_checks")
    looked.pick("client.lost")
    assert looked.panel.detail.more.text() == "", "nobody said whose readers these are"
    choose(looked, "Lists")
    looked.qtbot.waitUntil(lambda: bool(looked.panel.detail.more.text()))
    assert looked.panel.detail.more.text() == (
        "Used by up to 40 % of the readers whose mail program is known."
    )
    assert "readers of Lists" in looked.panel.foot.button.accessibleName()
    at = looked.panel.model.rows.index(looked.row("client.lost"))
    assert "40 %" in looked.panel.model.index(at, 0).data(Qt.ItemDataRole.ToolTipRole)
    looked.wait()
