"""The app with its reports, in a process of its own, that measures itself; see reports_ui.py.

    python _reports_window.py

The environment says where its folders are, and SENDOFF_KEY_BENCH the account's key. Prints a line
of JSON.
"""

import json
import os
import random
import resource
import sys
import time
from pathlib import Path
from typing import Any

from _watching import Events, Garbage, Ticks, Turns, rest, wait
from _window import children
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication

from app.engagement.reports.queries import COLUMNS
from app.ui import style
from app.ui.interpreter import Interpreter
from app.ui.main_window import REPORTS
from app.ui.settings import Settings, Store
from app.ui.shell import Shell

IDLE_SECONDS = 8.0
LOOK_MS = 250
REPORTS_MEASURED = 30
SORTS = 3


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
    ticks, others = Ticks(), Others()
    found: dict[str, Any] = {}
    wait(lambda: shell.engagement.is_started, 60)
    ends: list[str] = []
    shell.engagement.state.connect(lambda *told: ends.append(told[1]))
    turns = Turns()
    shell.rooms.show(REPORTS)
    wait(lambda: shell.rooms.reports is not None, 30)
    rest(0.1)
    found["opening"] = turns.longest
    started, cpu = time.monotonic(), time.process_time()
    Events.begin()
    ticks.start()
    wait(lambda: bool(ends), 3600)
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    found["sync"] = {
        "state": ends[-1],
        **ticks.stop(),
        "seconds": time.monotonic() - started,
        "cpu": time.process_time() - cpu,
        "peak_mb": peak(os.getpid()),
        "process": {"peak_mb": others.peak, "cpu": used.ru_utime + used.ru_stime},
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
    started, cpu, own = time.perf_counter(), time.process_time(), time.thread_time()
    room.show_issue(row.account, row.id)
    wait(lambda: bool(arrived), 30)
    for _ in range(3):  # what was laid out, then painted
        QApplication.processEvents()
    found = {
        "wall": 1000 * (time.perf_counter() - started),
        "cpu": 1000 * (time.process_time() - cpu),
        "own": 1000 * (time.thread_time() - own),
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


class Others:
    """The most memory of our other processes so far, MB: there is but the sync's."""

    def __init__(self) -> None:
        self.peak = 0.0
        self._timer = QTimer(interval=LOOK_MS)
        self._timer.timeout.connect(self._look)
        self._timer.start()

    def _look(self) -> None:
        self.peak = max(self.peak, sum(map(peak, children(os.getpid()))))


def peak(process: int) -> float:
    """The most memory of a process so far, MB; 0 where it has ended."""
    try:
        lines = Path(f"/proc/{process}/status").read_text().splitlines()
    except FileNotFoundError:
        return 0.0
    return next((int(line.split()[1]) / 1000 for line in lines if line.startswith("VmHWM")), 0.0)


if __name__ == "__main__":
    main()
