"""Other programs at the file of an open draft: followed, merged or asked about."""

import os
import random
import threading
import time
from pathlib import Path

import pytest

from app.drafts.errors import DraftError, Trouble
from app.drafts.history import Kind
from app.drafts.keeper import Pace
from app.drafts.opening import unsaved_drafts
from app.drafts.outside import Choice
from app.drafts.storage import Storage
from app.lines import LineEdit
from tests.support.patience import PATIENCE
from tests.support.patience import wait_for as until

from .desk import WATCHFUL, Desk


def test_an_unedited_draft_follows_the_file(desk: Desk, draft: Path) -> None:
    keeper = desk.open(draft)
    draft.write_text("one\n2\nthree\nfour\n")
    until(lambda: keeper.lines == ["one", "2", "three", "four", ""])
    assert desk.lines == keeper.lines
    assert not keeper.unsaved
    assert [(edit.first, edit.removed) for edit in desk.offers[-1].edits] == [(3, 0), (1, 1)]


def test_changes_in_different_places_are_joined(desk: Desk, draft: Path) -> None:
    keeper = desk.open(draft, WATCHFUL)
    desk.type(keeper, 0, "ONE")
    draft.write_text("one\ntwo\nTHREE\n")
    desk.hurry(keeper)
    until(lambda: draft.read_text() == "ONE\ntwo\nTHREE\n")
    assert desk.lines == keeper.lines == ["ONE", "two", "THREE", ""]
    assert not desk.conflicts
    kept = [data for _, data in desk.versions(draft)]
    assert b"ONE\ntwo\nthree\n" in kept
    assert b"one\ntwo\nTHREE\n" in kept


def test_typing_between_offer_and_adoption_is_not_lost(desk: Desk, draft: Path) -> None:
    desk.adopts = False
    keeper = desk.open(draft, Pace(pause=1000, look=0.05, look_while_unsaved=0.05))
    draft.write_text("one\ntwo\nTHREE\n")
    until(lambda: desk.offers)
    desk.type(keeper, 0, "ONE")
    assert not keeper.adopt(desk.offers[0])
    desk.adopts = True
    until(lambda: keeper.lines == ["ONE", "two", "THREE", ""])
    assert desk.lines == keeper.lines


@pytest.mark.parametrize("choice", list(Choice))
def test_a_conflict_waits_and_loses_neither_side(desk: Desk, draft: Path, choice: Choice) -> None:
    keeper = desk.open(draft, WATCHFUL)
    desk.type(keeper, 1, "mine")
    draft.write_text("one\ntheirs\nthree\n")
    until(lambda: desk.conflicts)
    desk.hurry(keeper)
    desk.type(keeper, 0, "typed on")
    time.sleep(0.5)
    assert draft.read_text() == "one\ntheirs\nthree\n"
    keeper.resolve(choice).result(PATIENCE)
    mine, theirs = "typed on\nmine\nthree\n", "one\ntheirs\nthree\n"
    until(lambda: keeper.conflict is None and not keeper.unsaved)
    expected = mine if choice is Choice.KEEP_MINE else theirs
    assert draft.read_text() == expected
    assert "\n".join(desk.lines) == "\n".join(keeper.lines) == expected
    kept = [data.decode() for _, data in desk.versions(draft)]
    assert mine in kept
    assert theirs in kept
    if choice is Choice.BOTH:
        assert [path.read_text() for path in desk.copies] == [mine]
    assert len(desk.conflicts) == 1


def test_a_deleted_file_is_told_and_can_be_written_again(desk: Desk, draft: Path) -> None:
    keeper = desk.open(draft)
    draft.unlink()
    until(lambda: desk.conflicts)
    assert [error.trouble for error in desk.errors] == [Trouble.MISSING]
    desk.type(keeper, 0, "ONE")
    time.sleep(0.3)
    assert not draft.exists()
    keeper.resolve(Choice.KEEP_MINE).result(PATIENCE)
    assert draft.read_text() == "ONE\ntwo\nthree\n"


def test_a_file_that_comes_back_is_as_if_nothing_had_been(desk: Desk, draft: Path) -> None:
    keeper = desk.open(draft)
    draft.rename(draft.with_suffix(".bak"))
    until(lambda: desk.conflicts)
    draft.with_suffix(".bak").rename(draft)
    until(lambda: keeper.conflict is None)
    desk.type(keeper, 0, "ONE")
    until(lambda: draft.read_text() == "ONE\ntwo\nthree\n")


def test_a_deleted_file_leaves_the_text_in_the_journal(
    desk: Desk, draft: Path, storage: Storage
) -> None:
    keeper = desk.open(draft)
    draft.unlink()
    until(lambda: desk.conflicts)
    assert not keeper.close()
    assert [waiting.lines[0] for waiting in unsaved_drafts(storage)] == ["one"]


def test_a_file_that_becomes_something_else_is_not_overwritten(desk: Desk, draft: Path) -> None:
    keeper = desk.open(draft, WATCHFUL)
    desk.type(keeper, 0, "ONE")
    draft.write_bytes(b"\x89PNG\0\0")
    until(lambda: desk.conflicts)
    desk.hurry(keeper)
    assert desk.conflicts[0].theirs is None
    time.sleep(0.3)
    assert draft.read_bytes() == b"\x89PNG\0\0"
    keeper.resolve(Choice.KEEP_MINE).result(PATIENCE)
    assert draft.read_text().startswith("ONE")
    assert (Kind.THEIRS, b"\x89PNG\0\0") in desk.versions(draft)


def test_a_second_window_only_reads_and_follows(desk: Desk, draft: Path, storage: Storage) -> None:
    first = desk.open(draft)
    second = Desk(storage)
    reader = second.open(draft)
    assert reader.read_only
    assert not first.read_only
    with pytest.raises(DraftError) as caught:
        reader.edited(LineEdit(0, 1, ("no",)))
    assert caught.value.trouble is Trouble.OPEN_ELSEWHERE
    desk.type(first, 0, "ONE")
    until(lambda: reader.lines[0] == "ONE")
    desk.type(first, 1, "not saved yet")
    reader.close()
    first._journal.sync(PATIENCE)
    assert list(storage.journals[0].glob("*")) or not first.unsaved
    first.close()
    again = desk.open(draft)
    assert not again.read_only


def test_a_writer_in_the_same_moments_loses_nothing(desk: Desk, draft: Path) -> None:
    """Both change the same file as fast as they can: the last of both stands at the end."""
    top, middle, bottom = "mine 0", "between", "theirs 0"
    draft.write_text(f"{top}\n{middle}\n{middle} 2\n{bottom}\n")
    keeper = desk.open(draft, Pace(pause=0.02, longest=0.05, look=0.01, look_while_unsaved=0.01))
    chance = random.Random(1)

    def others() -> None:
        for number in range(1, 40):
            lines = draft.read_text().split("\n")
            lines[3] = f"theirs {number}"
            replacement = draft.with_name("theirs")
            replacement.write_text("\n".join(lines))
            os.replace(replacement, draft)  # noqa: PTH105
            time.sleep(chance.random() * 0.05)

    other = threading.Thread(target=others)
    other.start()
    number = 0
    while other.is_alive():
        number += 1
        desk.type(keeper, 0, f"mine {number}")
        time.sleep(0.01)
    other.join()
    until(lambda: not keeper.unsaved and keeper.conflict is None)
    assert draft.read_text() == f"mine {number}\n{middle}\n{middle} 2\ntheirs 39\n"
    assert not desk.conflicts
