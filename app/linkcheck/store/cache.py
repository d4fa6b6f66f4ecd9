"""What earlier checks found, kept on disk so that a draft shows its links' status at once.

Losing this file costs nothing but time, so everything that goes wrong with it ends in a fresh file
or, failing that, in memory. Failures that pass (no answer, 5xx, 429, name look-ups) are never
stored: after a restart nobody could tell them from a dead link. An entry past its life span is
still given out, marked as no longer fresh: it is shown while the link is checked again.
"""

import json
import logging
import random
import sqlite3
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from itertools import islice
from pathlib import Path
from typing import Any

from app.linkcheck.net.pace import Pace
from app.linkcheck.sentences import describe
from app.linkcheck.store.database import companions, connect
from app.linkcheck.verdict import Note, Reason, Redirect, Status, Verdict

log = logging.getLogger(__name__)

_HOUR, _DAY = 3600.0, 86400.0

LIFE_SPANS: dict[Reason, float] = {
    Reason.OK: _DAY,
    # The site says no, and says it plainly; it may be mended soon.
    Reason.NOT_FOUND: _HOUR,
    Reason.GONE: _HOUR,
    Reason.CLIENT_ERROR: _HOUR,
    Reason.LEGAL_BLOCK: _DAY,
    Reason.NOT_HTTP: _HOUR,
    Reason.TLS_UNTRUSTED: _HOUR,
    Reason.TLS_EXPIRED: _HOUR,
    Reason.TLS_WRONG_HOST: _HOUR,
    Reason.TLS_INCOMPLETE_CHAIN: _HOUR,
    Reason.TLS_OLD: _HOUR,
    Reason.REDIRECT_LOOP: _HOUR,
    Reason.TOO_MANY_REDIRECTS: _HOUR,
    Reason.BAD_REDIRECT: _HOUR,
    Reason.UNSAFE_REDIRECT: _HOUR,
    Reason.PRIVATE_TARGET: _HOUR,
    Reason.PARKED: _DAY,
    # Checkers are refused today as they will be tomorrow.
    Reason.NEEDS_LOGIN: _DAY,
    Reason.PAYWALL: _DAY,
    Reason.REFUSED_ROBOT: _DAY,
    Reason.BOT_WALL: _DAY,
    Reason.LEAVES_THE_WEB: _DAY,
    Reason.ODD_ANSWER: _HOUR,
    # A listing can be lifted.
    Reason.WEB_RISK: _HOUR,
    Reason.SURBL: _HOUR,
    Reason.SPAMHAUS: _HOUR,
    Reason.LISTED: _HOUR,
}
"""Seconds for which a stored verdict is fresh; a reason that is not here is never stored."""

_SHOWN_FOR = 30 * _DAY
_MOST_ROWS = 20_000
_PACES_FOR, _MOST_PACES = 7 * _DAY, 2_000
_BATCH = 100
_VERSION = 1
_SCHEMA = """\
CREATE TABLE IF NOT EXISTS verdicts (
    url TEXT PRIMARY KEY, reason TEXT NOT NULL, checked REAL NOT NULL, fresh_until REAL NOT NULL,
    http_status INTEGER, method TEXT, seconds REAL, more TEXT
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS paces (
    origin TEXT PRIMARY KEY, at REAL NOT NULL, usual REAL, silences INTEGER, ignores_head INTEGER
) WITHOUT ROWID"""
_COLUMNS = "url, reason, checked, fresh_until, http_status, method, seconds, more"
_REASONS = {reason.value: reason for reason in LIFE_SPANS}
_SENTENCES = {reason: describe(reason) for reason in LIFE_SPANS}

Row = tuple[str, str, float, float, int | None, str | None, float | None, str | None]


class CacheNotice(StrEnum):
    """Something about the cache that a person may want to know; never a reason to stop."""

    REBUILT = "rebuilt"
    """The file was damaged or of another version, and was begun anew."""
    MEMORY_ONLY = "memory_only"
    """The file cannot be used; what is found is forgotten when the app ends."""


@dataclass(frozen=True, slots=True)
class Cached:
    """An earlier verdict; when it is no longer ``fresh`` the link should be checked again."""

    verdict: Verdict
    fresh: bool


class VerdictCache:
    """Verdicts by URL (fragment included); any thread, and several processes at once.

    Never raises for the file's sake; ``notice`` says what became of it. ``clock`` gives Unix time.
    """

    def __init__(self, path: Path | None, *, clock: Callable[[], float] = time.time) -> None:
        self._path = path
        self._clock = clock
        self._lock = threading.RLock()
        # SQLite takes the program down when a connection is closed while it reads. Taken after
        # `_lock` where both are, so that who reads never waits for who writes.
        self._reading = threading.Lock()
        self._is_closed = False
        self.notice: CacheNotice | None = None
        self._writer = self._open()
        self._reader = self._second(self._writer)

    def get_many(self, urls: Iterable[str]) -> dict[str, Cached]:
        """What is known of these URLs, stale entries included; one query for each 1,000."""
        found: dict[str, Cached] = {}
        now = self._clock()
        wanted = iter(urls)
        while batch := list(islice(wanted, 1000)):
            for row in self._read(batch):
                cached = _cached(row, now)
                if cached is not None:
                    found[row[0]] = cached
        return found

    def put_many(self, items: Iterable[tuple[str, Verdict]]) -> None:
        """Store verdicts that deserve it, replacing older ones."""
        now = self._clock()
        rows = [_row(url, verdict, now) for url, verdict in items if _is_kept(verdict)]
        for start in range(0, len(rows), _BATCH):
            batch = rows[start : start + _BATCH]
            self._write("INSERT OR REPLACE INTO verdicts VALUES (?, ?, ?, ?, ?, ?, ?, ?)", batch)

    def paces(self) -> dict[str, Pace]:
        """How fast hosts were, by origin: the newest 2,000 of the last seven days."""
        now = self._clock()
        query = (
            "SELECT origin, usual, silences, ignores_head FROM paces "
            "WHERE at BETWEEN ? AND ? ORDER BY at DESC LIMIT ?"
        )
        rows = self._select(query, (now - _PACES_FOR, now + _HOUR, _MOST_PACES))
        return {row[0]: pace for row in rows if (pace := _pace(*row[1:])) is not None}

    def put_paces(self, paces: Mapping[str, Pace]) -> None:
        """Keep what a run found of the hosts' speed."""
        now = self._clock()
        rows = [(origin, now, *pace) for origin, pace in paces.items()]
        if rows:
            self._write("INSERT OR REPLACE INTO paces VALUES (?, ?, ?, ?, ?)", rows)

    def forget(self, url: str) -> None:
        """Drop what is known of a URL."""
        self._write("DELETE FROM verdicts WHERE url = ?", [(url,)])

    def prune(self) -> None:
        """Drop what is too old to be shown, what claims to be from the future, and the excess."""
        now = self._clock()
        self._write(
            "DELETE FROM verdicts WHERE checked < ? OR checked > ?",
            [(now - _SHOWN_FOR, now + _DAY)],
        )
        self._write(
            "DELETE FROM verdicts WHERE url IN "
            "(SELECT url FROM verdicts ORDER BY checked DESC LIMIT -1 OFFSET ?)",
            [(_MOST_ROWS,)],
        )
        self._write("DELETE FROM paces WHERE at < ?", [(now - _PACES_FOR,)])

    def close(self) -> None:
        """Give the file back, once what another thread reads is read. Nothing is known then."""
        with self._lock:
            self._is_closed = True
            self._disconnect()

    def _disconnect(self) -> None:
        with self._reading:
            if self._reader is not self._writer:
                self._reader.close()
            self._writer.close()

    def _read(self, urls: Sequence[str]) -> list[Row]:
        places = ",".join("?" * len(urls))
        query = f"SELECT {_COLUMNS} FROM verdicts WHERE url IN ({places})"  # noqa: S608 - only marks
        return self._select(query, urls)

    def _select(self, query: str, values: Sequence[object]) -> list[Any]:
        try:
            with self._reading:
                return [] if self._is_closed else self._reader.execute(query, values).fetchall()
        except sqlite3.Error as error:
            log.warning("The cache of verdicts cannot be read: %s", error)
            self._reopen(error)
            return []

    def _write(self, statement: str, rows: Sequence[tuple[object, ...]]) -> None:
        """One transaction; tried again on a fresh file if this one has become unusable."""
        with self._lock:
            for attempt in () if self._is_closed else (1, 2):
                try:
                    self._writer.execute("BEGIN IMMEDIATE")
                    try:
                        self._writer.executemany(statement, rows)
                    except BaseException:
                        self._writer.execute("ROLLBACK")
                        raise
                    self._writer.execute("COMMIT")
                except sqlite3.Error as error:
                    log.warning("The cache of verdicts cannot be written: %s", error)
                    if attempt == 2 or _is_busy(error):
                        return  # nothing but time is lost
                    self._reopen(error)
                else:
                    return

    def _open(self) -> sqlite3.Connection:
        """The file; a fresh one in its place; or memory."""
        if self._path is not None:
            try:
                self._path.parent.mkdir(parents=True, exist_ok=True)
                return connect(self._path, _SCHEMA, _VERSION)
            except (sqlite3.Error, OSError) as error:
                fresh = self._rebuild(error)
                if fresh is not None:
                    return fresh
            self.notice = CacheNotice.MEMORY_ONLY
        return connect(":memory:", _SCHEMA, _VERSION)

    def _rebuild(self, error: Exception) -> sqlite3.Connection | None:
        """Begin anew where the file itself is at fault, and not the disk or a right to write."""
        log.warning("The cache of verdicts cannot be used: %s", error)
        if isinstance(error, sqlite3.OperationalError | OSError) or self._path is None:
            return None
        try:
            for file in companions(self._path):
                file.unlink(missing_ok=True)
            connection = connect(self._path, _SCHEMA, _VERSION)
        except (sqlite3.Error, OSError) as again:
            log.warning("No new cache of verdicts can be made: %s", again)
            return None
        self.notice = CacheNotice.REBUILT
        return connection

    def _second(self, first: sqlite3.Connection) -> sqlite3.Connection:
        """A connection for reading, so that a reader never waits for the writer's lock."""
        if self._path is None or self.notice is CacheNotice.MEMORY_ONLY:
            return first
        try:
            return connect(self._path, _SCHEMA, _VERSION)
        except sqlite3.Error as error:
            log.warning("The cache of verdicts is opened only once: %s", error)
            return first

    def _reopen(self, error: sqlite3.Error) -> None:
        with self._lock:
            if self._is_closed:
                return
            self._disconnect()
            damaged = None if isinstance(error, sqlite3.OperationalError) else self._rebuild(error)
            self._writer = damaged or self._open()
            self._reader = self._second(self._writer)


def _is_busy(error: sqlite3.Error) -> bool:
    return error.sqlite_errorcode in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)


def _pace(usual: object, silences: object, ignores_head: object) -> Pace | None:
    """A row as a pace; None where it makes no sense (a hand's edit)."""
    if not (usual is None or (isinstance(usual, float) and 0 <= usual < _DAY)):
        return None
    return Pace(usual, silences, bool(ignores_head)) if isinstance(silences, int) else None


def _is_kept(verdict: Verdict) -> bool:
    """Own lists are at hand and may change at any time: they are asked anew instead."""
    return verdict.reason in LIFE_SPANS and verdict.reason is not Reason.LISTED


def _row(url: str, verdict: Verdict, now: float) -> Row:
    checked = verdict.checked_at.timestamp() if verdict.checked_at else now
    # Spread, so that what was checked together does not fall due together.
    span = LIFE_SPANS[verdict.reason] * random.uniform(0.8, 1.2)  # noqa: S311 - no secret
    if Note.REPUTATION_UNKNOWN in verdict.notes:
        span = min(span, _HOUR)
    if verdict.status is Status.BLOCK and verdict.retry_at is not None:
        span = min(span, verdict.retry_at.timestamp() - checked)
    more = json.dumps(dict(_more(url, verdict)), ensure_ascii=False, separators=(",", ":"))
    return (
        *(url, verdict.reason.value, checked, checked + span),
        *(verdict.http_status, verdict.method, verdict.seconds),
        None if more == "{}" else more,
    )


def _more(url: str, verdict: Verdict) -> Iterator[tuple[str, object]]:
    """What most verdicts do not have."""
    if verdict.notes:
        yield "notes", [note.value for note in verdict.notes]
    if verdict.detail != describe(verdict.reason, verdict.notes):
        yield "detail", verdict.detail
    if verdict.redirects:
        yield "redirects", [[hop.status, hop.url] for hop in verdict.redirects]
    if verdict.final_url != url:
        yield "final_url", verdict.final_url
    for name in ("suggestion", "evidence", "threat", "hop"):
        if getattr(verdict, name) is not None:
            yield name, getattr(verdict, name)
    if verdict.also:
        yield "also", [reason.value for reason in verdict.also]


def _cached(row: Row, now: float) -> Cached | None:
    """A row as a verdict; None where it is none (another version's words, a hand's edit)."""
    url, word, checked, fresh_until, http_status, method, seconds, more = row
    try:
        reason = _REASONS[word]
        when = datetime.fromtimestamp(checked, UTC)
        if more is None:
            # Nearly all rows: positional, since thousands are made before a draft is first shown.
            verdict = Verdict(
                *(reason, (), _SENTENCES[reason], None, http_status, method, url, ()),
                *(when, seconds, True),
            )
        else:
            verdict = _with_more(json.loads(more), reason, row, when)
    except (KeyError, ValueError, TypeError, AttributeError, OverflowError, OSError) as error:
        log.warning("A row of the cache of verdicts makes no sense: %s", type(error).__name__)
        return None
    # A check from the future means that a clock was wrong: never fresh, so never immortal.
    fresh = checked <= now < fresh_until
    # A listing that has run out is not even shown, as it may be false by now.
    is_over = verdict.status is Status.BLOCK and not fresh
    return None if is_over or now - checked > _SHOWN_FOR else Cached(verdict, fresh)


def _with_more(more: dict[str, Any], reason: Reason, row: Row, when: datetime) -> Verdict:
    notes = tuple([Note(note) for note in more.get("notes", ())])
    return Verdict(
        reason,
        notes,
        detail=more.get("detail") or describe(reason, notes),
        suggestion=more.get("suggestion"),
        http_status=row[4],
        method=row[5],
        final_url=more.get("final_url", row[0]),
        redirects=tuple([Redirect(*hop) for hop in more.get("redirects", ())]),
        checked_at=when,
        seconds=row[6],
        from_cache=True,
        evidence=more.get("evidence"),
        threat=more.get("threat"),
        hop=more.get("hop"),
        also=tuple([Reason(reason) for reason in more.get("also", ())]),
    )
