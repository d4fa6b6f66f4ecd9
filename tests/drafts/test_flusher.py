"""Making things durable at a pace, except for somebody who waits."""

import threading
import time
from pathlib import Path

import pytest

from app.drafts.flusher import Flush, Flusher
from tests.support.patience import PATIENCE


def test_who_waits_is_served_however_many_flushes_come_before(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.drafts.flusher.FLUSH_SECONDS", 60)
    flusher = Flusher(lambda error, _: pytest.fail(f"{error}"))
    served: list[bool] = []
    waiter = threading.Thread(target=lambda: served.append(flusher.wait_for(4, PATIENCE)))
    waiter.start()
    for ticket in range(1, 5):
        flusher.request(Flush(None, tmp_path, (), ticket))
        time.sleep(0.02)
    waiter.join()
    flusher.stop(5)
    assert served == [True]


def test_a_folder_is_flushed_only_when_its_names_changed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folders: list[Path] = []
    monkeypatch.setattr("app.drafts.flusher.atomic.sync_folder", folders.append)
    flusher = Flusher(lambda error, _: pytest.fail(f"{error}"))
    old = tmp_path / "old"
    old.touch()
    for ticket, flush in enumerate(
        (
            Flush(None, tmp_path, (old,), 1),
            Flush(None, tmp_path, (), 2, renamed=False),  # the old file was removed since
            Flush(None, tmp_path, (), 3, renamed=False),
        ),
        1,
    ):
        flusher.request(flush)
        assert flusher.wait_for(ticket, PATIENCE)
    flusher.stop(5)
    assert folders == [tmp_path, tmp_path]
    assert not old.exists()


def test_a_folder_that_could_not_be_flushed_is_tried_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tried: list[Path] = []

    def sync(folder: Path) -> None:
        tried.append(folder)
        if len(tried) == 1:
            raise OSError("no")

    monkeypatch.setattr("app.drafts.flusher.atomic.sync_folder", sync)
    failed = threading.Event()
    flusher = Flusher(lambda _error, _folder: failed.set())
    flusher.request(Flush(None, tmp_path, (), 1))
    assert failed.wait(PATIENCE)
    flusher.request(Flush(None, tmp_path, (), 2, renamed=False))
    assert flusher.wait_for(2, PATIENCE)
    flusher.stop(5)
    assert tried == [tmp_path, tmp_path]
