"""What trends say of an account's issues, and what they refuse to say."""

from datetime import UTC
from pathlib import Path

import pytest

from app.engagement.model import Count, Figures, IssueRecord, LinkRecord, Mode
from app.engagement.reports.charts import is_empty
from app.engagement.reports.figures import Rate
from app.engagement.reports.trends import Material, Period, RateChart, Trends, read, trends
from app.engagement.store.reader import Reader
from tests.engagement.reports.stocked import DAY, OTHER, OWN, START, full, issue, links, stock, told

NOW = START + 500 * DAY
WEEK = 7


def material(path: Path) -> Material:
    with Reader(path) as reader:
        return read(reader, (OWN, OTHER))


def shown(path: Path, **more: object) -> Trends:
    return trends(material(path), NOW, zone=UTC, **more)  # type: ignore[arg-type]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "engagement.db"


def test_a_rate_of_each_issue_with_its_own_median_and_middle_half(path: Path) -> None:
    stock(path, OWN, *(full(n, f"No. {n}", 40 + n * 2, 10) for n in range(1, 10)))
    opens = shown(path).rates[0]
    assert opens.rate is Rate.OPENS
    (line,) = opens.chart.series
    usual = opens.chart.usual
    assert usual is not None
    assert line.values == tuple((40 + n * 2) / 200 for n in range(1, 10))
    assert opens.usual is not None
    assert opens.usual.median == usual.middle == 0.25
    assert (usual.low, usual.high) == (0.23, 0.27)
    note = "Median of 9 issues: 25.0 %. Shaded: half of them lie between 23.0 % and 27.0 %."
    assert opens.chart.note == note


def test_a_rate_is_said_with_its_denominator_also_in_the_table(path: Path) -> None:
    stock(path, OWN, full(1, "First", 50, 10))
    chart = shown(path).rates[0].chart
    assert chart.said(0, 0) == "2026-01-02, First: 25.0 % (50 of 200 delivered)"
    assert chart.table().rows == (("2026-01-02", "First", 0.25, 50, 200, "delivered"),)


def test_issues_whose_rate_is_of_another_kind_are_a_gap_and_counted(path: Path) -> None:
    people = [full(n, f"No. {n}", 50, 10) for n in range(1, 4)]
    everybody = issue(4, "All", delivered=200, openers=Count(190))
    stock(path, OWN, *people, everybody)
    chart = shown(path).rates[0].chart
    assert chart.series[0].values == (0.25, 0.25, 0.25, None)
    assert chart.note.endswith("Not known, or not comparable, of 1 more.")


def test_few_issues_say_so_and_have_no_band(path: Path) -> None:
    stock(path, OWN, full(1, "One", 50, 10), full(2, "Two", 60, 10))
    found = shown(path)
    assert found.warning == "Only 2 issues: too few to tell a trend from chance."
    chart = found.rates[0].chart
    assert [series.name for series in chart.series] == ["Opened by people"]
    assert chart.usual is not None
    assert (chart.usual.middle, chart.usual.low) == (0.275, None)


def test_the_newest_does_not_count_while_its_figures_come_in(path: Path) -> None:
    stock(path, OWN, *(full(n, f"No. {n}", 50, 10) for n in (1, 2, 3)), full(99, "New", 1, 0))
    found = shown(path)
    chart = found.rates[0].chart
    assert chart.series[0].values[-1] == 0.005
    assert chart.unfinished
    assert chart.usual is not None
    assert chart.usual.middle == 0.25
    assert "The newest, whose figures still come in, does not count." in chart.note
    assert found.lengths.bars[0].text == "25.0 %, median of 3 issues"


def test_a_period_ends_now_and_accounts_are_not_mixed(path: Path) -> None:
    stock(path, OWN, *(full(n, f"No. {n}", 50, 10) for n in (1, 300, 480)))
    stock(path, OTHER, full(490, "Theirs", 90, 10))
    assert shown(path, account=OWN.id).issues == 3
    assert shown(path, account=OWN.id, period=Period.YEAR).issues == 2
    assert shown(path, account=OWN.id, period=Period.QUARTER).issues == 1
    # Without a choice: the account that sent last.
    assert shown(path).account == OTHER.id
    assert set(shown(path).accounts) == {(OWN.id, OWN.name), (OTHER.id, OTHER.name)}


def test_clicks_of_a_link_are_added_up_over_issues_and_clickers_are_not(path: Path) -> None:
    def link(number: int, url: str, clicks: int, clickers: int) -> LinkRecord:
        return LinkRecord(number, url, "", told(clicks, 0, 50), told(clickers, 0, 9))

    stock(path, OWN, full(1, "One", 50, 10), full(2, "Two", 50, 10))
    best, other = link(1, "https://a.example/x", 9, 7), link(2, "https://b.example/", 4, 4)
    stock(path, OWN, links("i1", best, other))
    again, same_host = (
        link(1, "https://a.example/x", 5, 5),
        link(2, "https://www.a.example/y", 3, 2),
    )
    stock(path, OWN, links("i2", again, same_host))
    found = shown(path)
    assert found.links.table().rows == (
        ("https://a.example/x", 14, 7, 2),
        ("https://b.example/", 4, 4, 1),
        ("https://www.a.example/y", 3, 2, 1),
    )
    assert found.hosts.table().rows == (("a.example", 17, 7, 2), ("b.example", 4, 4, 1))
    assert found.links.said(0, 0) == "a.example/x: 14 clicks · 7 clickers at most · 2 issues"


def test_where_only_clickers_are_told_links_are_ranked_by_the_best_issue(path: Path) -> None:
    def link(number: int, url: str, clickers: int) -> LinkRecord:
        return LinkRecord(number, url, "", clickers=Count(clickers))

    stock(path, OWN, full(1, "One", 50, 10), full(2, "Two", 50, 10))
    stock(path, OWN, links("i1", link(1, "https://a.example/", 5)))
    stock(
        path, OWN, links("i2", link(1, "https://a.example/", 4), link(2, "https://b.example/", 6))
    )
    found = shown(path).links
    assert [(bar.label, bar.values) for bar in found.bars] == [
        ("b.example", (6,)),
        ("a.example", (5,)),
    ]


def test_lengths_and_hours_with_few_issues_have_no_rate(path: Path) -> None:
    short = [full(n * WEEK, "Short", 40 + n, 10) for n in range(1, 5)]
    long = [full(50 + n * WEEK + 1, "A subject of some length, for once", 80, 10) for n in (1, 2)]
    stock(path, OWN, *short, *long)
    found = shown(path)
    assert [bar.text for bar in found.lengths.bars][:3] == [
        "21.2 %, median of 4 issues",
        "2 issues: too few to say",
        "no issue",
    ]
    # The first of January 2026 was a Thursday.
    assert found.times.said(3, 0) == "Thursday, 00:00: 21.2 %, median of 4 issues"
    assert found.times.said(0, 0) == "Monday, 00:00: no issue"
    assert len(found.times.table().rows) == 2


def test_who_only_knows_totals_has_gaps_not_noughts(path: Path) -> None:
    record = IssueRecord("x", "Totals", START, Figures(sent=100, opens=Count(70)), START,
                         mode=Mode.AGGREGATE)  # fmt: skip
    stock(path, OWN, record)
    found = shown(path)
    assert all(is_empty(each.chart) for each in found.rates)
    assert isinstance(found.rates[0].chart, RateChart)
    assert found.rates[0].chart.said(0, 0) == "2026-01-01, Totals: not known"
    assert found.growth.series[0].values == (100,)


def test_without_any_issue_everything_is_empty(path: Path) -> None:
    stock(path, OWN)
    found = shown(path)
    assert (found.issues, found.account, found.accounts) == (0, "", ())
    assert is_empty(found.links)
    assert is_empty(found.times)


def test_a_sending_time_that_cannot_be_is_left_out(path: Path) -> None:
    absurd = IssueRecord("x", "Never", 10**17, Figures(sent=1), START)
    stock(path, OWN, absurd, full(1, "One", 50, 10))
    assert shown(path).issues == 1


def test_too_few_issues_of_any_length_or_hour_say_so_instead_of_advice(path: Path) -> None:
    stock(path, OWN, full(1, "One", 50, 10))
    found = shown(path)
    assert found.warning == "Only 1 issue: too few to tell a trend from chance."
    for chart in (found.lengths, found.times):
        assert "too few to say" in chart.note
        assert "3 issues" in chart.note
