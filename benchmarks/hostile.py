"""The longest time that the window does not answer, on drafts made to hurt.

    python benchmarks/hostile.py [--smoke] [--only NAME…] [--preview] [--keys 10]

The whole app in this process (on ``DISPLAY``, else off screen): each input of `_pathological` is
opened, then typed into at its start, middle and end, with the preview open where asked. A heartbeat
tells the longest block of the event loop; each key counts until it is painted, by the clock and by
what the window's thread computes for it.
"""

import gc
import os
import statistics
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
os.environ.setdefault("QT_QPA_PLATFORM", "xcb" if os.environ.get("DISPLAY") else "offscreen")
os.environ.setdefault("QTWEBENGINE_DISABLE_SANDBOX", "1")
os.environ.setdefault("QTWEBENGINE_CHROMIUM_FLAGS", "--disable-gpu")

from _measure import arguments, heading
from _pathological import INPUTS
from PySide6.QtCore import QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from app.ui.preview.preview import PreviewPane

BEAT_MS = 2
PATIENCE_S = 120.0
TEXT = "a quiet letter and then another one "


def main() -> None:
    parser = arguments(__doc__ or "")
    parser.add_argument("--only", nargs="*", default=[], help="parts of inputs' names")
    parser.add_argument("--preview", action="store_true", help="with the preview open")
    parser.add_argument("--keys", type=int, default=10, help="keys a place")
    options = parser.parse_args()
    names = [name for name in INPUTS if any(part in name for part in options.only or [""])]
    heading("Longest block of the window in ms: opening; typing; median and longest key")
    with tempfile.TemporaryDirectory() as folder:
        os.environ.update(
            {f"SENDOFF_{name}_DIR": f"{folder}/{name}" for name in ("CONFIG", "DATA", "CACHE")}
        )
        for name in names[:2] if options.smoke else names:
            draft = Path(folder, "drafts", f"{abs(hash(name))}.md")
            draft.parent.mkdir(exist_ok=True)
            text = INPUTS[name]()
            data = text.encode("utf-8", "surrogatepass")
            draft.write_bytes(data)
            print(f"  {name:<28} {len(data) / 1000:>8,.0f} KB  ", end="", flush=True)
            print(measure(draft, options.keys, preview=options.preview), flush=True)
            draft.unlink()


class Heartbeat:
    """The longest time between two rounds of the event loop since it was last asked."""

    def __init__(self) -> None:
        self._timer = QTimer(interval=BEAT_MS)
        self._timer.timeout.connect(self._beat)
        self._last = time.perf_counter()
        self._longest = 0.0
        self._timer.start()

    def _beat(self) -> None:
        now = time.perf_counter()
        self._longest = max(self._longest, now - self._last)
        self._last = now

    def longest(self) -> float:
        """In ms."""
        self._beat()
        longest, self._longest = self._longest, 0.0
        return longest * 1000


def measure(path: Path, keys: int, *, preview: bool) -> str:
    """Open and type; one line of a report."""
    from app.ui import style
    from app.ui.settings import Settings, Store
    from app.ui.shell import Shell

    application = QApplication.instance() or QApplication([])
    assert isinstance(application, QApplication)
    style.dress(application)
    Store().path.parent.mkdir(exist_ok=True)
    Store().save(Settings(drafts_folder=str(path.parent), check_links=False))
    began = time.perf_counter()
    shell = Shell(Store())
    shell.window.resize(1400, 900)
    if preview:
        shell.arrangement.show_preview(True)
    shell.show([path])
    pulse = Heartbeat()
    wait(lambda: shell.checking.is_started)
    sheet = shell.desk.current
    if sheet is None or sheet.editor is None:
        shell.window.close()
        return f"not opened: {[notice.text for notice in shell.window.notices.notices]}"
    settled = wait(lambda: sheet.draft.is_settled and shown(shell))
    opening = pulse.longest()
    took = time.perf_counter() - began
    walls: list[float] = []
    own: list[float] = []
    cpu = time.process_time()
    for part in range(3):
        lines = sheet.draft.lines
        line = part * (len(lines) - 1) // 2
        sheet.editor.go_to(line, part * len(lines[line]) // 2)
        rest(0.3)
        pulse.longest() if part == 0 else None
        for character in (TEXT * 40)[:keys]:
            start, computed = time.perf_counter(), time.thread_time()
            QTest.keyClicks(sheet.editor, character)
            application.processEvents()
            walls.append((time.perf_counter() - start) * 1000)
            own.append((time.thread_time() - computed) * 1000)
            rest(0.05)
        wait(lambda: sheet.draft.is_settled and shown(shell))
    cpu = (time.process_time() - cpu) * 1000 / len(walls)
    typing = pulse.longest()
    shell.window.close()
    shell.deleteLater()
    application.processEvents()
    gc.collect()
    return (
        f"open {opening:6.0f} (all in {took:4.1f} s{'' if settled else ', NOT DONE'}), "
        f"type {typing:5.0f}, key {statistics.median(walls):5.1f} / {max(walls):5.0f}, "
        f"of it computed {statistics.median(own):5.1f} / {max(own):5.0f}, "
        f"CPU a key, all threads {cpu:5.0f}"
    )


def shown(shell: "Shell") -> bool:
    """Whether the preview, where it is open, has everything."""
    pane = shell.arrangement._preview
    if not isinstance(pane, PreviewPane) or not pane.isVisible():
        return True
    return pane._live is not None and pane._live.is_settled


def rest(seconds: float) -> None:
    """Let the app work."""
    wait(lambda: False, seconds)


def wait(done: "Callable[[], bool]", seconds: float = PATIENCE_S) -> bool:
    """Let the app work until this is true; False when it never was."""
    end = time.perf_counter() + seconds
    while time.perf_counter() < end:
        QApplication.processEvents()
        if done():
            return True
        time.sleep(0.001)
    return False


from collections.abc import Callable  # noqa: E402
from typing import TYPE_CHECKING  # noqa: E402

if TYPE_CHECKING:
    from app.ui.shell import Shell

if __name__ == "__main__":
    main()
