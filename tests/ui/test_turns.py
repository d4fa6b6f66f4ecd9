"""Work in turns: each step lets others come, all at once where it is wanted, none when stopped."""

from collections.abc import Iterator

from PySide6.QtCore import QObject, QTimer
from pytestqt.qtbot import QtBot

from app.ui.turns import Turns


def steps(name: str, count: int, done: list[str]) -> Iterator[None]:
    for at in range(count):
        done.append(f"{name}{at}")
        yield


def test_others_have_their_turn_between_the_steps(qtbot: QtBot) -> None:
    owner, done = QObject(), list[str]()
    timer = QTimer(owner, interval=0)
    timer.timeout.connect(lambda: done.append("-"))
    timer.start()
    Turns(owner).begin(steps("a", 3, done))
    qtbot.waitUntil(lambda: "a2" in done)
    told = "".join(done)
    assert told.index("a0") < told.index("-", told.index("a0")) < told.index("a1")
    assert told.index("-", told.index("a1")) < told.index("a2")


def test_what_is_left_can_be_done_at_once(qtbot: QtBot) -> None:
    owner, done = QObject(), list[str]()
    turns = Turns(owner)
    turns.begin(steps("a", 3, done))
    qtbot.waitUntil(lambda: bool(done))
    turns.finish()
    assert done == ["a0", "a1", "a2"]
    turns.finish()
    assert len(done) == 3


def test_another_work_takes_its_place_and_a_pause_waits(qtbot: QtBot) -> None:
    owner, done = QObject(), list[str]()
    turns = Turns(owner)
    turns.begin(steps("a", 3, done))
    turns.begin(steps("b", 2, done))
    turns.pause()
    later = list[str]()
    QTimer.singleShot(0, owner, lambda: later.append("later"))
    qtbot.waitUntil(lambda: bool(later))
    assert not done
    turns.go_on()
    qtbot.waitUntil(lambda: done == ["b0", "b1"])


def test_a_step_may_stop_it(qtbot: QtBot) -> None:
    owner, done = QObject(), list[str]()
    turns = Turns(owner)

    def work() -> Iterator[None]:
        done.append("one")
        turns.stop()
        yield
        done.append("two")

    turns.begin(work())
    qtbot.waitUntil(lambda: bool(done))
    turns.finish()
    assert done == ["one"]
