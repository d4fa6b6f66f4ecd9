"""Keys pressed in the real editor; each help is one undo step."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from tests.ui.editor.conftest import Desk, MakeDesk

CONTROL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
NONE = Qt.KeyboardModifier.NoModifier


def press(desk: Desk, key: Qt.Key, modifiers: Qt.KeyboardModifier = NONE) -> None:
    QTest.keyClick(desk.editor, key, modifiers)


@pytest.mark.parametrize(
    ("before", "key", "modifiers", "after"),
    [
        ("- one|", Qt.Key.Key_Return, NONE, "- one\n- |"),
        ("1. a|\n2. b", Qt.Key.Key_Enter, NONE, "1. a\n2. |\n3. b"),
        ("> q|", Qt.Key.Key_Return, NONE, "> q\n> |"),
        ("- [x] t|", Qt.Key.Key_Return, NONE, "- [x] t\n- [ ] |"),
        ("- one\n- |", Qt.Key.Key_Return, NONE, "- one\n|"),
        ("- one|", Qt.Key.Key_Return, SHIFT, "- one\n|"),
        ("- a\n- b|", Qt.Key.Key_Tab, NONE, "- a\n  - b|"),
        ("- a\n  - b|", Qt.Key.Key_Backtab, SHIFT, "- a\n- b|"),
        ("a wo|rd", Qt.Key.Key_B, CONTROL, "a **wo|rd**"),
        ("a wo|rd", Qt.Key.Key_I, CONTROL, "a *wo|rd*"),
        ("a wo|rd", Qt.Key.Key_K, CONTROL, "a [word](|)"),
        ("🌱 - x|", Qt.Key.Key_Return, NONE, "🌱 - x\n|"),
        ("- 🌱 x|", Qt.Key.Key_Return, NONE, "- 🌱 x\n- |"),
    ],
)
def test_a_key_helps_in_one_undo_step(
    make_desk: MakeDesk, before: str, key: Qt.Key, modifiers: Qt.KeyboardModifier, after: str
) -> None:
    desk = make_desk(before)
    press(desk, key, modifiers)
    assert desk.text == after
    assert desk.undo() == before.replace("|", "")


def test_a_help_right_after_typing_leaves_the_typing_when_undone(make_desk: MakeDesk) -> None:
    desk = make_desk("- |")
    desk.type("one")
    press(desk, Qt.Key.Key_Return)
    assert desk.text == "- one\n- |"
    assert desk.undo() == "- one"


def test_code_is_left_alone(make_desk: MakeDesk) -> None:
    desk = make_desk("```\n- one|\n```")
    press(desk, Qt.Key.Key_Return)
    assert desk.text == "```\n- one\n|\n```"


@pytest.mark.parametrize("mark", ["*", "_", "`", "[", "(", '"'])
def test_a_mark_over_a_selection_wraps_it(make_desk: MakeDesk, mark: str) -> None:
    desk = make_desk("a |word b")
    for _ in range(4):
        press(desk, Qt.Key.Key_Right, SHIFT)
    desk.type(mark)
    closing = {"[": "]", "(": ")"}.get(mark, mark)
    assert list(desk.draft.lines) == [f"a {mark}word{closing} b"]
    assert desk.editor.textCursor().selectedText() == "word"
    assert desk.undo() == "a word b"


def test_a_letter_over_a_selection_replaces_it(make_desk: MakeDesk) -> None:
    desk = make_desk("|ab")
    press(desk, Qt.Key.Key_Right, SHIFT)
    desk.type("x")
    assert desk.text == "x|b"


def test_home_goes_to_the_text_and_then_to_the_edge(make_desk: MakeDesk) -> None:
    desk = make_desk("- [ ] task|")
    press(desk, Qt.Key.Key_Home)
    assert desk.text == "- [ ] |task"
    press(desk, Qt.Key.Key_Home)
    assert desk.text == "|- [ ] task"
    press(desk, Qt.Key.Key_Home, SHIFT)
    assert desk.editor.textCursor().selectedText() == "- [ ] "


def test_a_read_only_draft_is_not_helped(make_desk: MakeDesk) -> None:
    desk = make_desk("- one|")
    desk.editor.setReadOnly(True)
    press(desk, Qt.Key.Key_Return)
    desk.editor.toggle_strong()
    assert list(desk.draft.lines) == ["- one"]


def test_headings_change_by_one_level(make_desk: MakeDesk) -> None:
    desk = make_desk("te|xt")
    desk.editor.change_heading(1)
    desk.editor.change_heading(1)
    assert desk.text == "## te|xt"
    desk.editor.change_heading(-1)
    assert desk.text == "# te|xt"
