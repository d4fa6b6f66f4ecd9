"""“Hand over…”: one page from the look at every link to the draft at the platform."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt, QTimer, QUrl, Signal
from PySide6.QtGui import QDesktopServices, QKeyEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QFrame,
    QLineEdit,
    QProgressBar,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from app.engagement.providers import PROVIDERS
from app.handover.history import History
from app.handover.model import Handed, Step
from app.linkcheck.verdict import Status
from app.ui.accounts.page import push, words
from app.ui.dialogs.dialog import Dialog, rule
from app.ui.handover.checks_section import ChecksSection
from app.ui.handover.gate_watch import Asking, GateWatch, Issue
from app.ui.handover.links_section import LinksSection
from app.ui.handover.parts import OneLine, Rows, Section
from app.ui.handover.there import Office, Phase, There
from app.ui.handover.there_section import ThereSection
from app.ui.handover.words import foot_words, progress_sentence, tr
from app.ui.turns import Turns

if TYPE_CHECKING:
    from app.ui.preflight.findings import Findings

SIZE = QSize(720, 720)
DONE_HEIGHT = 130
"""Pixels for what is told of a hand-over that is done."""
BELOW_CHOICES = 60
"""Pixels of what is below the choices that are seen with them."""
SAME_LINE = 12
"""Pixels within which widgets stand beside each other."""


class HandoverDialog(Dialog):
    """Four steps on one page. It only shows; `GateWatch` and `There` know.

    Attributes:
        is_whole: Every step is on the page; they are made one after the other.

    Signals:
        go_to: Line and column in the draft, after the dialog has closed.
        checks_wanted: Show the panel of checks.
        account_wanted: Add an account.
        accounts_wanted: Change one, or add another.
        compare_wanted: Two texts, as lines, and what their marks stand for.
    """

    go_to = Signal(int, int)
    checks_wanted = Signal()
    account_wanted = Signal()
    accounts_wanted = Signal()
    compare_wanted = Signal(object, object, str)

    def __init__(
        self,
        parent: QWidget,
        title: str,
        issue: Issue,
        asking: Asking,
        office: Office,
        history: History,
        *,
        limit: timedelta,
        findings: "Findings | None" = None,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        super().__init__(parent, tr("Hand over “%1”").replace("%1", title))
        self.setMinimumWidth(600)
        self.resize(SIZE.boundedTo(self.screen().availableSize() * 0.9))
        self.watch = GateWatch(issue, history, asking, limit, self, now)
        self.there = There(office, history, self)
        self.outcome = Section("")
        self.outcome.hide()
        self.is_whole = False
        self._turns = Turns(self)
        self._tabs = QTimer(self, singleShot=True, interval=0)
        self._tabs.timeout.connect(self._order_tabs)
        self._tabs.timeout.connect(self._bring_choices)
        self._brings_choices = False
        self._lay_out()
        self._add_foot()
        self.watch.changed.connect(self._renew)
        self.there.changed.connect(self._renew)
        self.finished.connect(lambda _: self._leave())
        self._renew()
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setFocus()  # on no button yet: Enter hands over, or does nothing
        self.watch.begin()
        self.there.begin()
        self._turns.begin(self._add_steps(findings))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter presses what has the focus, else it hands over; Escape stops what goes on first."""
        if event.key() == Qt.Key.Key_Escape and self.there.phase is Phase.WORKING:
            self.there.cancel()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            focus = self.focusWidget()
            if isinstance(focus, QAbstractButton):
                focus.click()
            elif not isinstance(focus, QLineEdit) and self.main.isEnabled():
                self.main.click()
        else:
            super().keyPressEvent(event)

    def follow(self, findings: "Findings") -> None:
        """Pre-flight has begun to look the draft over."""
        self._turns.finish()
        self.checks.follow(findings)

    def renew_accounts(self) -> None:
        """An account was added, changed or removed meanwhile."""
        if self.there.phase not in (Phase.WORKING, Phase.DONE):
            self.there.begin()

    def _lay_out(self) -> None:
        inner = QWidget()
        steps = QVBoxLayout(inner)
        steps.setContentsMargins(0, 0, 10, 0)
        steps.setSpacing(14)
        steps.addWidget(self.outcome)
        self.steps = QWidget()
        self._below = QVBoxLayout(self.steps)
        self._below.setContentsMargins(0, 0, 0, 0)
        self._below.setSpacing(14)
        steps.addWidget(self.steps)
        steps.addStretch()
        self.room = QScrollArea()
        self.room.setWidgetResizable(True)
        self.room.setFrameShape(QFrame.Shape.NoFrame)
        self.room.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.room.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.room.verticalScrollBar().actionTriggered.connect(self._stay)
        self.room.verticalScrollBar().rangeChanged.connect(self._bring_choices)
        self.room.setWidget(inner)
        self.room.viewport().setAutoFillBackground(False)
        inner.setAutoFillBackground(False)
        self.body.addWidget(self.room, 1)

    def _add_steps(self, findings: "Findings | None") -> Iterator[None]:
        """The steps of the page, each in a turn of its own; the look at the links has begun."""
        self.links = LinksSection(self.watch)
        self.links.go_to.connect(self._go_to)
        self._below.addWidget(self.links)
        yield
        self.checks = ChecksSection(findings)
        self.checks.go_to.connect(self._go_to)
        self.checks.panel_wanted.connect(self._show_checks)
        self._below.addWidget(rule())
        self._below.addWidget(self.checks)
        yield
        self.target = ThereSection(self.there)
        self.target.account_wanted.connect(self.account_wanted)
        self.target.accounts_wanted.connect(self.accounts_wanted)
        self.target.compare_wanted.connect(self.compare_wanted)
        self._below.addWidget(rule())
        self._below.addWidget(self.target)
        for rows in self.findChildren(Rows):
            rows.placed.connect(self._tabs.start)
        self.target.choices.placed.connect(self._want_choices)
        self._tabs.start()
        self.is_whole = True

    def _add_foot(self) -> None:
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.bar.setFixedHeight(4)
        self.bar.setAccessibleName(tr("How far the hand-over is"))
        self.bar.hide()
        self.body.addWidget(self.bar)
        self.foot = words("", "soft")
        self.buttons.takeAt(0)
        self.buttons.addWidget(self.foot, 1)
        self.stop = push(tr("&Cancel"), tr("Go no further; nothing is lost"))
        self.stop.clicked.connect(self.there.cancel)
        self.main = push(
            tr("&Hand over as a draft"), tr("Put it there as a draft; Sendoff never sends")
        )
        self.main.clicked.connect(self._hand_over)
        self.view = push(tr("&Open the draft"), tr("Open it in the browser"))
        self.view.clicked.connect(self._open)
        for button in (self.stop, self.main, self.view):
            self.buttons.addWidget(button)
        self.leave = self.add_close()

    # showing

    def _renew(self) -> None:
        phase = self.there.phase
        working, done = phase is Phase.WORKING, phase is Phase.DONE
        ready = self.watch.is_open and self.there.is_ready and not self.watch.trouble
        self.main.setEnabled(ready)
        self.main.setVisible(not (working or done))
        self.main.setDefault(ready)
        self.stop.setVisible(working)
        self.view.setVisible(bool(self._url))
        self.leave.setVisible(not working)
        self._show_progress(working)
        self._show_outcome(phase)
        self.foot.setText(self._foot_words(phase))
        self._tabs.start()

    def _order_tabs(self) -> None:
        """Tab goes down the page, whenever its rows were made."""
        found = [
            each
            for each in self.findChildren(QWidget)
            if each.focusPolicy() & Qt.FocusPolicy.TabFocus and each.isVisible()
        ]
        places = {each: each.mapTo(self, each.rect().center()) for each in found}
        found.sort(key=lambda each: (places[each].y() // SAME_LINE, places[each].x()))
        for one, next_ in pairwise(found):
            QWidget.setTabOrder(one, next_)

    def _show_progress(self, working: bool) -> None:
        self.bar.setVisible(working)
        progress = self.there.progress
        if progress is not None and progress.step is Step.PICTURES and progress.whole:
            self.bar.setRange(0, progress.whole)
            self.bar.setValue(progress.done)
        else:
            self.bar.setRange(0, 0)

    def _show_outcome(self, phase: Phase) -> None:
        self.outcome.setVisible(phase in (Phase.DONE, Phase.STOPPED))
        self.steps.setEnabled(phase is not Phase.WORKING)
        self.steps.setVisible(phase is not Phase.DONE)
        if phase is Phase.DONE and self.there.handed is not None:
            self._show_done(self.there.handed)
        elif phase is Phase.STOPPED:
            self.outcome.title.setText(tr("It was not handed over"))
            self.outcome.say(Status.WARN, self.there.trouble, aloud=True)
            self.room.verticalScrollBar().setValue(0)

    def _show_done(self, handed: Handed) -> None:
        name = PROVIDERS.get(handed.provider, handed.provider)
        self.outcome.title.setText(tr("It is a draft at %1 now").replace("%1", name))
        told = tr(
            "Nothing was sent: you do that there. Hand it over again after a change, and the same"
            " draft is changed. Once it is sent, its figures are found by themselves."
        )
        self.outcome.say(Status.SAFE, told, aloud=True)
        if not self.view.isDefault():
            self.view.setDefault(True)
            self.view.setFocus()
            if handed.url:
                self.outcome.body.addWidget(OneLine(handed.url))
            self.resize(self.width(), self.minimumSizeHint().height() + DONE_HEIGHT)

    def _foot_words(self, phase: Phase) -> str:
        if phase is Phase.WORKING:
            return progress_sentence(self.there.progress)
        if phase is Phase.DONE:
            return ""
        plan = self.there.plan if phase is Phase.PLANNED else None
        return foot_words(None if self.watch.is_asking else self.watch.verdict, plan)

    @property
    def _url(self) -> str:
        """Where the draft there can be looked at; empty where it cannot, or before it can."""
        if self.there.phase is Phase.DONE and self.there.handed is not None:
            return self.there.handed.url
        if self.there.phase is Phase.PLANNED and self.there.plan is not None:
            return self.there.plan.url
        return ""

    def _want_choices(self) -> None:
        self._brings_choices = True
        self._tabs.start()

    def _stay(self) -> None:
        """The writer scrolls: nothing else does so from now on."""
        self._brings_choices = False

    def _bring_choices(self, *_: int) -> None:
        """What is to be decided comes into view, unless links are to be seen to first."""
        if self._brings_choices and self.watch.is_open and self.target.choices.isVisible():
            self.room.ensureWidgetVisible(self.target.choices, 0, BELOW_CHOICES)

    # what the writer wants

    def _hand_over(self) -> None:
        self.main.setEnabled(False)
        self.watch.pass_through(self.there.carry_out)

    def _open(self) -> None:
        QDesktopServices.openUrl(QUrl(self._url))

    def _go_to(self, line: int, column: int) -> None:
        self.close()
        self.go_to.emit(line, column)

    def _show_checks(self) -> None:
        self.close()
        self.checks_wanted.emit()

    def _leave(self) -> None:
        self._turns.stop()
        self.watch.close()
        self.there.close()
