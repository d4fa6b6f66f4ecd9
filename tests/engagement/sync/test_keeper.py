"""What is synced when: by the schedule, on demand, never without a key, never twice at once."""

import asyncio
import threading
import time
from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path

import pytest

from app.engagement.accounts import AccountError
from app.engagement.model import Account
from app.engagement.secrets import SecretError
from app.engagement.store.store import Status, Store
from app.engagement.sync import keeper as keeping
from app.engagement.sync.engine import Progress
from app.engagement.sync.keeper import Keeper
from app.engagement.sync.state import Outcome, State
from tests.support.patience import PATIENCE

ONE = Account("a", "sendoff", "A letter", "http://127.0.0.1:9")
OTHER = Account("b", "sendoff", "Another", "http://127.0.0.1:9")


class Heard:
    def __init__(self) -> None:
        self.began: list[str] = []
        self.outcomes: list[Outcome] = []
        self.unreadable: list[str] = []

    def account_began(self, account: str) -> None:
        self.began.append(account)

    def progressed(self, progress: Progress) -> None:
        pass

    def ended(self, outcome: Outcome) -> None:
        self.outcomes.append(outcome)

    def accounts_unreadable(self, message: str) -> None:
        self.unreadable.append(message)


@pytest.fixture
def store(tmp_path: Path):  # type: ignore[no-untyped-def]
    made = Store(tmp_path / "one.db")
    yield made
    made.close()


class Syncs(list[str]):
    """Syncs that end well at once, and note it."""

    def __init__(self, store: Store) -> None:
        super().__init__()
        self._store = store

    async def sync(self, account: Account, _key: str, _: object) -> Outcome:
        self.append(account.id)
        self._store.set_status(Status(account.id, "current", tried_at=int(time.time() * 1000)))
        return Outcome(account.id, State.CURRENT)


@pytest.fixture
def syncs(store: Store) -> Syncs:
    return Syncs(store)


def run(keeper: Keeper, then: Callable[[], Awaitable[None]]) -> None:
    async def both() -> None:
        task = asyncio.ensure_future(keeper.run())
        try:
            async with asyncio.timeout(PATIENCE):
                await then()
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    asyncio.run(both())


async def until(holds: Callable[[], object]) -> None:
    while not holds():
        await asyncio.sleep(0.005)


def test_what_was_never_synced_is_synced_at_once_and_then_left_alone(
    store: Store, syncs: Syncs
) -> None:
    heard = Heard()

    async def then() -> None:
        await until(lambda: len(heard.outcomes) == 2)
        await asyncio.sleep(0.1)

    run(Keeper(lambda: [ONE, OTHER], lambda _: "key", store, heard, syncs.sync), then)
    assert sorted(syncs) == ["a", "b"]
    assert sorted(heard.began) == ["a", "b"]


def test_the_schedule_asks_again_after_the_interval(store: Store, syncs: Syncs) -> None:
    heard = Heard()
    began = time.monotonic()

    async def then() -> None:
        await until(lambda: len(syncs) == 3)

    run(Keeper(lambda: [ONE], lambda _: "key", store, heard, syncs.sync, interval=0.2), then)
    assert time.monotonic() - began > 0.4, "each interval is waited for"


def test_one_account_is_asked_for_and_no_other_follows(store: Store, syncs: Syncs) -> None:
    heard = Heard()
    keeper = Keeper(lambda: [ONE, OTHER], lambda _: "key", store, heard, syncs.sync)

    async def then() -> None:
        await until(lambda: len(heard.outcomes) == 2)
        keeper.ask("b")
        await until(lambda: len(heard.outcomes) == 3)

    run(keeper, then)
    assert sorted(syncs[:2]) == ["a", "b"]
    assert syncs[2:] == ["b"]


def test_without_a_key_an_account_says_so_once_until_it_is_asked_for(
    store: Store, syncs: Syncs, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keeping, "LOOK_AGAIN", 0.01)
    heard, asked = Heard(), []
    keys = {"a": None}

    def key_of(account: Account) -> str | None:
        asked.append(account.id)
        return keys[account.id]

    keeper = Keeper(lambda: [ONE], key_of, store, heard, syncs.sync)

    async def then() -> None:
        await until(lambda: heard.outcomes)
        await asyncio.sleep(1.2)  # a look further
        assert asked == ["a"]
        keys["a"] = "key"  # type: ignore[assignment]
        keeper.ask("a")
        await until(lambda: len(heard.outcomes) == 2)

    run(keeper, then)
    assert [outcome.state for outcome in heard.outcomes] == [State.REFUSED, State.CURRENT]


def test_a_locked_keyring_is_not_asked_about_again_and_again(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keeping, "LOOK_AGAIN", 0.01)
    heard, asked = Heard(), []

    def key_of(account: Account) -> str | None:
        asked.append(account.id)
        raise SecretError("It is locked.")

    async def then() -> None:
        await until(lambda: heard.outcomes)
        await asyncio.sleep(1.2)

    run(Keeper(lambda: [ONE], key_of, store, heard, Syncs(store).sync), then)
    assert asked == ["a"]
    assert heard.outcomes == [Outcome("a", State.REFUSED, "It is locked.")]


def test_a_keyring_that_waits_for_the_writer_holds_up_nobody(store: Store, syncs: Syncs) -> None:
    heard, unlocked = Heard(), threading.Event()

    def key_of(account: Account) -> str | None:
        if account.id == "a":
            unlocked.wait(PATIENCE)
        return "key"

    async def then() -> None:
        await until(lambda: syncs == ["b"])
        unlocked.set()
        await until(lambda: syncs == ["b", "a"])

    run(Keeper(lambda: [ONE, OTHER], key_of, store, heard, syncs.sync), then)


def test_a_slow_account_is_never_synced_twice_at_once_and_can_be_cancelled(store: Store) -> None:
    heard, running, most = Heard(), [0], [0]

    async def slow(account: Account, *_: object) -> Outcome:
        running[0] += 1
        most[0] = max(most[0], running[0])
        try:
            await asyncio.sleep(60)
        finally:
            running[0] -= 1
        return Outcome(account.id, State.CURRENT)

    keeper = Keeper(lambda: [ONE], lambda _: "key", store, heard, slow)

    async def then() -> None:
        await until(lambda: running[0])
        keeper.ask("a")
        keeper.ask()
        await asyncio.sleep(0.05)
        keeper.cancel()
        await until(lambda: heard.outcomes)

    run(keeper, then)
    assert most == [1]
    assert heard.outcomes[0].state is State.CANCELLED


def test_an_account_that_is_removed_is_synced_no_further(store: Store) -> None:
    heard = Heard()

    async def slow(account: Account, *_: object) -> Outcome:
        await asyncio.sleep(60)
        return Outcome(account.id, State.CURRENT)

    present = [ONE]
    keeper = Keeper(lambda: present, lambda _: "key", store, heard, slow)

    async def then() -> None:
        await until(lambda: heard.began)
        present.clear()
        keeper.ask()
        await until(lambda: heard.outcomes)

    run(keeper, then)
    assert heard.outcomes[0].state is State.CANCELLED


def test_what_another_window_syncs_is_left_to_it_for_a_while(store: Store) -> None:
    heard = Heard()

    async def elsewhere(account: Account, *_: object) -> Outcome:
        return Outcome(account.id, State.ELSEWHERE, "Another window is syncing this account.")

    async def then() -> None:
        await until(lambda: heard.outcomes)
        await asyncio.sleep(1.2)

    run(Keeper(lambda: [ONE], lambda _: "key", store, heard, elsewhere), then)
    assert len(heard.outcomes) == 1


def test_accounts_that_cannot_be_read_are_told_and_looked_at_again(
    store: Store, syncs: Syncs
) -> None:
    heard, broken = Heard(), [True]

    def accounts() -> list[Account]:
        if broken[0]:
            raise AccountError("It is damaged.")
        return [ONE]

    keeper = Keeper(accounts, lambda _: "key", store, heard, syncs.sync)

    async def then() -> None:
        await until(lambda: heard.unreadable)
        broken[0] = False
        keeper.ask()
        await until(lambda: syncs)

    run(keeper, then)
    assert heard.unreadable == ["It is damaged."]


def test_a_mistake_of_ours_ends_one_sync_and_no_more(store: Store) -> None:
    heard = Heard()

    async def wrong(account: Account, *_: object) -> Outcome:
        if account.id == "a":
            raise ZeroDivisionError
        return Outcome(account.id, State.CURRENT)

    async def then() -> None:
        await until(lambda: len(heard.outcomes) == 2)

    run(Keeper(lambda: [ONE, OTHER], lambda _: "key", store, heard, wrong, interval=60), then)
    states = {outcome.account: outcome.state for outcome in heard.outcomes}
    assert states == {"a": State.INTERRUPTED, "b": State.CURRENT}


def test_a_clock_that_was_set_back_does_not_stop_the_schedule(store: Store, syncs: Syncs) -> None:
    later = int(time.time() * 1000) + 86_400_000
    store.set_status(replace(Status("a", "current"), tried_at=later))
    heard = Heard()

    async def then() -> None:
        await until(lambda: syncs)

    run(Keeper(lambda: [ONE], lambda _: "key", store, heard, syncs.sync), then)
