"""Handing over, at each platform: what is made, what is changed, what is asked first."""

import contextlib
import logging
from concurrent.futures import ThreadPoolExecutor

import pytest

from app.handover.model import (
    Action,
    ChangedMeanwhileError,
    Choice,
    Field,
    HandoverError,
    Plan,
    RefusedKeyError,
    SentMeanwhileError,
)
from tests.handover.desk import DRAFT, Desk
from tests.handover.fakes.server import Cut


def test_a_draft_is_made_with_what_the_letter_says(desk: Desk) -> None:
    handed = desk.hand_over()
    (draft,) = desk.drafts()
    assert draft[Field.SUBJECT] == "A quiet week"
    assert "First words" in draft[Field.BODY]
    assert "https://example.com/a" in draft[Field.BODY]
    assert "subject:" not in draft[Field.BODY]
    assert handed.remote_id
    assert handed.url.startswith("http")


def test_a_plan_shows_everything_before_it_is_done_and_writes_nothing(desk: Desk) -> None:
    plan = desk.plan()
    assert plan.action is Action.CREATE
    shown = {change.field: change for change in plan.changes}
    assert shown[Field.SUBJECT].before is None
    assert shown[Field.SUBJECT].after == "A quiet week"
    assert "First words" in shown[Field.BODY].after
    assert desk.fake.written() == []


def test_what_changed_is_shown_before_and_after_and_only_that(desk: Desk) -> None:
    first = desk.hand_over()
    desk.text = DRAFT.replace("subject: A quiet week", "subject: A loud week")
    plan = desk.plan()
    assert plan.action is Action.CHANGE
    assert plan.url == first.url
    subjects = [each for each in plan.changes if each.field is Field.SUBJECT]
    assert [(each.before, each.after) for each in subjects] == [("A quiet week", "A loud week")]
    second = desk.carry_out(plan)
    assert second.remote_id == first.remote_id
    (draft,) = desk.drafts()
    assert draft[Field.SUBJECT] == "A loud week"


def test_handing_over_again_without_a_change_writes_nothing(desk: Desk) -> None:
    desk.hand_over()
    before = len(desk.fake.written())
    plan = desk.plan()
    assert (plan.action, plan.changes) == (Action.NOTHING, ())
    desk.carry_out(plan)
    assert len(desk.fake.written()) == before


def test_the_same_plan_twice_is_one_draft(desk: Desk) -> None:
    plan = desk.plan()
    assert desk.carry_out(plan) == desk.carry_out(plan)
    assert len(desk.drafts()) == 1


def test_two_plans_made_before_either_was_carried_out_are_one_draft(desk: Desk) -> None:
    one, other = desk.plan(), desk.plan()
    desk.carry_out(one)
    with pytest.raises(ChangedMeanwhileError):
        desk.carry_out(other)
    assert len(desk.drafts()) == 1


def test_two_hand_overs_at_once_are_one_draft(desk: Desk) -> None:
    plans = [desk.plan(), desk.plan()]

    def carry_out(plan: Plan) -> bool:
        with contextlib.suppress(ChangedMeanwhileError):
            desk.carry_out(plan)
            return True
        return False

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(carry_out, plans)) == [False, True]
    assert len(desk.drafts()) == 1


def test_an_edit_there_is_found_although_the_clock_stands_still(desk: Desk) -> None:
    desk.hand_over()
    desk.edit(Field.SUBJECT, "Their subject")
    plan = desk.plan()
    assert plan.conflict is not None
    assert [(each.field, each.after) for each in plan.conflict.edited] == [
        (Field.SUBJECT, "Their subject")
    ]
    before = len(desk.fake.written())
    with pytest.raises(HandoverError):
        desk.carry_out(plan)
    assert len(desk.fake.written()) == before


def test_edits_of_different_fields_are_joined(desk: Desk) -> None:
    desk.hand_over()
    desk.edit(Field.SUBJECT, "Their subject")
    desk.text = DRAFT.replace("Second words", "Other words")
    conflict = desk.plan().conflict
    assert conflict is not None
    assert Choice.MERGE in conflict.choices
    desk.hand_over(Choice.MERGE)
    (draft,) = desk.drafts()
    assert draft[Field.SUBJECT] == "Their subject"
    assert "Other words" in draft[Field.BODY]


def test_what_was_joined_stays_joined(desk: Desk) -> None:
    desk.hand_over()
    desk.edit(Field.SUBJECT, "Their subject")
    desk.hand_over(Choice.MERGE)
    desk.text = DRAFT.replace("Second words", "Other words")
    plan = desk.plan()
    assert plan.conflict is None
    desk.carry_out(plan)
    (draft,) = desk.drafts()
    assert draft[Field.SUBJECT] == "Their subject"
    assert "Other words" in draft[Field.BODY]


def test_both_changed_the_same_cannot_be_joined_and_it_is_said_why(desk: Desk) -> None:
    desk.hand_over()
    desk.edit(Field.SUBJECT, "Their subject")
    desk.text = DRAFT.replace("subject: A quiet week", "subject: My subject")
    conflict = desk.plan().conflict
    assert conflict is not None
    assert Choice.MERGE not in conflict.choices
    assert "subject" in conflict.why_not
    with pytest.raises(HandoverError, match="cannot be joined"):
        desk.plan(Choice.MERGE)


def test_theirs_leaves_the_draft_there_as_it_is(desk: Desk) -> None:
    desk.hand_over()
    desk.edit(Field.SUBJECT, "Their subject")
    desk.text = DRAFT.replace("Second words", "Other words")
    before = desk.drafts()
    plan = desk.plan(Choice.THEIRS)
    assert plan.action is Action.NOTHING
    desk.carry_out(plan)
    assert desk.drafts() == before
    assert desk.plan().conflict is None


def test_a_copy_is_a_second_draft_and_the_first_stays(desk: Desk) -> None:
    first = desk.hand_over()
    desk.edit(Field.SUBJECT, "Their subject")
    second = desk.hand_over(Choice.COPY)
    assert second.remote_id != first.remote_id
    assert [draft[Field.SUBJECT] for draft in desk.drafts()] == ["Their subject", "A quiet week"]
    assert desk.plan().action is Action.NOTHING


def test_what_was_sent_meanwhile_is_not_touched(desk: Desk) -> None:
    desk.hand_over()
    desk.send()
    before = len(desk.fake.written())
    desk.text = DRAFT.replace("Second", "Third")
    with pytest.raises(SentMeanwhileError, match="no draft any more"):
        desk.plan()
    assert len(desk.fake.written()) == before
    desk.hand_over(Choice.COPY)
    assert len(desk.drafts()) == 2


def test_what_is_sent_between_plan_and_deed_is_not_touched(desk: Desk) -> None:
    desk.hand_over()
    desk.text = DRAFT.replace("Second", "Third")
    plan = desk.plan()
    desk.send()
    before = len(desk.fake.written())
    with pytest.raises(SentMeanwhileError):
        desk.carry_out(plan)
    assert len(desk.fake.written()) == before


def test_an_edit_between_plan_and_deed_is_not_overwritten(desk: Desk) -> None:
    desk.hand_over()
    desk.text = DRAFT.replace("Second", "Third")
    plan = desk.plan()
    desk.edit(Field.SUBJECT, "Their subject")
    with pytest.raises(ChangedMeanwhileError):
        desk.carry_out(plan)
    assert desk.drafts()[0][Field.SUBJECT] == "Their subject"


def test_a_draft_that_was_deleted_there_is_made_anew(desk: Desk) -> None:
    desk.hand_over()
    desk.delete()
    plan = desk.plan()
    assert plan.action is Action.CREATE
    assert plan.notes
    desk.carry_out(plan)
    assert len(desk.drafts()) == 1


def test_a_key_that_may_not_write_is_told_so(desk: Desk) -> None:
    fake = desk.fake
    if hasattr(fake, "access"):
        fake.access = set()
    if hasattr(fake, "permissions"):
        fake.permissions -= {"manage"}
    if hasattr(fake, "may_write"):
        fake.may_write = False
    with pytest.raises(RefusedKeyError, match="not allowed to write"):
        desk.hand_over()
    assert desk.drafts() == []


def test_a_key_that_is_not_taken_is_told_so(desk: Desk) -> None:
    desk.key = f"{'c' * 24}:{'00' * 32}" if desk.provider == "ghost" else "wrong"
    with pytest.raises(RefusedKeyError):
        desk.hand_over()


def test_no_log_has_a_key_an_address_or_the_text(
    desk: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    desk.fake.cuts = {1: Cut.BEFORE}
    with contextlib.suppress(HandoverError):
        desk.hand_over()
    desk.hand_over()
    said = "\n".join(record.getMessage() for record in caplog.records)
    for secret in (desk.key, desk.key.partition(":")[2] or desk.key, "First words", "quiet week"):
        assert secret not in said


def test_a_plan_shows_no_text_where_it_is_printed(desk: Desk) -> None:
    plan = desk.plan()
    handed = desk.carry_out(plan)
    for shown in (repr(plan), repr(handed), str(plan)):
        assert "First words" not in shown


def test_the_marker_is_nowhere_that_readers_look(desk: Desk) -> None:
    handed = desk.hand_over()
    (draft,) = desk.drafts()
    for name, text in draft.items():
        shown = text.replace(f"<!-- sendoff {handed.marker} -->", "")
        assert handed.marker not in shown, name
