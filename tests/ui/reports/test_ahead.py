"""What is made of the reports before it is looked at, in turns of the event loop."""

import sys

import pytest
from pytestqt.qtbot import QtBot

from app.ui.reports.issues.page import IssuesPage
from app.ui.reports.room import ReportsRoom
from app.ui.session import ReportsPlace
from app.ui.shell import Shell
from tests.ui.reports.conftest import Start
from tests.ui.reports.stocked import stock_own


def enter(qtbot: QtBot, shell: Shell) -> ReportsRoom:
    shell.window.commands["show_reports"].trigger()
    qtbot.waitUntil(lambda: shell.rooms.reports is not None)
    room = shell.rooms.reports
    assert room is not None
    qtbot.waitUntil(lambda: room.shown is room.list)
    return room


def is_rehearsed(room: ReportsRoom) -> bool:
    """Whether the page was made, and its last part shows something."""
    compared = getattr(vars(room).get("issue"), "_compare", None)
    return compared is not None and compared.other is not None


def test_an_issues_page_is_made_and_rehearsed_while_the_list_is_shown(
    qtbot: QtBot, start: Start
) -> None:
    stock_own()
    room = enter(qtbot, start())
    qtbot.waitUntil(lambda: is_rehearsed(room))
    assert "app.linkrot.service" in sys.modules
    assert room.shown is room.list
    assert room.issue.data is None, "nobody has asked for it"
    assert room.shown_issue is None
    assert room.place.issue == ""


def test_what_was_rehearsed_in_the_midst_of_a_sync_is_rehearsed_once_more_at_its_end(
    qtbot: QtBot, start: Start
) -> None:
    stock_own()
    shell = start()
    shell.engagement.running["a1"] = (0, None)
    room = enter(qtbot, shell)
    qtbot.waitUntil(lambda: is_rehearsed(room))
    rehearsals: list[object] = []
    room.loader.rehearsal_loaded.connect(rehearsals.append)

    def read() -> None:
        with qtbot.waitSignal(room.loader.loaded):
            room.reload()

    read()
    shell.engagement.running.clear()
    read()
    qtbot.waitUntil(lambda: len(rehearsals) == 1)
    read()
    with qtbot.waitSignal(room.loader.trends_loaded):  # after whatever was asked for before
        room.loader.load_trends("", "all")
    assert len(rehearsals) == 1


def test_whoever_opens_another_issue_sees_that_one(qtbot: QtBot, start: Start) -> None:
    stock_own()
    room = enter(qtbot, start())
    qtbot.waitUntil(lambda: is_rehearsed(room))
    rehearsed, *others = room.list.table.shown
    room.show_issue(others[-1].account, others[-1].id)
    qtbot.waitUntil(lambda: room.shown is room.issue)
    assert room.issue.data is not None
    assert room.issue.data.row.id == others[-1].id != rehearsed.id
    assert room.issue._subject.text() == others[-1].subject


def test_whoever_opens_an_issue_before_all_is_ready_sees_it_whole(
    qtbot: QtBot, start: Start
) -> None:
    stock_own()
    room = enter(qtbot, start())
    shown = room.list.table.shown[0]
    room.show_issue(shown.account, shown.id)
    qtbot.waitUntil(lambda: room.shown is room.issue)
    assert not room.issue.prepare(), "all of it is made"
    assert room.issue._subject.text() == shown.subject
    before = room.issue.data
    qtbot.wait(100)
    assert room.issue.data is before


def test_a_window_that_is_closed_while_its_reports_are_made_shows_none(
    qtbot: QtBot, start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    stock_own()
    shell = start()
    make, made = shell.rooms._make_reports, []

    def make_and_close(place: ReportsPlace, issues: IssuesPage) -> ReportsRoom:
        made.append(make(place, issues))
        shell.rooms.close()
        return made[-1]

    monkeypatch.setattr(shell.rooms, "_make_reports", make_and_close)
    shell.window.commands["show_reports"].trigger()
    qtbot.waitUntil(lambda: bool(made))
    qtbot.wait(50)
    assert shell.rooms.reports is None
    assert not shell.window.findChildren(ReportsRoom)
