"""A served store with one issue in it."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select

from app.trackserver.inbox import Hit, Kind
from app.trackserver.store import schema
from app.trackserver.store.database import Database
from app.trackserver.tokens import Kind as TokenKind
from app.trackserver.tokens import Token
from tests.trackserver.serving import Served, serving

NOW = 1_790_000_000_000
DESTINATION = "https://example.com/a?b=c%20d"


class Tracked:
    """A served issue (number 1) with link 1, and link 2 that was revoked."""

    def __init__(self, served: Served) -> None:
        self.served = served
        self.http = served.http

    def token(self, kind: TokenKind, link: int = 0, issue: int = 1) -> str:
        return self.served.services.keyring().sign(Token(kind, issue, 7, link))

    @property
    def pixel(self) -> str:
        return f"/i/{self.token(TokenKind.OPEN)}.gif"

    @property
    def click(self) -> str:
        return f"/l/{self.token(TokenKind.CLICK, 1)}"

    @property
    def unsubscribe(self) -> str:
        return f"/u/{self.token(TokenKind.UNSUBSCRIBE)}"

    def hits(self) -> list[Hit]:
        return stored_hits(self.served.services.database)


def stored_hits(database: Database) -> list[Hit]:
    """What the inbox holds, in order."""
    import msgspec

    query = select(schema.inbox).where(schema.inbox.c.kind == Kind.HITS).order_by(schema.inbox.c.id)
    with database.reading() as connection:
        rows = connection.execute(query).all()
    return [hit for row in rows for hit in msgspec.msgpack.decode(row.body, type=list[Hit])]


def add_issue(database: Database) -> None:
    """Issue 1 of publication 1."""
    with database.writing() as connection:
        connection.execute(
            schema.publication.insert().values(
                id=1, public_id="pub_1", name="The <Letter>", mode="individual", canary=False,
                seq=0, made_at=NOW,
            )
        )  # fmt: skip
        connection.execute(
            schema.issue.insert().values(
                id=1, public_id="iss_1", publication_id=1, subject="One", mode="individual",
                made_at=NOW, seq=1,
            )
        )  # fmt: skip
        for number, url, revoked in ((1, DESTINATION, None), (2, DESTINATION, NOW)):
            connection.execute(
                schema.link.insert().values(
                    issue_id=1, number=number, url=url, text="", canary=False, revoked_at=revoked
                )
            )


@pytest.fixture
def tracked(database: Database, tmp_path: Path) -> Iterator[Tracked]:
    add_issue(database)
    with serving(database, tmp_path / "machine", clock=lambda: NOW) as served:
        yield Tracked(served)
