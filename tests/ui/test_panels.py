from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from PySide6.QtCore import QDate, QPoint, QRect, Qt
from PySide6.QtGui import QImage, QPainter, QPen
from PySide6.QtTest import QSignalSpy
from PySide6.QtWidgets import QApplication, QLabel, QPushButton, QStyleOptionViewItem, QWidget
from pytestqt.qtbot import QtBot

from app.linkcheck.verdict import Note, Reason, Status, Verdict
from app.markup import Document, PlacedHeading
from app.proof import Proof
from app.ui.notices import Choice, Notice, NoticeArea
from app.ui.panels.drafts import (
    TITLE_LEADING,
    UNIFORM_FROM,
    DraftRow,
    DraftsPanel,
    age,
    title_lines,
)
from app.ui.panels.gather import Gatherer
from app.ui.panels.links import LinksPanel, destination
from app.ui.panels.outline import OutlinePanel
from app.ui.panels.rows import BATCH, RowModel, RowPainter
from app.ui.status_bar import StatusBar
from app.ui.tabs import DraftTabs

DRAFT = """\
# Issue

A [good one](https://good.example/page), a [dead one](https://dead.example/gone/),
and a [walled one](https://www.wall.example/a?b=c#d).

## Later

A [dangerous one](https://bad.example/) and [nothing]() and
[new](https://new.example/).
"""
KNOWN = {
    "https://good.example/page": Verdict(Reason.OK, notes=(Note.MOVED_PERMANENTLY,)),
    "https://dead.example/gone/": Verdict(Reason.NOT_FOUND),
    "https://www.wall.example/a?b=c#d": Verdict(Reason.BOT_WALL),
    "https://bad.example/": Verdict(Reason.WEB_RISK),
}


def shown(widget: QWidget, qtbot: QtBot) -> None:
    qtbot.addWidget(widget)
    widget.resize(320, 500)
    widget.show()
    qtbot.waitExposed(widget)


@pytest.fixture
def proof() -> Proof:
    return Proof(Document(DRAFT.split("\n")), KNOWN)


@pytest.fixture
def links(qtbot: QtBot, dressed: QApplication, proof: Proof) -> Iterator[LinksPanel]:
    panel = LinksPanel()
    shown(panel, qtbot)
    panel.show_links(list(proof.links()))
    yield panel
    panel.close()


def texts(panel: LinksPanel) -> list[str]:
    return [each.link.text for each in panel.model.rows]


def test_the_worst_links_come_first_then_the_order_of_the_text(links: LinksPanel) -> None:
    assert texts(links) == [
        "dangerous one", "dead one", "nothing", "walled one", "new", "good one",
    ]  # fmt: skip


def test_a_row_that_is_picked_leads_to_its_place(
    qtbot: QtBot, links: LinksPanel, proof: Proof
) -> None:
    wanted = next(each for each in proof.links() if each.link.text == "dead one").placed
    place = links.list.visualRect(links.model.index(1, 0)).center()
    with qtbot.waitSignal(links.go_to) as heard:
        qtbot.mouseClick(links.list.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert heard.args == [wanted.line, wanted.column]


def test_the_list_works_with_keys_alone(qtbot: QtBot, links: LinksPanel) -> None:
    links.list.setFocus()
    links.list.setCurrentIndex(links.model.index(0, 0))
    qtbot.keyClick(links.list, Qt.Key.Key_Down)
    with qtbot.waitSignal(links.go_to) as heard:
        qtbot.keyClick(links.list, Qt.Key.Key_Return)
    assert heard.args == [2, DRAFT.split("\n")[2].index("https://dead")]


def test_the_filter_looks_at_words_address_and_reason(qtbot: QtBot, links: LinksPanel) -> None:
    qtbot.keyClicks(links.filter, "not found")
    assert texts(links) == ["dead one"]
    links.filter.setText("wall.example")
    assert texts(links) == ["walled one"]
    links.filter.setText("dangerous")
    assert texts(links) == ["dangerous one"]
    qtbot.keyClick(links.filter, Qt.Key.Key_Escape)
    assert len(texts(links)) == 6


def test_one_status_alone_can_be_shown(qtbot: QtBot, links: LinksPanel) -> None:
    links.only(Status.WARN)
    assert texts(links) == ["dead one", "nothing"]
    assert links.all_again.text() == "Broken links – show all"
    links.all_again.click()
    assert len(texts(links)) == 6
    assert not links.all_again.isVisible()
    links.only(Status.WARN)
    qtbot.keyClick(links, Qt.Key.Key_Escape)
    assert len(texts(links)) == 6


def test_the_current_row_stays_when_verdicts_come(links: LinksPanel, proof: Proof) -> None:
    row = texts(links).index("walled one")
    links.list.setCurrentIndex(links.model.index(row, 0))
    proof.learn([("https://new.example/", Verdict(Reason.NOT_FOUND))])
    links.show_links(list(proof.links()))
    current = links.model.rows[links.list.currentIndex().row()]
    assert current.link.text == "walled one"
    assert links.list.currentIndex().row() != row


def test_another_verdict_is_painted_where_the_order_stays(
    qtbot: QtBot, links: LinksPanel, proof: Proof
) -> None:
    list_is_painted = QSignalSpy(links.model.dataChanged)
    links.list.setCurrentIndex(links.model.index(1, 0))
    before = links.list.viewport().grab().toImage()
    proof.learn([("https://dead.example/gone/", Verdict(Reason.TLS_EXPIRED))])
    links.show_links(list(proof.links()))
    assert list_is_painted.count() == 1
    assert texts(links)[1] == "dead one"
    assert links.list.currentIndex().row() == 1
    assert links.list.viewport().grab().toImage() != before


def test_a_screen_reader_hears_status_words_and_line(links: LinksPanel) -> None:
    said = links.model.index(1, 0).data(Qt.ItemDataRole.AccessibleTextRole)
    assert said == "Page not found, dead one, dead.example/gone, line 3"


def test_host_and_path_are_told_in_short(proof: Proof) -> None:
    shorts = {each.link.text: destination(each) for each in proof.links()}
    assert shorts["walled one"] == "wall.example/a?b=c#d"
    assert shorts["nothing"] == ""


def test_a_draft_without_links_says_so(links: LinksPanel) -> None:
    links.show_links([])
    assert not links.list.isVisible()
    assert "no links yet" in links.pages.words.text()


# drafts

NOW = datetime(2026, 11, 22, 16, 30)
TODAY = QDate(2026, 11, 22)


@pytest.mark.parametrize(
    ("before", "words"),
    [
        (timedelta(minutes=5), "16:25"),
        (timedelta(days=1), "Yesterday"),
        (timedelta(days=3), "Thu"),
        (timedelta(days=40), "13 Oct"),
        (timedelta(days=400), "Oct 2025"),
        (timedelta(days=-1), "16:30"),
    ],
)
def test_an_age_is_told_in_short(before: timedelta, words: str) -> None:
    assert age(NOW - before, TODAY) == words


@pytest.fixture
def drafts(qtbot: QtBot, dressed: QApplication) -> Iterator[DraftsPanel]:
    panel = DraftsPanel()
    shown(panel, qtbot)
    panel.show_drafts(
        [
            DraftRow(Path("a.md"), "Alpha", "first words", NOW, is_open=True),
            DraftRow(Path("b.md"), "Beta", "other words", NOW, counts={Status.WARN: 2}),
            DraftRow(Path("c.md"), "Gamma", "", None),
        ],
        Path("b.md"),
    )
    yield panel
    panel.close()


def names(panel: DraftsPanel) -> list[str]:
    return [row.title for row in panel.model.rows]


def test_the_draft_in_the_editor_is_the_current_row(drafts: DraftsPanel) -> None:
    assert drafts.list.currentIndex().row() == 1


def test_a_click_opens_a_draft(qtbot: QtBot, drafts: DraftsPanel) -> None:
    place = drafts.list.visualRect(drafts.model.index(2, 0)).center()
    with qtbot.waitSignal(drafts.opened) as heard:
        qtbot.mouseClick(drafts.list.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert heard.args == [Path("c.md")]


def test_from_the_filter_into_the_list_with_keys(qtbot: QtBot, drafts: DraftsPanel) -> None:
    drafts.filter.setFocus()
    qtbot.keyClicks(drafts.filter, "alp")
    assert names(drafts) == ["Alpha"]
    qtbot.keyClick(drafts.filter, Qt.Key.Key_Down)
    assert drafts.list.hasFocus()
    with qtbot.waitSignal(drafts.opened) as heard:
        qtbot.keyClick(drafts.list, Qt.Key.Key_Down)
        qtbot.keyClick(drafts.list, Qt.Key.Key_Return)
    assert heard.args == [Path("a.md")]


def test_escape_clears_the_filter(qtbot: QtBot, drafts: DraftsPanel) -> None:
    qtbot.keyClicks(drafts.filter, "alp")
    qtbot.keyClick(drafts.filter, Qt.Key.Key_Escape)
    assert names(drafts) == ["Alpha", "Beta", "Gamma"]


def test_enter_in_the_filter_searches_all_text(qtbot: QtBot, drafts: DraftsPanel) -> None:
    qtbot.keyClicks(drafts.filter, "eels")
    assert names(drafts) == []
    with qtbot.waitSignal(drafts.text_search_wanted) as heard:
        qtbot.keyClick(drafts.filter, Qt.Key.Key_Return)
    assert heard.args == ["eels"]


def test_delete_asks_for_the_trash(qtbot: QtBot, drafts: DraftsPanel) -> None:
    with qtbot.waitSignal(drafts.trash_wanted) as heard:
        qtbot.keyClick(drafts.list, Qt.Key.Key_Delete)
    assert heard.args == [Path("b.md")]


def test_the_right_button_asks_for_the_rows_menu(qtbot: QtBot, drafts: DraftsPanel) -> None:
    place = drafts.list.visualRect(drafts.model.index(0, 0)).center()
    with qtbot.waitSignal(drafts.menu_wanted) as heard:
        drafts.list.customContextMenuRequested.emit(place)
    assert heard.args[0] == Path("a.md")
    assert isinstance(heard.args[1], QPoint)


def test_a_screen_reader_hears_what_is_open_and_broken(drafts: DraftsPanel) -> None:
    said = [drafts.model.index(row, 0).data() for row in range(3)]
    assert said == ["Alpha, open", "Beta, problems: 2", "Gamma"]


def test_a_long_title_takes_a_second_line_and_its_end_can_be_read(
    qtbot: QtBot, drafts: DraftsPanel
) -> None:
    title = "The weekly news of a rather small town, 04 August 2026"
    row = DraftRow(Path("long-name.md"), title, "words", NOW)
    drafts.show_drafts([row, DraftRow(Path("b.md"), "Beta", "", NOW)], None)
    long, short = (drafts.list.visualRect(drafts.model.index(at, 0)) for at in (0, 1))
    assert long.height() == short.height() + TITLE_LEADING
    first, second = title_lines(title, drafts.font(), 200)
    assert f"{first} {second}" == title
    tip = drafts.model.index(0, 0).data(Qt.ItemDataRole.ToolTipRole)
    assert tip == f"{title}\nlong-name.md"
    drafts.resize(900, 500)
    qtbot.waitUntil(lambda: drafts.list.visualRect(drafts.model.index(0, 0)).height() == 64)


def many(count: int, **titles: str) -> list[DraftRow]:
    return [
        DraftRow(Path(f"{at}.md"), titles.get(f"t{at}", f"Draft {at}"), "", NOW)
        for at in range(count)
    ]


@pytest.mark.parametrize("count", [60, UNIFORM_FROM + 60])
def test_drafts_that_come_and_go_leave_mark_and_view_where_they_are(
    drafts: DraftsPanel, count: int
) -> None:
    rows = many(count)
    drafts.show_drafts(rows, Path("0.md"))
    drafts.list.mark(30)
    drafts.list.verticalScrollBar().setValue(drafts.list.verticalScrollBar().value() + 7)
    place = drafts.list.visualRect(drafts.list.currentIndex())
    drafts.show_drafts([*many(3), *rows[1:20], *rows[22:]], Path("0.md"))
    assert drafts.model.rows[drafts.list.currentIndex().row()].path == Path("30.md")
    assert drafts.list.visualRect(drafts.list.currentIndex()) == place
    drafts.show_drafts([DraftRow(row.path, "New", "", NOW) for row in rows], Path("0.md"))
    assert drafts.model.rows[drafts.list.currentIndex().row()].path == Path("30.md")
    assert drafts.model.rows[0].title == "New"


def test_another_draft_in_the_editor_is_shown_in_the_list(drafts: DraftsPanel) -> None:
    rows = many(60)
    drafts.show_drafts(rows, Path("0.md"))
    drafts.show_drafts(rows, Path("50.md"))
    assert drafts.list.currentIndex().row() == 50
    assert (
        drafts.list.viewport()
        .rect()
        .contains(drafts.list.visualRect(drafts.list.currentIndex()).center())
    )


def test_a_marked_draft_that_goes_gives_the_mark_to_the_one_in_the_editor(
    drafts: DraftsPanel,
) -> None:
    rows = many(5)
    drafts.show_drafts(rows, Path("0.md"))
    drafts.list.mark(3)
    drafts.show_drafts(rows[:3], Path("0.md"))
    assert drafts.list.currentIndex().row() == 0


def test_no_list_is_called_empty_before_the_draft_is_read(qtbot: QtBot, links: LinksPanel) -> None:
    links.show_links([], is_read=False)
    assert links.pages.words.text() == "Reading…"
    links.show_links([])
    assert "no links yet" in links.pages.words.text()
    outline = OutlinePanel()
    shown(outline, qtbot)
    outline.show_headings([], is_read=False)
    assert outline.pages.words.text() == "Reading…"
    outline.show_headings([])
    assert "become headings" in outline.pages.words.text()


def test_a_link_tells_its_whole_address_to_the_mouse(links: LinksPanel) -> None:
    said = links.model.index(1, 0).data(Qt.ItemDataRole.ToolTipRole)
    assert said.startswith("https://dead.example/gone/\n")


# outline, status line, gatherer


def test_headings_lead_to_their_lines(qtbot: QtBot, dressed: QApplication) -> None:
    panel = OutlinePanel()
    shown(panel, qtbot)
    panel.show_headings(list(Document(DRAFT.split("\n")).headings()))
    panel.mark_line(3)
    assert panel.list.currentIndex().row() == 0
    panel.mark_line(7)
    assert panel.list.currentIndex().row() == 1
    with qtbot.waitSignal(panel.go_to) as heard:
        qtbot.keyClick(panel.list, Qt.Key.Key_Return)
    assert heard.args == [5]
    panel.close()


def test_a_long_list_is_placed_in_turns_and_shows_the_chosen_row_all_the_same(
    qtbot: QtBot, dressed: QApplication
) -> None:
    panel = OutlinePanel()
    shown(panel, qtbot)
    count = 3 * BATCH
    panel.show_headings([PlacedHeading(1, f"Part {at}", f"part-{at}", at) for at in range(count)])
    panel.mark_line(count - 1)
    index = panel.list.currentIndex()
    assert index.row() == count - 1
    assert panel.list.visualRect(index).isEmpty()  # it has no place yet
    view = panel.list.viewport().rect()
    qtbot.waitUntil(lambda: view.contains(panel.list.visualRect(index)))
    panel.list.verticalScrollBar().setValue(0)
    panel.show_headings(list(panel.model.rows))
    assert panel.list.verticalScrollBar().value() == 0  # where the writer has scrolled to
    panel.close()


def test_the_status_line_shows_only_statuses_that_there_are(
    qtbot: QtBot, dressed: QApplication
) -> None:
    bar = StatusBar()
    shown(bar, qtbot)
    bar.show_counts({Status.WARN: 2, Status.SAFE: 1000})
    seen = {status: part.text() for status, part in bar.statuses.items() if part.isVisible()}
    assert seen == {Status.WARN: "2", Status.SAFE: "1,000"}
    assert bar.statuses[Status.WARN].accessibleName() == "Broken links: 2"
    with qtbot.waitSignal(bar.status_clicked) as heard:
        qtbot.mouseClick(bar.statuses[Status.WARN], Qt.MouseButton.LeftButton)
    assert heard.args == ["warn"]
    bar.show_words(1190)
    assert bar.words.text() == "1,190 words · 5 min"
    bar.show_words(1)
    assert bar.words.text() == "1 word · 1 min"
    bar.close()


@pytest.mark.parametrize(
    ("state", "words"),
    [("online", "Online"), ("offline", "Offline"), ("captive_portal", "Sign-in page")],
)
def test_the_network_is_told_in_words(
    qtbot: QtBot, dressed: QApplication, state: str, words: str
) -> None:
    bar = StatusBar()
    shown(bar, qtbot)
    bar.show_network(state)
    assert bar.network.text() == words
    assert bar.network.accessibleName() == f"Network: {words}"
    bar.close()


def test_many_things_are_gathered_without_holding_up_the_window(
    qtbot: QtBot, dressed: QApplication
) -> None:
    from time import sleep

    parent = QWidget()
    qtbot.addWidget(parent)
    done: list[list[int]] = []

    def slow() -> Iterator[int]:
        for number in range(20):
            sleep(0.001)
            yield number

    gatherer = Gatherer(slow, done.append, 0, parent)
    gatherer.restart()
    turns = 0
    while not done:
        QApplication.processEvents()
        turns += 1
    assert done == [list(range(20))]
    assert turns >= 4


def test_a_source_that_changed_is_walked_from_its_beginning(
    qtbot: QtBot, dressed: QApplication
) -> None:
    parent = QWidget()
    qtbot.addWidget(parent)
    done: list[list[int]] = []
    source = [1, 2]
    gatherer = Gatherer(lambda: iter(source), done.append, 0, parent)
    gatherer.restart()
    source.append(3)
    gatherer.restart()
    qtbot.waitUntil(lambda: bool(done))
    assert done == [[1, 2, 3]]


def test_a_tabs_close_button_stands_beside_its_words(qtbot: QtBot, dressed: QApplication) -> None:
    tabs = DraftTabs()
    shown(tabs, qtbot)
    tabs.put(1, "One", None)
    tabs.put(2, "Two", None)
    button = tabs.tabButton(1, DraftTabs.ButtonPosition.RightSide)
    middle = button.rect().center()
    image = button.grab().toImage()
    ground = image.pixelColor(0, 0)
    inked = [
        (x, y)
        for x in range(image.width())
        for y in range(image.height())
        if image.pixelColor(x, y) != ground
    ]
    for axis, wanted in ((0, middle.x()), (1, middle.y())):
        ends = [point[axis] for point in inked]
        assert abs((min(ends) + max(ends)) / 2 - wanted) <= 1


def test_a_messages_buttons_never_squeeze_its_words(qtbot: QtBot, dressed: QApplication) -> None:
    area = NoticeArea()
    shown(area, qtbot)
    choices = tuple(Choice(words, lambda: None) for words in ("Keep mine", "Take theirs", "Both"))
    area.tell(
        Notice("key", "Another program changed the same lines of this draft.", choices=choices)
    )
    label, button = area.findChildren(QLabel)[0], area.findChildren(QPushButton)[0]
    for width, beside in ((420, False), (900, True), (420, False)):
        area.resize(width, 300)
        QApplication.processEvents()
        assert label.width() > 240
        end_of_words = label.mapTo(area, label.rect().bottomLeft()).y()
        assert (button.mapTo(area, QPoint()).y() < end_of_words) == beside


def test_a_row_that_cannot_be_painted_leaves_the_painter_as_it_was(qapp: QApplication) -> None:
    class Failing(RowPainter[str]):
        def paint_row(self, painter: QPainter, place: QRect, row: str) -> None:
            painter.setPen(QPen(Qt.GlobalColor.red))
            raise ValueError(row)

    model: RowModel[str] = RowModel(qapp, str)
    model.show(("one",))
    image = QImage(50, 50, QImage.Format.Format_RGB32)
    painter = QPainter(image)
    before = painter.pen()
    with pytest.raises(ValueError, match="one"):
        Failing(model).paint(painter, QStyleOptionViewItem(), model.index(0, 0))
    assert painter.pen() == before
    painter.end()
