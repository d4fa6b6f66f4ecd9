"""The controller of a sender's pace: slower, paused, faster, and never to and fro."""

import random
from dataclasses import dataclass, field

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.trackserver.api.pacing import (
    FASTEST,
    LIMITS,
    PAUSE_WINDOWS,
    SLOWEST,
    Control,
    Totals,
    evidence,
    started,
    stepped,
    wilson,
)

WINDOW = 60_000
START = 1_780_000_000_000


@dataclass
class Sender:
    """Obeys; its receivers fail with given shares."""

    permanent: float = 0.0
    temporary: float = 0.0
    complaints: float = 0.0
    rate: float = 100.0
    most: float = FASTEST
    seed: int = 1
    control: Control = field(init=False)
    totals: Totals = field(default_factory=Totals)
    now: int = START

    def __post_init__(self) -> None:
        self.control = started(START, self.rate, self.totals)
        self.random = random.Random(self.seed)

    def window(self, part: float = 1.0) -> Control:
        mails = 0 if self.control.state == "paused" else int(self.control.rate * part)
        failed = self._of(mails, self.permanent)
        self.totals = Totals(
            sent=self.totals.sent + mails,
            delivered=self.totals.delivered + mails - failed,
            complaints=self.totals.complaints + self._of(mails, self.complaints),
            permanent=self.totals.permanent + failed,
            temporary=self.totals.temporary + self._of(mails, self.temporary),
            openers=self.totals.openers + mails // 3,
        )
        self.now += WINDOW
        self.control = stepped(self.control, self.totals, self.now, WINDOW, self.most)
        return self.control

    def _of(self, mails: int, share: float) -> int:
        return sum(self.random.random() < share for _ in range(mails))


def test_a_clean_issue_goes_twice_as_fast_each_window_up_to_its_most() -> None:
    sender = Sender(most=1000)
    assert [sender.window().rate for _ in range(5)] == [200, 400, 800, 1000, 1000]
    assert sender.control.state == "steady"
    assert sender.control.reasons == ("fastest",)


def test_nothing_is_decided_before_the_window_is_over() -> None:
    control = started(START, 100, Totals())
    assert stepped(control, Totals(sent=100, delivered=100), START + 59_999, WINDOW, 1e6) is control


def test_more_is_not_allowed_while_less_is_used_or_nothing_is_heard() -> None:
    idle = Sender()
    assert idle.window(0.2).rate == 100
    assert idle.control.reasons == ("not_used",)
    control = started(START, 100, Totals())
    deaf = stepped(control, Totals(sent=100), START + WINDOW, WINDOW, 1e6)
    assert (deaf.rate, deaf.reasons) == (100, ("waiting_for_results",))
    heard = stepped(deaf, Totals(sent=100, delivered=99), START + 2 * WINDOW, WINDOW, 1e6)
    assert heard.rate == 200


@pytest.mark.parametrize(
    ("figure", "share"),
    [("permanent", 0.025), ("temporary", 0.12), ("complaints", 0.0027)],
)
def test_what_is_surely_above_its_limit_throttles(figure: str, share: float) -> None:
    sender = Sender(rate=4000)
    setattr(sender, figure, share)
    states = [sender.window().state for _ in range(6)]
    assert "throttled" in states
    assert sender.control.rate < 4000


@pytest.mark.parametrize(("figure", "share"), [("permanent", 0.06), ("temporary", 0.4)])
def test_what_is_far_above_it_pauses_and_a_trickle_tries_again(figure: str, share: float) -> None:
    sender = Sender(rate=2000)
    setattr(sender, figure, share)
    assert sender.window().state == "paused"
    states = [sender.window().state for _ in range(PAUSE_WINDOWS)]
    assert states == ["paused"] * (PAUSE_WINDOWS - 1) + ["throttled"]
    assert sender.control.rate == SLOWEST
    setattr(sender, figure, 0.0)
    rates = [sender.window().rate for _ in range(8)]
    assert rates == sorted(rates)
    assert rates[-1] > 300, "once it is clean again it accelerates"


def test_many_complaints_pause_until_a_person_looks() -> None:
    sender = Sender(complaints=0.02, rate=3000)
    assert sender.window().state == "paused"
    assert {sender.window().state for _ in range(20)} == {"paused"}
    assert sender.control.reasons == ("complaints",)


def test_greylisting_of_everything_is_seen_although_nothing_is_delivered() -> None:
    control = started(START, 1000, Totals())
    totals = Totals(sent=1000, temporary=1000)
    assert stepped(control, totals, START + WINDOW, WINDOW, 1e6).state == "paused"


def test_few_mails_prove_nothing() -> None:
    control = started(START, 100, Totals())
    totals = Totals(sent=100, delivered=97, permanent=3)
    after = stepped(control, totals, START + WINDOW, WINDOW, 1e6)
    assert after.state == "steady"
    assert after.reasons == ("permanent_failures_near_limit",)


def test_a_throttled_sender_waits_for_two_clean_windows() -> None:
    sender = Sender(permanent=0.025, rate=4000)
    while sender.window().state != "throttled":
        pass
    sender.permanent = 0.0
    throttled = sender.control.rate
    rates = [sender.window().rate for _ in range(8)]
    assert rates[0] <= throttled
    assert rates[-1] > throttled


def test_between_half_a_limit_and_the_whole_nothing_moves() -> None:
    sender = Sender(temporary=LIMITS["temporary_failures"] * 0.75, rate=4000)
    assert {sender.window().rate for _ in range(20)} == {4000}


def test_an_hour_later_few_opens_stop_the_acceleration() -> None:
    control = started(START, 1000, Totals())
    totals = Totals(sent=2000, delivered=2000, openers=20)
    early = stepped(control, totals, START + WINDOW, WINDOW, 1e6)
    assert early.rate == 2000
    late = stepped(
        control,
        Totals(sent=200_000, delivered=200_000, openers=200),
        START + 3_600_000,
        WINDOW,
        1e6,
    )
    assert (late.rate, late.reasons) == (1000, ("few_opens",))


def test_wilsons_interval() -> None:
    # Values of the closed formula, for 10 of 100 and 0 of 10 at 95 %.
    assert wilson(10, 100) == pytest.approx((0.0552, 0.1744), abs=1e-4)
    assert wilson(0, 10) == pytest.approx((0.0, 0.2775), abs=1e-4)
    assert wilson(0, 0) == (0.0, 1.0)


@given(
    st.floats(0, 0.3),
    st.floats(0, 0.5),
    st.floats(0, 0.02),
    st.floats(10, 5000),
    st.integers(0, 99),
)
def test_whatever_happens_the_rate_stays_within_bounds(
    permanent: float, temporary: float, complaints: float, rate: float, seed: int
) -> None:
    sender = Sender(permanent, temporary, complaints, rate, most=8000, seed=seed)
    for _ in range(12):
        before = sender.control.rate
        after = sender.window()
        assert SLOWEST <= after.rate <= 8000
        assert after.rate <= before * 2
        bad = any(each.is_bad for each in evidence(after, sender.totals))
        assert not (bad and after.state == "accelerating")
