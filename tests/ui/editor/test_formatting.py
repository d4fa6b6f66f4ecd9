"""Marks around words, on plain lines."""

import pytest

from app.ui.editor import formatting
from app.ui.editor.places import Selection, TextEdit, caret_at


def result(line: str, edit: TextEdit) -> str:
    return line[: edit.start[1]] + edit.text + line[edit.end[1] :]


def selected(line: str, edit: TextEdit) -> str:
    new = result(line, edit)
    return new[edit.after.start[1] : edit.after.end[1]]


def around(line: str, part: str) -> Selection:
    start = line.index(part)
    return Selection((0, start), (0, start + len(part)))


@pytest.mark.parametrize(
    ("line", "part", "mark", "after"),
    [
        ("a word b", "word", "**", "a **word** b"),
        ("a **word** b", "word", "**", "a word b"),
        ("a **word** b", "**word**", "**", "a word b"),
        ("a **word** b", "word", "*", "a ***word*** b"),
        ("a ***word*** b", "word", "**", "a *word* b"),
        ("a ***word*** b", "word", "*", "a **word** b"),
        ("a *word* b", "word", "**", "a ***word*** b"),
        ("a word b", " word ", "**", "a **word** b"),
    ],
)
def test_marks_go_on_and_off(line: str, part: str, mark: str, after: str) -> None:
    assert result(line, formatting.toggle([line], around(line, part), mark)) == after


def test_without_a_selection_the_word_is_meant() -> None:
    edit = formatting.toggle(["a word b"], caret_at((0, 4)), "**")
    assert result("a word b", edit) == "a **word** b"
    assert edit.after == caret_at((0, 6))


def test_at_no_word_the_caret_goes_between_the_marks() -> None:
    edit = formatting.toggle(["a  b"], caret_at((0, 2)), "**")
    assert (result("a  b", edit), edit.after) == ("a **** b", caret_at((0, 4)))


def test_a_character_wraps_the_selection_which_stays() -> None:
    line = "a word b"
    for opening, closing in formatting.WRAPPING.items():
        edit = formatting.wrap([line], around(line, "word"), opening)
        assert edit is not None
        assert result(line, edit) == f"a {opening}word{closing} b"
        assert selected(line, edit) == "word"


def test_letters_and_paragraphs_are_not_wrapped() -> None:
    assert formatting.wrap(["ab"], Selection((0, 0), (0, 1)), "x") is None
    assert formatting.wrap(["a", "", "b"], Selection((0, 0), (2, 1)), "*") is None


def test_a_link_waits_for_what_is_missing() -> None:
    line = "see page now"
    edit = formatting.link([line], around(line, "page"))
    assert result(line, edit) == "see [page]() now"
    assert edit.after == caret_at((0, 11))
    line = "see https://example.org now"
    edit = formatting.link([line], around(line, "https://example.org"))
    assert result(line, edit) == "see [](https://example.org) now"
    assert edit.after == caret_at((0, 5))


@pytest.mark.parametrize(
    ("url", "written"),
    [
        ("https://a.b/c_(d)", "https://a.b/c_(d)"),
        ("https://a.b/c)", "<https://a.b/c)>"),
        ("https://a.b/c d", "<https://a.b/c d>"),
    ],
)
def test_a_destination_ends_where_it_should(url: str, written: str) -> None:
    assert formatting.destination(url) == written


def test_headings_go_up_and_down() -> None:
    line = "text"
    seen = []
    for _ in range(7):
        line = formatting.heading([line], caret_at((0, 0)), 1).text
        seen.append(line)
    assert seen[0] == "# text"
    assert seen[5] == seen[6] == "###### text"
    assert formatting.heading(["# text"], caret_at((0, 2)), -1).text == "text"


def test_home_finds_the_text_first() -> None:
    assert formatting.smart_home("- [ ] task", 9) == 6
    assert formatting.smart_home("- [ ] task", 6) == 0
    assert formatting.smart_home("## head", 5) == 3
    assert formatting.smart_home("  text", 0) == 2
