"""The longest block of the UI thread, and typing, while 1,000 links are being checked.

The real window (offscreen) opens a draft whose links lead to 32 origins on loopback that answer
after 100 ms. A timer that wants to ring every 2 ms tells how long the UI thread was not free, and
how much of that time it worked itself (CPU) instead of waiting for another thread or the machine;
keys are typed meanwhile. The same is measured before any link is there, so that the machine's own
noise can be told apart.

    python benchmarks/checking.py [--links 1000] [--rounds 3]
"""

import os
import statistics
import sys
import tempfile
import time
from pathlib import Path

from _measure import arguments, heading, spread
from _server import Site

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

PERIOD = 2.0


def main() -> None:
    parser = arguments(__doc__ or "")
    parser.add_argument("--links", type=int, default=1000)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    links, rounds = (40, 1) if options.smoke else (options.links, options.rounds)
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    blocks: dict[str, list[float]] = {"without links": [], "while checking": []}
    work: dict[str, list[float]] = {"without links": [], "while checking": []}
    keys: dict[str, list[float]] = {"without links": [], "while checking": []}
    walls = []
    with Site() as origins:
        for _ in range(rounds):
            quiet = _round(0, origins)
            busy = _round(links, origins)
            for name, found in (("without links", quiet), ("while checking", busy)):
                blocks[name].append(found.longest_block)
                work[name].append(found.longest_work)
                keys[name].extend(found.keys)
            walls.append(busy.wall)
    heading(f"The UI thread while {links} links are being checked ({rounds} rounds)")
    for name, longest in blocks.items():
        print(f"  longest block, {name:<15} {spread(longest)}")
    for name, longest in work.items():
        print(f"  longest work,  {name:<15} {spread(longest)}")
    for name, times in keys.items():
        print(f"  key to paint,  {name:<15} {spread(times)}")
    ratio = statistics.median(keys["while checking"]) / statistics.median(keys["without links"])
    print(f"  typing while checking / without: {ratio:.2f}")
    print(f"  all links known after {spread(walls, 's')}")


class Found:
    """The figures of one round; times in ms, ``wall`` in s."""

    def __init__(self) -> None:
        self.longest_block = 0.0
        self.longest_work = 0.0
        self.keys: list[float] = []
        self.wall = 0.0


def _round(links: int, origins: list[str]) -> Found:
    """Open the app in a fresh process-like state and type while it checks."""
    from PySide6.QtCore import Qt, QTimer
    from PySide6.QtTest import QTest
    from PySide6.QtWidgets import QApplication

    from app.linkcheck.verdict import Status
    from app.ui.interpreter import Interpreter
    from app.ui.settings import Settings, Store
    from app.ui.shell import Shell

    application = QApplication.instance() or QApplication([])
    Interpreter(application)
    found = Found()
    with tempfile.TemporaryDirectory() as folder:
        for name in ("CONFIG", "DATA", "CACHE"):
            os.environ[f"SENDOFF_{name}_DIR"] = str(Path(folder) / name)
        store = Store()
        store.save(Settings(allow_private=True, drafts_folder=str(Path(folder) / "drafts")))
        draft = Path(folder) / "drafts" / "issue.md"
        draft.parent.mkdir()
        text = "".join(
            f"- [link {number}]({origins[number % len(origins)]}/{number})\n"
            + ("\n" if number % 5 == 0 else "")
            for number in range(links)
        )
        draft.write_text("# An issue\n\nType here.\n\n" + text, encoding="utf-8")
        shell = Shell(store)
        shell.show([draft])
        deadline = time.perf_counter() + 20
        while not shell.checking.is_started and time.perf_counter() < deadline:
            application.processEvents()
        sheet = shell.desk.sheets[0]
        assert sheet.editor is not None
        sheet.editor.go_to(2, 5)

        last = began = time.perf_counter()
        worked = time.thread_time()

        def ring() -> None:
            nonlocal last, worked
            now, cpu = time.perf_counter(), time.thread_time()
            found.longest_block = max(found.longest_block, 1000 * (now - last) - PERIOD)
            found.longest_work = max(found.longest_work, 1000 * (cpu - worked))
            last, worked = now, cpu

        timer = QTimer()
        timer.setTimerType(timer.timerType().PreciseTimer)
        timer.timeout.connect(ring)
        timer.start(int(PERIOD))
        next_key = began
        least = began + 2.0
        while time.perf_counter() < deadline:
            application.processEvents()
            now = time.perf_counter()
            counts = sheet.draft.proof.counts
            if not found.wall and counts.get(Status.SAFE, 0) >= links:
                found.wall = now - began
            if found.wall and now > least:
                break
            if now >= next_key:
                QTest.keyClick(sheet.editor, Qt.Key.Key_X)
                application.processEvents()
                found.keys.append(1000 * (time.perf_counter() - now))
                next_key = now + 0.05
            time.sleep(0.0005)
        timer.stop()
        if not found.wall:
            raise SystemExit(f"not all links were checked: {dict(counts)}")
        shell.window.close()
        shell.close()
        application.processEvents()
    return found


if __name__ == "__main__":
    main()
