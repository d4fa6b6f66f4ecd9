"""Columns in code points against Qt's UTF-16 units."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.ui.editor import folds
from app.ui.editor.utf16 import from_qt, from_utf16, line_to_qt, to_qt, to_utf16

TEXT = st.text(alphabet="aé文🌱\U0010ffff \u00a0\u2028", max_size=30)


@given(TEXT, st.integers(0, 40))
def test_a_column_becomes_the_length_of_what_is_before_it_in_utf16(text: str, column: int) -> None:
    assert to_utf16(text, column) == len(text[:column].encode("utf-16-le")) // 2


@given(TEXT, st.integers(0, 30))
def test_there_and_back_is_the_same_column(text: str, column: int) -> None:
    column = min(column, len(text))
    assert from_utf16(text, to_utf16(text, column)) == column


def test_the_inside_of_a_pair_means_its_start() -> None:
    assert from_utf16("a🌱b", 2) == 1


@given(st.lists(st.text(alphabet="a\u00a0\u2028\u2029\ufdd0\ufdd1🌱", max_size=8), min_size=1))
def test_every_line_survives_the_way_through_qt(lines: list[str]) -> None:
    shown = to_qt(lines)
    assert "\u2029" not in shown
    assert [from_qt(line) for line in shown.split("\n")] == lines


ODD = st.text(alphabet="a🌱\u2029\ufdd0\U00100000\U0010dfff\U0010fff0\U0010ffff", max_size=12)


@given(st.lists(ODD, min_size=1), st.integers(1, 12))
def test_what_is_folded_away_comes_back(lines: list[str], longest: int) -> None:
    with small_folds(longest):
        shown = to_qt(lines)
        assert [from_qt(line) for line in shown.split("\n")] == lines


@given(st.text(alphabet="a🌱\U00100000", max_size=60), st.none() | st.integers(0, 60), st.data())
def test_columns_are_those_of_the_whole_line(
    line: str, around: int | None, data: st.DataObject
) -> None:
    with small_folds(10):
        shown = line_to_qt(line, around)
        assert from_qt(shown) == line
        column = data.draw(st.integers(0, len(line)))
        there = from_utf16(shown, to_utf16(shown, column))
        assert there == column or (there < column and folds.is_hidden(shown, column))
        if around is not None and around <= len(line):
            assert from_utf16(shown, to_utf16(shown, around)) == around


@given(st.integers(11, 80), st.integers(0, 80), st.data())
def test_spans_in_sight_are_those_that_touch_what_is_shown(
    length: int, around: int, data: st.DataObject
) -> None:
    cuts = sorted(data.draw(st.sets(st.integers(0, length), max_size=20)))
    spans = list(zip(cuts[::2], cuts[1::2], strict=False))
    with small_folds(10):
        line = "".join(chr(0x4E00 + at) for at in range(length))
        shown = line_to_qt(line, around)
        assert folds.in_sight(shown, spans) == [
            (start, end) for start, end in spans if set(line[start:end]) & set(shown)
        ]


@contextmanager
def small_folds(longest: int) -> Iterator[None]:
    sizes = {"LONGEST": longest, "HEAD": 3, "WINDOW": 4, "TAIL": 2, "_LEAST": 2}
    with pytest.MonkeyPatch.context() as patch:
        for name, size in sizes.items():
            patch.setattr(folds, name, size)
        yield
