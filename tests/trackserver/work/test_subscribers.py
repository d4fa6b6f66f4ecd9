"""Who a subscriber is."""

from sqlalchemy import func, select

from app.trackserver.store.database import Database
from app.trackserver.store.schema import subscriber, subscriber_key
from app.trackserver.work.subscribers import Named, find_or_make
from tests.trackserver.work.scene import PUBLICATION, START, Scene

KEY = b"k" * 32


def find(database: Database, *named: Named) -> list[int]:
    with database.writing() as connection:
        found = find_or_make(connection, database, KEY, named, START)
    return [found[one] for one in named]


def of(external_id: str | None = None, email: str | None = None) -> Named:
    return Named(PUBLICATION, external_id, email)


def test_the_same_reader_is_the_same_number(database: Database) -> None:
    Scene(database, people=0)
    first = find(database, of("a"), of("b"), of(email="C@Example.com"))
    assert len(set(first)) == 3
    assert find(database, of(email=" c@example.COM"), of("b"), of("a")) == first[::-1]


def test_who_is_known_by_one_is_then_known_by_both(database: Database) -> None:
    Scene(database, people=0)
    (number,) = find(database, of("a"))
    assert find(database, of("a", "ann@example.com")) == [number]
    assert find(database, of(email="ann@example.com")) == [number]


def test_one_new_reader_named_in_two_ways_at_once(database: Database) -> None:
    Scene(database, people=0)
    found = find(database, of("a", "ann@example.com"), of(email="ann@example.com"), of("a"))
    assert len(set(found)) == 1
    with database.reading() as connection:
        assert connection.scalar(select(func.count()).select_from(subscriber)) == 1
        assert connection.scalar(select(func.count()).select_from(subscriber_key)) == 2


def test_no_address_is_stored(database: Database) -> None:
    Scene(database, people=0)
    find(database, of(email="ann@example.com"))
    with database.reading() as connection:
        row = connection.execute(select(subscriber)).one()
    assert "ann" not in str(tuple(row))
    assert row.domain == "example.com"
