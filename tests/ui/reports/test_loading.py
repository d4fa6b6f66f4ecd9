"""Reading the store in a thread that may outlive the window."""

import threading
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from PySide6.QtCore import QObject
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot
from shiboken6 import delete

from app.ui.editor.jobs import wait_for_jobs
from app.ui.reports import loading
from app.ui.reports.loading import Loader
from tests.support.patience import PATIENCE
from tests.ui.reports.stocked import stock_own


def test_sparklines_that_come_when_the_window_is_gone_disturb_nobody(
    qtbot: QtBot, folders: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    is_reading, goes_on = threading.Event(), threading.Event()

    def slowly(_reader: object, _missing: Sequence[object]) -> Iterator[dict[object, object]]:
        is_reading.set()
        assert goes_on.wait(PATIENCE)
        yield {}

    monkeypatch.setattr(loading, "first_days", slowly)
    stock_own()
    owner = QObject()
    loader = Loader(owner)
    heard: list[object] = []
    loader.sparks_loaded.connect(heard.append)
    loader.load()
    qtbot.waitUntil(is_reading.is_set)
    del heard[:]
    loader._close_reader()
    delete(loader)
    goes_on.set()
    wait_for_jobs(int(PATIENCE * 1000))
    QApplication.processEvents()
    assert heard == []
