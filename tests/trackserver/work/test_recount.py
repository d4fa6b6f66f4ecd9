"""Figures against a recount, and what a look at the whole of an issue changes."""

from sqlalchemy import delete, insert, select, update

from app.trackserver.robots.classify import RULES
from app.trackserver.robots.sightings import What
from app.trackserver.store.database import Database
from app.trackserver.store.schema import event, issue, publication, robot, rollup, subscriber
from app.trackserver.words import Agent, Metric, Reason
from app.trackserver.work.recount import compare, repair
from app.trackserver.work.rerun import due, rerun
from tests.trackserver.work.scene import CHROME, ISSUE, SAFARI, Scene

GATEWAY = "198.51.100.20"


def test_a_wrong_figure_is_found_and_set_right(database: Database) -> None:
    scene = Scene(database)
    scene.put(scene.open(1), scene.click(2), scene.click(3, link=2))
    scene.drain()
    right = scene.figures()
    with database.writing() as connection:
        connection.execute(update(rollup).where(rollup.c.metric == Metric.OPENS).values(n=7))
        connection.execute(delete(rollup).where(rollup.c.metric == Metric.CLICKERS))
        connection.execute(
            insert(rollup).values(issue_id=ISSUE, dimension=0, key="", metric=1, agent=0, n=3)
        )
    with database.writing() as connection:
        assert compare(connection, database, ISSUE) != []
        found = repair(connection, database, ISSUE)
    assert {(one.figure[2], one.stored, one.counted) for one in found if one.figure[0] == 0} == {
        (Metric.OPENS, 7, 1),
        (Metric.CLICKERS, 0, 2),
        (Metric.SENT, 3, 0),
    }
    assert scene.figures() == right
    with database.writing() as connection:
        assert repair(connection, database, ISSUE) == []


def test_a_repair_is_told_to_those_who_sync(database: Database) -> None:
    scene = Scene(database)
    scene.put(scene.open(1))
    scene.drain()
    with database.writing() as connection:
        before = connection.scalar(select(publication.c.seq)) or 0
        connection.execute(update(rollup).values(n=7))
        repair(connection, database, ISSUE)
        after = connection.scalar(select(publication.c.seq))
        assert after == connection.scalar(select(issue.c.seq)) == before + 1


def test_other_rules_judge_old_hits_again(database: Database) -> None:
    scene = Scene(database, mode="aggregate")
    with database.writing() as connection:
        connection.execute(update(issue).values(mode="individual"))
    scene.put(scene.open(1), scene.open(0), scene.click(1, at=90_000))
    scene.drain()
    right = (scene.figures(), scene.hits())
    with database.writing() as connection:
        # As an older version judged and counted them.
        connection.execute(update(event).values(agent=2, reasons=Reason.MANY_NETWORKS, rules=0))
        repair(connection, database, ISSUE)
    assert set(scene.classes()) == {Agent.MACHINE}
    done = rerun(database, ISSUE)
    assert (done.events, done.changed) == (3, 3)
    assert (scene.figures(), scene.hits()) == right
    with database.reading() as connection:
        assert set(connection.scalars(select(event.c.rules))) == {RULES}
        assert compare(connection, database, ISSUE) == []


def test_a_later_time_of_sending_is_taken_into_account(database: Database) -> None:
    scene = Scene(database)
    scene.put(*(scene.click(1, link, at=3_000_000 + link * 3_000) for link in (1, 2, 3)))
    scene.drain()
    assert set(scene.classes()) == {Agent.HUMAN}
    with database.writing() as connection:
        connection.execute(update(issue).values(sent_at=issue.c.sent_at + 2_900_000))
    rerun(database, ISSUE)
    assert set(scene.classes()) == {Agent.MACHINE}


def test_a_scanner_of_many_copies(database: Database) -> None:
    scene = Scene(database)
    scene.put(*(scene.click(1, link, 40_000 + link * 200, CHROME, GATEWAY) for link in range(1, 7)))
    scene.put(*(scene.click(who, 1, 60_000 + who, CHROME, GATEWAY) for who in range(2, 8)))
    scene.put(scene.click(9, 1, 60_000, SAFARI), scene.open(10, 60_000, CHROME, "203.0.113.9"))
    scene.drain()
    assert scene.classes().count(Agent.MACHINE) == 6
    rerun(database, ISSUE)
    assert scene.classes().count(Agent.MACHINE) == 12
    assert scene.total(Metric.CLICKERS, Agent.HUMAN) == 1
    shared = [reasons for _, _, reasons in scene.hits() if reasons & Reason.SHARED_SCANNER]
    assert len(shared) == 6


def robots(database: Database, what: What) -> dict[str, tuple[int, int]]:
    with database.reading() as connection:
        rows = connection.execute(select(robot).where(robot.c.kind == what))
        return {row.key: (row.machines, row.humans) for row in rows}


def test_the_tables_of_robots_fill_themselves(database: Database) -> None:
    scene = Scene(database)
    scene.put(*(scene.click(1, link, 40_000 + link * 200, CHROME, GATEWAY) for link in range(1, 7)))
    scene.put(scene.open(2, 9_000_000, SAFARI, GATEWAY), scene.open(3, 70_000, "curl/8.1"))
    scene.put(scene.open(4, 70_000, SAFARI, "203.0.113.9"))
    scene.drain()
    for _ in range(2):
        rerun(database, ISSUE)
        assert robots(database, What.NETWORK) == {"198.51.100.0/24": (6, 1), "192.0.2.0/24": (1, 0)}
        assert robots(database, What.USER_AGENT) == {CHROME: (6, 0), "curl/8.1": (1, 0)}
        assert robots(database, What.DOMAIN) == {
            "domain1.example": (6, 0),
            "domain3.example": (1, 0),
        }
    with database.reading() as connection:
        row = connection.execute(select(robot).where(robot.c.key == CHROME)).one()
        assert Reason(row.reasons) == Reason.LINK_BURST
        assert due(connection) == []


def test_what_turns_out_to_be_people_leaves_the_tables(database: Database) -> None:
    scene = Scene(database)
    scene.put(scene.click(1, 1, 9_000_000), scene.unsubscribe(1, 9_020_000))
    scene.drain()
    rerun(database, ISSUE)
    assert robots(database, What.NETWORK) == {"192.0.2.0/24": (2, 0)}
    scene.put(scene.unsubscribe(1, 9_030_000, flags=2))
    scene.drain()
    rerun(database, ISSUE)
    assert robots(database, What.NETWORK) == {}
    assert set(scene.classes()) == {Agent.HUMAN}


def test_who_was_erased_is_still_in_the_totals(database: Database) -> None:
    scene = Scene(database)
    with database.writing() as connection:
        connection.execute(delete(subscriber).where(subscriber.c.id == 1))
    scene.put(scene.open(1))
    scene.drain()
    assert scene.total(Metric.OPENS) == 1
    assert scene.total(Metric.OPENERS) == 0
