"""One issue's page: people apart from the rest, the writer's usual, time by the writer's clock."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from app.engagement.model import (
    Count,
    Dimension,
    Figures,
    IssueDetail,
    IssueRecord,
    Mode,
    Record,
    SeriesPoint,
)
from app.engagement.reports.charts import Stroke, Tone
from app.engagement.reports.comparison import compare
from app.engagement.reports.figures import Rate, Row, Who
from app.engagement.reports.headlines import Headline
from app.engagement.reports.issue_page import IssuePageData, issue_page, links_table
from app.engagement.reports.over_time import Clock
from app.engagement.reports.queries import rows
from app.engagement.reports.subscribers import timelines
from app.engagement.store.reader import Reader
from app.speech import say, translate_with
from tests.engagement.reports import told
from tests.engagement.reports.stocked import DAY, OTHER, OWN, stock
from tests.engagement.reports.told import HOUR, SENT_AT

Make = Callable[..., IssuePageData]
BERLIN = Clock(ZoneInfo("Europe/Berlin"))


@pytest.fixture
def made(tmp_path: Path) -> Make:
    def make(*records: Record, clock: Clock = BERLIN, account: object = OWN) -> IssuePageData:
        path = tmp_path / "engagement.db"
        stock(path, OWN, *records)
        with Reader(path) as reader:
            known = rows(reader, (OWN,))
            return issue_page(reader, known, known[0], clock, SENT_AT + 10 * DAY)

    return make


def of(page: IssuePageData, rate: Rate, side: int = 0) -> Headline:
    return next(each for each in page.sides[side].headlines if each.rate is rate)


def test_people_come_first_and_everybody_is_a_switch_away(made: Make) -> None:
    page = made(*told.records())
    assert [side.who for side in page.sides] == [Who.PEOPLE, Who.ALL]
    people, everybody = of(page, Rate.OPENS), of(page, Rate.OPENS, 1)
    assert (people.value, people.of) == ("42.0 %", "2,021 of 4,812 delivered")
    assert people.classes == "apart from 1,210 privacy proxies, 64 machines"
    assert everybody.of == "3,295 of 4,812 delivered"


def test_each_figure_stands_beside_its_usual_in_words(made: Make) -> None:
    page = made(*told.records())
    opens, unsubscribes = of(page, Rate.OPENS), of(page, Rate.UNSUBSCRIBES)
    assert opens.beside.startswith("above your usual 35.")
    assert opens.better is True
    assert "median of 30 other issues" in opens.explained
    assert "middle half" in opens.explained
    assert unsubscribes.beside == "as usual (0.19 %)"
    assert unsubscribes.better is None


def test_more_complaints_than_usual_are_not_better(made: Make) -> None:
    usual = [told.issue(number, "x", SENT_AT - number * DAY) for number in range(1, 6)]
    page = made(*usual, told.issue(0, "Bad one", complaints=40))
    assert of(page, Rate.COMPLAINTS).better is False
    assert of(page, Rate.COMPLAINTS).beside == "above your usual 0.02 %"


def test_everybody_is_compared_with_everybody(made: Make) -> None:
    page = made(*told.records())
    usual = of(page, Rate.OPENS, 1).usual
    assert usual is not None
    assert usual.median > 0.6


def test_an_issue_is_not_below_the_usual_while_figures_come_in(made: Make) -> None:
    usual = [told.issue(number, "x", SENT_AT - number * 7 * DAY) for number in range(1, 6)]
    young = replace(told.issue(0, "New", share=0.1, complaints=40), as_of=SENT_AT + 20 * HOUR)
    page = made(*usual, young)
    assert "figures still come in" in page.notes[0]
    assert of(page, Rate.OPENS).beside == "so far; your usual is 42.0 %"
    assert of(page, Rate.OPENS).better is None
    assert of(page, Rate.COMPLAINTS).beside == "already above your usual 0.02 %"
    assert of(page, Rate.COMPLAINTS).better is False


def test_more_clickers_than_openers_make_no_rate_and_it_is_said(made: Make) -> None:
    ctor = of(made(told.issue(1, "x", clickers=told.told(4800))), Rate.CTOR)
    assert ctor.value == "–"
    assert ctor.of == "4,800 of 2,038 openers"
    assert ctor.classes == "more clicked than are known to have opened: that makes no rate"


def test_clicks_of_unknown_openers_are_no_figure_of_their_own(made: Make) -> None:
    page = made(told.issue(1, "x", openers=Count(), clickers=Count(9)))
    assert of(page, Rate.CLICKS).is_told
    assert not of(page, Rate.CTOR).is_told
    assert "does not tell people from machines" in " ".join(page.notes)


def test_other_issues_are_named_by_the_writers_day(made: Make) -> None:
    night = told.issue(1, "Late", SENT_AT - 8 * HOUR)  # 23:00 UTC is 00:00 in Berlin
    assert made(night, told.issue(2, "New")).names == ("3 Feb 2026 · Late",)


def test_a_first_issue_has_nothing_to_compare_with(made: Make) -> None:
    page = made(told.issue(1, "First"))
    assert of(page, Rate.OPENS).beside == "nothing to compare with yet"
    assert page.others == ()


def test_what_the_platform_does_not_tell_is_a_dash_and_is_said(made: Make) -> None:
    page = made(IssueRecord("i1", "Only sent", SENT_AT, Figures(sent=100), SENT_AT))
    assert [side.who for side in page.sides] == [Who.ALL]
    assert of(page, Rate.OPENS).value == "–"
    assert of(page, Rate.OPENS).of == "not told by the platform"
    assert not of(page, Rate.OPENS).is_told
    assert "of who opened it, who clicked, unsubscribes" in page.untold
    assert page.sides[0].course.hours is None
    assert page.sides[0].course.week is None
    assert "when it was opened" in page.untold
    assert page.bounces is None


def test_platforms_that_do_not_tell_machines_apart_are_said_to(made: Make) -> None:
    record = IssueRecord(
        "i1", "x", SENT_AT, Figures(sent=9, delivered=9, openers=Count(5)), SENT_AT
    )
    assert "does not tell people from machines" in " ".join(made(record).notes)
    assert "machines" not in " ".join(made(told.issue(2, "told", SENT_AT + 1)).notes)


def test_an_untracked_issue_says_so(made: Make) -> None:
    record = replace(told.issue(1, "x"), mode=Mode.NONE, figures=Figures(sent=10))
    assert "without tracking" in made(record).notes[0]


def test_hours_are_those_of_the_writer(made: Make) -> None:
    hours = made(*told.records()).sides[0].course.hours
    assert hours is not None
    assert hours.labels[0] == "Tue 3 Feb, 08:00", "07:00 UTC in winter"
    assert "Europe/Berlin (UTC+1)" in hours.note


def test_privacy_proxies_and_machines_are_drawn_beside_everybody(made: Make) -> None:
    people, everybody = (side.course.hours for side in made(*told.records()).sides)
    assert people is not None
    assert [each.name for each in people.series] == ["Opened", "Clicked"]
    hours = everybody
    assert hours is not None
    assert [(each.name, each.tone) for each in hours.series] == [
        ("Opened", Tone.FIRST), ("Clicked", Tone.SECOND),
        ("Privacy proxies", Tone.QUIET), ("Machines", Tone.QUIET),
    ]  # fmt: skip
    assert len({each.stroke for each in hours.series[2:]}) == 2
    assert Stroke.SOLID not in {each.stroke for each in hours.series[2:]}


def point(hours: float, opened: int) -> SeriesPoint:
    key = str(SENT_AT + int(hours * HOUR))
    return SeriesPoint(Dimension.HOUR, key, Figures(openers=told.told(opened)))


def page_of(made: Make, as_of: int, *points: SeriesPoint, clock: Clock = BERLIN) -> IssuePageData:
    record = replace(told.issue(1, "x"), as_of=as_of)
    dimensions = frozenset({Dimension.HOUR})
    return made(record, IssueDetail("i1", (), points, dimensions, as_of, 1), clock=clock)


def test_an_hour_without_anything_is_0_and_hours_to_come_are_not_there(made: Make) -> None:
    page = page_of(made, SENT_AT + 4 * HOUR + HOUR // 2, point(0, 7), point(3, 2))
    hours = page.sides[0].course.hours
    assert hours is not None
    assert hours.series[0].values == (7, 0, 0, 2, 0)
    assert hours.unfinished, "the last hour is not over"


def test_days_are_those_of_the_writer(made: Make) -> None:
    points = (point(0, 5), point(14, 3), point(18, 4))
    # 21:00 UTC is still the same day in Berlin, 01:00 the next one; in Auckland all but one are.
    days = page_of(made, SENT_AT + 3 * DAY, *points).sides[0].course.days
    assert days is not None
    assert days.series[0].values[:2] == (8, 4)
    there = Clock(ZoneInfo("Pacific/Auckland"))
    days = page_of(made, SENT_AT + 3 * DAY, *points, clock=there).sides[0].course.days
    assert days is not None
    assert days.series[0].values[:2] == (5, 7)


def test_readers_by_day_are_all_readers(made: Make) -> None:
    page = made(*told.records())
    days, hours = page.sides[0].course.days, page.report.splits[Dimension.HOUR]
    assert days is not None
    opened = sum(each.figures.openers.human or 0 for each in hours)
    assert sum(value or 0 for value in days.series[0].values) == opened


def test_opens_months_later_are_told_and_not_drawn(made: Make) -> None:
    days = page_of(made, SENT_AT + 200 * DAY, point(0, 5), point(24 * 150, 3)).sides[0].course.days
    assert days is not None
    assert len(days.labels) == 90
    assert "3 more opened" in days.note


def test_a_night_when_the_clock_is_set_back_loses_no_hour(made: Make) -> None:
    # 2026-10-25: 02:00 comes twice in Berlin.
    night = SENT_AT + 264 * DAY - 8 * HOUR
    record = replace(told.issue(1, "x", night), as_of=night + 30 * HOUR)
    points = tuple(
        SeriesPoint(Dimension.HOUR, str(night + n * HOUR), Figures(openers=told.told(1)))
        for n in range(24)
    )
    detail = IssueDetail("i1", (), points, frozenset({Dimension.HOUR}), record.as_of, 1)
    course = made(record, detail).sides[0].course
    assert course.hours is not None
    assert course.week is not None
    assert course.days is not None
    assert [label for label in course.hours.labels if "02:00" in label][:2] == [
        "Sun 25 Oct, 02:00 CEST", "Sun 25 Oct, 02:00 CET",
    ]  # fmt: skip
    assert sum(value or 0 for row in course.week.values for value in row) == 24
    assert sum(value or 0 for value in course.days.series[0].values) == 24


def test_the_heat_map_is_by_the_writers_weekday_and_hour(made: Make) -> None:
    week = page_of(made, SENT_AT + DAY, point(0, 7), point(17, 2)).sides[0].course.week
    assert week is not None
    assert week.rows[1] == "Tue"
    assert week.values[1][8] == 7
    assert week.values[2][1] == 2
    assert "Europe/Berlin" in week.note


def test_a_clock_of_half_hours_says_how_hours_are_put(made: Make) -> None:
    page = made(*told.records(), clock=Clock(ZoneInfo("Asia/Kolkata")))
    course = page.sides[0].course
    assert course.week is not None
    assert course.days is not None
    assert course.hours is not None
    assert course.week.values[1][12] == course.hours.series[0].values[0]
    for chart in (course.week, course.days):
        assert "begin 30 minutes past yours" in chart.note
    berlin = made(*told.records()).sides[0].course.week
    assert berlin is not None
    assert "minutes past" not in berlin.note


def test_hours_of_the_week_that_are_still_to_come_are_no_noughts(made: Make) -> None:
    record = replace(told.issue(1, "x"), as_of=SENT_AT + 2 * HOUR + 1)
    detail = IssueDetail("i1", (), (point(0, 7),), frozenset({Dimension.HOUR}), record.as_of, 1)
    week = made(record, detail).sides[0].course.week
    assert week is not None
    assert week.values[1][7:12] == (None, 7, 0, 0, None)
    assert week.values[0] == (None,) * 24
    assert week.said(0, 3) == "Mon, 03:00: not known"
    assert "still to come" in week.note
    whole = page_of(made, SENT_AT + 8 * DAY, point(0, 7)).sides[0].course.week
    assert whole is not None
    assert whole.values[0] == (0,) * 24


def test_a_platform_that_tells_days_has_days_alone(made: Make) -> None:
    record = IssueRecord("i1", "x", SENT_AT, Figures(sent=9, opens=Count(7)), SENT_AT + 4 * DAY)
    start = SENT_AT - SENT_AT % DAY
    points = (
        SeriesPoint(Dimension.DAY, str(start), Figures(opens=Count(5))),
        SeriesPoint(Dimension.DAY, str(start + 2 * DAY), Figures(opens=Count(2))),
    )
    page = made(record, IssueDetail("i1", (), points, frozenset({Dimension.DAY}), SENT_AT))
    course = page.sides[0].course
    assert course.hours is None
    assert course.week is None
    assert course.days is not None
    assert course.days.series[0].values[:3] == (5, 0, 2)
    assert [each.name for each in course.days.series] == ["Opened"], "clicks are not told"
    assert course.days.note == "Days are those of UTC, as the platform counts them."
    assert (of(page, Rate.OPENS).value, of(page, Rate.OPENS).of) == (
        "7 times", "in all; by how many people is not told",
    )  # fmt: skip


def test_domains_have_their_denominators(made: Make) -> None:
    domains = made(*told.records()).sides[0].domains
    assert domains is not None
    assert domains.said(0, 0) == "gmail.com: opened 905"
    assert domains.text(0) == "43.1 % (905 of 2,100), 301 by proxies"
    assert domains.value(0, 1) == 301
    everybody = made(*told.records()).sides[1].domains
    assert everybody is not None
    assert everybody.text(0) == "57.4 % (1,206 of 2,100)"


def test_a_domain_seen_through_proxies_alone_has_no_rate_of_0(made: Make) -> None:
    record = told.issue(1, "x")
    gmail = Figures(delivered=259, openers=told.told(0, 52))
    points = (SeriesPoint(Dimension.DOMAIN, "gmail.com", gmail),)
    page = made(record, IssueDetail("i1", (), points, frozenset({Dimension.DOMAIN}), SENT_AT, 1))
    domains = page.sides[0].domains
    assert domains is not None
    assert domains.text(0) == "0 of 259, 52 by proxies"


def test_mail_programs_say_whom_they_do_not_count(made: Make) -> None:
    page = made(*told.records())
    people, everybody = page.sides[0].clients, page.sides[1].clients
    assert people is not None
    assert everybody is not None
    assert people.note == "1,210 whose opens a privacy proxy hid are not among them."
    assert everybody.note == ""


def test_reasons_of_bounces_are_in_words_with_their_code(made: Make) -> None:
    bounces = made(*told.records()).bounces
    assert bounces is not None
    assert [bar.label for bar in bounces.bars] == [
        "Mailbox is full (4.2.2)", "No such mailbox (5.1.1)",
        "Refused by the receiver’s rules (5.7.1)",
    ]  # fmt: skip


def test_apples_proxy_is_explained_where_it_opened(made: Make) -> None:
    proxies = made(*told.records()).proxies
    assert proxies is not None
    assert "Apple’s proxy opens for the reader" in proxies.note


def test_the_archive_shows_what_the_platform_tells(made: Make) -> None:
    other = {"page_views_lifetime": 812, "subscriptions": 14, "paid_subscriptions": 2}
    archive = made(told.issue(1, "x", other=other)).archive
    assert archive is not None
    assert [bar.values for bar in archive.bars] == [(812,), (14,), (2,)]
    assert made(told.issue(2, "y", SENT_AT + 1)).archive is None


def test_the_archive_leads_from_the_letter_to_sign_ups(made: Make) -> None:
    record = told.issue(1, "x")
    steps = {"page_views": 90, "page_visits": 70, "page_readers": 31, "page_sign_ups": 4}
    pages = [
        SeriesPoint(Dimension.ARCHIVE, "page_1", Figures(clicks=Count(40, 31, 2, 7), other=steps)),
        SeriesPoint(Dimension.ARCHIVE, "page_2", Figures(other={"page_views": 10})),
    ]
    detail = IssueDetail("i1", None, tuple(pages), frozenset({Dimension.ARCHIVE}), None, 1)
    archive = made(record, detail).archive
    assert archive is not None
    assert [bar.values for bar in archive.bars] == [(31,), (100,), (70,), (31,), (4,)]


def test_links_are_of_people_or_of_everybody(made: Make) -> None:
    page = made(*told.records())
    assert page.sides[0].links[0].clicks == 212
    assert page.sides[1].links[0].clicks == 215
    table = links_table(page.sides[0].links)
    assert table.rows[0][0] == "https://example.org/essays/on-slow-software"
    assert sum(row[4] for row in table.rows if isinstance(row[4], float)) == pytest.approx(1)


def test_a_comparison_says_points_and_only_of_like_figures(made: Make) -> None:
    page = made(*told.records())
    lines = {each.title: each for each in compare(page.row, page.others[0], Who.PEOPLE)}
    assert lines["Opens"].difference == "+10.1 points"
    assert lines["Sent"].difference == "0"
    assert lines["Click-to-open"].difference in ("0 points", "−0.0 points", "0.0 points")


def test_small_rates_differ_as_precisely_as_they_are_shown(made: Make) -> None:
    before = told.issue(1, "x", SENT_AT - 7 * DAY, complaints=0)
    page = made(before, told.issue(2, "y", complaints=7))
    lines = {each.title: each for each in compare(page.row, page.others[0], Who.PEOPLE)}
    assert (lines["Complaints"].this, lines["Complaints"].difference) == (
        "0.15 % (7 of 4,812 delivered)", "+0.15 points",
    )  # fmt: skip


def test_one_machine_is_a_machine(made: Make) -> None:
    page = made(told.issue(1, "x", openers=told.told(5, 1, 1)))
    assert of(page, Rate.OPENS).classes == "apart from 1 privacy proxy, 1 machine"


def test_what_is_not_told_comes_last_and_one_more_is_shown(made: Make) -> None:
    names = ["", *(f"p{number}" for number in range(8))]
    points = tuple(
        SeriesPoint(Dimension.CLIENT, name, Figures(openers=told.told(9 - number)))
        for number, name in enumerate(names)
    )
    record = told.issue(1, "x")
    detail = IssueDetail("i1", (), points, frozenset({Dimension.CLIENT}), record.as_of, 1)
    clients = made(record, detail).sides[0].clients
    assert clients is not None
    assert [bar.label for bar in clients.bars] == [*names[1:], "Not told"]
    assert "more" not in clients.note


def test_figures_counted_differently_are_not_subtracted(tmp_path: Path) -> None:
    path = tmp_path / "engagement.db"
    stock(path, OWN, told.issue(1, "Ours"))
    plain = IssueRecord("j1", "Theirs", SENT_AT, Figures(sent=10, openers=Count(5)), SENT_AT)
    stock(path, OTHER, plain)
    with Reader(path) as reader:
        one, two = sorted(rows(reader, (OWN, OTHER)), key=lambda row: row.account)
    lines: dict[str, str] = {
        each.title: each.difference for each in compare(one, two, Who.PEOPLE)
    }  # fmt: skip
    assert lines["Opens"] == "counted differently"
    assert lines["Clicks"] == "–"
    assert [each.title for each in compare(two, two, Who.ALL)] == [
        "Sent", "Delivered", "Opens",
    ], "what neither tells is left out"  # fmt: skip
    assert lines["Delivered"] == "–"


def test_times_are_compared_where_nobody_tells_people(tmp_path: Path) -> None:
    path = tmp_path / "engagement.db"
    for number in (1, 3):
        stock(path, OTHER, IssueRecord(f"j{number}", "x", SENT_AT, Figures(opens=Count(number)),
                                       SENT_AT))  # fmt: skip
    with Reader(path) as reader:
        three, one = rows(reader, (OTHER,))
    opens = compare(three, one, Who.ALL)[2]
    assert (opens.this, opens.other, opens.difference) == ("3 times", "once", "+2")


def test_subscribers_are_listed_by_their_last_event(tmp_path: Path) -> None:
    path = tmp_path / "engagement.db"
    stock(path, OWN, *told.records(1))
    with Reader(path) as reader:
        row: Row = rows(reader, (OWN,))[0]
        found = timelines(reader, row.source, {0: "https://example.org/essays/on-slow-software"})
    assert found.whole == 40
    lasts = [each.steps[0].at for each in found.shown]
    assert lasts == sorted(lasts, reverse=True)
    first = next(each for each in found.shown if each.subscriber == "sub_0000")
    assert [step.words for step in first.steps] == [
        "Clicked https://example.org/essays/on-slow-software", "Opened in Gmail",
        "Opened by a privacy proxy",
    ]  # fmt: skip


def test_freshness_says_when_and_by_which_clock(made: Make) -> None:
    assert made(*told.records()).fresh == "Figures as of Thu 12 Feb 2026, 08:30 · never synced"


def test_words_can_be_in_another_language(made: Make) -> None:
    translate_with({"Opens": "Öffnungen", "{n} of {m}": "{n} von {m}"}.get)  # type: ignore[arg-type]
    try:
        assert say("Opens") == "Öffnungen"
        assert say("{n} of {m}", n=1, m=2) == "1 von 2"
    finally:
        translate_with(str)
