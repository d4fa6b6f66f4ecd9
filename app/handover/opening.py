"""From an account and its key to what hands drafts over there."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from app.engagement import providers
from app.engagement.errors import HttpError
from app.engagement.model import Account
from app.handover.engine import Handover
from app.handover.model import HandoverError, Memory, RefusedKeyError
from app.handover.platforms import platform, takes_drafts


@asynccontextmanager
async def handover(account: Account, key: str | None, memory: Memory) -> AsyncIterator[Handover]:
    """What hands drafts over to an account, with its connections closed at the end.

    Raises:
        HandoverError: nothing can be handed over to the account, or it has no key.
    """
    if not takes_drafts(account):
        raise HandoverError(f"Nothing can be handed over to “{account.name}”: it only measures.")
    if not key:
        raise RefusedKeyError.absent(account)
    try:
        client = providers.client(account, key)
    except HttpError as error:
        raise HandoverError(str(error)) from None
    async with client:
        yield Handover(account, platform(account, client), memory)
