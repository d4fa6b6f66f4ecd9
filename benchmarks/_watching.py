"""What a window that measures itself sees: events, turns, lateness, garbage; and how it waits."""

import gc
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from PySide6.QtCore import QAbstractEventDispatcher, QElapsedTimer, QEventLoop, Qt, QTimer
from PySide6.QtWidgets import QApplication

TICK_MS = 4


class Queue:
    """How long this thread was ready to run and other programs had the processors. Milliseconds.

    From schedstat of Linux; 0 elsewhere.
    """

    def __init__(self) -> None:
        path = Path("/proc/thread-self/schedstat")
        self._file = path.open("rb", buffering=0) if path.exists() else None

    def waited(self) -> float:
        """Since the thread began."""
        if self._file is None:
            return 0.0
        self._file.seek(0)
        return int(self._file.read().split()[1]) / 1e6


class Ticks:
    """How late a timer comes: so long the event loop was not free. Milliseconds.

    ``ours`` is what of it other programs are not to blame for: the window's own work, and waiting
    for the interpreter or the disk.
    """

    def __init__(self) -> None:
        self.late: list[float] = []
        self.ours: list[float] = []
        self._queue = Queue()
        self._waited = 0.0
        self._clock = QElapsedTimer()
        self._timer = QTimer(interval=TICK_MS, timerType=Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._tick)

    def start(self) -> None:
        """Begin anew."""
        self.late, self.ours = [], []
        self._waited = self._queue.waited()
        self._clock.start()
        self._timer.start()

    def stop(self) -> dict[str, list[float]]:
        """What was seen."""
        self._timer.stop()
        return {"late": self.late, "ours": self.ours}

    def _tick(self) -> None:
        late = max(0.0, self._clock.nsecsElapsed() / 1e6 - TICK_MS)
        before, self._waited = self._waited, self._queue.waited()
        self.late.append(late)
        self.ours.append(max(0.0, late - (self._waited - before)))
        self._clock.start()


class Events(QApplication):
    """Knows the event that took longest, by the processor time of this thread and by the clock."""

    depth = 0
    longest_cpu = 0.0
    longest = 0.0
    which = ""

    def notify(self, receiver: Any, event: Any) -> bool:
        """Handle an event; those within another one are part of it."""
        cls = Events
        cls.depth += 1
        cpu, wall = time.thread_time(), time.perf_counter()
        try:
            return bool(super().notify(receiver, event))
        finally:
            cls.depth -= 1
            if cls.depth == 0:
                took = time.thread_time() - cpu
                cls.longest = max(cls.longest, time.perf_counter() - wall)
                if took > cls.longest_cpu:
                    cls.longest_cpu, cls.which = took, f"{type(receiver).__name__} {event.type()}"

    @classmethod
    def begin(cls) -> None:
        """Forget what was seen."""
        cls.longest_cpu = cls.longest = 0.0

    @classmethod
    def told(cls) -> dict[str, object]:
        """Milliseconds."""
        return {"cpu": 1000 * cls.longest_cpu, "wall": 1000 * cls.longest, "which": cls.which}


class Turns:
    """The turn of the event loop that took most of the processor: until it was over nothing else
    was heard. Milliseconds.

    Unlike `Events` it is in nobody's way, also beside a browser engine, which ends with those.
    """

    def __init__(self) -> None:
        self.longest = 0.0
        self._worked = time.thread_time()
        dispatcher = QAbstractEventDispatcher.instance()
        dispatcher.aboutToBlock.connect(self._turn)
        dispatcher.awake.connect(self._turn)

    def begin(self) -> None:
        """Forget what was seen."""
        self.longest = 0.0

    def _turn(self) -> None:
        worked = time.thread_time()
        self.longest = max(self.longest, 1000 * (worked - self._worked))
        self._worked = worked


class Garbage:
    """The longest look for garbage, which everything waits for. Milliseconds."""

    def __init__(self) -> None:
        self.longest = 0.0
        self._began = 0.0
        gc.callbacks.append(self._note)

    def _note(self, phase: str, _told: dict[str, int]) -> None:
        if phase == "start":
            self._began = time.thread_time()
        else:
            self.longest = max(self.longest, 1000 * (time.thread_time() - self._began))


def wait(until: Callable[[], bool], seconds: float) -> None:
    """Run the event loop until something holds: seen within 2 ms, at no cost worth mentioning."""
    loop, deadline = QEventLoop(), time.monotonic() + seconds
    look = QTimer(interval=2, timerType=Qt.TimerType.PreciseTimer)

    def see() -> None:
        if until() or time.monotonic() > deadline:
            loop.quit()

    look.timeout.connect(see)
    look.start()
    if not until():
        loop.exec()
    look.stop()
    if time.monotonic() > deadline:
        raise SystemExit("the window took too long")


def rest(seconds: float) -> None:
    """Run the event loop for some time."""
    ends = time.monotonic() + seconds
    wait(lambda: time.monotonic() > ends, seconds + 60)
