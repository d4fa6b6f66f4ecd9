"""``sendoff check`` on a real terminal: colour, bar, narrow windows, Ctrl-C, and no terminal."""

import os
import re
import select
import signal
import struct
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.linkcheck.zoo.server import Visit, Zoo
from tests.support.patience import PATIENCE, wait_for

fcntl, pty, termios = (pytest.importorskip(name) for name in ("fcntl", "pty", "termios"))

CONTROL = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")


async def plain(visit: Visit) -> None:
    await visit.reply()


async def gone(visit: Visit) -> None:
    await visit.reply(410)


async def stalled(visit: Visit) -> None:
    await visit.stall()


@pytest.fixture(scope="module")
def site() -> Iterator[Zoo]:
    with Zoo({"page": plain, "gone": gone, "stalled": stalled}) as running:
        yield running


@pytest.fixture
def folders(tmp_path: Path) -> dict[str, str]:
    return {f"SENDOFF_{name}_DIR": str(tmp_path / name) for name in ("CACHE", "DATA", "CONFIG")}


def _heed_interrupts() -> None:
    """Who runs the tests in the background of a script has them inherit deaf ears for Ctrl-C."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


class Terminal:
    """A run of the command in a terminal of so many columns."""

    def __init__(self, columns: int, environment: dict[str, str], *words: str) -> None:
        self.shown = ""
        self._master, other = pty.openpty()
        fcntl.ioctl(other, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
        inherited = {key: value for key, value in os.environ.items() if key not in NOT_INHERITED}
        self._process = subprocess.Popen(
            [sys.executable, "-m", "app", "check", "--allow-private", *words],
            stdin=other,
            stdout=other,
            stderr=other,
            env={**inherited, "TERM": "xterm-256color", **environment},
            start_new_session=True,
            preexec_fn=_heed_interrupts,
        )
        os.close(other)

    def read_until(self, word: str | None = None) -> None:
        """Read until the word is shown; None: until the end."""
        until = time.monotonic() + 30
        while word is None or word not in self.shown:
            assert time.monotonic() < until, self.shown
            if not select.select([self._master], [], [], 0.5)[0]:
                continue
            try:
                piece = os.read(self._master, 65536)
            except OSError:  # how Linux says that the other side is closed
                return
            if not piece:
                return
            self.shown += piece.decode("utf-8", "replace")

    def interrupt(self) -> None:
        self._process.send_signal(signal.SIGINT)

    def end(self) -> int:
        self.read_until()
        os.close(self._master)
        return self._process.wait(PATIENCE)

    @property
    def lines(self) -> list[str]:
        """What can be read in the end, without colours."""
        rows = [row.rsplit("\r", 1)[-1] for row in self.shown.replace("\r\n", "\n").split("\n")]
        return [CONTROL.sub("", row) for row in rows]


NOT_INHERITED = {"NO_COLOR", "COLUMNS", "LINES", "TERM"}


def draft(folder: Path, base: str, *paths: str) -> str:
    path = folder / "issue.md"
    path.write_text("\n\n".join(f"[x]({base}/{each})" for each in paths), encoding="utf-8")
    return str(path)


def test_a_terminal_gets_colour_and_a_bar_that_goes_away(
    site: Zoo, tmp_path: Path, folders: dict[str, str]
) -> None:
    words = draft(tmp_path, site.base, "page/1", "gone/1")
    terminal = Terminal(100, folders, words)
    assert terminal.end() == 1
    assert "\x1b[1;31m▲" in terminal.shown
    assert "█ 2 of 2" in terminal.shown
    assert not any("█" in line for line in terminal.lines)
    assert "Traceback" not in terminal.shown


def test_a_terminal_without_block_signs_gets_plain_ones(
    site: Zoo, tmp_path: Path, folders: dict[str, str]
) -> None:
    environment = {**folders, "PYTHONIOENCODING": "ascii"}
    terminal = Terminal(100, environment, draft(tmp_path, site.base, "page/1"))
    assert terminal.end() == 0
    assert "# 1 of 1" in terminal.shown
    assert "\\u" not in terminal.shown


def test_no_color_is_respected(site: Zoo, tmp_path: Path, folders: dict[str, str]) -> None:
    terminal = Terminal(100, {**folders, "NO_COLOR": "1"}, draft(tmp_path, site.base, "gone/1"))
    assert terminal.end() == 1
    assert "▲" in terminal.shown
    assert "\x1b[1;31m" not in terminal.shown


@pytest.mark.parametrize("columns", [12, 20, 44])
def test_a_narrow_terminal_wraps_words_and_never_the_bar(
    site: Zoo, tmp_path: Path, folders: dict[str, str], columns: int
) -> None:
    terminal = Terminal(columns, folders, draft(tmp_path, site.base, "page/1", "gone/1"))
    assert terminal.end() == 1
    bars = re.findall(r"\r([^\r\x1b]*\d+ of \d+)", terminal.shown)
    assert bars
    assert all(len(bar) < columns for bar in bars)
    words = [line for line in terminal.lines if line.startswith(" " * 11)]
    assert all(len(line) <= max(columns, 40) for line in words)


def test_ctrl_c_shows_what_was_found_until_then(
    site: Zoo, tmp_path: Path, folders: dict[str, str]
) -> None:
    words = draft(tmp_path, site.base, "page/1", "gone/1", "stalled/1", "stalled/2")
    terminal = Terminal(100, folders, words)
    terminal.read_until("2 of 4")
    began = time.monotonic()
    terminal.interrupt()
    assert terminal.end() == 130
    assert time.monotonic() - began < 15, "nobody waits for those that hang"
    assert "Traceback" not in terminal.shown
    shown = "\n".join(terminal.lines)
    assert "Gone" in shown or "for good" in shown
    assert "2 unchecked" in shown
    assert "interrupted" in shown


def test_an_interrupted_report_for_programs_is_no_report(
    site: Zoo, tmp_path: Path, folders: dict[str, str]
) -> None:
    words = draft(tmp_path, site.base, "page/1", "stalled/1")
    command = [sys.executable, "-m", "app", "check", "--allow-private", "--json", words]
    process = subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, **folders},
        preexec_fn=_heed_interrupts,
    )
    before = len(site.requests)
    wait_for(lambda: len(site.requests) >= before + 2, 0.02)
    process.send_signal(signal.SIGINT)
    out, error = process.communicate(timeout=PATIENCE)
    assert (process.returncode, out) == (130, "")
    assert "Traceback" not in error


def test_a_reader_that_goes_away_is_no_error(
    site: Zoo, tmp_path: Path, folders: dict[str, str]
) -> None:
    words = draft(tmp_path, site.base, *(f"gone/{n}" for n in range(600)))
    command = f'"{sys.executable}" -m app check --offline "{words}" | head -n 1'
    done = subprocess.run(
        ["sh", "-c", command],
        capture_output=True,
        text=True,
        env={**os.environ, **folders},
        check=False,
        timeout=60,
    )
    assert done.stdout.endswith("600 links\n")
    assert done.stderr == ""


def test_two_at_once_share_a_new_cache(site: Zoo, tmp_path: Path, folders: dict[str, str]) -> None:
    words = draft(tmp_path, site.base, *(f"page/{n}" for n in range(40)))
    command = [sys.executable, "-m", "app", "check", "--allow-private", words]
    processes = [
        subprocess.Popen(
            command,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env={**os.environ, **folders},
        )
        for _ in range(3)
    ]
    ends = [process.communicate(timeout=60) for process in processes]
    assert [process.returncode for process in processes] == [0, 0, 0]
    assert all("40 safe" in out and not error for out, error in ends)
    before = len(site.requests)
    subprocess.run(command, check=True, capture_output=True, env={**os.environ, **folders})
    assert len(site.requests) == before
