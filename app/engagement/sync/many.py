"""Several accounts side by side. One in trouble holds up no other."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import replace

from app.engagement import providers
from app.engagement.errors import HttpError
from app.engagement.model import Account
from app.engagement.store.store import Store
from app.engagement.sync.engine import OnProgress, sync
from app.engagement.sync.state import Outcome, State, state_of
from app.speech import mark, say

NO_KEY = mark("There is no key for this account: it is to be entered anew.")

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
        return Outcome(account.id, State.REFUSED, say(NO_KEY))
    if account.provider not in providers.PROVIDERS:
        return Outcome(
            account.id, State.WRONG_ADDRESS, say("This version does not know its platform.")
        )
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
