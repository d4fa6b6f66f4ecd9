"""Storing in a thread: what it knows of the window, and what a mistake of ours comes to."""

import logging
import threading
import weakref

import pytest
from PySide6.QtCore import QObject
from pytestqt.qtbot import QtBot

from app.ui.saver import Saver


class Held:
    """Something that the work knows."""

    def store(self) -> None:
        pass


def test_what_the_work_knows_ends_in_the_windows_thread(qtbot: QtBot) -> None:
    owner, ended = QObject(), list[threading.Thread]()
    saver = Saver(owner)
    held = Held()
    weakref.finalize(held, lambda: ended.append(threading.current_thread()))
    saver.do("one", held.store)
    del held
    qtbot.waitUntil(lambda: bool(ended))
    saver.finish()
    assert ended == [threading.main_thread()]


def test_a_mistake_of_ours_keeps_nothing_else_from_being_stored(
    qtbot: QtBot, caplog: pytest.LogCaptureFixture
) -> None:
    owner, stored = QObject(), threading.Event()
    saver = Saver(owner)

    def fail() -> None:
        raise ZeroDivisionError

    with caplog.at_level(logging.ERROR):
        saver.do("one", fail)
        saver.do("two", stored.set)
        qtbot.waitUntil(stored.is_set)
        saver.finish()
    assert "mistake of the program: one" in caplog.text
