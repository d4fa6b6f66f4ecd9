"""An open draft from the window's side: saved and recovered, whatever becomes of the app."""

import os
import threading
import time
from pathlib import Path

import pytest

from app.drafts.errors import ChangedOnDisk, DraftError, Trouble
from app.drafts.history import Kind
from app.drafts.keeper import Pace
from app.drafts.opening import unsaved_drafts
from app.drafts.outside import Choice
from app.drafts.storage import Storage
from app.lines import LineEdit
from tests.support.patience import PATIENCE
from tests.support.patience import wait_for as until

from .desk import NEVER, Desk, crash


def test_a_pause_saves_the_file(desk: Desk, draft: Path) -> None:
    keeper = desk.open(draft)
    desk.type(keeper, 1, "TWO")
    assert keeper.unsaved
    until(lambda: desk.saved)
    assert draft.read_text() == "one\nTWO\nthree\n"
    assert not keeper.unsaved


def test_typing_without_a_pause_is_saved_all_the_same(desk: Desk, draft: Path) -> None:
    keeper = desk.open(
        draft, pace=Pace(pause=1000, longest=0.2, look=0.05, look_while_unsaved=0.02)
    )

    def typed_on() -> bool:
        desk.type(keeper, 1, f"{time.monotonic()}")
        return len(desk.saved) >= 2

    until(typed_on)


def test_the_usual_pace_keeps_its_promise() -> None:
    pace = Pace()
    assert pace.pause + pace.look <= 2.0 + 0.25
    assert pace.longest + pace.look <= 10.0


def test_an_unedited_draft_is_never_written(desk: Desk, draft: Path, storage: Storage) -> None:
    before = draft.stat()
    keeper = desk.open(draft)
    time.sleep(0.2)
    assert keeper.close()
    assert draft.stat() == before
    assert not desk.versions(draft)
    assert not list(storage.journals[0].glob("*"))


def test_nothing_is_left_after_a_clean_end(desk: Desk, draft: Path, storage: Storage) -> None:
    keeper = desk.open(draft)
    desk.type(keeper, 0, "ONE")
    assert keeper.close()
    assert draft.read_text() == "ONE\ntwo\nthree\n"
    assert [item.name for item in draft.parent.iterdir()] == ["issue.md"]
    assert not list(storage.journals[0].glob("*"))
    assert not list(storage.lock("x").parent.glob("*"))


def test_what_was_typed_before_a_kill_is_recovered(
    desk: Desk, draft: Path, storage: Storage
) -> None:
    crash(draft, storage, LineEdit(0, 1, ("ONE \ud83d", "and a half")))
    assert draft.read_text() == "one\ntwo\nthree\n"
    keeper = desk.open(draft)
    assert keeper.recovered
    assert keeper.lines == ["ONE \ud83d", "and a half", "two", "three", ""]
    until(lambda: desk.saved)
    assert desk.versions(draft)[-1] == (Kind.FOUND, b"one\ntwo\nthree\n")


def test_a_kill_after_recovering_recovers_the_same(
    desk: Desk, draft: Path, storage: Storage
) -> None:
    crash(draft, storage, LineEdit(0, 1, ("ONE",)))
    crash(draft, storage)
    crash(draft, storage, LineEdit(1, 1, ("TWO",)))
    assert desk.open(draft, NEVER).lines == ["ONE", "TWO", "three", ""]


def test_a_recovered_draft_that_others_changed_is_asked_about(
    desk: Desk, draft: Path, storage: Storage
) -> None:
    crash(draft, storage, LineEdit(0, 1, ("ONE",)))
    draft.write_text("one\ntwo\nTHREE\n")
    keeper = desk.open(draft)
    assert keeper.conflict is not None
    assert keeper.conflict.theirs is not None
    assert (keeper.lines[0], keeper.conflict.theirs.lines[2]) == ("ONE", "THREE")
    time.sleep(0.3)
    assert draft.read_text() == "one\ntwo\nTHREE\n"
    keeper.resolve(Choice.KEEP_MINE).result(PATIENCE)
    assert draft.read_text() == "ONE\ntwo\nthree\n"
    assert (Kind.THEIRS, b"one\ntwo\nTHREE\n") in desk.versions(draft)


def test_a_draft_that_vanished_after_a_kill_still_opens(
    desk: Desk, draft: Path, storage: Storage
) -> None:
    crash(draft, storage, LineEdit(0, 1, ("ONE",)))
    draft.unlink()
    keeper = desk.open(draft)
    assert keeper.lines[0] == "ONE"
    assert keeper.conflict is not None
    keeper.resolve(Choice.KEEP_MINE).result(PATIENCE)
    assert draft.read_text() == "ONE\ntwo\nthree\n"


def test_text_that_was_never_saved_survives(desk: Desk, storage: Storage) -> None:
    crash(None, storage, LineEdit(0, 1, ("a new idea",)))
    (waiting,) = unsaved_drafts(storage)
    assert (waiting.path, waiting.lines) == (None, ["a new idea"])
    keeper = desk.open(None, key=waiting.key)
    assert unsaved_drafts(storage) == []  # it is open now
    assert keeper.lines == ["a new idea"]
    assert not keeper.close()
    assert [draft.lines for draft in unsaved_drafts(storage)] == [["a new idea"]]


def test_an_untitled_draft_gets_a_name_and_keeps_its_versions(
    desk: Desk, folder: Path, storage: Storage
) -> None:
    keeper = desk.open()
    desk.type(keeper, 0, "first words")
    keeper.keep_version().result(PATIENCE)
    path = folder / "named.md"
    keeper.save_as(path).result(PATIENCE)
    assert keeper.path == path
    desk.type(keeper, 0, "more words")
    assert keeper.close()
    assert path.read_text() == "more words"
    assert [data for _, data in desk.versions(path)] == [b"more words", b"first words"]
    assert unsaved_drafts(storage) == []


def test_an_empty_untitled_draft_leaves_nothing(desk: Desk, storage: Storage) -> None:
    keeper = desk.open()
    desk.type(keeper, 0, "x")
    desk.type(keeper, 0, "")
    keeper.close()
    assert not list(storage.journals[0].glob("*"))


def test_saving_over_another_file_keeps_that_one_as_a_version(
    desk: Desk, draft: Path, folder: Path
) -> None:
    other = folder / "other.md"
    other.write_text("precious")
    keeper = desk.open(draft)
    with pytest.raises(ChangedOnDisk):
        keeper.save_as(other).result(PATIENCE)
    assert keeper.path == draft
    keeper.save_as(other, replace_existing=True).result(PATIENCE)
    assert other.read_text() == "one\ntwo\nthree\n"
    assert (Kind.THEIRS, b"precious") in desk.versions(other)


def test_a_rename_takes_versions_and_journal_along(
    desk: Desk, draft: Path, folder: Path, storage: Storage
) -> None:
    keeper = desk.open(draft)
    desk.type(keeper, 0, "ONE")
    keeper.flush()
    new = folder / "renamed.md"
    keeper.rename(new).result(PATIENCE)
    desk.type(keeper, 0, "1")
    assert keeper.close()
    assert not draft.exists()
    assert new.read_text() == "1\ntwo\nthree\n"
    assert len(desk.versions(new)) == 3
    assert not list(storage.journals[0].glob("*"))


def test_a_rename_never_lands_on_another_file(desk: Desk, draft: Path, folder: Path) -> None:
    other = folder / "other.md"
    other.write_text("precious")
    keeper = desk.open(draft)
    with pytest.raises(DraftError) as caught:
        keeper.rename(other).result(PATIENCE)
    assert caught.value.trouble is Trouble.NAME_TAKEN
    assert other.read_text() == "precious"
    assert keeper.path == draft


def test_a_save_that_fails_is_told_once_and_tried_again(
    desk: Desk, draft: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    keeper = desk.open(draft, Pace(pause=0.05, look=0.05, look_while_unsaved=0.02, retry=0.05))
    real = Path.read_bytes

    def full(*_: object) -> None:
        raise OSError(28, "full")

    with monkeypatch.context() as patch:
        patch.setattr("app.drafts.atomic.replace", full)
        desk.type(keeper, 0, "ONE")
        until(lambda: desk.errors)
        time.sleep(0.3)
        assert [error.trouble for error in desk.errors] == [Trouble.DISK_FULL]
        assert real(draft) == b"one\ntwo\nthree\n"
    until(lambda: desk.saved)
    assert draft.read_text() == "ONE\ntwo\nthree\n"


def test_long_editing_that_cannot_be_saved_is_kept_as_versions(
    desk: Desk, storage: Storage
) -> None:
    keeper = desk.open(pace=Pace(look=0.05, look_while_unsaved=0.02, version=0.1))
    desk.type(keeper, 0, "first")
    until(lambda: desk.versions(Path(keeper.key)))
    desk.type(keeper, 0, "second")
    until(lambda: len(desk.versions(Path(keeper.key))) == 2)
    keeper.discard()
    assert unsaved_drafts(storage) == []


def test_a_jumping_clock_changes_nothing(
    desk: Desk, draft: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    keeper = desk.open(draft)
    monkeypatch.setattr(time, "time", lambda: 1.0)
    desk.type(keeper, 0, "ONE")
    until(lambda: desk.saved)
    os.utime(draft, (0, 0))  # and another program sets the file's time back
    draft.write_text("one\ntwo\nTHREE\n")
    os.utime(draft, (0, 0))
    until(lambda: keeper.lines == ["one", "two", "THREE", ""])


def test_noting_an_edit_does_not_wait_for_a_slow_disk(
    desk: Desk, draft: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    keeper = desk.open(draft)

    at_work, goes_on = threading.Event(), threading.Event()
    ends: list[bool] = []

    def slow(_: int) -> None:
        at_work.set()
        ends.append(goes_on.wait(PATIENCE))

    monkeypatch.setattr("app.drafts.flusher.os.fsync", slow)
    desk.type(keeper, 0, "first")
    assert at_work.wait(PATIENCE)
    for number in range(100):
        desk.type(keeper, 0, f"{number}")
    assert ends == [], "it is still at it"
    goes_on.set()
