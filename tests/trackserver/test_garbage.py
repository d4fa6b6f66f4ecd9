"""Memory that only a look for cycles gives back: found by the clock, and hardly made at all."""

import gc
import threading
import time
import weakref
from collections import Counter
from collections.abc import Iterator

import pytest

from app.trackserver import garbage
from app.trackserver.store.database import Database
from tests.trackserver.work.scene import Scene


class Cycle:
    def __init__(self) -> None:
        self.itself = self


@pytest.fixture
def seldom() -> Iterator[None]:
    """Cycles are counted as in a command: a look comes when very many were made."""
    before = gc.get_threshold()
    gc.set_threshold(10_000_000)
    yield
    gc.set_threshold(*before)
    gc.unfreeze()


@pytest.mark.usefixtures("seldom")
@pytest.mark.parametrize("all_of_them", [1, 1_000_000])
def test_cycles_are_found_by_the_clock(monkeypatch: pytest.MonkeyPatch, all_of_them: int) -> None:
    monkeypatch.setattr(garbage, "_SECONDS", 0.02)
    monkeypatch.setattr(garbage, "_ALL", all_of_them)
    stop = threading.Event()
    looking = threading.Thread(target=garbage.look_for_garbage, args=(stop,))
    looking.start()
    while not gc.get_freeze_count():
        time.sleep(0.01)
    found = weakref.ref(Cycle())
    until = time.monotonic() + 30
    while found() is not None and time.monotonic() < until:
        time.sleep(0.01)
    stop.set()
    looking.join()
    assert found() is None


def test_the_worker_leaves_no_cycles_behind(database: Database) -> None:
    scene = Scene(database, people=3)
    worker = scene.worker()
    scene.put(scene.open(1), scene.open(2), scene.click(3))
    scene.drain(worker)
    scene.put(scene.open(1, at=90_000), scene.open(2, at=90_000), scene.click(3, at=90_000))
    gc.collect()
    gc.disable()
    gc.set_debug(gc.DEBUG_SAVEALL)
    try:
        scene.drain(worker)
        gc.collect()
        left = Counter(type(one).__name__ for one in gc.garbage)
    finally:
        gc.set_debug(0)
        gc.garbage.clear()
        gc.enable()
    assert not left
