"""When an account is tried again, and what is said of how old its figures are."""

import asyncio
from pathlib import Path

import pytest

from app.engagement.errors import (
    FailingError,
    ForbiddenError,
    HttpError,
    LimitedError,
    NotTheServerError,
    OfflineError,
    RefusedError,
)
from app.engagement.model import Account
from app.engagement.store.store import Status, Store
from app.engagement.sync.many import sync_account
from app.engagement.sync.state import Outcome, State, age, due_in, next_status, state_of

NOW = 1_800_000_000_000
MINUTE = 60_000


def failed(times: int, wait: float = 0.0) -> Status:
    status: Status | None = None
    for _ in range(times):
        status = next_status(status, Outcome("a", State.FAILING, "No", wait=wait), NOW, 1.0)
    assert status is not None
    return status


@pytest.mark.parametrize(
    ("error", "state"),
    [
        (OfflineError(""), State.OFFLINE),
        (FailingError(""), State.FAILING),
        (LimitedError(""), State.LIMITED),
        (RefusedError(""), State.REFUSED),
        (ForbiddenError(""), State.REFUSED),
        (NotTheServerError(""), State.WRONG_ADDRESS),
    ],
)
def test_each_error_means_a_state(error: HttpError, state: State) -> None:
    assert state_of(error) is state


def test_pauses_double_up_to_five_minutes() -> None:
    waits = [due_in(failed(times), NOW) for times in range(1, 9)]
    assert waits == [10, 20, 40, 80, 160, 300, 300, 300]


def test_a_server_that_asks_for_longer_is_obeyed_up_to_an_hour() -> None:
    assert due_in(failed(1, wait=900), NOW) == 900
    assert due_in(failed(1, wait=1e9), NOW) == 3600


def test_a_refused_key_is_not_tried_by_itself() -> None:
    status = next_status(None, Outcome("a", State.REFUSED, "No"), NOW, 1.0)
    assert due_in(status, NOW + 10**10) is None


def test_a_whole_sync_is_repeated_after_the_interval_and_forgets_failures() -> None:
    status = next_status(failed(5), Outcome("a", State.CURRENT, as_of=5), NOW, 1.0)
    assert (status.failures, status.message, status.as_of) == (0, "", 5)
    assert due_in(status, NOW) == 900
    assert due_in(status, NOW + 8 * 60 * MINUTE) == 0, "after a night asleep"
    assert due_in(status, NOW - 10**12) == 0, "the clock was set back"


def test_a_failure_leaves_the_age_of_what_is_there() -> None:
    good = next_status(None, Outcome("a", State.CURRENT), NOW, 1.0)
    bad = next_status(good, Outcome("a", State.OFFLINE, "No"), NOW + 90 * MINUTE, 1.0)
    assert age(bad, NOW + 90 * MINUTE) == "synced 1 hour ago"


@pytest.mark.parametrize(
    ("later", "words"),
    [(0, "synced just now"), (-5, "synced just now"), (1, "synced 1 minute ago"),
     (59, "synced 59 minutes ago"), (120, "synced 2 hours ago"), (2900, "synced 2 days ago")],
)  # fmt: skip
def test_ages_are_told_in_words(later: int, words: str) -> None:
    assert age(Status("a", "current", synced_at=NOW), NOW + later * MINUTE) == words
    assert age(None, NOW) == "never synced"


def test_a_server_with_a_wrong_clock_is_told() -> None:
    status = next_status(None, Outcome("a", State.CURRENT, clock_off=-(10**11)), NOW, 1.0)
    assert "clock" in status.message


def test_without_a_key_or_with_an_unsafe_address_nothing_is_asked(tmp_path: Path) -> None:
    store = Store(tmp_path / "one.db")
    account = Account("a", "sendoff", "A letter", "http://example.com")
    assert asyncio.run(sync_account(account, None, store)).state is State.REFUSED
    assert asyncio.run(sync_account(account, "k", store)).state is State.WRONG_ADDRESS
    store.close()
