"""What visitors do becomes figures, whatever the order and however it is split into batches."""

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, insert, select

from app.trackserver.inbox import Kind, PageView
from app.trackserver.pages.counting import OTHER, PageMetric
from app.trackserver.pages.salts import Salts
from app.trackserver.store.database import Database
from app.trackserver.store.schema import day_salt, page, page_rollup, page_visit
from app.trackserver.work.retention import retain
from tests.trackserver.work.scene import PUBLICATION, START, Scene

DAY = 86_400_000
TODAY = START // DAY


@pytest.fixture
def scene(database: Database) -> Scene:
    scene = Scene(database, people=0)
    with database.writing() as connection:
        for number in (1, 2):
            connection.execute(
                insert(page).values(
                    id=number, public_id=f"page_{number}", publication_id=PUBLICATION,
                    issue_id=1, url=f"https://letter.example/{number}", made_at=START,
                )
            )  # fmt: skip
    return scene


def view(step: str = "view", visitor: int = 1, at: int = START, **more: object) -> PageView:
    fields = {"page": "page_1", "referrer": "", "campaign": "", "robot": False} | more
    return msgspec.convert([at, fields["page"], step, bytes([visitor]) * 16, fields["referrer"],
                            fields["campaign"], fields["robot"]], PageView)  # fmt: skip


def put(scene: Scene, *views: PageView) -> None:
    scene.put_body(Kind.PAGES, msgspec.msgpack.encode(views), len(views))


def figures(scene: Scene) -> dict[tuple[int, int, str, str], int]:
    with scene.database.reading() as connection:
        rows = connection.execute(select(page_rollup)).all()
    return {(row.page_id, row.day, row.metric, row.key): row.n for row in rows}


def total(scene: Scene, metric: PageMetric, key: str = "") -> int:
    return sum(n for (_, _, name, of), n in figures(scene).items() if name == metric and of == key)


def test_a_visitor_counts_once_a_day_and_each_view_counts(scene: Scene) -> None:
    put(scene, view(), view(), view("read"), view(visitor=2))
    put(scene, view(), view("read"), view("sign_up"), view(at=START + DAY))
    scene.drain()
    assert total(scene, PageMetric.VIEWS) == 5
    assert total(scene, PageMetric.VISITS) == 3
    assert total(scene, PageMetric.READERS) == 1
    assert total(scene, PageMetric.SIGN_UPS) == 1


def test_referrers_and_campaigns(scene: Scene) -> None:
    put(scene, view(referrer="news.example", campaign="issue-12"), view(referrer="news.example"))
    scene.drain()
    assert total(scene, PageMetric.BY_REFERRER, "news.example") == 2
    assert total(scene, PageMetric.BY_CAMPAIGN, "issue-12") == 1
    assert total(scene, PageMetric.BY_CAMPAIGN, "") == 1


def test_robots_stand_apart(scene: Scene) -> None:
    put(scene, view(robot=True), view("read", robot=True), view())
    scene.drain()
    assert total(scene, PageMetric.ROBOTS) == 1
    assert total(scene, PageMetric.VIEWS) == total(scene, PageMetric.VISITS) == 1
    assert total(scene, PageMetric.READERS) == 0


def test_an_unknown_page_is_dropped(scene: Scene) -> None:
    put(scene, view(page="page_x"))
    scene.drain()
    assert figures(scene) == {}


def test_endless_referrers_do_not_grow_the_table(scene: Scene) -> None:
    for start in range(0, 500, 100):
        put(scene, *(view(referrer=f"r{n}.example") for n in range(start, start + 100)))
    scene.drain()
    kept = {key for _, _, metric, key in figures(scene) if metric == PageMetric.BY_REFERRER}
    assert len(kept) == 201
    assert total(scene, PageMetric.BY_REFERRER, OTHER) == 300


_views = st.builds(
    view,
    st.sampled_from(["view", "read", "sign_up"]),
    st.integers(1, 4),
    st.sampled_from([START, START + 1, START + DAY]),
    page=st.sampled_from(["page_1", "page_2"]),
    referrer=st.sampled_from(["", "a.example"]),
)


@given(st.data())
@settings(
    max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_any_order_and_any_batches_give_the_same(scene: Scene, data: st.DataObject) -> None:
    views = data.draw(st.lists(_views, min_size=1, max_size=15))
    shuffled = data.draw(st.permutations(views))
    cut = data.draw(st.integers(0, len(views)))
    outcomes = []
    for batches in ([views], [shuffled[:cut], shuffled[cut:]]):
        with scene.database.writing() as connection:
            for table in (page_visit, page_rollup):
                connection.execute(delete(table))
        for batch in batches:
            if batch:
                put(scene, *batch)
        scene.drain()
        outcomes.append(figures(scene))
    assert outcomes[0] == outcomes[1]
    views_of_day = {(v.page, v.at // DAY, v.visitor) for v in views}
    assert total(scene, PageMetric.VISITS) == len(views_of_day)


def test_salts_are_shared_and_thrown_away(scene: Scene) -> None:
    one, other = Salts(), Salts()
    salt = one.of(scene.database, TODAY)
    assert other.of(scene.database, TODAY) == salt != one.of(scene.database, TODAY + 1)
    put(scene, view(), view(at=START + 2 * DAY))
    scene.drain()
    retain(scene.database, START + 2 * DAY)
    with scene.database.reading() as connection:
        assert [row.day for row in connection.execute(select(day_salt))] == [TODAY + 1]
        assert [row.day for row in connection.execute(select(page_visit))] == [TODAY + 2]
    # The figures stay.
    assert total(scene, PageMetric.VISITS) == 2
