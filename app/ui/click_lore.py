"""What earlier issues tell beside the text: started last, and only where there are accounts."""

import contextlib
import sqlite3
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal

from app.paths import config_dir
from app.ui.actions import Actions
from app.ui.desk import Desk
from app.ui.editor.jobs import run_in_thread
from app.ui.engagement import Engagement
from app.ui.notices import Choice, Notice

if TYPE_CHECKING:
    from app.engagement.matching import DraftText
    from app.engagement.reports.link_lore import Lore, Question
    from app.ui.editor.clicks import ClickGutter
    from app.ui.sheet import Sheet

REST_MS = 700
"""After a change of drafts or figures until they are read."""


class ClickLore(QObject):
    """Looks figures up in a thread, and hands them to the editors."""

    switched = Signal(bool)
    """The writer wants to see clicks beside the text, or no more."""

    def __init__(self, desk: Desk, actions: Actions, engagement: Engagement, shown: bool) -> None:
        super().__init__(desk)
        self._desk = desk
        self._lore: Lore | None = None
        self._gutters: dict[int, ClickGutter] = {}
        self._asked: set[str] = set()
        self._is_started = self._is_reading = False
        self._paths: list[Path] = []
        self._switch = actions["show_clicks"]
        self._switch.setChecked(shown)
        self._switch.toggled.connect(self._toggle)
        self._rest = QTimer(self, singleShot=True, interval=REST_MS)
        self._rest.timeout.connect(self._read)
        engagement.changed.connect(self.start)
        engagement.accounts_changed.connect(self.start)
        desk.sheets_changed.connect(self._look_again)
        desk.current_changed.connect(self._show)

    @property
    def is_shown(self) -> bool:
        """Whether the writer wants to see clicks beside the text."""
        return self._switch.isChecked()

    def start(self) -> None:
        """Read what is known, if there are accounts; again, when it may be other."""
        self._is_started = (config_dir() / "accounts.json").exists()
        self._look_again()

    def facts(self, url: str, draft: str = "") -> list[tuple[str, str]]:
        """What the card tells of a link: pairs of a name and words. ``draft`` is the path of the
        one that it stands in.
        """
        if self._lore is None or not url:
            return []
        names = {"link": self.tr("Record"), "clicks": self.tr("Clicks")}
        return [(names.get(what, what), told) for what, told in self._lore.facts(url, draft)]

    def _look_again(self) -> None:
        if self._is_started:
            self._rest.start()

    def _read(self) -> None:
        if self._is_reading:
            self._rest.start()
            return
        self._is_reading = True
        paths = self._paths = self._open_paths()
        answers: list[Lore] = []

        def work() -> None:
            found = _read(paths)
            if found is not None:
                answers.append(found)

        def then() -> None:
            self._is_reading = False
            for answer in answers:
                self._lore = answer
                self._show()

        run_in_thread(work, then, self)

    def _open_paths(self) -> list[Path]:
        return [sheet.path for sheet in self._desk.sheets if sheet.path is not None]

    # what is shown

    def _toggle(self, on: bool) -> None:
        self._show()
        self.switched.emit(on)

    def _show(self) -> None:
        lore = self._lore
        if lore is None:
            return
        if self._open_paths() != self._paths:
            self._look_again()  # a draft has another name
        keys = {sheet.key for sheet in self._desk.sheets}
        for key in [key for key in self._gutters if key not in keys]:
            del self._gutters[key]
        for sheet in self._desk.sheets:
            if sheet.editor is not None:
                sheet.editor.earlier = partial(self.facts, draft=str(sheet.path or ""))
                self._show_gutter(sheet, lore)
        for path in self._asked - lore.questions.keys():
            self._desk.settled.emit(_key(path))  # it was said elsewhere
        self._ask(self._desk.current, lore)

    def _show_gutter(self, sheet: "Sheet", lore: "Lore") -> None:
        clicks = lore.drafts.get(str(sheet.path)) if self.is_shown else None
        gutter = self._gutters.get(sheet.key)
        if clicks is None:
            if gutter is not None:
                gutter.hide()
                gutter.deleteLater()
                del self._gutters[sheet.key]
        elif gutter is not None:
            gutter.show_clicks(clicks)
        elif sheet.editor is not None:
            from app.ui.editor.clicks import ClickGutter

            self._gutters[sheet.key] = ClickGutter(sheet.editor, clicks)

    def _ask(self, sheet: "Sheet | None", lore: "Lore") -> None:
        """Once in a session; the issue's click map asks, too."""
        if sheet is None or sheet.path is None:
            return
        path = str(sheet.path)
        question = lore.questions.get(path)
        if question is None or path in self._asked:
            return
        self._asked.add(path)
        self._desk.told.emit(
            Notice(
                _key(path),
                self._words(question),
                choices=(
                    Choice(self.tr("Yes"), lambda: self._answer(question, path, yes=True)),
                    Choice(self.tr("No"), lambda: self._answer(question, path, yes=False)),
                ),
            )
        )

    def _words(self, question: "Question") -> str:
        words = self.tr("Is this the draft of “%1”, sent %2? It has the same subject and %3.")
        day = self.tr("earlier")
        if question.sent_at is not None:
            from app.ui.moments import day_and_time

            day, _ = day_and_time(question.sent_at)
        links = self.tr("%1 of its %2 links").replace("%1", str(question.guess.shared))
        links = links.replace("%2", str(question.guess.of))
        return words.replace("%1", question.subject).replace("%2", day).replace("%3", links)

    def _answer(self, question: "Question", path: str, *, yes: bool) -> None:
        self._desk.settled.emit(_key(path))
        sheet = self._desk.current
        if sheet is not None and sheet.editor is not None:
            sheet.editor.setFocus()
        run_in_thread(lambda: _note(question, Path(path), yes=yes), self._look_again, self)


def _key(path: str) -> str:
    return f"draft-of-{path}"


def _read(paths: Sequence[Path]) -> "Lore | None":
    """In a thread; None where the store cannot be read, which the reports tell of."""
    from app.engagement import accounts
    from app.engagement.accounts import AccountError
    from app.engagement.reports.link_lore import lore
    from app.engagement.store.matches import Matches
    from app.engagement.store.reader import Reader
    from app.engagement.store.schema import StoreError, store_file

    try:
        present = accounts.load()
        if not present or not store_file().exists():
            return None
        with contextlib.closing(Reader()) as reader, contextlib.closing(Matches()) as matches:
            said = matches.all()
            missing = {each.path for each in said if each.is_draft and not _is_there(each.path)}
            found = lore(reader, present, said, _described(paths), missing)
            for account, issue, draft in found.named:
                matches.confirm(account, issue, draft)
            return found
    except (AccountError, StoreError, sqlite3.DatabaseError):
        return None


def _is_there(path: str) -> bool:
    try:
        return Path(path).exists()
    except OSError:
        return True  # a disk that does not answer now


def _described(paths: Sequence[Path]) -> "list[DraftText]":
    from app.ui import sent_drafts

    texts = [(path, sent_drafts.read(path)) for path in paths]
    return [sent_drafts.describe(path, text) for path, text in texts if text is not None]


def _note(question: "Question", path: Path, *, yes: bool) -> None:
    from app.engagement.store.matches import Matches
    from app.engagement.store.schema import StoreError

    # What cannot be kept is asked again at the next start.
    with contextlib.suppress(StoreError), contextlib.closing(Matches()) as matches:
        if not yes:
            matches.refuse(question.account, question.issue, str(path))
            return
        for draft in _described([path]):
            matches.confirm(question.account, question.issue, draft)
