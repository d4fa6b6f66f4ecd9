"""Every test that asks for ``database`` runs on SQLite and on a real PostgreSQL."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from app.trackserver.store.database import Database
from tests.support.postgres import Postgres


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    # Nothing here has to outlive a power cut.
    with Postgres(fsync="off", synchronous_commit="off", max_connections="60") as server:
        yield server


@pytest.fixture(scope="session")
def template(postgres: Postgres) -> str:
    name = postgres.new_database()
    database = Database(postgres.url(name))
    database.migrate()
    database.close()
    return name


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """An empty store of the newest schema."""
    if request.param == "sqlite":
        database = Database(f"sqlite:///{tmp_path / 'sendoff.db'}")
        database.migrate()
        yield database
        database.close()
        return
    server: Postgres = request.getfixturevalue("postgres")
    name = server.new_database(request.getfixturevalue("template"))
    database = Database(server.url(name))
    yield database
    database.close()
    server.drop(name)
