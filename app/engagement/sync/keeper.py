"""Accounts kept up to date: what is due by itself, anything when it is asked for.

Each account is synced in a task of its own: one in trouble, or with much to fetch, holds up no
other.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from typing import Protocol

from app.engagement.accounts import AccountError
from app.engagement.model import Account
from app.engagement.secrets import SecretError
from app.engagement.store.schema import StoreError
from app.engagement.store.store import Store
from app.engagement.sync.engine import OnProgress, Progress
from app.engagement.sync.many import NO_KEY, KeyOf
from app.engagement.sync.state import INTERVAL, Outcome, State, due_in, mistake
from app.speech import say

LOOK_AGAIN = 60.0
"""Seconds: after the machine slept, what is due is seen within these; nor is an account that
another window syncs, or that cannot be noted, looked at again before."""

Sync = Callable[[Account, str, OnProgress], Awaitable[Outcome]]
"""Brings one account up to date with its key."""


class Listener(Protocol):
    """Hears of everything in the keeper's thread."""

    def account_began(self, account: str) -> None:
        """An account is being synced."""

    def progressed(self, progress: Progress) -> None:
        """A page was stored."""

    def ended(self, outcome: Outcome) -> None:
        """A sync is over."""

    def accounts_unreadable(self, message: str) -> None:
        """The accounts cannot be read; they are looked at again."""


class Keeper:
    """Lives in one event loop; ``ask`` and ``cancel`` are called there, too.

    Args:
        accounts: Those that there are now; may raise AccountError.
        key_of: May wait for the writer, who unlocks a keyring, and raise SecretError. An account
            without a key is not asked about again by itself.
        store: Where what is synced goes.
        sync: Does it.
        interval: Seconds between syncs where all is well.
    """

    def __init__(
        self,
        accounts: Callable[[], Sequence[Account]],
        key_of: KeyOf,
        store: Store,
        listener: Listener,
        sync: Sync,
        *,
        interval: float = INTERVAL,
    ) -> None:
        self._accounts = accounts
        self._key_of = key_of
        self._store = store
        self._listener = listener
        self._bring = sync
        self._interval = interval
        self._running: dict[str, asyncio.Task[None]] = {}
        self._asked: set[str | None] = set()
        self._held: dict[str, float] = {}
        self._wake = asyncio.Event()

    async def run(self) -> None:
        """Keep them synced for ever; cancel it to end, which takes less than a second."""
        try:
            while True:
                pause = self._look()
                try:
                    async with asyncio.timeout(pause):
                        await self._wake.wait()
                except TimeoutError:
                    pass
                self._wake.clear()
        finally:
            running = list(self._running.values())
            self.cancel()
            await asyncio.gather(*running, return_exceptions=True)

    def ask(self, account: str | None = None) -> None:
        """Sync an account now, or all, also those that wait for the writer or for their turn."""
        self._asked.add(account)
        self._wake.set()

    def cancel(self) -> None:
        """Stop what is being synced now; it goes on with its next turn."""
        for task in self._running.values():
            task.cancel()

    def _look(self) -> float:
        """Begin what is due or asked for; seconds until the next look."""
        try:
            present = self._accounts()
        except AccountError as error:
            self._listener.accounts_unreadable(str(error))
            return LOOK_AGAIN
        asked, self._asked = self._asked, set()
        names = {account.id for account in present}
        for name, task in self._running.items():
            if name not in names:
                task.cancel()
        pause = LOOK_AGAIN
        for account in present:
            if account.id in self._running:
                continue
            wait = 0.0 if asked & {None, account.id} else self._wait(account.id)
            if wait <= 0:
                task = asyncio.ensure_future(self._sync(account))
                self._running[account.id] = task
                task.add_done_callback(partial(self._over, account.id))
            else:
                pause = min(pause, wait)
        return max(1.0, pause)

    def _wait(self, account: str) -> float:
        held = self._held.get(account, 0.0) - time.monotonic()
        if held > 0:
            return held
        try:
            wait = due_in(self._store.status(account), int(time.time() * 1000), self._interval)
        except StoreError:
            return LOOK_AGAIN
        return float("inf") if wait is None else wait

    async def _sync(self, account: Account) -> None:
        self._listener.account_began(account.id)
        outcome = Outcome(account.id, State.CANCELLED, say("The sync was stopped."))
        try:
            outcome = await self._attempt(account)
        except Exception as error:  # noqa: BLE001 - a mistake of ours: the other accounts go on
            outcome = mistake(account.id, error)
        finally:
            self._listener.ended(outcome)

    def _over(self, account: str, _: asyncio.Task[None]) -> None:
        del self._running[account]
        if self._wait(account) <= 0:  # how it ended was not noted
            self._held[account] = time.monotonic() + LOOK_AGAIN
        self._wake.set()

    async def _attempt(self, account: Account) -> Outcome:
        try:
            key = await asyncio.to_thread(self._key_of, account)
        except SecretError as error:
            self._held[account.id] = float("inf")
            return Outcome(account.id, State.REFUSED, str(error))
        if not key:
            self._held[account.id] = float("inf")
            return Outcome(account.id, State.REFUSED, say(NO_KEY))
        outcome = await self._bring(account, key, self._listener.progressed)
        self._held.pop(account.id, None)
        return outcome
