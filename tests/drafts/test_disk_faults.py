"""No failure of the disk, at whatever step, costs a file or a word that was stored before."""

import contextlib
import errno
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.drafts import atomic, binding, files, flusher, journal_files
from app.drafts.errors import DraftError, Trouble
from app.drafts.files import DraftFile, read_draft, write_draft
from app.drafts.history import History
from app.drafts.journal import Journal
from app.drafts.keeper import Callbacks, Keeper, Pace
from app.drafts.storage import Storage
from app.lines import LineEdit

from .faults import EVERY_FAULT, SHORT, FaultyOs

OLD, NEW = b"the old text\n" * 50, b"the new text\n" * 80
NEVER = Pace(pause=1000, longest=1000, look=1000, look_while_unsaved=1000)


@contextlib.contextmanager
def faulty(fault: FaultyOs) -> Iterator[FaultyOs]:
    with pytest.MonkeyPatch.context() as patch:
        for module in (atomic, files, flusher, journal_files, binding):
            patch.setattr(module, "os", fault)
        yield fault


@pytest.mark.parametrize("exchange", [True, False], ids=["exchange", "rename"])
@pytest.mark.parametrize(("code", "persistent"), EVERY_FAULT)
def test_a_save_leaves_the_old_or_the_new_text_at_every_failing_step(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: int, persistent: bool, exchange: bool
) -> None:
    if not exchange:
        monkeypatch.setattr(atomic, "_rename", lambda *_: False)
    path = tmp_path / "issue.md"
    lines = NEW.decode().split("\n")
    for at in range(1, 200):
        path.write_bytes(OLD)
        stored = read_draft(path)
        with faulty(FaultyOs(at, code, persistent=persistent)) as fault:
            try:
                write_draft(path, lines, like=stored, expect=stored.digest)
            except DraftError:
                assert path.read_bytes() in (OLD, NEW)
                assert fault.failed
            else:
                assert path.read_bytes() == NEW
        for leftover in atomic.leftovers(path):
            leftover.unlink()
        if not fault.failed:
            break
    assert not fault.failed
    assert at > 8  # the sweep met the steps that it is about


@pytest.mark.parametrize("exchange", [True, False], ids=["exchange", "link"])
@pytest.mark.parametrize(("code", "persistent"), EVERY_FAULT)
def test_a_new_file_is_whole_or_not_there_at_every_failing_step(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: int, persistent: bool, exchange: bool
) -> None:
    if not exchange:
        monkeypatch.setattr(atomic, "_rename", lambda *_: False)
    path = tmp_path / "issue.md"
    for at in range(1, 200):
        path.unlink(missing_ok=True)
        with faulty(FaultyOs(at, code, persistent=persistent)) as fault:
            try:
                write_draft(path, NEW.decode().split("\n"), like=DraftFile(), expect=None)
            except DraftError:
                assert not path.exists() or path.read_bytes() == NEW
            else:
                assert path.read_bytes() == NEW
        if not fault.failed:
            break
    assert not fault.failed


def test_a_failed_flush_is_never_reported_as_a_save(tmp_path: Path) -> None:
    path = tmp_path / "issue.md"
    path.write_bytes(OLD)
    stored = read_draft(path)
    for at in (1, 2):  # of the content, and of the folder
        with faulty(FaultyOs(at, errno.EIO, calls=("fsync",))), pytest.raises(DraftError) as caught:
            write_draft(path, ["new"], like=stored, expect=atomic.digest_of(path))
        assert caught.value.trouble is Trouble.DISK_FAILED


def test_a_killed_exchange_leaves_the_other_version_to_the_history(
    folder: Path, storage: Storage
) -> None:
    path = folder / "issue.md"
    path.write_text("new")
    leftover = folder / f"{atomic._prefix(path)}abc"
    leftover.write_text("what another program wrote")
    Keeper.open(path, storage=storage).close()
    with contextlib.closing(History(storage.history)) as history:
        assert [history.read(version) for version in history.versions(str(path))] == [
            b"what another program wrote"
        ]
    assert not leftover.exists()


@pytest.mark.parametrize("persistent", [False, True], ids=["once", "for good"])
@pytest.mark.parametrize("code", [errno.EIO, errno.ENOSPC, SHORT])
def test_the_journal_survives_every_failing_step(
    tmp_path: Path, code: int, persistent: bool
) -> None:
    base = DraftFile(tmp_path / "issue.md", ["one", ""], digest="d")
    for at in range(1, 60):
        folders = [tmp_path / f"{at}-first", tmp_path / f"{at}-second"]
        errors: list[DraftError] = []
        with faulty(FaultyOs(at, code, persistent=persistent)) as fault:
            journal = Journal("key", folders, base, on_error=errors.append)
            for number in range(3):
                journal.record(LineEdit(0, 1, (f"line {number}",)))
                journal.sync(0.05)
            assert journal.snapshot().lines == ["line 2", ""]
            journal.close()
        found = journal_files.recover("key", folders)
        if not persistent or code == SHORT:
            assert found is not None
            assert found.lines == ["line 2", ""]
        elif found is None or found.lines != ["line 2", ""]:
            assert errors  # it was told
        if not fault.failed:
            break
    assert not fault.failed


@pytest.mark.parametrize("code", [errno.EIO, errno.ENOSPC, SHORT])
def test_a_session_with_one_fault_anywhere_loses_nothing(
    tmp_path: Path, code: int, storage: Storage
) -> None:
    path = tmp_path / "issue.md"
    for at in range(1, 120, 4):
        path.unlink(missing_ok=True)
        path.write_bytes(OLD)
        with faulty(FaultyOs(at, code)) as fault:
            try:
                keeper = Keeper.open(path, storage=storage, pace=NEVER)
            except DraftError:
                continue  # the file could not be read: nothing happened
            keeper.edited(LineEdit(0, 1, (f"typed at {at}",)))
            with contextlib.suppress(DraftError):
                keeper.flush()
            keeper.edited(LineEdit(1, 1, ("and more",)))
            keeper.close()
        again = Keeper.open(path, storage=storage, pace=NEVER)
        assert again.lines[:2] == [f"typed at {at}", "and more"]
        assert again.conflict is None
        again.close()
        if not fault.failed:
            break
    assert not fault.failed


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 1 MB."""
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(disk)]
    if os.geteuid() != 0:
        pytest.skip("only root may mount a small disk")
    if subprocess.run(mount, capture_output=True, check=False).returncode != 0:
        pytest.skip("this machine does not let us mount a small disk")
    try:
        yield disk
    finally:
        subprocess.run(["umount", "-l", str(disk)], check=True)


@pytest.mark.parametrize("free", [0, 40_000], ids=["no byte", "half the draft"])
def test_a_full_disk_leaves_the_file_and_the_journal_goes_elsewhere(
    small_disk: Path, tmp_path: Path, free: int
) -> None:
    path = small_disk / "issue.md"
    path.write_bytes(b"x" * 80_000)
    with (small_disk / "filler").open("wb", buffering=0) as filler, contextlib.suppress(OSError):
        filler.truncate(0)
        while filler.write(b"y" * 4096):
            pass
    if free:
        os.truncate(small_disk / "filler", (small_disk / "filler").stat().st_size - free)
    storage = Storage((small_disk / "journals", tmp_path / "second"), tmp_path / "history.sqlite3")
    errors: list[DraftError] = []
    keeper = Keeper.open(
        path, storage=storage, pace=NEVER, callbacks=Callbacks(on_error=errors.append)
    )
    keeper.edited(LineEdit(0, 1, ("z" * 90_000,)))
    with pytest.raises(DraftError) as caught:
        keeper.flush()
    assert caught.value.trouble is Trouble.DISK_FULL
    assert path.read_bytes() == b"x" * 80_000
    assert not keeper.close()
    assert list((tmp_path / "second").glob("*.journal"))
    again = Keeper.open(path, storage=storage, pace=NEVER)
    assert again.recovered
    assert again.lines == ["z" * 90_000]
    (small_disk / "filler").unlink()
    again.flush()
    again.close()
    assert path.read_bytes() == b"z" * 90_000
    assert not list((tmp_path / "second").glob("*.journal"))


def test_a_limit_on_file_sizes_is_a_full_disk(tmp_path: Path) -> None:
    path = tmp_path / "issue.md"
    path.write_bytes(OLD)
    code = f"""
import resource, sys
from pathlib import Path
from app.drafts.errors import DraftError
from app.drafts.files import read_draft, write_draft
path = Path({str(path)!r})
stored = read_draft(path)
resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))
try:
    write_draft(path, ["x" * 10_000], like=stored, expect=stored.digest)
except DraftError as error:
    sys.exit(0 if error.trouble == "disk_full" else 3)
sys.exit(4)
"""
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
    assert path.read_bytes() == OLD
    assert [item.name for item in tmp_path.iterdir()] == ["issue.md"]


def test_a_folder_that_takes_no_file_is_a_clear_error(small_disk: Path) -> None:
    path = small_disk / "issue.md"
    path.write_bytes(OLD)
    stored = read_draft(path)
    remount = ["mount", "-o", "remount,ro", str(small_disk)]
    if subprocess.run(remount, capture_output=True, check=False).returncode != 0:
        pytest.skip("this machine cannot make a disk read-only")
    with pytest.raises(DraftError) as caught:
        write_draft(path, ["new"], like=stored, expect=stored.digest)
    assert caught.value.trouble is Trouble.READ_ONLY
    assert path.read_bytes() == OLD
