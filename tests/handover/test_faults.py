"""The connection breaks off at each request, before and after it took effect: however often one
tries, it becomes one draft, equal to the letter, with each picture online once.
"""

import contextlib
import random

import pytest

from app.handover.model import Action, Field, HandoverError
from tests.handover.desk import DRAFT, Desk
from tests.handover.fakes.server import Cut
from tests.handover.test_never_sends import hold

_MOST = 8
"""Requests that one hand-over makes at most; the test sees to it."""


def until_done(desk: Desk, tries: int = 4) -> int:
    """Hand over until it works, with each try all anew as after a crash; how often it did not."""
    for failed in range(tries):
        with contextlib.suppress(HandoverError):
            desk.hand_over()
            return failed
    pytest.fail("it never worked")


def is_the_letter(desk: Desk) -> None:
    (draft,) = desk.drafts()
    assert draft[Field.SUBJECT] == "A quiet week"
    body = draft[Field.BODY]
    assert body.count("cat.png") == 1
    assert "picture.invalid" not in body
    assert "Second words" in body
    plan = desk.plan()
    assert (plan.action, plan.conflict, plan.uploads) == (Action.NOTHING, None, ())
    hold(desk)


@pytest.mark.parametrize("cut", Cut)
@pytest.mark.parametrize("at", range(_MOST))
def test_a_cut_while_a_draft_is_made(desk: Desk, at: int, cut: Cut) -> None:
    desk.picture()
    desk.text = DRAFT + "\n![A cat](cat.png)\n"
    desk.fake.cuts = {at: cut}
    until_done(desk)
    is_the_letter(desk)


@pytest.mark.parametrize("cut", Cut)
@pytest.mark.parametrize("at", range(_MOST))
def test_a_cut_while_a_draft_is_changed(desk: Desk, at: int, cut: Cut) -> None:
    desk.picture()
    desk.text = DRAFT.replace("Second", "Old")
    desk.hand_over()
    desk.text = DRAFT + "\n![A cat](cat.png)\n"
    desk.fake.cuts = {len(desk.fake.asked) + at: cut}
    until_done(desk)
    is_the_letter(desk)


@pytest.mark.parametrize("seed", range(3))
def test_a_line_that_breaks_off_again_and_again(desk: Desk, seed: int) -> None:
    desk.picture()
    desk.text = DRAFT + "\n![A cat](cat.png)\n"
    chance = random.Random(seed)
    desk.fake.cuts = {at: chance.choice(list(Cut)) for at in range(80) if chance.random() < 0.4}
    until_done(desk, tries=30)
    desk.fake.cuts = {}
    is_the_letter(desk)


def test_one_hand_over_makes_no_more_requests_than_are_cut_off_here(desk: Desk) -> None:
    desk.picture()
    desk.hand_over()
    before = len(desk.fake.asked)
    desk.text = DRAFT + "\n![A cat](cat.png)\n"
    desk.hand_over()
    assert max(before, len(desk.fake.asked) - before) <= _MOST


@pytest.mark.parametrize("cut", Cut)
@pytest.mark.parametrize("at", range(8))
def test_the_letter_is_edited_between_the_cut_and_the_next_try(
    desk: Desk, at: int, cut: Cut
) -> None:
    desk.picture()
    desk.text = DRAFT.replace("Second", "Old")
    desk.fake.cuts = {at: cut}
    with contextlib.suppress(HandoverError):
        desk.hand_over()
    desk.text = DRAFT + "\n![A cat](cat.png)\n"
    until_done(desk)
    is_the_letter(desk)


@pytest.mark.parametrize("at", range(8))
def test_the_draft_is_edited_there_between_the_cut_and_the_next_try(desk: Desk, at: int) -> None:
    desk.fake.cuts = {at: Cut.AFTER}
    with contextlib.suppress(HandoverError):
        desk.hand_over()
    if not desk.drafts():
        return
    desk.edit(Field.SUBJECT, "Their subject")
    plan = desk.plan()
    assert plan.conflict is not None
    assert [each.field for each in plan.conflict.edited] == [Field.SUBJECT]
    assert len(desk.drafts()) == 1
