"""What earlier issues tell of a link, a host and a draft."""

import contextlib
from pathlib import Path

import pytest

from app.engagement.matching import Match, draft_text
from app.engagement.model import LinkRecord
from app.engagement.reports.link_lore import Lore, lore
from app.engagement.reports.over_time import Clock, full_day
from app.engagement.store.reader import Reader
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

TENTH = full_day(Clock().at(START + 9 * DAY))
"""By this computer's clock, as everywhere in the window."""
A, B = "https://a.example/x", "https://a.example/y"


@pytest.fixture
def store(tmp_path: Path) -> Path:
    path = tmp_path / "engagement.db"
    for number, (openers, clickers) in enumerate(((100, 10), (50, 1), (200, 0))):
        stock(
            path,
            OWN,
            full(number, f"Issue {number}", openers, clickers),
            links(
                f"i{number}",
                LinkRecord(1, A + "?utm_source=x", "A", clicks=told(12), clickers=told(clickers)),
                *([LinkRecord(2, B, "B", clicks=told(2), clickers=told(2))] if number == 0 else []),
            ),
        )
    stock(path, OTHER, issue(9, "Untold"), links("i9", LinkRecord(1, A)))
    return path


def read(store: Path, *said: Match, drafts: tuple[object, ...] = ()) -> Lore:
    with contextlib.closing(Reader(store)) as reader:
        return lore(reader, [OWN, OTHER], said, drafts)  # type: ignore[arg-type]


def test_a_links_record_is_of_those_who_opened(store: Path) -> None:
    facts = read(store).facts(A)
    assert facts[0] == (
        "link",
        "Linked in 4 issues; 4.0 % of openers clicked on average; last in “Untold”, " + TENTH,
    )


def test_clickers_who_never_loaded_a_picture_are_readers_too(tmp_path: Path) -> None:
    path = tmp_path / "engagement.db"
    stock(
        path, OWN, issue(1, "x", openers=told(2), inferred_openers=told(6)),
        links("i1", LinkRecord(1, A, "A", clickers=told(6)), LinkRecord(2, B, clickers=told(9))),
    )  # fmt: skip
    found = read(path)
    assert "75.0 % of openers clicked" in found.facts(A)[0][1]
    assert "%" not in found.facts(B)[0][1], "more than all is no rate"


def test_the_host_is_told_where_it_tells_more(store: Path) -> None:
    found = read(store)
    assert [name for name, _ in found.facts(B)] == ["link", "a.example"]
    assert [name for name, _ in found.facts("https://a.example/new")] == ["a.example"]
    assert [name for name, _ in found.facts(A)] == ["link"]
    assert found.facts("https://unknown.example/") == []
    assert found.facts(B)[0][1].startswith("Linked in 1 issue; 2.0 % of openers clicked; last in")


def test_what_is_not_told_is_left_out_and_no_nought(store: Path) -> None:
    with contextlib.closing(Reader(store)) as reader:
        found = lore(reader, [OTHER], (), ())
    assert found.facts(A)[0][1] == f"Linked in 1 issue; last in “Untold”, {TENTH}"


def test_a_confirmed_draft_has_its_issues_clicks(store: Path) -> None:
    draft = draft_text("x.md", {"subject": "Else"}, "")
    found = read(store, Match(OWN.id, "i0", "x.md", True), drafts=(draft,))
    assert found.drafts["x.md"].subject == "Issue 0"
    assert [link.clickers for link in found.drafts["x.md"].links] == [10, 2]
    assert not found.questions


def test_in_an_issues_draft_its_own_clicks_are_told_and_its_record_is_that_of_others(
    store: Path,
) -> None:
    draft = draft_text("x.md", {"subject": "Else"}, "")
    found = read(store, Match(OWN.id, "i0", "x.md", True), drafts=(draft,))
    own, record = found.facts(A, "x.md")
    assert own == ("clicks", "10 people, 12 clicks, 85.7 % of 14 clicks")
    assert record[1].startswith("Linked in 3 issues")
    assert found.facts(A)[0][1].startswith("Linked in 4 issues")
    clicks, host = found.facts(B, "x.md")
    assert clicks == ("clicks", "2 people, 2 clicks, 14.3 % of 14 clicks")
    assert host[0] == "a.example", "no other issue had the link itself"


def test_a_draft_that_is_only_alike_is_asked_about(store: Path) -> None:
    alike = draft_text("x.md", {"subject": "Issue 0"}, f"{A} {B}")
    found = read(store, drafts=(alike,))
    assert found.drafts == {}
    question = found.questions["x.md"]
    assert (question.issue, question.guess.shared, question.guess.of) == ("i0", 2, 2)
    assert not read(store, Match(OWN.id, "i0", "x.md", False), drafts=(alike,)).questions


def test_a_draft_of_another_subject_is_not_asked_about(store: Path) -> None:
    assert not read(store, drafts=(draft_text("x.md", {"subject": "New"}, f"{A} {B}"),)).questions


def test_a_confirmed_draft_is_known_under_another_name(store: Path) -> None:
    before = draft_text("x.md", {"subject": "Issue 0"}, f"{A} {B}")
    now = draft_text("y.md", {"subject": "Issue 0"}, f"{A} {B}")
    said = [Match(OWN.id, "i0", "x.md", True, before.subjects[0], before.links)]
    with contextlib.closing(Reader(store)) as reader:
        found = lore(reader, [OWN], said, [now], {"x.md"})
        assert lore(reader, [OWN], said, [now]).drafts == {}  # x.md is only not open
    assert found.drafts["y.md"].subject == "Issue 0"
    assert found.named == [(OWN.id, "i0", now)]
