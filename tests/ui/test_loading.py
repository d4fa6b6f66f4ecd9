"""What is imported late: not by the window's thread, once, and not for who is gone."""

import sys
import threading
from pathlib import Path

import pytest
from PySide6.QtCore import QObject
from pytestqt.qtbot import QtBot

from app.ui.loading import when_loaded


@pytest.fixture
def module(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A module that notes which thread has imported it."""
    monkeypatch.syspath_prepend(tmp_path)
    (tmp_path / "late_part.py").write_text(
        "import threading\nTHREAD = threading.current_thread()\n"
    )
    monkeypatch.delitem(sys.modules, "late_part", raising=False)
    return "late_part"


def test_a_thread_imports_and_what_follows_is_done_once(qtbot: QtBot, module: str) -> None:
    owner, done = QObject(), list[threading.Thread]()
    for _ in range(3):
        when_loaded(module, lambda: done.append(threading.current_thread()), owner)
    assert not done
    qtbot.waitUntil(lambda: bool(done))
    assert done == [threading.main_thread()]
    assert sys.modules[module].THREAD is not threading.main_thread()


def test_what_is_there_is_used_at_once(qtbot: QtBot, module: str) -> None:
    owner, done = QObject(), list[str]()
    when_loaded(module, lambda: done.append("first"), owner)
    qtbot.waitUntil(lambda: bool(done))
    when_loaded(module, lambda: done.append("again"), owner)
    assert done == ["first", "again"]
