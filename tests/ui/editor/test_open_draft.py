"""The model follows the text through every kind of edit."""

import random

import pytest
from PySide6.QtGui import QTextCursor, QTextDocument
from pytestqt.qtbot import QtBot

from app.lines import LineEdit
from app.linkcheck.verdict import Reason, Status, Verdict
from app.markup import Document
from app.ui.editor.open_draft import OpenDraft
from app.ui.editor.text_access import line_text
from tests.ui.editor.conftest import MakeDesk

SPECIAL = "a\u00a0b \u2028 c 🌱\u2029d\ufdd0"


def all_lines(text: QTextDocument) -> list[str]:
    return [line_text(text.findBlockByNumber(line)) for line in range(text.blockCount())]


def described(document: Document) -> list[object]:
    return [
        (
            block.kind,
            block.line_count,
            block.links,
            [block.styles(n) for n in range(block.line_count)],
        )
        for block in document.blocks
    ]


def test_special_characters_are_kept_and_lines_match_blocks(make_desk: MakeDesk) -> None:
    desk = make_desk(f"one\n{SPECIAL}\nthree|")
    assert desk.editor.blockCount() == 3
    desk.type("!")
    assert list(desk.draft.lines) == ["one", SPECIAL, "three!"]
    desk.put_caret(1, 0)
    desk.type("x")
    assert desk.draft.lines[1] == "x" + SPECIAL


def test_random_edits_undo_and_redo_keep_lines_blocks_and_styles(
    make_desk: MakeDesk, qtbot: QtBot
) -> None:
    chance = random.Random(11)
    pieces = [
        "word ",
        "\n",
        "\n\n",
        "- ",
        "# ",
        "[a](https://x.org/b) ",
        "🌱",
        "```\n",
        "> ",
        "*b*",
    ]
    desk = make_desk("# Head\n\n[x](https://a.org) 🌱 text\n\n- one\n- two\n\n> q\n\n[r]: /u")
    edits: list[LineEdit] = []
    mirror = list(desk.draft.lines)
    desk.draft.edited.connect(edits.append)
    for _ in range(250):
        deed = chance.random()
        cursor = QTextCursor(desk.draft.text)
        cursor.setPosition(chance.randrange(desk.draft.text.characterCount()))
        if deed < 0.6:
            cursor.insertText(chance.choice(pieces))
        elif deed < 0.85:
            target = min(
                cursor.position() + chance.randrange(9), desk.draft.text.characterCount() - 1
            )
            cursor.setPosition(target, QTextCursor.MoveMode.KeepAnchor)
            cursor.removeSelectedText()
        elif deed < 0.95:
            desk.draft.text.undo()
        else:
            desk.draft.text.redo()
        assert list(desk.draft.lines) == all_lines(desk.draft.text)
    for edit in edits:
        edit.apply(mirror)
    assert mirror == list(desk.draft.lines)
    qtbot.waitUntil(lambda: desk.draft.is_settled)
    assert described(desk.draft.document) == described(Document(desk.draft.lines))


def test_edits_before_the_parse_are_not_lost(qtbot: QtBot) -> None:
    draft = OpenDraft(["one", "two"])
    QTextCursor(draft.text).insertText("zero ")
    draft.parse()
    assert list(draft.lines) == ["zero one", "two"]
    assert list(draft.document.lines) == ["zero one", "two"]


@pytest.mark.parametrize(
    "new",
    [["a", "x", "c"], ["a", "c"], ["a", "b", "c", "d"], ["z", "a", "b", "c"], [""], ["b", "c"]],
)
def test_lines_from_outside_come_in_as_one_undo_step(new: list[str], qtbot: QtBot) -> None:
    draft = OpenDraft(["a", "b", "c"])
    draft.parse()
    draft.replace_lines(new)
    assert list(draft.lines) == new
    draft.text.undo()
    assert list(draft.lines) == ["a", "b", "c"]


def test_known_verdicts_are_there_at_once_and_new_ones_tell(make_desk: MakeDesk) -> None:
    known = {"https://a.org/": Verdict(Reason.OK)}
    desk = make_desk("[a](https://a.org/) [b](https://b.org/)", known)
    assert desk.draft.proof.counts[Status.SAFE] == 1
    told: list[set[int]] = []
    desk.draft.marks_changed.connect(told.append)
    desk.draft.learn([("https://b.org/", Verdict(Reason.NOT_FOUND))])
    assert told == [{desk.draft.document.blocks[0].id}]
    assert desk.draft.proof.counts[Status.WARN] == 1


def test_the_checker_hears_what_is_wanted_with_what_is_in_view(
    make_desk: MakeDesk, qtbot: QtBot
) -> None:
    filler = "text\n\n" * 200
    desk = make_desk(f"[a](https://a.org/)\n\n{filler}[z](https://z.org/)")
    qtbot.waitUntil(lambda: len(desk.checker.wanted) == 2)
    assert desk.checker.wanted == {"https://a.org/": True, "https://z.org/": False}
    desk.editor.go_to(len(desk.draft.lines) - 1)
    qtbot.waitUntil(lambda: desk.checker.wanted["https://z.org/"])
    assert desk.checker.wanted["https://a.org/"] is False


def test_a_url_that_is_typed_is_told_until_it_rests(make_desk: MakeDesk) -> None:
    desk = make_desk("[a](https://a.or|)")
    desk.type("g")
    assert desk.checker.typed[-1] == "https://a.org/"
    desk.put_caret(0, 1)
    assert desk.checker.typed[-1] is None


def test_the_outline_tells_when_headings_change(make_desk: MakeDesk) -> None:
    desk = make_desk("# One|\n\ntext")
    told: list[None] = []
    desk.draft.outline_changed.connect(lambda: told.append(None))
    desk.put_caret(2, 4)
    desk.type("x")
    assert not told
    desk.put_caret(0, 5)
    desk.type("x")
    assert told
    assert [heading.text for heading in desk.draft.headings()] == ["Onex"]


def test_the_whole_of_a_long_draft_is_parsed_in_the_end(qtbot: QtBot) -> None:
    lines = [f"[{n}](https://example.org/{n})" if n % 2 else "" for n in range(4000)]
    draft = OpenDraft(lines)
    with qtbot.waitSignal(draft.settled):
        draft.parse()
    assert len(draft.proof.wanted()) == 2000
