"""Whatever order hits come in and however they are batched: the same classes and figures."""

from collections import Counter
from collections.abc import Sequence
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, select

from app.trackserver.inbox import Hit, HitFlag, Kind, Reported
from app.trackserver.store.database import Database
from app.trackserver.store.schema import (
    event,
    inbox,
    inbox_done,
    issue,
    recipient,
    robot,
    robot_sighting,
    rollup,
    set_aside,
)
from app.trackserver.words import Agent, EventType
from app.trackserver.work.recount import compare
from app.trackserver.work.rerun import due, rerun
from tests.trackserver.work.scene import (
    APPLE_PROXY,
    CHROME,
    GMAIL_PROXY,
    ISSUE,
    SAFARI,
    START,
    Scene,
)

AGENTS = (CHROME, CHROME, SAFARI, APPLE_PROXY, GMAIL_PROXY, "curl/8.1", "")
ADDRESSES = ("192.0.2.1", "192.0.2.9", "198.51.100.7", "203.0.113.5", "2001:db8::1")
Item = Hit | Reported


@pytest.fixture
def scene(database: Database) -> Scene:
    return Scene(database, canary=20)


@st.composite
def plans(draw: st.DrawFn) -> list[tuple[Any, ...]]:
    """What happens, as plain values: kind, who, link, when, user agent, address, flags."""
    return draw(
        st.lists(
            st.tuples(
                st.sampled_from(("open", "click", "click", "unsubscribe", "report")),
                st.one_of(st.integers(1, 2), st.integers(1, 14), st.just(0)),
                st.one_of(st.integers(1, 6), st.just(20)),
                st.one_of(
                    st.integers(40_000, 56_000), st.integers(0, 1_200_000).map(lambda n: n // 9 * 9)
                ),
                st.integers(0, len(AGENTS) - 1),
                st.integers(0, len(ADDRESSES) - 1),
                st.integers(0, 3),
            ),
            min_size=1,
            max_size=40,
            unique=True,
        )
    )


def items(scene: Scene, plan: Sequence[tuple[Any, ...]]) -> list[Item]:
    made: list[Item] = []
    for place, (kind, who, link, at, agent, address, flags) in enumerate(plan):
        where = {"agent": AGENTS[agent], "address": ADDRESSES[address]}
        if kind == "open":
            hit: Item = scene.open(who, at, **where)
        elif kind == "click":
            hit = scene.click(who, link, at, **where)
            hit = msgspec.structs.replace(hit, flags=flags & HitFlag.PREFETCH)
        elif kind == "unsubscribe":
            hit = scene.unsubscribe(who, at, flags=flags & HitFlag.POSTED, **where)
        else:
            types = (EventType.DELIVERED, EventType.SOFT_BOUNCE, EventType.OPENED, EventType.SENT)
            hit = Reported(
                START + at, ISSUE, types[flags], who, user_agent=AGENTS[agent],
                address=ADDRESSES[address], reason="5.1.1", id=f"r{place}",
            )  # fmt: skip
        made.append(hit)
    return made


def arrange(scene: Scene, made: Sequence[Item], sizes: Sequence[int]) -> None:
    """Put items into the inbox in batches of these sizes, and work them off now and then."""
    worker = scene.worker()
    waiting = list(made)
    for size in [*sizes, len(waiting)]:
        batch, waiting = waiting[:size], waiting[size:]
        for kind, of in ((Kind.HITS, Hit), (Kind.EVENTS, Reported)):
            of_kind = [item for item in batch if isinstance(item, of)]
            if of_kind:
                scene.put_body(kind, msgspec.msgpack.encode(of_kind), len(of_kind))
        if size % 2:
            scene.drain(worker)
    scene.drain(worker)


def settle(scene: Scene) -> None:
    for _ in range(5):
        with scene.database.reading() as connection:
            issues = due(connection)
        if not issues:
            return
        for number in issues:
            rerun(scene.database, number)
    raise AssertionError("judging an issue never ends")


def state(scene: Scene) -> tuple[Counter[Any], Counter[Any], Counter[Any]]:
    with scene.database.reading() as connection:
        columns = event.c
        events = Counter(
            tuple(row)
            for row in connection.execute(
                select(columns.at, columns.type, columns.subscriber_id, columns.link, columns.agent,
                       columns.reasons, columns.network, columns.domain)
            )
        )  # fmt: skip
        figures = Counter(tuple(row) for row in connection.execute(select(rollup)))
        robots = Counter(tuple(row) for row in connection.execute(select(robot)))
        assert connection.execute(select(set_aside)).all() == []
    return events, figures, robots


def empty(scene: Scene) -> None:
    with scene.database.writing() as connection:
        for table in (event, rollup, recipient, inbox, inbox_done, robot, robot_sighting):
            connection.execute(delete(table))
        connection.execute(issue.update().values(seq=0, judged_seq=0))


@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(plan=plans(), data=st.data())
def test_order_and_batching_make_no_difference(
    scene: Scene, plan: list[tuple[Any, ...]], data: st.DataObject
) -> None:
    made = items(scene, plan)
    empty(scene)
    arrange(scene, made, [])
    assert differences(scene) == []
    settle(scene)
    assert differences(scene) == []
    at_once = state(scene)
    shuffled = data.draw(st.permutations(made))
    sizes = data.draw(st.lists(st.integers(1, 7), max_size=12))
    empty(scene)
    arrange(scene, shuffled, sizes)
    assert differences(scene) == []
    settle(scene)
    assert differences(scene) == []
    assert state(scene) == at_once


def differences(scene: Scene) -> list[object]:
    with scene.database.reading() as connection:
        return list(compare(connection, scene.database, ISSUE))


def test_a_judgement_across_recipients_survives_the_next_hit(database: Database) -> None:
    """Else a class would flicker between one look at the whole and the next."""
    scene = Scene(database)
    burst = [scene.click(1, link, 40_000 + link * 100) for link in range(1, 7)]
    scene.put(*burst, scene.open(2, 50_000))
    scene.drain()
    settle(scene)
    assert set(scene.classes()) == {Agent.MACHINE}
    scene.put(scene.open(2, 3_000_000, SAFARI, "203.0.113.5"))
    scene.drain()
    assert scene.classes()[-1] is Agent.HUMAN
    assert set(scene.classes()[:-1]) == {Agent.MACHINE}
    assert differences(scene) == []
