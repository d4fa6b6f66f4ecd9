"""Opening a long draft: highlighted in its first second, known statuses with it, nobody asked.

    python benchmarks/opening.py [--smoke] [--runs 5]

The app is started on a draft of 1 MB with a link every 200 bytes, each with a status in the cache.
Its links lead to a port of this script, which counts who connects in the three seconds after.
Times: from the start command to the first frame whose lines are highlighted; from the draft being
read to the first frame whose links all show their status, and to all statuses of the draft known.
Set DISPLAY to measure on a real X server; without one Qt's offscreen platform is used.
"""

import json
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from _measure import arguments, heading, spread
from _samples import newsletter

LISTEN_SECONDS = 3.0
SIZE = 1_000_000
FIGURES = {
    "highlighted": "start to highlighted frame",
    "statuses": "read to statuses painted",
    "all": "read to all statuses known",
}


def main() -> None:
    parser = arguments(__doc__ or "")
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--child", metavar="DRAFT", help="used by the script itself")
    options = parser.parse_args()
    if options.child:
        watch(Path(options.child))
        return
    size, runs = (30_000, 1) if options.smoke else (SIZE, options.runs)
    with tempfile.TemporaryDirectory() as folder, listener() as (port, connections):
        root = Path(folder)
        links = prepare(root, size, f"http://127.0.0.1:{port}")
        found = [start(root) for _ in range(runs + 1)][1:]  # the first warms the disk
        asked = connections()
    heading(f"Opening {size} bytes with {links} links whose statuses are cached ({runs} runs)")
    for name, what in FIGURES.items():
        print(f"  {what:<28} {spread([1000 * each[name] for each in found], digits=0)}")
    print(f"  connections to the links' site: {asked}")


def prepare(root: Path, size: int, origin: str) -> int:
    """A draft and a cache that knows its links; returns their number."""
    from app.linkcheck.store.cache import VerdictCache
    from app.linkcheck.verdict import Reason, Verdict
    from app.markup import Document
    from app.proof import url_of

    text = newsletter(size, origin=origin)
    (root / "draft.md").write_text(text, encoding="utf-8")
    for name in ("CONFIG", "DATA", "CACHE"):
        (root / name).mkdir()
    settings = root / "CONFIG" / "settings.json"
    settings.write_text('{"version": 1, "allow_private": true}', encoding="utf-8")
    urls = [url for each in Document.from_text(text).links() if (url := url_of(each.link))]
    reasons = (Reason.OK, Reason.NOT_FOUND, Reason.BOT_WALL)
    cache = VerdictCache(root / "CACHE" / "verdicts.sqlite3")
    cache.put_many([(url, Verdict(reasons[at % 3])) for at, url in enumerate(urls)])
    cache.close()
    return len(urls)


@contextmanager
def listener() -> "Iterator[tuple[int, Callable[[], int]]]":
    """A port, and how many have connected to it so far."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.setblocking(False)
        taken = 0

        def connections() -> int:
            nonlocal taken
            while True:
                try:
                    server.accept()[0].close()
                except BlockingIOError:
                    return taken
                taken += 1

        yield server.getsockname()[1], connections


def start(root: Path) -> dict[str, float]:
    """One start of the app; its figures in seconds."""
    environment = {
        **os.environ,
        "HOME": str(root),
        **{f"SENDOFF_{name}_DIR": str(root / name) for name in ("CONFIG", "DATA", "CACHE")},
        "STARTED_AT": repr(time.time()),
    }
    if "DISPLAY" not in environment:
        environment["QT_QPA_PLATFORM"] = "offscreen"
    command = [sys.executable, __file__, "--child", str(root / "draft.md")]
    done = subprocess.run(
        command, env=environment, capture_output=True, text=True, timeout=40, check=False
    )
    if done.returncode != 0:
        raise SystemExit(f"the app failed:\n{done.stderr}")
    figures: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return figures


def watch(draft: Path) -> None:
    """Run the app on a draft and print when what was to be seen was painted."""
    from PySide6.QtCore import QTimer
    from PySide6.QtGui import QPaintEvent
    from PySide6.QtWidgets import QApplication

    from app.drafts.keeper import Keeper
    from app.linkcheck.verdict import Status
    from app.ui.application import run
    from app.ui.editor.view import DraftView

    times: dict[str, float] = {}
    opens, paints = Keeper.open, DraftView.paintEvent

    def open_keeper(*arguments: object, **named: object) -> Keeper:
        keeper = opens(*arguments, **named)  # type: ignore[arg-type]
        times["read"] = time.time()
        return keeper

    def paint(view: DraftView, event: QPaintEvent) -> None:
        paints(view, event)
        model = view.draft
        if model is None or not model.is_parsed:
            return
        if "highlighted" not in times:
            times["highlighted"] = time.time()
            QTimer.singleShot(0, look)
        marks = [mark for line in view.visible_marks().values() for mark in line]
        if marks and all(mark.status is not Status.UNCHECKED for mark in marks):
            times.setdefault("statuses", time.time())

    def look() -> None:
        views = [each for each in QApplication.allWidgets() if isinstance(each, DraftView)]
        models = [view.draft for view in views if view.draft is not None]
        settled = "statuses" in times and all(model.is_settled for model in models)
        if settled and not any(model.proof.counts[Status.UNCHECKED] for model in models):
            times["all"] = time.time()
            QTimer.singleShot(int(1000 * LISTEN_SECONDS), leave)
        else:
            QTimer.singleShot(10, look)

    def leave() -> None:
        began, read = float(os.environ["STARTED_AT"]), times["read"]
        figures = {
            "highlighted": times["highlighted"] - began,
            "statuses": times["statuses"] - read,
            "all": times["all"] - read,
        }
        print(json.dumps(figures), flush=True)
        os._exit(0)

    Keeper.open = open_keeper  # type: ignore[method-assign]
    DraftView.paintEvent = paint  # type: ignore[method-assign, assignment]
    run([draft])


if __name__ == "__main__":
    main()
