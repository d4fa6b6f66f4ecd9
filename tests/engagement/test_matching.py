"""An issue and its draft find each other, and never by chance."""

import contextlib
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.engagement.matching import (
    WORTH_ASKING,
    DraftText,
    Finding,
    Match,
    draft_text,
    find,
    normal_link,
    sent,
)
from app.engagement.store.matches import Matches
from app.engagement.store.store import Store

OWN = [f"https://read.example/{n}" for n in range(6)]
HOME = "https://home.example/"


def draft(path: str, subject: str = "", links: list[str] | None = None, **fields: str) -> DraftText:
    text = "\n".join(f"A [link]({url})." for url in links or [])
    return draft_text(path, {"subject": subject, **fields}, text)


ISSUE = sent("a", "iss_0123456789", "The tide tables", [*OWN, HOME])


def test_an_id_in_the_front_matter_leaves_no_doubt() -> None:
    drafts = [draft("a.md", "Else", id="iss_0123456789"), draft("b.md", "The tide tables", OWN)]
    assert find(ISSUE, drafts, ()) == Finding("a.md")


def test_the_id_at_the_real_sender_counts_too() -> None:
    issue = sent("a", "iss_0123456789", "x", [], external="em_abcdefgh")
    assert find(issue, [draft("a.md", buttondown_id="em_abcdefgh")], ()).path == "a.md"


def test_an_id_that_two_drafts_name_is_asked_about() -> None:
    drafts = [draft("a.md", id="iss_0123456789"), draft("copy.md", id="iss_0123456789")]
    found = find(ISSUE, drafts, ())
    assert not found.path
    assert {guess.path for guess in found.guesses} == {"a.md", "copy.md"}


def test_a_draft_with_the_number_of_an_issue_does_not_name_a_campaign() -> None:
    campaign = sent("a", "12", "Twelve", [])
    assert find(campaign, [draft("a.md", "Nothing alike", id="12")], ()) == Finding()
    assert find(campaign, [draft("a.md", campaign_id="12")], ()).path == "a.md"


def test_subject_and_links_are_a_guess_that_is_explained() -> None:
    drafts = [
        draft("tide.md", "The Tide Tables!", [*OWN[:5], HOME]),
        draft("other.md", "Another letter", ["https://else.example/", HOME]),
    ]
    found = find(ISSUE, drafts, ())
    assert not found.path
    (guess,) = found.guesses
    assert (guess.path, guess.same_subject, guess.shared, guess.of) == ("tide.md", True, 6, 7)
    assert guess.score > 0.9


def test_a_link_that_every_draft_has_says_little() -> None:
    drafts = [draft(f"{n}.md", f"Quite another one {n}", [HOME]) for n in range(10)]
    assert find(ISSUE, drafts, ()) == Finding()


def test_the_next_number_of_a_series_is_another_issue() -> None:
    issue = sent("a", "i", "Harbour notes 12", ["https://read.example/a"])
    assert find(issue, [draft("13.md", "Harbour notes 13", [HOME])], ()) == Finding()


def test_a_confirmed_draft_stays_whatever_becomes_of_it() -> None:
    said = [Match("a", ISSUE.id, "x.md", True)]
    assert find(ISSUE, [draft("x.md", "Rewritten")], said).path == "x.md"


def test_a_refused_draft_is_not_proposed_again() -> None:
    drafts = [draft("x.md", "The tide tables", OWN)]
    assert find(ISSUE, drafts, [Match("a", ISSUE.id, "x.md", False)]) == Finding()


def test_another_issues_draft_is_not_proposed_but_may_be_of_another_account() -> None:
    drafts = [draft("x.md", "The tide tables", OWN)]
    assert find(ISSUE, drafts, [Match("a", "other", "x.md", True)]) == Finding()
    assert find(ISSUE, drafts, [Match("b", "other", "x.md", True)]).guesses


def test_a_renamed_draft_is_known_again() -> None:
    before = draft("x.md", "The tide tables", OWN)
    said = [Match("a", ISSUE.id, "x.md", True, before.subjects[0], before.links)]
    now = [draft("y.md", "The tide tables", OWN), draft("z.md", "Else", [HOME])]
    assert find(ISSUE, now, said) == Finding("y.md", is_moved=True)


def test_of_two_copies_none_is_taken_for_the_renamed_one() -> None:
    before = draft("x.md", "The tide tables", OWN)
    said = [Match("a", ISSUE.id, "x.md", True, before.subjects[0], before.links)]
    now = [draft("y.md", "The tide tables", OWN), draft("y (copy).md", "The tide tables", OWN)]
    found = find(ISSUE, now, said)
    assert not found.path
    assert len(found.guesses) == 2


@pytest.mark.parametrize(
    "url",
    [
        "https://www.Example.com/a/",
        "http://example.com/a?utm_source=letter&utm_medium=email",
        "https://example.com/a#part",
    ],
)
def test_what_platforms_add_to_a_link_does_not_count(url: str) -> None:
    assert normal_link(url) == "example.com/a"


PATHS = st.sampled_from([f"{name}.md" for name in "abcdef"])
LINKS = st.lists(st.sampled_from([*OWN, HOME]), max_size=6)
DRAFTS = st.lists(
    st.builds(
        draft,
        PATHS,
        st.sampled_from(["The tide tables", "Tide", "Other", ""]),
        LINKS,
        id=st.sampled_from(["", ISSUE.id, "12"]),
    ),
    unique_by=lambda each: each.path,
    max_size=6,
)
SAID = st.lists(
    st.builds(
        Match,
        st.sampled_from(["a", "b"]),
        st.sampled_from([ISSUE.id, "other"]),
        PATHS,
        st.booleans(),
        st.sampled_from(["the tide tables", ""]),
        LINKS.map(lambda links: tuple(normal_link(each) for each in links)),
    ),
    unique_by=lambda each: (each.account, each.issue, each.path),
    max_size=4,
)


@given(DRAFTS, SAID)
def test_nothing_is_taken_without_a_reason(drafts: list[DraftText], said: list[Match]) -> None:
    found = find(ISSUE, drafts, said)
    mine = [each for each in said if (each.account, each.issue) == ("a", ISSUE.id)]
    refused = {each.path for each in mine if not each.is_draft}
    taken = {
        each.path
        for each in said
        if each.account == "a" and each.is_draft and each.issue != ISSUE.id
    }
    by_path = {each.path: each for each in drafts}
    assert not (found.path and found.guesses)
    if found.path:
        named = by_path[found.path].ids.get("id") == ISSUE.id
        confirmed = any(each.is_draft and each.path == found.path for each in mine)
        assert named or confirmed or found.is_moved
        assert confirmed or found.path not in taken
    for guess in found.guesses:
        assert guess.path not in refused | taken
        assert 0 <= guess.score <= 1
        assert guess.shared <= guess.of
        assert guess.score >= WORTH_ASKING or by_path[guess.path].ids.get("id") == ISSUE.id
    scores = [guess.score for guess in found.guesses]
    assert scores == sorted(scores, reverse=True)


@given(DRAFTS, SAID)
def test_the_order_of_the_drafts_makes_no_difference(
    drafts: list[DraftText], said: list[Match]
) -> None:
    shuffled = list(reversed(drafts))
    assert find(ISSUE, shuffled, said) == find(ISSUE, drafts, said)


@given(st.text(max_size=300))
def test_any_text_can_be_described(text: str) -> None:
    made = draft_text("x.md", {"subject": text, "id": text}, text)
    assert len(set(made.links)) == len(made.links)
    normal_link(text)
    find(ISSUE, [made], ())


@pytest.fixture
def matches(tmp_path: Path) -> Iterator[Matches]:
    with contextlib.closing(Matches(tmp_path / "engagement.db")) as matches:
        yield matches


def test_answers_are_kept_and_an_issue_has_one_draft(matches: Matches) -> None:
    one, other = draft("one.md", "One", OWN), draft("two.md", "Two")
    matches.refuse("a", "i", "two.md")
    matches.confirm("a", "i", one)
    matches.confirm("a", "i", other)
    assert matches.all() == [Match("a", "i", "two.md", True, "two", ())]


def test_a_removed_account_takes_its_answers_along(tmp_path: Path, matches: Matches) -> None:
    matches.confirm("a", "i", draft("one.md"))
    matches.confirm("b", "i", draft("one.md"))
    with contextlib.closing(Store(tmp_path / "engagement.db")) as store:
        store.forget_account("a")
    assert [each.account for each in matches.all()] == ["b"]
