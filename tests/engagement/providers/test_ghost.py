"""Ghost, against a fake that checks its tokens and knows both kinds of keys."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from app.engagement.accounts import new
from app.engagement.errors import RefusedError
from app.engagement.model import Count
from app.engagement.providers.ghost import token
from app.engagement.sync.state import State
from tests.engagement.providers.fake import running
from tests.engagement.providers.fake_ghost import INTEGRATION, SECRET, STAFF, Ghost
from tests.engagement.providers.reading import Desk


@pytest.fixture
def platform() -> Iterator[Ghost]:
    with running(Ghost()) as platform:
        yield platform


@pytest.fixture
def desk(platform: Ghost, tmp_path: Path) -> Desk:
    return Desk(new("ghost", "Site", platform.url), STAFF, tmp_path)


def test_a_token_is_as_jwt_io_makes_it() -> None:
    # Signature computed with OpenSSL: HMAC-SHA256 over the first two parts.
    made = token("abc:00ff", 1_700_000_000)
    head, claims, signature = made.split(".")
    assert head == "eyJhbGciOiJIUzI1NiIsImtpZCI6ImFiYyIsInR5cCI6IkpXVCJ9"
    assert claims == "eyJpYXQiOjE3MDAwMDAwMDAsImV4cCI6MTcwMDAwMDI0MCwiYXVkIjoiL2FkbWluLyJ9"
    assert signature == "kjixTN4zleRWa22v_ec4mXCaHPi6yommQXkxeaycjrI"


@pytest.mark.parametrize("key", ["", "abc", "abc:", ":00", "abc:xyz", "abc:0"])
def test_what_is_no_key_is_refused_before_it_is_sent(key: str) -> None:
    with pytest.raises(RefusedError, match="colon") as refused:
        token(key, 0)
    assert not key or key not in str(refused.value).split()


def test_figures_and_links_arrive_with_a_staff_token(platform: Ghost, desk: Desk) -> None:
    post = platform.send("Hi", clicks=3, links={"https://a.example/": 3, "https://b.example/": 1})
    platform.publish("Only on the web")
    assert desk.sync().state is State.CURRENT
    (issue,) = desk.issues().values()
    figures = issue.record.figures
    assert issue.record.subject == "Hi (subject)"
    assert (figures.sent, figures.delivered, figures.hard_bounces) == (10, 9, 1)
    assert (figures.openers, figures.clickers) == (Count(4), Count(3))
    assert [
        (link.url, link.clickers, link.clicks) for link in desk.detail(post.id).links or ()
    ] == [
        ("https://a.example/", Count(3), Count()),
        ("https://b.example/", Count(1), Count()),
    ]


def test_what_ghost_cannot_tell_is_none(platform: Ghost, desk: Desk) -> None:
    post = platform.send("Hi", track_opens=False, track_clicks=False, opened_count=0)
    desk.sync()
    figures = desk.issues()[post.id].record.figures
    assert (figures.openers.all, figures.clickers.all) == (None, None)
    assert (figures.opens.all, figures.clicks.all) == (None, None)
    assert (figures.complaints, figures.soft_bounces, figures.unsubscribes.all) == (
        None,
        None,
        None,
    )
    assert "positive_feedback" not in figures.other


def test_a_tracked_nought_is_one(platform: Ghost, desk: Desk) -> None:
    post = platform.send("Hi", opened_count=0)
    desk.sync()
    assert desk.issues()[post.id].record.figures.openers == Count(0)


def test_an_integrations_key_gets_totals_and_is_asked_for_links_once(
    platform: Ghost, desk: Desk
) -> None:
    for number in range(4):
        platform.send(f"Issue {number}", clicks=2, links={"https://a.example/": 2})
    desk.key = INTEGRATION
    assert desk.sync().state is State.CURRENT
    assert len(desk.issues()) == 4
    assert sum(path.endswith("/links/") for path in platform.paths()) == 1
    tested = desk.test()
    assert tested.ok
    assert "staff access token" in tested.lacks[0]
    desk.key = STAFF
    desk.sync()
    assert len(desk.detail(platform.posts[0].id).links or ()) == 1


def test_more_posts_than_a_page_holds(platform: Ghost, desk: Desk) -> None:
    for number in range(230):
        platform.send(f"Issue {number}")
    desk.sync()
    assert len(desk.issues()) == 230
    platform.asked.clear()
    desk.sync()
    assert len(platform.asked) == 3


def test_a_deleted_post_is_marked_and_kept(platform: Ghost, desk: Desk) -> None:
    post, other = platform.send("a"), platform.send("b")
    desk.sync()
    platform.posts.remove(post)
    desk.sync()
    issues = desk.issues()
    assert issues[post.id].deleted
    assert not issues[other.id].deleted


def test_one_newsletter_of_several(platform: Ghost, desk: Desk, tmp_path: Path) -> None:
    mine = platform.send("mine")
    platform.send("other", newsletter_id="n2")
    one = Desk(new("ghost", "Site", platform.url, "n1"), STAFF, tmp_path)
    one.sync()
    assert set(one.issues()) == {mine.id}


def test_a_test_says_what_works(platform: Ghost, desk: Desk) -> None:
    platform.send("Hi")
    tested = desk.test()
    assert tested.ok
    assert not tested.lacks
    assert "“My site”" in tested.works[0]
    assert tested.publications == (("n1", "Weekly"),)


@pytest.mark.parametrize("key", [f"{'a' * 24}:{'0e' * 32}", f"{'c' * 24}:{SECRET}", "nonsense"])
def test_a_wrong_key_is_told(platform: Ghost, desk: Desk, key: str) -> None:
    desk.key = key
    tested = desk.test()
    assert not tested.ok
    assert "key" in tested.lacks[0]
    assert key not in repr(tested)
    assert desk.sync().state is State.REFUSED


def test_a_wrong_clock_is_named_as_a_possible_cause(platform: Ghost, desk: Desk) -> None:
    platform.clock = lambda: 4_000_000_000.0
    assert "clock of this computer" in desk.test().lacks[0]


def test_another_server_is_not_ghost(desk: Desk, platform: Ghost, tmp_path: Path) -> None:
    wrong = Desk(new("ghost", "Site", platform.url + "/elsewhere"), STAFF, tmp_path)
    assert not wrong.test().ok
