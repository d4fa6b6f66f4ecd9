"""Enter and Tab in lists, quotes and tasks, on plain lines. ``|`` is the caret."""

import pytest

from app.ui.editor import typing_help
from app.ui.editor.places import Place, Selection, TextEdit, caret_at


def parts(text: str) -> tuple[list[str], Place]:
    lines = text.split("\n")
    for number, line in enumerate(lines):
        if "|" in line:
            column = line.index("|")
            lines[number] = line.replace("|", "", 1)
            return lines, (number, column)
    raise AssertionError("no caret")


def applied(lines: list[str], edit: TextEdit | None) -> str | None:
    if edit is None:
        return None
    text = "\n".join(lines)
    starts = [sum(len(line) + 1 for line in lines[:number]) for number in range(len(lines))]
    start = starts[edit.start[0]] + edit.start[1]
    end = starts[edit.end[0]] + edit.end[1]
    new = (text[:start] + edit.text + text[end:]).split("\n")
    line, column = edit.after.caret
    new[line] = new[line][:column] + "|" + new[line][column:]
    return "\n".join(new)


def entered(text: str) -> str | None:
    lines, place = parts(text)
    return applied(lines, typing_help.enter(lines, place))


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("- one|", "- one\n- |"),
        ("* one|", "* one\n* |"),
        ("  + one| two", "  + one\n  + |two"),
        ("3. three|", "3. three\n4. |"),
        ("9) nine|", "9) nine\n10) |"),
        ("- [x] done|", "- [x] done\n- [ ] |"),
        ("> quoted|", "> quoted\n> |"),
        (">> deep|", ">> deep\n>> |"),
        ("> - item|", "> - item\n> - |"),
        ("-   wide|", "-   wide\n-   |"),
    ],
)
def test_enter_goes_on(before: str, after: str) -> None:
    assert entered(before) == after


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("- one\n- |", "- one\n|"),
        ("1. one\n2. |", "1. one\n|"),
        ("- [ ] one\n- [ ] |", "- [ ] one\n|"),
        ("> one\n> |", "> one\n|"),
        ("- one\n  - |", "- one\n- |"),
        ("1. one\n   - |", "1. one\n2. |"),
        ("> - |", "> |"),
    ],
)
def test_enter_in_an_empty_item_ends_it(before: str, after: str) -> None:
    assert entered(before) == after


def test_the_numbers_below_count_on() -> None:
    text = "1. a|\n2. b\n   more\n3. c\n\ntext"
    assert entered(text) == "1. a\n2. |\n3. b\n   more\n4. c\n\ntext"


def test_numbers_that_are_all_the_same_stay() -> None:
    assert entered("1. a|\n1. b") == "1. a\n2. |\n1. b"


@pytest.mark.parametrize("text", ["text|", "|- one", "-| one", "---|", "* * *|", "1.5 is a half|"])
def test_enter_elsewhere_is_enter(text: str) -> None:
    assert entered(text) is None


def tabbed(text: str, *, out: bool = False) -> str | None:
    lines, place = parts(text)
    return applied(lines, typing_help.indent(lines, caret_at(place), out=out))


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("- a\n- b|", "- a\n  - b|"),
        ("1. a\n2. b|", "1. a\n   1. b|"),
        ("10. a\n11. b|", "10. a\n    1. b|"),
        ("- a\n  - b\n- c|", "- a\n  - b\n  - c|"),
        ("- a\n  1. b\n- c|", "- a\n  1. b\n  - c|"),
    ],
)
def test_tab_puts_an_item_below_its_neighbour(before: str, after: str) -> None:
    assert tabbed(before) == after


def test_the_first_item_stays_and_text_gets_its_tab() -> None:
    assert tabbed("- a|") == "- a|"
    assert tabbed("text|") is None


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("- a\n  - b|", "- a\n- b|"),
        ("1. a\n   1. b|", "1. a\n2. b|"),
        ("    text|", "text|"),
    ],
)
def test_shift_tab_takes_it_out_again(before: str, after: str) -> None:
    assert tabbed(before, out=True) == after


def test_several_lines_move_together() -> None:
    lines = ["- a", "- b", "- c", "d"]
    edit = typing_help.indent(lines, Selection((1, 0), (2, 3)), out=False)
    assert edit is not None
    assert edit.text == "  - b\n  - c"
