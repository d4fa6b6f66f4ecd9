"""What is left of a draft that was closed, while it is still being saved."""

import gc
import threading
import weakref
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.drafts.keeper import Keeper
from app.lines import LineEdit
from app.ui.checking import Checking
from app.ui.sheet import Sheet
from tests.support.patience import PATIENCE


@pytest.fixture
def slow_disk(monkeypatch: pytest.MonkeyPatch) -> Iterator[threading.Event]:
    """Drafts are closed when this is set."""
    goes_on = threading.Event()
    close = Keeper.close

    def slowly(keeper: Keeper, timeout: float = 10.0) -> bool:
        assert goes_on.wait(PATIENCE)
        return close(keeper, timeout)

    monkeypatch.setattr(Keeper, "close", slowly)
    yield goes_on
    goes_on.set()


def test_what_it_told_its_window_by_ends_in_the_windows_thread(
    qtbot: QtBot, folders: Path, slow_disk: threading.Event
) -> None:
    """Qt's objects that end in another thread take the app down with them now and then."""
    draft = folders / "one.md"
    draft.write_text("one\n")
    owner = QObject()
    sheet = Sheet(draft, Checking(folders / "verdicts.sqlite3", owner), owner)
    ended_in: list[threading.Thread] = []
    weakref.finalize(sheet._hop, lambda: ended_in.append(threading.current_thread()))
    sheet.keeper.edited(LineEdit(0, 1, ("ONE",)))
    sheet.save()
    closing = sheet.close(draft)
    sheet.deleteLater()
    del sheet
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    gc.collect()
    slow_disk.set()
    closing.join(PATIENCE)
    del closing
    qtbot.waitUntil(lambda: bool(ended_in))
    assert ended_in == [threading.main_thread()]
    assert draft.read_text() == "ONE\n"
