"""Syncs in a process of their own: what the window does takes no turns with them.

Python runs one thread at a time. A sync that validates and stores ten thousand records a second
beside a window in one interpreter makes the window late by tens of milliseconds.
"""

import asyncio
import logging
import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import app
from app.engagement.model import Account
from app.engagement.store.schema import StoreError
from app.engagement.store.store import Store
from app.engagement.sync.engine import OnProgress, Progress, note
from app.engagement.sync.messages import LONGEST, Unwanted, Wanted, read, written
from app.engagement.sync.state import Outcome, State
from app.speech import say

log = logging.getLogger(__name__)

ARGUMENT = "--sync-process"
"""Makes the app serve syncs by its standard input and output, with the store's path after it."""
PATIENCE = 0.4
"""Seconds to end in; then the process is killed, which loses nothing that was stored."""


class SyncProcess:
    """Begins with the first sync, and ends with the last or with this program.

    Lives in one event loop.

    Args:
        store: Where what is synced goes; of an end before its time, too, it keeps how it went.
        command: Starts the process.
    """

    def __init__(
        self, store: Store, command: Callable[[Path], Sequence[str]] | None = None
    ) -> None:
        self._store = store
        self._command = command or _command
        self._starting = asyncio.Lock()
        self._child: _Child | None = None
        self._users = 0

    async def sync(self, account: Account, key: str, on_progress: OnProgress) -> Outcome:
        """Bring one account up to date. Cancelling ends it within a second."""
        self._users += 1
        try:
            child = await self._joined()
            outcome = await child.sync(Wanted(account, key), on_progress)
        except OSError as error:
            log.error("The sync's process cannot be started: %s", error.strerror)
            words = say("A process for the sync cannot be started: {error}.", error=error.strerror)
            return await self._noted(Outcome(account.id, State.INTERRUPTED, words))
        finally:
            self._users -= 1
            if self._users == 0 and self._child is not None:
                child, self._child = self._child, None
                await child.end()
        if outcome is None:
            words = say("The sync ended early. What was stored holds; it goes on by itself.")
            return await self._noted(Outcome(account.id, State.INTERRUPTED, words))
        return outcome

    async def _joined(self) -> "_Child":
        async with self._starting:
            if self._child is None or self._child.is_over:
                self._child = await _Child.started(self._command(self._store.path))
            return self._child

    async def _noted(self, outcome: Outcome) -> Outcome:
        try:
            await asyncio.to_thread(note, self._store, outcome)
        except StoreError as error:
            return Outcome(outcome.account, State.STORE, str(error))
        return outcome


class _Child:
    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process
        self._outcomes: dict[str, asyncio.Future[Outcome | None]] = {}
        self._told: dict[str, OnProgress] = {}
        self._hearing = asyncio.ensure_future(self._hear())
        self.is_over = False

    @classmethod
    async def started(cls, command: Sequence[str]) -> "_Child":
        flags = 0
        if sys.platform == "win32":
            flags = subprocess.CREATE_NO_WINDOW | subprocess.BELOW_NORMAL_PRIORITY_CLASS
        return cls(
            await asyncio.create_subprocess_exec(
                *command,
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                env=_environment(),
                creationflags=flags,
                limit=LONGEST,
            )
        )

    async def sync(self, wanted: Wanted, on_progress: OnProgress) -> Outcome | None:
        """None: the process ended before the sync did."""
        account = wanted.account.id
        outcome = asyncio.get_running_loop().create_future()
        self._outcomes[account], self._told[account] = outcome, on_progress
        try:
            self._say(written(wanted))
            return await asyncio.shield(outcome)
        except asyncio.CancelledError:
            self._say(written(Unwanted(account)))
            await asyncio.wait([outcome], timeout=PATIENCE)
            if not outcome.done():
                self._kill()
            raise
        finally:
            del self._outcomes[account], self._told[account]

    async def end(self) -> None:
        """It ends by itself when nobody can tell it anything any more."""
        if self._process.stdin is not None:
            self._process.stdin.close()
        done, _ = await asyncio.wait([self._hearing], timeout=PATIENCE)
        if not done:
            self._kill()
            await asyncio.wait([self._hearing])

    def _say(self, line: bytes) -> None:
        if not self.is_over and self._process.stdin is not None:
            self._process.stdin.write(line)

    def _kill(self) -> None:
        if self._process.returncode is None:
            self._process.kill()

    async def _hear(self) -> None:
        answers = self._process.stdout
        try:
            while answers is not None and (line := await answers.readline()):
                message = read(line)
                if isinstance(message, Progress) and message.account in self._told:
                    self._told[message.account](message)
                elif isinstance(message, Outcome) and message.account in self._outcomes:
                    self._outcomes[message.account].set_result(message)
        except (ValueError, KeyError, TypeError) as error:
            log.error("%s in what the sync's process says", type(error).__name__)
            self._kill()
        finally:
            self.is_over = True
            for outcome in self._outcomes.values():
                if not outcome.done():
                    outcome.set_result(None)
            await self._process.wait()


def _command(store: Path) -> Sequence[str]:
    if getattr(sys, "frozen", False):  # packaged: the program is its own Python
        return sys.executable, ARGUMENT, str(store)
    # -P: whatever lies in the folder where the app was started is not taken for the app.
    return sys.executable, "-P", "-m", "app", ARGUMENT, str(store)


def _environment() -> dict[str, str]:
    """Ours without keys, which the environment may give to the window."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if not (name.startswith("SENDOFF_") and "_KEY" in name)
    }
    home = str(Path(app.__file__).resolve().parent.parent)
    kept["PYTHONPATH"] = os.pathsep.join(filter(None, (home, kept.get("PYTHONPATH"))))
    return kept
