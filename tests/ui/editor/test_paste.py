"""Pasting into the real editor: links, rich text, images; one undo step each."""

from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, Qt, QUrl
from PySide6.QtGui import QGuiApplication, QImage
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from tests.ui.editor.conftest import Desk, MakeDesk


def paste(desk: Desk, data: QMimeData, *, plain: bool = False) -> str:
    QGuiApplication.clipboard().setMimeData(data)
    if plain:
        desk.editor.paste_plain()
    else:
        desk.editor.paste()
    return desk.text


def text(words: str) -> QMimeData:
    data = QMimeData()
    data.setText(words)
    return data


def html(source: str, words: str = "plain") -> QMimeData:
    data = text(words)
    data.setHtml(source)
    return data


def picture() -> QMimeData:
    image = QImage(3, 2, QImage.Format.Format_RGB32)
    image.fill(Qt.GlobalColor.red)
    data = QMimeData()
    data.setImageData(image)
    return data


def select_right(desk: Desk, count: int) -> None:
    for _ in range(count):
        QTest.keyClick(desk.editor, Qt.Key.Key_Right, Qt.KeyboardModifier.ShiftModifier)


def test_a_url_over_a_selection_makes_a_link(make_desk: MakeDesk) -> None:
    desk = make_desk("see |page now")
    select_right(desk, 4)
    assert paste(desk, text("https://a.org/x_(y)")) == "see [page](https://a.org/x_(y))| now"
    assert desk.undo() == "see page now"


def test_a_url_elsewhere_is_text(make_desk: MakeDesk) -> None:
    assert paste(make_desk("see |"), text("https://a.org/")) == "see https://a.org/|"
    desk = make_desk("[a](|old)")
    select_right(desk, 3)
    assert paste(desk, text("https://a.org/")) == "[a](https://a.org/|)"
    desk = make_desk("|https://b.org/")
    select_right(desk, 14)
    assert paste(desk, text("https://a.org/")) == "https://a.org/|"


def test_rich_text_becomes_markdown_in_one_step(make_desk: MakeDesk) -> None:
    desk = make_desk("x |")
    rich = html('<p><b>Bold</b> <a href="https://a.org/">link</a></p><ul><li>a</li></ul>')
    assert paste(desk, rich) == "x **Bold** [link](https://a.org/)\n\n- a|"
    assert desk.undo() == "x "


def test_plain_paste_and_code_take_the_text(make_desk: MakeDesk) -> None:
    assert paste(make_desk("|"), html("<b>x</b>", "plain"), plain=True) == "plain|"
    assert paste(make_desk("```\n|\n```"), html("<b>x</b>", "plain")) == "```\nplain|\n```"


def test_html_that_says_no_more_than_the_text_is_text(make_desk: MakeDesk) -> None:
    source = html("<meta charset=utf-8><span>a * b_c</span>", "a * b_c")
    assert paste(make_desk("|"), source) == "a * b_c|"


def test_colours_of_a_code_editor_are_text(make_desk: MakeDesk) -> None:
    data = html("<div><b>def</b> x</div>", "def x")
    data.setData("vscode-editor-data", b"{}")
    assert paste(make_desk("|"), data) == "def x|"


def test_copied_text_keeps_its_spaces_and_offers_no_html(make_desk: MakeDesk) -> None:
    desk = make_desk("|a\u00a0b\u2028c\n**d**")
    desk.editor.selectAll()
    desk.editor.copy()
    data = QGuiApplication.clipboard().mimeData()
    assert data.text() == "a\u00a0b\u2028c\n**d**"
    assert not data.hasHtml()
    desk.editor.paste()
    assert list(desk.draft.lines) == ["a\u00a0b\u2028c", "**d**"]


def test_line_ends_of_other_systems_become_lines(make_desk: MakeDesk) -> None:
    desk = make_desk("|")
    paste(desk, text("a\r\nb\rc\n"))
    assert list(desk.draft.lines) == ["a", "b", "c", ""]


def test_an_image_is_saved_beside_the_draft(make_desk: MakeDesk, tmp_path: Path) -> None:
    desk = make_desk("look: |")
    desk.editor.folder = lambda: str(tmp_path)
    paste(desk, picture())
    paste(desk, picture())
    saved = sorted((tmp_path / "images").iterdir())
    assert len(saved) == 2
    assert all(QImage(str(path)).width() == 3 for path in saved)
    first = next(path for path in saved if f"(images/{path.name})" in desk.draft.lines[0])
    assert desk.draft.lines[0].startswith("look: ![")
    assert first.suffix == ".png"
    assert desk.editor.selection.caret == (0, 10)
    desk.undo()
    assert desk.undo() == "look: "


def test_image_files_are_copied_beside_unless_they_are_there(
    make_desk: MakeDesk, tmp_path: Path
) -> None:
    elsewhere, folder = tmp_path / "elsewhere", tmp_path / "drafts"
    elsewhere.mkdir()
    (folder / "images").mkdir(parents=True)
    for path in (elsewhere / "a cat.png", folder / "images" / "dog.png"):
        QImage(1, 1, QImage.Format.Format_RGB32).save(str(path))
    desk = make_desk("|")
    desk.editor.folder = lambda: str(folder)
    data = QMimeData()
    data.setUrls(
        [
            QUrl.fromLocalFile(str(elsewhere / "a cat.png")),
            QUrl.fromLocalFile(str(folder / "images" / "dog.png")),
        ]
    )
    paste(desk, data)
    assert list(desk.draft.lines) == ["![](images/a-cat.png)", "", "![](images/dog.png)"]
    assert (folder / "images" / "a-cat.png").is_file()
    assert desk.editor.selection.caret == (0, 2)


def test_an_image_without_a_place_is_said(
    make_desk: MakeDesk, qtbot: QtBot, tmp_path: Path
) -> None:
    desk = make_desk("|")
    with qtbot.waitSignal(desk.editor.message) as told:
        paste(desk, picture())
    assert "Save the draft first" in told.args[0]
    blocked = tmp_path / "file"
    blocked.write_text("")
    desk.editor.folder = lambda: str(blocked)
    with qtbot.waitSignal(desk.editor.message):
        paste(desk, picture())
    assert list(desk.draft.lines) == [""]


@pytest.mark.parametrize("line", ["a\u2029b", "🌱", "a\u00a0b"])
def test_special_characters_survive_a_line_edit(make_desk: MakeDesk, line: str) -> None:
    desk = make_desk(line)
    desk.put_caret(0, 0)
    desk.type("x")
    assert list(desk.draft.lines) == ["x" + line]
