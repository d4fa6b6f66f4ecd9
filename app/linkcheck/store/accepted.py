"""Links that the writer checked by hand. Their word is data, not cache: it is kept for ever."""

import logging
import sqlite3
import threading
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path

from app.linkcheck.sentences import sentence
from app.linkcheck.store.database import connect, connect_or_move_aside
from app.linkcheck.verdict import Reason, Verdict

log = logging.getLogger(__name__)

_VERSION = 1
_SCHEMA = """\
CREATE TABLE IF NOT EXISTS accepted (url TEXT PRIMARY KEY, at REAL NOT NULL) WITHOUT ROWID"""


class AcceptedLinksError(Exception):
    """The writer's word could not be kept; the message says why."""


class AcceptedLinks:
    """Accepted URLs (exact, fragment included) with their dates; any thread, several processes.

    A damaged file is moved aside, never deleted. Where no file can be used, ``is_kept`` is False
    and everything lasts until the app ends.
    """

    def __init__(self, path: Path | None) -> None:
        self._lock = threading.Lock()
        self.is_kept = path is not None
        self._database = self._open(path)
        self._seen_version = -1
        self._dates: dict[str, float] = {}

    def verdicts(self, urls: Iterable[str]) -> dict[str, Verdict]:
        """The verdict ``accepted`` for those of the URLs that were."""
        with self._lock:
            dates = self._current()
            return {
                url: accepted_verdict(url, datetime.fromtimestamp(dates[url], UTC))
                for url in urls
                if url in dates
            }

    def accept(self, url: str, when: datetime) -> Verdict:
        """Keep the writer's word; raises `AcceptedLinksError` when the disk refuses."""
        with self._lock:
            self._execute("INSERT OR REPLACE INTO accepted VALUES (?, ?)", (url, when.timestamp()))
            self._dates[url] = when.timestamp()
        return accepted_verdict(url, when)

    def withdraw(self, url: str) -> None:
        """Take the word back; raises `AcceptedLinksError` when the disk refuses."""
        with self._lock:
            self._execute("DELETE FROM accepted WHERE url = ?", (url,))
            self._dates.pop(url, None)

    def close(self) -> None:
        """Give the file back, once what another thread reads is read."""
        with self._lock:
            self._database.close()

    def _execute(self, statement: str, values: tuple[object, ...]) -> None:
        try:
            self._database.execute(statement, values)
        except sqlite3.Error as error:
            raise AcceptedLinksError(f"This could not be kept: {error}") from error

    def _current(self) -> dict[str, float]:
        """All dates, read again when another window has written."""
        try:
            (version,) = self._database.execute("PRAGMA data_version").fetchone()
            if version != self._seen_version:
                self._dates = dict(self._database.execute("SELECT url, at FROM accepted"))
                self._seen_version = version
        except sqlite3.Error as error:
            log.warning("The accepted links cannot be read: %s", error)
        return self._dates

    def _open(self, path: Path | None) -> sqlite3.Connection:
        if path is not None:
            try:
                path.parent.mkdir(parents=True, exist_ok=True)
                return connect_or_move_aside(path, _SCHEMA, _VERSION)
            except (sqlite3.Error, OSError) as error:
                log.warning("The accepted links cannot be kept: %s", error)
                self.is_kept = False
        return connect(":memory:", _SCHEMA, _VERSION)


def accepted_verdict(url: str, when: datetime) -> Verdict:
    """What is said of a link that was checked by hand."""
    return Verdict(
        Reason.ACCEPTED,
        detail=sentence(Reason.ACCEPTED),
        final_url=url,
        checked_at=when,
    )
