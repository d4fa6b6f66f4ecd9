"""The app in a real window on a display of its own, typed into from outside."""

import contextlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TEXT = "the quiet reader wrote a letter and then another one "
TICKS = os.sysconf("SC_CLK_TCK")


def typed_in_window(draft: str, keys: int, *, place: str, preview: bool = False) -> float | None:
    """CPU milliseconds of all of the app's processes a key; None where there is no Xvfb.

    ``place`` is "end" or "middle". The second after the last key counts too.
    """
    if not all(map(shutil.which, ("Xvfb", "xdotool"))):
        return None
    with tempfile.TemporaryDirectory() as folder, display() as screen:
        root = Path(folder)
        (root / "draft.md").write_text(draft, encoding="utf-8")
        with _app(root, screen, preview=preview) as process:
            if preview and not children(process.pid):
                raise SystemExit("the preview's engine did not start")
            _type(screen, place, keys // 10)  # settles what happens only once
            time.sleep(1)
            before = _cpu(process.pid)
            idle_from = time.monotonic()
            time.sleep(2)
            idle = (_cpu(process.pid) - before) / (time.monotonic() - idle_from)
            before = _cpu(process.pid)
            _type(screen, "", keys)
            time.sleep(1)
            spent = _cpu(process.pid) - before
            if idle > 0.02:
                print(f"  the app is not idle: {1000 * idle:.0f} ms CPU a second", file=sys.stderr)
    return 1000 * spent / keys


@contextlib.contextmanager
def display() -> Iterator[str]:
    """An X server of our own; its name."""
    read, write = os.pipe()
    command = ["Xvfb", "-displayfd", str(write), "-screen", "0", "1280x900x24", "-nolisten", "tcp"]
    server = subprocess.Popen(command, pass_fds=[write], stderr=subprocess.DEVNULL)
    os.close(write)
    try:
        with os.fdopen(read) as answer:
            yield f":{answer.readline().strip()}"
    finally:
        server.terminate()
        server.wait()


@contextlib.contextmanager
def _app(root: Path, display: str, *, preview: bool) -> Iterator["subprocess.Popen[bytes]"]:
    settings = root / "CONFIG" / "settings.json"
    settings.parent.mkdir(exist_ok=True)
    settings.write_text('{"check_links": false}', encoding="utf-8")  # no network for a benchmark
    session = root / "CONFIG" / "session.json"
    session.write_text(json.dumps({"version": 1, "preview_shown": preview}), encoding="utf-8")
    environment = {
        **os.environ,
        "DISPLAY": display,
        "QT_QPA_PLATFORM": "xcb",
        "HOME": str(root),
        "QTWEBENGINE_DISABLE_SANDBOX": "1",  # the engine's sandbox refuses to run as root
        **{f"SENDOFF_{name}_DIR": str(root / name) for name in ("CONFIG", "DATA", "CACHE")},
    }
    command = [sys.executable, "-m", "app", str(root / "draft.md")]
    process = subprocess.Popen(command, cwd=ROOT, env=environment)
    try:
        subprocess.run(
            ["xdotool", "search", "--sync", "--onlyvisible", "--pid", str(process.pid)],
            env=environment,
            stdout=subprocess.DEVNULL,
            check=True,
            timeout=30,
        )
        time.sleep(2)  # the preview comes last
        _wait_until_quiet(process.pid)
        yield process
    finally:
        process.terminate()
        process.wait(20)


def _press(display: str, *keys: str) -> None:
    environment = {**os.environ, "DISPLAY": display}
    subprocess.run(["xdotool", "key", *keys], env=environment, check=True)


def _type(display: str, place: str, keys: int) -> None:
    environment = {**os.environ, "DISPLAY": display}
    if place == "end":
        _press(display, "ctrl+End")
    if place == "middle":
        _press(display, "ctrl+Home", *["Page_Down"] * 5)
    text = (TEXT * (keys // len(TEXT) + 1))[:keys]
    subprocess.run(["xdotool", "type", "--delay", "50", text], env=environment, check=True)


def _wait_until_quiet(pid: int, limit: float = 60.0) -> None:
    deadline = time.monotonic() + limit
    before = _cpu(pid)
    while time.monotonic() < deadline:
        time.sleep(1)
        now = _cpu(pid)
        if now - before < 0.03:
            return
        before = now


def _cpu(pid: int) -> float:
    """Seconds of CPU of a process and all below it."""
    total = 0.0
    for each in (pid, *children(pid)):
        with contextlib.suppress(FileNotFoundError, ProcessLookupError):
            fields = Path(f"/proc/{each}/stat").read_text().rpartition(")")[2].split()
            total += (int(fields[11]) + int(fields[12])) / TICKS
    return total


def children(pid: int) -> list[int]:
    """Those that a process began, and theirs."""
    found = []
    with contextlib.suppress(FileNotFoundError, ProcessLookupError):
        for task in Path(f"/proc/{pid}/task").iterdir():
            for child in (task / "children").read_text().split():
                found += [int(child), *children(int(child))]
    return found
