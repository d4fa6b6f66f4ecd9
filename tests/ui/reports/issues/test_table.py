"""The list of issues by keys: order, filter, marks, copies."""

import csv
import io
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QDate, Qt
from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import QApplication, QFileDialog
from pytestqt.qtbot import QtBot

from app.engagement.reports import queries
from app.engagement.reports.figures import Rate
from app.engagement.reports.listing import LIST, Line, lines
from app.engagement.reports.queries import Bounds
from app.engagement.store.reader import Reader
from app.ui.moments import day_and_time
from app.ui.reports.issues.filter_bar import BoundsPopup
from app.ui.reports.issues.page import IssuesPage
from tests.ui.reports.stocked import OTHER, OWN, full, issue, records, stock


def read(path: Path) -> list[Line]:
    with Reader(path) as reader:
        return lines(queries.rows(reader, (OWN, OTHER)), day_and_time)


@pytest.fixture
def page(qtbot: QtBot, dressed: QApplication, tmp_path: Path) -> Iterator[IssuesPage]:
    path = tmp_path / "one.db"
    stock(path, OWN, *records())
    stock(path, OTHER, issue(4, "Lists", sent=50))
    made = IssuesPage((), "")
    made.resize(1400, 600)
    qtbot.addWidget(made)
    made.show()
    made.show_lines(read(path), (OWN, OTHER))
    made.table.setFocus()
    qtbot.waitUntil(made.table.hasFocus)
    yield made
    made.close()


def subjects(page: IssuesPage) -> list[str]:
    return [line.row.subject for line in page.table.issues.lines]


def go_to(qtbot: QtBot, page: IssuesPage, column: str) -> None:
    """Move the keyboard to a column by arrow keys."""
    while LIST[page.table.currentIndex().column()] != column:
        at = LIST.index(LIST[page.table.currentIndex().column()])
        key = Qt.Key.Key_Right if LIST.index(column) > at else Qt.Key.Key_Left
        qtbot.keyClick(page.table, key)


def test_the_newest_is_first_and_the_keyboard_is_there(page: IssuesPage) -> None:
    assert subjects(page) == ["Lists", "A week without tabs", "Bread", "On walking"]
    assert page.table.current == (OTHER.id, "i4")
    assert page.count.text() == "4 issues"


def test_space_sorts_by_the_column_of_the_keyboard(qtbot: QtBot, page: IssuesPage) -> None:
    qtbot.keyClick(page.table, Qt.Key.Key_Down)
    go_to(qtbot, page, "opens")
    qtbot.keyClick(page.table, Qt.Key.Key_Space)
    assert subjects(page) == ["A week without tabs", "On walking", "Bread", "Lists"]
    assert page.table.current == (OWN.id, "i3"), "the keyboard stays at its issue"
    qtbot.keyClick(page.table, Qt.Key.Key_Space)
    assert subjects(page) == ["Bread", "On walking", "A week without tabs", "Lists"]
    assert page.sort == "opens"
    go_to(qtbot, page, "subject")
    qtbot.keyClick(page.table, Qt.Key.Key_Space)
    assert subjects(page) == ["A week without tabs", "Bread", "Lists", "On walking"]


def test_a_click_on_a_name_sorts(qtbot: QtBot, page: IssuesPage) -> None:
    header = page.table.horizontalHeader()
    section = LIST.index("clicks")
    place = header.viewport().rect().center()
    place.setX(header.sectionViewportPosition(section) + 10)
    qtbot.mouseClick(header.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert subjects(page)[0] == "Bread"


def test_every_column_sorts_by_keys_but_the_sparkline(qtbot: QtBot, page: IssuesPage) -> None:
    for column in LIST:
        before = page.sort
        go_to(qtbot, page, column)
        qtbot.keyClick(page.table, Qt.Key.Key_Space)
        if column == "first_days":
            assert page.sort == before
        else:
            assert page.sort.lstrip("-") == column


def test_letters_filter_and_down_leads_back(qtbot: QtBot, page: IssuesPage) -> None:
    qtbot.keyClicks(page.table, "b")
    qtbot.waitUntil(page.bar.text.hasFocus)
    qtbot.keyClicks(page.bar.text, "rea")
    qtbot.waitUntil(lambda: subjects(page) == ["Bread"])
    assert page.count.text() == "1 of 4 issues"
    qtbot.keyClick(page.bar.text, Qt.Key.Key_Down)
    assert page.table.hasFocus()
    with qtbot.waitSignal(page.opened) as opened:
        qtbot.keyClick(page.table, Qt.Key.Key_Return)
    assert opened.args == [OWN.id, "i2"]


def test_escape_clears_the_filter_first(qtbot: QtBot, page: IssuesPage) -> None:
    qtbot.keyClicks(page.table, "x")
    qtbot.waitUntil(lambda: subjects(page) == [])
    qtbot.keyClick(page.bar.text, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: len(subjects(page)) == 4)
    qtbot.keyClick(page.bar.text, Qt.Key.Key_Escape)
    assert page.table.hasFocus()


def test_account_date_and_rates_filter(qtbot: QtBot, page: IssuesPage) -> None:
    bar = page.bar
    bar.account.setCurrentIndex(bar.account.findData(OTHER.id))
    assert subjects(page) == ["Lists"]
    bar.clear()
    bar.sent.setCurrentIndex(bar.sent.findData("between"))
    bar.since.setDate(QDate(2026, 1, 3))
    bar.until.setDate(QDate(2026, 1, 3))
    assert subjects(page) == ["Bread"], "a day of which the end is included"
    bar.clear()
    bar.add_bounds(Bounds(Rate.OPENS, least=0.4))
    assert subjects(page) == ["A week without tabs", "On walking"]
    bar.add_bounds(Bounds(Rate.CLICKS, most=0.05))
    assert subjects(page) == ["A week without tabs"]
    bar.clear()
    assert len(subjects(page)) == 4


def test_a_limit_is_entered_by_keys_and_taken_away(qtbot: QtBot, page: IssuesPage) -> None:
    page.bar.rates.setFocus()
    qtbot.keyClick(page.bar.rates, Qt.Key.Key_Space)
    popup = page.bar.findChild(BoundsPopup)
    assert popup is not None
    popup.percent.setFocus()
    popup.percent.selectAll()
    qtbot.keyClicks(popup.percent, "45")
    qtbot.keyClick(popup.percent, Qt.Key.Key_Return)
    assert subjects(page) == ["A week without tabs"]
    (chip,) = page.bar.chips
    qtbot.waitUntil(chip.isVisible)
    assert chip.text().startswith("Opens ≥ 45 %")
    qtbot.mouseClick(chip, Qt.MouseButton.LeftButton)
    assert len(subjects(page)) == 4


def test_nothing_that_fits_says_so_and_leads_back(qtbot: QtBot, page: IssuesPage) -> None:
    page.bar.add_bounds(Bounds(Rate.OPENS, least=0.99))
    assert not page.table.isVisible()
    page.show_all.click()
    assert page.table.isVisible()
    assert len(subjects(page)) == 4


def test_the_account_has_a_column_only_where_there_are_several(
    page: IssuesPage, tmp_path: Path
) -> None:
    assert "account" in page.table.columns
    page.show_lines(read(tmp_path / "one.db"), (OWN,))
    assert "account" not in page.table.columns
    assert not page.bar.account.isVisible()


def test_columns_are_chosen(qtbot: QtBot, page: IssuesPage) -> None:
    menu = page.view_menu()
    with qtbot.waitSignal(page.arranged):
        next(each for each in menu.actions() if each.text() == "Bounced").trigger()
    assert "bounces" not in page.table.columns
    assert page.columns == page.table.columns
    again = IssuesPage(page.columns, "-opens")
    qtbot.addWidget(again)
    assert again.table.columns == page.columns
    assert again.sort == "-opens"
    page.view_menu().actions()[-1].trigger()
    assert page.columns == ()


def test_new_figures_keep_keyboard_marks_and_view(
    qtbot: QtBot, dressed: QApplication, tmp_path: Path
) -> None:
    path = tmp_path / "many.db"
    stock(path, OWN, *(full(at, f"Issue {at}", 50 + at, at) for at in range(1, 90)))
    page = IssuesPage((), "")
    qtbot.addWidget(page)
    page.resize(1200, 500)
    page.show()
    page.show_lines(read(path), (OWN,))
    page.table.choose((OWN.id, "i40"))
    qtbot.keyClick(page.table, Qt.Key.Key_Down)
    qtbot.keyClick(page.table, Qt.Key.Key_Down, Qt.KeyboardModifier.ShiftModifier)
    marked = [row.id for row in page.table.marked]
    height = page.table.verticalScrollBar().value()
    assert (marked, height > 0) == (["i39", "i38"], True)
    stock(path, OWN, full(40, "Issue 40, mended", 50, 40))
    page.show_lines(read(path), (OWN,))
    assert [row.id for row in page.table.marked] == marked
    assert page.table.current == (OWN.id, "i38")
    assert page.table.verticalScrollBar().value() == height
    stock(path, OWN, full(91, "A new one", 50, 40))
    page.show_lines(read(path), (OWN,))
    assert [row.id for row in page.table.marked] == marked
    assert page.table.current == (OWN.id, "i38")
    page.close()


def test_marked_issues_are_copied_as_cells_and_as_csv(qtbot: QtBot, page: IssuesPage) -> None:
    qtbot.keyClick(page.table, Qt.Key.Key_Down)
    qtbot.keyClick(page.table, Qt.Key.Key_Down, Qt.KeyboardModifier.ShiftModifier)
    with qtbot.waitSignal(page.said) as said:
        qtbot.keyClick(page.table, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert said.args == ["2 issues copied"]
    data = QApplication.clipboard().mimeData()
    cells = [line.split("\t") for line in data.text().splitlines()]
    assert [line[3] for line in cells] == ["subject", "A week without tabs", "Bread"]
    text = bytes(data.data("text/csv").data()).decode()
    assert [line[3] for line in csv.reader(io.StringIO(text))] == [line[3] for line in cells]


def test_copies_for_drafts_and_programs(qtbot: QtBot, page: IssuesPage) -> None:
    entries = {each.text(): each for each in page.issue_menu().actions()}
    entries["Copy as Markdown"].trigger()
    assert "| Bread |" in QApplication.clipboard().text()
    entries["Copy as JSON"].trigger()
    whole = json.loads(QApplication.clipboard().text())
    assert [each["subject"] for each in whole["issues"]] == subjects(page), "none marked: all"
    assert whole["issues"][0]["delivered"] is None


@pytest.mark.parametrize("name", ["figures.csv", "figures.json"])
def test_all_that_is_shown_is_exported(
    qtbot: QtBot, page: IssuesPage, tmp_path: Path, name: str
) -> None:
    page.bar.account.setCurrentIndex(page.bar.account.findData(OWN.id))
    page.export_button.click()
    dialog = page.findChild(QFileDialog)
    assert dialog is not None
    with qtbot.waitSignal(page.said) as said:
        dialog.fileSelected.emit(str(tmp_path / name))
    dialog.close()
    assert said.args == [f"Exported to {name}"]
    text = (tmp_path / name).read_text()
    assert "Bread" in text
    assert "Lists" not in text
    if name.endswith("json"):
        assert len(json.loads(text)["issues"]) == 3


def test_an_export_that_fails_says_why(qtbot: QtBot, page: IssuesPage, tmp_path: Path) -> None:
    with qtbot.waitSignal(page.said) as said:
        page.exporting.write(tmp_path / "none" / "figures.csv", page.table.shown)
    assert said.args == ["figures.csv could not be written: No such file or directory"]


def test_a_screen_reader_hears_figures_with_their_names(page: IssuesPage) -> None:
    model = page.table.issues
    index = model.index(3, LIST.index("opens"))
    spoken = model.data(index, Qt.ItemDataRole.AccessibleTextRole)
    assert spoken == "Opens: 40.0 %, 80 of 200"
    known = QAccessible.queryAccessibleInterface(page.table)
    assert known.text(QAccessible.Text.Name) == "Issues"
    assert "Space sorts" in known.text(QAccessible.Text.Description)


def test_sparklines_come_later_and_repaint_their_column(qtbot: QtBot, page: IssuesPage) -> None:
    with qtbot.waitSignal(page.table.issues.dataChanged):
        page.show_sparks({(OWN.id, "i1"): (5, 3, 1), (OWN.id, "i2"): (), (OWN.id, "i3"): (2,)})
    page.grab()  # paints a line, a dash and a single value
    assert page.table.issues.sparks[OWN.id, "i1"] == (5, 3, 1)


def test_numbers_stand_at_the_right(page: IssuesPage) -> None:
    model = page.table.issues
    index = model.index(0, LIST.index("sent"))
    assert model.data(index, Qt.ItemDataRole.TextAlignmentRole) == (
        Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
    )


def test_a_narrow_window_keeps_the_columns_that_matter_most(qtbot: QtBot, page: IssuesPage) -> None:
    assert page.table.columns == LIST
    page.resize(640, 500)
    qtbot.waitUntil(lambda: "complaints" not in page.table.columns)
    assert set(page.table.columns) >= {"date", "subject", "opens", "clicks"}
    assert not page.table.horizontalScrollBar().isVisible()
    page.resize(1400, 500)
    qtbot.waitUntil(lambda: page.table.columns == LIST)
    assert page.columns == (), "nothing was chosen"


def test_a_click_opens_and_drawing_over_rows_only_marks(qtbot: QtBot, page: IssuesPage) -> None:
    table = page.table
    opened: list[tuple[str, str]] = []
    page.opened.connect(lambda account, name: opened.append((account, name)))
    model, column = table.issues, LIST.index("subject")
    places = [table.visualRect(model.index(row, column)).center() for row in (0, 2)]
    qtbot.mousePress(table.viewport(), Qt.MouseButton.LeftButton, pos=places[0])
    qtbot.mouseMove(table.viewport(), places[1])
    qtbot.mouseRelease(table.viewport(), Qt.MouseButton.LeftButton, pos=places[1])
    assert opened == []
    control = Qt.KeyboardModifier.ControlModifier
    qtbot.mouseClick(table.viewport(), Qt.MouseButton.LeftButton, control, pos=places[1])
    assert opened == []
    qtbot.mouseClick(table.viewport(), Qt.MouseButton.LeftButton, pos=places[1])
    assert opened == [(OWN.id, "i2")]
