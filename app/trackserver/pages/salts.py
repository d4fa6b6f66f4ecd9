"""A salt for each day, the same in every process, thrown away when the day is over."""

import secrets
import threading
from typing import TypeVar

from sqlalchemy import select

from app.trackserver.store.database import Database
from app.trackserver.store.schema import day_salt

Place = TypeVar("Place")

_SIZE = 32
_MOST = 3


class Salts:
    """The salts of today and yesterday."""

    def __init__(self) -> None:
        self._known: dict[tuple[str, int], bytes] = {}
        self._makeshift: dict[int, bytes] = {}
        self._lock = threading.Lock()

    def of(self, database: Database, day: int) -> bytes:
        """The salt of ``day`` (days since the epoch), made when first asked for."""
        place = (str(database.url), day)
        with self._lock:
            if place not in self._known:
                salt = _read_or_make(database, day)
                _forget(self._known)
                self._known[place] = salt
            return self._known[place]

    def makeshift(self, day: int) -> bytes:
        """One of this process alone, while the database is away."""
        with self._lock:
            if day not in self._makeshift:
                _forget(self._makeshift)
                self._makeshift[day] = secrets.token_bytes(_SIZE)
            return self._makeshift[day]


def _forget(known: dict[Place, bytes]) -> None:
    while len(known) >= _MOST:
        del known[next(iter(known))]


def _read_or_make(database: Database, day: int) -> bytes:
    query = select(day_salt.c.salt).where(day_salt.c.day == day)
    with database.reading() as connection:
        found = connection.execute(query).scalar_one_or_none()
    if found is None:
        with database.writing() as connection:
            made = {"day": day, "salt": secrets.token_bytes(_SIZE)}
            connection.execute(database.insert(day_salt).values(**made).on_conflict_do_nothing())
            found = connection.execute(query).scalar_one()
    return bytes(found)
