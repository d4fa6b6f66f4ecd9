"""The reports' side of the store: what was synced, as records again. It only reads, and sees each
committed page whole while a sync goes on.
"""

import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from app.engagement.model import (
    Dimension,
    EventRecord,
    IssueDetail,
    IssueRecord,
    LinkRecord,
    Mode,
    SeriesPoint,
)
from app.engagement.store.encoding import count_of, figures_of
from app.engagement.store.schema import connect, store_file
from app.engagement.store.store import Status

_ISSUE = (
    "SELECT number, account, deleted, id, subject, sent_at, figures, as_of, version, mode, url,"
    " recipients, external_id FROM live_issue"
)


@dataclass(frozen=True, slots=True)
class StoredIssue:
    """An issue as the store knows it.

    Attributes:
        number: The store's; leads to its details until the next full resync.
        deleted: It is no more at the server; what was known is kept.
    """

    number: int
    account: str
    deleted: bool
    record: IssueRecord


class Reader:
    """The file, open for reading. Methods may be called from any thread; ``events`` from one."""

    def __init__(self, path: Path | None = None) -> None:
        self._connection = connect(path or store_file())
        self._connection.execute("PRAGMA query_only = ON")
        self._lock = threading.Lock()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the file."""
        self._connection.close()

    def statuses(self) -> dict[str, Status]:
        """How each account's sync stands."""
        rows = self._all(
            "SELECT account, state, message, tried_at, synced_at, as_of, clock_off, retry_at,"
            " failures FROM status ORDER BY account"
        )
        return {row[0]: Status(*row) for row in rows}

    def issues(self, account: str | None = None) -> list[StoredIssue]:
        """All issues, or one account's, newest first."""
        if account is None:
            return [_issue(row) for row in self._all(f"{_ISSUE} {_NEWEST}")]
        return [_issue(row) for row in self._all(f"{_ISSUE} WHERE account = ? {_NEWEST}", account)]

    def issue(self, account: str, issue: str) -> StoredIssue | None:
        """One issue by the platform's id."""
        rows = self._all(f"{_ISSUE} WHERE account = ? AND id = ?", account, issue)
        return _issue(rows[0]) if rows else None

    def detail(self, issue: StoredIssue) -> IssueDetail:
        """The issue's links and splits, in order."""
        links = tuple(
            LinkRecord(number, url, text, count_of(clicks), count_of(clickers))
            for number, url, text, clicks, clickers in self._all(
                "SELECT number, url, text, clicks, clickers FROM link WHERE issue = ?"
                " ORDER BY number",
                issue.number,
            )
        )
        points = tuple(
            SeriesPoint(Dimension(dimension), key, figures_of(figures))
            for dimension, key, figures in self._all(
                "SELECT dimension, key, figures FROM point WHERE issue = ? ORDER BY dimension, key",
                issue.number,
            )
        )
        found = self._all(
            "SELECT detail_as_of, detail_version FROM issue WHERE number = ?", issue.number
        )
        as_of, version = found[0] if found else (None, 0)
        told = frozenset(point.dimension for point in points)
        return IssueDetail(issue.record.id, links, points, told, as_of, max(0, version))

    def events(self, issue: StoredIssue) -> Iterator[EventRecord]:
        """The issue's events in the order of time, without holding them all."""
        cursor = self._connection.execute(
            "SELECT id, type, at, agent, version, subscriber, link, client, system, device, domain,"
            " reasons, detail FROM event WHERE issue = ? ORDER BY at, id, type",
            (issue.number,),
        )
        for row in cursor:
            values: list[Any] = [issue.record.id, *row[:11], tuple(row[11].split()), row[12]]
            yield EventRecord(*values)

    def event_counts(self, issue: StoredIssue) -> dict[tuple[str, str], int]:
        """How many events of each type and agent the issue has."""
        rows = self._all(
            "SELECT type, agent, count(*) FROM event WHERE issue = ? GROUP BY type, agent",
            issue.number,
        )
        return {(kind, agent): n for kind, agent, n in rows}

    def _all(self, query: str, *values: object) -> list[tuple[Any, ...]]:
        with self._lock:
            return self._connection.execute(query, values).fetchall()


_NEWEST = "ORDER BY coalesce(sent_at, as_of) DESC, number DESC"


def _issue(row: tuple[Any, ...]) -> StoredIssue:
    (number, account, deleted, name, subject, sent_at, figures, as_of, version, mode, url,
     recipients, external_id) = row  # fmt: skip
    record = IssueRecord(
        name, subject, sent_at, figures_of(figures), as_of, version, Mode(mode), url, recipients,
        external_id,
    )  # fmt: skip
    return StoredIssue(number, account, bool(deleted), record)
