"""How a sync ended, and when to try again."""

import logging
from dataclasses import dataclass
from enum import StrEnum

from app.engagement.errors import (
    BadAnswerError,
    ForbiddenError,
    HttpError,
    InsecureError,
    LimitedError,
    NotFoundError,
    NotTheServerError,
    OfflineError,
    RefusedError,
)
from app.engagement.store.store import Status
from app.engagement.waiting import LONGEST_ASKED, LONGEST_BACKOFF, backoff
from app.speech import say

log = logging.getLogger(__name__)

INTERVAL = 15 * 60.0
"""Seconds between syncs of an account where all is well."""
_FIRST_WAIT = 10.0
_DAY = 24 * 3600 * 1000


class State(StrEnum):
    """How an account's last sync ended."""

    CURRENT = "current"
    INCOMPLETE = "incomplete"
    """All but what could not be read; that is tried again."""
    OFFLINE = "offline"
    FAILING = "failing"
    """The server or the connection to it: it will be tried again."""
    LIMITED = "limited"
    REFUSED = "refused"
    """The key: nothing is tried again until the writer did something."""
    WRONG_ADDRESS = "wrong_address"
    """Not the server, or no safe way to it: a wrong address, or a network's login page."""
    STORE = "store"
    """Nothing can be stored: a full disk, say."""
    INTERRUPTED = "interrupted"
    """By something here: its process was killed, or a mistake of ours. It will be tried again."""
    ELSEWHERE = "elsewhere"
    """Another window or command is syncing the account."""
    CANCELLED = "cancelled"


NEEDS_THE_WRITER = frozenset((State.REFUSED,))


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a sync did.

    Attributes:
        message: For the writer; empty where all is well.
        problems: What was left out, in plain words.
        pages, records: Stored now.
        resynced: The server's history is another one: everything was fetched again.
        wait: Seconds that the server asks to be left alone.
    """

    account: str
    state: State
    message: str = ""
    problems: tuple[str, ...] = ()
    pages: int = 0
    records: int = 0
    requests: int = 0
    resynced: bool = False
    wait: float = 0.0
    as_of: int | None = None
    clock_off: int | None = None


def state_of(error: HttpError) -> State:
    """What an error that ends a sync means for the account."""
    if isinstance(error, OfflineError):
        return State.OFFLINE
    if isinstance(error, LimitedError):
        return State.LIMITED
    if isinstance(error, (RefusedError, ForbiddenError)):
        return State.REFUSED
    if isinstance(error, (NotTheServerError, InsecureError, NotFoundError)):
        return State.WRONG_ADDRESS
    if isinstance(error, BadAnswerError):
        return State.INCOMPLETE
    return State.FAILING


def mistake(account: str, error: Exception) -> Outcome:
    """A mistake of ours ended the sync; its kind alone is logged."""
    log.error("%s in the sync of an account", type(error).__name__)
    words = say("Something is wrong in Sendoff itself. It is tried again.")
    return Outcome(account, State.INTERRUPTED, words)


def next_status(before: Status | None, outcome: Outcome, now: int, chance: float) -> Status:
    """What is kept after a sync.

    Args:
        before: How it stood.
        outcome: What the sync did.
        now: Our clock, milliseconds.
        chance: 0 to 1; spreads clients that failed together.
    """
    whole = outcome.state is State.CURRENT
    before = before or Status(outcome.account, outcome.state.value)
    failures = 0 if whole else before.failures + (outcome.state is not State.CANCELLED)
    retry_at: int | None = None
    if not whole and outcome.state not in (*NEEDS_THE_WRITER, State.CANCELLED):
        wait = max(backoff(failures, chance, _FIRST_WAIT), min(outcome.wait, LONGEST_ASKED))
        retry_at = now + int(wait * 1000)
    told = outcome.clock_off is not None
    return Status(
        account=outcome.account,
        state=outcome.state.value,
        message=_message(outcome),
        tried_at=now,
        synced_at=now if whole else before.synced_at,
        as_of=outcome.as_of if whole else before.as_of,
        clock_off=outcome.clock_off if told else before.clock_off,
        retry_at=retry_at,
        failures=failures,
    )


def due_in(status: Status | None, now: int, interval: float = INTERVAL) -> float | None:
    """Seconds until the account is to be synced by itself; None while only the writer can help.

    A clock that was set back never makes anybody wait longer than the interval.
    """
    if status is None:
        return 0.0
    if status.state in NEEDS_THE_WRITER:
        return None
    since = (now - status.tried_at) / 1000
    if since < 0:
        return 0.0
    if status.retry_at is None:
        return max(0.0, interval - since)
    longest = max(LONGEST_ASKED, LONGEST_BACKOFF)
    return min(longest, max(0.0, (status.retry_at - now) / 1000))


def age(status: Status | None, now: int) -> str:
    """How old an account's figures are, for every status line."""
    if status is None or status.synced_at is None:
        return "never synced"
    minutes = max(0, now - status.synced_at) // 60_000
    if minutes < 1:
        return "synced just now"
    for size, word in ((1440, "day"), (60, "hour"), (1, "minute")):
        if minutes >= size:
            n = minutes // size
            return f"synced {n} {word}{'' if n == 1 else 's'} ago"
    raise AssertionError("minutes is at least 1")


def _message(outcome: Outcome) -> str:
    words = [outcome.message] if outcome.message else []
    if outcome.problems and not outcome.message:
        words.append(outcome.problems[0])
    if outcome.clock_off is not None and abs(outcome.clock_off) > _DAY:
        words.append(say("The server's clock is wrong: its times may be, too."))
    return " ".join(words)
