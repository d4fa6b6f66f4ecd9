"""Statements over thousands of rows: what they cost must not grow with the table."""

from sqlalchemy import insert, text

from app.trackserver.store.database import Database
from app.trackserver.store.schema import event
from app.trackserver.work.bulk import bulk
from tests.trackserver.work.scene import ISSUE, START, Scene

EVENTS = 20_000


def test_recipients_events_are_found_by_the_index_alone(database: Database) -> None:
    Scene(database, people=0)
    with database.writing() as connection:
        connection.execute(
            insert(event),
            [
                {
                    "at": START + number, "id": number, "issue_id": ISSUE,
                    "subscriber_id": number, "type": 7, "agent": 0, "reasons": 0, "rules": 1,
                    "source": 0, "seq": 1,
                }
                for number in range(EVENTS)
            ],
        )  # fmt: skip
    with database.writing() as connection:
        connection.execute(text("ANALYZE"))
    wanted = [(ISSUE, number) for number in range(0, EVENTS, 5)]
    with database.writing() as connection:
        found = {one.subscriber for one in bulk(connection, database).events(wanted)}
        assert found == {subscriber for _, subscriber in wanted}
        if not database.is_sqlite:
            read = connection.scalar(
                text(
                    "SELECT sum(seq_scan) FROM pg_stat_xact_user_tables WHERE relname LIKE 'event%'"
                )
            )
            assert read == 0
