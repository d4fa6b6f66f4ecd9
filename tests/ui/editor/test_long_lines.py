"""Lines that no writer writes but a tool may: they are shown and edited all the same."""

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QTextOption
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from app.ui.editor.folds import FOLD, LONGEST
from app.ui.editor.marks import MOST_LINKS
from app.ui.editor.places import Selection, TextEdit, caret_at
from app.ui.editor.styles import DEEPEST_RUNS, MOST_RUNS
from app.ui.editor.wrapping import LONG_WORD
from tests.ui.editor.conftest import Desk, MakeDesk

WORDS = QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere
ANYWHERE = QTextOption.WrapMode.WrapAnywhere


@pytest.mark.parametrize(
    ("text", "mode"), [("word " * 2_000, WORDS), ("short\n" + "w" * (LONG_WORD + 1), ANYWHERE)]
)
def test_lines_break_anywhere_once_a_word_is_endless(
    make_desk: MakeDesk, text: str, mode: QTextOption.WrapMode
) -> None:
    assert make_desk(text).editor.wordWrapMode() == mode


def test_an_endless_word_that_is_pasted_is_broken_too(make_desk: MakeDesk) -> None:
    desk = make_desk("a\n")
    desk.editor.insertPlainText("https://a.example/" + "x" * LONG_WORD)
    assert desk.editor.wordWrapMode() == ANYWHERE


def test_a_line_bears_only_so_many_styles(make_desk: MakeDesk) -> None:
    nested = "*a **a " * 1_000 + "b" + " a** a*" * 1_000
    desk = make_desk(nested + "\n")
    desk.type("x")
    formats = desk.draft.text.firstBlock().layout().formats()
    assert 0 < len(formats) <= MOST_RUNS
    ends = [each.start + each.length for each in formats]
    for at in range(0, len(nested), 500):
        over = sum(each.start <= at < end for each, end in zip(formats, ends, strict=True))
        assert over <= DEEPEST_RUNS
    assert desk.draft.lines[0] == "x" + nested


# lines that are folded

WORDS_200 = "".join(f"word{number:05} " for number in range(20_000))


def shown(desk: Desk, line: int = 0) -> str:
    return desk.draft.text.findBlockByNumber(line).text()


def test_of_an_endless_line_only_parts_are_shown(make_desk: MakeDesk) -> None:
    desk = make_desk("# Heading\n\n" + "*a* " * LONGEST + "\n\n*last*\n")
    assert len(shown(desk, 2)) < LONGEST
    formats = [len(desk.draft.text.findBlockByNumber(line).layout().formats()) for line in (0, 2)]
    assert formats[0] > 0
    assert formats[1] == 1  # the room for the chip
    assert desk.draft.lines[2] == "*a* " * LONGEST


def test_keys_at_both_ends_change_only_what_was_typed(make_desk: MakeDesk) -> None:
    desk = make_desk(WORDS_200)
    desk.put_caret(0, 3)
    desk.type("X")
    desk.put_caret(0, len(WORDS_200) + 1)
    desk.type("Y")
    assert desk.draft.lines[0] == "worX" + WORDS_200[3:] + "Y"
    assert desk.undo() in (WORDS_200, "worX" + WORDS_200[3:])
    desk.editor.undo()
    assert desk.draft.lines[0] == WORDS_200


def test_a_place_in_what_is_folded_away_is_shown_when_it_is_gone_to(make_desk: MakeDesk) -> None:
    desk = make_desk(WORDS_200)
    at = WORDS_200.index("word12345")
    assert "word12345" not in shown(desk)
    desk.editor.select(Selection((0, at), (0, at + 9)))
    assert desk.editor.textCursor().selectedText() == "word12345"
    assert desk.editor.selection == Selection((0, at), (0, at + 9))
    assert len(shown(desk)) < LONGEST
    desk.type("new")
    assert desk.draft.lines[0] == WORDS_200.replace("word12345", "new")


def test_a_change_in_what_is_folded_away_is_exact(make_desk: MakeDesk) -> None:
    desk = make_desk("first\n" + WORDS_200 + "\nlast")
    at, end = WORDS_200.index("word12345"), WORDS_200.index("word15000")
    desk.editor.apply(
        TextEdit((0, 5), (0, 5), "!", caret_at((0, 0))),
        TextEdit((1, at), (1, at + 9), "new", caret_at((1, at))),
        TextEdit((1, end), (2, 1), "L", caret_at((1, at))),
    )
    assert list(desk.draft.lines) == [
        "first!",
        WORDS_200[:end].replace("word12345", "new") + "Last",
    ]
    assert desk.undo() == "first\n" + WORDS_200 + "\nlast"


def test_what_is_cut_is_pasted_whole(make_desk: MakeDesk) -> None:
    desk = make_desk("a" + WORDS_200 + "z\n")
    desk.editor.selectAll()
    desk.editor.cut()
    assert list(desk.draft.lines) == [""]
    desk.editor.paste()
    assert list(desk.draft.lines) == ["a" + WORDS_200 + "z", ""]
    assert len(shown(desk)) < LONGEST


def test_a_click_on_the_gap_shows_more(make_desk: MakeDesk) -> None:
    desk = make_desk(WORDS_200)
    fold = FOLD.search(shown(desk))
    assert fold is not None
    before = desk.draft.lines[0][: fold.start()]
    desk.editor.select(caret_at((0, fold.start())))
    QApplication.processEvents()
    point = desk.editor.cursorRect().center() + QPoint(30, 0)
    assert desk.editor.fold_at(QPointF(point)) == (0, fold.start())
    QTest.mouseClick(desk.editor.viewport(), Qt.MouseButton.LeftButton, pos=point)
    assert shown(desk).startswith(before + WORDS_200[len(before) :][:2_000])
    assert desk.draft.lines[0] == WORDS_200


def test_find_finds_what_is_folded_away(make_desk: MakeDesk) -> None:
    desk = make_desk(WORDS_200)
    bar = desk.editor.find_bar
    bar.find()
    bar.query.setText("word12345")
    bar.next()
    assert desk.editor.textCursor().selectedText() == "word12345"
    bar.replacement.setText("new")
    bar._replace_all()
    assert desk.draft.lines[0] == WORDS_200.replace("word12345", "new")


def test_links_have_their_marks_where_they_are_in_sight(make_desk: MakeDesk) -> None:
    text = "".join(f"[a](https://a.example/{number:05}) " for number in range(1_500))
    desk = make_desk(text)
    marks = desk.editor.visible_marks()[0]
    assert 100 < len(marks) < 600
    for mark in marks[:50]:
        assert shown(desk)[mark.start : mark.end] == mark.proofed.link.href
    desk.editor.go_to(0, text.index("00750"))
    marks = desk.editor.visible_marks()[0]
    assert any((mark.proofed.link.href or "").endswith("00750") for mark in marks)
    assert desk.editor.link_at_caret() is not None


def test_a_line_crowded_with_links_has_no_marks_but_all_its_links(make_desk: MakeDesk) -> None:
    desk = make_desk("https://a.example/ " * (MOST_LINKS + 1))
    assert desk.editor.visible_marks() == {}
    assert sum(desk.draft.proof.counts.values()) == MOST_LINKS + 1
    desk.put_caret(0, 0)
    desk.type("x ")
    assert sum(desk.draft.proof.counts.values()) == MOST_LINKS + 1
    desk.put_caret(0, 10)
    assert desk.editor.link_at_caret() is not None
