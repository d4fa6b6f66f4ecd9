"""Find and replace, by keys in the real bar."""

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.ui.editor.find_bar import FindBar
from tests.ui.editor.conftest import Desk, MakeDesk


def find(desk: Desk, text: str, qtbot: QtBot, *, replacing: bool = False) -> FindBar:
    bar = desk.editor.find_bar
    (bar.replace if replacing else bar.find)()
    bar.query.clear()
    QTest.keyClicks(bar.query, text)
    qtbot.waitUntil(lambda: bar._matches is None or bar._matches.complete)
    QApplication.processEvents()
    return bar


def test_it_finds_while_one_types_and_counts(make_desk: MakeDesk, qtbot: QtBot) -> None:
    desk = make_desk("|one two\ntwo 🌱 two\nthree")
    bar = find(desk, "two", qtbot)
    assert bar.count.text() == "1 of 3"
    assert desk.editor.textCursor().selectedText() == "two"
    QTest.keyClick(bar.query, Qt.Key.Key_Return)
    QTest.keyClick(bar.query, Qt.Key.Key_Return)
    assert bar.count.text() == "3 of 3"
    assert desk.editor.selection.start == (1, 6)
    QTest.keyClick(bar.query, Qt.Key.Key_Return)
    assert bar.count.text() == "1 of 3"
    QTest.keyClick(bar.query, Qt.Key.Key_Return, Qt.KeyboardModifier.ShiftModifier)
    assert bar.count.text() == "3 of 3"


def test_the_count_lives_through_edits(make_desk: MakeDesk, qtbot: QtBot) -> None:
    desk = make_desk("two two|")
    bar = find(desk, "two", qtbot)
    desk.put_caret(0, 7)
    desk.type(" two")
    qtbot.waitUntil(lambda: bar.count.text().startswith("3"))
    desk.editor.undo()
    qtbot.waitUntil(lambda: bar.count.text().startswith("2"))


def test_options_narrow_the_search(make_desk: MakeDesk, qtbot: QtBot) -> None:
    desk = make_desk("Two two twofold")
    bar = find(desk, "two", qtbot)
    assert bar.count.text() == "1 of 3"
    QTest.mouseClick(bar.match_case, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: bar.count.text() == "1 of 2")
    QTest.mouseClick(bar.whole_word, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: bar.count.text() == "1 of 1")


def test_what_is_found_is_painted_in_its_line(make_desk: MakeDesk, qtbot: QtBot) -> None:
    desk = make_desk("🌱 two\nx")
    find(desk, "two", qtbot)
    assert desk.editor.found_in is not None
    assert list(desk.editor.found_in(0)) == [(3, 6, True)]
    assert list(desk.editor.found_in(1)) == []


def test_a_wrong_pattern_is_said_and_harms_nothing(make_desk: MakeDesk, qtbot: QtBot) -> None:
    desk = make_desk("text (")
    desk.editor.find_bar.find()
    desk.editor.find_bar.regular.setChecked(True)
    bar = find(desk, "(", qtbot)
    assert bar.count.text() == "Not a pattern"
    assert bar.count.toolTip()
    QTest.keyClicks(bar.query, "t)")
    qtbot.waitUntil(lambda: bar.count.text() == "1 of 2")


def test_replace_all_is_one_undo_step(make_desk: MakeDesk, qtbot: QtBot) -> None:
    text = "a1 b2 🌱 c3\n\nx\nd4"
    desk = make_desk(text)
    desk.editor.find_bar.replace()
    desk.editor.find_bar.regular.setChecked(True)
    bar = find(desk, r"([a-z])(\d)", qtbot, replacing=True)
    QTest.keyClicks(bar.replacement, r"\2\1")
    QTest.mouseClick(bar.replace_all, Qt.MouseButton.LeftButton)
    assert "\n".join(desk.draft.lines) == "1a 2b 🌱 3c\n\nx\n4d"
    assert desk.undo() == text


def test_replace_goes_on_to_the_next(make_desk: MakeDesk, qtbot: QtBot) -> None:
    desk = make_desk("two two two")
    bar = find(desk, "two", qtbot, replacing=True)
    QTest.keyClicks(bar.replacement, "2")
    QTest.keyClick(bar.replacement, Qt.Key.Key_Return)
    QTest.keyClick(bar.replacement, Qt.Key.Key_Return)
    assert list(desk.draft.lines) == ["2 2 two"]
    assert desk.undo() == "2 two two"


def test_a_wrong_replacement_changes_nothing(make_desk: MakeDesk, qtbot: QtBot) -> None:
    desk = make_desk("aa")
    desk.editor.find_bar.replace()
    desk.editor.find_bar.regular.setChecked(True)
    bar = find(desk, "(a)", qtbot, replacing=True)
    QTest.keyClicks(bar.replacement, r"\7")
    QTest.mouseClick(bar.replace_all, Qt.MouseButton.LeftButton)
    assert list(desk.draft.lines) == ["aa"]
    assert bar.count.text() == "Not a pattern"


def test_escape_closes_and_the_text_has_the_focus(make_desk: MakeDesk, qtbot: QtBot) -> None:
    desk = make_desk("two")
    top = desk.editor.viewportMargins().top()
    bar = find(desk, "two", qtbot)
    assert desk.editor.viewportMargins().top() > top + 20
    QTest.keyClick(bar.query, Qt.Key.Key_Escape)
    assert not bar.isVisible()
    assert QApplication.focusWidget() is desk.editor
    assert desk.editor.found_in is None
    assert desk.editor.viewportMargins().top() == top


def test_the_selection_is_what_to_find(make_desk: MakeDesk, qtbot: QtBot) -> None:
    desk = make_desk("|word and word")
    for _ in range(4):
        QTest.keyClick(desk.editor, Qt.Key.Key_Right, Qt.KeyboardModifier.ShiftModifier)
    desk.editor.find_bar.find()
    assert desk.editor.find_bar.query.text() == "word"
    qtbot.waitUntil(lambda: desk.editor.find_bar.count.text() == "1 of 2")
