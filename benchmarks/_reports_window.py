"""The app with its reports, in a process of its own, that measures itself; see reports_ui.py.

    python _reports_window.py

The environment says where its folders are, and SENDOFF_KEY_BENCH the account's key. Prints a line
of JSON.
"""

import gc
import json
import random
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from PySide6.QtCore import QElapsedTimer, QEventLoop, Qt, QTimer
from PySide6.QtWidgets import QApplication

from app.engagement.reports.queries import COLUMNS
from app.ui import style
from app.ui.interpreter import Interpreter
from app.ui.main_window import REPORTS
from app.ui.settings import Settings, Store
from app.ui.shell import Shell

TICK_MS = 4
IDLE_SECONDS = 8.0
REPORTS_MEASURED = 30
SORTS = 3


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


def main() -> None:
    garbage = Garbage()
    application = Events(sys.argv[:1])
    Interpreter(application)  # as in app.ui.application
    style.dress(application)
    store = Store()
    store.save(Settings(check_links=False))
    shell = Shell(store)
    shell.show()
    shell.window.resize(1366, 768)
    ticks = Ticks()
    found: dict[str, Any] = {}
    wait(lambda: shell.engagement.is_started, 60)
    ends: list[str] = []
    shell.engagement.state.connect(lambda *told: ends.append(told[1]))
    shell.rooms.show(REPORTS)
    wait(lambda: shell.rooms.reports is not None, 30)
    started, cpu = time.monotonic(), time.process_time()
    Events.begin()
    ticks.start()
    wait(lambda: bool(ends), 3600)
    found["sync"] = {
        "state": ends[-1],
        **ticks.stop(),
        "seconds": time.monotonic() - started,
        "cpu": time.process_time() - cpu,
        "peak_mb": peak(),
        "event": Events.told(),
        "garbage": garbage.longest,
    }
    rest(3.0)
    Events.begin()
    ticks.start()
    rest(IDLE_SECONDS)
    found["idle"] = {**ticks.stop(), "event": Events.told()}
    room = shell.rooms.reports
    assert room is not None
    lines = room.list.table.shown
    found["issues"] = len(lines)
    found["reports"] = [report(room, row) for row in chosen(lines)]
    room.show_list()
    rest(0.5)
    sortable = [name for name in room.list.table.columns if name in COLUMNS]
    found["sorts"] = {name: sort(room.list.table, name) for name in sortable}
    started = time.monotonic()
    shell.close()
    found["close"] = 1000 * (time.monotonic() - started)
    print(json.dumps(found), flush=True)


def chosen(rows: list[Any]) -> list[Any]:
    """Some issues, the same each time."""
    draw = random.Random(3)
    return draw.sample(rows, min(REPORTS_MEASURED, len(rows)))


def report(room: Any, row: Any) -> dict[str, float]:
    """From choosing an issue until its page is painted, milliseconds."""
    arrived: list[float] = []
    connection = room.loader.report_loaded.connect(lambda _: arrived.append(time.perf_counter()))
    started, cpu = time.perf_counter(), time.process_time()
    room.show_issue(row.account, row.id)
    wait(lambda: bool(arrived), 30)
    for _ in range(3):  # what was laid out, then painted
        QApplication.processEvents()
    found = {
        "wall": 1000 * (time.perf_counter() - started),
        "cpu": 1000 * (time.process_time() - cpu),
        "read": 1000 * (arrived[0] - started),
    }
    room.loader.report_loaded.disconnect(connection)
    assert room.shown is room.issue
    rest(0.15)
    return found


def sort(table: Any, column: str) -> list[float]:
    """From asking for an order until it is painted, milliseconds; each time the other way."""
    found = []
    for turn in range(SORTS * 2):
        started = time.perf_counter()
        table.sort_by(column, descending=bool(turn % 2))
        table.viewport().repaint()
        QApplication.processEvents()
        found.append(1000 * (time.perf_counter() - started))
    return found


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


def peak() -> float:
    """The most memory so far, MB."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next((int(line.split()[1]) / 1000 for line in lines if line.startswith("VmHWM")), 0.0)


if __name__ == "__main__":
    main()
