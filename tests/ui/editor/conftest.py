"""Drafts in editors on the screen that is not there, with a checker that answers at once."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

import pytest
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.linkcheck.verdict import Verdict
from app.ui.editor.editor import DraftEditor
from app.ui.editor.open_draft import OpenDraft
from app.ui.editor.places import caret_at


@dataclass
class FakeChecker:
    """Answers from a table, and remembers what it was asked."""

    verdicts: dict[str, Verdict] = field(default_factory=dict)
    wanted: dict[str, bool] = field(default_factory=dict)
    typed: list[str | None] = field(default_factory=list)
    rechecked: list[str] = field(default_factory=list)
    accepted: list[str] = field(default_factory=list)

    def known(self, urls: Iterable[str]) -> dict[str, Verdict]:
        return {url: self.verdicts[url] for url in urls if url in self.verdicts}

    def want(self, owner: str, urls: Mapping[str, bool]) -> None:
        self.wanted = dict(urls)

    def typing(self, owner: str, url: str | None) -> None:
        self.typed.append(url)

    def recheck(self, urls: Iterable[str]) -> None:
        self.rechecked += urls

    def accept(self, url: str) -> None:
        self.accepted.append(url)


@dataclass
class Desk:
    """An editor with its draft, and hands to type with."""

    editor: DraftEditor
    draft: OpenDraft
    checker: FakeChecker

    @property
    def text(self) -> str:
        """The whole text with ``|`` at the caret."""
        lines = list(self.draft.lines)
        line, column = self.editor.selection.caret
        lines[line] = lines[line][:column] + "|" + lines[line][column:]
        return "\n".join(lines)

    def put_caret(self, line: int, column: int) -> None:
        self.editor.select(caret_at((line, column)))

    def type(self, text: str) -> None:
        QTest.keyClicks(self.editor, text)
        QApplication.processEvents()

    def undo(self) -> str:
        self.editor.undo()
        return "\n".join(self.draft.lines)


MakeDesk = Callable[..., Desk]


@pytest.fixture
def make_desk(qtbot: QtBot, dressed: QApplication) -> Iterator[MakeDesk]:
    """Open a text in an editor; ``|`` in it is the caret."""
    made: list[Desk] = []

    def make(text: str, verdicts: Mapping[str, Verdict] | None = None) -> Desk:
        checker = FakeChecker(dict(verdicts or {}))
        lines = text.split("\n")
        caret = (0, 0)
        for number, line in enumerate(lines):
            if "|" in line and "||" not in line:
                caret = (number, line.index("|"))
                lines[number] = line.replace("|", "", 1)
                break
        draft = OpenDraft(lines, checker=checker)
        editor = DraftEditor()
        qtbot.addWidget(editor)
        editor.resize(800, 600)
        editor.set_draft(draft)
        editor.show()
        draft.parse()
        qtbot.waitUntil(lambda: draft.is_settled)
        desk = Desk(editor, draft, checker)
        desk.put_caret(*caret)
        editor.setFocus()
        QApplication.processEvents()
        made.append(desk)
        return desk

    yield make
    for desk in made:
        desk.draft.close()
        desk.editor.close()
