"""The findings of one open draft, kept up to date while it is written."""

import gc
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal

from app.lines import LineEdit
from app.preflight import Finding, Preflight, Setting, Snapshot, in_order, taking
from app.preflight.drift import Drift
from app.preflight.listing import Judged, judged
from app.preflight.mailed import MailedDraft
from app.proof import Fix
from app.ui.editor.jobs import run_in_thread
from app.ui.editor.places import Selection, caret_at
from app.ui.preflight.surroundings import Around, Surroundings

if TYPE_CHECKING:
    from app.ui.editor.open_draft import OpenDraft

REST_MS = 600
"""Rest in typing after which the draft is looked over."""
MAIL_REST_MS = 1200
"""Further rest until the mail is rendered, which takes longer."""
LONGEST_MARKED = 80
"""Characters that are selected to show what a finding is about, at most."""
SLICE_SECONDS = 0.003
"""What the window's thread gives to a snapshot in one go."""


class _Work:
    """What is kept between the jobs of one draft, of which only one runs at a time."""

    def __init__(self) -> None:
        self._preflight = Preflight(Setting())
        self._setting = Setting()
        self._mailed = MailedDraft()
        self.first_words = ""

    def look_over(self, snapshot: Snapshot, setting: Setting) -> list[Finding]:
        """What the rules find that look at the draft."""
        return self._for(setting).run(snapshot)

    def weigh(
        self, snapshot: Snapshot, lines: Sequence[str], draft: Path | None, setting: Setting
    ) -> list[Finding]:
        """What the rules find that look at the mail."""
        self._mailed.follow(lines, draft)
        self.first_words = self._mailed.first_words()
        return self._for(setting).of_mail(self._mailed.html(), snapshot)

    def let_go(self) -> None:
        """The draft is not shown: its mail takes twice as much memory as the draft."""
        self._mailed = MailedDraft()

    def _for(self, setting: Setting) -> Preflight:
        if setting != self._setting:
            self._setting, self._preflight = setting, Preflight(setting)
        return self._preflight


class Findings(QObject):
    """Takes a snapshot after each pause in typing, has it judged in a thread, and tells.

    Lines and columns of findings are those of the text that was looked at; `now` and `fix_now`
    say where they are in the text as it is.
    """

    changed = Signal()
    """Other findings, or other mutes, hold."""
    drifted = Signal()
    """The findings are the same, but lines have moved."""

    def __init__(
        self,
        draft: "OpenDraft",
        path: Callable[[], Path | None],
        surroundings: Surroundings,
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self.judged = Judged()
        self.around = Around()
        self.is_known = False
        """Whether the draft was looked over once."""
        self.first_words = ""
        """What an inbox shows of the letter where it has no preheader."""
        self.drift = Drift()
        self._draft, self._path, self._surroundings = draft, path, surroundings
        self._work = _Work()
        self._snapshot: Snapshot | None = None
        self._steps: Iterator[Snapshot | None] | None = None
        self._quick: list[Finding] = []
        self._mail: list[Finding] = []
        self._version = 0
        self._weighed = -1
        self._is_on = self._is_working = self._again = False
        self._rest = self._timer(REST_MS, self._begin)
        self._slice = self._timer(0, self._take)
        self._mail_rest = self._timer(MAIL_REST_MS, self._weigh)
        draft.edited.connect(self._on_edited)
        draft.marks_changed.connect(self._on_told)
        draft.settled.connect(self._on_told)

    def set_on(self, on: bool) -> None:
        """Follow the draft, or leave it alone: it is not shown."""
        if on == self._is_on:
            return
        self._is_on = on
        if on:
            self._rest.start(0)
        else:
            for timer in (self._rest, self._slice, self._mail_rest):
                timer.stop()
            self._steps = None
            if not self._is_working:
                self._work.let_go()

    def renew(self, *, now: bool = False) -> None:
        """Look again soon: links have other verdicts, or what was muted is other."""
        if not self._is_on:
            return
        if self._steps is not None or self._is_working:
            self._again = True
        elif now or not self._rest.isActive():
            self._rest.start(0 if now else REST_MS)

    @property
    def is_fresh(self) -> bool:
        """Whether the findings are those of the text as it is."""
        waits = self._rest.isActive() or self._steps is not None or self._is_working
        return self.is_known and not waits and self._weighed == self._version

    def now(self, finding: Finding) -> tuple[int, int]:
        """Where a finding begins in the text as it is: line and column in code points."""
        line = min(self.drift.now(finding.line), len(self._draft.lines) - 1)
        return line, min(finding.column, len(self._draft.lines[line]))

    def words_now(self, finding: Finding) -> Selection:
        """What a finding is about in the text as it is, the caret before it.

        Only the caret, where that is long, goes over lines, or was edited since.
        """
        line, column = self.now(finding)
        end = min(finding.end_column, len(self._draft.lines[line]))
        is_short = finding.line == finding.end_line and 0 < end - column <= LONGEST_MARKED
        if not is_short or self.drift.is_touched(finding.line, finding.line):
            return caret_at((line, column))
        return Selection((line, end), (line, column))

    def fix_now(self, finding: Finding) -> Fix | None:
        """The edit that mends a finding; None without one, or where its lines were edited."""
        fix = finding.fix
        if fix is None or self.drift.is_touched(fix.start[0], fix.end[0]):
            return None
        start, end = fix.start, fix.end
        return replace(
            fix,
            start=(self.drift.now(start[0]), start[1]),
            end=(self.drift.now(end[0]), end[1]),
        )

    # following the draft

    def _timer(self, milliseconds: int, then: Callable[[], None]) -> QTimer:
        timer = QTimer(self, singleShot=True, interval=milliseconds)
        timer.timeout.connect(then)
        return timer

    def _on_edited(self, edit: LineEdit) -> None:
        self._version += 1
        self.drift.add(edit)
        if not self._is_on:
            return
        self._steps = None
        self._slice.stop()
        self._mail_rest.stop()
        self._rest.start(REST_MS)
        if edit.removed != len(edit.lines):
            self.drifted.emit()

    def _on_told(self, _blocks: object = None) -> None:
        self.renew()

    def _begin(self) -> None:
        if not self._draft.is_settled:
            return  # what is parsed in a thread comes soon, and `settled` with it
        if self._is_working:
            self._again = True
            return
        self._steps = taking(self._draft.document, self._draft.proof, self._snapshot)
        self._take()

    def _take(self) -> None:
        if self._steps is None:
            return
        end = perf_counter() + SLICE_SECONDS
        for snapshot in self._steps:
            if snapshot is not None:
                self._steps = None
                self._look_over(snapshot)
                return
            if perf_counter() > end:
                self._slice.start()
                return

    # judging

    def _look_over(self, snapshot: Snapshot) -> None:
        path, mail = self._path(), self._moved(self._mail)

        def work(around: Around) -> list[Finding]:
            self._quick = self._work.look_over(snapshot, around.setting)
            return in_order([*self._quick, *mail])

        def then() -> None:
            self._snapshot, self._mail = snapshot, mail
            if self._weighed != self._version:
                self._mail_rest.start()

        self._run(path, work, then)

    def _weigh(self) -> None:
        """Render the mail and judge it."""
        snapshot, path, lines = self._snapshot, self._path(), tuple(self._draft.lines)
        if snapshot is None or self._is_working or self._steps is not None:
            self._mail_rest.start()
            return
        version, mail = self._version, list[Finding]()

        def work(around: Around) -> list[Finding]:
            mail.extend(self._work.weigh(snapshot, lines, path, around.setting))
            return in_order([*self._quick, *mail])

        def then() -> None:
            self._mail, self._weighed = mail, version
            self.first_words = self._work.first_words

        self._run(path, work, then)

    def _run(
        self,
        path: Path | None,
        work: Callable[[Around], list[Finding]],
        then: Callable[[], None],
    ) -> None:
        """Judge in a thread; what came too late, because the text is another by now, is dropped."""
        version = self._version
        is_blank = not any(line.strip() for line in self._draft.lines)
        answers: list[tuple[Around, Judged]] = []

        def run() -> None:
            around = self._surroundings.of(path)
            found = work(around)
            # Who has not begun to write has made no mistake yet.
            answers.append((around, judged([] if is_blank else found, around.mutes)))

        def finish() -> None:
            self._is_working = False
            gc.freeze()  # what was judged is no garbage, and it is much to look through
            if version == self._version:
                for answer in answers:
                    self.around, self.judged = answer
                    self.is_known = True
                    self.drift.clear()
                    then()
                    self.changed.emit()
            if self._again:
                self._again = False
                self.renew()

        self._is_working = True
        run_in_thread(run, finish, self)

    def _moved(self, findings: Sequence[Finding]) -> list[Finding]:
        return [
            replace(each, line=self.drift.now(each.line), end_line=self.drift.now(each.end_line))
            for each in findings
        ]
