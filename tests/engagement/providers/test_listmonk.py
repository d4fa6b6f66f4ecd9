"""listmonk, against a fake made from its documented shapes."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from app.engagement.accounts import new
from app.engagement.model import Count, Dimension
from app.engagement.sync.state import State
from tests.engagement.providers.fake import running
from tests.engagement.providers.fake_listmonk import KEY, Campaign, Listmonk
from tests.engagement.providers.reading import Desk


@pytest.fixture
def platform() -> Iterator[Listmonk]:
    with running(Listmonk()) as platform:
        yield platform


@pytest.fixture
def desk(platform: Listmonk, tmp_path: Path) -> Desk:
    return Desk(new("listmonk", "Lists", platform.url), KEY, tmp_path)


def lively(platform: Listmonk) -> Campaign:
    campaign = platform.add("Hello")
    campaign.views = [("2026-03-01T08:00:00Z", 1), ("2026-03-01T09:00:00Z", 1),
                      ("2026-03-02T08:00:00Z", 2)]  # fmt: skip
    campaign.clicks = [("2026-03-01T08:00:00Z", 1, "https://a.example/"),
                       ("2026-03-01T08:00:01Z", 1, "https://a.example/"),
                       ("2026-03-02T08:00:00Z", 2, "https://b.example/")]  # fmt: skip
    return campaign


def test_totals_links_and_days_arrive(platform: Listmonk, desk: Desk) -> None:
    lively(platform)
    assert desk.sync().state is State.CURRENT
    record = desk.issues()["1"].record
    assert (record.figures.sent, record.recipients) == (9, 10)
    assert (record.figures.opens, record.figures.clicks) == (Count(3), Count(3))
    assert record.figures.other == {"bounces": 1}
    detail = desk.detail("1")
    assert [(link.url, link.clicks, link.clickers) for link in detail.links or ()] == [
        ("https://a.example/", Count(2), Count()),
        ("https://b.example/", Count(1), Count()),
    ]
    assert {point.dimension for point in detail.points} == {Dimension.DAY}
    assert [(p.figures.opens.all, p.figures.clicks.all) for p in detail.points] == [(2, 2), (1, 1)]


def test_with_individual_tracking_links_count_people_and_days_are_not_told(
    platform: Listmonk, desk: Desk
) -> None:
    lively(platform)
    platform.individual = True
    desk.sync()
    detail = desk.detail("1")
    assert [(link.clicks, link.clickers) for link in detail.links or ()] == [
        (Count(), Count(1)),
        (Count(), Count(1)),
    ]
    assert detail.points == ()


def test_beyond_fifty_links_it_is_not_guessed_what_was_counted(
    platform: Listmonk, desk: Desk
) -> None:
    campaign = platform.add("Many")
    campaign.clicks = [("2026-03-01T08:00:00Z", n, f"https://a.example/{n}") for n in range(60)]
    desk.sync()
    links = desk.detail("1").links or ()
    assert len(links) == 50
    assert {(link.clicks.all, link.clickers.all) for link in links} == {(None, None)}


def test_what_listmonk_cannot_tell_is_none(platform: Listmonk, desk: Desk) -> None:
    platform.add("Without tracking")
    desk.sync()
    figures = desk.issues()["1"].record.figures
    assert (figures.opens.all, figures.clicks.all) == (None, None)
    assert (figures.openers.all, figures.clickers.all) == (None, None)
    assert (figures.delivered, figures.hard_bounces, figures.complaints) == (None, None, None)
    assert figures.unsubscribes.all is None


def test_only_what_was_begun_to_be_sent_is_an_issue(platform: Listmonk, desk: Desk) -> None:
    for status in ("draft", "scheduled", "running", "paused", "finished", "cancelled"):
        platform.add(status, status=status)
    desk.sync()
    subjects = {issue.record.subject for issue in desk.issues().values()}
    assert subjects == {"running", "paused", "finished", "cancelled"}


def test_one_list_of_several(platform: Listmonk, tmp_path: Path) -> None:
    platform.add("mine", lists=(2,))
    platform.add("other", lists=(1,))
    desk = Desk(new("listmonk", "Lists", platform.url, "2"), KEY, tmp_path)
    desk.sync()
    assert [issue.record.subject for issue in desk.issues().values()] == ["mine"]


def test_all_pages_are_read_and_nothing_new_reads_only_the_list(
    platform: Listmonk, desk: Desk
) -> None:
    for number in range(120):
        platform.add(f"Issue {number}")
    lively(platform)
    desk.sync()
    assert len(desk.issues()) == 121
    platform.asked.clear()
    assert desk.sync().records == 0
    assert platform.paths() == ["/api/campaigns"] * 3


def test_a_deleted_campaign_is_marked(platform: Listmonk, desk: Desk) -> None:
    platform.add("a")
    platform.add("b")
    desk.sync()
    del platform.campaigns[0]
    desk.sync()
    assert desk.issues()["1"].deleted
    assert not desk.issues()["2"].deleted


def test_a_test_says_what_works_and_what_not(platform: Listmonk, desk: Desk) -> None:
    lively(platform)
    tested = desk.test()
    assert tested.ok
    assert not tested.lacks
    assert tested.publications == (("1", "List 1"), ("2", "List 2"))
    platform.permissions = {"campaigns:get"}
    tested = desk.test()
    assert tested.ok
    assert "campaigns:get_analytics" in tested.lacks[0]
    assert desk.sync().state is State.CURRENT
    assert desk.issues()["1"].record.figures.clicks == Count(3)
    platform.permissions = set()
    assert "campaigns:get" in desk.test().lacks[0]
    desk.key = "desk:wrong"
    tested = desk.test()
    assert not tested.ok
    assert "wrong" not in repr(tested)
    assert desk.sync().state is State.REFUSED


def test_a_day_without_clicks_has_none_where_clicks_are_counted(
    platform: Listmonk, desk: Desk
) -> None:
    lively(platform).views.append(("2026-03-05T08:00:00Z", 3))
    desk.sync()
    points = desk.detail("1").points
    assert [(p.figures.opens.all, p.figures.clicks.all) for p in points] == [(2, 2), (1, 1), (1, 0)]
