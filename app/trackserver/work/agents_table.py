"""The table of user agents, each judged once and kept in memory."""

from collections.abc import Collection, Iterable, Mapping
from hashlib import blake2b

from sqlalchemy import Column, Connection, func, select

from app.trackserver.robots.agents import LONGEST, UserAgent, judge
from app.trackserver.robots.classify import RULES
from app.trackserver.store.database import Database
from app.trackserver.store.schema import user_agent

MOST_NAMES = 1_000
"""So many clients, and so many systems, are told apart."""
OTHER = "Other"
MOST_ROWS = 100_000
"""About so many user agents are stored, by each worker that runs; whoever has one mail can make up
as many as they like. For every further one stands one that tells the same.
"""
_LARGEST = 20_000
"""Of 500 characters each: 10 MB."""
_CHUNK = 500
_HIGHEST = (1 << 63) - 1

Told = tuple[str, str, str, int, int]
"""Client, system, device, agent and reasons."""


class UserAgents:
    """What is known of each user agent, by its number: a hash of its text. For one thread."""

    def __init__(self) -> None:
        self._numbers: dict[str, int] = {}
        self._texts: dict[int, str] = {}
        self._known: dict[int, UserAgent] = {}
        self._unsure: list[int] = []
        self._names: dict[str, set[str]] = {}
        self._room: int | None = None
        self._telling: dict[Told, int] = {}
        self._instead: dict[int, int] = {}

    def number(self, text: str) -> int:
        """The number of a user agent; ``load`` must follow before it is asked for."""
        found = self._numbers.get(text)
        if found is None:
            found = self._numbers[text] = number_of(text)
        if found not in self._known:
            self._texts[found] = cut(text)
        return found

    def stored(self, number: int | None) -> int | None:
        """The one that is stored for a user agent that was loaded: itself, but for the latest of
        very many.
        """
        return number if number is None else self._instead.get(number, number)

    def __call__(self, number: int | None) -> UserAgent | None:
        """What is known of a user agent that was loaded."""
        return None if number is None else self._known[number]

    def load(self, connection: Connection, database: Database, numbers: Iterable[int]) -> None:
        """Know these, and store those that are new, within the caller's transaction."""
        missing = {number for number in numbers if number not in self._known}
        if not missing:
            return
        self._read(connection, missing)
        new = sorted(missing - self._known.keys())
        if new:
            self._write(connection, database, {number: self._texts[number] for number in new})
            # Another worker may have stored one first, with another version's words.
            self._read(connection, {self._instead.get(number, number) for number in new})
            for number in new:
                self._known[number] = self._known[self._instead.get(number, number)]
            self._unsure += new

    def settle(self, *, committed: bool) -> None:
        """The transaction ended: what was new is stored, or must be stored again."""
        if not committed:
            for number in self._unsure:
                self._known.pop(number, None)
                self._instead.pop(number, None)
            self._room = None
        self._unsure.clear()
        self._texts.clear()
        if len(self._numbers) > _LARGEST or len(self._known) > _LARGEST:
            self._numbers.clear()
            self._known.clear()
            self._instead.clear()

    def _read(self, connection: Connection, numbers: Collection[int]) -> None:
        ordered = sorted(numbers)
        for start in range(0, len(ordered), _CHUNK):
            rows = connection.execute(
                select(user_agent).where(user_agent.c.id.in_(ordered[start : start + _CHUNK]))
            )
            for row in rows:
                # The class by the rules of today; client and system stay as they were counted.
                found = judge(row.text)
                self._known[row.id] = UserAgent(
                    row.client, row.os, row.device, found.agent, found.flags
                )

    def _write(self, connection: Connection, database: Database, texts: Mapping[int, str]) -> None:
        room = self._look_for_room(connection)
        rows: list[dict[str, object]] = []
        for number, text in texts.items():
            found = judge(text)
            client = self._bounded(connection, user_agent.c.client, found.client)
            system = self._bounded(connection, user_agent.c.os, found.os)
            told = (client, system, found.device, found.agent, found.flags)
            if len(rows) >= room and told not in self._telling:
                # What is left to tell apart makes no more than some tens.
                client = system = OTHER
                told = (client, system, *told[2:])
            stands = self._telling.setdefault(told, number) if self._telling or not room else number
            if len(rows) >= room and stands != number:
                self._instead[number] = stands
                continue
            rows.append(
                {
                    "id": number,
                    "text": text,
                    "client": client,
                    "os": system,
                    "device": found.device,
                    "agent": found.agent,
                    "reasons": found.flags,
                    "rules": RULES,
                }
            )
        if rows:
            connection.execute(database.insert(user_agent).on_conflict_do_nothing(), rows)
        self._room = room - len(rows)

    def _look_for_room(self, connection: Connection) -> int:
        """How many more are stored; where none are, also learn what each that is stored tells."""
        if self._room is None:
            count = connection.scalar(select(func.count()).select_from(user_agent)) or 0
            self._room = MOST_ROWS - count
            self._telling.clear()
        if self._room < len(self._texts) and not self._telling:
            table = user_agent.c
            columns = (table.client, table.os, table.device, table.agent, table.reasons)
            rows = connection.execute(select(func.min(table.id), *columns).group_by(*columns))
            self._telling = {(row[1], row[2], row[3], row[4], row[5]): row[0] for row in rows}
        return max(self._room, 0)

    def _bounded(self, connection: Connection, column: Column[str], name: str) -> str:
        """``name``, or ``OTHER`` once there are very many: a user agent says what it likes, and
        each name is a row in the figures of every issue.
        """
        known = self._names.get(column.name)
        if known is None:
            known = self._names[column.name] = set(connection.scalars(select(column).distinct()))
        if name not in known and len(known) >= MOST_NAMES:
            return OTHER
        known.add(name)
        return name


def cut(text: str) -> str:
    """A user agent as it is stored: bounded, and without what PostgreSQL cannot hold."""
    clean = text[:LONGEST].replace("\0", "")
    return clean.encode("utf-8", "replace").decode("utf-8")


def number_of(text: str) -> int:
    """The number of a user agent's text."""
    digest = blake2b(cut(text).encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big") & _HIGHEST
