"""The schema on both stores."""

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import select

from app.trackserver.store import schema
from app.trackserver.store.database import Database


def test_the_migrations_make_the_schema(database: Database) -> None:
    with database.reading() as connection:
        context = MigrationContext.configure(connection)
        differences = compare_metadata(context, schema.metadata)
    # Partitions of ``event`` are no tables of the schema.
    assert [found for found in differences if "event_" not in str(found)] == []


def test_migrating_again_changes_nothing(database: Database) -> None:
    database.migrate()


def test_a_write_is_seen_by_the_next_reader(database: Database) -> None:
    with database.writing() as connection:
        connection.execute(
            database.insert(schema.server).values(id=1, epoch="e", hash_key=b"k", made_at=1)
        )
    with database.reading() as connection:
        assert connection.scalar(select(schema.server.c.epoch)) == "e"
