"""Python's own pace beside a window."""

import gc
import math
import sys
import threading
from collections.abc import Iterator

import pytest
from PySide6.QtCore import QObject
from pytestqt.qtbot import QtBot

from app.ui import interpreter
from app.ui.interpreter import Interpreter


@pytest.fixture
def owner() -> Iterator[QObject]:
    """Whose life the pace is bound to; afterwards Python is as it was."""
    seconds = sys.getswitchinterval()
    try:
        yield QObject()
    finally:
        gc.unfreeze()
        gc.enable()
        sys.setswitchinterval(seconds)


def test_threads_give_way_soon(owner: QObject) -> None:
    Interpreter(owner)
    assert sys.getswitchinterval() <= 0.001


def test_garbage_is_looked_for_by_the_clock_alone(
    owner: QObject, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(interpreter, "LOOK_MS", 10)
    monkeypatch.setattr(interpreter, "YOUNG", 100)
    monkeypatch.setattr(interpreter, "BUSY", math.inf)  # threads that other tests left
    freed = []

    class Cycle:
        def __init__(self) -> None:
            self.own = self

        def __del__(self) -> None:
            freed.append(1)

    gc.collect()
    Interpreter(owner)
    for _ in range(1_000):
        Cycle()
    assert not freed, "not in the midst of the work"
    qtbot.waitUntil(lambda: len(freed) == 1_000)


def test_too_much_to_look_at_waits_until_another_program_has_the_keys(
    owner: QObject, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(interpreter, "LOOK_MS", 10)
    monkeypatch.setattr(interpreter, "YOUNG", 100)
    monkeypatch.setattr(interpreter, "MOST", 1_000)
    monkeypatch.setattr(interpreter, "BUSY", math.inf)
    monkeypatch.setattr(interpreter, "WHOLE_SECONDS", 0.0)
    active = [True]
    monkeypatch.setattr(interpreter, "_is_active", lambda: active[0])
    freed = []

    class Cycle:
        def __init__(self) -> None:
            self.own = self

        def __del__(self) -> None:
            freed.append(1)

    gc.collect()
    Interpreter(owner)
    for _ in range(5_000):
        Cycle()
    qtbot.waitUntil(lambda: gc.get_count()[0] < 1_000)
    assert not freed, "not while somebody writes"
    active[0] = False
    qtbot.waitUntil(lambda: len(freed) == 5_000)


def test_what_other_threads_make_is_put_by_unseen(
    owner: QObject, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(interpreter, "LOOK_MS", 50)
    monkeypatch.setattr(interpreter, "YOUNG", 100)
    monkeypatch.setattr(interpreter, "BUSY", 0.0)  # whatever share this machine gives a thread
    looks: list[int] = []
    monkeypatch.setattr(gc, "collect", looks.append)
    ends = threading.Event()
    keep: list[object] = []

    def compute() -> None:
        while not ends.is_set():
            keep[:] = [[number] for number in range(500)]

    Interpreter(owner)
    thread = threading.Thread(target=compute)
    thread.start()
    try:
        qtbot.wait(100)  # the first look has the time before it, too
        looks.clear()
        before = gc.get_freeze_count()
        qtbot.waitUntil(lambda: gc.get_freeze_count() > before)
        assert not looks
    finally:
        ends.set()
        thread.join()
