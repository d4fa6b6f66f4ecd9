"""Gmail's cut, as a line in the preview."""

from pathlib import Path
from typing import TYPE_CHECKING, cast

import pytest
from PySide6.QtCore import QObject, Signal
from pytestqt.qtbot import QtBot

from app.markup import Document
from app.publish import Habits, keep_habits, publication_for, render_email
from app.publish.clip import Cut, cut_of, spread
from app.ui.look.clip_watch import ClipWatch
from tests.ui.preview.conftest import Desk, desk

if TYPE_CHECKING:
    from app.ui.editor.open_draft import OpenDraft

__all__ = ["desk"]

LONG = "\n\n".join(f"Paragraph {n} has words enough. {'More of them. ' * 9}" for n in range(700))
BEFORE = """{
  const range = document.createRange();
  range.selectNodeContents(document.querySelector(".segment.cut"));
  range.setEndBefore(document.querySelector(".clip"));
  return range.toString();
}"""
LINE = "document.querySelector('.clip')"


@pytest.mark.parametrize("head", ["", "- ", "> "])
def test_the_line_stands_in_the_text_where_the_letter_is_cut(desk: Desk, head: str) -> None:
    text = LONG.replace("\n\n", f"\n\n{head}")
    cut = cut_of(Document.from_text(text))
    assert cut is not None
    assert cut.line is not None
    assert cut.offset is not None
    desk.show(text)
    desk.pane.show_cut(cut, "Gmail cuts here.")
    desk.settle()
    assert desk.ask(f"{LINE}.textContent") == "Gmail cuts here."
    before = desk.ask(f"(() => {BEFORE})()")
    first = desk.document.lines[cut.line].removeprefix(head).split()[:2]
    assert before.split()[:2] == first[: len(before.split())]
    assert cut.offset - 16 < len(before) <= max(cut.offset, 1)
    dimmed = "getComputedStyle(document.querySelector('.segment.cut ~ .segment')).opacity"
    assert desk.ask(dimmed) == "0.45"
    desk.pane.bar.phone.click()
    desk.settle()
    assert desk.ask("document.querySelectorAll('.clip').length") == 1
    desk.pane.show_cut(None, "")
    desk.settle()
    assert desk.ask(LINE) is None
    assert desk.ask("document.querySelectorAll('.cut').length") == 0


def test_a_letter_that_is_near_says_so_at_its_end(desk: Desk) -> None:
    desk.show("one\n\ntwo\n")
    desk.pane.show_cut(Cut(95_000), "It is near.")
    desk.settle()
    assert desk.body() == ["one", "two", "It is near."]
    desk.pane.bar.dark.click()
    desk.settle()
    assert desk.ask(f"{LINE}.textContent") == "It is near."


def test_a_table_is_not_torn_apart(desk: Desk) -> None:
    desk.show("| a | b |\n|---|---|\n| 1 | 2 |\n")
    desk.pane.show_cut(Cut(120_000, 0, 6), "Cut.")
    desk.settle()
    assert desk.ask(f"{LINE}.nextElementSibling.tagName") == "TABLE"


def test_another_draft_has_no_line(desk: Desk) -> None:
    desk.show("one\n")
    desk.pane.show_cut(Cut(95_000), "It is near.")
    desk.settle()
    desk.show("other\n")
    assert desk.body() == ["other"]


def test_snippets_count_and_the_line_is_the_drafts() -> None:
    lines = ["# Head", "", "{{ snippet: long }}", "", "{{ snippet: gone }}", "end"]
    filled, origins = spread(lines, {"long": "one\n\ntwo\n"}.get)
    assert filled == ["# Head", "", "one", "", "two", "", "{{ snippet: gone }}", "end"]
    assert origins == [0, 1, 2, 2, 2, 3, 4, 5]
    assert Cut(1, 4, 7).as_written(origins) == Cut(1, 2, 0)
    assert Cut(1, 7, 7).as_written(origins) == Cut(1, 5, 7)
    assert Cut(1).as_written(origins) == Cut(1)


class Typed(QObject):
    """A draft as far as the watch knows one."""

    changed = Signal(object)

    def __init__(self, text: str) -> None:
        super().__init__()
        self.lines = text.split("\n")


def test_the_letter_is_measured_after_a_rest_in_typing(qtbot: QtBot, tmp_path: Path) -> None:
    keep_habits(tmp_path, Habits(utm=True, source="s" * 50))
    draft = Typed("short")
    seen = [False]
    watch = ClipWatch(lambda: seen[0], draft)
    watch._rest.setInterval(10)
    found: list[Cut | None] = []
    watch.measured.connect(found.append)
    watch.follow(cast("OpenDraft", draft), lambda: tmp_path / "issue.md")
    qtbot.waitUntil(lambda: watch.is_settled)
    assert found == []  # nobody sees the preview
    seen[0] = True
    watch.again()
    qtbot.waitUntil(lambda: bool(found))
    assert found == [None]
    text = "\n\n".join(f"[link {n}](https://e.example/{n})" for n in range(500))
    draft.lines = text.split("\n")
    draft.changed.emit(None)
    qtbot.waitUntil(lambda: len(found) == 2)
    cut = found[1]
    publication = publication_for(text, tmp_path / "issue.md")
    sent = render_email(Document.from_text(text), publication)
    assert cut is not None
    assert cut.size == len(sent.encode()) > 102_400
