# ruff: noqa: E501 - a table reads best with one example a line
"""The gate: what holds an issue, what lets it through, and that nothing else does."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.handover.gate import (
    LIMIT,
    BlankReasonError,
    GateVerdict,
    Hold,
    Override,
    is_old,
    judge,
    to_ask,
)
from app.handover.states import UNKNOWN, LinkState
from app.linkcheck.verdict import STATUS, Note, Reason, Status, Verdict

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
A = "https://a.example/"


def link(
    reason: Reason,
    minutes: float | None = 1,
    *,
    url: str = A,
    is_asked: bool = True,
    threat: str | None = None,
    hop: str | None = None,
    is_ignored: bool = False,
) -> LinkState:
    """A link that was looked at so many minutes ago."""
    at = None if minutes is None else NOW - timedelta(minutes=minutes)
    return LinkState(url, Verdict(reason, threat=threat, hop=hop), at, is_asked, is_ignored)


def holds(*links: LinkState, limit: timedelta = LIMIT) -> list[Hold]:
    return [each.hold for each in judge(links, (), NOW, limit).held]


# fmt: off
EXAMPLES = [
    # what it is                                    the link                                          holds
    ("works, looked at just now",                   link(Reason.OK),                                  []),
    ("works, looked at an hour ago to the second",  link(Reason.OK, 60),                              []),
    ("works, looked at longer ago",                 link(Reason.OK, 60.1),                            [Hold.OLD]),
    ("works, looked at nobody knows when",          link(Reason.OK, None),                            [Hold.OLD]),
    ("works, looked at in the future",              link(Reason.OK, -30),                             [Hold.OLD]),
    ("works, clocks differ a little",               link(Reason.OK, -2),                              []),
    ("nothing is known",                            link(Reason.PENDING, None),                       [Hold.PENDING]),
    ("is being typed",                              link(Reason.TYPING, None),                        [Hold.PENDING]),
    ("there was no network",                        link(Reason.OFFLINE, None),                       [Hold.PENDING]),
    ("there was a login page of the network",       link(Reason.CAPTIVE_PORTAL, None),                [Hold.PENDING]),
    ("flagged by Web Risk",                         link(Reason.WEB_RISK, threat="MALWARE"),          [Hold.BLOCK]),
    ("on the writer's own list",                    link(Reason.LISTED),                              [Hold.BLOCK]),
    ("flagged, and that long ago",                  link(Reason.SURBL, 600),                          [Hold.BLOCK, Hold.OLD]),
    ("flagged, and the writer ignores it",          link(Reason.SURBL, is_ignored=True),              [Hold.BLOCK]),
    ("broken",                                      link(Reason.NOT_FOUND),                           []),
    ("broken, and that long ago",                   link(Reason.NOT_FOUND, 90),                       [Hold.OLD]),
    ("refuses checkers",                            link(Reason.BOT_WALL),                            []),
    ("refuses checkers, and that long ago",         link(Reason.BOT_WALL, 90),                        [Hold.OLD]),
    ("checked by hand a year ago",                  link(Reason.ACCEPTED, 525_600),                   []),
    ("a host that is never asked",                  link(Reason.LISTED_HOST, None),                   []),
    ("a merge tag",                                 link(Reason.TEMPLATE, None, is_asked=False),      []),
    ("a mail address",                              link(Reason.NOT_CHECKABLE, None, is_asked=False), []),
    ("judged without asking: mistyped",             link(Reason.MALFORMED, None, is_asked=False),     []),
    ("judged without asking: own network",          link(Reason.PRIVATE_ADDRESS, None, is_asked=False), []),
    ("a definition that nothing uses",              link(Reason.UNUSED_DEFINITION, None, is_asked=False), []),
]
# fmt: on


@pytest.mark.parametrize(
    ("state", "expected"), [each[1:] for each in EXAMPLES], ids=[each[0] for each in EXAMPLES]
)
def test_what_holds(state: LinkState, expected: list[Hold]) -> None:
    assert holds(state) == expected


def test_an_issue_without_a_link_is_open() -> None:
    assert judge((), (), NOW).is_open


def test_the_limit_is_the_writers() -> None:
    assert holds(link(Reason.OK, 10), limit=timedelta(minutes=5)) == [Hold.OLD]
    assert holds(link(Reason.OK, 600), limit=timedelta(days=1)) == []


def test_the_worst_comes_first_then_the_order_of_the_text() -> None:
    verdict = judge(
        [
            link(Reason.OK, 90, url="https://1.example/"),
            link(Reason.PENDING, None, url="https://2.example/"),
            link(Reason.LISTED, url="https://3.example/"),
            link(Reason.PENDING, None, url="https://4.example/"),
        ],
        (),
        NOW,
    )
    assert [each.state.url[8] for each in verdict.held] == ["3", "2", "4", "1"]


def test_a_broken_link_is_named_unless_the_writer_ignores_it() -> None:
    broken, ignored = link(Reason.NOT_FOUND), link(Reason.GONE, is_ignored=True)
    verdict = judge([broken, ignored, link(Reason.OK)], (), NOW)
    assert verdict.is_open
    assert verdict.warned == (broken,)


def test_what_cannot_be_checked_before_the_send_is_named() -> None:
    tag = link(Reason.TEMPLATE, None, is_asked=False)
    mail = link(Reason.NOT_CHECKABLE, None, is_asked=False)
    unused = link(Reason.UNUSED_DEFINITION, None, is_asked=False)
    assert judge([tag, mail, unused], (), NOW).unsure == (tag, mail)


def test_a_reputation_service_that_fails_holds_nothing_and_is_named() -> None:
    unknown = replace(link(Reason.OK), verdict=Verdict(Reason.OK, notes=(Note.REPUTATION_UNKNOWN,)))
    verdict = judge([unknown, link(Reason.OK, url="https://b.example/")], (), NOW)
    assert verdict.is_open
    assert verdict.unvouched == (unknown,)


# overrides


def override(state: LinkState, reason: str = "It is our own site", at: int = 0) -> Override:
    return judge([state], (), NOW).held[at].override(reason, NOW)


@pytest.mark.parametrize(
    "state", [link(Reason.SURBL), link(Reason.PENDING, None), link(Reason.OK, 90)]
)
def test_an_override_lets_its_link_through(state: LinkState) -> None:
    decision = override(state)
    verdict = judge([state], [decision], NOW)
    assert verdict.is_open
    assert [each for _, each in verdict.overridden] == [decision]
    assert judge([replace(state, url="https://b.example/")], [decision], NOW).held


@pytest.mark.parametrize("blank", ["", " ", "\t\n", "\u00a0\u2003", "\u200b"])
def test_a_reason_is_not_blank(blank: str) -> None:
    with pytest.raises(BlankReasonError):
        override(link(Reason.SURBL), blank)


FLAGGED = link(Reason.WEB_RISK, threat="SOCIAL_ENGINEERING")


@pytest.mark.parametrize(
    "later",
    [
        link(Reason.WEB_RISK, threat="MALWARE"),
        link(Reason.SURBL, threat="SOCIAL_ENGINEERING"),
        link(Reason.WEB_RISK, threat="SOCIAL_ENGINEERING", hop="https://hop.example/"),
    ],
    ids=["another threat", "another service", "another hop"],
)
def test_another_threat_needs_another_override(later: LinkState) -> None:
    assert judge([later], [override(FLAGGED)], NOW).held


def test_the_same_threat_found_again_does_not() -> None:
    again = replace(FLAGGED, checked_at=NOW)
    assert judge([again], [override(FLAGGED)], NOW).is_open


def test_to_hand_over_unchecked_does_not_allow_what_the_check_then_finds() -> None:
    unknown = link(Reason.PENDING, None)
    assert judge([FLAGGED], [override(unknown)], NOW).held
    assert judge([link(Reason.OFFLINE, None)], [override(unknown)], NOW).is_open


def test_to_hand_over_an_old_check_allows_no_later_one() -> None:
    old = link(Reason.OK, 90)
    decision = override(old)
    assert judge([old], [decision], NOW + timedelta(days=1)).is_open
    newer = link(Reason.OK, 70)
    assert judge([newer], [decision], NOW).held


def test_a_flag_that_is_old_as_well_needs_both() -> None:
    state = link(Reason.SURBL, 90)
    first = override(state)
    assert [each.hold for each in judge([state], [first], NOW).held] == [Hold.OLD]
    both = [first, override(state, at=1)]
    assert judge([state], both, NOW).is_open


# which are asked before


def test_what_is_old_or_unknown_is_asked_again_and_nothing_else() -> None:
    links = [
        link(Reason.OK, url="fresh"),
        link(Reason.OK, 90, url="old"),
        link(Reason.PENDING, None, url="unknown"),
        link(Reason.ACCEPTED, 9000, url="by hand"),
        link(Reason.LISTED_HOST, None, url="never asked"),
        link(Reason.TEMPLATE, None, url="tag", is_asked=False),
    ]
    assert to_ask(links, NOW, LIMIT) == ["old", "unknown"]


# for any links

times = st.none() | st.timedeltas(timedelta(minutes=-200), timedelta(minutes=200)).map(
    lambda age: NOW - age
)
links = st.builds(
    lambda number, reason, at, is_asked, is_ignored, threat: LinkState(
        f"https://{number}.example/",
        Verdict(reason, threat=threat),
        at,
        # What is flagged or unknown was asked for, or is to be.
        is_asked or STATUS[reason] is Status.BLOCK or reason in UNKNOWN,
        is_ignored,
    ),
    st.integers(0, 5),
    st.sampled_from(Reason),
    times,
    st.booleans(),
    st.booleans(),
    st.none() | st.sampled_from(["MALWARE", "PHISHING"]),
)
issues = st.lists(links, max_size=8, unique_by=lambda each: each.url)


def all_overrides(verdict: GateVerdict) -> list[Override]:
    return [each.override("because", NOW) for each in verdict.held]


@given(issues)
def test_it_is_open_only_if_every_link_is_known_new_enough_and_not_flagged(
    issue: list[LinkState],
) -> None:
    fine = all(
        each.verdict.status is not Status.BLOCK
        and (
            not each.is_asked
            or each.verdict.reason in (Reason.ACCEPTED, Reason.LISTED_HOST)
            or (
                each.verdict.reason not in UNKNOWN
                and each.checked_at is not None
                and timedelta(minutes=-5) <= NOW - each.checked_at <= LIMIT
            )
        )
        for each in issue
    )
    assert judge(issue, (), NOW).is_open == fine


@given(issues, st.data())
def test_to_add_a_link_never_opens_it_and_to_take_one_never_closes_it(
    issue: list[LinkState], data: st.DataObject
) -> None:
    some = [each for each in issue if data.draw(st.booleans())]
    if judge(issue, (), NOW).is_open:
        assert judge(some, (), NOW).is_open


@given(issues, st.timedeltas(timedelta(), timedelta(days=400)))
def test_time_alone_never_opens_it_but_by_a_clock_put_right(
    issue: list[LinkState], later: timedelta
) -> None:
    past = [each for each in issue if each.checked_at is None or each.checked_at <= NOW]
    if judge(past, (), NOW + later).is_open:
        assert judge(past, (), NOW).is_open


@given(issues)
def test_every_hold_can_be_overridden_and_each_one_must_be(issue: list[LinkState]) -> None:
    decisions = all_overrides(judge(issue, (), NOW))
    assert judge(issue, decisions, NOW).is_open
    for left_out in range(len(decisions)):
        rest = decisions[:left_out] + decisions[left_out + 1 :]
        assert len(judge(issue, rest, NOW).held) == 1


@given(issues, issues)
def test_an_override_of_other_links_changes_nothing(
    issue: list[LinkState], other: list[LinkState]
) -> None:
    elsewhere = [replace(each, url=f"{each.url}elsewhere") for each in other]
    decisions = all_overrides(judge(elsewhere, (), NOW))
    assert judge(issue, decisions, NOW) == judge(issue, (), NOW)


@given(issues)
def test_once_all_that_is_to_ask_was_asked_nothing_is_old_or_unknown(
    issue: list[LinkState],
) -> None:
    asked = set(to_ask(issue, NOW, LIMIT))
    after = [
        replace(each, verdict=Verdict(Reason.OK), checked_at=NOW) if each.url in asked else each
        for each in issue
    ]
    assert {each.hold for each in judge(after, (), NOW).held} <= {Hold.BLOCK}
    assert not any(is_old(each, NOW, LIMIT) for each in after)
