"""Clicks find the places of their links, and say so where they are counted together."""

from hypothesis import given
from hypothesis import strategies as st

from app.engagement.model import Count, LinkRecord
from app.engagement.reports.click_map import HEATS, legend, spots, unplaced
from app.engagement.reports.queries import LinkRow, link_rows
from tests.engagement.reports.stocked import told

A, B = "https://a.example/x", "https://b.example/y"


def row(number: int, url: str, people: int | None, clicks: int | None) -> LinkRow:
    return LinkRow(number, url, "", people, clicks, 0.5 if clicks else None)


def test_each_use_of_an_address_has_its_own_clicks_in_the_order_of_the_text() -> None:
    found = spots([A, B, A], [row(3, A, 1, 1), row(1, A, 9, 10), row(2, B, 5, 5)])
    assert [spot and (spot.link, spot.count) for spot in found] == [(1, 9), (2, 5), (3, 1)]


def test_what_is_counted_together_says_so() -> None:
    found = spots([A, B, A], [row(1, A, 9, 10)])
    assert found[1] is None
    assert [spot.places for spot in found if spot] == [2, 2]
    assert "counted together at 2 places" in (found[0].title if found[0] else "")


def test_an_address_is_found_without_what_the_platform_added() -> None:
    found = spots([A], [row(1, f"{A}/?utm_source=letter", 3, 4)])
    assert found[0] is not None
    assert found[0].count == 3


def test_the_address_as_it_is_goes_before_one_that_is_like_it() -> None:
    found = spots([f"{A}?utm_source=b", A], [row(1, A, 3, 4), row(2, f"{A}?utm_source=b", 7, 8)])
    assert [spot and spot.link for spot in found] == [2, 1]


def test_what_is_not_told_is_a_dash_and_no_nought() -> None:
    (spot,) = spots([A], [row(1, A, None, None)])
    assert spot is not None
    assert (spot.badge, spot.heat) == ("–", 0)


def test_a_nought_is_one() -> None:
    (spot, other) = spots([A, B], [row(1, A, 0, 0), row(2, B, 4, 6)])
    assert spot is not None
    assert other is not None
    assert (spot.badge, spot.heat, other.heat) == ("0", 0, HEATS - 1)


def test_the_share_is_told_with_what_it_is_of() -> None:
    rows = link_rows([LinkRecord(1, A, clicks=told(15), clickers=told(12)),
                      LinkRecord(2, B, clicks=Count(5, 5, 0, 0), clickers=told(1))])  # fmt: skip
    (spot, other) = spots([A, B], rows)
    assert spot is not None
    assert other is not None
    assert spot.title == "12 people, 15 clicks, 75.0 % of 20 clicks"
    assert spot.badge == "12 · 75.0 %"
    assert other.title.startswith("1 person")


def test_what_the_figures_are_is_said() -> None:
    assert legend([row(1, A, 3, 4)]) == "How many clicked · share of all clicks"
    assert legend([row(1, A, None, 4)]) == "Clicks · share of all clicks"
    assert legend([row(1, A, 3, None)]) == "How many clicked · share of all who did"
    assert legend([row(1, A, None, None)]) == ""


def test_links_that_are_not_in_the_text_are_told() -> None:
    rows = [row(1, A, 1, 1), row(2, B, 2, 2)]
    assert [link.number for link in unplaced(spots([A], rows), rows)] == [2]


URLS = st.sampled_from([A, B, A + "/", A + "?utm_source=x", "mailto:a@b.example", "#top", ""])
ROWS = st.lists(st.tuples(URLS, st.none() | st.integers(0, 50)), max_size=8)


@given(st.lists(URLS, max_size=10), ROWS)
def test_every_place_has_at_most_one_link_and_of_its_address(
    hrefs: list[str], told: list[tuple[str, int | None]]
) -> None:
    rows = [row(number, url, count, count) for number, (url, count) in enumerate(told)]
    found = spots(hrefs, rows)
    assert len(found) == len(hrefs)
    for spot in found:
        if spot is not None:
            assert 0 <= spot.heat < HEATS
            assert spot.places == sum(1 for each in found if each and each.link == spot.link)
    assert len(unplaced(found, rows)) + len({spot.link for spot in found if spot}) == len(rows)
