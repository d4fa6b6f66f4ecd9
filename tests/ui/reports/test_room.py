"""The room of reports in the whole window, driven by keys."""

import threading
import time
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QApplication, QDialog, QWidget
from pytestqt.qtbot import QtBot

from app.engagement.model import Gone, Tombstone
from app.engagement.secrets import SessionSecrets
from app.engagement.store.schema import store_file
from app.ui import session as sessions
from app.ui.main_window import RoomSwitch
from app.ui.reports.room import ReportsRoom
from app.ui.shell import Shell
from tests.ui.reports.conftest import Start
from tests.ui.reports.stocked import (
    DAY,
    OTHER,
    OWN,
    START,
    full,
    hours,
    set_status,
    stock,
    stock_both,
    stock_own,
    told,
    write_accounts,
)

CONTROL_SHIFT = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier


def room_of(qtbot: QtBot, shell: Shell) -> ReportsRoom:
    qtbot.waitUntil(lambda: shell.rooms.reports is not None)
    assert shell.rooms.reports is not None
    return shell.rooms.reports


def enter(qtbot: QtBot, shell: Shell) -> ReportsRoom:
    """Go into the room by keys, and wait for its list."""
    focus: QWidget = QApplication.focusWidget() or shell.window
    qtbot.keyClick(focus, Qt.Key.Key_2, CONTROL_SHIFT)
    room = room_of(qtbot, shell)
    qtbot.waitUntil(lambda: room.shown is room.list)
    return room


def open_issue(qtbot: QtBot, room: ReportsRoom) -> None:
    qtbot.waitUntil(room.list.table.hasFocus)
    qtbot.keyClick(room.list.table, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: room.shown is room.issue)


def subjects(room: ReportsRoom) -> list[str]:
    return [line.row.subject for line in room.list.table.issues.lines]


def where(room: ReportsRoom) -> tuple[str, str]:
    return room.place.account, room.place.issue


# between the rooms


def test_keys_lead_to_the_reports_and_back_to_the_text(
    qtbot: QtBot, start: Start, folder: Path
) -> None:
    stock_own()
    shell = start(folder / "one.md")
    assert not shell.window.findChildren(ReportsRoom), "made at its first showing"
    room = enter(qtbot, shell)
    qtbot.waitUntil(room.list.table.hasFocus)
    assert shell.window.windowTitle() == "Reports – Sendoff"
    assert not shell.window.columns.isVisible()
    status = shell.window.status
    assert status.hint.text().startswith("Enter opens")
    assert status.hint.isVisible()
    assert not status.network.isVisible(), "it is of the draft's links"
    qtbot.keyClick(room.list.table, Qt.Key.Key_1, CONTROL_SHIFT)
    assert status.network.isVisible()
    assert not status.hint.isVisible()
    assert shell.window.columns.isVisible()
    assert shell.desk.current is not None
    assert shell.desk.current.editor is not None
    assert shell.desk.current.editor.hasFocus()
    assert shell.window.windowTitle() == "One – Sendoff"


def test_the_switch_stands_at_the_same_place_in_both_rooms(
    qtbot: QtBot, start: Start, folder: Path
) -> None:
    stock_own()
    shell = start(folder / "one.md")

    def place() -> tuple[QPoint, list[bool]]:
        (seen,) = [each for each in shell.window.findChildren(RoomSwitch) if each.isVisible()]
        checked = [tab.isChecked() for tab in seen.tabs.values()]
        return seen.mapTo(shell.window, QPoint(0, 0)), checked

    assert place()[1] == [True, False]
    before = place()[0]
    (seen,) = [each for each in shell.window.findChildren(RoomSwitch) if each.isVisible()]
    qtbot.mouseClick(seen.tabs["reports"], Qt.MouseButton.LeftButton)
    room = room_of(qtbot, shell)
    qtbot.waitUntil(lambda: room.shown is room.list)
    assert place() == (before, [False, True])
    qtbot.mouseClick(room.switch.tabs["write"], Qt.MouseButton.LeftButton)
    assert place() == (before, [True, False])


def test_commands_of_the_other_room_are_off(qtbot: QtBot, start: Start, folder: Path) -> None:
    stock_own()
    shell = start(folder / "one.md")
    commands = shell.window.commands
    assert commands["bold"].isEnabled()
    assert not commands["next_issue"].isEnabled()
    room = enter(qtbot, shell)
    for name in ("bold", "undo", "save", "show_preview", "focus", "find"):
        assert not commands[name].isEnabled(), name
    for name in ("next_issue", "export_issues", "sync_now", "new", "open"):
        assert commands[name].isEnabled(), name
    text = shell.desk.current.draft.lines if shell.desk.current else []
    qtbot.keyClick(room.list.table, Qt.Key.Key_B, Qt.KeyboardModifier.ControlModifier)
    assert (shell.desk.current.draft.lines if shell.desk.current else []) == text
    commands["show_write"].trigger()
    assert commands["bold"].isEnabled()
    assert not commands["next_issue"].isEnabled()


def test_a_new_draft_leads_back_to_the_desk(qtbot: QtBot, start: Start, folder: Path) -> None:
    stock_own()
    shell = start(folder / "one.md")
    enter(qtbot, shell)
    shell.window.commands["new"].trigger()
    assert shell.window.columns.isVisible()
    enter(qtbot, shell)
    assert shell.desk.current is not None
    shell.desk.show(shell.desk.current)  # the one that is current already
    assert shell.window.columns.isVisible()


def test_showing_the_reports_ends_the_focus_on_the_text(
    qtbot: QtBot, start: Start, folder: Path
) -> None:
    stock_own()
    shell = start(folder / "one.md")
    shell.window.commands["focus"].trigger()
    enter(qtbot, shell)
    assert shell.window.menuBar().isVisible()
    assert shell.window.status.isVisible()


def test_f6_goes_through_the_parts_of_a_page(qtbot: QtBot, start: Start) -> None:
    stock_own()
    shell = start()
    room = enter(qtbot, shell)
    step = shell.window.commands["next_pane"].trigger
    focus = shell.window.focusWidget
    assert focus() is room.list.table
    step()
    assert focus() is room.tabs["issues"]
    step()
    assert focus() is room.list.bar.text
    shell.window.commands["previous_pane"].trigger()
    shell.window.commands["previous_pane"].trigger()
    assert focus() is room.list.table
    open_issue(qtbot, room)
    parts = [pane for pane in room.issue.panes if pane.isVisible()]
    assert len(parts) > 1
    for pane in (*parts[1:], parts[0]):
        step()
        assert focus() is pane or pane.isAncestorOf(focus())
    room._turn("trends")
    qtbot.waitUntil(lambda: room.trends.trends is not None)
    room.focus()
    step()
    assert room.trends.views["clicks"].isAncestorOf(focus())


# list -> issue -> back


def test_enter_opens_an_issue_and_escape_leads_back_to_its_row(qtbot: QtBot, start: Start) -> None:
    stock_own()
    shell = start()
    room = enter(qtbot, shell)
    qtbot.waitUntil(room.list.table.hasFocus)
    qtbot.keyClick(room.list.table, Qt.Key.Key_Down)
    open_issue(qtbot, room)
    assert where(room) == (OWN.id, "i2")
    focus = QApplication.focusWidget()
    assert focus is not None
    qtbot.keyClick(focus, Qt.Key.Key_Escape)
    assert room.shown is room.list
    assert room.list.table.hasFocus()
    assert room.list.table.current == (OWN.id, "i2")


def test_alt_left_leads_back_and_alt_page_keys_through_the_list(qtbot: QtBot, start: Start) -> None:
    stock_own()
    shell = start()
    room = enter(qtbot, shell)
    open_issue(qtbot, room)
    alt = Qt.KeyboardModifier.AltModifier
    qtbot.keyClick(shell.window, Qt.Key.Key_PageDown, alt)
    qtbot.waitUntil(lambda: where(room) == (OWN.id, "i2"))
    qtbot.keyClick(shell.window, Qt.Key.Key_PageDown, alt)
    qtbot.keyClick(shell.window, Qt.Key.Key_PageDown, alt)
    qtbot.waitUntil(lambda: where(room) == (OWN.id, "i1"))
    qtbot.keyClick(shell.window, Qt.Key.Key_PageUp, alt)
    qtbot.waitUntil(lambda: where(room) == (OWN.id, "i2"))
    qtbot.keyClick(shell.window, Qt.Key.Key_Left, alt)
    assert room.shown is room.list
    assert room.list.table.current == (OWN.id, "i2")


def test_trends_have_a_tab(qtbot: QtBot, start: Start) -> None:
    stock_own()
    shell = start()
    room = enter(qtbot, shell)
    qtbot.mouseClick(room.tabs["trends"], Qt.MouseButton.LeftButton)
    assert room.trends.isVisible()
    qtbot.waitUntil(lambda: room.trends.trends is not None)
    qtbot.mouseClick(room.tabs["issues"], Qt.MouseButton.LeftButton)
    assert room.list.isVisible()


def test_control_f_filters_in_the_reports(qtbot: QtBot, start: Start, folder: Path) -> None:
    stock_own()
    shell = start(folder / "one.md")
    room = enter(qtbot, shell)
    qtbot.waitUntil(room.list.table.hasFocus)
    qtbot.keyClick(room.list.table, Qt.Key.Key_F, Qt.KeyboardModifier.ControlModifier)
    assert room.list.bar.text.hasFocus()


# what is kept


def test_the_next_start_shows_the_same_issue(qtbot: QtBot, start: Start, folder: Path) -> None:
    stock_own()
    first = start(folder / "one.md")
    room = enter(qtbot, first)
    room.list.table.sort("opens")
    qtbot.keyClick(room.list.table, Qt.Key.Key_Down)
    open_issue(qtbot, room)
    key = where(room)
    first.window.close()

    second = start()
    assert second.rooms.shown == "reports"
    assert not second.window.columns.isVisible(), "no flash of the desk"
    room = room_of(qtbot, second)
    qtbot.waitUntil(lambda: room.shown is room.issue)
    assert where(room) == key
    assert room.list.sort == "-opens"
    assert second.desk.current is not None, "the draft is there behind it"


def test_a_start_with_a_draft_shows_the_draft(qtbot: QtBot, start: Start, folder: Path) -> None:
    stock_own()
    first = start()
    enter(qtbot, first)
    first.window.close()
    second = start(folder / "one.md")
    assert second.rooms.shown == "write"
    assert second.window.columns.isVisible()


def test_an_issue_that_is_gone_leads_to_the_list(qtbot: QtBot, start: Start) -> None:
    stock_own()
    kept = sessions.Session(
        room="reports", reports=sessions.ReportsPlace(account=OWN.id, issue="none")
    )
    sessions.save(kept, sessions.path())
    room = room_of(qtbot, start())
    qtbot.waitUntil(lambda: where(room) == ("", ""))
    qtbot.waitUntil(lambda: room.shown is room.list)


def test_an_issue_that_is_deleted_while_it_is_read_says_so(qtbot: QtBot, start: Start) -> None:
    stock_own()
    room = enter(qtbot, start())
    open_issue(qtbot, room)
    account, name = room.place.account, room.place.issue
    stock(store_file(), OWN, Tombstone(Gone.ISSUE, name))
    room.reload()
    qtbot.waitUntil(lambda: "deleted at the platform" in room.issue._notes.text())
    assert room.shown is room.issue
    assert (room.place.account, room.place.issue) == (account, name)


def test_a_session_that_makes_no_sense_is_no_trouble(qtbot: QtBot, start: Start) -> None:
    stock_own()
    sessions.path().parent.mkdir(parents=True, exist_ok=True)
    sessions.path().write_text(
        '{"room": "cellar", "reports": {"tab": 3, "columns": [1], "sort": "-nothing"}}'
    )
    shell = start()
    assert shell.rooms.shown == "write"
    assert enter(qtbot, shell).list.sort == "-date"


# what is shown


def test_without_an_account_the_way_to_the_first_one_is_shown(qtbot: QtBot, start: Start) -> None:
    shell = start()
    shell.window.commands["show_reports"].trigger()
    room = room_of(qtbot, shell)
    qtbot.waitUntil(lambda: room.shown is room.invitation)
    assert not room.state.isVisible()
    qtbot.waitUntil(room.invitation.button.hasFocus)
    qtbot.keyClick(room.invitation.button, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: shell.window.findChild(QDialog) is not None)
    dialog = shell.window.findChild(QDialog)
    assert dialog is not None
    dialog.close()


def test_an_account_without_issues_says_so(qtbot: QtBot, start: Start) -> None:
    write_accounts(OWN)
    set_status(OWN, state="current", synced_at=START)
    shell = start()
    shell.window.commands["show_reports"].trigger()
    room = room_of(qtbot, shell)
    qtbot.waitUntil(lambda: room.waiting.accessibleName() == "No issue yet")
    assert room.shown is room.waiting


def test_an_account_that_could_never_be_read_is_not_said_to_have_no_issue(
    qtbot: QtBot, start: Start
) -> None:
    write_accounts(OWN)
    shell = start()
    shell.window.commands["show_reports"].trigger()
    room = room_of(qtbot, shell)
    qtbot.waitUntil(lambda: room.waiting.accessibleName() == "Your issues are on their way")
    set_status(OWN, state="refused", message="The server does not take the key.")
    room.reload()
    qtbot.waitUntil(lambda: room.waiting.accessibleName() == "Nothing could be fetched yet")


def test_figures_that_cannot_be_read_are_said_in_words(qtbot: QtBot, start: Start) -> None:
    write_accounts(OWN)
    store_file().parent.mkdir(parents=True, exist_ok=True)
    store_file().write_bytes(b"This is no store. " * 100)
    shell = start()
    shell.window.commands["show_reports"].trigger()
    room = room_of(qtbot, shell)
    qtbot.waitUntil(lambda: room.waiting.accessibleName() == "The figures cannot be shown")


def test_how_fresh_the_figures_are_is_told(qtbot: QtBot, start: Start) -> None:
    stock_both()
    now = int(time.time() * 1000)
    set_status(OWN, state="current", tried_at=now, synced_at=now - 301_000, as_of=now - 301_000)
    set_status(OTHER, state="refused", message="The key was refused.", synced_at=now)
    room = enter(qtbot, start())
    words = room.state.words.text()
    assert words.startswith("The Letter · Figures of ")
    assert words.endswith("synced 5 minutes ago")
    assert room.help.isVisible()
    assert room.help.words.text() == "Lists: The key was refused."
    entries = [each.text().split("\t")[0] for each in room.state.menu().actions()]
    assert entries == ["The Letter", "Lists", "", "Sync all now", "Accounts…"]


def test_what_another_window_syncs_appears_by_itself(
    qtbot: QtBot,
    start: Start,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("app.ui.reports.room.LOOK_MS", 500)
    stock_own()
    room = enter(qtbot, start())
    qtbot.keyClick(room.list.table, Qt.Key.Key_Down)
    chosen = room.list.table.current
    stock(store_file(), OWN, full(9, "From elsewhere", 50, 5))
    qtbot.waitUntil(lambda: "From elsewhere" in subjects(room))
    assert room.list.table.current == chosen


def test_the_store_is_let_go_at_the_end(qtbot: QtBot, start: Start) -> None:
    stock_own()
    shell = start()
    room = enter(qtbot, shell)
    shell.window.close()
    room.loader.load()
    store_file().unlink()  # on some systems impossible while it is open


def test_a_sparkline_is_drawn_once_its_hours_have_come(
    qtbot: QtBot, start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.ui.reports.room.LOOK_MS", 500)
    stock_own()
    room = enter(qtbot, start())
    sparks = room.list.table.issues.sparks
    qtbot.waitUntil(lambda: (OWN.id, "i1") in sparks)
    assert sparks[OWN.id, "i1"][:2] == (40, 4)
    assert sparks[OWN.id, "i2"] == (), "nothing is told: a dash"
    stock(store_file(), OWN, hours("i2", START + 2 * DAY, told(7)))
    qtbot.waitUntil(lambda: sparks[OWN.id, "i2"][:1] == (7,))


def test_accounts_are_synced_after_everything_else_and_the_room_follows(
    qtbot: QtBot, start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without a key: that is said in the room, and nothing pops up."""
    monkeypatch.setattr(
        "app.engagement.sync.service.open_secrets", lambda: SessionSecrets("No keyring.")
    )
    stock_own()
    shell = start(sync_after=0)
    room = enter(qtbot, shell)
    qtbot.waitUntil(room.help.isVisible)
    assert "There is no key for this account" in room.help.words.text()
    assert shell.window.notices.notices == ()
    assert not shell.window.findChildren(QDialog)
    shell.window.close()
    qtbot.waitUntil(lambda: not any(each.name == "sync" for each in threading.enumerate()))
