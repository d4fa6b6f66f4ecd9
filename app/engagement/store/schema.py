"""The tables, and how a file of an older version becomes one of the newest.

An account's rows belong to a generation. A full resync fills a second one beside the live one;
when it is whole, one transaction makes it the live one.
"""

import sqlite3
import time
from pathlib import Path

from app import paths
from app.speech import say

PATIENCE = 5.0
"""Seconds to wait for another window or process that writes."""

FIRST = """
CREATE TABLE generation (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    account TEXT NOT NULL,
    live INTEGER NOT NULL,              -- 0: a full resync that is not whole yet; -1: to be deleted
    epoch TEXT,                         -- the server's; null before it told one
    revision INTEGER NOT NULL DEFAULT 0 -- counts commits: two windows notice each other by it
);
CREATE UNIQUE INDEX generation_account ON generation (account, live) WHERE live >= 0;
CREATE TABLE mark (
    generation INTEGER NOT NULL, name TEXT NOT NULL, value TEXT NOT NULL,
    PRIMARY KEY (generation, name)
) WITHOUT ROWID;
CREATE TABLE issue (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    generation INTEGER NOT NULL,
    id TEXT NOT NULL,                   -- the platform's
    subject TEXT NOT NULL DEFAULT '',
    sent_at INTEGER,
    mode TEXT NOT NULL DEFAULT 'unknown',
    url TEXT NOT NULL DEFAULT '',
    recipients INTEGER,
    external_id TEXT NOT NULL DEFAULT '',
    figures TEXT NOT NULL DEFAULT '{}', -- see encoding
    as_of INTEGER,                      -- the server's time at which the figures held
    version INTEGER NOT NULL DEFAULT -1,-- -1: only its events came so far
    detail_as_of INTEGER,
    detail_version INTEGER NOT NULL DEFAULT -1,
    deleted INTEGER NOT NULL DEFAULT 0, -- 1: deleted at the server, 2: lost there by a restore
    UNIQUE (generation, id)
);
CREATE TABLE link (
    issue INTEGER NOT NULL, number INTEGER NOT NULL, url TEXT NOT NULL, text TEXT NOT NULL,
    clicks TEXT NOT NULL, clickers TEXT NOT NULL,
    PRIMARY KEY (issue, number)
) WITHOUT ROWID;
CREATE TABLE point (
    issue INTEGER NOT NULL, dimension TEXT NOT NULL, key TEXT NOT NULL, figures TEXT NOT NULL,
    PRIMARY KEY (issue, dimension, key)
) WITHOUT ROWID;
CREATE TABLE event (
    issue INTEGER NOT NULL, id TEXT NOT NULL, type TEXT NOT NULL, at INTEGER NOT NULL,
    agent TEXT NOT NULL, version INTEGER NOT NULL, subscriber TEXT NOT NULL, link INTEGER,
    client TEXT NOT NULL, system TEXT NOT NULL, device TEXT NOT NULL, domain TEXT NOT NULL,
    reasons TEXT NOT NULL, detail TEXT NOT NULL,
    PRIMARY KEY (issue, id, type)
) WITHOUT ROWID;
CREATE INDEX event_subscriber ON event (subscriber) WHERE subscriber <> '';
CREATE TABLE forgotten (                -- subscribers whose events may never come back
    generation INTEGER NOT NULL, subscriber TEXT NOT NULL,
    PRIMARY KEY (generation, subscriber)
) WITHOUT ROWID;
CREATE TABLE status (
    account TEXT PRIMARY KEY,
    state TEXT NOT NULL,
    message TEXT NOT NULL DEFAULT '',
    tried_at INTEGER NOT NULL,          -- our clock, as all of this table: only ever for waiting
    synced_at INTEGER,
    as_of INTEGER,                      -- the server's clock when the last sync was whole
    clock_off INTEGER,                  -- milliseconds that it is ahead of ours
    retry_at INTEGER,
    failures INTEGER NOT NULL DEFAULT 0
) WITHOUT ROWID;
CREATE VIEW live_issue AS
    SELECT issue.*, generation.account FROM issue
    JOIN generation ON generation.id = issue.generation
    WHERE generation.live = 1 AND issue.version >= 0;
"""

MATCHES = """
CREATE TABLE match (                    -- what the writer said of an issue and a draft
    account TEXT NOT NULL,
    issue TEXT NOT NULL,                -- the platform's
    draft TEXT NOT NULL,                -- its path
    is_draft INTEGER NOT NULL,          -- 0: it is not the issue's
    subject TEXT NOT NULL,
    links TEXT NOT NULL,                -- JSON: the draft's, to know it again under another name
    PRIMARY KEY (account, issue, draft)
) WITHOUT ROWID;
CREATE INDEX match_draft ON match (draft);
"""

NO_SUBSCRIBER_INDEX = """
DROP INDEX event_subscriber;            -- took three quarters of the time to store an event
"""

MIGRATIONS: tuple[str, ...] = (FIRST, MATCHES, NO_SUBSCRIBER_INDEX)
"""What leads from each version to the next. Never change one that was released; add another."""


class StoreError(Exception):
    """The store cannot be read or written; the message is for the writer."""


def store_file() -> Path:
    """Where everything that was synced is kept."""
    return paths.data_dir() / "engagement.db"


def connect(path: Path) -> sqlite3.Connection:
    """Open or create a store that several threads and processes may use, in its newest version.

    Raises:
        StoreError: it was written by a newer version of the app, or cannot be opened.
        sqlite3.DatabaseError: it is damaged.
    """
    deadline = time.monotonic() + PATIENCE
    while True:
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            return _connect(path)
        except OSError as error:
            raise StoreError(
                say("{path} cannot be opened: {strerror}.", path=path, strerror=error.strerror)
            ) from None
        except sqlite3.OperationalError as error:
            # Two that make a new file write-ahead at once: one is told "locked" without a wait.
            busy = error.sqlite_errorcode == sqlite3.SQLITE_BUSY
            if not busy or time.monotonic() > deadline:
                raise StoreError(
                    say("{path} cannot be opened: {error}.", path=path, error=error)
                ) from None
        time.sleep(0.02)


def _connect(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(
        path, timeout=PATIENCE, isolation_level=None, check_same_thread=False
    )
    try:
        # Write-ahead: reports never wait for a sync. A power cut may lose the last pages together
        # with their marks, which then come again. https://www.sqlite.org/wal.html
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = NORMAL")
        connection.execute("PRAGMA trusted_schema = OFF")
        connection.execute("PRAGMA cache_size = -16000")
        _migrate(connection)
    except BaseException:
        connection.close()
        raise
    return connection


def _migrate(connection: sqlite3.Connection) -> None:
    if _version(connection) == len(MIGRATIONS):
        return
    connection.execute("BEGIN IMMEDIATE")
    try:
        found = _version(connection)
        if found > len(MIGRATIONS):
            raise StoreError(say("A newer version of Sendoff wrote these figures; use that one."))
        for number in range(found, len(MIGRATIONS)):
            for statement in _statements(MIGRATIONS[number]):
                connection.execute(statement)
        connection.execute(f"PRAGMA user_version = {len(MIGRATIONS)}")
        connection.execute("COMMIT")
    except BaseException:
        connection.execute("ROLLBACK")
        raise


def _statements(script: str) -> list[str]:
    # executescript would end the transaction.
    found, held = [], ""
    for line in script.splitlines(keepends=True):
        held += line
        if sqlite3.complete_statement(held):
            found.append(held)
            held = ""
    return found


def _version(connection: sqlite3.Connection) -> int:
    version: int = connection.execute("PRAGMA user_version").fetchone()[0]
    return version
