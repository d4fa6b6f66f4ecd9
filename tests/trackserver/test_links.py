"""Links are known without the store."""

from pathlib import Path

import pytest
from sqlalchemy import delete, update

from app.trackserver.links import LinkTable, NoKeys, Target
from app.trackserver.store.database import Database
from app.trackserver.store.schema import link, server, signing_key
from app.trackserver.store.setup import set_up
from app.trackserver.tokens import Kind, Token
from tests.trackserver.web.conftest import DESTINATION, NOW, add_issue

AWAY = Database("postgresql://sendoff@127.0.0.1:1/away")


@pytest.fixture
def table(database: Database, tmp_path: Path) -> LinkTable:
    set_up(database, NOW)
    add_issue(database)
    table = LinkTable(database, tmp_path / "links.db")
    table.start()
    return table


def test_links_are_copied_when_a_process_starts(table: LinkTable) -> None:
    assert table.find(1, 1) == Target(DESTINATION)
    assert table.find(1, 2) == Target(DESTINATION, revoked=True)
    assert table.find(1, 3) is None
    table.close()


def test_a_process_that_starts_while_the_store_is_away_knows_them(
    table: LinkTable, tmp_path: Path
) -> None:
    token = table.keyring().sign(Token(Kind.CLICK, 1, 7, 1))
    table.close()
    fresh = LinkTable(AWAY, tmp_path / "links.db")
    fresh.start()
    assert fresh.keyring().verify(token) == Token(Kind.CLICK, 1, 7, 1)
    assert fresh.find(1, 1) == Target(DESTINATION)
    fresh.close()


def test_a_process_that_never_saw_the_store_does_not_start(tmp_path: Path) -> None:
    table = LinkTable(AWAY, tmp_path / "links.db")
    with pytest.raises(NoKeys):
        table.start()
    table.close()


def test_changes_are_followed(table: LinkTable, database: Database) -> None:
    assert table.find(1, 1) == Target(DESTINATION)
    with database.writing() as connection:
        connection.execute(update(link).where(link.c.number == 1).values(revoked_at=NOW))
        connection.execute(
            link.insert().values(
                issue_id=1, number=3, url="https://b.example/", text="", canary=False
            )
        )
        connection.execute(signing_key.insert().values(kid=2, secret=b"s" * 32, made_at=NOW + 1))
    table.refresh()
    assert table.find(1, 1) == Target(DESTINATION, revoked=True)
    assert table.find(1, 3) == Target("https://b.example/")
    assert table.keyring().sign(Token(Kind.OPEN, 1)).startswith("Ag")  # by key 2
    table.close()


def test_a_link_leads_on_though_it_cannot_be_copied(table: LinkTable, database: Database) -> None:
    with database.writing() as connection:
        connection.execute(
            link.insert().values(
                issue_id=1, number=4, url="https://c.example/", text="", canary=False
            )
        )
    table._writer.execute("PRAGMA query_only = ON")  # as a full disk does
    assert table.look_up(1, 4) == Target("https://c.example/")
    table._writer.execute("PRAGMA query_only = OFF")
    table.refresh()
    assert table.find(1, 4) == Target("https://c.example/")
    table.close()


def test_a_restored_store_is_copied_anew(table: LinkTable, database: Database) -> None:
    with database.writing() as connection:
        connection.execute(delete(link).where(link.c.number == 1))
        connection.execute(update(server).values(epoch="another"))
    table.refresh()
    assert table.find(1, 1) is None
    assert table.find(1, 2) is not None
    table.close()


def test_more_links_than_a_page(table: LinkTable, database: Database) -> None:
    rows = [
        {"issue_id": 1, "number": number, "url": f"https://a.example/{number}", "text": "",
         "canary": False}
        for number in range(3, 12_000)
    ]  # fmt: skip
    with database.writing() as connection:
        connection.execute(link.insert(), rows)
    table.refresh()
    assert table.find(1, 11_999) == Target("https://a.example/11999")
    table.close()


def test_the_copy_is_nobody_elses(table: LinkTable, tmp_path: Path) -> None:
    assert (tmp_path / "links.db").stat().st_mode & 0o077 == 0
    table.close()
