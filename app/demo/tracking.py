"""The demo's tracking server as its desk sees it: started beside the app, ended with it."""

import contextlib
import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from app.engagement import accounts
from app.engagement.secrets import variable

NAME = "The Slow Web"
MISSING = (
    "The tracking server is not installed, so this demo has no reports. To see them:\n"
    "  pip install 'sendoff[server]'"
)
WEEKS = 104
_NEEDS = ("alembic", "cryptography", "granian", "msgspec", "sqlalchemy", "ua_parser")
_PATIENCE = 10.0
_PAUSE = 2.5
"""Seconds between two words that there is more to sync."""


def is_installed() -> bool:
    """Whether the packages of the extra ``server`` are there."""
    return all(find_spec(name) is not None for name in _NEEDS)


class Tracking:
    """A server that is starting, and the account for it once it has started."""

    def __init__(self, process: "subprocess.Popen[str]", keep: Callable[[str], None]) -> None:
        self._process = process
        self._keep = keep
        self._listener: Callable[[bool], None] = lambda _is_new: None
        self._lock = threading.Lock()
        self._has_account = False
        self._is_told = False
        self._is_over = threading.Event()
        self._reader = threading.Thread(target=self._read, name="demo-tracking", daemon=True)
        self._reader.start()

    def listen(self, listener: Callable[[bool], None]) -> None:
        """Call ``listener`` in another thread when there is more to sync: with True once, when the
        account is there, at once if it is already; with False every few seconds after.
        """
        with self._lock:
            self._listener = listener
            if self._has_account:
                listener(True)

    def wait(self, seconds: float) -> bool:
        """Wait until the server was told everything, or failed; whether it was told."""
        return self._is_over.wait(seconds) and self._is_told

    def stop(self) -> None:
        """End the server."""
        if self._process.stdin is not None:
            with contextlib.suppress(OSError):
                self._process.stdin.close()
        try:
            self._process.wait(_PATIENCE)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._reader.join()
        if self._process.stdout is not None:
            self._process.stdout.close()

    def _read(self) -> None:
        try:
            self._hear()
        finally:
            self._is_over.set()

    def _hear(self) -> None:
        heard = 0.0
        for line in self._process.stdout or ():
            said = json.loads(line)
            if "key" in said:
                self._add_account(said)
                continue
            self._is_told = said["told"] == said["of"]
            if self._is_told:
                self._is_over.set()
            if self._is_told or time.monotonic() - heard > _PAUSE:
                heard = time.monotonic()
                with self._lock:
                    self._listener(False)

    def _add_account(self, told: Mapping[str, Any]) -> None:
        account = accounts.new("sendoff", NAME, told["url"], told["publication"])
        # Before the account: whoever sees it finds the key. No keyring hears of it.
        self._keep(told["key"])
        accounts.add(account)
        with self._lock:
            self._has_account = True
            self._listener(True)


@contextmanager
def tracking(folder: Path, site: str, drafts: Path, weeks: int = WEEKS) -> Iterator[Tracking]:
    """Run the server with its store in ``folder``; the key is in the environment meanwhile.

    Args:
        folder: Is made.
        site: Where the demo's own pages are.
        drafts: The sample drafts, which were sent last.
        weeks: How many issues were sent, one a week.
    """
    name = variable(accounts.new("sendoff", NAME, "http://localhost"))
    before = os.environ.get(name)

    def keep(key: str) -> None:
        os.environ[name] = key

    command = [sys.executable, "-m", "app.demo.server", str(folder), site, str(drafts), str(weeks)]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    running = Tracking(process, keep)
    try:
        yield running
    finally:
        running.stop()
        if before is None:
            os.environ.pop(name, None)
        else:
            os.environ[name] = before
