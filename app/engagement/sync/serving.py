"""The other side of `process`: syncs what is wanted until nobody is there who could want more."""

import asyncio
import contextlib
import os
import signal
import sqlite3
import threading
from functools import cached_property
from pathlib import Path

from app.engagement.store.schema import StoreError
from app.engagement.store.store import Store
from app.engagement.sync.daemons import DaemonThreads
from app.engagement.sync.many import sync_account
from app.engagement.sync.messages import Message, Wanted, read, written
from app.engagement.sync.state import Outcome, State, mistake
from app.speech import say

_NICENESS = 5
"""The window and everything else that the writer does goes first."""


def serve(store: Path) -> int:
    """Sync by standard input and output until the input ends; the exit status."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl+C in a terminal means the window
    if hasattr(os, "nice"):
        os.nice(_NICENESS)
    asyncio.run(_Serving(store).run())
    return 0


def _own_output() -> int:
    """Standard output for the answers alone: what a library prints would be taken for one."""
    answers = os.dup(1)
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.close(nowhere)
    return answers


class _Serving:
    def __init__(self, path: Path) -> None:
        self._path = path
        self._running: dict[str, asyncio.Task[None]] = {}
        self._heard: asyncio.Queue[Message | None] = asyncio.Queue()
        self._answers = open(_own_output(), "wb", buffering=0)  # noqa: SIM115 - to the end

    async def run(self) -> None:
        loop = asyncio.get_running_loop()
        loop.set_default_executor(DaemonThreads())
        threading.Thread(target=self._listen, args=(loop,), daemon=True).start()
        while (message := await self._heard.get()) is not None:
            if isinstance(message, Wanted):
                task = asyncio.ensure_future(self._sync(message))
                self._running[message.account.id] = task
            elif message.account in self._running:
                self._running[message.account].cancel()
        for task in self._running.values():
            task.cancel()
        await asyncio.gather(*self._running.values(), return_exceptions=True)
        if "_store" in vars(self):
            self._store.close()

    @cached_property
    def _store(self) -> Store:
        return Store(self._path)

    def _listen(self, loop: asyncio.AbstractEventLoop) -> None:
        """In a thread, as an event loop cannot wait for any kind of input on every system."""
        try:
            with open(0, "rb", closefd=False) as wanted:
                for line in wanted:
                    loop.call_soon_threadsafe(self._heard.put_nowait, read(line))
        finally:  # also where it is no window that talks: nobody else would end this process
            loop.call_soon_threadsafe(self._heard.put_nowait, None)

    async def _sync(self, wanted: Wanted) -> None:
        account = wanted.account
        outcome = Outcome(account.id, State.CANCELLED, say("The sync was stopped."))
        try:
            outcome = await sync_account(account, wanted.key, self._store, self._tell)
        except StoreError as error:
            outcome = Outcome(account.id, State.STORE, str(error))
        except sqlite3.Error:
            outcome = Outcome(account.id, State.STORE, say("The figures' file is damaged."))
        except Exception as error:  # noqa: BLE001 - a mistake of ours: the other accounts go on
            outcome = mistake(account.id, error)
        finally:
            del self._running[account.id]
            self._tell(outcome)

    def _tell(self, message: Message) -> None:
        with contextlib.suppress(OSError):  # the window is gone; its input ends here, too
            self._answers.write(written(message))
