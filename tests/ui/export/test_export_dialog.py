"""Ctrl+Alt+X: a file of the issue, by keys."""

import os
import stat
from email import message_from_bytes
from email.policy import default
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLabel
from shiboken6 import isValid

from app.publish.export import Format
from app.ui.export import last
from app.ui.export.dialog import ExportDialog
from tests.ui.export.conftest import Desk
from tests.ui.preview.conftest import HAS_ENGINE


def opened(desk: Desk) -> ExportDialog:
    desk.keys("Ctrl+Alt+X")
    dialog = desk.dialog(ExportDialog)
    assert isinstance(dialog, ExportDialog)
    return dialog


def choose(desk: Desk, dialog: ExportDialog, wanted: Format) -> None:
    """By the arrow keys."""
    desk.press(dialog.list, Qt.Key.Key_Home)
    for _ in range(10):
        if dialog.kind.format is wanted:
            return
        desk.press(dialog.list, Qt.Key.Key_Down)
    raise AssertionError(wanted)


def export(desk: Desk, wanted: Format, path: Path) -> ExportDialog:
    dialog = opened(desk)
    choose(desk, dialog, wanted)
    desk.press(dialog.list, Qt.Key.Key_Return)
    desk.name_file(path)
    return dialog


@pytest.mark.parametrize(
    ("wanted", "name", "holds"),
    [
        (Format.HTML, "a.html", b"<!doctype html>"),
        (Format.TEXT, "a.txt", b"Some words and a link <https://example.com/>."),
        (Format.MARKDOWN, "a.md", b"Some *words* and a [link]"),
    ],
)
def test_a_format_becomes_a_file(desk: Desk, wanted: Format, name: str, holds: bytes) -> None:
    path = desk.folder / name
    export(desk, wanted, path)
    desk.written(path)
    assert holds in path.read_bytes()
    desk.qtbot.waitUntil(lambda: bool(desk.shell.window.notices.notices))
    told = desk.shell.window.notices.notices[0].text
    assert told.startswith(f"Exported as “{name}”.")
    assert ("no reader sees them: 1" in told) == (wanted is Format.HTML)


def test_a_message_has_the_picture(desk: Desk) -> None:
    path = desk.folder / "a.eml"
    export(desk, Format.EML, path)
    desk.written(path)
    message = message_from_bytes(path.read_bytes(), policy=default)
    assert message["Subject"] == "Twelve"
    kinds = [part.get_content_type() for part in message.walk()]
    assert "image/png" in kinds


def test_a_name_without_ending_gets_one(desk: Desk) -> None:
    export(desk, Format.TEXT, desk.folder / "plain")
    desk.written(desk.folder / "plain.txt")


def test_a_file_that_is_there_is_asked_about(desk: Desk) -> None:
    path = desk.folder / "a.html"
    path.write_text("precious")
    dialog = export(desk, Format.HTML, path)
    desk.qtbot.waitUntil(dialog.question.isVisible)
    assert path.read_text() == "precious"
    desk.press(dialog, Qt.Key.Key_Escape)
    assert not dialog.question.isVisible()
    assert dialog.isVisible()
    assert path.read_text() == "precious"
    desk.press(dialog.list, Qt.Key.Key_Return)
    desk.name_file(path)
    desk.qtbot.waitUntil(dialog.question.isVisible)
    desk.press(dialog.over, Qt.Key.Key_Space)
    desk.qtbot.waitUntil(lambda: b"doctype" in path.read_bytes())
    desk.written(path)


def test_the_draft_is_never_overwritten(desk: Desk) -> None:
    path = desk.folder / "letter.md"
    before = path.read_bytes()
    dialog = export(desk, Format.MARKDOWN, path)
    desk.qtbot.waitUntil(lambda: "draft itself" in dialog.message.text())
    assert path.read_bytes() == before
    assert not dialog.question.isVisible()
    dialog.close()


def test_what_cannot_be_written_is_told(desk: Desk) -> None:
    dialog = opened(desk)
    dialog.export(desk.folder / "no" / "a.html")
    desk.qtbot.waitUntil(lambda: "could not be written" in dialog.message.text())
    assert dialog.save.isEnabled()
    dialog.close()


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_takes_no_file(desk: Desk) -> None:
    folder = desk.folder / "closed"
    folder.mkdir()
    folder.chmod(stat.S_IRUSR | stat.S_IXUSR)
    dialog = opened(desk)
    dialog.export(folder / "a.html")
    desk.qtbot.waitUntil(lambda: "could not be written" in dialog.message.text())
    dialog.close()


def test_a_missing_snippet_is_told(desk: Desk) -> None:
    desk.editor.selectAll()
    desk.editor.insertPlainText("{{ snippet: nowhere }}")
    dialog = opened(desk)
    dialog.export(desk.folder / "a.html")
    desk.qtbot.waitUntil(lambda: "nowhere" in dialog.message.text())
    assert not (desk.folder / "a.html").exists()
    dialog.close()


def test_the_last_format_and_folder_are_proposed(desk: Desk) -> None:
    other = desk.folder / "out"
    other.mkdir()
    export(desk, Format.TEXT, other / "a.txt")
    desk.written(other / "a.txt")
    desk.qtbot.waitUntil(lambda: last.load().folder == str(other))
    desk.qtbot.waitUntil(lambda: bool(desk.shell.window.notices.notices))
    QApplication.processEvents()
    dialog = opened(desk)
    assert dialog.kind.format is Format.TEXT
    dialog.close()


def test_every_format_says_what_it_is_for(desk: Desk) -> None:
    dialog = opened(desk)
    assert {kind.format for kind in dialog.model.rows} == set(Format)
    for kind in dialog.model.rows:
        assert len(kind.purpose) > 20
    assert dialog.findChildren(QLabel)
    dialog.close()


@pytest.mark.skipif(not HAS_ENGINE, reason="QtWebEngine is not installed")
def test_a_pdf_is_printed_with_pictures_and_nothing_remote(desk: Desk) -> None:
    desk.editor.selectAll()
    desk.editor.insertPlainText(
        "# Paper\n\nOn it.\n\n<img src='dot.png' width='200' height='100'> ![there](http://127.0.0.1:9/x.png)\n\n"
        "<script>document.body.textContent = 'script'</script>\n"
    )
    path = desk.folder / "a.pdf"
    export(desk, Format.PDF, path)
    desk.written(path)
    assert path.read_bytes().rstrip().endswith(b"%%EOF")
    from PySide6.QtPdf import QPdfDocument

    document = QPdfDocument()
    assert document.load(str(path)) is QPdfDocument.Error.None_
    assert document.pageCount() == 1
    text = document.getAllText(0).text()
    assert "Paper" in text
    assert "On it." in text
    assert "script" not in text
    image = document.render(0, document.pagePointSize(0).toSize())
    colors = {image.pixelColor(x, y).name() for x in range(0, 300, 3) for y in range(0, 300, 3)}
    assert "#ff0000" in colors, "the picture beside the draft"
    assert image.pixelColor(2, 2).alpha() == 0 or image.pixelColor(2, 2).name() == "#ffffff"
    document.close()


@pytest.mark.skipif(not HAS_ENGINE, reason="QtWebEngine is not installed")
@pytest.mark.parametrize("wait", [0, 150, 600])
def test_closing_while_a_pdf_is_printed(desk: Desk, wait: int) -> None:
    dialog = opened(desk)
    choose(desk, dialog, Format.PDF)
    path = desk.folder / "a.pdf"
    dialog.export(path)
    desk.qtbot.wait(wait)
    if isValid(dialog) and dialog.isVisible():
        desk.press(dialog, Qt.Key.Key_Escape)
        desk.qtbot.wait(300)
    # It may have been written already: then it is whole.
    assert not path.exists() or path.read_bytes().rstrip().endswith(b"%%EOF")
    assert wait or not path.exists()


@pytest.mark.skipif(not HAS_ENGINE, reason="QtWebEngine is not installed")
def test_leaving_while_a_pdf_is_printed(desk: Desk) -> None:
    dialog = opened(desk)
    choose(desk, dialog, Format.PDF)
    dialog.export(desk.folder / "a.pdf")
    desk.qtbot.wait(200)
    desk.shell.window.close()
    if isValid(dialog):
        dialog.close()


def test_without_the_engine_a_pdf_says_what_is_missing(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    import sys

    monkeypatch.setitem(sys.modules, "app.ui.export.paper", None)
    dialog = opened(desk)
    choose(desk, dialog, Format.PDF)
    dialog.export(desk.folder / "a.pdf")
    desk.qtbot.waitUntil(lambda: "preview" in dialog.message.text())
    assert not (desk.folder / "a.pdf").exists()
    dialog.close()
