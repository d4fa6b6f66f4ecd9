"""Hits that nobody meant well by: they count as little as they may, and hold nothing up."""

import time
from collections import Counter

import msgspec
import pytest
from sqlalchemy import func, select, update

from app.trackserver.api.erasing import erase
from app.trackserver.inbox import Hit, HitFlag
from app.trackserver.mail.rewrite import RECIPIENT_PLACEHOLDER
from app.trackserver.store.database import Database
from app.trackserver.store.schema import event, issue, set_aside, subscriber, user_agent
from app.trackserver.tokens import Kind as TokenKind
from app.trackserver.tokens import Token
from app.trackserver.vendors.fields import without_emails
from app.trackserver.words import Agent, Dimension, EventType, Source
from app.trackserver.work import agents_table, hits
from app.trackserver.work.agents_table import UserAgents
from app.trackserver.work.hits import secrets_of
from app.trackserver.work.occurrence import Occurrence
from app.trackserver.work.recount import compare
from app.trackserver.work.rerun import rerun
from app.trackserver.work.resolve import Resolver
from app.trackserver.work.subscribers import Named
from tests.trackserver.work.scene import APPLE_PROXY, CHROME, ISSUE, START, Scene


def tagged(scene: Scene, tag: str, kind: TokenKind = TokenKind.OPEN) -> Hit:
    path = f"{scene.keys.sign(Token(kind, ISSUE))}/{tag}"
    return Hit(START + 60_000, path, CHROME, "192.0.2.1")


def named_events(database: Database, kind: EventType) -> list[bool]:
    with database.reading() as connection:
        rows = connection.execute(select(event).where(event.c.type == kind).order_by(event.c.id))
        return [row.subscriber_id is not None for row in rows]


def test_a_merge_tag_that_no_platform_makes_poisons_nothing(database: Database) -> None:
    scene = Scene(database, people=0)
    tags = ("a\0b", "\0", "line\nbreak", "\ufffd", "{{ subscriber.id }}", "c")
    scene.put(*(tagged(scene, tag) for tag in tags))
    scene.drain()
    with database.reading() as connection:
        assert connection.scalar(select(func.count()).select_from(set_aside)) == 0
        assert connection.scalar(select(func.count()).select_from(event)) == len(tags)
        assert list(connection.scalars(select(subscriber.c.external_id))) == ["c"]


def test_made_up_ids_make_only_so_many_subscribers(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hits, "_FEWEST", 3)
    scene = Scene(database, people=0)
    with database.writing() as connection:
        connection.execute(update(issue).values(recipients=1))
    monkeypatch.setattr(hits, "_TIMES", 5)
    for group in range(4):
        scene.put(*(tagged(scene, f"made-up-{group}-{number}") for number in range(4)))
        scene.drain()
    scene.put(tagged(scene, "made-up-0-0"))
    scene.drain()
    with database.reading() as connection:
        assert connection.scalar(select(func.count()).select_from(subscriber)) == 5
        assert connection.scalar(select(issue.c.strangers)) == 5
    # Every hit counts, and who is known stays known.
    assert sorted(named_events(database, EventType.OPENED)) == [False] * 11 + [True] * 6


def test_where_ids_are_signed_no_other_is_believed(database: Database) -> None:
    scene = Scene(database, people=0)
    with database.writing() as connection:
        connection.execute(update(issue).values(tail=RECIPIENT_PLACEHOLDER))
    scene.put(tagged(scene, "made-up"))
    scene.drain()
    assert named_events(database, EventType.OPENED) == [False]


def test_a_recipients_value_that_was_damaged_is_no_platforms_id(database: Database) -> None:
    scene = Scene(database, people=1)
    value = scene.keys.sign(Token(TokenKind.OPEN, ISSUE, 1))
    other = "-" if value[8] == "_" else "_"
    damaged = (value[:-1], value[:9], value[:-2] + "~~", value[:8] + other + value[9:])
    # What platforms have: counters, UUIDs, short random words.
    real = ("4711", "0b6e4f0a-7c1d-4f5e-9d55-6f1c1f1f2a01", "AQID", "aqab17f", "ann")
    scene.put(*(tagged(scene, tag) for tag in (*damaged, *real)))
    scene.drain()
    with database.reading() as connection:
        found = connection.scalars(
            select(subscriber.c.external_id).where(subscriber.c.external_id.is_not(None))
        )
        assert sorted(found) == sorted(real)
    assert named_events(database, EventType.OPENED).count(False) == len(damaged)


def test_who_was_erased_is_not_made_known_again(database: Database) -> None:
    scene = Scene(database, people=0)
    scene.put(tagged(scene, "ann"), tagged(scene, "bob"))
    scene.drain()
    with database.writing() as connection:
        row = connection.execute(select(subscriber).where(subscriber.c.external_id == "ann")).one()
        erase(connection, database, row, scene.now)
    scene.put(tagged(scene, "ann"), tagged(scene, "ann"))
    scene.drain()
    with database.reading() as connection:
        assert list(connection.scalars(select(subscriber.c.external_id))) == ["bob"]
    assert sorted(named_events(database, EventType.OPENED)) == [False, False, True]
    # To unsubscribe they have to be named; to nothing else.
    leave = msgspec.structs.replace(
        tagged(scene, "ann", TokenKind.UNSUBSCRIBE), flags=int(HitFlag.POSTED)
    )
    scene.put(leave, tagged(scene, "ann"))
    scene.drain()
    scene.put(tagged(scene, "ann"))
    scene.drain()
    assert named_events(database, EventType.UNSUBSCRIBED) == [True]
    assert sorted(named_events(database, EventType.OPENED)) == [False] * 4 + [True]


def test_an_address_in_the_place_of_an_id_is_not_stored(database: Database) -> None:
    scene = Scene(database, people=0)
    scene.put(tagged(scene, "Ann@Example.com"), tagged(scene, "ann@example.com"))
    scene.drain()
    with database.reading() as connection:
        row = connection.execute(select(subscriber)).one()
    assert (row.external_id, row.domain) == (None, "example.com")


def test_of_nobody_a_vendors_fields_are_not_kept(database: Database) -> None:
    scene = Scene(database, people=0, mode="aggregate")
    told = {"sg_message_id": "of-one-mail", "sendoff_subscriber": "ann", "reason": "5.1.1"}
    whose = Occurrence(
        EventType.HARD_BOUNCE, START + 1000, Source.SENDGRID, b"i" * 16, issue=ISSUE,
        email="ann@example.com", reason="5.1.1", detail=dict(told),
    )  # fmt: skip
    assert details(scene, whose) == [{"reason": "5.1.1"}]


def test_no_address_slips_in_with_a_reason_or_a_link(database: Database) -> None:
    scene = Scene(database, people=0)
    bounced = Occurrence(
        EventType.HARD_BOUNCE, START + 1000, Source.API, b"i" * 16, issue=ISSUE,
        external_id="ann", reason="550 <ann@example.com> unknown",
    )  # fmt: skip
    clicked = Occurrence(
        EventType.CLICKED, START + 2000, Source.API, b"j" * 16, issue=ISSUE,
        external_id="ann", link_url="https://example.com/?for=ann%40example.com",
    )  # fmt: skip
    assert "example.com/?for=(address)" in str(details(scene, bounced, clicked))
    assert "ann@" not in str(details(scene))
    assert "ann@" not in str(scene.figures(Dimension.REASON))


def details(scene: Scene, *occurrences: Occurrence) -> list[dict[str, object]]:
    """What is stored beside the columns, after these happened."""
    with scene.database.writing() as connection:
        key = secrets_of(connection).hash_key
        agents = UserAgents()
        Resolver(connection, scene.database, agents, key, scene.now).record(occurrences)
        rows = connection.scalars(select(event.c.detail).order_by(event.c.at))
        return [msgspec.json.decode(row) for row in rows]


def test_an_endless_word_costs_no_more_than_its_length() -> None:
    began = time.process_time()
    without_emails("a" * 200_000)
    assert time.process_time() - began < 2


def test_user_agents_make_only_so_many_clients_known(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(agents_table, "MOST_NAMES", 3)
    scene = Scene(database)
    worker = scene.worker()
    for number in range(1, 9):
        scene.put(scene.open(number, agent=f"Invented{'x' * number}Bot/1.0"))
        scene.drain(worker)
    clients = {key for _, key, _ in scene.figures(Dimension.CLIENT)}
    assert len(clients) == 4
    assert agents_table.OTHER in clients
    with database.reading() as connection:
        assert compare(connection, database, ISSUE) == []


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Ann@Example.COM ", "ann@example.com"),
        ("jose\u0301@example.com", "jos\u00e9@example.com"),
        ("ann@b\u00fccher.example", "ann@xn--bcher-kva.example"),
    ],
)
def test_one_mailbox_is_one_subscriber(one: str, other: str) -> None:
    assert Named(1, email=one).digests(b"key") == Named(1, email=other).digests(b"key")
    assert Named(1, email=one).domain == Named(1, email=other).domain


def test_user_agents_make_only_so_many_rows(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(agents_table, "MOST_ROWS", 3)
    scene = Scene(database)
    worker = scene.worker()
    scene.put(scene.open(1, agent=CHROME), scene.open(2, agent=APPLE_PROXY))
    scene.drain(worker)
    for number in range(3, 13):
        scene.put(
            scene.open(number, agent=f"{CHROME} Word/{number}", address=f"198.51.{number}.1"),
            scene.open(number, agent=f"python-requests/2.{number}", address=f"203.0.{number}.1"),
        )
        # Also one that starts anew, as after a crash.
        scene.drain(worker if number % 3 else scene.worker())
    with database.reading() as connection:
        rows = connection.execute(
            select(user_agent.c.client, event.c.agent).join_from(
                event, user_agent, user_agent.c.id == event.c.user_agent_id
            )
        ).all()
        stored = connection.scalar(select(func.count()).select_from(user_agent)) or 0
        assert compare(connection, database, ISSUE) == []
    assert len(rows) == 22
    assert stored <= 3 + 2
    # Who it is, is told as before; only the words are not kept.
    assert Counter(agent for _, agent in rows) == {
        Agent.HUMAN: 11, Agent.MACHINE: 10, Agent.PRIVACY_PROXY: 1
    }  # fmt: skip
    assert sum(client == "Chrome" for client, _ in rows) == 11
    before = scene.figures(Dimension.CLIENT)
    rerun(database, ISSUE)
    assert scene.figures(Dimension.CLIENT) == before
