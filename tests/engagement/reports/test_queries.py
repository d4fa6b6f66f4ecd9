"""Lists, one issue and the writer's usual: figures that are so, and a None where nobody knows."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from app.engagement.model import Count, Figures, Gone, LinkRecord, Tombstone
from app.engagement.reports import queries
from app.engagement.reports.figures import Rate, Ratio, Row, Who, is_growing, rates
from app.engagement.reports.queries import Bounds, Filter, chosen, usual
from app.engagement.store.reader import Reader
from app.engagement.store.store import Status, Store
from tests.engagement.reports.stocked import (
    DAY,
    OTHER,
    OWN,
    START,
    full,
    issue,
    links,
    stock,
    told,
)


@pytest.fixture
def reader(tmp_path: Path) -> Iterator[Reader]:
    path = tmp_path / "engagement.db"
    stock(
        path, OWN,
        full(1, "Alpha", 80, 10), full(2, "Beta", 100, 40), full(3, "Gamma open", 60, 6),
        full(4, "Delta", 90, 18), full(5, "Epsilon", 70, 7),
        links("i2", LinkRecord(0, "https://a.example/", "a", told(10), told(8)),
              LinkRecord(1, "https://b.example/", "b", told(30), told(25)),
              LinkRecord(2, "https://c.example/", "c", told(0), told(0))),
    )  # fmt: skip
    stock(path, OTHER, issue(6, "Omega", sent=50, opens=Count(70), clicks=Count(5)))
    with Reader(path) as reader:
        yield reader


@pytest.fixture
def rows(reader: Reader) -> list[Row]:
    return queries.rows(reader, (OWN, OTHER))


def subjects(rows: list[Row]) -> list[str]:
    return [row.subject for row in rows]


def one(rows: list[Row], subject: str) -> Row:
    return next(row for row in rows if row.subject == subject)


def test_people_are_counted_where_they_are_told_apart(rows: list[Row]) -> None:
    beta = one(rows, "Beta")
    assert beta.rates[Rate.OPENS] == Ratio(100, 200, "delivered", Who.PEOPLE)
    assert beta.rates[Rate.CLICKS] == Ratio(40, 200, "delivered", Who.PEOPLE)
    assert beta.rates[Rate.CTOR] == Ratio(40, 100, "openers", Who.PEOPLE)
    assert beta.rates[Rate.BOUNCES] == Ratio(10, 210, "sent", Who.ALL)
    assert beta.rates[Rate.COMPLAINTS].rate == 0
    assert beta.opened == 200


def test_what_is_not_told_is_none_and_never_nought(rows: list[Row]) -> None:
    omega = one(rows, "Omega")
    assert omega.sent == 50
    assert omega.delivered is None
    assert omega.opened == 70
    assert all(ratio.rate is None for ratio in omega.rates.values())
    assert all(ratio.count is None for ratio in omega.rates.values())


def test_no_rate_is_beyond_all() -> None:
    found = rates(Figures(sent=50, delivered=3, openers=Count(4), clickers=Count(6)))
    assert [found[each].rate for each in (Rate.OPENS, Rate.CLICKS, Rate.CTOR)] == [None] * 3
    assert found[Rate.CTOR] == Ratio(6, 4, "openers", Who.ALL), "both figures are still told"


def test_figures_hold_until_the_last_whole_sync_that_did_not_change_them(tmp_path: Path) -> None:
    path = tmp_path / "one.db"
    early = replace(full(1, "Quiet", 5, 1), as_of=START + 2 * DAY)
    stock(path, OWN, early, replace(early, id="i2"), Tombstone(Gone.ISSUE, "i2"))
    store = Store(path)
    store.set_status(Status(OWN.id, "current", as_of=START + 30 * DAY))
    store.close()
    with Reader(path) as reader:
        quiet, gone = sorted(queries.rows(reader, (OWN,)), key=lambda row: row.id)
    assert quiet.as_of == START + 30 * DAY
    assert not is_growing(quiet)
    assert gone.as_of == START + 2 * DAY, "nobody looked at it again"


def test_figures_that_still_come_in_are_nobodys_usual(tmp_path: Path) -> None:
    path = tmp_path / "one.db"
    stock(path, OWN, full(1, "a", 80, 9), full(2, "b", 60, 9), full(99, "New", 1, 0))
    with Reader(path) as reader:
        new, *others = queries.rows(reader, (OWN,))
    assert is_growing(new)
    assert usual([new, *others], others[0])[Rate.OPENS].issues == 1
    assert usual([new, *others], new)[Rate.OPENS].issues == 2


def test_without_delivered_the_denominator_is_sent_and_says_so() -> None:
    found = rates(Figures(sent=50, clickers=Count(5)))
    assert found[Rate.CLICKS] == Ratio(5, 50, "sent", Who.ALL)


def test_nobody_to_count_has_no_rate() -> None:
    assert rates(Figures(sent=0, delivered=0, openers=Count(0)))[Rate.OPENS].rate is None


def test_people_of_all_openers_is_no_rate() -> None:
    mixed = rates(Figures(delivered=10, openers=Count(5), clickers=told(2)))
    assert mixed[Rate.CTOR].rate is None


@pytest.mark.parametrize(
    ("column", "descending", "expected"),
    [
        ("date", True, ["Omega", "Epsilon", "Delta", "Gamma open", "Beta", "Alpha"]),
        ("clicks", True, ["Beta", "Delta", "Alpha", "Epsilon", "Gamma open", "Omega"]),
        ("clicks", False, ["Gamma open", "Epsilon", "Alpha", "Delta", "Beta", "Omega"]),
        ("subject", False, ["Alpha", "Beta", "Delta", "Epsilon", "Gamma open", "Omega"]),
    ],
)
def test_any_column_sorts_and_the_unknown_comes_last(
    rows: list[Row], column: str, descending: bool, expected: list[str]
) -> None:
    assert subjects(chosen(rows, column=column, descending=descending)) == expected


@pytest.mark.parametrize("column", queries.COLUMNS)
def test_every_column_can_be_sorted_by(rows: list[Row], column: str) -> None:
    assert len(chosen(rows, column=column)) == 6


def test_filters(rows: list[Row]) -> None:
    def shown(which: Filter) -> list[str]:
        return subjects(chosen(rows, which, "subject", descending=False))

    assert shown(Filter(text="OPEN")) == ["Gamma open"]
    assert shown(Filter(account=OTHER.id)) == ["Omega"]
    assert shown(Filter(since=START + 5 * DAY)) == ["Epsilon", "Omega"]
    assert shown(Filter(until=START + 2 * DAY)) == ["Alpha"]
    assert shown(Filter(bounds=(Bounds(Rate.CLICKS, least=0.09),))) == ["Beta", "Delta"]
    assert shown(Filter(bounds=(Bounds(Rate.CLICKS, most=0.03),))) == ["Gamma open"]
    both = (Bounds(Rate.OPENS, least=0.4), Bounds(Rate.CLICKS, most=0.05))
    assert shown(Filter(bounds=both)) == ["Alpha"]


def test_the_usual_is_the_median_of_the_accounts_other_issues(rows: list[Row]) -> None:
    usual = queries.usual(rows, one(rows, "Beta"))
    assert usual[Rate.CLICKS].median == pytest.approx((7 / 200 + 10 / 200) / 2)
    assert usual[Rate.CLICKS].issues == 4
    low, high = usual[Rate.CLICKS].low, usual[Rate.CLICKS].high
    assert low is not None
    assert high is not None
    assert low < usual[Rate.CLICKS].median < high


def test_an_only_issue_has_no_usual(rows: list[Row]) -> None:
    assert queries.usual(rows, one(rows, "Omega")) == {}


def test_few_issues_have_a_median_and_no_spread(rows: list[Row]) -> None:
    usual = queries.usual(rows[:4], one(rows, "Delta"))
    assert usual[Rate.OPENS].issues == 2
    assert usual[Rate.OPENS].low is None


def test_people_are_not_compared_with_everybody(tmp_path: Path) -> None:
    path = tmp_path / "mixed.db"
    stock(path, OWN, full(1, "People", 80, 10),
          issue(2, "All", sent=10, delivered=10, openers=Count(9)))  # fmt: skip
    with Reader(path) as reader:
        rows = queries.rows(reader, (OWN,))
        assert Rate.OPENS not in queries.usual(rows, one(rows, "People"))


def test_an_issues_links_have_shares_and_the_most_clicked_come_first(
    reader: Reader, rows: list[Row]
) -> None:
    found = queries.report(reader, rows, one(rows, "Beta"))
    assert [(link.url, link.clicks, link.clickers, link.share) for link in found.links] == [
        ("https://b.example/", 30, 25, 0.75),
        ("https://a.example/", 10, 8, 0.25),
        ("https://c.example/", 0, 0, 0.0),
    ]


def test_links_of_unknown_clicks_have_no_share() -> None:
    found = queries.link_rows([LinkRecord(0, "https://a.example/"), LinkRecord(1, "https://b")])
    assert [(link.clicks, link.clickers, link.share) for link in found] == [(None, None, None)] * 2


def test_issues_of_removed_accounts_are_not_shown(reader: Reader) -> None:
    assert len(queries.rows(reader, (OTHER,))) == 1
