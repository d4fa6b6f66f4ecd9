"""A folder of thousands of drafts in the window: listing, filtering, searching, memory.

    python benchmarks/library.py --drafts 10000

Needs no screen. Blocks are the longest pauses of the window's event loop during an action.
"""

import os
import random
import resource
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from _measure import arguments, heading
from _samples import WORDS

if TYPE_CHECKING:
    from app.ui.shell import Shell

TITLES = ("Grüße aus Köln", "שבועון חדשות", "每周通讯", "🎉 The party", "A very long title " * 8)


def main() -> None:
    parser = arguments(__doc__ or "")
    parser.add_argument("--drafts", type=int, default=10_000)
    given = parser.parse_args()
    count = 200 if given.smoke else given.drafts
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    heading(f"{count:,} drafts in the folder")
    with tempfile.TemporaryDirectory() as root:
        folder = Path(root) / "drafts"
        _fill(folder, count)
        for name in ("CONFIG", "DATA", "CACHE"):
            os.environ[f"SENDOFF_{name}_DIR"] = str(Path(root) / name.lower())
        _measure(folder, count)


def _fill(folder: Path, count: int) -> None:
    folder.mkdir()
    chance = random.Random(1)
    now = time.time()
    for number in range(count):
        title = TITLES[number % 5] if number % 50 < 5 else " ".join(chance.choices(WORDS, k=6))
        text = " ".join(chance.choices(WORDS, k=400))
        path = folder / f"{number:05}.md"
        path.write_text(f"# {title} {number}\n\n{text}\n", encoding="utf-8")
        os.utime(path, (now - 600 * number,) * 2)


def _measure(folder: Path, count: int) -> None:
    from PySide6.QtWidgets import QApplication

    from app.ui import style
    from app.ui.settings import Settings, Store
    from app.ui.shell import Shell

    application = QApplication([])
    style.dress(application)
    store = Store()
    store.save(Settings(drafts_folder=str(folder), check_links=False))
    began = time.perf_counter()
    shell = Shell(store)
    shell.show([folder / "00007.md"])
    panel = shell.window.drafts

    def listed() -> bool:
        return len(panel.rows) >= count

    block = _until(listed)
    print(f"  start to list: {1000 * (time.perf_counter() - began):.0f} ms, block {block:.0f} ms")
    _until(lambda: shell.checking.is_started)
    _settle(1.0)
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"  memory, peak: {memory:.0f} MB")
    _actions(shell, folder, listed)
    shell.window.close()


def _actions(shell: "Shell", folder: Path, listed: Callable[[], bool]) -> None:
    from PySide6.QtCore import Qt
    from PySide6.QtTest import QTest

    panel, count = shell.window.drafts, len(shell.window.drafts.rows)
    sheet = shell.desk.current
    assert sheet is not None
    assert sheet.editor is not None
    for letter in "question":
        _tell(f"filter, {letter}", partial(QTest.keyClick, panel.filter, letter))
    _tell("filter, cleared", panel.filter.clear)
    _tell("the list's end", panel.list.scrollToBottom)
    (folder / "another.md").write_text("# Another\n")
    block = _until(lambda: len(panel.rows) == count + 1)
    print(f"  a file comes: block {block:.0f} ms")
    editor = sheet.editor
    _tell("a key", lambda: QTest.keyClick(editor, Qt.Key.Key_X))
    block = _settle(3.0)
    print(f"  typed, saved and listed: block {block:.0f} ms")
    _tell("to draft…", shell.window.commands["go_draft"].trigger)
    field = shell.window.palette_field.field
    for letter in "quiet":
        _tell(f"to draft…, {letter}", partial(QTest.keyClick, field, letter))
    QTest.keyClick(field, Qt.Key.Key_Escape)
    began = time.perf_counter()
    hits = sum(1 for _ in shell.shelf.library.search("quiet window archive"))
    print(f"  search in all: {1000 * (time.perf_counter() - began):.0f} ms, {hits} drafts")
    assert listed()


def _tell(what: str, act: Callable[[], object]) -> None:
    from PySide6.QtWidgets import QApplication

    began = time.perf_counter()
    act()
    QApplication.processEvents()
    print(f"  {what}: {1000 * (time.perf_counter() - began):.1f} ms")


def _until(done: Callable[[], bool]) -> float:
    """Run the event loop until something holds; the longest block in ms."""
    from PySide6.QtWidgets import QApplication

    longest, ends = 0.0, time.perf_counter() + 60
    while not done():
        began = time.perf_counter()
        if began > ends:
            raise SystemExit("it did not happen in a minute")
        QApplication.processEvents()
        longest = max(longest, 1000 * (time.perf_counter() - began))
        time.sleep(0.0005)
    return longest


def _settle(seconds: float) -> float:
    ends = time.perf_counter() + seconds
    return _until(lambda: time.perf_counter() > ends)


if __name__ == "__main__":
    main()
