"""Lines that no writer writes but a tool may: they are shown and edited all the same."""

import pytest
from PySide6.QtGui import QTextOption

from app.ui.editor.styles import DEEPEST_RUNS, MOST_RUNS
from app.ui.editor.wrapping import LONG_LINE, LONG_WORD
from tests.ui.editor.conftest import MakeDesk

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
    nested = "*a **a " * 3_000 + "b" + " a** a*" * 3_000
    desk = make_desk(nested + "\n")
    desk.type("x")
    formats = desk.draft.text.firstBlock().layout().formats()
    assert 0 < len(formats) <= MOST_RUNS
    ends = [each.start + each.length for each in formats]
    for at in range(0, len(nested), 500):
        over = sum(each.start <= at < end for each, end in zip(formats, ends, strict=True))
        assert over <= DEEPEST_RUNS
    assert desk.draft.lines[0] == "x" + nested


def test_a_very_long_line_is_plain_and_the_others_are_not(make_desk: MakeDesk) -> None:
    desk = make_desk("# Heading\n\n" + "*a* " * (LONG_LINE // 4 + 1) + "\n\n*last*\n")
    block = desk.draft.text.firstBlock()
    count = []
    while block.isValid():
        count.append(len(block.layout().formats()))
        block = block.next()
    assert count[0] > 0
    assert count[2] == 0
