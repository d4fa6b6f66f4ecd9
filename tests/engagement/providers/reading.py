"""Syncs an account of a fake into a store and reads it back, by the real sync."""

import asyncio
from pathlib import Path

from app.engagement import providers
from app.engagement.model import Account, IssueDetail, Page
from app.engagement.providers import Tested
from app.engagement.store.reader import Reader, StoredIssue
from app.engagement.store.store import Store
from app.engagement.sync.engine import sync
from app.engagement.sync.state import Outcome


class Desk:
    """One account with its store."""

    def __init__(self, account: Account, key: str, folder: Path) -> None:
        self.account = account
        self.key = key
        self.file = folder / "engagement.db"

    def test(self) -> Tested:
        async def run() -> Tested:
            async with providers.client(self.account, self.key) as client:
                return await providers.provider(self.account, client).test()

        return asyncio.run(run())

    def sync(self) -> Outcome:
        async def run() -> Outcome:
            store = Store(self.file)
            try:
                async with providers.client(self.account, self.key) as client:
                    through = providers.provider(self.account, client)
                    return await sync(self.account.id, through, store)
            finally:
                store.close()

        return asyncio.run(run())

    def pages(self) -> list[Page]:
        async def run() -> list[Page]:
            async with providers.client(self.account, self.key) as client:
                through = providers.provider(self.account, client)
                return [page async for page in through.pages({})]

        return asyncio.run(run())

    def issues(self) -> dict[str, StoredIssue]:
        with Reader(self.file) as reader:
            return {issue.record.id: issue for issue in reader.issues()}

    def detail(self, issue: str) -> IssueDetail:
        with Reader(self.file) as reader:
            found = reader.issue(self.account.id, issue)
            assert found is not None
            return reader.detail(found)

    def events(self, issue: str) -> list[tuple[str, str, int | None]]:
        with Reader(self.file) as reader:
            found = reader.issue(self.account.id, issue)
            assert found is not None
            return [(event.id, event.type, event.link) for event in reader.events(found)]
