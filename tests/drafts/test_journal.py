"""The journal's files: whatever is left of them, they tell a state that was typed."""

import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.drafts import journal_files, records
from app.drafts.errors import DraftError
from app.drafts.files import DraftFile, parse_draft
from app.drafts.journal import Journal
from app.drafts.lock import DraftLock
from app.drafts.records import DamagedJournal, SaveIntent
from app.lines import LineEdit
from tests.support.patience import PATIENCE

LINES = st.lists(st.text(st.characters(exclude_characters="\n\r\0"), max_size=6), min_size=1)


def never(error: DraftError) -> None:
    pytest.fail(f"the journal reported {error}")


def journal(folders: list[Path], base: DraftFile | None = None) -> Journal:
    return Journal("key", folders, base or parse_draft(b"one\ntwo"), on_error=never)


@given(LINES, LINES, st.booleans())
def test_any_text_comes_back(base: list[str], lines: list[str], bom: bool) -> None:
    from app.drafts.files import encode

    like = DraftFile(bom=bom, newline="\r\n")
    stored = parse_draft(encode(base, like), Path("/x/issue.md"))
    edit = LineEdit(0, 1, ("\ud83d", "end"))
    data = records.opening(stored, lines, [SaveIntent("abc")], 7) + records.further(edit)
    found = records.recover(data)
    assert found.base.digest == stored.digest
    assert found.lines == ["\ud83d", "end", *lines[1:]]
    assert (found.saves, found.generation, found.complete) == (frozenset({"abc"}), 7, True)


def test_a_journal_torn_at_any_byte_tells_an_earlier_state() -> None:
    base = parse_draft(b"one\ntwo")
    data = records.opening(base, ["one", "2"], [], 1)
    whole = len(data)
    states = [["one", "2"]]
    for number in range(5):
        edit = LineEdit(0, 1, (f"line {number}", "more"))
        data += records.further(edit)
        states.append(states[-1].copy())
        edit.apply(states[-1])
    for end in range(len(data)):
        if end < whole - 1:  # the last line end may be missing
            with pytest.raises(DamagedJournal):
                records.recover(data[:end])
        else:
            assert records.recover(data[:end]).lines in states
    assert records.recover(data).lines == states[-1]


@given(st.integers(0, 10_000), st.integers(1, 255))
def test_a_flipped_byte_never_makes_other_text(at: int, change: int) -> None:
    base = parse_draft(b"one\ntwo")
    edits = [LineEdit(0, 1, (f"line {number}",)) for number in range(4)]
    data = bytearray(records.opening(base, base.lines, [], 1))
    whole = len(data)
    data += b"".join(map(records.further, edits))
    data[at % len(data)] ^= change
    states = [["one", "two"], *([f"line {number}", "two"] for number in range(4))]
    try:
        found = records.recover(bytes(data))
    except DamagedJournal:
        assert at % len(data) < whole
    else:
        assert found.lines in states


def test_an_edit_is_on_disk_within_a_quarter_of_a_second(tmp_path: Path) -> None:
    kept = journal([tmp_path])
    for number in range(60):
        kept.record(LineEdit(0, 1, (f"{number}",)))
        time.sleep(0.01)
    late = []
    for number in range(60, 90):
        kept.record(LineEdit(0, 1, (f"{number}",)))
        began = time.monotonic()
        while True:
            found = journal_files.recover("key", [tmp_path])
            if found is not None and found.lines[0] == f"{number}":
                break
            assert time.monotonic() - began < PATIENCE
            time.sleep(0.005)
        late.append(time.monotonic() - began)
    # The pace is ours; a machine that stands still now and then only adds to it.
    assert min(late) < 0.25
    kept.discard()


def test_who_waits_for_the_disk_does_not_wait_for_the_journals_pace(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.drafts.journal.WRITE_SECONDS", 60)
    monkeypatch.setattr("app.drafts.flusher.FLUSH_SECONDS", 60)
    kept = journal([tmp_path])
    for number in range(5):
        kept.record(LineEdit(0, 1, (f"{number}",)))
        assert kept.announce(f"d{number}", PATIENCE)
    kept.discard()


def test_a_saved_text_needs_no_journal(tmp_path: Path) -> None:
    kept = journal([tmp_path])
    revision = kept.record(LineEdit(0, 1, ("ONE",)))
    assert kept.sync(PATIENCE)
    assert len(list(tmp_path.iterdir())) == 1
    kept.saved(parse_draft(b"ONE\ntwo"), revision)
    assert kept.sync(PATIENCE)
    assert not list(tmp_path.iterdir())
    kept.close()


def test_what_was_typed_during_a_save_goes_on_from_it(tmp_path: Path) -> None:
    kept = journal([tmp_path])
    revision = kept.record(LineEdit(0, 1, ("ONE",)))
    kept.announce("d1", PATIENCE)
    kept.record(LineEdit(1, 1, ("TWO",)))
    assert kept.sync(PATIENCE)
    before = journal_files.recover("key", [tmp_path])
    assert before is not None
    assert before.saves == {"d1"}
    stored = parse_draft(b"ONE\ntwo")
    kept.saved(stored, revision)
    assert kept.sync(PATIENCE)
    after = journal_files.recover("key", [tmp_path])
    assert after is not None
    assert (after.base.digest, after.lines) == (stored.digest, ["ONE", "TWO"])
    assert not after.saves
    kept.close()


def test_a_growing_journal_is_compacted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(journal_files, "COMPACT_BYTES", 10_000)
    kept = journal([tmp_path])
    for number in range(40):
        kept.record(LineEdit(0, 1, (f"{number}" * 400,)))
        kept.sync(PATIENCE)
        assert sum(path.stat().st_size for path in tmp_path.iterdir()) < 40_000
    found = journal_files.recover("key", [tmp_path])
    assert found is not None
    assert found.lines == ["39" * 400, "two"]
    kept.discard()
    assert not list(tmp_path.iterdir())


def test_an_older_generation_counts_while_the_newer_is_torn(tmp_path: Path) -> None:
    base = parse_draft(b"one\ntwo")
    (tmp_path / "key.00000001.journal").write_bytes(records.opening(base, ["older"], [], 1))
    (tmp_path / "key.00000002.journal").write_bytes(records.opening(base, ["newer"], [], 2)[:-3])
    found = journal_files.recover("key", [tmp_path])
    assert found is not None
    assert found.lines == ["older"]


def test_recovering_changes_nothing(tmp_path: Path) -> None:
    kept = journal([tmp_path])
    kept.record(LineEdit(0, 1, ("ONE",)))
    kept.close()
    before = {path: path.read_bytes() for path in tmp_path.iterdir()}
    assert journal_files.recover("key", [tmp_path]) == journal_files.recover("key", [tmp_path])
    assert {path: path.read_bytes() for path in tmp_path.iterdir()} == before


def test_a_folder_that_takes_nothing_is_passed_over(tmp_path: Path) -> None:
    blocked = tmp_path / "blocked"
    blocked.write_text("a file where a folder should be")
    second = tmp_path / "second"
    kept = journal([blocked, second])
    kept.record(LineEdit(0, 1, ("ONE",)))
    assert kept.sync(PATIENCE)
    found = journal_files.recover("key", [blocked, second])
    assert found is not None
    assert found.lines == ["ONE", "two"]
    kept.discard()


def test_no_folder_at_all_is_told_once_and_the_text_stays(tmp_path: Path) -> None:
    blocked = tmp_path / "blocked"
    blocked.write_text("a file where a folder should be")
    errors: list[DraftError] = []
    kept = Journal("key", [blocked], parse_draft(b"one"), on_error=errors.append)
    kept.record(LineEdit(0, 1, ("ONE",)))
    time.sleep(0.3)
    kept.record(LineEdit(0, 1, ("1",)))
    assert not kept.sync(0.1)
    assert kept.snapshot().lines == ["1"]
    assert len(errors) == 1
    blocked.unlink()
    assert kept.sync(PATIENCE)
    kept.close()
    found = journal_files.recover("key", [blocked])
    assert found is not None
    assert found.lines == ["1"]


def test_journals_are_private(tmp_path: Path) -> None:
    kept = journal([tmp_path / "journals"])
    kept.record(LineEdit(0, 1, ("secret",)))
    kept.sync(PATIENCE)
    (path,) = (tmp_path / "journals").iterdir()
    assert path.stat().st_mode & 0o077 == 0
    assert (tmp_path / "journals").stat().st_mode & 0o077 == 0
    kept.discard()


def test_only_one_holds_the_lock(tmp_path: Path) -> None:
    path = tmp_path / "locks" / "a.lock"
    first, second = DraftLock(path), DraftLock(path)
    assert first.acquire()
    assert not second.acquire()
    first.release()
    assert second.acquire()
    second.release()
    assert not list(path.parent.iterdir())
