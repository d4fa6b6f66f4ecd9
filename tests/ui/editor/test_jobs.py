"""Work in threads: what belongs to the window ends in the window's thread, too."""

import threading

from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot
from shiboken6 import delete

from app.ui.apart import Apart
from app.ui.editor.jobs import run_in_thread, wait_for_jobs
from tests.support.patience import PATIENCE


class Holder:
    """Notes in which thread it is let go of."""

    def __init__(self, ended: list[str]) -> None:
        self._ended = ended

    def __del__(self) -> None:
        self._ended.append(threading.current_thread().name)

    def hear(self, *_: object) -> None:
        """Be told that the work is done."""


def test_what_a_job_holds_ends_in_the_windows_thread(qtbot: QtBot) -> None:
    ended: list[str] = []
    for _ in range(200):
        owner = QObject()
        owner.timer = QTimer(owner)  # type: ignore[attr-defined]
        holder = Holder(ended)
        run_in_thread(lambda holder=holder: holder.hear(), holder.hear, owner)  # type: ignore[misc]
        del holder, owner
    qtbot.waitUntil(lambda: len(ended) == 200)
    assert set(ended) == {threading.main_thread().name}


def test_so_does_what_is_asked_apart(qtbot: QtBot) -> None:
    ended: list[str] = []
    for _ in range(50):
        holder = Holder(ended)
        Apart(lambda holder=holder: holder.hear(), holder.hear)  # type: ignore[misc]
        del holder
    qtbot.waitUntil(lambda: len(ended) == 50)
    assert set(ended) == {threading.main_thread().name}


def test_nothing_is_told_to_an_owner_that_is_gone(qtbot: QtBot) -> None:
    heard: list[str] = []
    owner, worked = QObject(), threading.Event()
    run_in_thread(worked.set, lambda: heard.append("then"), owner)
    delete(owner)
    assert worked.wait(PATIENCE)
    wait_for_jobs(int(PATIENCE * 1000))
    QApplication.processEvents()
    assert heard == []
