"""Several accounts: side by side, on demand and on a schedule. One in trouble holds up no other."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace

from app.engagement import providers
from app.engagement.errors import HttpError
from app.engagement.model import Account
from app.engagement.store.schema import StoreError
from app.engagement.store.store import Store
from app.engagement.sync.engine import OnProgress, sync
from app.engagement.sync.state import INTERVAL, Outcome, State, due_in, state_of

NO_KEY = "There is no key for this account: it is to be entered anew."
_LOOK_AGAIN = 60.0
"""Seconds: after the machine slept, what is due is seen within these."""

KeyOf = Callable[[Account], str | None]
"""Where a key comes from; None where there is none."""


async def sync_account(
    account: Account,
    key: str | None,
    store: Store,
    on_progress: OnProgress = lambda _: None,
) -> Outcome:
    """Bring one account up to date."""
    if not key:
        return Outcome(account.id, State.REFUSED, NO_KEY)
    if account.provider not in providers.PROVIDERS:
        return Outcome(account.id, State.WRONG_ADDRESS, "This version does not know its platform.")
    try:
        client = providers.client(account, key)
    except HttpError as error:
        return Outcome(account.id, state_of(error), str(error))
    async with client:
        outcome = await sync(account.id, providers.provider(account, client), store, on_progress)
        return replace(outcome, requests=client.requests)


async def sync_accounts(
    accounts: Sequence[Account],
    key_of: KeyOf,
    store: Store,
    on_progress: OnProgress = lambda _: None,
) -> list[Outcome]:
    """Bring all of them up to date at once; the outcomes in their order."""
    return await asyncio.gather(
        *(sync_account(each, key_of(each), store, on_progress) for each in accounts)
    )


async def keep_synced(
    accounts: Callable[[], Sequence[Account]],
    key_of: KeyOf,
    store: Store,
    on_outcome: Callable[[Outcome], None],
    *,
    interval: float = INTERVAL,
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    on_progress: OnProgress = lambda _: None,
) -> None:
    """Sync what is due, for ever; cancel it to end. Accounts that wait for the writer are left."""
    while True:
        present = accounts()
        waits = {each.id: _wait(store, each, interval) for each in present}
        due = [each for each in present if waits[each.id] == 0]
        for outcome in await sync_accounts(due, key_of, store, on_progress):
            on_outcome(outcome)
        rest = [wait for wait in waits.values() if wait]
        # At least a second: an account that cannot even be noted must not be asked without a pause.
        await sleep(max(1.0, min([_LOOK_AGAIN, *rest])))


def _wait(store: Store, account: Account, interval: float) -> float | None:
    try:
        status = store.status(account.id)
    except StoreError:
        return _LOOK_AGAIN
    return due_in(status, int(time.time() * 1000), interval)
