"""The clicks of a sent issue beside its draft, and what earlier issues tell in the card."""

from pathlib import Path

import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.engagement import accounts
from app.engagement.matching import draft_text
from app.engagement.model import Account, LinkRecord
from app.engagement.reports.link_lore import IssueClicks
from app.engagement.reports.queries import LinkRow
from app.engagement.store.matches import Matches
from app.engagement.store.schema import store_file
from app.ui.editor.clicks import ClickGutter
from app.ui.settings import Settings, Store
from app.ui.shell import Shell
from tests.engagement.reports.stocked import full, links, stock, told
from tests.support.shells import end
from tests.ui.editor.conftest import Desk, MakeDesk

A, B = "https://a.example/x", "https://b.example/y"
CLICKS = IssueClicks(
    "a", "i", "One", (LinkRow(1, A, "A", 12, 15, 0.75), LinkRow(2, B, "B", 4, 5, 0.25)), 1_790_000
)
TEXT = f"# One\n\nSee [A]({A}).\n\nAnd [B]({B}), [C](https://c.example/)."


def gutter_of(desk: Desk, qtbot: QtBot) -> ClickGutter:
    gutter = ClickGutter(desk.editor, CLICKS)
    qtbot.waitUntil(lambda: bool(gutter.placed))
    return gutter


def lines(gutter: ClickGutter) -> list[tuple[int, int | None]]:
    return [(each.line, each.spot.count) for each in gutter.placed]


def test_each_link_has_its_number_beside_its_row(make_desk: MakeDesk, qtbot: QtBot) -> None:
    desk = make_desk(TEXT)
    gutter = gutter_of(desk, qtbot)
    assert lines(gutter) == [(2, 12), (4, 4)]
    (top, height, _), _ = gutter._rows()
    told_ = gutter.text_at(QPointF(5, top + height / 2))
    assert "12 people, 15 clicks, 75.0 % of 20 clicks" in told_
    assert "“One”" in told_
    before = gutter.grab().toImage()
    gutter.placed = []
    assert gutter.grab().toImage() != before


def test_numbers_move_along_with_their_lines(make_desk: MakeDesk, qtbot: QtBot) -> None:
    desk = make_desk(TEXT)
    gutter = gutter_of(desk, qtbot)
    desk.put_caret(0, 5)
    for words in ("more", "and more"):
        QTest.keyClick(desk.editor, Qt.Key.Key_Return)
        desk.type(words)
    assert lines(gutter) == [(4, 12), (6, 4)]
    qtbot.wait(500)
    qtbot.waitUntil(lambda: not gutter._is_placing)
    assert lines(gutter) == [(4, 12), (6, 4)]


def test_a_link_that_is_taken_out_loses_its_number_and_undo_brings_it_back(
    make_desk: MakeDesk, qtbot: QtBot
) -> None:
    desk = make_desk(TEXT)
    gutter = gutter_of(desk, qtbot)
    desk.draft.replace_lines(["# One", "", f"And [B]({B})."])
    qtbot.waitUntil(lambda: lines(gutter) == [(2, 4)])
    desk.undo()
    qtbot.waitUntil(lambda: lines(gutter) == [(2, 12), (4, 4)])


def test_it_stays_beside_the_text_when_the_window_changes(
    make_desk: MakeDesk, qtbot: QtBot
) -> None:
    desk = make_desk(TEXT)
    gutter = gutter_of(desk, qtbot)
    for width in (500, 1200):
        desk.editor.resize(width, 500)
        QApplication.processEvents()
        area = desk.editor.viewport().geometry()
        assert gutter.geometry().right() <= desk.editor.width()
        assert gutter.geometry().left() > area.center().x()
        assert gutter.height() == area.height()


@pytest.fixture
def drafts(folders: Path) -> Path:
    drafts = folders / "drafts"
    drafts.mkdir()
    (drafts / "one.md").write_text(f"---\nsubject: One\n---\n\nSee [A]({A}) and [B]({B}).\n")
    (drafts / "new.md").write_text(f"# New\n\n[Again]({A})\n")
    Store().save(Settings(drafts_folder=str(drafts), check_links=False))
    return drafts


@pytest.fixture
def account(folders: Path) -> Account:
    account = accounts.new("ghost", "Site", "http://127.0.0.1:9")
    accounts.add(account)
    detail = links(
        "i1",
        LinkRecord(1, A, "A", clicks=told(15), clickers=told(12)),
        LinkRecord(2, B, "B", clicks=told(5), clickers=told(4)),
    )
    stock(store_file(), account, full(1, "One", 60, 16), detail)
    return account


def started(qtbot: QtBot, *paths: Path) -> Shell:
    shell = Shell(Store())
    shell.show(paths)
    qtbot.waitUntil(lambda: shell.clicks._is_started or shell.checking.is_started)
    return shell


def test_the_writer_says_once_that_it_is_the_draft(
    qtbot: QtBot, dressed: QApplication, drafts: Path, account: Account
) -> None:
    shell = started(qtbot, drafts / "one.md")
    try:
        key = f"draft-of-{drafts / 'one.md'}"
        bars = shell.window.notices
        qtbot.waitUntil(lambda: key in [each.key for each in bars.notices])
        assert shell.clicks._gutters == {}
        next(each for each in bars.notices if each.key == key).choices[0].run()
        qtbot.waitUntil(lambda: len(shell.clicks._gutters) == 1)
        (gutter,) = shell.clicks._gutters.values()
        qtbot.waitUntil(lambda: [each.spot.count for each in gutter.placed] == [12, 4])
        shell.window.commands["show_clicks"].trigger()
        assert shell.clicks._gutters == {}
        assert not shell.settings.show_clicks
        shell.window.commands["show_clicks"].trigger()
        assert len(shell.clicks._gutters) == 1
    finally:
        end(shell)


def test_the_card_of_a_link_tells_its_record(
    qtbot: QtBot, dressed: QApplication, drafts: Path, account: Account
) -> None:
    matches = Matches()
    matches.confirm(account.id, "i1", draft_text(str(drafts / "one.md"), {"subject": "One"}, A))
    matches.close()
    shell = started(qtbot, drafts / "new.md")
    try:
        qtbot.waitUntil(lambda: bool(shell.clicks.facts(A)))
        sheet = shell.desk.current
        assert sheet is not None
        editor = sheet.editor
        assert editor is not None
        qtbot.waitUntil(lambda: editor.draft is not None and editor.draft.is_settled)
        editor.go_to(2, 12)
        editor.show_card()
        assert ("Record", shell.clicks.facts(A)[0][1]) in editor.card.text.facts
        assert "20.0 % of openers clicked" in editor.card.text.spoken()
        editor.card.dismiss()
    finally:
        end(shell)


def test_the_card_tells_the_clicks_beside_the_row_for_the_keyboard(
    qtbot: QtBot, dressed: QApplication, drafts: Path, account: Account
) -> None:
    matches = Matches()
    matches.confirm(account.id, "i1", draft_text(str(drafts / "one.md"), {"subject": "One"}, A))
    matches.close()
    shell = started(qtbot, drafts / "one.md")
    try:
        path = str(drafts / "one.md")
        qtbot.waitUntil(lambda: bool(shell.clicks.facts(A, path)))
        sheet = shell.desk.current
        assert sheet is not None
        editor = sheet.editor
        assert editor is not None
        qtbot.waitUntil(lambda: editor.draft is not None and editor.draft.is_settled)
        editor.go_to(4, 10)
        QTest.keyClick(editor, Qt.Key.Key_Period, Qt.KeyboardModifier.ControlModifier)
        assert ("Clicks", "12 people, 15 clicks, 75.0 % of 20 clicks") in editor.card.text.facts
        assert not [name for name, _ in editor.card.text.facts if name == "Record"]
        editor.card.dismiss()
    finally:
        end(shell)


def test_without_accounts_nothing_is_loaded(
    qtbot: QtBot, dressed: QApplication, drafts: Path
) -> None:
    shell = started(qtbot, drafts / "one.md")
    try:
        shell.clicks.start()
        assert not shell.clicks._is_started
        assert not shell.clicks._rest.isActive()
        assert shell.clicks.facts(A) == []
    finally:
        end(shell)
