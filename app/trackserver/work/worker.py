"""The worker: takes batches out of the inbox and does the rest."""

import logging
import sqlite3
import threading
from collections.abc import Callable, Sequence

from msgspec import DecodeError, msgpack
from sqlalchemy import Connection
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from app.trackserver.settings import Settings
from app.trackserver.store.database import Database
from app.trackserver.work.agents_table import UserAgents
from app.trackserver.work.aside import put_aside
from app.trackserver.work.batches import Claimed, claim, finish, postpone
from app.trackserver.work.handlers import Handlers, Item, items_of
from app.trackserver.work.hits import NotSetUp, secrets_of
from app.trackserver.work.retention import ADDRESS_DAYS, retention

log = logging.getLogger(__name__)

ITEMS = 8_000
"""About so many items are worked off in one transaction."""
ITEMS_SQLITE = 500
"""There a transaction keeps out all others that write: whoever just opened a mail waits for it."""
MOST_ROWS = 1_000
IDLE_SECONDS = 0.1
LONGEST_WAIT = 5.0

# Deadlock, serialisation failure, a lock that was waited for too long, a store that is going down.
_PASSING = ("40", "55P03", "57P", "53", "08")
_PASSING_SQLITE = frozenset(
    {
        sqlite3.SQLITE_BUSY,
        sqlite3.SQLITE_LOCKED,
        sqlite3.SQLITE_IOERR,
        sqlite3.SQLITE_FULL,
        sqlite3.SQLITE_CANTOPEN,
    }
)


class Worker:
    """Works batches off, each exactly once in effect: the transaction that stores what a batch
    comes to also deletes it. For one thread; several may run, in any number of processes.

    Args:
        clock: Milliseconds UTC.
    """

    def __init__(
        self, database: Database, clock: Callable[[], int], settings: Settings | None = None
    ) -> None:
        self._database = database
        self._clock = clock
        self._address_days = settings.retention_days if settings else ADDRESS_DAYS
        self._agents = UserAgents()
        self._items = ITEMS_SQLITE if database.is_sqlite else ITEMS
        self._rows = 8

    def run(self, stop: threading.Event) -> None:
        """Work until ``stop``; waits while the store is away."""
        wait = IDLE_SECONDS
        while not stop.is_set():
            try:
                if self.step():
                    wait = IDLE_SECONDS
                    continue
                wait = IDLE_SECONDS
            except Exception as error:  # noqa: BLE001 - a worker never ends by itself
                log.warning("the worker could not go on, it waits", extra=_told(error))
                wait = min(wait * 2, LONGEST_WAIT)
            stop.wait(wait)

    def step(self) -> int:
        """Work off the oldest batches; how many items that were, 0 when there is nothing to do."""
        now = self._clock()
        claimed: list[Claimed] = []
        put_back = 0
        try:
            with self._database.writing() as connection:
                claimed = self._portion(claim(connection, self._database, now, self._rows))
                if not claimed:
                    return 0
                fresh = finish(connection, self._database, claimed, now)
                put_back = self._handle(connection, [item for one in fresh for item in _items(one)])
            self._agents.settle(committed=True)
        except Exception as error:
            self._agents.settle(committed=False)
            if not claimed:
                raise
            log.warning("a transaction failed, its batches are tried alone", extra=_told(error))
            for one in claimed:
                self._alone(one.id)
        items = sum(one.items for one in claimed)
        self._rows = max(1, min(MOST_ROWS, self._items * len(claimed) // max(items, 1)))
        # Nothing is left to do for now if all of it waits for another worker.
        return max(items, 1) - put_back

    def _portion(self, claimed: list[Claimed]) -> list[Claimed]:
        """The first of them, as many as make a transaction: after a stall batches are large."""
        items = 0
        for place, one in enumerate(claimed):
            items += one.items
            if place and items > self._items:
                return claimed[:place]
        return claimed

    def _alone(self, number: int) -> None:
        """Work off one batch; if it fails too, item by item."""
        for attempt in (self._whole, self._singly):
            try:
                attempt(number)
            except Exception as error:  # noqa: BLE001 - told, and tried again later
                self._agents.settle(committed=False)
                if attempt == self._whole and not passing(error):
                    continue
                log.warning("a batch must wait", extra=_told(error))
                with self._database.writing() as connection:
                    postpone(connection, number, self._clock())
            return

    def _whole(self, number: int) -> None:
        with self._database.writing() as connection:
            fresh = self._one(connection, number)
            self._handle(connection, [item for one in fresh for item in _items(one)])
        self._agents.settle(committed=True)

    def _singly(self, number: int) -> None:
        with self._database.writing() as connection:
            for one in self._one(connection, number):
                try:
                    items: Sequence[Item] = items_of(one.kind, one.batch, one.body)
                except DecodeError as error:
                    put_aside(connection, one.kind, one.body, described(error), self._clock())
                    continue
                for item in items:
                    self._item(connection, item)
        self._agents.settle(committed=True)

    def _item(self, connection: Connection, item: Item) -> None:
        try:
            with connection.begin_nested():
                self._handle(connection, [item])
        except Exception as error:
            if passing(error):
                raise
            self._agents.settle(committed=False)
            put_aside(
                connection, item.kind, msgpack.encode([item.value]), described(error), self._clock()
            )

    def _one(self, connection: Connection, number: int) -> list[Claimed]:
        now = self._clock()
        claimed = claim(connection, self._database, now, 1, only=number)
        return finish(connection, self._database, claimed, now) if claimed else []

    def _handle(self, connection: Connection, items: Sequence[Item]) -> int:
        if not items:
            return 0
        # Read each time: a hit that a new key signed must not look like a forgery.
        secrets = secrets_of(connection)
        now = self._clock()
        kept = retention(connection, self._address_days)
        return Handlers(
            connection, self._database, self._agents, secrets, now, kept.forget_before(now)
        ).handle(items)


def passing(error: BaseException) -> bool:
    """Whether the store is to blame, and the same may well succeed later."""
    if isinstance(error, NotSetUp | PoolTimeoutError):
        return True
    cause = getattr(error, "orig", None) or error
    if isinstance(cause, sqlite3.OperationalError):
        return cause.sqlite_errorcode & 0xFF in _PASSING_SQLITE
    state = getattr(cause, "sqlstate", None)
    if state is not None:
        return str(state).startswith(_PASSING)
    # psycopg gives a lost connection no state.
    return type(cause).__name__ in {"OperationalError", "InterfaceError"}


def described(error: BaseException) -> str:
    """An error as it is kept with the item; without the statement, which may carry addresses."""
    cause = getattr(error, "orig", None) or error
    text = str(cause).partition("\n")[0][:500]
    return f"{type(cause).__name__}: {text}".replace("\0", "")


def _items(one: Claimed) -> list[Item]:
    return items_of(one.kind, one.batch, one.body)


def _told(error: BaseException) -> dict[str, str]:
    # Never its text: it may quote an address.
    return {"error": type(getattr(error, "orig", None) or error).__name__}
