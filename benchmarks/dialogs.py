"""What opening a dialog or a panel costs the window's thread.

    python benchmarks/dialogs.py [--smoke] [--runs 5] [--only settings]

The app itself, in a process of its own for each run, on DISPLAY or else on an Xvfb of its own. It
has a draft of 50,000 headings, one whose 3,000 links are dead, and an account at a platform on
loopback. Everything is opened for the first time, when what it shows is imported, and once again.
Told is the longest turn of the window's event loop from the command until the dialog is at rest:
its CPU time, which other programs make longer only by what they take of the processor's caches.
Without Xvfb Qt's offscreen platform is used, and what needs a browser engine is left out.
"""

import contextlib
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from _measure import arguments, heading
from _window import display

HERE = Path(__file__).resolve().parent
HEADINGS, DEAD = 50_000, 3_000
REST_SECONDS = 0.6
ACCOUNT = "bench"
PAGES = ("looks", "drafts", "links", "reputation", "test_mail", "lists")
DIALOGS = {
    "Accounts": "accounts",
    "Hand over": "hand_over",
    "Issue's history": "issue_history",
    "Export": "export_draft",
    "Test mail": "test_mail",
    "Look of the email": "email_look",
    "Snippets": "insert_snippet",
    "Links that died": "dead_links",
    "Versions": "versions",
    "Network": "network",
    "Keyboard shortcuts": "shortcuts",
    "About": "about",
    "Search in all drafts": "search",
    "Command palette": "palette",
    "Go to a heading": "go_heading",
}

WITH_ENGINE = ("email_look", "insert_snippet")

Figures = dict[str, dict[str, float]]


def main() -> None:
    parser = arguments(__doc__ or "")
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--only", default="", help="the names that hold this word")
    parser.add_argument("--child", action="store_true", help="used by the script itself")
    options = parser.parse_args()
    if options.child:
        watch(options.only, smoke=options.smoke)
        return
    runs = 1 if options.smoke else options.runs
    from tests.handover.fakes.ghost import KEY, Ghost
    from tests.handover.fakes.server import running

    found: list[Figures] = []
    with running(Ghost()) as platform, screen() as environment:
        for _ in range(runs):
            with tempfile.TemporaryDirectory() as folder:
                root = Path(folder)
                prepare(root, platform.url, smoke=options.smoke)
                found.append(run(root, environment, KEY, options.only, smoke=options.smoke))
    heading(f"Opening dialogs and panels: longest work of the window's thread ({runs} runs)")
    tell(found)


@contextlib.contextmanager
def screen() -> Iterator[dict[str, str]]:
    """The environment of a program that has a screen, as far as one can be had."""
    if "DISPLAY" in os.environ:
        yield {"QT_QPA_PLATFORM": "xcb"}
    elif shutil.which("Xvfb"):
        with display() as name:
            yield {"QT_QPA_PLATFORM": "xcb", "DISPLAY": name}
    else:
        yield {"QT_QPA_PLATFORM": "offscreen"}


def tell(found: list[Figures]) -> None:
    """Medians and the longest of all, of the first opening and of the next."""
    print(f"  {'':<30} {'first':>7} {'longest':>8} {'again':>7} {'longest':>8}   ms of CPU")
    for name in found[0]:
        row = ""
        for turn in ("first", "again"):
            each = [figures[name][turn] for figures in found]
            row += f" {statistics.median(each):>7.1f} {max(each):>8.1f}"
        print(f"  {name:<30}{row}")


def prepare(root: Path, platform: str, *, smoke: bool) -> None:
    """Drafts, dead links and an account."""
    from app.engagement import accounts
    from app.engagement.model import Account
    from app.linkrot.model import DAY, Page
    from app.linkrot.store import RotStore

    headings, dead = (50, 30) if smoke else (HEADINGS, DEAD)
    drafts = root / "drafts"
    for folder in (drafts, root / "CONFIG", root / "DATA"):
        folder.mkdir()
    settings = {"check_links": False, "allow_private": True, "drafts_folder": str(drafts)}
    (root / "CONFIG" / "settings.json").write_text(json.dumps(settings), encoding="utf-8")
    account = Account(ACCOUNT, "ghost", "A letter", platform, "")
    accounts.add(account, root / "CONFIG" / "accounts.json")
    text = "".join(f"# Heading {at}\n\nA few words.\n\n" for at in range(headings))
    (drafts / "headings.md").write_text(text, encoding="utf-8")
    pages = [f"http://127.0.0.1:9/{at}" for at in range(dead)]
    lists = "".join(f"- [page {at}]({page})\n\n" for at, page in enumerate(pages))
    (drafts / "dead.md").write_text(f"# Dead links\n\n{lists}", encoding="utf-8")
    (drafts / "issue.md").write_text("# An issue\n\nA few words.\n", encoding="utf-8")
    now = time.time()
    with RotStore(root / "DATA" / "link-rot.sqlite3") as store:
        store.want(pages, now)
        for page in pages:
            store.put(
                Page(page, now - 40 * DAY, now, now + 9 * DAY, alive=now - 30 * DAY, failures=3,
                     looked=now - DAY, failed=now - 9 * DAY, is_dead=True, reason="not_found")
            )  # fmt: skip


def run(root: Path, screen: dict[str, str], key: str, only: str, *, smoke: bool) -> Figures:
    """One start of the app; its figures."""
    environment = {
        **os.environ,
        **{f"SENDOFF_{name}_DIR": str(root / name) for name in ("CONFIG", "DATA", "CACHE")},
        f"SENDOFF_KEY_{ACCOUNT.upper()}": key,
        "HOME": str(root),
        "PYTHONPATH": os.pathsep.join([str(HERE), str(HERE.parent)]),
        "QTWEBENGINE_DISABLE_SANDBOX": "1",  # the engine's sandbox refuses to run as root
        **screen,
    }
    command = [sys.executable, __file__, "--child", "--only", only, *["--smoke"] * smoke]
    done = subprocess.run(
        command, env=environment, stdout=subprocess.PIPE, text=True,
        check=False, timeout=600,
    )  # fmt: skip
    if done.returncode:
        raise SystemExit(f"the window failed: {done.returncode}")
    found: Figures = json.loads(done.stdout.splitlines()[-1])
    return found


def watch(only: str, *, smoke: bool) -> None:
    """Run the app, open one thing after the other, and print what each took."""
    from _watching import Turns, rest, wait
    from PySide6.QtCore import QCoreApplication, Qt, QTimer
    from PySide6.QtWidgets import QApplication

    from app.ui import style
    from app.ui.interpreter import Interpreter
    from app.ui.settings import Store
    from app.ui.shell import Shell

    QCoreApplication.setAttribute(Qt.ApplicationAttribute.AA_ShareOpenGLContexts)
    application = QApplication(sys.argv[:1])
    Interpreter(application)  # as in app.ui.application
    style.dress(application)
    store = Store()
    shell = Shell(store)
    shell.show([shell.settings.folder / "issue.md"])
    shell.window.resize(1366, 768)
    wait(lambda: shell.engagement.is_started, 60)
    rest(0.2 if smoke else 2.0)
    turns = Turns()
    found: Figures = {}
    for name, do, undo in openings(shell):
        if only.lower() in name.lower():
            found[name] = {}
            for turn in ("first", "again"):
                turns.begin()
                QTimer.singleShot(0, do)
                rest(0.2 if smoke else REST_SECONDS)
                found[name][turn] = turns.longest
                undo()
                rest(0.1)
    shell.close()
    print(json.dumps(found), flush=True)
    os._exit(0)  # without the end of a browser engine that nobody waits for


def openings(shell: Any) -> Iterator[tuple[str, Callable[[], object], Callable[[], object]]]:
    """What is opened, how, and how it is closed again."""
    from _watching import rest, wait
    from PySide6.QtWidgets import QApplication, QDialog

    commands = shell.window.commands

    def close() -> None:
        for widget in QApplication.topLevelWidgets():
            if isinstance(widget, QDialog) and widget.isVisible():
                widget.close()
        popup = QApplication.activePopupWidget()
        if popup is not None:
            popup.close()

    yield "Settings", commands["settings"].trigger, close
    for page in PAGES:
        yield f"Settings: {page}", partial(shell.views.open_settings, page), close
    has_engine = os.environ["QT_QPA_PLATFORM"] != "offscreen"
    for name, command in DIALOGS.items():
        if command in WITH_ENGINE and not has_engine:
            continue
        yield name, commands[command].trigger, close
    for name, panel, other in (
        ("Links panel", "show_links", "show_checks"),
        ("Checks panel", "show_checks", "show_links"),
    ):
        yield name, commands[panel].trigger, commands[other].trigger
    shell.desk.open(shell.settings.folder / "headings.md")
    wait(lambda: shell.desk.current.draft.is_settled, 120)
    rest(1.0)
    yield (
        "Outline of many headings",
        commands["show_outline"].trigger,
        commands["show_links"].trigger,
    )
    yield "Go to one of many headings", commands["go_heading"].trigger, close


if __name__ == "__main__":
    main()
