"""Findings of drafts that are edited, renamed and closed at the wrong moment."""

import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from app.preflight import Finding
from app.preflight.listing import Group
from app.preflight.muting import Mutes, Scope, mutes_file
from app.ui.notices import Notice
from app.ui.preflight.actions import PreflightActions
from app.ui.preflight.surroundings import Around, Surroundings
from tests.ui.preflight.conftest import DRAFT, Look, Looked

TODO = 7


class Gate:
    """Holds the judging up until it is let go on."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.is_open, self.entered = threading.Event(), threading.Event()
        self._of: Callable[[Surroundings, Path | None], Around] = Surroundings.of
        monkeypatch.setattr(Surroundings, "of", lambda each, path: self._wait(each, path))

    def _wait(self, surroundings: Surroundings, path: Path | None) -> Around:
        self.entered.set()
        assert self.is_open.wait(20)
        return self._of(surroundings, path)


def told(looked: Looked) -> list[str]:
    """What is said from now on."""
    found: list[str] = []
    tell = looked.shell.window.notices.tell

    def listen(notice: Notice) -> None:
        found.append(notice.text)
        tell(notice)

    looked.shell.window.notices.tell = listen  # type: ignore[method-assign]
    return found


def test_what_comes_too_late_is_dropped(look: Look, monkeypatch: pytest.MonkeyPatch) -> None:
    looked = look()
    before = looked.findings.judged
    gate = Gate(monkeypatch)
    looked.put_caret(9, 0)
    QTest.keyClicks(looked.editor, "TODO: one. ")
    looked.qtbot.waitUntil(gate.entered.is_set)
    looked.put_caret(9, 0)
    QTest.keyClicks(looked.editor, "TODO: two. ")
    shown: list[int] = []
    looked.findings.changed.connect(lambda: shown.append(looked.rules().count("todo.note")))
    assert looked.findings.judged is before
    gate.is_open.set()
    looked.wait()
    assert shown[0] == 3, "never the two of the text in between"


def test_a_draft_may_be_closed_while_it_is_judged(
    look: Look, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked = look()
    gate = Gate(monkeypatch)
    looked.put_caret(9, 0)
    QTest.keyClicks(looked.editor, "more ")
    looked.qtbot.waitUntil(gate.entered.is_set)
    looked.do("close")
    gate.is_open.set()
    looked.qtbot.waitUntil(lambda: looked.shell.preflight.findings is None)
    QTest.qWait(50)
    assert looked.shell.window.status.checks.isHidden()
    looked.shell.desk.open(path)
    looked.wait()
    assert "todo.note" in looked.rules()


def test_another_draft_that_is_shown_has_its_own(look: Look, path: Path) -> None:
    looked = look()
    looked.do("show_checks")
    first = looked.findings
    other = path.with_name("two.md")
    other.write_text("---\nsubject: Another\n---\n\nNothing but FIXME: words.\n")
    looked.shell.desk.open(other)
    looked.wait()
    assert looked.findings is not first
    assert looked.rules().count("todo.note") == 1
    assert looked.finding("todo.note").line == 4
    looked.qtbot.waitUntil(lambda: looked.row("todo.note") == looked.finding("todo.note"))
    looked.shell.desk.open(path)
    looked.wait()
    assert looked.findings is first


def test_mutes_go_along_with_a_draft_that_is_renamed(look: Look, path: Path) -> None:
    mutes = Mutes(mutes_file())
    looked = look()
    looked.shell.preflight._mute_rule("todo.note", Scope.ISSUE, path, "because")
    looked.qtbot.waitUntil(lambda: "todo.note" not in looked.rules())
    new = path.with_name("renamed.md")
    sheet = looked.shell.desk.current
    assert sheet is not None
    sheet.rename(new)
    looked.qtbot.waitUntil(lambda: bool(mutes.of(new)))
    assert mutes.of(path) == []
    looked.wait()
    assert "todo.note" not in looked.rules()
    mutes.close()


def test_a_draft_without_a_file_can_be_looked_over_but_not_muted(look: Look) -> None:
    looked = look()
    looked.shell.desk.open_untitled(text="\nTODO: a title\n")
    looked.wait()
    looked.do("show_checks")
    assert "todo.note" in looked.rules()
    assert not looked.panel.foot.isVisible()
    looked.put_caret(1, 0)
    words = told(looked)
    looked.do("mute_finding")
    assert words == ["Give the draft a title first: what is muted is kept by its file."]


def test_a_draft_without_a_word_has_no_mistakes_yet(look: Look) -> None:
    looked = look()
    looked.shell.window.commands["new"].trigger()
    looked.wait()
    assert looked.rules() == []
    QTest.keyClicks(looked.editor, "Hello, TK")
    looked.wait()
    assert "subject.missing" in looked.rules()
    looked.editor.selectAll()
    QTest.keyClick(looked.editor, Qt.Key.Key_Delete)
    looked.wait()
    assert looked.rules() == []


def test_without_a_finding_at_the_caret_its_commands_say_so(look: Look) -> None:
    looked = look()
    looked.put_caret(9, 3)
    words = told(looked)
    looked.do("mend_finding")
    looked.do("mute_finding")
    looked.put_caret(TODO, DRAFT.split("\n")[TODO].index("TK"))
    looked.do("mend_finding")
    assert words == [
        "Nothing was found at the cursor.",
        "Nothing was found at the cursor.",
        "This one only you can mend.",
    ]


def test_the_list_opens_at_the_caret_and_f6_leads_into_it(look: Look) -> None:
    looked = look()
    looked.put_caret(TODO, DRAFT.split("\n")[TODO].index("TK"))
    looked.do("show_checks")
    row = looked.panel.current()
    assert isinstance(row, Finding)
    assert row.rule == "todo.note"
    looked.editor.setFocus()
    for _ in range(4):
        looked.do("next_pane")
        if looked.shell.window.focusWidget() is looked.panel.list:
            break
    assert looked.shell.window.focusWidget() is looked.panel.list
    looked.press(Qt.Key.Key_Tab, looked.panel.list)
    assert looked.shell.window.focusWidget() is looked.panel.detail.mute


def test_the_current_row_stays_while_the_text_is_written_on(look: Look) -> None:
    looked = look()
    looked.do("show_checks")
    looked.pick("image.no-alt")
    looked.put_caret(5, 0)
    looked.press(Qt.Key.Key_Return)
    looked.put_caret(10, 0)
    QTest.keyClicks(looked.editor, "TODO: one row more. ")
    looked.wait()
    row = looked.panel.current()
    assert isinstance(row, Finding)
    assert row.rule == "image.no-alt"
    assert row.line == 12


def test_a_rule_that_fails_does_not_end_the_looking(
    look: Look, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked = look()

    def fail(*_: object) -> Around:
        raise RuntimeError("as if the disk had gone")

    with monkeypatch.context() as patch, looked.qtbot.captureExceptions() as caught:
        patch.setattr(Surroundings, "of", fail)
        looked.put_caret(9, 0)
        QTest.keyClicks(looked.editor, "TODO: x ")
        looked.qtbot.waitUntil(lambda: bool(caught))
    QTest.keyClicks(looked.editor, "y ")
    looked.wait()
    assert looked.rules().count("todo.note") == 2
    assert Group.ERROR in looked.findings.judged.own
    QApplication.processEvents()


def test_rules_that_are_loaded_after_the_end_open_nothing(look: Look) -> None:
    looked = look()
    late = PreflightActions(looked.shell.window, looked.shell.desk, looked.shell.arrangement)
    late.start()
    late.close()
    looked.qtbot.wait(300)
    assert late._surroundings is None
