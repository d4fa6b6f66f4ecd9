"""Differences and three-way merges, by their laws."""

from collections import Counter
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from app.drafts.diff import edits, hunks, matching_lines
from app.drafts.merge import Conflict, merge

LINES = st.lists(st.sampled_from(["", "a", "b", "c", "# d", "e"]), min_size=1, max_size=14)


@given(LINES, LINES)
def test_the_edits_turn_one_text_into_the_other(old: list[str], new: list[str]) -> None:
    text = list(old)
    for edit in edits(old, new):
        edit.apply(text)
        assert text
    assert text == new


@given(LINES, LINES)
def test_matches_rise_and_are_equal(old: list[str], new: list[str]) -> None:
    pairs = matching_lines(old, new)
    assert all(old[i] == new[j] for i, j in pairs)
    assert all(a < c and b < d for (a, b), (c, d) in pairwise(pairs))


@given(LINES)
def test_equal_texts_have_no_differences(text: list[str]) -> None:
    assert hunks(text, list(text)) == []


def test_a_changed_word_is_one_small_edit() -> None:
    old = [str(n) for n in range(5000)]
    new = old.copy()
    new[2500], new[4000] = "changed", "too"
    assert [(edit.first, edit.removed) for edit in edits(old, new)] == [(4000, 1), (2500, 1)]


def test_texts_of_many_equal_lines_take_no_quadratic_time() -> None:
    old = ["", "same"] * 20_000
    new = ["other", ""] * 20_000
    text = list(old)
    for edit in edits(old, new):
        edit.apply(text)
    assert text == new


@given(LINES, LINES)
def test_a_merge_with_an_unchanged_side_is_the_other_side(base: list[str], mine: list[str]) -> None:
    assert merge(base, mine, base).lines == mine
    assert merge(base, base, mine).lines == mine
    assert not merge(base, mine, base).conflicts


@given(LINES, LINES)
def test_a_merge_with_itself_is_itself(base: list[str], mine: list[str]) -> None:
    merged = merge(base, mine, mine)
    assert merged.lines == mine
    assert not merged.conflicts


@given(LINES, LINES, LINES)
def test_sides_can_be_swapped(base: list[str], mine: list[str], theirs: list[str]) -> None:
    one, other = merge(base, mine, theirs), merge(base, theirs, mine)
    assert len(one.conflicts) == len(other.conflicts)
    if not one.conflicts:
        assert one.lines == other.lines


@given(LINES, LINES, LINES)
def test_no_inserted_line_is_lost(base: list[str], mine: list[str], theirs: list[str]) -> None:
    inserted = Counter(mine) - Counter(base) | Counter(theirs) - Counter(base)
    assert not inserted - Counter(merge(base, mine, theirs).lines)


@given(LINES, LINES, LINES)
def test_a_text_never_becomes_none(base: list[str], mine: list[str], theirs: list[str]) -> None:
    assert merge(base, mine, theirs).lines


def test_changes_in_different_places_join() -> None:
    base = ["title", "", "one", "", "two"]
    assert merge(base, ["Title", *base[1:]], [*base, "three"]).lines == [
        "Title",
        *base[1:],
        "three",
    ]


def test_different_changes_of_one_line_are_a_conflict() -> None:
    merged = merge(["a", "x", "b"], ["a", "mine", "b"], ["a", "theirs", "b"])
    assert merged.parts == (("a",), Conflict(("x",), ("mine",), ("theirs",)), ("b",))
    assert merged.lines == ["a", "mine", "theirs", "b"]
