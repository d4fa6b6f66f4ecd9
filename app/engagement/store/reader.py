"""The reports' side of the store: what was synced, as records again. It only reads, and sees each
committed page whole while a sync goes on.
"""

import threading
from collections.abc import Iterator, Mapping, Sequence
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
        self._known: Mapping[int, tuple[tuple[Any, ...], StoredIssue]] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the file, once what is being read by another thread is read."""
        with self._lock:
            self._connection.close()

    def statuses(self) -> dict[str, Status]:
        """How each account's sync stands."""
        rows = self._all(
            "SELECT account, state, message, tried_at, synced_at, as_of, clock_off, retry_at,"
            " failures FROM status ORDER BY account"
        )
        return {row[0]: Status(*row) for row in rows}

    def issues(self, account: str | None = None) -> list[StoredIssue]:
        """All issues, or one account's, newest first. Of all, one that did not change is the same
        object as before: a sync changes few of a thousand at a time.
        """
        if account is None:
            before = self._known
            known = {row[0]: (row, _issue_again(row, before.get(row[0])))
                     for row in self._all(f"{_ISSUE} {_NEWEST}")}  # fmt: skip
            self._known = known
            return [issue for _, issue in known.values()]
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

    def links(self) -> dict[int, tuple[LinkRecord, ...]]:
        """The links of all issues by the store's number of the issue, in order."""
        found: dict[int, list[LinkRecord]] = {}
        for issue, number, url, text, clicks, clickers in self._all(
            "SELECT link.issue, link.number, link.url, link.text, clicks, clickers FROM link"
            " JOIN live_issue ON live_issue.number = link.issue ORDER BY link.issue, link.number"
        ):
            record = LinkRecord(number, url, text, count_of(clicks), count_of(clickers))
            found.setdefault(issue, []).append(record)
        return {issue: tuple(links) for issue, links in found.items()}

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

    def opens(
        self, issues: Sequence[int], dimension: Dimension, step: int, span: int
    ) -> dict[int, dict[int, int]]:
        """How often issues (by the store's numbers) were opened in each ``step`` from the hour (or
        day) of sending on, within ``span``, both milliseconds: by people where they are told apart.
        Added up in SQL: a thousand issues have a hundred thousand hours. An issue of which nothing
        is told is left out.
        """
        unit = 86_400_000 if dimension is Dimension.DAY else 3_600_000
        marks = ",".join("?" * len(issues))
        found: dict[int, dict[int, int]] = {}
        for number, place, opens in self._all(
            "SELECT number, (at - start) / ? AS place, sum(CASE json_type(told, '$.opens')"  # noqa: S608
            " WHEN 'integer' THEN 0 ELSE coalesce(json_extract(told, '$.opens[1]'),"
            " json_extract(told, '$.opens[0]')) END) FROM ("
            "  SELECT issue.number, CAST(key AS INTEGER) AS at, point.figures AS told,"
            "  sent_at - sent_at % ? AS start FROM point JOIN issue ON issue.number = point.issue"
            f"  WHERE point.issue IN ({marks}) AND dimension = ? AND sent_at IS NOT NULL)"
            " WHERE at >= start AND at < start + ? AND json_type(told, '$.opens') IS NOT NULL"
            " GROUP BY number, place",
            step, unit, *issues, dimension.value, span,
        ):  # fmt: skip
            if opens is not None:
                found.setdefault(number, {})[place] = opens
        return found

    def detailed(self) -> dict[int, tuple[int | None, int]]:
        """Which issues (by the store's numbers) have links and splits, and of when and which
        version those are: they come after the issue itself, and change with it or without.
        """
        rows = self._all(
            "SELECT number, detail_as_of, detail_version FROM live_issue WHERE detail_version >= 0"
        )
        return {number: (as_of, version) for number, as_of, version in rows}

    def version(self) -> int:
        """Another number whenever somebody else, of any process, has written."""
        found: int = self._all("PRAGMA data_version")[0][0]
        return found

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


def _issue_again(
    row: tuple[Any, ...], before: tuple[tuple[Any, ...], StoredIssue] | None
) -> StoredIssue:
    return before[1] if before is not None and before[0] == row else _issue(row)


def _issue(row: tuple[Any, ...]) -> StoredIssue:
    (number, account, deleted, name, subject, sent_at, figures, as_of, version, mode, url,
     recipients, external_id) = row  # fmt: skip
    record = IssueRecord(
        name, subject, sent_at, figures_of(figures), as_of, version, Mode(mode), url, recipients,
        external_id,
    )  # fmt: skip
    return StoredIssue(number, account, bool(deleted), record)
