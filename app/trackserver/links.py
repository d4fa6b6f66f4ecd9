"""Where tracked links lead, known without the store.

A web process keeps a copy of the links and of the keys that sign them in a file on its own disk,
so that it redirects, and knows its own tokens, while the database is away; also one that was just
started.
"""

import logging
import sqlite3
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import ColumnElement, select, tuple_

from app.linkcheck.urls import parse
from app.trackserver.store.database import Database
from app.trackserver.store.schema import link, server, signing_key
from app.trackserver.store.setup import ring
from app.trackserver.tokens import Keyring

_log = logging.getLogger(__name__)

_EVERY = 2.0  # seconds
_OVERLAP = 60_000  # ms: how much later than its own time a change may become visible
_REMEMBERED = 100_000
_PAGE = 5_000

_TABLES = """
CREATE TABLE IF NOT EXISTS link (
    issue INTEGER NOT NULL, number INTEGER NOT NULL, url TEXT NOT NULL, revoked INTEGER NOT NULL,
    PRIMARY KEY (issue, number)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS signing_key (
    kid INTEGER PRIMARY KEY, secret BLOB NOT NULL, made_at INTEGER NOT NULL,
    retired INTEGER NOT NULL
);
CREATE TABLE IF NOT EXISTS known (
    id INTEGER PRIMARY KEY, epoch TEXT NOT NULL, since INTEGER NOT NULL
);
"""

_Key = tuple[int, bytes, int, int]  # id, secret, made at, retired


@dataclass(frozen=True, slots=True)
class Target:
    """Where a link leads: an absolute http or https URL, fit for a header."""

    url: str
    revoked: bool = False


class LinkTable:
    """The copy of this process, kept fresh by a thread between ``start`` and ``close``.

    Args:
        path: The file; several processes of one machine may share it.
    """

    def __init__(self, database: Database, path: Path) -> None:
        self._database = database
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        path.touch(mode=0o600)  # it holds the signing keys
        self._reader = _opened(path)
        self._writer = _opened(path)
        self._remembered: dict[tuple[int, int], Target] = {}
        self._keyring: Keyring | None = None
        self._stopping = threading.Event()
        self._refreshing = threading.Lock()
        self._thread = threading.Thread(target=self._run, name="links", daemon=True)

    def start(self) -> None:
        """Load what the store has, if it answers, and go on doing so. Raises NoKeys when neither
        the store nor the copy has signing keys.
        """
        self._try_refresh()
        if self._keyring is None:
            self._take_keys(self._copied_keys())
        if self._keyring is None:
            raise NoKeys("The database does not answer, and nothing is known from earlier.")
        self._thread.start()

    def close(self) -> None:
        """Stop, and close the file."""
        self._stopping.set()
        if self._thread.is_alive():
            self._thread.join(10)
        self._reader.close()
        self._writer.close()

    def keyring(self) -> Keyring:
        """The keys that verify and sign links."""
        if self._keyring is None:
            raise NoKeys("start() comes first")
        return self._keyring

    def find(self, issue: int, number: int) -> Target | None:
        """Where a link leads, without asking the store; from one thread only."""
        key = (issue, number)
        target = self._remembered.get(key)
        if target is None:
            row = self._reader.execute(
                "SELECT url, revoked FROM link WHERE issue = ? AND number = ?", key
            ).fetchone()
            if row is None:
                return None
            target = Target(row[0], bool(row[1]))
            if len(self._remembered) >= _REMEMBERED:
                self._remembered.clear()
            self._remembered[key] = target
        return target

    def look_up(self, issue: int, number: int) -> Target | None:
        """Ask the store, for a link that is not copied yet; in a thread. Raises SQLAlchemyError."""
        found = self._copy(link.c.issue_id == issue, link.c.number == number)
        return found[0] if found else None

    def refresh(self) -> None:
        """Copy what changed since the last time. Raises SQLAlchemyError or sqlite3.Error."""
        with self._refreshing:
            with self._database.reading() as connection:
                epoch = connection.execute(select(server.c.epoch)).scalar_one()
                keys = connection.execute(select(signing_key).order_by(signing_key.c.made_at)).all()
            self._take_keys(
                [(k.kid, k.secret, k.made_at, int(k.retired_at is not None)) for k in keys]
            )
            known = self._writer.execute("SELECT epoch, since FROM known").fetchone()
            since = known[1] if known and known[0] == epoch else None
            if since is None:
                self._writer.execute("DELETE FROM link")
                self._remembered.clear()
            newest = self._copy_since(-1 if since is None else since - _OVERLAP, since or 0)
            if (epoch, newest) != known:
                self._writer.execute(
                    "INSERT OR REPLACE INTO known VALUES (1, ?, ?)", (epoch, newest)
                )

    def _copy_since(self, since: int, newest: int) -> int:
        """Copy page by page; the time of the newest change."""
        place = (since, 0, 0)
        while True:
            with self._database.reading() as connection:
                rows = connection.execute(
                    select(link)
                    .where(_after(place))
                    .order_by(link.c.changed_at, link.c.issue_id, link.c.number)
                    .limit(_PAGE)
                ).all()
            self._take_links(rows)
            if rows:
                last = rows[-1]
                place = (last.changed_at, last.issue_id, last.number)
                newest = max(newest, last.changed_at)
            if len(rows) < _PAGE:
                return newest

    def _copy(self, *where: ColumnElement[bool]) -> list[Target]:
        with self._database.reading() as connection:
            rows = connection.execute(select(link).where(*where)).all()
        with self._refreshing:
            try:
                return self._take_links(rows)
            except (
                sqlite3.Error
            ) as error:  # a full disk; where the links lead is known all the same
                if self._writer.in_transaction:
                    self._writer.execute("ROLLBACK")
                _log.warning("links were not copied: %s", type(error).__name__)
        return [target for _, target in _targets(rows)]

    def _take_links(self, rows: Sequence[Any]) -> list[Target]:
        targets = _targets(rows)
        if targets:
            self._writer.execute("BEGIN IMMEDIATE")
            self._writer.executemany(
                "INSERT OR REPLACE INTO link SELECT ?1, ?2, ?3, ?4 WHERE NOT EXISTS ("
                "SELECT 1 FROM link"
                " WHERE issue = ?1 AND number = ?2 AND url = ?3 AND revoked = ?4)",
                [(*key, target.url, int(target.revoked)) for key, target in targets],
            )
            self._writer.execute("COMMIT")
        for key, target in targets:
            if self._remembered.get(key, target) != target:
                self._remembered[key] = target
        return [target for _, target in targets]

    def _take_keys(self, rows: list[_Key]) -> None:
        changed = False
        if rows and rows != self._copied_keys():
            self._writer.execute("BEGIN IMMEDIATE")
            self._writer.execute("DELETE FROM signing_key")
            self._writer.executemany("INSERT INTO signing_key VALUES (?, ?, ?, ?)", rows)
            self._writer.execute("COMMIT")
            changed = True
        # In one step: requests ask for it meanwhile.
        if rows and (changed or self._keyring is None):
            self._keyring = ring([(kid, secret, bool(out)) for kid, secret, _, out in rows])

    def _copied_keys(self) -> list[_Key]:
        return self._writer.execute("SELECT * FROM signing_key ORDER BY made_at").fetchall()

    def _run(self) -> None:
        while not self._stopping.wait(_EVERY):
            self._try_refresh()

    def _try_refresh(self) -> None:
        try:
            self.refresh()
        except Exception as error:  # noqa: BLE001 - the copy we have serves on
            if self._writer.in_transaction:
                self._writer.execute("ROLLBACK")
            _log.warning("links were not refreshed: %s", type(error).__name__)


class NoKeys(Exception):  # noqa: N818 - reads as what it is
    """The process cannot know its own links; the message says why."""


def _targets(rows: Sequence[Any]) -> list[tuple[tuple[int, int], Target]]:
    return [
        ((row.issue_id, row.number), Target(url, row.revoked_at is not None))
        for row in rows
        if (url := _location(row.url)) is not None
    ]


def _location(url: str) -> str | None:
    """The URL as a Location header takes it; None for anything but http and https."""
    parsed = parse(url)
    if parsed is None or parsed.scheme not in {"http", "https"} or not parsed.href.isascii():
        return None
    return parsed.href


def _after(place: tuple[int, int, int]) -> ColumnElement[bool]:
    return tuple_(link.c.changed_at, link.c.issue_id, link.c.number) > tuple_(*place)


def _opened(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path, check_same_thread=False, isolation_level=None, timeout=5)
    try:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = NORMAL")
        connection.executescript(_TABLES)
    except BaseException:
        connection.close()
        raise
    return connection
