"""The list's rows are painted once, never more of them at a time than the window can wait for."""

from pathlib import Path

import pytest
from PySide6.QtCore import QRect
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.ui import theme
from app.ui.reports.issues import row_pictures
from app.ui.reports.issues.page import IssuesPage
from app.ui.reports.issues.painting import HEIGHT
from app.ui.theme import DARK
from tests.ui.reports.issues.test_table import read
from tests.ui.reports.stocked import OTHER, OWN, full, stock

ISSUES = 12


@pytest.fixture
def page(qtbot: QtBot, dressed: QApplication, tmp_path: Path) -> IssuesPage:
    path = tmp_path / "one.db"
    stock(path, OWN, *(full(number, f"Issue {number}", 60, 16) for number in range(ISSUES)))
    made = IssuesPage((), "")
    qtbot.addWidget(made)
    made.resize(1400, 700)
    made.show_lines(read(path), (OWN, OTHER))
    return made


@pytest.fixture
def painted(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The subjects of rows that a picture was made of."""
    found: list[str] = []
    paint = row_pictures._paint

    def note(line, *rest):  # type: ignore[no-untyped-def]
        found.append(line.row.subject)
        return paint(line, *rest)

    monkeypatch.setattr(row_pictures, "_paint", note)
    return found


def blank(page: IssuesPage, row: int) -> bool:
    """Whether nothing is seen in a row."""
    view = page.table.viewport()
    place = QRect(0, row * HEIGHT + 4, view.width(), HEIGHT - 8)
    seen = view.grab(place).toImage().convertToFormat(QImage.Format.Format_Grayscale8)
    return len(set(bytes(seen.constBits()))) < 3


def test_a_row_is_painted_once_as_long_as_it_looks_the_same(
    qtbot: QtBot, page: IssuesPage, painted: list[str]
) -> None:
    page.show()
    qtbot.waitUntil(lambda: len(set(painted)) >= 10)
    qtbot.wait(100)
    painted.clear()
    for _ in range(3):
        page.table.viewport().repaint()
    assert painted == []
    page.table._hover(4)
    page.table.viewport().repaint()
    assert len(painted) == 1


def test_rows_that_take_too_long_are_painted_in_the_next_turns(
    qtbot: QtBot, page: IssuesPage, painted: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    page.show()
    qtbot.waitUntil(lambda: len(set(painted)) >= 10)
    monkeypatch.setattr(row_pictures, "SECONDS", 0.0)
    page.table._pictures._kept.clear()
    painted.clear()
    page.table.viewport().repaint()
    assert len(painted) == 1, "one at least, or there would be no end"
    qtbot.waitUntil(lambda: len(set(painted)) >= 10)
    qtbot.waitUntil(lambda: not blank(page, 8))


def test_another_theme_paints_them_anew(
    qtbot: QtBot, page: IssuesPage, painted: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    page.show()
    qtbot.waitUntil(lambda: len(set(painted)) >= 10)
    painted.clear()
    monkeypatch.setattr(theme, "current", lambda: DARK)
    page.table.viewport().repaint()
    assert painted
