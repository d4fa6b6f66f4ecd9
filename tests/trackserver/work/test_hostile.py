"""Hits that nobody meant well by: they count as little as they may, and hold nothing up."""

from sqlalchemy import func, select

from app.trackserver.inbox import Hit
from app.trackserver.store.database import Database
from app.trackserver.store.schema import event, set_aside, subscriber
from app.trackserver.tokens import Kind as TokenKind
from app.trackserver.tokens import Token
from tests.trackserver.work.scene import CHROME, ISSUE, START, Scene


def tagged(scene: Scene, tag: str, kind: TokenKind = TokenKind.OPEN) -> Hit:
    path = f"{scene.keys.sign(Token(kind, ISSUE))}/{tag}"
    return Hit(START + 60_000, path, CHROME, "192.0.2.1")


def test_a_merge_tag_that_no_platform_makes_poisons_nothing(database: Database) -> None:
    scene = Scene(database, people=0)
    tags = ("a\0b", "\0", "line\nbreak", "\ufffd", "{{ subscriber.id }}", "c")
    scene.put(*(tagged(scene, tag) for tag in tags))
    scene.drain()
    with database.reading() as connection:
        assert connection.scalar(select(func.count()).select_from(set_aside)) == 0
        assert connection.scalar(select(func.count()).select_from(event)) == len(tags)
        assert list(connection.scalars(select(subscriber.c.external_id))) == ["c"]
