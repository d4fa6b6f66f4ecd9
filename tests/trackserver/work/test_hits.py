"""From the inbox to the figures."""

from app.trackserver.store.database import Database
from app.trackserver.words import Agent, Dimension, Metric
from app.trackserver.work.contributions import hour_key
from tests.trackserver.work.scene import APPLE_PROXY, SAFARI, START, Scene


def test_an_open_and_a_click_become_figures(database: Database) -> None:
    scene = Scene(database)
    scene.put(scene.open(1), scene.click(1, link=3, at=70_000), scene.click(2, link=3))
    scene.drain()
    assert scene.total(Metric.OPENS) == 1
    assert scene.total(Metric.CLICKS) == 2
    assert scene.total(Metric.OPENERS) == 1
    assert scene.total(Metric.CLICKERS) == 2
    assert scene.total(Metric.INFERRED_OPENERS) == 1
    assert scene.figures(Dimension.LINK)[Metric.CLICKERS, "00003", Agent.HUMAN] == 2
    assert scene.figures(Dimension.CLIENT)[Metric.OPENS, "Chrome", Agent.HUMAN] == 1
    assert scene.figures(Dimension.DOMAIN)[Metric.OPENERS, "domain1.example", Agent.HUMAN] == 1


def test_a_reader_counts_once_in_their_best_class(database: Database) -> None:
    scene = Scene(database)
    scene.put(scene.open(1, agent=APPLE_PROXY, address="17.0.0.1"))
    scene.drain()
    assert scene.total(Metric.OPENERS, Agent.PRIVACY_PROXY) == 1
    scene.put(scene.open(1, at=900_000, agent=SAFARI))
    scene.drain()
    assert scene.total(Metric.OPENS, Agent.PRIVACY_PROXY) == 1
    assert scene.total(Metric.OPENERS, Agent.PRIVACY_PROXY) == 0
    assert scene.total(Metric.OPENERS, Agent.HUMAN) == 1


def test_a_person_who_clicks_has_opened_whoever_loaded_the_pictures(database: Database) -> None:
    scene = Scene(database)
    scene.put(scene.open(1, agent=APPLE_PROXY, address="17.0.0.1"))
    scene.put(scene.open(2, agent=APPLE_PROXY, address="17.0.0.2"))
    scene.put(scene.click(1, at=9 * 3_600_000, agent=SAFARI), scene.click(3, agent=SAFARI))
    scene.drain()
    assert scene.total(Metric.OPENS, Agent.PRIVACY_PROXY) == 2
    assert scene.total(Metric.OPENERS, Agent.HUMAN) == 1
    assert scene.total(Metric.OPENERS, Agent.PRIVACY_PROXY) == 1
    assert scene.total(Metric.INFERRED_OPENERS, Agent.HUMAN) == 1
    clicked = hour_key(START + 9 * 3_600_000)
    hours = scene.figures(Dimension.HOUR)
    assert hours[Metric.OPENERS, clicked, Agent.HUMAN] == 1
    proxied = scene.figures(Dimension.PROXY)
    assert proxied[Metric.OPENERS, "apple", Agent.HUMAN] == 1


def test_the_same_batch_twice_counts_once(database: Database) -> None:
    scene = Scene(database)
    batch = bytes(16)
    scene.put(scene.open(1), batch=batch)
    scene.drain()
    scene.put(scene.open(1), batch=batch)
    scene.drain()
    assert scene.total(Metric.OPENS) == 1


def test_a_forged_token_is_no_event(database: Database) -> None:
    scene = Scene(database)
    forged = scene.open(1)
    scene.put(type(forged)(forged.at, "A" * 30, "x", "192.0.2.1"), scene.open(2))
    scene.drain()
    assert scene.total(Metric.OPENS) == 1
