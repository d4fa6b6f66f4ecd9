"""Of a wrapped line only the rows that look otherwise are painted anew, and always those."""

import random

import pytest
from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from app.linkcheck.verdict import Reason, Verdict
from app.ui.editor.rows import Typed, changed_rows, is_simple, only_moved
from tests.ui.editor.conftest import Desk, MakeDesk
from tests.ui.editor.test_layout import Painted, row

LETTER = (
    "Some words of a letter with a [first link](https://example.org/one) and **bold words** in"
    " its first rows, then with a [second link](https://example.org/two) and *more* `code`, and"
    " at last a [third link](https://example.org/three), some plain words, and an end of it all."
)
VERDICTS = {
    "https://example.org/one": Verdict(Reason.OK),
    "https://example.org/two": Verdict(Reason.NOT_FOUND),
    "https://example.org/three": Verdict(Reason.BOT_WALL),
}


def shown(desk: Desk) -> QImage:
    """What is on the screen, painted piece by piece."""
    QApplication.processEvents()
    viewport = desk.editor.viewport()
    place = QRect(viewport.mapTo(desk.editor.window(), viewport.rect().topLeft()), viewport.size())
    screen = desk.editor.screen()
    pixmap = screen.grabWindow(desk.editor.window().winId())
    return pixmap.copy(place).toImage().convertToFormat(QImage.Format.Format_RGB32)


def painted_anew(desk: Desk) -> QImage:
    """What would be on the screen if all of it was painted at once."""
    desk.editor.viewport().update()
    return shown(desk)


def test_a_key_in_a_long_line_paints_its_row_alone(make_desk: MakeDesk) -> None:
    desk = make_desk(f"{LETTER}\n\nMore.\n", VERDICTS)
    desk.put_caret(0, LETTER.index("plain"))
    desk.type("x")
    painted = Painted(desk)
    desk.type("y")
    assert 0 < painted.area.height() < row(desk, 0).height() * 0.6
    caret = desk.editor.cursorRect()
    assert painted.area.top() <= caret.top()
    assert painted.area.bottom() >= caret.bottom()


@pytest.mark.parametrize("seed", range(4))
def test_what_is_painted_in_pieces_equals_what_is_painted_at_once(
    make_desk: MakeDesk, seed: int
) -> None:
    chance = random.Random(seed)
    desk = make_desk(f"# Head\n\n{LETTER}\n\n> {LETTER}\n\n- {LETTER} é —\n", VERDICTS)
    desk.editor.setCursorWidth(0)
    for _ in range(60):
        line = chance.choice([at for at, text in enumerate(desk.draft.lines) if text])
        desk.put_caret(line, chance.randrange(len(desk.draft.lines[line]) + 1))
        for character in chance.choice(
            (
                "word",
                "a b",
                " ",
                "*x*",
                "`",
                "[",
                "](",
                "\b",
                "\b\b\b\b",
                "é",
                "世",
                "🌱",
                "\\",
                "<",
            )
        ):
            if character == "\b":
                QTest.keyClick(desk.editor, Qt.Key.Key_Backspace)
            else:
                desk.editor.insertPlainText(character)
        pieces = shown(desk)
        assert pieces == painted_anew(desk)


def test_a_status_that_changes_is_painted_wherever_it_is(make_desk: MakeDesk) -> None:
    desk = make_desk(f"{LETTER}\n", VERDICTS)
    desk.editor.setCursorWidth(0)
    desk.put_caret(0, LETTER.index("/three") + 2)
    for character in "abc":
        desk.type(character)
        pieces = shown(desk)
        assert pieces == painted_anew(desk)


@pytest.mark.parametrize("mark", ["~~", "*", "`", ")", "](https://example.org/two)"])
def test_looks_that_change_rows_away_are_painted_too(make_desk: MakeDesk, mark: str) -> None:
    opening = {")": "[some words](https://example.org/one"}.get(mark, mark[:2].replace("](", "["))
    desk = make_desk(f"Here {opening}it begins. {'words ' * 60}end\n", VERDICTS)
    desk.editor.setCursorWidth(0)
    for column in (len(desk.draft.lines[0]) - 4, len(desk.draft.lines[0]) - 10):
        desk.put_caret(0, column)
        for character in mark:
            desk.type(character)
            pieces = shown(desk)
            assert pieces == painted_anew(desk)


def test_looks_that_moved_along() -> None:
    typed = Typed(5, 0, 1)
    assert only_moved([(0, 3, "a"), (7, 9, "b")], [(0, 3, "a"), (8, 10, "b")], typed)
    assert only_moved([(2, 9, "a")], [(2, 10, "a")], typed)
    assert only_moved([(5, 9, "a")], [(5, 10, "a")], typed)
    assert only_moved([(5, 9, "a")], [(6, 10, "a")], typed)
    assert not only_moved([(7, 9, "a")], [(7, 9, "a")], typed)
    assert not only_moved([(0, 3, "a")], [(1, 4, "a")], typed)
    assert not only_moved([(0, 3, "a")], [(0, 3, "b")], typed)
    assert not only_moved([(0, 3, "a")], [], typed)
    assert not only_moved([], [(0, 3, "a")], typed)


def test_rows_that_hold_other_words() -> None:
    assert changed_rows([0, 10, 20, 30], [0, 10, 21, 31], Typed(12, 0, 1)) == (1, 1)
    assert changed_rows([0, 10, 20, 30], [0, 10, 20, 31], Typed(12, 0, 1)) == (1, 2)
    assert changed_rows([0, 10, 20, 30], [0, 8, 21, 31], Typed(12, 0, 1)) == (0, 1)
    assert changed_rows([0, 10, 20, 30], [0, 10, 20, 29], Typed(25, 1, 0)) == (2, 2)
    assert changed_rows([0, 5], [0, 6], Typed(5, 0, 1)) == (0, 0)
    assert changed_rows([0, 10, 20], [0, 10, 20, 30], Typed(12, 0, 1)) is None


def test_lines_of_simple_text() -> None:
    assert is_simple("plain")
    assert is_simple("é ж")
    assert not is_simple("שלום")
    assert not is_simple("🌱")
    assert not is_simple("x" * 20_000)
