"""What is seen: styles, marks at their exact places, the column, scrolling."""

import random

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QColor, QImage, QInputMethodEvent, QTextCursor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.linkcheck.verdict import Reason, Status, Verdict
from app.markup import Document
from app.ui import theme
from app.ui.editor import styles
from app.ui.editor.marks import stretches
from app.ui.editor.utf16 import to_utf16
from tests.ui.editor.conftest import Desk, MakeDesk

REASONS = {
    Status.SAFE: Reason.OK,
    Status.WARN: Reason.NOT_FOUND,
    Status.BLOCK: Reason.WEB_RISK,
    Status.UNVERIFIED: Reason.BOT_WALL,
}


def worn(desk: Desk, line: int) -> list[tuple[int, int, str, int]]:
    layout = desk.draft.text.findBlockByNumber(line).layout()
    return [
        (each.start, each.length, each.format.foreground().color().name(), each.format.fontWeight())
        for each in layout.formats()
    ]


def should_wear(desk: Desk, document: Document, line: int) -> list[tuple[int, int, str, int]]:
    index, first = document.block_at(line)
    looks = styles.formats(theme.current(), 14.0)
    text = document.lines[line]
    return [
        (
            to_utf16(text, run.column),
            to_utf16(text, run.end) - to_utf16(text, run.column),
            looks[run.style].foreground().color().name(),
            looks[run.style].fontWeight(),
        )
        for run in document.blocks[index].styles(line - first)
        if run.column < run.end
    ]


def test_styles_in_view_equal_a_full_parse_after_random_edits(
    make_desk: MakeDesk, qtbot: QtBot
) -> None:
    chance = random.Random(5)
    desk = make_desk("# Head 🌱\n\nText *with* **marks** `x` 🌱 **b**\n\n- [a](https://x.org)\n")
    pieces = ["w", "*", "`", "\n", "# ", "- ", "🌱", "[a](b)", "\n\n", "> ", "```\n", "[r]: u\n"]
    for _ in range(150):
        cursor = QTextCursor(desk.draft.text)
        cursor.setPosition(chance.randrange(desk.draft.text.characterCount()))
        if chance.random() < 0.7:
            cursor.insertText(chance.choice(pieces))
        else:
            cursor.deleteChar()
        qtbot.waitUntil(lambda: desk.draft.is_settled)
        QApplication.processEvents()
        document = Document(desk.draft.lines)
        for block, _place in desk.editor.visible_blocks():
            line = block.blockNumber()
            assert worn(desk, line) == should_wear(desk, document, line), desk.draft.lines[line]


def test_styling_adds_no_undo_step(make_desk: MakeDesk) -> None:
    desk = make_desk("# Head\n\n**bold**")
    assert not desk.draft.text.isUndoAvailable()


def test_only_lines_in_view_are_styled(make_desk: MakeDesk) -> None:
    desk = make_desk("**bold**\n\n" * 400)
    assert worn(desk, 0)
    assert not worn(desk, 600)
    desk.editor.scroll_to_line(600)
    assert worn(desk, 600)


@pytest.mark.parametrize(
    "before", ["plain ", "🌱🌱 ", "文字 ", "e\u0301 ", "\u00a0\u00a0", "**bold** "]
)
def test_a_mark_lies_exactly_below_its_destination(make_desk: MakeDesk, before: str) -> None:
    line = f"{before}[text](https://a.org/x) after"
    desk = make_desk(line, {"https://a.org/x": Verdict(Reason.NOT_FOUND)})
    (mark,) = desk.editor.visible_marks()[0]
    start = line.index("https")
    end = start + len("https://a.org/x")
    layout = desk.draft.text.firstBlock().layout()
    ((left, right, _),) = stretches(layout, mark.start, mark.end)
    for column, x in ((start, left), (end, right)):
        desk.put_caret(0, column)
        offset = desk.editor.contentOffset().x()
        assert abs(desk.editor.cursorRect().left() - offset - x) <= 1.5


def test_in_right_to_left_text_the_mark_lies_where_the_letters_are(make_desk: MakeDesk) -> None:
    line = "שלום [עולם](https://a.org/x) טוב"
    desk = make_desk(line, {"https://a.org/x": Verdict(Reason.NOT_FOUND)})
    block = desk.draft.text.firstBlock()
    assert block.textDirection() == Qt.LayoutDirection.RightToLeft
    assert block.layout().lineAt(0).naturalTextRect().left() > 200, "not at the right edge"
    (mark,) = desk.editor.visible_marks()[0]
    found = list(stretches(block.layout(), mark.start, mark.end))
    glyphs = block.layout().lineAt(0).glyphRuns(mark.start, mark.end - mark.start)
    boxes = [run.boundingRect() for run in glyphs]
    assert min(x for x, _, _ in found) == min(box.left() for box in boxes)
    assert max(x for _, x, _ in found) == max(box.right() for box in boxes)
    plain = make_desk("hello")
    assert plain.draft.text.firstBlock().textDirection() == Qt.LayoutDirection.LeftToRight


def test_a_reference_is_marked_at_its_use_and_at_its_definition(make_desk: MakeDesk) -> None:
    text = "See [the page][p].\n\nMore.\n\n[p]: https://a.org/x"
    desk = make_desk(text, {"https://a.org/x": Verdict(Reason.GONE)})
    marks = desk.editor.visible_marks()
    use = [(mark.start, mark.end, mark.status) for mark in marks[0]]
    definition = [(mark.start, mark.end, mark.status) for mark in marks[4]]
    assert use == [(4, 17, Status.WARN)]
    assert definition == [(5, 20, Status.WARN)]


def colours(image: QImage, color: str) -> int:
    wanted = QColor(color)
    count = 0
    for y in range(image.height()):
        for x in range(image.width()):
            found = image.pixelColor(x, y)
            distance = sum(
                abs(a - b)
                for a, b in zip(found.getRgb()[:3], wanted.getRgb()[:3], strict=True)  # type: ignore[index]
            )
            count += distance < 30
    return count


@pytest.mark.parametrize("status", REASONS)
def test_every_status_is_painted_below_the_destination(make_desk: MakeDesk, status: Status) -> None:
    desk = make_desk(
        "[text](https://a.org/xxxxxxxxxx)", {"https://a.org/xxxxxxxxxx": Verdict(REASONS[status])}
    )
    (mark,) = desk.editor.visible_marks()[0]
    layout = desk.draft.text.firstBlock().layout()
    ((left, right, baseline),) = stretches(layout, mark.start, mark.end)
    offset = desk.editor.contentOffset()
    picture = desk.editor.viewport().grab().toImage()
    ratio = picture.devicePixelRatio()
    strip = picture.copy(
        int((left + offset.x()) * ratio),
        int((baseline + offset.y() + 2) * ratio),
        int((right - left) * ratio),
        int(6 * ratio),
    )
    text = QColor(theme.current().paper)
    painted = sum(
        strip.pixelColor(x, y) != text
        and strip.pixelColor(x, y).name() != theme.current().current_line
        for x in range(strip.width())
        for y in range(strip.height())
    )
    assert painted > strip.width() / 4


def test_a_burst_of_verdicts_is_one_repaint_and_no_edit(make_desk: MakeDesk) -> None:
    text = "\n\n".join(f"[{n}](https://a.org/{n})" for n in range(40))
    desk = make_desk(text)
    edits: list[object] = []
    desk.draft.text.contentsChange.connect(lambda *change: edits.append(change))
    desk.draft.learn([(f"https://a.org/{n}", Verdict(Reason.NOT_FOUND)) for n in range(40)])
    QApplication.processEvents()
    assert not edits
    assert {mark.status for here in desk.editor.visible_marks().values() for mark in here} == {
        Status.WARN
    }


def test_the_column_is_centred_and_never_wider_than_its_measure(make_desk: MakeDesk) -> None:
    desk = make_desk("word " * 200)
    for width in (500, 900, 1500):
        desk.editor.resize(width, 600)
        QApplication.processEvents()
        view = desk.editor.viewport()
        line = desk.draft.text.firstBlock().layout().lineAt(0)
        assert line.naturalTextWidth() <= view.width() - 2 * desk.draft.text.documentMargin() + 1
        margins = desk.editor.viewportMargins()
        assert margins.left() == margins.right()
    assert view.width() < 1000


def test_zoom_by_wheel_and_keys_keeps_the_line_at_the_top(make_desk: MakeDesk) -> None:
    desk = make_desk("line\n\n" * 200)
    desk.editor.scroll_to_line(100)
    told: list[int] = []
    desk.editor.zoomed.connect(told.append)
    desk.editor.zoom_in()
    desk.editor.zoom_in()
    assert int(desk.editor.top_line()) == 100
    assert told[-1] == 121
    desk.editor.zoom_reset()
    assert told[-1] == 100


def test_scrolling_is_told_except_when_it_was_asked_for(make_desk: MakeDesk) -> None:
    desk = make_desk("line\n" * 300)
    told: list[float] = []
    desk.editor.scrolled.connect(told.append)
    desk.editor.scroll_to_line(150)
    assert told == []
    assert int(desk.editor.top_line()) == 150
    bar = desk.editor.verticalScrollBar()
    bar.setValue(bar.value() + 3)
    assert int(told[-1]) == 153


def compose(desk: Desk, preedit: str, commit: str = "") -> None:
    event = QInputMethodEvent(preedit, [])
    if commit:
        event.setCommitString(commit)
    QApplication.sendEvent(desk.editor, event)
    QApplication.processEvents()


def test_a_composition_changes_nothing_until_it_is_committed(make_desk: MakeDesk) -> None:
    desk = make_desk("**bold** |[a](https://a.org/x)", {"https://a.org/x": Verdict(Reason.GONE)})
    edits: list[object] = []
    desk.draft.edited.connect(edits.append)
    compose(desk, "に")
    compose(desk, "にほ")
    assert edits == []
    assert next(start for start, *_ in worn(desk, 0)) == 0, "the styles are gone"
    link = max(start for start, *_ in worn(desk, 0))
    compose(desk, "", "日本")
    assert list(desk.draft.lines) == ["**bold** 日本[a](https://a.org/x)"]
    assert worn(desk, 0) == should_wear(desk, Document(desk.draft.lines), 0)
    assert link == max(start for start, *_ in worn(desk, 0))


def test_during_a_composition_no_key_helps_and_no_card_comes(make_desk: MakeDesk) -> None:
    desk = make_desk("- item|")
    compose(desk, "x")
    desk.editor.toggle_strong()
    assert list(desk.draft.lines) == ["- item"]
    compose(desk, "")
    assert list(desk.draft.lines) == ["- item"]
    QTest.keyClick(desk.editor, Qt.Key.Key_Return)
    assert desk.text == "- item\n- |"


def test_a_mark_is_found_under_the_mouse(make_desk: MakeDesk) -> None:
    desk = make_desk("[a](https://a.org/x) and words", {"https://a.org/x": Verdict(Reason.GONE)})
    desk.put_caret(0, 10)
    middle = desk.editor.cursorRect().center()
    mark = desk.editor.mark_at(QPointF(middle))
    assert mark is not None
    assert mark.proofed.url == "https://a.org/x"
    assert desk.editor.mark_at(QPointF(middle + QPoint(0, 200))) is None
    desk.put_caret(0, 27)
    assert desk.editor.mark_at(QPointF(desk.editor.cursorRect().center())) is None


def test_a_block_of_code_lies_on_one_calm_ground(make_desk: MakeDesk) -> None:
    desk = make_desk("Text `x`|\n\n```\none\n\na longer line of code\n```\n\nMore")
    image = desk.editor.viewport().grab().toImage()
    ground = QColor(theme.current().code_paper).name()

    def at_the_right(line: int) -> str:
        block = desk.draft.text.findBlockByNumber(line)
        place = desk.editor.blockBoundingGeometry(block).translated(desk.editor.contentOffset())
        x = round(place.right()) - 60
        return image.pixelColor(x, round(place.center().y())).name()

    assert [at_the_right(line) == ground for line in range(2, 9)] == [True] * 5 + [False] * 2


def test_the_band_of_the_last_line_ends_with_its_words(make_desk: MakeDesk) -> None:
    desk = make_desk("One.\n|Two.")
    picture = desk.editor.viewport().grab().toImage()
    colour = theme.current().current_line
    x = picture.width() - 10
    band = [y for y in range(picture.height()) if picture.pixelColor(x, y).name() == colour]
    first, last = desk.editor.document().firstBlock(), desk.editor.document().lastBlock()
    heights = [block.layout().boundingRect().height() for block in (first, last)]
    assert abs(len(band) - heights[1]) <= 2
    assert heights[0] == heights[1]


def test_scripts_without_italics_stay_upright(make_desk: MakeDesk) -> None:
    desk = make_desk("*slanted* *\u062e\u0628\u0631* *\u0435\u0449\u0451* *\u4e2d\u6587*|")
    layout = desk.draft.text.firstBlock().layout()
    text = desk.draft.lines[0]
    slanted = {
        text[each.start : each.start + each.length].strip("*")
        for each in layout.formats()
        if each.format.fontItalic()
    }
    assert slanted == {"slanted", "\u0435\u0449\u0451"}
