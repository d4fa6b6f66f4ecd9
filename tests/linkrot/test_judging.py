"""When a link is called dead: never for one bad day, never for what proves nothing."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.linkcheck.verdict import STATUS, Note, Reason, Status, Verdict
from app.linkrot.judging import PERIOD, SPREAD, Finding, after, finding
from app.linkrot.model import DAY, DEAD, Page, Standing

START = 1_800_000_000.0
NEW = Page("https://site.net/a", START, START, START)


def looks(*found: tuple[float, Reason], page: Page = NEW) -> Page:
    for day, reason in found:
        page = after(page, Verdict(reason), START + day * DAY, 0.5)
    return page


def test_a_page_that_worked_and_is_gone_on_two_days_died() -> None:
    page = looks((0, Reason.OK), (14, Reason.NOT_FOUND), (15.1, Reason.NOT_FOUND))
    assert page.standing is Standing.DIED
    assert page.failed == START + 14 * DAY
    assert page.alive == START


def test_a_page_that_never_worked_has_another_word() -> None:
    page = looks((0, Reason.GONE), (1.1, Reason.GONE))
    assert page.standing is Standing.NEVER_ALIVE


def test_two_failures_on_one_day_are_one() -> None:
    page = looks((0, Reason.OK), (14, Reason.NOT_FOUND), (14.9, Reason.NOT_FOUND))
    assert page.standing is Standing.FAILING
    assert page.failures == 1


def test_what_may_pass_takes_three_failures_in_four_days() -> None:
    twice = looks((0, Reason.OK), (14, Reason.TIMEOUT), (15.2, Reason.SERVER_ERROR))
    assert twice.standing is Standing.FAILING
    assert looks((18.5, Reason.TLS_EXPIRED), page=twice).standing is Standing.DIED


def test_a_page_that_is_back_is_alive_at_once() -> None:
    page = looks((0, Reason.OK), (14, Reason.GONE), (15.1, Reason.GONE), (30, Reason.OK))
    assert page.standing is Standing.ALIVE
    assert page.failed is None


@pytest.mark.parametrize(
    "reason", [r for r in Reason if STATUS[r] in (Status.UNVERIFIED, Status.BLOCK)]
)
def test_a_server_that_refuses_checkers_ends_a_row_of_failures(reason: Reason) -> None:
    page = looks((0, Reason.OK), (14, Reason.GONE), (15.1, reason), (16.2, Reason.GONE))
    assert page.standing is Standing.FAILING
    assert finding(Verdict(reason)) is Finding.NOTHING


@pytest.mark.parametrize(
    "reason", [Reason.OFFLINE, Reason.CAPTIVE_PORTAL, Reason.PENDING, Reason.TYPING]
)
def test_a_look_without_a_network_is_none(reason: Reason) -> None:
    before = looks((0, Reason.OK), (14, Reason.GONE))
    page = looks((15.1, reason), page=before)
    assert (page.failures, page.looked, page.alive) == (1, before.looked, before.alive)
    assert START + 15.1 * DAY < page.due < START + 16 * DAY


def test_a_redirect_to_a_link_that_unsubscribes_proves_nothing_and_waits_its_fortnight() -> None:
    page = looks((0, Reason.NOT_CHECKABLE))
    assert page.standing is Standing.UNSURE
    assert page.due >= START + PERIOD


def test_a_page_that_only_looks_like_an_error_page_is_not_called_dead() -> None:
    soft = Verdict(Reason.OK, (Note.SOFT_404,))
    assert finding(soft) is Finding.NOTHING


def test_what_a_server_knew_from_before_is_not_counted_again() -> None:
    then = datetime.fromtimestamp(START, UTC)
    known = Verdict(Reason.GONE, checked_at=then, from_cache=True)
    page = after(NEW, known, START, 0.5)
    page = after(page, known, START + 2 * DAY, 0.5)
    assert page.failures == 1
    assert page.standing is Standing.FAILING


def test_a_dead_page_is_looked_at_again_each_fortnight() -> None:
    page = looks((0, Reason.GONE), (1.2, Reason.GONE), (5, Reason.GONE))
    assert page.due == pytest.approx(START + 5 * DAY + PERIOD * (1 + SPREAD / 2))


moments = st.lists(
    st.tuples(st.floats(0.01, 20), st.sampled_from(sorted(Reason)), st.floats(0, 1), st.booleans()),
    max_size=25,
)


@given(moments)
def test_no_cry_of_wolf(looked: list[tuple[float, Reason, float, bool]]) -> None:
    """Whatever is found in whichever order: dead needs an unbroken row of plain failures."""
    page, now = NEW, START
    row: list[float] = []
    was_alive = False
    for days, reason, chance, is_soft in looked:
        now += days * DAY
        verdict = Verdict(reason, (Note.SOFT_404,) if is_soft else ())
        page = after(page, verdict, now, chance)
        found = finding(verdict)
        if found is Finding.FAILED:
            row.append(now)
        elif found is not Finding.NOT_KNOWN:
            row = []
        was_alive |= found is Finding.ALIVE
        if page.standing in DEAD:
            assert len(row) >= 2
            assert row[-1] - row[0] >= DAY
            assert page.standing is (Standing.DIED if was_alive else Standing.NEVER_ALIVE)
            assert STATUS[Reason(page.reason)] is Status.WARN
        assert now < page.due <= now + PERIOD * (1 + SPREAD) + 1
