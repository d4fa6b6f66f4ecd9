"""The looks at links, in SQLite: who asks next is decided here, for all windows and commands."""

import contextlib
import logging
import sqlite3
import threading
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import astuple, fields, replace
from pathlib import Path
from typing import Any, Self

from app import paths
from app.linkcheck.store.database import connect_or_move_aside
from app.linkcheck.urls import parse
from app.linkrot.model import DAY, Copy, Page

log = logging.getLogger(__name__)

_VERSION = 1
_SCHEMA = """\
CREATE TABLE IF NOT EXISTS page (
    url TEXT PRIMARY KEY, first_seen REAL NOT NULL, wanted REAL NOT NULL, due REAL NOT NULL,
    asked REAL, looked REAL, alive REAL, failed REAL, counted REAL, failures INTEGER NOT NULL,
    is_dead INTEGER NOT NULL, reason TEXT NOT NULL, http_status INTEGER,
    host TEXT NOT NULL, is_wanted INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS page_due ON page (is_wanted, due);
CREATE INDEX IF NOT EXISTS page_asked ON page (asked);
CREATE TABLE IF NOT EXISTS copy (
    page TEXT NOT NULL, near TEXT NOT NULL, url TEXT NOT NULL, taken REAL, asked REAL NOT NULL,
    PRIMARY KEY (page, near)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS pause (what TEXT PRIMARY KEY, until REAL NOT NULL) WITHOUT ROWID;
"""
_COLUMNS = ", ".join(field.name for field in fields(Page))
_IS_DEAD = [field.name for field in fields(Page)].index("is_dead")
_MARKS = ", ".join("?" for _ in fields(Page))
_CHANGES = ", ".join(f"{field.name} = excluded.{field.name}" for field in fields(Page))
FORGOTTEN_AFTER = 180 * DAY
"""For which a page is remembered that no letter has any more."""
_TOO_FAR = 60 * DAY
"""What is due later than this was noted by a clock that was wrong."""
_MOST_AT_ONCE = 500


class RotStoreError(Exception):
    """What was found cannot be read or kept; the message is for the writer."""


def store_file() -> Path:
    """Where the looks are kept."""
    return paths.data_dir() / "link-rot.sqlite3"


class RotStore:
    """For any thread and several processes; close it, or use it in ``with``.

    A damaged file is moved aside and begun anew. Raises RotStoreError.
    """

    def __init__(self, path: Path | None = None) -> None:
        file = path or store_file()
        self._lock = threading.RLock()
        with _told():
            try:
                file.parent.mkdir(parents=True, exist_ok=True)
            except OSError as error:
                raise RotStoreError(_UNUSABLE) from error
            self._database = connect_or_move_aside(file, _SCHEMA, _VERSION, look_closely=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Give the file back."""
        with self._lock:
            self._database.close()

    def want(self, urls: Iterable[str], now: float) -> None:
        """These are all the pages that letters lead to now; new ones are due at once."""
        rows = []
        for url in urls:
            parsed = parse(url)
            if parsed is not None:
                rows.append((url, now, now, now, parsed.host))
        with self._writing() as database:
            database.execute("UPDATE page SET is_wanted = 0")
            database.executemany(
                "INSERT INTO page (url, first_seen, wanted, due, failures, is_dead, reason, host,"
                " is_wanted) VALUES (?, ?, ?, ?, 0, 0, '', ?, 1)"
                " ON CONFLICT (url) DO UPDATE SET wanted = excluded.wanted, is_wanted = 1",
                rows,
            )
            database.execute("DELETE FROM page WHERE wanted < ?", (now - FORGOTTEN_AFTER,))
            database.execute("DELETE FROM copy WHERE asked < ?", (now - FORGOTTEN_AFTER,))

    def due(self, now: float) -> list[tuple[str, str]]:
        """Of each host the wanted page that is due first: its address, and its host; the longest
        due first.
        """
        rows = self._all(
            "SELECT url, host, min(due) AS due FROM page WHERE is_wanted AND (due <= ? OR due > ?)"
            " GROUP BY host ORDER BY due",
            (now, now + _TOO_FAR),
        )
        return [(url, host) for url, host, _ in rows]

    def asked_since(self, since: float, now: float) -> dict[str, float]:
        """The hosts that were asked since a time, by whichever window, and when last. What lies
        ahead was noted by a wrong clock.
        """
        return dict(
            self._all(
                "SELECT host, max(asked) FROM page WHERE asked > ? AND asked <= ? GROUP BY host",
                (since, now),
            )
        )

    def next_due(self) -> float | None:
        """When the next wanted page is due."""
        found: float | None = self._all("SELECT min(due) FROM page WHERE is_wanted", ())[0][0]
        return found

    def last_asked(self, now: float) -> float | None:
        """When any page was last asked for, by whichever window."""
        rows = self._all("SELECT max(asked) FROM page WHERE asked <= ?", (now,))
        found: float | None = rows[0][0]
        return found

    def take(self, url: str, now: float, until: float) -> bool:
        """Claim a page that is due, so that nobody else asks for it until then; whether that
        worked. Should this program die meanwhile, its turn comes again.
        """
        with self._writing() as database:
            changed = database.execute(
                "UPDATE page SET asked = ?, due = ? WHERE url = ? AND (due <= ? OR due > ?)",
                (now, until, url, now, now + _TOO_FAR),
            )
            return changed.rowcount == 1

    def hurry(self, urls: Iterable[str], now: float) -> None:
        """These are due now."""
        with self._writing() as database:
            database.executemany("UPDATE page SET due = ? WHERE url = ?", ((now, u) for u in urls))

    def put(self, page: Page) -> None:
        """Keep what is known of a page now."""
        parsed = parse(page.url)
        host = parsed.host if parsed is not None else ""
        with self._writing() as database:
            database.execute(
                f"INSERT INTO page ({_COLUMNS}, host, is_wanted) VALUES ({_MARKS}, ?, 1)"  # noqa: S608
                f" ON CONFLICT (url) DO UPDATE SET {_CHANGES}",
                (*astuple(page), host),
            )

    def page(self, url: str) -> Page | None:
        """What is known of one page."""
        return self.pages([url]).get(url)

    def pages(self, urls: Sequence[str] | None = None) -> dict[str, Page]:
        """What is known of these pages, or of all."""
        if urls is None:
            return _pages(self._all(f"SELECT {_COLUMNS} FROM page", ()))  # noqa: S608
        found: dict[str, Page] = {}
        for start in range(0, len(urls), _MOST_AT_ONCE):
            part = urls[start : start + _MOST_AT_ONCE]
            marks = ", ".join("?" * len(part))
            found |= _pages(
                self._all(f"SELECT {_COLUMNS} FROM page WHERE url IN ({marks})", part)  # noqa: S608
            )
        return found

    def dead(self) -> dict[str, Page]:
        """The pages that are dead."""
        return _pages(self._all(f"SELECT {_COLUMNS} FROM page WHERE is_dead", ()))  # noqa: S608

    def copy(self, page: str, near: str) -> Copy | None:
        """What the archive said of the copy nearest to a day (``YYYYMMDD``)."""
        query = "SELECT url, taken, asked FROM copy WHERE page = ? AND near = ?"
        rows = self._all(query, (page, near))
        return Copy(*rows[0]) if rows else None

    def put_copy(self, page: str, near: str, copy: Copy) -> None:
        """Keep what the archive said."""
        with self._writing() as database:
            database.execute(
                "INSERT OR REPLACE INTO copy VALUES (?, ?, ?, ?, ?)",
                (page, near, copy.url, copy.taken, copy.asked),
            )

    def pause(self, what: str) -> float:
        """Until when ``what`` (an archive's address) is to be left alone; 0: it need not be."""
        rows = self._all("SELECT until FROM pause WHERE what = ?", (what,))
        return rows[0][0] if rows else 0.0

    def put_pause(self, what: str, until: float) -> None:
        """Leave ``what`` alone until then, in all windows."""
        with self._writing() as database:
            database.execute("INSERT OR REPLACE INTO pause VALUES (?, ?)", (what, until))

    def version(self) -> int:
        """Another number whenever somebody else, of any process, has written."""
        found: int = self._all("PRAGMA data_version", ())[0][0]
        return found

    def _all(self, query: str, values: Sequence[object]) -> list[tuple[Any, ...]]:
        with _told(), self._lock:
            return self._database.execute(query, values).fetchall()

    @contextlib.contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        """One transaction."""
        with _told(), self._lock:
            self._database.execute("BEGIN IMMEDIATE")
            try:
                yield self._database
                self._database.execute("COMMIT")
            except BaseException:
                with contextlib.suppress(sqlite3.Error):
                    self._database.execute("ROLLBACK")
                raise


@contextlib.contextmanager
def _told() -> Iterator[None]:
    """SQLite's errors as words for the writer."""
    try:
        yield
    except sqlite3.Error as error:
        log.warning("The looks at links cannot be kept: %s", error)
        raise RotStoreError(_UNUSABLE) from error


def _pages(rows: Iterable[tuple[Any, ...]]) -> dict[str, Page]:
    return {row[0]: replace(Page(*row), is_dead=bool(row[_IS_DEAD])) for row in rows}


_UNUSABLE = (
    "What became of older links cannot be kept or read: the disk may be full, or its folder may"
    " not be written to. No link is asked about until that is mended."
)
