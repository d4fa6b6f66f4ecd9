"""Every figure that the demo's reports show, made a second time from what really happened.

What happened is known: the demo made it up. Who is a person is the server's judgement, hit by hit;
what follows from that for each figure is counted here, in another way than anybody else counts.
"""

import asyncio
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median
from zoneinfo import ZoneInfo

import pytest

from app.demo.history import Sent
from app.demo.telling import tell, world
from app.engagement.model import Account, EventRecord, Mode
from app.engagement.reports.charts import BarChart, LineChart
from app.engagement.reports.figures import Rate, Row, Who
from app.engagement.reports.issue_page import IssuePageData, Side, issue_page
from app.engagement.reports.over_time import Clock
from app.engagement.reports.queries import rows
from app.engagement.reports.trends import Trends, read, trends
from app.engagement.store.reader import Reader
from app.engagement.store.store import Store
from app.engagement.sync.many import sync_account
from app.engagement.sync.state import State
from app.trackserver.api.keys import Scope
from app.trackserver.settings import embedded
from app.trackserver.store.database import Database
from app.trackserver.work.worker import Worker
from tests.trackserver.serving import serving

WEEKS = 5
NOW = 1_792_990_800_000
"""2026-10-26T05:00:00Z: in the night before the last, clocks were set back in Berlin."""
SITE = "http://site.example"
TEXT = '---\nsubject: "No. 12"\n---\n\n[One]({0}/a) [two](https://b.example/) [one]({0}/a)\n'
HOUR = 3_600_000
BERLIN = ZoneInfo("Europe/Berlin")
AGENTS = ("human", "privacy_proxy", "machine")
"""The better ones first: who is seen as several counts as the best of them."""


@dataclass(frozen=True)
class World:
    """What happened, newest issue first, and what the reports make of it."""

    sent: Sequence[Sent]
    rows: Sequence[Row]
    pages: Sequence[IssuePageData]
    events: Sequence[Sequence[EventRecord]]
    trends: Trends

    def issues(self) -> Iterator[tuple[Sent, Row, IssuePageData, Sequence[EventRecord]]]:
        return zip(self.sent, self.rows, self.pages, self.events, strict=True)


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> World:
    """Told to a real server, worked off, synced and made into reports."""
    folder = tmp_path_factory.mktemp("demo")
    database = Database(embedded(folder))
    database.migrate()
    whole = world(NOW, [("No. 12", TEXT.format(SITE))], SITE, WEEKS)
    with serving(database, folder / "server", clock=lambda: NOW) as served:
        made = served.http.post("/v1/publications", json={"name": "The Slow Web"}).json()
        for _ in tell(served.http, whole, SITE):
            pass
        worker = Worker(database, served.services.clock)
        while worker.step():
            pass
        account = Account("a", "sendoff", "The Slow Web", served.url, made["id"])
        store = Store(folder / "engagement.db")
        outcome = asyncio.run(sync_account(account, served.new_key([Scope.READ]), store))
        store.close()
    database.close()
    assert (outcome.state, outcome.message) == (State.CURRENT, "")
    with Reader(store.path) as reader:
        found = rows(reader, [account])
        pages = [issue_page(reader, found, row, Clock(BERLIN), NOW) for row in found]
        events = [list(reader.events(row.source)) for row in found]
        over_all = trends(read(reader, [account]), NOW, zone=BERLIN)
    return World([sent for sent, _ in reversed(whole)], found, pages, events, over_all)


def of_type(sent: Sent, kind: str) -> list[str]:
    """The readers of whom it happened, as often as it did."""
    return [event["subscriber"] for event in sent.events if event["type"] == kind]


def test_what_was_sent_is_what_was_sent(demo: World) -> None:
    for sent, row, _, _ in demo.issues():
        assert row.subject == sent.letter.subject
        assert row.sent_at == sent.letter.sent_at
        assert row.sent == len(set(of_type(sent, "sent"))) == len(sent.readers)
        assert row.delivered == len(set(of_type(sent, "delivered")))
        for rate, kind, of in (
            (Rate.BOUNCES, "hard_bounce", row.sent),
            (Rate.COMPLAINTS, "complained", row.delivered),
            (Rate.UNSUBSCRIBES, "unsubscribed", row.delivered),
        ):
            assert (row.rates[rate].count, row.rates[rate].total) == (len(of_type(sent, kind)), of)


def test_everybody_is_whoever_opened_or_clicked(demo: World) -> None:
    for sent, row, page, _ in demo.issues():
        if row.source.record.mode is not Mode.INDIVIDUAL:
            continue
        opened, clicked = set(of_type(sent, "opened")), set(of_type(sent, "clicked"))
        shown = {each.rate: each for each in page.sides[-1].headlines}
        assert page.sides[-1].who is Who.ALL
        assert shown[Rate.OPENS].number == len(opened) / (row.delivered or 0)
        assert shown[Rate.CLICKS].number == len(clicked) / (row.delivered or 0)
        assert shown[Rate.CTOR].number == len(clicked) / len(opened | clicked)
        assert sum(link.clicks or 0 for link in page.sides[-1].links) == len(
            of_type(sent, "clicked")
        )


def test_people_are_counted_once_each_and_machines_apart(demo: World) -> None:
    for _, row, page, events in demo.issues():
        if row.source.record.mode is not Mode.INDIVIDUAL:
            continue
        opens, clicks = best(events, "opened"), best(events, "clicked")
        seen = {who: min(opens[who], clicks.get(who, opens[who]), key=AGENTS.index)
                for who in opens}  # fmt: skip
        people = {who for who, agent in seen.items() if agent == "human"}
        clickers = {who for who, agent in clicks.items() if agent == "human"}
        unseen = {who for who in clickers if who not in opens}
        opened, clicked, ctor = (row.rates[each] for each in (Rate.OPENS, Rate.CLICKS, Rate.CTOR))
        assert (opened.count, opened.total) == (len(people), row.delivered)
        assert (clicked.count, clicked.total) == (len(clickers), row.delivered)
        assert (ctor.count, ctor.total) == (len(clickers), len(people | unseen))
        headline = page.sides[0].headlines[0]
        others = Counter(seen.values())
        assert f"{others['privacy_proxy']} privacy proxies" in headline.classes


def test_links_have_the_clicks_that_they_had(demo: World) -> None:
    for _, row, page, events in demo.issues():
        times: Counter[int | None] = Counter()
        by: defaultdict[int | None, set[str]] = defaultdict(set)
        for event in events:
            if event.type == "clicked" and event.agent == "human":
                times[event.link] += 1
                by[event.link].add(event.subscriber)
        whole = times.total()
        for link in page.sides[0].links:
            assert link.clicks == times[link.number]
            if row.source.record.mode is Mode.INDIVIDUAL:
                assert link.clickers == len(by[link.number])
            assert link.share == (times[link.number] / whole if whole else None)


def test_each_hour_and_day_has_those_who_first_opened_in_it(demo: World) -> None:
    for _, row, page, events in demo.issues():
        if row.source.record.mode is not Mode.INDIVIDUAL:
            continue
        moments = first_moments(events)
        course = page.sides[0].course
        assert course.hours is not None
        assert course.days is not None
        assert course.week is not None
        first = (row.sent_at or 0) // HOUR * HOUR
        hours = Counter((at // HOUR * HOUR - first) // HOUR for at in moments)
        opened = line(course.hours, "Opened")
        assert opened == [hours[number] for number in range(len(opened))]
        local = [datetime.fromtimestamp(at / 1000, BERLIN) for at in moments]
        by_day = Counter(each.date() for each in local)
        days, start = line(course.days, "Opened"), datetime.fromtimestamp(first / 1000, BERLIN)
        assert len(days) <= 90
        assert days == [by_day[start.date() + timedelta(days=n)] for n in range(len(days))]
        by_hour = Counter((each.weekday(), each.hour) for each in local)
        assert numbers(course.week.values) == [
            [by_hour[weekday, hour] for hour in range(24)] for weekday in range(7)
        ]


def test_programs_have_their_people(demo: World) -> None:
    for _, row, page, events in demo.issues():
        if row.source.record.mode is not Mode.INDIVIDUAL:
            continue
        opens, clicks = best(events, "opened"), best(events, "clicked")
        who_by: defaultdict[str, set[str]] = defaultdict(set)
        for event in events:
            who = event.subscriber
            if event.type != "opened" or not event.client:
                continue
            by_click = opens[who] != "human" and clicks.get(who) == "human"
            if event.agent == "human" or by_click:
                who_by[event.client].add(who)
        shown = bars(page.sides[0].clients)
        assert shown == {name: len(people) for name, people in who_by.items()}


def test_links_of_all_issues_are_added_up_by_address(demo: World) -> None:
    clicks: Counter[str] = Counter()
    for page in demo.pages:
        for link in page.sides[0].links:
            clicks[link.url] += link.clicks or 0
    for row in demo.trends.links.table().rows:
        assert row[1] == clicks[str(row[0])]


def test_trends_show_each_issues_own_rate(demo: World) -> None:
    for trend in demo.trends.rates:
        values = reversed(trend.chart.series[0].values)
        for row, value in zip(demo.rows, values, strict=True):
            assert value == row.rates[trend.rate].rate


def test_bounces_have_their_reasons_and_domains_their_deliveries(demo: World) -> None:
    for sent, _, page, _ in demo.issues():
        reasons = Counter(
            event["reason"] for event in sent.events if event["type"].endswith("_bounce")
        )
        shown = bars(page.bounces)
        assert sorted(shown.values()) == sorted(reasons.values())
        assert {label.rpartition("(")[2].rstrip(")") for label in shown} == set(reasons)
        home = {each.id: each.mailboxes.name for each in sent.readers}
        delivered = Counter(home[who] for who in set(of_type(sent, "delivered")))
        domains = page.sides[0].domains
        if domains is not None:
            for bar in domains.bars:
                assert f"{delivered[bar.label]}" in bar.text


def test_the_usual_is_the_median_of_the_other_issues(demo: World) -> None:
    told = [row for row in demo.rows if row.rates[Rate.OPENS].rate is not None]
    for row, page in zip(demo.rows, demo.pages, strict=True):
        found = page.report.usual.get(Rate.OPENS)
        others = [each.rates[Rate.OPENS].rate or 0 for each in told if each.id != row.id]
        if row in told:
            assert found is not None
            assert (found.median, found.issues) == (median(others), len(others))


def test_no_rate_and_no_share_is_beyond_all(demo: World) -> None:
    for page in demo.pages:
        for side in page.sides:
            for number in (*(each.number for each in side.headlines), *shares(side)):
                assert number is None or 0 <= number <= 1


def best(events: Sequence[EventRecord], kind: str) -> dict[str, str]:
    """By reader the best that they were seen as."""
    found: dict[str, str] = {}
    for event in events:
        if event.type == kind and event.subscriber:
            known = found.get(event.subscriber, event.agent)
            found[event.subscriber] = min(known, event.agent, key=AGENTS.index)
    return found


def first_moments(events: Sequence[EventRecord]) -> list[int]:
    """When each person was first seen to open: where only proxies or machines loaded the pictures
    and a person clicked, that is when they clicked.
    """
    found = []
    opens, clicks = best(events, "opened"), best(events, "clicked")
    for who, agent in opens.items():
        kind = "opened" if agent == "human" else "clicked"
        if agent == "human" or clicks.get(who) == "human":
            found.append(
                min(event.at for event in events
                    if (event.subscriber, event.type, event.agent) == (who, kind, "human"))
            )  # fmt: skip
    return found


def line(chart: LineChart, name: str) -> list[int]:
    [series] = [each for each in chart.series if each.name == name]
    return [int(value or 0) for value in series.values]


def numbers(values: Sequence[Sequence[int | float | None]]) -> list[list[int]]:
    return [[int(value or 0) for value in row] for row in values]


def bars(chart: BarChart | None) -> dict[str, int]:
    return {} if chart is None else {bar.label: sum(int(v or 0) for v in bar.values)
                                     for bar in chart.bars}  # fmt: skip


def shares(side: Side) -> list[float | None]:
    return [link.share for link in side.links]
