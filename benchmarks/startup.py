"""Cold start to a window that takes keys, and memory with a draft open.

Compares Sendoff with a bare QPlainTextEdit and, where it is given, with novelWriter: each run in
turn, each in a fresh process with empty folders, so that ratios hold when the machine drifts.

    python benchmarks/startup.py [--novelwriter PYTHON_THAT_HAS_IT] [--runs 9] [--accounts]

With --accounts a third program is Sendoff with two accounts of platforms whose servers do not
answer, and 1,000 issues that were synced from them before: it must start as quickly.

Set DISPLAY to measure on a real X server; without one Qt's offscreen platform is used.
"""

import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from _measure import arguments, heading, spread
from _samples import newsletter

HERE = Path(__file__).resolve().parent
Figures = dict[str, float]


def main() -> None:
    parser = arguments(__doc__ or "")
    parser.add_argument("--novelwriter", metavar="PYTHON")
    parser.add_argument("--runs", type=int, default=9)
    parser.add_argument("--accounts", action="store_true")
    options = parser.parse_args()
    runs = 1 if options.smoke else options.runs
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        empty = root / "empty.md"
        empty.write_text("", encoding="utf-8")
        report_start(root, empty, runs, options.novelwriter, with_accounts=options.accounts)
        if options.accounts:
            return
        for size in (10_000, 100_000, 1_000_000):
            draft = root / f"{size}.md"
            draft.write_text(newsletter(size), encoding="utf-8")
            report_memory(root, draft, 1 if options.smoke else 3)
            if options.smoke:
                break


def report_start(
    root: Path, draft: Path, runs: int, novelwriter: str | None, *, with_accounts: bool = False
) -> None:
    """Start the programs in turn and print what they needed."""
    programs = {
        "bare QPlainTextEdit": [sys.executable, "PySide6", "_first_frame:bare", str(draft)],
        "Sendoff": [sys.executable, "PySide6", "app.__main__:main", str(draft)],
    }
    if novelwriter:
        programs["novelWriter"] = [novelwriter, "PyQt6", "novelwriter:main"]
    if with_accounts:
        programs["with accounts"] = programs["Sendoff"]
        stocked = stock(root / "stocked")
    found: dict[str, list[Figures]] = {name: [] for name in programs}
    for turn in range(runs + 1):
        for name, command in programs.items():
            figures = start(root, command, desk=stocked if name == "with accounts" else None)
            if turn:  # the first turn warms the disk
                found[name].append(figures)
        if runs == 1:
            found = {name: found[name] or [start(root, programs[name])] for name in programs}
            break
    heading("Cold start of an empty draft")
    for name, figures_of in found.items():
        for what in ("window", "keys", "cpu"):
            values = [1000 * figures[what] for figures in figures_of]
            print(f"  {name:<20} {what:<7} {spread(values, digits=0)}")
    if with_accounts:
        pairs = zip(found["with accounts"], found["Sendoff"], strict=True)
        apart = [1000 * (one["keys"] - other["keys"]) for one, other in pairs]
        print(f"  keys later with accounts, pair by pair: {spread(apart, digits=0)}")
    ours = statistics.median(figures["keys"] for figures in found["Sendoff"])
    floor = statistics.median(figures["keys"] for figures in found["bare QPlainTextEdit"])
    print(f"  Sendoff takes keys {1000 * (ours - floor):.0f} ms after the bare editor")
    if novelwriter:
        peer = statistics.median(figures["window"] for figures in found["novelWriter"])
        print(f"  Sendoff / novelWriter: {ours / peer:.2f} (our keys to its window)")


def report_memory(root: Path, draft: Path, runs: int) -> None:
    """Resident memory some seconds after a draft was opened, preview closed."""
    command = [sys.executable, "PySide6", "app.__main__:main", str(draft)]
    values = [start(root, command, settle=4.0)["rss"] for _ in range(runs)]
    print(f"  memory with {draft.name}: {spread(values, 'MB', 0)}")


def stock(desk: Path) -> Path:
    """Folders with accounts and what was synced of them."""
    from app.engagement import accounts
    from app.engagement.model import Figures as Counted
    from app.engagement.model import IssueRecord, Page
    from app.engagement.store.store import Store

    records = tuple(
        IssueRecord(f"i{n}", f"Issue {n}", n * 86_400_000, Counted(sent=9, delivered=9), 1)
        for n in range(1, 501)
    )
    store = Store(desk / "data" / "engagement.db")
    for name in ("One", "Two"):
        account = accounts.new("sendoff", name, "http://127.0.0.1:9")
        accounts.add(account, desk / "config" / "accounts.json")
        store.commit(store.target(account.id), Page(records))
    store.close()
    return desk


def start(root: Path, command: list[str], settle: float = 0.0, desk: Path | None = None) -> Figures:
    """One start in a fresh process with empty folders, or with copies of those in ``desk``; its
    figures in seconds and MB.
    """
    python, binding, target, *rest = command
    home = Path(tempfile.mkdtemp(dir=root))
    if desk is not None:
        shutil.copytree(desk, home, dirs_exist_ok=True)
    (home / ".config").mkdir()
    environment = {
        **os.environ,
        "HOME": str(home),
        "SENDOFF_CONFIG_DIR": str(home / "config"),
        "SENDOFF_DATA_DIR": str(home / "data"),
        "SENDOFF_CACHE_DIR": str(home / "cache"),
        "PYTHONPATH": os.pathsep.join([str(HERE), str(HERE.parent)]),
        "SETTLE": str(settle),
    }
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    if "DISPLAY" not in environment:
        environment["QT_QPA_PLATFORM"] = "offscreen"
    environment["STARTED_AT"] = repr(time.time())
    done = subprocess.run(
        [python, str(HERE / "_first_frame.py"), binding, target, *rest],
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    if done.returncode != 0:
        raise SystemExit(f"{target} failed:\n{done.stderr}")
    figures: Figures = json.loads(done.stdout.splitlines()[-1])
    return figures


if __name__ == "__main__":
    main()
