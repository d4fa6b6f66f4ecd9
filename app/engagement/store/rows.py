"""From records to rows. Each may come twice, late or after a newer one: the newest state stays."""

import sqlite3
from collections.abc import Sequence

from app.engagement.model import EventRecord, Gone, IssueDetail, IssueRecord, Record, Tombstone
from app.engagement.store.encoding import count_text, figures_text

DELETED_AT_SERVER = 1


def apply(connection: sqlite3.Connection, generation: int, records: Sequence[Record]) -> None:
    """Write ``records`` within the caller's transaction: issues before what belongs to them,
    deletions last.
    """
    for record in records:
        if isinstance(record, IssueRecord):
            _issue(connection, generation, record)
    for record in records:
        if isinstance(record, IssueDetail):
            _detail(connection, generation, record)
    _events(connection, generation, [each for each in records if isinstance(each, EventRecord)])
    gone = [each for each in records if isinstance(each, Tombstone)]
    for record in gone:
        _tombstone(connection, generation, record)
    _forget(connection, generation, [each.id for each in gone if each.kind is Gone.SUBSCRIBER])


def _issue(connection: sqlite3.Connection, generation: int, record: IssueRecord) -> None:
    # A deleted one comes back only by a newer state, not by a page that is repeated.
    connection.execute(
        "INSERT INTO issue (generation, id, subject, sent_at, mode, url, recipients, external_id,"
        " figures, as_of, version) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
        " ON CONFLICT (generation, id) DO UPDATE SET subject = excluded.subject,"
        " sent_at = excluded.sent_at, mode = excluded.mode, url = excluded.url,"
        " recipients = excluded.recipients, external_id = excluded.external_id,"
        " figures = excluded.figures, as_of = excluded.as_of, version = excluded.version,"
        " deleted = 0 WHERE excluded.version > version OR excluded.version = 0"
        " OR (excluded.version = version AND NOT deleted)",
        (generation, record.id, record.subject, record.sent_at, record.mode.value, record.url,
         record.recipients, record.external_id, figures_text(record.figures), record.as_of,
         record.version),
    )  # fmt: skip


def _detail(connection: sqlite3.Connection, generation: int, record: IssueDetail) -> None:
    number, known = _number(connection, generation, record.issue)
    if record.version and record.version < known:
        return
    connection.execute(
        "UPDATE issue SET detail_as_of = ?, detail_version = ? WHERE number = ?",
        (record.as_of, record.version, number),
    )
    if record.links is not None:
        connection.execute("DELETE FROM link WHERE issue = ?", (number,))
        connection.executemany(
            "INSERT OR REPLACE INTO link VALUES (?, ?, ?, ?, ?, ?)",
            (
                (number, each.number, each.url, each.text, count_text(each.clicks),
                 count_text(each.clickers))
                for each in record.links
            ),
        )  # fmt: skip
    connection.executemany(
        "DELETE FROM point WHERE issue = ? AND dimension = ?",
        ((number, dimension.value) for dimension in record.dimensions),
    )
    connection.executemany(
        "INSERT OR REPLACE INTO point VALUES (?, ?, ?, ?)",
        (
            (number, each.dimension.value, each.key, figures_text(each.figures))
            for each in record.points
        ),
    )


def _events(
    connection: sqlite3.Connection, generation: int, records: Sequence[EventRecord]
) -> None:
    forgotten = {
        each
        for (each,) in connection.execute(
            "SELECT subscriber FROM forgotten WHERE generation = ? AND subscriber <> ''",
            (generation,),
        )
    }
    records = [each for each in records if each.subscriber not in forgotten]
    numbers = {
        issue: _number(connection, generation, issue)[0]
        for issue in sorted({each.issue for each in records})
    }
    connection.executemany(
        "INSERT INTO event VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
        " ON CONFLICT (issue, id, type) DO UPDATE SET at = excluded.at, agent = excluded.agent,"
        " version = excluded.version, subscriber = excluded.subscriber, link = excluded.link,"
        " client = excluded.client, system = excluded.system, device = excluded.device,"
        " domain = excluded.domain, reasons = excluded.reasons, detail = excluded.detail"
        " WHERE excluded.version >= version",
        (
            (numbers[each.issue], each.id, each.type, each.at, each.agent, each.version,
             each.subscriber, each.link, each.client, each.system, each.device, each.domain,
             " ".join(each.reasons), each.detail)
            for each in records
        ),
    )  # fmt: skip


def _tombstone(connection: sqlite3.Connection, generation: int, record: Tombstone) -> None:
    if record.kind is Gone.ISSUE:
        connection.execute(
            "UPDATE issue SET deleted = ? WHERE generation = ? AND id = ?",
            (DELETED_AT_SERVER, generation, record.id),
        )
    elif record.kind is Gone.EVENT:
        issue, _, event = record.id.partition("/")
        connection.execute(
            "DELETE FROM event WHERE id = ? AND issue IN"
            " (SELECT number FROM issue WHERE generation = ? AND id = ?)",
            (event, generation, issue),
        )


def _forget(connection: sqlite3.Connection, generation: int, subscribers: Sequence[str]) -> None:
    """Forget subscribers' events, for good. One walk through all events, as no index leads there:
    it would have to be kept with each event, for what hardly ever happens.
    """
    if not subscribers:
        return
    connection.executemany(
        "INSERT OR IGNORE INTO forgotten VALUES (?, ?)",
        ((generation, each) for each in subscribers),
    )
    connection.execute(
        "DELETE FROM event WHERE issue IN (SELECT number FROM issue WHERE generation = ?1)"
        " AND subscriber <> ''"
        " AND subscriber IN (SELECT subscriber FROM forgotten WHERE generation = ?1)",
        (generation,),
    )


def _number(connection: sqlite3.Connection, generation: int, issue: str) -> tuple[int, int]:
    """The issue's number and the version of its detail. An issue that was not told of yet gets a
    row that no report shows.
    """
    which = (generation, issue)
    connection.execute("INSERT OR IGNORE INTO issue (generation, id) VALUES (?, ?)", which)
    number, version = connection.execute(
        "SELECT number, detail_version FROM issue WHERE generation = ? AND id = ?", which
    ).fetchone()
    return number, version
