"""What services answered, kept for exactly as long as they allow, and nothing asked twice at once.

Web Risk requires such a cache (https://cloud.google.com/web-risk/docs/caching); DNS answers have
their TTL. Keys are digests, so the file tells nobody what was looked up. Losing it costs nothing
but questions.
"""

import asyncio
import json
import logging
import sqlite3
import time
from collections.abc import Awaitable, Callable
from hashlib import sha256
from pathlib import Path
from typing import Any

from app.linkcheck.store.database import companions, connect

log = logging.getLogger(__name__)

_VERSION = 1
_SCHEMA = """\
CREATE TABLE IF NOT EXISTS answers (
    key BLOB PRIMARY KEY, asked REAL NOT NULL, until REAL NOT NULL, answer TEXT NOT NULL
) WITHOUT ROWID"""
_BATCH = 100
_LONGEST = 7 * 86400.0
_MOST_ROWS = 50_000


class Answers:
    """Answers by service and question; for one event loop.

    Args:
        path: the file; None keeps answers in memory only.
        clock: Unix time.
    """

    def __init__(self, path: Path | None, *, clock: Callable[[], float] = time.time) -> None:
        self._path = path
        self._clock = clock
        self._known: dict[bytes, tuple[float, float, str]] | None = None
        self._new: list[tuple[bytes, float, float, str]] = []
        self._under_way: dict[bytes, asyncio.Future[Any]] = {}

    def get(self, service: str, question: str) -> Any:
        """The unexpired answer (anything JSON can hold), None where there is none."""
        return self._get(_key(service, question))

    def put(self, service: str, question: str, answer: Any, seconds: float) -> None:
        """Keep an answer for some seconds; none or less keeps nothing."""
        self._put(_key(service, question), answer, seconds)

    async def ask(
        self, service: str, question: str, ask: Callable[[], Awaitable[tuple[Any, float]]]
    ) -> Any:
        """The known answer, or that of ``ask`` (with its seconds), asked once for all who wait.

        An error is everybody's, and is not kept.
        """
        waiting = self.begin(service, question, ask)
        return await asyncio.shield(waiting) if isinstance(waiting, asyncio.Future) else waiting

    def begin(
        self, service: str, question: str, ask: Callable[[], Awaitable[tuple[Any, float]]]
    ) -> Any:
        """The known answer, or what to wait for (shielded, as others may wait for it, too)."""
        key = _key(service, question)
        known = self._get(key)
        if known is not None:
            return known
        waiting = self._under_way.get(key)
        if waiting is None:
            waiting = asyncio.ensure_future(self._ask(key, ask))
            self._under_way[key] = waiting
            waiting.add_done_callback(lambda done: self._done(key, done))
        return waiting

    async def aclose(self) -> None:
        """Give up what is being asked, and write down what is new."""
        for task in list(self._under_way.values()):
            task.cancel()
        await asyncio.gather(*self._under_way.values(), return_exceptions=True)
        self._write()

    async def _ask(self, key: bytes, ask: Callable[[], Awaitable[tuple[Any, float]]]) -> Any:
        answer, seconds = await ask()
        self._put(key, answer, seconds)
        return answer

    def _done(self, key: bytes, done: "asyncio.Future[Any]") -> None:
        self._under_way.pop(key, None)
        if not done.cancelled():
            done.exception()  # those who waited have it; they may be gone by now

    def _get(self, key: bytes) -> Any:
        if self._known is None:
            self._known = self._read()
        found = self._known.get(key)
        if found is None:
            return None
        asked, until, answer = found
        # An answer from the future means that a clock was wrong: never believed, so never immortal.
        return json.loads(answer) if asked <= self._clock() < until else None

    def _put(self, key: bytes, answer: Any, seconds: float) -> None:
        if seconds <= 0:
            return
        if self._known is None:
            self._known = self._read()
        now = self._clock()
        entry = (now, now + min(seconds, _LONGEST), json.dumps(answer))
        self._known[key] = entry
        self._new.append((key, *entry))
        if len(self._new) >= _BATCH:
            self._write()

    def _read(self) -> dict[bytes, tuple[float, float, str]]:
        """Everything that has not run out; begins anew where the file is no use."""
        if self._path is None:
            return {}
        now = self._clock()
        try:
            connection = self._open(self._path)
            try:
                connection.execute("DELETE FROM answers WHERE until < ? OR asked > ?", (now, now))
                query = "SELECT key, asked, until, answer FROM answers LIMIT ?"
                rows = connection.execute(query, (_MOST_ROWS,)).fetchall()
            finally:
                connection.close()
        except (sqlite3.Error, OSError) as error:
            log.warning("Answers about reputation are kept in memory only: %s", error)
            self._path = None
            return {}
        return {row[0]: row[1:] for row in rows}

    def _open(self, path: Path) -> sqlite3.Connection:
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            return connect(path, _SCHEMA, _VERSION)
        except sqlite3.OperationalError:
            raise
        except sqlite3.DatabaseError as error:
            log.warning("The answers about reputation are begun anew: %s", error)
            for file in companions(path):
                file.unlink(missing_ok=True)
            return connect(path, _SCHEMA, _VERSION)

    def _write(self) -> None:
        rows, self._new = self._new, []
        if not rows or self._path is None:
            return
        try:
            connection = connect(self._path, _SCHEMA, _VERSION)
            try:
                connection.execute("BEGIN IMMEDIATE")
                connection.executemany("INSERT OR REPLACE INTO answers VALUES (?, ?, ?, ?)", rows)
                connection.execute("COMMIT")
            finally:
                connection.close()
        except sqlite3.Error as error:
            log.warning("Answers about reputation could not be kept: %s", error)


def _key(service: str, question: str) -> bytes:
    return sha256(f"{service}\0{question}".encode("utf-8", "replace")).digest()
