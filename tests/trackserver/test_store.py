"""The schema on both stores."""

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import select

from app.trackserver.store import schema
from app.trackserver.store.database import MIGRATIONS, Database


def test_the_migrations_make_the_schema(database: Database) -> None:
    with database.reading() as connection:
        options = {
            "include_name": lambda name, kind, _: not (kind == "table" and is_partition(name)),
            # Alembic takes SQLite's '' for another default than ''.
            "compare_server_default": not database.is_sqlite,
        }
        context = MigrationContext.configure(connection, opts=options)
        assert compare_metadata(context, schema.metadata) == []


def is_partition(name: str | None) -> bool:
    return (name or "").startswith("event_")


def test_no_migration_changes_with_the_schema() -> None:
    for file in (MIGRATIONS / "versions").glob("*.py"):
        assert "app.trackserver" not in file.read_text("utf-8"), file.name


def test_migrating_again_changes_nothing(database: Database) -> None:
    database.migrate()


def test_a_write_is_seen_by_the_next_reader(database: Database) -> None:
    with database.writing() as connection:
        connection.execute(
            database.insert(schema.server).values(id=1, epoch="e", hash_key=b"k", made_at=1)
        )
    with database.reading() as connection:
        assert connection.scalar(select(schema.server.c.epoch)) == "e"
