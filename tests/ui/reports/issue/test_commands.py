"""The commands of an issue's page, by their keys in the whole window."""

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QFileDialog, QMenu
from pytestqt.qtbot import QtBot

from app.engagement.store.schema import store_file
from tests.engagement.reports import told
from tests.engagement.reports.stocked import OWN, stock
from tests.ui.reports.conftest import Start
from tests.ui.reports.stocked import write_accounts
from tests.ui.reports.test_room import enter, open_issue

Key = Qt.Key
CONTROL_ALT = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier


def press(qtbot: QtBot, key: Key) -> None:
    focus = QApplication.focusWidget()
    assert focus is not None
    qtbot.keyClick(focus, key, CONTROL_ALT)


def test_every_command_of_the_page_has_its_key(qtbot: QtBot, start: Start, folder: Path) -> None:
    write_accounts(OWN)
    stock(store_file(), OWN, *told.records(5))
    room = enter(qtbot, start(folder / "one.md"))
    press(qtbot, Key.Key_M)
    assert not QApplication.clipboard().text().startswith("## "), "no issue is open yet"
    open_issue(qtbot, room)
    page = room.issue
    assert page.data is not None
    press(qtbot, Key.Key_E)
    assert page.side == page.data.sides[1]
    press(qtbot, Key.Key_E)
    assert page.side == page.data.sides[0]
    press(qtbot, Key.Key_H)
    assert page.course.steps.value == 1
    press(qtbot, Key.Key_M)
    assert QApplication.clipboard().text().startswith("## What the garden")
    press(qtbot, Key.Key_R)
    dialog = page.findChild(QFileDialog)
    assert dialog is not None
    dialog.close()
    press(qtbot, Key.Key_S)
    menu = next(each for each in page.findChildren(QMenu) if each.isVisible())
    assert "PDF" in menu.actions()[0].text().replace("&", "")
    menu.close()
    with qtbot.waitSignal(page.clickmap_wanted):
        press(qtbot, Key.Key_K)
