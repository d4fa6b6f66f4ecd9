"""The worker's statements over thousands of rows at once, by the raw drivers.

One class for each store, with the same methods; everything else is written once.
"""

from collections.abc import Collection, Container, Iterable, Iterator, Sequence
from itertools import groupby
from operator import itemgetter
from typing import Any, Protocol

import msgspec
from sqlalchemy import Connection

from app.trackserver.store.database import Database
from app.trackserver.words import Dimension
from app.trackserver.work.contributions import HOUR
from app.trackserver.work.events import Event

Pair = tuple[int, int]
"""Issue and subscriber."""
Change = tuple[int, int, int, int, int]
"""A new verdict: agent, reasons, rules, and the event's time and id."""
FigureRow = tuple[int, int, str, int, int, int]
"""Issue, dimension, key, metric, agent and what to add."""

COLUMNS = (
    "at, id, issue_id, subscriber_id, type, link, agent, reasons, rules, source,"
    " user_agent_id, address, network, address_hash, domain, detail"
)

_CLOCKS_DIFFER = 86_400_000
"""No clock of ours is further behind another: milliseconds."""

_ISSUE_LOCKS = 7 << 48
"""Advisory locks of issues begin here; see Database.migrate for another."""


class Bulk(Protocol):
    """What the worker asks of a store."""

    def share(self, issues: Sequence[int]) -> None:
        """Hold issues, sorted, against a look at the whole of one, until the end."""

    def keep(self, issue: int) -> None:
        """Hold one issue alone, until the end."""

    def subscribers(self, numbers: Sequence[int]) -> dict[int, tuple[str | None, bool]]:
        """Receiving domain and consent of those that exist."""

    def lock(self, pairs: Sequence[Pair]) -> None:
        """Make the recipients' rows where there are none and hold them, in the given order."""

    def hold(self, pairs: Sequence[Pair]) -> list[Pair]:
        """Hold those recipients' rows that there are: who was erased meanwhile is not made anew."""

    def try_lock(self, pairs: Sequence[Pair]) -> Container[Pair]:
        """The same without waiting for another worker; those that are held now."""

    def events(self, pairs: Sequence[Pair]) -> Iterator[Event]:
        """Every event of these recipients."""

    def insert(self, events: Sequence[Event], seqs: dict[int, int]) -> None:
        """Store new events; ``seqs`` gives each issue's number in the change feed."""

    def change(self, changes: Sequence[Change], seq: int) -> None:
        """Store new verdicts."""

    def add(self, figures: Sequence[FigureRow]) -> None:
        """Add to figures, in the given order."""


def bulk(connection: Connection, database: Database) -> Bulk:
    """The statements for this store, within the connection's transaction."""
    driver: Any = connection.connection.driver_connection
    return _Sqlite(driver) if database.is_sqlite else _Postgres(driver)


class _Sqlite:
    # The transaction is the only one that writes: there is nothing to lock.

    def __init__(self, connection: Any) -> None:
        self._connection = connection

    def share(self, issues: Sequence[int]) -> None:
        pass

    def keep(self, issue: int) -> None:
        pass

    def subscribers(self, numbers: Sequence[int]) -> dict[int, tuple[str | None, bool]]:
        rows = self._connection.execute(
            "SELECT s.id, s.domain, s.consent FROM json_each(?) w JOIN subscriber s"
            " ON s.id = w.value",
            (_json(numbers),),
        )
        return {row[0]: (row[1], bool(row[2])) for row in rows}

    def lock(self, pairs: Sequence[Pair]) -> None:
        self._connection.executemany(
            "INSERT INTO recipient (issue_id, subscriber_id) VALUES (?, ?) ON CONFLICT DO NOTHING",
            pairs,
        )

    def hold(self, pairs: Sequence[Pair]) -> list[Pair]:
        return [
            pair
            for pair in pairs
            if self._connection.execute(
                "SELECT 1 FROM recipient WHERE issue_id = ? AND subscriber_id = ?", pair
            ).fetchone()
        ]

    def try_lock(self, pairs: Sequence[Pair]) -> Container[Pair]:
        self.lock(pairs)
        return set(pairs)

    def events(self, pairs: Sequence[Pair]) -> Iterator[Event]:
        for issue, group in groupby(pairs, itemgetter(0)):
            rows = self._connection.execute(
                f"SELECT {COLUMNS} FROM event WHERE issue_id = ?"  # noqa: S608
                " AND subscriber_id IN (SELECT value FROM json_each(?))",
                (issue, _json([subscriber for _, subscriber in group])),
            )
            for row in rows:
                yield Event(*row)

    def insert(self, events: Sequence[Event], seqs: dict[int, int]) -> None:
        self._connection.executemany(
            f"INSERT INTO event ({COLUMNS}, seq) VALUES ({', '.join('?' * 17)})",  # noqa: S608
            ((*msgspec.structs.astuple(event), seqs[event.issue]) for event in events),
        )

    def change(self, changes: Sequence[Change], seq: int) -> None:
        self._connection.executemany(
            "UPDATE event SET agent = ?, reasons = ?, rules = ?, seq = ? WHERE at = ? AND id = ?",
            ((*row[:3], seq, *row[3:]) for row in changes),
        )

    def add(self, figures: Sequence[FigureRow]) -> None:
        self._connection.executemany(
            "INSERT INTO rollup (issue_id, dimension, key, metric, agent, n)"
            " VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (issue_id, dimension, key, metric, agent)"
            " DO UPDATE SET n = n + excluded.n",
            figures,
        )
        self._connection.executemany(
            "DELETE FROM rollup WHERE issue_id = ? AND dimension = ? AND key = ? AND metric = ?"
            " AND agent = ? AND n = 0",
            (row[:5] for row in figures if row[5] < 0),
        )


class _Postgres:
    # Arrays of numbers go as text: psycopg's own way of sending lists takes longer than the query.

    def __init__(self, connection: Any) -> None:
        self._connection = connection
        # Thousands of recipients look to the planner as if all events were worth reading, sorted
        # by several processes. By the index the time does not grow with the table.
        connection.execute(
            "SELECT set_config('enable_hashjoin', 'off', TRUE),"
            " set_config('enable_mergejoin', 'off', TRUE)"
        )

    def share(self, issues: Sequence[int]) -> None:
        for issue in issues:
            self._connection.execute(
                "SELECT pg_advisory_xact_lock_shared(%s)", (_ISSUE_LOCKS + issue,)
            )

    def keep(self, issue: int) -> None:
        self._connection.execute("SELECT pg_advisory_xact_lock(%s)", (_ISSUE_LOCKS + issue,))

    def subscribers(self, numbers: Sequence[int]) -> dict[int, tuple[str | None, bool]]:
        rows = self._connection.execute(
            "SELECT id, domain, consent FROM subscriber WHERE id = ANY(%s::int8[])",
            (_array(numbers),),
        )
        return {row[0]: (row[1], row[2]) for row in rows.fetchall()}

    def lock(self, pairs: Sequence[Pair]) -> None:
        self._lock(pairs, "")

    def hold(self, pairs: Sequence[Pair]) -> list[Pair]:
        return sorted(self._held(pairs, ""))

    def try_lock(self, pairs: Sequence[Pair]) -> Container[Pair]:
        return self._lock(pairs, " SKIP LOCKED")

    def _lock(self, pairs: Sequence[Pair], busy: str) -> set[Pair]:
        held = self._held(pairs, busy)
        missing = [pair for pair in pairs if pair not in held]
        if missing:
            self._connection.execute(
                "INSERT INTO recipient (issue_id, subscriber_id)"  # noqa: S608
                f" SELECT w.i, w.s FROM {_PAIRS} ORDER BY w.n ON CONFLICT DO NOTHING",
                _pair_arrays(missing),
            )
            # Another worker may have made one meanwhile.
            held |= self._held(missing, busy)
        return held

    def _held(self, pairs: Sequence[Pair], busy: str) -> set[Pair]:
        rows = self._connection.execute(
            f"SELECT r.issue_id, r.subscriber_id FROM {_PAIRS}"  # noqa: S608
            " JOIN recipient r ON r.issue_id = w.i AND r.subscriber_id = w.s"
            f" ORDER BY w.n FOR NO KEY UPDATE OF r{busy}",
            _pair_arrays(pairs),
        )
        return set(rows.fetchall())

    def events(self, pairs: Sequence[Pair]) -> Iterator[Event]:
        rows = self._connection.execute(
            f"SELECT {COLUMNS} FROM {_PAIRS}"  # noqa: S608
            " JOIN event e ON e.issue_id = w.i AND e.subscriber_id = w.s AND e.at >= %s",
            (*_pair_arrays(pairs), self._first_at({issue for issue, _ in pairs})),
            # A plan for every time would lock all partitions, a new one only what may match.
            prepare=False,
        )
        for row in rows.fetchall():
            yield Event(*row)

    def _first_at(self, issues: Collection[int]) -> int:
        """No event of these issues is older, so that earlier months need not be looked into.

        Asked under the recipients' locks: an older event that was stored before has its figure.
        """
        row = self._connection.execute(
            "SELECT min(least(i.made_at - %s, (SELECT min(r.key)::int8 * %s FROM rollup r"
            " WHERE r.issue_id = i.id AND r.dimension = %s))) FROM issue i"
            " WHERE i.id = ANY(%s::int8[])",
            (_CLOCKS_DIFFER, HOUR, int(Dimension.HOUR), _array(issues)),
        ).fetchone()
        return row[0] or 0

    def insert(self, events: Sequence[Event], seqs: dict[int, int]) -> None:
        cursor = self._connection.cursor()
        with cursor.copy(f"COPY event ({COLUMNS}, seq) FROM STDIN") as copy:
            for event in events:
                copy.write_row((*msgspec.structs.astuple(event), seqs[event.issue]))

    def change(self, changes: Sequence[Change], seq: int) -> None:
        ats = sorted(change[3] for change in changes)
        self._connection.execute(
            "UPDATE event e SET agent = w.agent, reasons = w.reasons, rules = w.rules, seq = %s"
            " FROM unnest(%s::int2[], %s::int4[], %s::int2[], %s::int8[], %s::int8[])"
            " AS w (agent, reasons, rules, at, id) WHERE e.at = w.at AND e.id = w.id"
            " AND e.at BETWEEN %s AND %s",
            (seq, *map(_array, zip(*changes, strict=True)), ats[0], ats[-1]),
            prepare=False,
        )

    def add(self, figures: Sequence[FigureRow]) -> None:
        issues, dimensions, keys, metrics, agents, numbers = zip(*figures, strict=True)
        self._connection.execute(
            "INSERT INTO rollup AS r (issue_id, dimension, key, metric, agent, n)"
            " SELECT w.i, w.d, w.k, w.m, w.a, w.n FROM unnest(%s::int8[], %s::int2[], %s::text[],"
            " %s::int2[], %s::int2[], %s::int8[]) WITH ORDINALITY AS w (i, d, k, m, a, n, o)"
            " ORDER BY w.o ON CONFLICT (issue_id, dimension, key, metric, agent)"
            " DO UPDATE SET n = r.n + excluded.n",
            (
                _array(issues), _array(dimensions), list(keys), _array(metrics), _array(agents),
                _array(numbers),
            ),
        )  # fmt: skip
        less = [row[:5] for row in figures if row[5] < 0]
        if less:
            issues, dimensions, keys, metrics, agents = zip(*less, strict=True)
            self._connection.execute(
                "DELETE FROM rollup r USING unnest(%s::int8[], %s::int2[], %s::text[],"
                " %s::int2[], %s::int2[]) AS w (i, d, k, m, a) WHERE r.issue_id = w.i"
                " AND r.dimension = w.d AND r.key = w.k AND r.metric = w.m AND r.agent = w.a"
                " AND r.n = 0",
                (_array(issues), _array(dimensions), list(keys), _array(metrics), _array(agents)),
            )


_PAIRS = "unnest(%s::int8[], %s::int8[]) WITH ORDINALITY AS w (i, s, n)"


def _array(numbers: Iterable[int]) -> str:
    return "{" + ",".join(map(str, numbers)) + "}"


def _pair_arrays(pairs: Sequence[Pair]) -> tuple[str, str]:
    return _array(pair[0] for pair in pairs), _array(pair[1] for pair in pairs)


def _json(numbers: Sequence[int]) -> str:
    return msgspec.json.encode(numbers).decode()
