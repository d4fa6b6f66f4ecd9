"""A key costs what its line costs: nothing else is laid out or painted."""

import pytest
from PySide6.QtCore import QEvent, QObject, QRect, Qt
from PySide6.QtGui import QPaintEvent, QTextCursor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from tests.ui.editor.conftest import Desk, MakeDesk

TEXT = """\
# A letter

Words with a [link](https://example.org/a) and **more**|.

Other words, and [another](https://example.org/b).
"""


class Painted(QObject):
    """Notes what of the editor's text, or of another widget, is painted."""

    def __init__(self, desk: Desk, watched: QWidget | None = None) -> None:
        super().__init__()
        self.area = QRect()
        QApplication.processEvents()
        (watched or desk.editor.viewport()).installEventFilter(self)

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:  # noqa: N802
        if isinstance(event, QPaintEvent):
            self.area |= event.rect()
        return False


def row(desk: Desk, line: int) -> QRect:
    block = desk.draft.text.findBlockByNumber(line)
    place = next(place for each, place in desk.editor.visible_blocks() if each == block)
    return place.toAlignedRect()


@pytest.mark.parametrize("typed", ["x", " ", "*", "`"])
def test_a_key_paints_its_line_alone(make_desk: MakeDesk, typed: str) -> None:
    desk = make_desk(TEXT)
    painted = Painted(desk)
    desk.type(typed)
    here = row(desk, 2)
    assert painted.area.intersects(here)
    assert painted.area.top() >= here.top() - 2
    assert painted.area.bottom() <= here.bottom() + 2


def test_a_key_paints_nothing_below_the_editor(make_desk: MakeDesk, qtbot: QtBot) -> None:
    desk = make_desk(TEXT)
    window = QWidget()
    qtbot.addWidget(window)
    QVBoxLayout(window).addWidget(desk.editor)
    window.resize(900, 700)
    window.show()
    qtbot.waitExposed(window)
    desk.type("x")
    painted = Painted(desk, window)
    desk.type("x")
    assert painted.area.isEmpty()
    desk.editor.setParent(None)


def test_lines_that_change_their_looks_far_away_are_painted_too(make_desk: MakeDesk) -> None:
    desk = make_desk("```|\nHere\n\nand there\n")
    desk.put_caret(0, 0)
    painted = Painted(desk)
    desk.type("x")  # no fence any longer
    assert painted.area.bottom() >= row(desk, 3).top()


def test_lines_that_move_are_painted(make_desk: MakeDesk) -> None:
    desk = make_desk(TEXT)
    painted = Painted(desk)
    QTest.keyClick(desk.editor, Qt.Key.Key_Return)
    QApplication.processEvents()
    assert painted.area.bottom() >= row(desk, 5).bottom() - 1


def test_a_line_that_wraps_anew_moves_those_below(make_desk: MakeDesk) -> None:
    desk = make_desk(TEXT)
    before = row(desk, 4).top()
    painted = Painted(desk)
    desk.type("word " * 30)
    assert row(desk, 4).top() > before
    assert painted.area.bottom() >= row(desk, 4).bottom() - 1


def test_a_line_that_becomes_a_heading_moves_those_below(make_desk: MakeDesk) -> None:
    desk = make_desk(TEXT)
    desk.put_caret(2, 0)
    before = row(desk, 4).top()
    painted = Painted(desk)
    desk.type("# ")
    assert row(desk, 4).top() > before
    assert painted.area.bottom() >= row(desk, 4).bottom() - 1


def test_an_edit_that_joins_one_pair_of_lines_and_parts_another(make_desk: MakeDesk) -> None:
    desk = make_desk("one\ntwo three\nfour|")
    painted = Painted(desk)
    cursor = QTextCursor(desk.draft.text)
    cursor.beginEditBlock()
    cursor.setPosition(7)
    cursor.deleteChar()
    cursor.insertText("\n")
    cursor.setPosition(3)
    cursor.deleteChar()
    cursor.insertText(" ")
    cursor.endEditBlock()
    QApplication.processEvents()
    assert list(desk.draft.lines) == ["one two", "three", "four"]
    assert painted.area.bottom() >= row(desk, 1).bottom() - 1
