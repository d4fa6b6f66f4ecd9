"""What a search finds in lines, what it replaces, and how it keeps up with edits."""

import random

import pytest

from app.lines import LineEdit
from app.ui.editor.search import Finder, Matches, Query, SearchError


def spans(line: str, text: str, **options: bool) -> list[str]:
    return [line[a:b] for a, b in Finder(Query(text, **options)).spans(line)]


def test_case_counts_only_when_asked() -> None:
    assert spans("Link link", "link") == ["Link", "link"]
    assert spans("Link link", "link", match_case=True) == ["link"]


def test_whole_words_work_beside_marks_and_in_other_scripts() -> None:
    assert spans("cat concat **cat**", "cat", whole_word=True) == ["cat", "cat"]
    assert spans("кот котик", "кот", whole_word=True) == ["кот"]
    assert spans("a(b) (b)c", "(b)", whole_word=True) == []


def test_plain_text_means_itself() -> None:
    assert spans("1+1 [a](b) 1+1", "1+1") == ["1+1", "1+1"]
    assert spans("a.b axb", "a.b") == ["a.b"]


def test_regular_expressions_find_and_fill_in() -> None:
    finder = Finder(Query(r"\[(.+?)\]\((?P<url>[^)]+)\)", regular=True))
    assert finder.replace("see [a](u) and [b](v)", r"\g<url>: \1") == "see u: a and v: b"


def test_a_plain_replacement_is_taken_literally() -> None:
    assert Finder(Query("a")).replace("a b a", r"\1") == r"\1 b \1"


def test_only_one_match_is_replaced_when_asked() -> None:
    assert Finder(Query("a")).replace("a b a", "x", (4, 5)) == "a b x"


def test_empty_matches_are_none() -> None:
    assert spans("abc", "x*", regular=True) == []


@pytest.mark.parametrize("pattern", ["(", "[a", "*", r"(?P<x"])
def test_a_wrong_pattern_says_so(pattern: str) -> None:
    with pytest.raises(SearchError):
        Finder(Query(pattern, regular=True))


def test_a_wrong_replacement_says_so() -> None:
    with pytest.raises(SearchError):
        Finder(Query("(a)", regular=True)).check_template(r"\2")


def test_a_pattern_that_backtracks_for_ever_is_stopped() -> None:
    finder = Finder(Query("(?:a|b|ab)*c?$", regular=True))
    with pytest.raises(SearchError):
        finder.spans("ab" * 60 + "!")  # for ever is longer than a test may take


def test_the_next_match_goes_around_the_end() -> None:
    lines = ["a b a", "", "a"]
    matches = Matches(Finder(Query("a")), lines)
    assert matches.after(0, 1) == (0, (4, 5))
    assert matches.after(0, 5) == (2, (0, 1))
    assert matches.after(2, 1) == (0, (0, 1))
    assert matches.before(0, 0) == (2, (0, 1))
    assert matches.before(2, 0) == (0, (4, 5))


def test_matches_stay_right_through_random_edits() -> None:
    chance = random.Random(3)
    lines = ["x y x"] * 12
    matches = Matches(Finder(Query("x")), lines)
    for _ in range(400):
        if chance.random() < 0.3:
            matches.advance(0.0001)
        first = chance.randrange(len(lines))
        removed = chance.randrange(0, min(3, len(lines) - first) + 1)
        new = tuple("x" * chance.randrange(3) for _ in range(chance.randrange(1, 3)))
        edit = LineEdit(first, removed, new)
        edit.apply(lines)
        matches.apply(edit)
    assert matches.advance(1)
    assert matches.count == sum(line.count("x") for line in lines)
    assert [matches.in_line(line) for line in range(len(lines))] == [
        Finder(Query("x")).spans(line) for line in lines
    ]
