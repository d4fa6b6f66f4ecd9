"""From a key to the painted highlight, and what a key costs in a real window.

    python benchmarks/keystroke.py [--smoke] [--keys 400] [--no-window]

In the process: real key events to the real editor, each followed to its paint, at the start, the
middle and the end of drafts of 10 KB, 100 KB and 1 MB with a link every 200 bytes, a verdict for
each. In the window: the whole app under Xvfb, 20 characters a second typed by xdotool, CPU time of
all its processes a key, preview closed and open.
"""

import os
import statistics
import sys
import time
from collections.abc import Iterable, Mapping
from itertools import cycle
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from _measure import arguments, heading, spread
from _samples import newsletter
from _window import typed_in_window

SIZES = (10_000, 100_000, 1_000_000)
TEXT = "the quiet reader wrote a letter, and then another one. "


def main() -> None:
    parser = arguments(__doc__ or "")
    parser.add_argument("--keys", type=int, default=400, help="keys a size in the process")
    parser.add_argument("--typed", type=int, default=200, help="keys a size in the window")
    parser.add_argument("--no-window", action="store_true")
    options = parser.parse_args()
    sizes = SIZES[:1] if options.smoke else SIZES
    heading("Key to painted highlight, in the process (wall time, CPU time)")
    medians = [in_process(size, 12 if options.smoke else options.keys) for size in sizes]
    print(f"  largest / smallest median: {medians[-1] / medians[0]:.2f}")
    if options.no_window:
        return
    typed = 10 if options.smoke else options.typed
    for preview in (False,) if options.smoke else (False, True):
        state = "open" if preview else "closed"
        heading(f"CPU of all processes a key, 20 keys a second, real window, preview {state}")
        for size in sizes:
            for place in ("end",) if preview else ("end", "middle"):
                cost = typed_in_window(newsletter(size), typed, place=place, preview=preview)
                print(f"  {size:>9} bytes, {place:<6} {cost:.2f} ms a key" if cost else "  no Xvfb")


def in_process(size: int, keys: int) -> float:
    """Type into a draft of this size; returns the median wall time of a key in ms."""
    from PySide6.QtTest import QTest
    from PySide6.QtWidgets import QApplication

    from app.ui import style
    from app.ui.editor.editor import DraftEditor
    from app.ui.editor.open_draft import OpenDraft

    application = QApplication.instance() or QApplication([])
    assert isinstance(application, QApplication)
    style.dress(application)
    began = time.perf_counter()
    draft = OpenDraft(newsletter(size).split("\n"), checker=_Checker())
    editor = DraftEditor()
    editor.resize(900, 700)
    editor.set_draft(draft)
    editor.show()
    draft.parse()
    application.processEvents()
    opened = (time.perf_counter() - began) * 1000
    while not draft.is_settled:
        application.processEvents()
        time.sleep(0.002)
    application.processEvents()
    walls, cpus = [], []
    for part in range(3):
        editor.go_to(part * (len(draft.lines) - 1) // 2 + (4 if part == 0 else 0), 5)
        application.processEvents()
        for character in (TEXT * 40)[: keys // 3]:
            wall, cpu = time.perf_counter(), time.thread_time()
            QTest.keyClicks(editor, character)
            application.processEvents()
            walls.append((time.perf_counter() - wall) * 1000)
            cpus.append((time.thread_time() - cpu) * 1000)
            time.sleep(0.002)  # jobs in a thread may go on, as they do between a writer's keys
    print(f"  {size:>9} bytes: {spread(walls, digits=2)}; CPU {spread(cpus, digits=2)}")
    print(f"  {'':>9}        opened, styled and painted in {opened:.0f} ms")
    draft.close()
    editor.deleteLater()
    return statistics.median(walls)


class _Checker:
    """Knows a verdict for each URL, and asks nobody."""

    def known(self, urls: Iterable[str]) -> "dict[str, Verdict]":
        verdicts = cycle((Verdict(Reason.OK), Verdict(Reason.NOT_FOUND), Verdict(Reason.BOT_WALL)))
        return dict(zip(urls, verdicts, strict=False))

    def want(self, owner: str, urls: Mapping[str, bool]) -> None:
        pass

    def typing(self, owner: str, url: str | None) -> None:
        pass

    def recheck(self, urls: Iterable[str]) -> None:
        pass

    def accept(self, url: str) -> None:
        pass


from app.linkcheck.verdict import Reason, Verdict  # noqa: E402

if __name__ == "__main__":
    main()
