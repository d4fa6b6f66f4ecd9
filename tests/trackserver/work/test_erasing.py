"""What an erasure reaches besides events and figures: what was set aside, the file itself, and a
look at the whole of an issue that is under way.
"""

import json
from pathlib import Path

import msgspec
import pytest
from sqlalchemy import func, insert, select, text

from app.trackserver.api.erasing import erase
from app.trackserver.inbox import Delivered, Hit, Kind, Postponed, Reported
from app.trackserver.store.database import Database
from app.trackserver.store.schema import publication, server, set_aside, subscriber, webhook
from app.trackserver.tokens import Kind as TokenKind
from app.trackserver.tokens import Token
from app.trackserver.words import Agent, EventType, Metric, Source
from app.trackserver.work import rerun as rerunning
from app.trackserver.work.recount import compare
from app.trackserver.work.rerun import rerun
from app.trackserver.work.subscribers import Named, find_or_make
from tests.trackserver.work.scene import CHROME, ISSUE, PUBLICATION, START, Scene

ANN = Named(PUBLICATION, "reader-ann-4711", "ann@example.com")
BEN = Named(PUBLICATION, "4712", "ben@example.com")


class Two:
    """Ann and Ben, and a store with set-aside items."""

    def __init__(self, database: Database) -> None:
        self.scene = Scene(database, people=0)
        self.database = database
        with database.writing() as connection:
            key = bytes(connection.scalars(select(server.c.hash_key)).one())
            found = find_or_make(connection, database, key, [ANN, BEN], START)
            self.ann, self.ben = found[ANN], found[BEN]
            connection.execute(
                insert(publication).values(
                    id=2, public_id="pub_2", name="Another", mode="individual", canary=False,
                    seq=0, made_at=START,
                )
            )  # fmt: skip
            for number, owner in ((1, PUBLICATION), (2, 2)):
                connection.execute(
                    insert(webhook).values(
                        id=number, publication_id=owner, source=int(Source.MAILJET),
                        path_digest=bytes([number]), proof="{}", made_at=START,
                    )
                )  # fmt: skip

    def aside(self, kind: Kind, item: object) -> None:
        with self.database.writing() as connection:
            connection.execute(
                insert(set_aside).values(
                    kind=int(kind), body=msgspec.msgpack.encode([item]), error="?", at=START
                )
            )

    def erase(self, number: int) -> None:
        with self.database.writing() as connection:
            row = connection.execute(select(subscriber).where(subscriber.c.id == number)).one()
            erase(connection, self.database, row, START)

    def left(self) -> int:
        with self.database.reading() as connection:
            return connection.scalar(select(func.count()).select_from(set_aside)) or 0

    def items_of(self, named: Named, number: int, webhook: int = 1) -> list[tuple[Kind, object]]:
        scene = self.scene
        token = scene.keys.sign(Token(TokenKind.CLICK, ISSUE, 0, 1))
        value = scene.keys.sign(Token(TokenKind.OPEN, ISSUE, number))
        hit = Hit(START, f"{token}/{named.external_id}", CHROME, "192.0.2.1")
        signed = Hit(START, f"{token}/{value}", CHROME, "192.0.2.1")
        event = {"event": "never-heard-of", "email": named.email}
        within = {"Message": json.dumps({"tags": {"sendoff_subscriber": [named.external_id]}})}
        listed = [{"tags": [{"name": "sendoff_subscriber", "value": named.external_id}]}]
        reported = Reported(START, ISSUE, int(EventType.OPENED), 0, email=named.email or "")
        return [
            (Kind.HITS, hit),
            (Kind.HITS, signed),
            (Kind.POSTPONED, Postponed(b"b", 0, hit)),
            (Kind.EVENTS, reported),
            (Kind.EVENTS, Reported(START, ISSUE, int(EventType.OPENED), number)),
            *(
                (Kind.WEBHOOKS, Delivered(START, webhook, msgspec.json.encode(body)))
                for body in (event, within, listed)
            ),
        ]


def test_items_that_were_set_aside_go_with_whom_they_name(database: Database) -> None:
    two = Two(database)
    of_ann, of_ben = two.items_of(ANN, two.ann), two.items_of(BEN, two.ben)
    # Somebody of the same address reads another publication.
    elsewhere = [one for one in two.items_of(ANN, two.ann, 2) if one[0] == Kind.WEBHOOKS]
    for kind, item in (*of_ann, *of_ben, *elsewhere):
        two.aside(kind, item)
    with database.writing() as connection:
        broken = b"\xc1 not to be read: Ann@Example.com, or so"
        connection.execute(insert(set_aside).values(kind=1, body=broken, error="?", at=START))
    two.erase(two.ann)
    assert two.left() == len(of_ben) + len(elsewhere)
    two.erase(two.ben)
    assert two.left() == len(elsewhere)


def test_nothing_of_them_is_left_in_the_file(database: Database, tmp_path: Path) -> None:
    if not database.is_sqlite:
        pytest.skip("PostgreSQL's VACUUM does it, later")
    two = Two(database)
    for kind, item in two.items_of(ANN, two.ann):
        two.aside(kind, item)
    with database.engine.connect() as connection:
        connection.execute(text("PRAGMA wal_checkpoint(TRUNCATE)")).close()
    file = tmp_path / "sendoff.db"
    assert b"reader-ann-4711" in file.read_bytes()
    two.erase(two.ann)
    with database.engine.connect() as connection:
        connection.execute(text("PRAGMA wal_checkpoint(TRUNCATE)")).close()
        assert connection.execute(text("PRAGMA secure_delete")).scalar_one() == 0
    assert b"reader-ann-4711" not in file.read_bytes()
    assert b"ann@example.com" not in file.read_bytes()


def test_who_is_erased_while_their_issue_is_judged_is_left_out(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    two = Two(database)
    scene = two.scene
    for who in (two.ann, two.ben):
        scene.put(*(scene.click(who, link, 50_000 + link * 2_000) for link in range(1, 7)))
    scene.drain()
    assert scene.total(Metric.CLICKERS, Agent.MACHINE) == 2
    with database.writing() as connection:
        connection.execute(text("UPDATE event SET rules = 0"))
    look = rerunning._Look.stale

    def overtaken(self: rerunning._Look, shared: dict[int, int]) -> set[int]:
        found = look(self, shared)
        two.erase(two.ann)
        return found

    monkeypatch.setattr(rerunning._Look, "stale", overtaken)
    done = rerun(database, ISSUE)
    assert done.changed == 6
    assert scene.total(Metric.CLICKERS, Agent.MACHINE) == 1
    with database.reading() as connection:
        assert compare(connection, database, ISSUE) == []
        assert connection.scalars(select(subscriber.c.id)).all() == [two.ben]
