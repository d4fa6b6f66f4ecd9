from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QApplication, QLineEdit, QMainWindow
from pytestqt.qtbot import QtBot

from app.ui.entry import Entry
from app.ui.palette import Palette


@pytest.fixture
def window(qtbot: QtBot, dressed: QApplication) -> Iterator[QMainWindow]:
    window = QMainWindow()
    qtbot.addWidget(window)
    window.resize(900, 600)
    field = QLineEdit()
    window.setCentralWidget(field)
    window.show()
    qtbot.waitExposed(window)
    field.setFocus()
    yield window
    window.close()


@pytest.fixture
def ran() -> list[str]:
    return []


@pytest.fixture
def palette(window: QMainWindow, ran: list[str]) -> Palette:
    palette = Palette(window)
    names = ["File: New draft", "File: Close draft", "View: Zoom in", "View: Appearance: Dark"]
    entries = [Entry(name, lambda name=name: ran.append(name), "Ctrl+X") for name in names]  # type: ignore[misc]
    palette.ask("What?", entries)
    return palette


def shown(palette: Palette) -> list[str]:
    model = palette.list.model()
    return [model.index(row, 0).data() for row in range(model.rowCount())]


def test_a_few_letters_and_enter_run_what_was_meant(
    qtbot: QtBot, palette: Palette, ran: list[str], window: QMainWindow
) -> None:
    qtbot.keyClicks(palette.field, "zi")
    assert shown(palette)[0] == "View: Zoom in"
    qtbot.keyClick(palette.field, Qt.Key.Key_Return)
    assert ran == ["View: Zoom in"]
    assert not palette.isVisible()
    assert window.focusWidget() is window.centralWidget()


def test_arrows_go_round_the_list(qtbot: QtBot, palette: Palette, ran: list[str]) -> None:
    qtbot.keyClick(palette.field, Qt.Key.Key_Up)
    qtbot.keyClick(palette.field, Qt.Key.Key_Return)
    assert ran == ["View: Appearance: Dark"]


def test_down_and_tab_step_on(qtbot: QtBot, palette: Palette, ran: list[str]) -> None:
    qtbot.keyClick(palette.field, Qt.Key.Key_Down)
    qtbot.keyClick(palette.field, Qt.Key.Key_Tab)
    qtbot.keyClick(palette.field, Qt.Key.Key_Return)
    assert ran == ["View: Zoom in"]


def test_escape_closes_and_gives_the_focus_back(
    qtbot: QtBot, palette: Palette, ran: list[str], window: QMainWindow
) -> None:
    assert window.focusWidget() is palette.field
    qtbot.keyClick(palette.field, Qt.Key.Key_Escape)
    assert not palette.isVisible()
    assert window.focusWidget() is window.centralWidget()
    assert ran == []


def test_a_click_chooses(qtbot: QtBot, palette: Palette, ran: list[str]) -> None:
    place = palette.list.visualRect(palette.list.model().index(1, 0)).center()
    qtbot.mouseClick(palette.list.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert ran == ["File: Close draft"]


def test_nothing_happens_where_nothing_fits(qtbot: QtBot, palette: Palette, ran: list[str]) -> None:
    qtbot.keyClicks(palette.field, "xyzzy")
    assert shown(palette) == []
    qtbot.keyClick(palette.field, Qt.Key.Key_Return)
    assert ran == []
    assert palette.isVisible()


def test_entries_can_follow_from_the_words(qtbot: QtBot, palette: Palette, ran: list[str]) -> None:
    palette.ask_for("Line?", lambda typed: [Entry(f"Go to {typed}", lambda: ran.append(typed))])
    qtbot.keyClicks(palette.field, "12")
    assert shown(palette) == ["Go to 12"]
    qtbot.keyClick(palette.field, Qt.Key.Key_Return)
    assert ran == ["12"]


def test_it_stays_inside_a_small_window(palette: Palette, window: QMainWindow) -> None:
    window.resize(420, 400)
    assert window.rect().contains(palette.geometry())


def test_the_letters_that_were_meant_are_painted_in_another_colour(
    qtbot: QtBot, palette: Palette
) -> None:
    from app.ui import theme

    qtbot.keyClicks(palette.field, "zoom")
    image = palette.list.viewport().grab().toImage()
    accent = QColor(theme.current().accent).rgb()
    assert any(
        image.pixelColor(x, y).rgb() == accent
        for x in range(image.width())
        for y in range(min(40, image.height()))
    )


def test_it_says_when_nothing_fits(qtbot: QtBot, palette: Palette) -> None:
    qtbot.keyClicks(palette.field, "qqqq")
    assert palette.nothing.isVisible()
    assert not palette.list.isVisible()
    palette.field.clear()
    assert palette.list.isVisible()


def test_thousands_are_looked_through_in_turns_and_enter_means_what_is_typed(
    qtbot: QtBot, palette: Palette, ran: list[str]
) -> None:
    asked: list[int] = []

    def many() -> Iterator[Entry]:
        for at in range(30_000):
            asked.append(at)
            yield Entry(f"Heading {at}", lambda at=at: ran.append(f"heading {at}"))  # type: ignore[misc]

    palette.ask("Which?", many())
    assert 0 < len(asked) < 30_000
    assert shown(palette) == []  # nothing of what was asked for before
    assert not palette.nothing.isVisible()
    qtbot.keyClicks(palette.field, "29999")
    qtbot.keyClick(palette.field, Qt.Key.Key_Return)
    assert ran == ["heading 29999"]


def test_all_of_thousands_are_there_in_the_end(qtbot: QtBot, palette: Palette) -> None:
    palette.ask("Which?", (Entry(f"Heading {at}", lambda: None) for at in range(30_000)))
    qtbot.waitUntil(lambda: len(shown(palette)) == 30_000)
    assert palette.list.currentIndex().row() == 0
