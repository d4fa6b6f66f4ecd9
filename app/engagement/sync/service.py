"""Sync as the app uses it: a thread with its own event loop keeps to the schedule, and a process of
its own does the work.
"""

import asyncio
import logging
import sqlite3
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Protocol

from app.engagement import accounts as stored
from app.engagement.model import Account
from app.engagement.secrets import Secrets, open_secrets
from app.engagement.store.schema import StoreError
from app.engagement.store.store import Store
from app.engagement.sync.daemons import DaemonThreads
from app.engagement.sync.keeper import Keeper, Listener
from app.engagement.sync.process import SyncProcess
from app.engagement.sync.state import INTERVAL
from app.speech import say

log = logging.getLogger(__name__)

_STOPPING = 0.9


class Hearer(Listener, Protocol):
    """Hears of everything in the service's thread."""

    def store_unusable(self, message: str) -> None:
        """Nothing can be stored; the service ended, ``ask`` starts it again."""


class SyncService:
    """Every method returns at once and may be called from any thread.

    Args:
        hearer: Hears of everything.
        store: The file; None is the app's own.
        accounts: Those that there are now.
        secrets: Opens the place of the keys, in a thread; None is the system's.
        interval: Seconds between syncs where all is well.
    """

    def __init__(
        self,
        hearer: Hearer,
        *,
        store: Path | None = None,
        accounts: Callable[[], Sequence[Account]] = stored.load,
        secrets: Callable[[], Secrets] | None = None,
        interval: float = INTERVAL,
    ) -> None:
        self._hearer = hearer
        self._path = store
        self._accounts = accounts
        self._open_secrets = secrets or open_secrets
        self._interval = interval
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._task: asyncio.Task[None] | None = None
        self._keeper: Keeper | None = None
        self._early: list[str | None] = []
        self._is_stopped = False

    def start(self) -> None:
        """Begin to keep the accounts synced."""
        with self._lock:
            if self._is_stopped or (self._thread is not None and self._thread.is_alive()):
                return
            self._thread = threading.Thread(target=self._run, name="sync", daemon=True)
            self._thread.start()

    def ask(self, account: str | None = None) -> None:
        """Sync an account now, or all of them."""
        with self._lock:
            if self._loop is None or self._keeper is None:
                self._early.append(account)
            else:
                self._loop.call_soon_threadsafe(self._keeper.ask, account)
        self.start()

    def cancel(self) -> None:
        """Stop what is being synced now."""
        with self._lock:
            self._early.clear()
            if self._loop is not None and self._keeper is not None:
                self._loop.call_soon_threadsafe(self._keeper.cancel)

    def stop(self) -> None:
        """End for good, within a second; what was stored holds."""
        with self._lock:
            self._is_stopped = True
            thread = self._thread
            if self._loop is not None and self._task is not None:
                self._loop.call_soon_threadsafe(self._task.cancel)
        if thread is not None:
            thread.join(_STOPPING)
            if thread.is_alive():
                log.warning("The sync's thread is slow to end")

    def _run(self) -> None:
        try:
            store = Store(self._path)
        except (StoreError, sqlite3.Error) as error:
            words = (
                str(error)
                if isinstance(error, StoreError)
                else say("The figures' file is damaged.")
            )
            self._hearer.store_unusable(words)
            return
        try:
            asyncio.run(self._keep(store))
        except asyncio.CancelledError:
            pass
        finally:
            store.close()

    async def _keep(self, store: Store) -> None:
        loop = asyncio.get_running_loop()
        loop.set_default_executor(DaemonThreads())
        secrets: list[Secrets] = []

        def key_of(account: Account) -> str | None:
            if not secrets:
                secrets.append(self._open_secrets())
            return secrets[0].get(account)

        process = SyncProcess(store)
        keeper = Keeper(
            self._accounts, key_of, store, self._hearer, process.sync, interval=self._interval
        )
        with self._lock:
            if self._is_stopped:
                return
            self._loop, self._keeper, self._task = loop, keeper, asyncio.current_task()
            early, self._early = self._early, []
        for account in early:
            keeper.ask(account)
        try:
            await keeper.run()
        finally:
            with self._lock:
                self._loop = self._keeper = self._task = None
