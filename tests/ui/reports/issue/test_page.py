"""The page of one issue by mouse and keys, on a store with a year of letters."""

import json
import re
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, QPointF, QSize, Qt, QUrl
from PySide6.QtGui import QAccessible, QDesktopServices, QImage, QPageSize, QWheelEvent
from PySide6.QtWidgets import (
    QApplication,
    QFileDialog,
    QMenu,
    QPushButton,
    QTableView,
    QWidget,
)
from pytestqt.qtbot import QtBot

from app.engagement.model import Figures, IssueRecord, Mode
from app.engagement.reports.figures import Rate
from app.engagement.reports.issue_page import IssuePageData, issue_page
from app.engagement.reports.over_time import Clock
from app.engagement.reports.queries import rows
from app.engagement.store.reader import Reader
from app.engagement.store.schema import store_file
from app.ui.charts import ChartView
from app.ui.charts.table_view import cell_text
from app.ui.reports.issue.page import IssuePage
from app.ui.reports.issue.paper import pdf
from tests.engagement.reports import told
from tests.engagement.reports.stocked import OWN, stock
from tests.engagement.reports.told import SENT_AT

Key = Qt.Key


@pytest.fixture
def data(folders: Path) -> list[IssuePageData]:
    """The newest issue, told in full, and the one before."""
    bare = IssueRecord("bare", "Only sent", SENT_AT - 1, Figures(sent=10), SENT_AT)
    stock(store_file(), OWN, *told.records(), bare)
    with Reader() as reader:
        known = rows(reader, (OWN,))
        return [issue_page(reader, known, row, Clock()) for row in known[:3]]


@pytest.fixture
def page(dressed: QApplication, qtbot: QtBot, data: list[IssuePageData]) -> IssuePage:
    made = IssuePage()
    qtbot.addWidget(made)
    made.resize(1200, 800)
    made.show_report(data[0])
    made.show()
    qtbot.waitExposed(made)
    made.activateWindow()
    return made


def words(page: IssuePage) -> list[str]:
    return [tile.accessibleName() for tile in page._tiles]


def test_every_headline_has_its_denominator_and_its_usual(page: IssuePage) -> None:
    assert words(page)[0].startswith(
        "Opens: 42.0 %. 2,021 of 4,812 delivered. apart from 1,210 privacy proxies, 64 machines."
        " above your usual 35."
    )
    assert all(" of " in each for each in words(page))


def test_everybody_is_one_click_away_in_every_section(qtbot: QtBot, page: IssuePage) -> None:
    everybody = next(
        each for each in page.who.findChildren(QPushButton) if each.text() == "Everybody"
    )
    qtbot.mouseClick(everybody, Qt.MouseButton.LeftButton)
    assert words(page)[0].startswith("Opens: 68.5 %. 3,295 of 4,812 delivered.")
    chart = page.course.view.chart
    assert chart is not None
    assert len(chart.table().header) == 5
    assert page.links.rows.table.rows[0][2] == 215


def test_hours_and_days_are_a_switch(qtbot: QtBot, page: IssuePage) -> None:
    buttons = page.course.steps.findChildren(QPushButton)
    first = page.course.view.chart
    qtbot.mouseClick(buttons[1], Qt.MouseButton.LeftButton)
    second = page.course.view.chart
    assert first is not None
    assert second is not None
    assert first.table().header[0] == "Hour"
    assert second.table().header[0] == "Day"


def test_sections_that_are_not_told_are_left_out_and_it_is_said(
    page: IssuePage, data: list[IssuePageData]
) -> None:
    page.show_report(next(each for each in data if each.row.id == "bare"))
    for hidden in (page.course, page._links_holder, page._week[0], page._clients[0], page.who):
        assert not hidden.isVisible()
    assert not any(tile.isVisible() for tile in page._tiles)
    assert "does not tell it" in page._untold.text()
    assert "who opened it, who clicked, unsubscribes" in page._untold.text()


def test_what_is_told_moves_up_to_the_left(
    qtbot: QtBot, page: IssuePage, data: list[IssuePageData]
) -> None:
    whole = data[0]
    some = tuple(
        replace(each, is_told=each.rate in (Rate.CLICKS, Rate.COMPLAINTS))
        for each in whole.sides[0].headlines
    )
    page.show_report(replace(whole, sides=(replace(whole.sides[0], headlines=some),)))
    shown = [tile for tile in page._tiles if tile.isVisible()]
    assert words(page)[1].startswith("Clicks")
    assert len(shown) == 2
    qtbot.waitUntil(lambda: shown[0].x() == 0 < shown[1].x() and shown[0].y() == shown[1].y())
    page.show_report(whole)
    assert all(tile.isVisible() for tile in page._tiles)


def test_the_wheel_over_links_is_the_pages_until_the_table_is_worked_in(
    qtbot: QtBot, page: IssuePage
) -> None:
    def wheel() -> bool:
        turned = QWheelEvent(
            QPointF(5, 5), page.links.mapToGlobal(QPointF(5, 5)), QPoint(), QPoint(0, -120),
            Qt.MouseButton.NoButton, Qt.KeyboardModifier.NoModifier,
            Qt.ScrollPhase.NoScrollPhase, False,
        )  # fmt: skip
        page.links.wheelEvent(turned)
        return turned.isAccepted()

    assert not wheel()
    page.links.setFocus()
    qtbot.waitUntil(page.links.hasFocus)
    assert page.links.verticalScrollBar().maximum() == 0 or wheel()


def test_a_screen_reader_hears_every_part_and_each_chart_as_its_table(
    qtbot: QtBot, page: IssuePage
) -> None:
    def heard(widget: QWidget) -> tuple[str, str]:
        known = QAccessible.queryAccessibleInterface(widget)
        return known.text(QAccessible.Text.Name), known.text(QAccessible.Text.Description)

    for tile in page._tiles:
        name, _ = heard(tile)
        assert re.match(r"[\w-]+( \w+)?: [\d.]+ %\. ", name), name
    told_splits = [view for card, view in page._splits if not card.isHidden()]
    charts = [page.course.view, page._week[1], *told_splits]
    assert len(charts) > 6
    for view in charts:
        name, told = heard(view.canvas)
        assert view.chart is not None
        assert name == view.chart.title
        assert "T shows them as a table" in told
        view.setFocus()
        qtbot.keyClick(view.canvas, Key.Key_T)
        [shown] = view.findChildren(QTableView)
        table = QAccessible.queryAccessibleInterface(shown)
        assert table.role() is QAccessible.Role.Table
        assert table.text(QAccessible.Text.Name) == view.chart.table().title
        told_cells = [
            table.child(at).text(QAccessible.Text.Name) for at in range(table.childCount())
        ]
        expected = view.chart.table()
        for word in (*expected.header, *map(cell_text, expected.rows[0])):
            assert word in told_cells
    buttons = [each for each in page.findChildren(QPushButton) if each.isVisible()]
    assert all(heard(each)[0] for each in buttons)


def test_a_chart_says_by_mouse_what_can_be_done_with_it(qtbot: QtBot, page: IssuePage) -> None:
    [more] = [each for each in page.course.findChildren(QPushButton) if each.text() == "⋯"]
    assert "copy or save" in more.accessibleName()
    qtbot.mouseClick(more, Qt.MouseButton.LeftButton)
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu)
    assert len(menu.actions()) > 5
    menu.close()


def test_cards_fill_both_columns_whichever_are_told(page: IssuePage) -> None:
    assert page.data is not None
    whole = page.data
    side = replace(whole.sides[0], domains=None, devices=None)
    page.show_report(replace(whole, sides=(side,), bounces=None, archive=None, proxies=None))
    shown = [card for card, _ in page._splits if not card.isHidden()]
    assert shown == [page._clients[0], page._systems[0]]
    QApplication.processEvents()
    assert shown[0].y() == shown[1].y()
    assert shown[0].x() < shown[1].x()
    page.show_report(whole)
    QApplication.processEvents()
    assert page._domains[0].x() == shown[1].x()


def test_widgets_are_used_again(page: IssuePage, data: list[IssuePageData]) -> None:
    before = page.findChildren(ChartView)
    page.show_report(data[1])
    page.show_report(data[0])
    assert page.findChildren(ChartView) == before


def test_a_link_opens_in_the_browser_and_only_if_it_is_one_of_the_web(
    qtbot: QtBot, page: IssuePage, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[str] = []
    monkeypatch.setattr(
        QDesktopServices, "openUrl", lambda url: opened.append(QUrl(url).toString())
    )
    page.links.setCurrentIndex(page.links.model().index(1, 0))
    qtbot.keyClick(page.links, Key.Key_Return)
    assert opened == ["https://example.com/tools/outline"]
    assert page.data is not None
    side = page.data.sides[0]
    bad = replace(side.links[0], url="file:///etc/passwd")
    page.links.show_links((bad,))
    page.links.setCurrentIndex(page.links.model().index(0, 0))
    qtbot.keyClick(page.links, Key.Key_Return)
    assert len(opened) == 1
    menu = page.links.menu(0)
    assert not menu.actions()[0].isEnabled()
    menu.close()


def test_a_link_is_wanted_in_the_text_however_the_table_is_sorted(
    qtbot: QtBot, page: IssuePage
) -> None:
    side = page.side
    assert side is not None
    page.links.sortByColumn(0, Qt.SortOrder.DescendingOrder)
    for row, cells in enumerate(page.links.rows.table.rows):
        wanted = next(each for each in side.links if each.url == cells[0])
        menu = page.links.menu(row)
        with qtbot.waitSignal(page.place_wanted) as told:
            menu.actions()[2].trigger()
        assert told.args == [wanted.number]
        menu.close()


def test_links_are_sorted_by_the_head_and_copied(qtbot: QtBot, page: IssuePage) -> None:
    page.links.sortByColumn(2, Qt.SortOrder.AscendingOrder)
    assert page.links.model().index(0, 2).data() == "0"
    with qtbot.waitSignal(page.told):
        page.exporter.copy_links()
    text = QApplication.clipboard().text()
    assert text.startswith("Link,Words,Clicks,Clickers,Share\r\nhttps://example.org/essays")


def test_another_issue_stands_beside_it(qtbot: QtBot, page: IssuePage) -> None:
    card = page._compare
    assert card.other is not None
    card.chooser.setCurrentIndex(3)
    card.chooser.activated.emit(3)
    table = card.to_table()
    assert table is not None
    assert table.header[2] == card.other.subject
    shown = [[cell.text() for cell in row] for row in card._cells]
    assert shown[1:] == [list(row) for row in table.rows]
    with qtbot.waitSignal(page.compare_wanted) as heard:
        card._go.click()
    assert heard.args == [card.other.account, card.other.id]


def test_subscribers_are_read_only_when_asked_for(qtbot: QtBot, page: IssuePage) -> None:
    card = page._readers
    assert card.tree.topLevelItemCount() == 0
    card.show_button.click()
    qtbot.waitUntil(lambda: card.tree.topLevelItemCount() == 40)
    first = card.tree.topLevelItem(0)
    assert first is not None
    assert first.childCount() >= 1
    assert "40 subscribers" in card._words.text()


def test_an_issue_that_does_not_track_by_name_has_no_subscribers(
    page: IssuePage, data: list[IssuePageData]
) -> None:
    page.show_report(replace(data[0], by_name=False))
    assert not page._readers.isVisible()
    assert data[0].row.source.record.mode is Mode.INDIVIDUAL


def test_the_report_is_one_page_of_a4_drawn_with_lines(
    dressed: QApplication, data: list[IssuePageData], tmp_path: Path
) -> None:
    reading = pytest.importorskip("PySide6.QtPdf", reason="only in the whole of PySide6")
    size = QPageSize(QPageSize.PageSizeId.A4).size(QPageSize.Unit.Point)
    for number, side in ((0, 0), (0, 1), (1, 0)):
        each = data[number]
        path = tmp_path / f"{number}-{side}.pdf"
        path.write_bytes(pdf(each, each.sides[side]))
        document = reading.QPdfDocument()
        document.load(str(path))
        assert document.pageCount() == 1
        found = document.pagePointSize(0)
        assert abs(found.width() - size.width()) < 1
        assert abs(found.height() - size.height()) < 1
        assert each.row.subject[:12] in document.getAllText(0).text().replace("\r\n", " ")
        assert b"/Subtype /Image" not in path.read_bytes()
        image = document.render(0, QSize(400, 566))
        assert _inked(image)
        document.close()


def test_the_pdf_is_saved_by_the_export_menu(qtbot: QtBot, page: IssuePage, tmp_path: Path) -> None:
    menu = page.exporter.menu()
    assert menu.actions()[0].text() == "Save as &PDF…"
    menu.actions()[0].trigger()
    menu.close()
    dialog = page.findChild(QFileDialog)
    assert dialog is not None
    with qtbot.waitSignal(page.told) as heard:
        dialog.fileSelected.emit(str(tmp_path / "report.pdf"))
    dialog.close()
    assert heard.args == ["Saved as “report.pdf”."]
    assert (tmp_path / "report.pdf").read_bytes().startswith(b"%PDF")


def test_markdown_and_json_are_the_command_lines(
    qtbot: QtBot, page: IssuePage, tmp_path: Path
) -> None:
    page.exporter.copy_markdown()
    assert QApplication.clipboard().text().startswith("## What the garden teaches")
    page.exporter.save_json()
    dialog = page.findChild(QFileDialog)
    assert dialog is not None
    with qtbot.waitSignal(page.told):
        dialog.fileSelected.emit(str(tmp_path / "report.json"))
    dialog.close()
    found = json.loads((tmp_path / "report.json").read_text())
    assert found["issue"]["opens"]["total"] == 4812


@pytest.mark.parametrize("suffix", ["csv", "json"])
def test_links_are_saved_as_tables(
    qtbot: QtBot, page: IssuePage, tmp_path: Path, suffix: str
) -> None:
    {"csv": page.exporter.save_links, "json": page.exporter.save_links_json}[suffix]()
    dialog = page.findChild(QFileDialog)
    assert dialog is not None
    path = tmp_path / f"links.{suffix}"
    with qtbot.waitSignal(page.told):
        dialog.fileSelected.emit(str(path))
    dialog.close()
    text = path.read_text()
    if suffix == "json":
        assert json.loads(text)[0]["Clicks"] == 212
    else:
        assert text.splitlines()[1].startswith("https://example.org/essays")


def test_backspace_leads_back(qtbot: QtBot, page: IssuePage) -> None:
    page.setFocus()
    with qtbot.waitSignal(page.back_wanted):
        qtbot.keyClick(page, Key.Key_Backspace)


def test_home_and_end_show_both_ends(qtbot: QtBot, page: IssuePage) -> None:
    page.setFocus()
    bar = page.verticalScrollBar()
    qtbot.waitUntil(lambda: bar.maximum() > 0)
    qtbot.keyClick(page, Key.Key_End)
    assert bar.value() == bar.maximum() > 0
    qtbot.keyClick(page, Key.Key_Home)
    assert bar.value() == 0


def test_the_wheel_scrolls_the_page_and_does_not_choose_another_issue(
    qtbot: QtBot, page: IssuePage
) -> None:
    chooser, before = page._compare.chooser, page._compare.other
    wheel = QWheelEvent(
        QPointF(5, 5), chooser.mapToGlobal(QPointF(5, 5)), QPoint(), QPoint(0, -120),
        Qt.MouseButton.NoButton, Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase,
        False,
    )  # fmt: skip
    QApplication.sendEvent(chooser, wheel)
    assert page._compare.other == before


def test_what_is_told_of_no_link_has_no_column(page: IssuePage) -> None:
    assert page.data is not None
    links = page.data.sides[0].links
    assert not page.links.isColumnHidden(2)
    page.links.show_links([replace(link, clicks=None) for link in links])
    assert page.links.isColumnHidden(2)
    assert not page.links.isColumnHidden(3)


def test_a_comparison_shows_no_line_of_the_issue_before(
    page: IssuePage, data: list[IssuePageData]
) -> None:
    def shown() -> list[str]:
        return [cells[0].text() for cells in page._compare._cells if not cells[0].isHidden()]

    whole = shown()
    assert whole[-1] == "Complaints"
    bare = next(each for each in data if each.row.id == "bare")
    page.show_report(replace(bare, others=(bare.row,), names=("itself",)))
    assert shown() == ["", "Sent", "Delivered"]
    page.show_report(data[0])
    assert shown() == whole


def test_an_issue_stands_beside_one_of_its_own_account(page: IssuePage) -> None:
    assert page.data is not None
    whole = page.data
    elsewhere = replace(whole.others[0], account="other")
    alike = replace(whole.others[1], sent_at=whole.row.sent_at)
    page.show_report(replace(whole, others=(elsewhere, alike), names=("a", "b")))
    assert page._compare.other == alike


def test_links_without_words_have_no_column_for_them(page: IssuePage) -> None:
    assert page.data is not None
    links = page.data.sides[0].links
    assert not page.links.isColumnHidden(1)
    page.links.show_links([replace(link, text="") for link in links])
    assert page.links.isColumnHidden(1)


def _inked(image: QImage) -> bool:
    colors = {image.pixel(x, y) for x in range(0, 400, 3) for y in range(0, 566, 3)}
    return len(colors) > 20


def test_the_page_is_made_in_parts_ahead(qtbot: QtBot, dressed: QApplication) -> None:
    made = IssuePage()
    qtbot.addWidget(made)
    parts = 0
    while made.prepare():
        parts += 1
    assert parts > 5
    assert made.panes
