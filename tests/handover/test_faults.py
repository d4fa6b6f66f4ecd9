"""The connection breaks off at each request, before and after it took effect: however often one
tries, it becomes one draft, equal to the letter, with each picture online once.
"""

import contextlib
import random
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.handover.model import Action, Field, HandoverError
from tests.handover.desk import DESKS, DRAFT, Desk, impatient
from tests.handover.fakes.server import Cut
from tests.handover.test_never_sends import hold

WITH_PICTURE = DRAFT + "\n![A cat](cat.png)\n"
EARLIER = DRAFT.replace("Second", "Old")


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    impatient(monkeypatch)


def desks(provider: str, folder: Path, cut: Cut, first: str = "") -> Iterator[Desk]:
    """A desk for each request of a hand-over, at which the connection breaks off; ``first`` was
    handed over before.
    """
    for at in range(20):
        own = folder / str(at)
        own.mkdir()
        with DESKS[provider](own) as desk:
            desk.picture()
            if first:
                desk.text = first
                desk.hand_over()
            cut_at = len(desk.fake.asked) + at
            desk.fake.cuts = {cut_at: cut}
            yield desk
            if len(desk.fake.asked) <= cut_at:
                assert at >= 2
                return
    pytest.fail("a hand-over makes too many requests")


def until_done(desk: Desk, tries: int = 4) -> None:
    """Hand over until it works, with each try all anew as after a crash."""
    for _ in range(tries):
        with contextlib.suppress(HandoverError):
            desk.hand_over()
            return
    pytest.fail("it never worked")


def is_the_letter(desk: Desk) -> None:
    (draft,) = desk.drafts()
    assert draft[Field.SUBJECT] == "A quiet week"
    body = draft[Field.BODY]
    assert body.count("cat.png") == 1
    assert "picture.invalid" not in body
    assert "Second words" in body
    hold(desk)


@pytest.mark.parametrize("cut", Cut)
@pytest.mark.parametrize("provider", DESKS)
def test_a_cut_while_a_draft_is_made(provider: str, cut: Cut, tmp_path: Path) -> None:
    for desk in desks(provider, tmp_path, cut):
        desk.text = WITH_PICTURE
        until_done(desk)
        is_the_letter(desk)


@pytest.mark.parametrize("cut", Cut)
@pytest.mark.parametrize("provider", DESKS)
def test_a_cut_while_a_draft_is_changed(provider: str, cut: Cut, tmp_path: Path) -> None:
    for desk in desks(provider, tmp_path, cut, first=EARLIER):
        desk.text = WITH_PICTURE
        until_done(desk)
        is_the_letter(desk)


@pytest.mark.parametrize("cut", Cut)
@pytest.mark.parametrize("provider", DESKS)
def test_the_letter_is_edited_between_the_cut_and_the_next_try(
    provider: str, cut: Cut, tmp_path: Path
) -> None:
    for desk in desks(provider, tmp_path, cut):
        desk.text = EARLIER
        with contextlib.suppress(HandoverError):
            desk.hand_over()
        desk.text = WITH_PICTURE
        until_done(desk)
        is_the_letter(desk)


@pytest.mark.parametrize("provider", DESKS)
def test_the_draft_is_edited_there_between_the_cut_and_the_next_try(
    provider: str, tmp_path: Path
) -> None:
    for desk in desks(provider, tmp_path, Cut.AFTER):
        with contextlib.suppress(HandoverError):
            desk.hand_over()
        if desk.drafts():
            desk.edit(Field.SUBJECT, "Their subject")
            conflict = desk.plan().conflict
            assert conflict is not None
            assert [each.field for each in conflict.edited] == [Field.SUBJECT]
            assert len(desk.drafts()) == 1


@pytest.mark.parametrize("seed", range(3))
def test_a_line_that_breaks_off_again_and_again(desk: Desk, seed: int) -> None:
    desk.picture()
    desk.text = WITH_PICTURE
    chance = random.Random(seed)
    desk.fake.cuts = {at: chance.choice(list(Cut)) for at in range(80) if chance.random() < 0.4}
    until_done(desk, tries=30)
    desk.fake.cuts = {}
    is_the_letter(desk)
    plan = desk.plan()
    assert (plan.action, plan.conflict, plan.uploads) == (Action.NOTHING, None, ())
