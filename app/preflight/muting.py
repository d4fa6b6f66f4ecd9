"""Rules that the writer wants to hear nothing of, in one issue or in all of a publication.

Each mute has a reason, kept with its date: what was left out on purpose must be found again.
"""

import logging
import sqlite3
import threading
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path

from app.linkcheck.store.database import connect, connect_or_move_aside
from app.paths import data_dir
from app.preflight.finding import Finding, Severity

log = logging.getLogger(__name__)

_VERSION = 1
_SCHEMA = """\
CREATE TABLE IF NOT EXISTS mutes (
    scope TEXT NOT NULL, name TEXT NOT NULL, rule TEXT NOT NULL, reason TEXT NOT NULL,
    at REAL NOT NULL, PRIMARY KEY (scope, name, rule)
) WITHOUT ROWID"""


def mutes_file() -> Path:
    """Where the writer's mutes are kept."""
    return data_dir() / "mutes.sqlite3"


class Scope(StrEnum):
    """How far a mute reaches."""

    ISSUE = "issue"
    """One draft; its name is the file's path."""
    PUBLICATION = "publication"
    """All issues; its name is the folder that they lie in."""


@dataclass(frozen=True, slots=True)
class Mute:
    """A rule that is not told of, and why.

    Raises:
        ValueError: there is no reason, or no rule.
    """

    rule: str
    scope: Scope
    name: str
    reason: str
    at: datetime

    def __post_init__(self) -> None:
        if not self.rule.strip() or not self.reason.strip():
            raise ValueError("A mute needs a rule and a reason.")


class MutesError(Exception):
    """A mute could not be kept; the message says why."""


class Mutes:
    """The writer's mutes; any thread, several processes.

    A damaged file is moved aside, never deleted. Where no file can be used, ``is_kept`` is False
    and everything lasts until the app ends.
    """

    def __init__(self, path: Path | None) -> None:
        self._lock = threading.Lock()
        self.is_kept = path is not None
        self._database = self._open(path)

    def add(self, mute: Mute) -> None:
        """Keep a mute, in the place of an earlier one of the same rule there.

        Raises:
            MutesError: the disk refuses.
        """
        row = (mute.scope.value, mute.name, mute.rule, mute.reason, mute.at.timestamp())
        self._execute("INSERT OR REPLACE INTO mutes VALUES (?, ?, ?, ?, ?)", row)

    def remove(self, rule: str, scope: Scope, name: str) -> None:
        """Hear of the rule again.

        Raises:
            MutesError: the disk refuses.
        """
        where = (scope.value, name, rule)
        self._execute("DELETE FROM mutes WHERE scope = ? AND name = ? AND rule = ?", where)

    def move(self, draft: Path, to: Path) -> None:
        """A draft's file has another name; what is muted in its old publication stays there.

        Raises:
            MutesError: the disk refuses.
        """
        self._execute(
            "UPDATE OR REPLACE mutes SET name = ? WHERE scope = 'issue' AND name = ?",
            (str(to), str(draft)),
        )

    def of(self, draft: Path) -> list[Mute]:
        """The mutes of a draft and of its publication, the newest first."""
        names = (str(draft), str(draft.parent))
        try:
            with self._lock:
                rows = self._database.execute(
                    "SELECT rule, scope, name, reason, at FROM mutes WHERE (scope = 'issue'"
                    " AND name = ?) OR (scope = 'publication' AND name = ?) ORDER BY at DESC",
                    names,
                ).fetchall()
        except sqlite3.Error as error:
            log.warning("The muted rules cannot be read: %s", error)
            return []
        return [
            Mute(rule, Scope(scope), name, reason, datetime.fromtimestamp(at, UTC))
            for rule, scope, name, reason, at in rows
        ]

    def close(self) -> None:
        """Give the file back, once what another thread reads of it is read."""
        with self._lock:
            self._database.close()

    def _execute(self, statement: str, values: tuple[object, ...]) -> None:
        try:
            with self._lock:
                self._database.execute(statement, values)
        except sqlite3.Error as error:
            raise MutesError(f"This could not be kept: {error}") from error

    def _open(self, path: Path | None) -> sqlite3.Connection:
        if path is not None:
            try:
                path.parent.mkdir(parents=True, exist_ok=True)
                return connect_or_move_aside(path, _SCHEMA, _VERSION)
            except (sqlite3.Error, OSError) as error:
                log.warning("The muted rules cannot be kept: %s", error)
                self.is_kept = False
        return connect(":memory:", _SCHEMA, _VERSION)


def heard(findings: Iterable[Finding], muted: Iterable[str]) -> list[Finding]:
    """The findings of rules that are not muted; what blocks the send is never muted."""
    silent = frozenset(muted)
    return [each for each in findings if each.severity is Severity.BLOCK or each.rule not in silent]
