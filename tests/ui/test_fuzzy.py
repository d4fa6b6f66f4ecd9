from hypothesis import given
from hypothesis import strategies as st

from app.ui.fuzzy import match


def best(query: str, names: list[str]) -> str:
    fits = [(fit.score, name) for name in names if (fit := match(query, name)) is not None]
    return max(fits)[1]


def test_letters_in_order_fit_and_others_do_not() -> None:
    assert match("nd", "New draft") is not None
    assert match("dn", "New draft") is None


def test_an_empty_query_fits_everything() -> None:
    assert match("  ", "New draft") is not None


def test_starts_of_words_count_more_than_letters_inside_words() -> None:
    assert best("cd", ["Decided", "Close draft"]) == "Close draft"


def test_letters_in_a_row_count_more_than_scattered_ones() -> None:
    assert best("zoom", ["Zealous owls of Mali", "Zoom in"]) == "Zoom in"


def test_blanks_in_the_query_separate_parts() -> None:
    fit = match("app dark", "Appearance: Dark")
    assert fit is not None
    assert [fit.positions[0], fit.positions[3]] == [0, 12]


@given(st.text(max_size=12), st.text(max_size=40))
def test_the_positions_hold_the_letters_of_the_query(query: str, name: str) -> None:
    fit = match(query, name)
    if fit is None:
        return
    assert list(fit.positions) == sorted(set(fit.positions))
    wanted = "".join(query.casefold().split())
    if len(name.casefold()) == len(name):
        assert "".join(name.casefold()[at] for at in fit.positions) == wanted
