"""The page of trends: what is chosen is asked for, what comes is shown, each chart has a table."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from app.engagement.reports.figures import row
from app.engagement.reports.trends import Material, Period, trends
from app.engagement.store.reader import StoredIssue
from app.ui.reports.trends.page import PERIODS, PLACES, TrendsPage
from tests.engagement.reports.stocked import DAY, OTHER, OWN, START, full

NOW = START + 200 * DAY


def material(*, two_accounts: bool = False) -> Material:
    issues = [
        StoredIssue(n, OWN.id, False, full(n * 7, f"No. {n}", 40 + n, 9)) for n in range(1, 20)
    ]
    rows = [row(each, OWN.name) for each in reversed(issues)]
    names = [(OWN.id, OWN.name)]
    if two_accounts:
        other = StoredIssue(99, OTHER.id, False, full(1, "Theirs", 40, 9))
        rows.append(row(other, OTHER.name))
        names.append((OTHER.id, OTHER.name))
    return Material(tuple(names), tuple(rows), {})


@pytest.fixture
def page(qtbot: QtBot) -> TrendsPage:
    made = TrendsPage()
    qtbot.addWidget(made)
    made.resize(1200, 800)
    return made


def test_figures_are_asked_for_when_the_page_is_seen_and_not_before(
    page: TrendsPage, qtbot: QtBot
) -> None:
    asked: list[tuple[str, str]] = []
    page.wanted.connect(lambda account, period: asked.append((account, period)))
    page.reload()
    page.reload()
    assert asked == []
    with qtbot.waitExposed(page):
        page.show()
    assert asked == [("", "all")]
    page.reload()
    assert len(asked) == 2


def test_a_period_is_chosen_by_the_mouse(page: TrendsPage, qtbot: QtBot) -> None:
    page.show_trends(trends(material(), NOW))
    page.show()
    year = next(each for each in page.period.findChildren(QPushButton) if each.text() == "Year")
    with qtbot.waitSignal(page.wanted) as asked:
        qtbot.mouseClick(year, Qt.MouseButton.LeftButton)
    assert asked.args == [OWN.id, "year"]


def test_each_chart_is_shown_with_its_title_and_its_table(page: TrendsPage, qtbot: QtBot) -> None:
    page.show_trends(trends(material(), NOW))
    page.show()
    for place in PLACES:
        assert page.cards[place].title.text()
        view = page.views[place]
        assert view.chart is not None
    opens = page.views["opens"]
    opens.setFocus()
    qtbot.keyClick(opens.canvas, Qt.Key.Key_T)
    assert opens.shows_table
    page.show_trends(trends(material(), NOW, period=Period.QUARTER))
    assert opens.shows_table
    assert not opens.canvas.isVisibleTo(page)


def test_an_empty_chart_offers_nothing_to_save(page: TrendsPage) -> None:
    few = trends(Material(material().accounts, material().rows[:1], {}), NOW)
    page.show_trends(few)
    assert page._more["lengths"].isHidden()
    assert not page._more["growth"].isHidden()


def test_few_issues_are_warned_of(page: TrendsPage) -> None:
    page.show_trends(trends(material(), NOW, period=Period.QUARTER))
    found = [label.text() for label in page.findChildren(type(page.cards["opens"].title))]
    assert any(text.startswith("Only ") for text in found)


def test_an_account_is_chosen_where_there_are_several(page: TrendsPage) -> None:
    page.show_trends(trends(material(), NOW))
    assert not page.account.isVisibleTo(page)
    page.show_trends(trends(material(two_accounts=True), NOW))
    assert page.account.isVisibleTo(page)
    asked: list[tuple[str, str]] = []
    page.wanted.connect(lambda account, period: asked.append((account, period)))
    page.account.setCurrentIndex(1)
    page.account.activated.emit(1)
    assert asked == [(OTHER.id, "all")]


def test_a_narrow_window_has_one_column(page: TrendsPage, qtbot: QtBot) -> None:
    page.show_trends(trends(material(), NOW))
    with qtbot.waitExposed(page):
        page.show()
    opens, clicks = page.cards["opens"], page.cards["clicks"]
    assert opens.y() == clicks.y()
    page.resize(700, 800)
    qtbot.waitUntil(lambda: clicks.y() > opens.y())
    assert clicks.x() == opens.x()
    assert clicks.width() <= 700


def test_periods_have_words() -> None:
    assert [each.days for each in PERIODS] == [None, 365, 90]
