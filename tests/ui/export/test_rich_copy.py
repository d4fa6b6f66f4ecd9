"""Ctrl+Alt+C: rich text on the clipboard."""

from PySide6.QtWidgets import QApplication

from app.ui.editor.places import Selection
from tests.ui.export.conftest import DRAFT, Desk


def test_the_whole_draft(desk: Desk) -> None:
    desk.keys("Ctrl+Alt+C")
    desk.qtbot.waitUntil(desk.shell.window.status.said.isVisible)
    data = QApplication.clipboard().mimeData()
    assert "<em>words</em>" in data.html()
    assert "<head" not in data.html()
    assert "data:image/png" in data.html()
    assert "link <https://example.com/>" in data.text()
    assert bytes(data.data("text/markdown").data()).decode().startswith("---\nsubject")
    assert "clipboard" in desk.shell.window.status.said.text()


def test_the_selection(desk: Desk) -> None:
    lines = DRAFT.split("\n")
    at = next(n for n, line in enumerate(lines) if line.startswith("Some"))
    desk.editor.select(Selection((at, 5), (at, 12)))
    desk.keys("Ctrl+Alt+C")
    desk.qtbot.waitUntil(desk.shell.window.status.said.isVisible)
    data = QApplication.clipboard().mimeData()
    assert data.html().strip() == "<p><em>words</em></p>"
    assert bytes(data.data("text/markdown").data()) == b"*words*"
    assert "selection" in desk.shell.window.status.said.text()


def test_a_missing_snippet_is_told_and_the_clipboard_stays(desk: Desk) -> None:
    QApplication.clipboard().setText("before")
    desk.editor.selectAll()
    desk.editor.insertPlainText("{{ snippet: nowhere }}")
    desk.keys("Ctrl+Alt+C")
    desk.qtbot.waitUntil(lambda: bool(desk.shell.window.notices.notices))
    assert "nowhere" in desk.shell.window.notices.notices[0].text
    assert QApplication.clipboard().text() == "before"
