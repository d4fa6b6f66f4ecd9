"""Buttondown, against a fake with state whose answers hold to Buttondown's own OpenAPI file."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest

from app.engagement.accounts import new
from app.engagement.model import Count, Dimension
from app.engagement.sync.state import State
from tests.engagement.providers.fake import running
from tests.engagement.providers.fake_buttondown import KEY, Buttondown, Email, type_id
from tests.engagement.providers.reading import Desk

DESCRIPTION = Path(__file__).parents[4] / "shared" / "buttondown-openapi.json"


@pytest.fixture
def platform() -> Iterator[Buttondown]:
    with running(Buttondown()) as platform:
        yield platform


@pytest.fixture
def desk(platform: Buttondown, tmp_path: Path) -> Desk:
    return Desk(new("buttondown", "Letter", platform.url), KEY, tmp_path)


def lively(platform: Buttondown) -> Email:
    email = platform.send(
        "Hello", recipients=5, deliveries=4, opens=2, clicks=2, permanent_failures=1,
        unsubscriptions=1, page_views_30=7,
    )  # fmt: skip
    firefox = {"browser": "Firefox", "os": "Linux"}
    platform.happen(email, "opened", "2026-01-05T07:10:00Z", subscriber=1, metadata=firefox)
    platform.happen(email, "opened", "2026-01-05T08:10:00Z", subscriber=2, metadata=firefox)
    for subscriber, url in ((1, "https://a.example/"), (1, "https://a.example/"),
                            (2, "https://a.example/"), (2, "https://b.example/")):  # fmt: skip
        platform.happen(
            email, "clicked", "2026-01-05T08:20:00Z", subscriber=subscriber,
            metadata={**firefox, "url": url, "ip_address": "203.0.113.9"},
        )  # fmt: skip
    platform.happen(email, "unsubscribed", "2026-01-06T00:00:00Z", subscriber=2)
    platform.happen(email, "bounced", "2026-01-05T07:00:01Z", subscriber=3,
                    metadata={"code": "5.1.1"})  # fmt: skip
    return email


def test_figures_links_and_hours_arrive(platform: Buttondown, desk: Desk) -> None:
    email = lively(platform)
    assert desk.sync().state is State.CURRENT
    issue = desk.issues()[email.id].record
    figures = issue.figures
    assert (figures.sent, figures.delivered) == (5, 4)
    assert (figures.openers, figures.clickers) == (Count(2), Count(2))
    assert (figures.hard_bounces, figures.unsubscribes) == (1, Count(1))
    assert figures.other["page_views_30"] == 7
    assert issue.subject == "Hello"
    detail = desk.detail(email.id)
    assert [(link.url, link.clicks, link.clickers) for link in detail.links or ()] == [
        ("https://a.example/", Count(3), Count(2)),
        ("https://b.example/", Count(1), Count(1)),
    ]
    hours = [point for point in detail.points if point.dimension is Dimension.HOUR]
    assert [(p.figures.opens.all, p.figures.clicks.all) for p in hours] == [(1, 0), (1, 4)]
    clients = [point for point in detail.points if point.dimension is Dimension.CLIENT]
    assert [(p.key, p.figures.opens.all) for p in clients] == [("Firefox", 2)]
    assert len(desk.events(email.id)) == 8


def test_what_buttondown_cannot_tell_is_none(platform: Buttondown, desk: Desk) -> None:
    untracked = platform.send("Not tracked", recipients=3, deliveries=3)
    platform.send("No figures").analytics = None
    desk.sync()
    issues = desk.issues()
    figures = issues[untracked.id].record.figures
    assert figures.openers.all is None
    assert figures.clickers.all is None
    assert figures.opens.all is None
    assert figures.openers.human is None
    assert figures.complaints == 0
    assert issues[type_id("em", 2)].record.figures.sent is None


def test_all_pages_of_emails_and_events_are_read(platform: Buttondown, desk: Desk) -> None:
    platform.events_a_page = 2
    lively(platform)
    for number in range(7):
        platform.send(f"Issue {number}", recipients=1)
    desk.sync()
    assert len(desk.issues()) == 8
    assert len(desk.events(type_id("em", 1))) == 8
    assert not any("elsewhere" in asked.headers["host"] for asked in platform.asked)


def test_a_second_sync_reads_only_the_list(platform: Buttondown, desk: Desk) -> None:
    lively(platform)
    desk.sync()
    platform.asked.clear()
    outcome = desk.sync()
    assert outcome.records == 0
    assert platform.paths() == ["/emails"]


def test_a_sync_with_nothing_new_tells_of_when_the_figures_are(
    platform: Buttondown, desk: Desk
) -> None:
    lively(platform)
    first = desk.sync()
    again = desk.sync()
    assert (again.state, again.records, again.pages) == (State.CURRENT, 0, 0)
    assert first.as_of is not None
    assert again.as_of is not None
    assert again.as_of >= first.as_of


def test_changed_figures_bring_the_new_events(platform: Buttondown, desk: Desk) -> None:
    email = lively(platform)
    desk.sync()
    platform.happen(email, "clicked", "2026-01-07T00:00:00Z", subscriber=9,
                    metadata={"url": "https://b.example/"})  # fmt: skip
    assert email.analytics is not None
    email.analytics["clicks"] = 3
    desk.sync()
    assert desk.issues()[email.id].record.figures.clickers == Count(3)
    assert [link.clicks.all for link in desk.detail(email.id).links or ()] == [3, 2]
    assert len(desk.events(email.id)) == 9


def test_a_lowered_figure_is_lowered(platform: Buttondown, desk: Desk) -> None:
    email = lively(platform)
    desk.sync()
    assert email.analytics is not None
    email.analytics["opens"] = 1
    desk.sync()
    assert desk.issues()[email.id].record.figures.openers == Count(1)


def test_drafts_are_not_issues_and_deleted_ones_are_marked(
    platform: Buttondown, desk: Desk
) -> None:
    first, second = platform.send("a", recipients=1), platform.send("b", recipients=1)
    platform.send("draft").status = "draft"
    desk.sync()
    assert set(desk.issues()) == {first.id, second.id}
    platform.emails.remove(first)
    desk.sync()
    assert desk.issues()[first.id].deleted
    assert not desk.issues()[second.id].deleted


def test_a_pause_that_is_asked_for_is_kept(platform: Buttondown, desk: Desk) -> None:
    platform.send("a", recipients=1)
    platform.limited = 1
    assert desk.sync().state is State.CURRENT
    assert len(desk.issues()) == 1


def test_the_version_is_always_sent_so_ids_stay_the_same(platform: Buttondown, desk: Desk) -> None:
    lively(platform)
    desk.sync()
    assert {asked.headers.get("x-api-version") for asked in platform.asked} == {"2026-04-01"}
    assert list(desk.issues()) == [type_id("em", 1)]


def test_no_address_of_a_reader_is_kept(platform: Buttondown, desk: Desk) -> None:
    lively(platform)
    desk.sync()
    assert b"203.0.113.9" not in desk.file.read_bytes()
    assert KEY.encode() not in desk.file.read_bytes()


def test_without_permission_for_events_the_figures_come_all_the_same(
    platform: Buttondown, desk: Desk
) -> None:
    email = lively(platform)
    platform.access.remove("subscriber_access")
    assert desk.sync().state is State.CURRENT
    assert desk.issues()[email.id].record.figures.clickers == Count(2)
    assert desk.detail(email.id).links == ()
    tested = desk.test()
    assert tested.ok
    assert "no link shows its clicks" in tested.lacks[0]
    platform.access.add("subscriber_access")
    desk.sync()
    assert len(desk.detail(email.id).links or ()) == 2


def test_a_test_says_what_works(platform: Buttondown, desk: Desk) -> None:
    lively(platform)
    tested = desk.test()
    assert tested.ok
    assert not tested.lacks
    assert tested.works[0] == "Issues and their figures can be read: 1 sent."
    assert tested.publications == ((type_id("news", 1), "The Letter"),)
    assert KEY not in repr(tested)


def test_a_key_that_may_not_read_or_is_wrong_is_told(platform: Buttondown, desk: Desk) -> None:
    platform.access.remove("email_access")
    assert "email access" in desk.test().lacks[0]
    desk.key = "wrong"
    tested = desk.test()
    assert not tested.ok
    assert "does not take the key" in tested.lacks[0]
    assert desk.sync().state is State.REFUSED


def test_events_that_go_missing_between_pages_are_read_again(
    platform: Buttondown, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    email = lively(platform)
    platform.events_a_page = 2
    real = platform._page

    def shifting(*arguments: Any) -> Any:
        said = real(*arguments)
        said.data["count"] += 1
        return said

    monkeypatch.setattr(platform, "_page", shifting)
    outcome = desk.sync()
    assert outcome.state is State.INCOMPLETE
    assert "read again" in outcome.problems[0]
    assert desk.detail(email.id).links == ()
    monkeypatch.undo()
    assert desk.sync().state is State.CURRENT
    assert len(desk.detail(email.id).links or ()) == 2


@pytest.mark.skipif(
    not DESCRIPTION.is_file(), reason="Buttondown's OpenAPI file is not beside the checkout"
)
def test_the_fake_answers_as_buttondown_describes(platform: Buttondown, desk: Desk) -> None:
    """Every answer of the fake holds to the schema of its path and status."""
    description = json.loads(DESCRIPTION.read_text(encoding="utf-8"))
    lively(platform)
    for number in range(5):
        platform.send(f"Issue {number}", recipients=1)
    desk.sync()
    desk.test()
    platform.limited = 1
    desk.test()
    gone = platform.emails.pop(0)
    desk.sync()
    platform.access.clear()
    desk.test()
    desk.key = "wrong"
    desk.test()
    assert {said.status for _, said in platform.said} == {200, 401, 403, 404, 429}
    for path, said in platform.said:
        template = "/emails/{id}" if path == f"/emails/{gone.id}" else path
        responses = description["paths"][template]["get"]["responses"]
        schema = responses[str(said.status)]["content"]["application/json"]["schema"]
        whole = {**schema, "components": description["components"]}
        data = json.loads(json.dumps(said.data))
        if path == "/emails" and said.status == 200:
            for email in data["results"]:
                # `excluded_fields=body` leaves out what the schema requires otherwise.
                assert email.setdefault("body", "") == ""
        jsonschema_rs.validator_for(whole).validate(data)


@pytest.mark.skipif(
    not DESCRIPTION.is_file(), reason="Buttondown's OpenAPI file is not beside the checkout"
)
def test_we_ask_only_what_buttondown_describes(platform: Buttondown, desk: Desk) -> None:
    """Every parameter that we send exists, and our values hold to its schema."""
    description = json.loads(DESCRIPTION.read_text(encoding="utf-8"))
    lively(platform)
    desk.sync()
    desk.test()
    for asked in platform.asked:
        parameters = description["paths"][asked.path]["get"]["parameters"]
        known = {each["name"]: each["schema"] for each in parameters if each["in"] == "query"}
        for name, values in asked.query.items():
            schema = {**known[name], "components": description["components"]}
            value: Any = values if schema.get("type") == "array" else values[0]
            if schema.get("type") == "integer":
                value = int(value)
            jsonschema_rs.validator_for(schema).validate(value)
