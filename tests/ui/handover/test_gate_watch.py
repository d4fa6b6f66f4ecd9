"""When the gate is judged, and when not yet; with a link checker that the test decides on."""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.handover.gate import Hold
from app.handover.history import History
from app.linkcheck.verdict import Reason, Verdict
from app.ui.editor.jobs import wait_for_jobs
from app.ui.handover.gate_watch import GateWatch, Issue
from app.ui.handover.words import why_held
from tests.support.patience import PATIENCE

A, B = "https://a.example/", "https://b.example/"
NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)


class Checker(QObject):
    """Says what it is told to, when it is told to."""

    verdicts = Signal(list)
    assured = Signal(str, int)

    def __init__(self) -> None:
        super().__init__()
        self.is_ready = True
        self.owner = ""
        self.asked: list[list[str]] = []
        self.stored: dict[str, Verdict] = {}

    def known(self, urls: Iterable[str]) -> dict[str, Verdict]:
        return self.stored

    def assure(self, owner: str, urls: Iterable[str], again: Iterable[str]) -> bool:
        if self.is_ready:
            self.owner = owner
            self.asked.append(list(again))
        return self.is_ready

    def relent(self, owner: str) -> None:
        pass

    def tell(self, **reasons: Reason) -> None:
        """The verdicts of ``a`` and ``b``, found just now."""
        urls = {"a": A, "b": B}
        unknown = (Reason.OFFLINE, Reason.PENDING)
        self.verdicts.emit(
            [
                (urls[name], Verdict(reason, checked_at=None if reason in unknown else NOW))
                for name, reason in reasons.items()
            ]
        )

    def end(self, left: int = 0, owner: str = "") -> None:
        self.assured.emit(owner or self.owner, left)


class Watched:
    def __init__(self, qtbot: QtBot, watch: GateWatch, checker: Checker) -> None:
        self.qtbot, self.watch, self.checker = qtbot, watch, checker

    def asked(self, times: int) -> None:
        """Wait until links were asked for so many times."""
        self.qtbot.waitUntil(lambda: len(self.checker.asked) == times)

    def held(self) -> list[tuple[str, Hold]]:
        """Wait until it is judged by all that was told; what holds."""
        self.qtbot.waitUntil(lambda: not self.watch.is_asking)
        wait_for_jobs(int(PATIENCE * 1000))
        QApplication.processEvents()
        assert self.watch.verdict is not None
        return [(each.state.url, each.hold) for each in self.watch.verdict.held]


@pytest.fixture
def watched(qtbot: QtBot, qapp: QApplication, tmp_path: Path) -> Iterator[Watched]:
    owner, checker, history = QObject(), Checker(), History()
    issue = Issue(tmp_path / "issue.md", f"[a]({A}) [b]({B})\n")
    watch = GateWatch(issue, history, checker, timedelta(minutes=60), owner, lambda: NOW)
    yield Watched(qtbot, watch, checker)
    watch.close()
    qtbot.wait(50)
    history.close()


def test_it_is_not_judged_before_everything_has_answered(watched: Watched) -> None:
    watched.watch.begin()
    watched.asked(1)
    assert watched.checker.asked == [[A, B]]
    watched.checker.tell(a=Reason.OK, b=Reason.OK)
    watched.checker.end(left=1)  # a reputation service has not
    watched.qtbot.wait(300)
    assert watched.watch.verdict is None
    assert not watched.watch.is_open
    watched.checker.tell(b=Reason.WEB_RISK)
    watched.checker.end()
    assert watched.held() == [(B, Hold.BLOCK)]


def test_what_is_stored_and_new_enough_is_not_asked_again(watched: Watched) -> None:
    watched.checker.stored = {
        A: Verdict(Reason.OK, checked_at=NOW - timedelta(minutes=5)),
        B: Verdict(Reason.OK, checked_at=NOW - timedelta(minutes=65)),
    }
    watched.watch.begin()
    watched.asked(1)
    assert watched.checker.asked == [[B]]


def test_a_verdict_that_comes_by_itself_is_judged_after_its_reputation(watched: Watched) -> None:
    watched.watch.begin()
    watched.asked(1)
    watched.checker.tell(a=Reason.OK, b=Reason.OK)
    watched.checker.end()
    assert watched.held() == []
    watched.checker.tell(b=Reason.OK)
    watched.asked(2)
    assert watched.checker.asked[1] == []
    assert not watched.watch.is_open
    watched.checker.tell(b=Reason.SURBL)
    watched.checker.end()
    assert watched.held() == [(B, Hold.BLOCK)]


def test_without_a_network_it_says_so_and_goes_on_when_that_is_back(watched: Watched) -> None:
    watched.watch.begin()
    watched.asked(1)
    watched.checker.tell(a=Reason.OFFLINE, b=Reason.OFFLINE)
    watched.checker.end()
    assert watched.held() == [(A, Hold.PENDING), (B, Hold.PENDING)]
    verdict = watched.watch.verdict
    assert verdict is not None
    assert why_held(verdict.held[0], NOW) == "Not looked at: there is no network."
    assert len(watched.checker.asked) == 1  # it is not asked over and over
    watched.checker.tell(a=Reason.OK, b=Reason.OK)
    watched.asked(2)
    watched.checker.end()
    assert watched.held() == []
    assert watched.watch.is_open


def test_while_the_checker_cannot_be_asked_nothing_is_judged(watched: Watched) -> None:
    watched.checker.is_ready = False
    watched.checker.stored = {url: Verdict(Reason.OK, checked_at=NOW) for url in (A, B)}
    watched.watch.begin()
    watched.qtbot.wait(400)
    assert watched.watch.verdict is None
    watched.checker.is_ready = True
    watched.asked(1)
    watched.checker.end()
    assert watched.held() == []


def test_what_is_about_to_leave_is_judged_once_more(watched: Watched) -> None:
    watched.watch.begin()
    watched.asked(1)
    watched.checker.tell(a=Reason.OK, b=Reason.OK)
    watched.checker.end()
    assert watched.held() == []
    left: list[str] = []
    watched.watch.pass_through(lambda: left.append("left"))
    watched.asked(2)
    watched.checker.tell(a=Reason.LISTED)
    watched.checker.end()
    assert watched.held() == [(A, Hold.BLOCK)]
    assert left == []
    watched.checker.tell(a=Reason.OK)
    watched.asked(3)
    watched.checker.end()
    watched.qtbot.wait(300)
    assert left == []  # it is not taken for wanted still


def test_the_end_of_a_look_that_was_stopped_is_not_the_end_of_the_next(watched: Watched) -> None:
    watched.watch.begin()
    watched.asked(1)
    first = watched.checker.owner
    watched.watch.stop_asking()
    watched.held()
    assert not watched.watch.is_open
    watched.watch.recheck([A, B])
    watched.asked(2)
    watched.checker.tell(a=Reason.OK, b=Reason.OK)
    watched.checker.end(owner=first)  # it was on its way
    watched.qtbot.wait(300)
    assert watched.watch.is_asking
    assert not watched.watch.is_open
    watched.checker.end()
    assert watched.held() == []
    assert watched.watch.is_open


def test_a_draft_that_is_closed_meanwhile_leaves_nothing_behind(watched: Watched) -> None:
    watched.watch.begin()
    watched.watch.close()
    watched.qtbot.wait(200)
    assert watched.checker.asked == []
