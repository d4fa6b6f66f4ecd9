"""Adding, testing and removing accounts: what belongs together is done together.

For any thread but that of a user interface: keyrings, disks and platforms are waited for.
"""

import asyncio
import contextlib
import threading

from app.engagement import accounts, providers, texts
from app.engagement.errors import HttpError
from app.engagement.model import Account
from app.engagement.providers import Tested
from app.engagement.secrets import SecretError, Secrets
from app.engagement.store.schema import store_file
from app.engagement.store.store import Store
from app.speech import mark, say

UNKNOWN_PLATFORM = mark(
    "This version does not know the account's platform. Update Sendoff to use it."
)


class Trial:
    """One test of an account, which any other thread may cancel."""

    def __init__(self, account: Account, key: str) -> None:
        self._account = account
        self._key = key
        self._lock = threading.Lock()
        self._cancelled = False
        self._loop: asyncio.AbstractEventLoop | None = None
        self._task: asyncio.Task[Tested] | None = None

    def run(self) -> Tested | None:
        """What works and what the key may not do; None where it was cancelled."""
        try:
            return asyncio.run(self._run())
        except asyncio.CancelledError:
            return None

    def cancel(self) -> None:
        """End it: no further request is sent. Also before it runs, or when it is over."""
        with self._lock:
            self._cancelled = True
            loop, task = self._loop, self._task
            if loop is not None and task is not None:
                loop.call_soon_threadsafe(task.cancel)

    async def _run(self) -> Tested:
        with self._lock:
            if self._cancelled:
                raise asyncio.CancelledError
            self._loop, self._task = asyncio.get_running_loop(), asyncio.ensure_future(self._ask())
        try:
            return await self._task
        finally:
            with self._lock:
                self._loop = None

    async def _ask(self) -> Tested:
        if self._account.provider not in providers.PROVIDERS:
            return Tested(False, lacks=(say(UNKNOWN_PLATFORM),))
        try:
            async with providers.client(self._account, self._key) as client:
                return await providers.provider(self._account, client).test()
        except HttpError as error:
            return Tested(False, lacks=(str(error),))


def add(account: Account, key: str, secrets: Secrets) -> None:
    """Store an account with its key, or neither. Raises AccountError or SecretError."""
    secrets.put(account, key)  # first: a sync that sees the account finds its key
    try:
        accounts.add(account)
    except BaseException:
        with contextlib.suppress(SecretError):
            secrets.forget(account)
        raise


def remove(account: Account, secrets: Secrets) -> str:
    """Remove an account, its key and what was synced from it.

    Returns what could not be removed, in words; mostly empty. Raises AccountError or StoreError.
    """
    accounts.remove(account)
    if store_file().exists():
        with contextlib.closing(Store()) as store:
            store.forget_account(account.id)
    texts.forget(account)
    try:
        secrets.forget(account)
    except SecretError as error:
        return f"Its key is still in the keyring. {error}"
    return ""
