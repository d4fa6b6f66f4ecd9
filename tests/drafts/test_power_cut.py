"""A power cut at every moment: whatever the disk then shows, the text comes back."""

import shutil
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from app.drafts import atomic, binding, flusher, journal
from app.drafts.keeper import Keeper
from app.drafts.opening import open_draft, unsaved_drafts
from app.drafts.storage import Storage
from app.lines import LineEdit
from tests.support.patience import PATIENCE

from .desk import NEVER
from .power import Recorder, State, states_after

EDITS = 60


def test_what_is_not_flushed_is_less_than_half_a_second() -> None:
    assert journal.WRITE_SECONDS + flusher.FLUSH_SECONDS < 0.5


@pytest.mark.parametrize("exchange", [True, False], ids=["exchange", "plain rename"])
def test_a_draft_survives_a_power_cut_at_any_moment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, exchange: bool
) -> None:
    root, storage = _disk(tmp_path, monkeypatch, exchange)
    draft = root / "drafts" / "issue.md"
    draft.write_text("state 0\nend\n")
    recorder = Recorder(root)
    with monkeypatch.context() as patch:
        recorder.watch(patch)
        keeper = Keeper.open(draft, storage=storage, pace=NEVER)
        _type(keeper, recorder, lambda: keeper.flush())
        keeper.close()
    recorder.promise(EDITS)

    def come_back() -> list[str]:
        opened = open_draft(draft, None, storage)
        opened.lock.release()
        assert opened.conflict is None, "a power cut is nobody's change"
        return list(opened.recovered or opened.base.lines)

    assert _cut_everywhere(recorder, come_back) > 200


def test_an_untitled_draft_survives_a_power_cut_on_its_way_into_a_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root, storage = _disk(tmp_path, monkeypatch, True)
    draft = root / "drafts" / "issue.md"
    recorder = Recorder(root)
    with monkeypatch.context() as patch:
        recorder.watch(patch)
        keeper = Keeper.open(storage=storage, pace=NEVER)
        keeper.edited(LineEdit(0, 1, ("state 0", "end", "")))
        names: list[Path] = []

        def save() -> None:
            if not names:
                names.append(draft)
                keeper.save_as(draft).result(PATIENCE)
            keeper.flush()

        _type(keeper, recorder, save)
        keeper.close()

    def come_back() -> list[str]:
        found = [unsaved.lines for unsaved in unsaved_drafts(storage)]
        if draft.exists():
            opened = open_draft(draft, None, storage)
            opened.lock.release()
            assert opened.conflict is None
            found.append(list(opened.recovered or opened.base.lines))
        return max(found, key=_state, default=[""])

    assert _cut_everywhere(recorder, come_back) > 200


def _disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, exchange: bool) -> tuple[Path, Storage]:
    monkeypatch.setattr(journal, "WRITE_SECONDS", 0.001)
    monkeypatch.setattr(flusher, "FLUSH_SECONDS", 0.003)
    # A machine that stands still for long shall not be taken for a disk that hangs.
    monkeypatch.setattr(binding, "_ANNOUNCE_SECONDS", PATIENCE)
    if not exchange:
        monkeypatch.setattr(atomic, "_rename", lambda *_: False)
    root = tmp_path / "disk"
    (root / "drafts").mkdir(parents=True)
    (root / "journals").mkdir()
    return root, Storage((root / "journals",), tmp_path / "other" / "history.sqlite3")


def _type(keeper: Keeper, recorder: Recorder, save: Callable[[], object]) -> None:
    for number in range(1, EDITS + 1):
        keeper.edited(LineEdit(0, 1, (f"state {number}",)))
        if number % 7 == 0:
            save()
            recorder.promise(number)
        elif number % 3 == 0:
            assert keeper._journal.sync(PATIENCE)
            recorder.promise(number)
        else:
            time.sleep(0.002)


def _cut_everywhere(recorder: Recorder, come_back: Callable[[], list[str]]) -> int:
    """Try every state of the disk; returns how many different ones there were."""
    seen: set[tuple[int, frozenset[tuple[str, bytes]]]] = set()
    for cut in range(recorder.began, len(recorder.calls) + 1):
        promised = max((state for at, state in recorder.promises if at <= cut), default=-1)
        for state in states_after(recorder, cut):
            key = promised, frozenset(state.items())
            if key in seen:
                continue
            seen.add(key)
            _show(recorder.root, state)
            lines = come_back()
            assert lines in (["state " + str(_state(lines)), "end", ""], [""])
            assert _state(lines) >= promised, f"cut after call {cut}"
    return len(seen)


def _state(lines: list[str]) -> int:
    return int(lines[0].removeprefix("state ")) if lines[0] else -1


def _show(root: Path, state: State) -> None:
    for folder in ("drafts", "journals", "locks"):
        shutil.rmtree(root / folder, ignore_errors=True)
        (root / folder).mkdir()
    for name, data in state.items():
        Path(name).write_bytes(data)
