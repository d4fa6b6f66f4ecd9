"""Exports: hostile subjects do no harm, unknown figures stay unknown."""

import csv
import io
import json
from pathlib import Path

import pytest
from markdown_it import MarkdownIt

from app.engagement.model import Count, LinkRecord
from app.engagement.reports import export, queries, words
from app.engagement.reports.figures import Ratio, Row
from app.engagement.store.reader import Reader
from tests.engagement.reports.stocked import OWN, full, issue, links, stock

HOSTILE = "=cmd|'/c calc'!A0 <b>&[x](javascript:1)\n| \u202e"


@pytest.fixture
def made(tmp_path: Path) -> tuple[list[Row], queries.IssueReport]:
    path = tmp_path / "engagement.db"
    link = LinkRecord(0, "https://a.example/?a=1|2", "t", Count(4), Count(3))
    issues = full(1, HOSTILE, 80, 10), full(2, "Other", 60, 20), issue(3, "Empty", sent=5)
    stock(path, OWN, *issues, links("i1", link))
    with Reader(path) as reader:
        rows = queries.rows(reader, (OWN,))
        one = next(row for row in rows if row.id == "i1")
        return rows, queries.report(reader, rows, one)


def test_csv_has_numerators_denominators_and_rates(
    made: tuple[list[Row], queries.IssueReport],
) -> None:
    lines = list(csv.DictReader(io.StringIO(export.issues_csv(made[0]), newline="")))
    by_id = {line["id"]: line for line in lines}
    assert by_id["i2"]["opens"] == "60"
    assert by_id["i2"]["opens_total"] == "200"
    assert by_id["i2"]["opens_of"] == "delivered"
    assert by_id["i2"]["opens_rate"] == "0.3"
    assert by_id["i3"]["opens"] == ""
    assert by_id["i3"]["opens_rate"] == ""
    assert by_id["i3"]["complaints"] == ""
    assert by_id["i1"]["subject"].startswith("'=cmd")


def test_json_has_null_for_what_is_not_known(made: tuple[list[Row], queries.IssueReport]) -> None:
    objects = json.loads(json.dumps([export.issue_object(row) for row in made[0]]))
    empty = next(each for each in objects if each["id"] == "i3")
    assert empty["opens"] == {
        "count": None, "of": "sent", "total": 5, "rate": None, "who": "all"
    }  # fmt: skip
    assert empty["delivered"] is None
    report = json.loads(json.dumps(export.report_object(made[1])))
    assert report["links"][0]["clicks"] == 4
    assert report["usual"]["opens"] == {"median": 0.3, "issues": 1, "low": None, "high": None}


def test_markdown_shows_hostile_subjects_as_text(
    made: tuple[list[Row], queries.IssueReport],
) -> None:
    renderer = MarkdownIt("commonmark").enable("table")
    listed = renderer.render(export.issues_markdown(made[0]))
    assert listed.count("<tr>") == 4
    one = renderer.render(export.report_markdown(made[1]))
    for html in (listed, one):
        assert "&lt;b&gt;" in html
        assert "<b>" not in html
        assert "<img" not in html
    assert "<a " not in listed
    assert '<a href="https://a.example/?a=1%7C2">t</a>' in one
    assert "40.0 % (80 of 200 delivered)" in one
    assert "usually 30.0 % (median of 1)" in one


def test_a_dash_stands_for_what_is_not_known(
    made: tuple[list[Row], queries.IssueReport],
) -> None:
    line = next(each for each in export.issues_markdown(made[0]).splitlines() if "Empty" in each)
    assert line.count("–") == 6
    assert " 0" not in line


@pytest.mark.parametrize(
    ("ratio", "said"),
    [
        (Ratio(118, 279, "delivered"), "42.3 % (118 of 279 delivered)"),
        (Ratio(1, 4812, "delivered"), "0.02 % (1 of 4,812 delivered)"),
        (Ratio(0, 10, "delivered"), "0.0 % (0 of 10 delivered)"),
        (Ratio(None, 10, "delivered"), "–"),
        (Ratio(3, None, "delivered"), "3 of – delivered"),
        (Ratio(0, 0, "sent"), "0 of 0 sent"),
    ],
)
def test_a_rate_is_never_without_its_denominator(ratio: Ratio, said: str) -> None:
    assert words.ratio(ratio) == said


def test_times_are_shown_where_no_recipients_are_told() -> None:
    unknown = Ratio(None, 50, "sent")
    assert words.ratio_or_times(unknown, 70) == "– (70 times in all)"
    assert words.ratio_or_times(unknown, None) == "–"
    assert words.ratio_or_times(Ratio(1, 4, "sent"), 70) == "25.0 % (1 of 4 sent)"


def test_impossible_times_are_unknown() -> None:
    assert words.day(2**63 - 1) == "–"
    assert words.day(None) == "–"


def test_a_report_says_that_figures_still_come_in(tmp_path: Path) -> None:
    path = tmp_path / "engagement.db"
    stock(path, OWN, full(99, "New", 8, 2), full(1, "Old", 80, 20))
    with Reader(path) as reader:
        known = queries.rows(reader, (OWN,))
        new, old = (export.report_markdown(queries.report(reader, known, each)) for each in known)
    assert "They still come in." in new
    assert "still" not in old
