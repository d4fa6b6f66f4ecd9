"""Columns in code points against Qt's UTF-16 units."""

from hypothesis import given
from hypothesis import strategies as st

from app.ui.editor.utf16 import from_qt, from_utf16, to_qt, to_utf16

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
