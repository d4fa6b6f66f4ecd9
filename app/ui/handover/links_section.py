"""The step of the links: a fresh look at each, and what holds the issue."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QProgressBar, QWidget

from app.handover.gate import GateVerdict, Held, Override
from app.linkcheck.verdict import SEVERITY, Status
from app.ui.handover.gate_watch import GateWatch
from app.ui.handover.held_row import HeldRow, LinkRow, OverriddenRow, WarnedRow
from app.ui.handover.parts import Rows, Section, quiet
from app.ui.handover.words import links_sentence, tr


class LinksSection(Section):
    """Shows a `GateWatch`, and passes on what the writer wants."""

    go_to = Signal(int, int)

    def __init__(self, watch: GateWatch) -> None:
        super().__init__(tr("Links"))
        self._watch = watch
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.bar.setFixedHeight(4)
        self.bar.setAccessibleName(tr("How many links were looked at"))
        self.stop = quiet(
            tr("Stop"), tr("Go no further, and judge by what is known"), watch.stop_asking
        )
        self.again = quiet(
            tr("Check all again"), tr("Look at every link of the issue again"), self._recheck
        )
        self.head.addWidget(self.stop)
        self.head.addWidget(self.again)
        progress = QHBoxLayout()
        progress.addWidget(self.bar)
        self.body.addLayout(progress)
        self.held, self.overridden, self.warned = (Rows(self.again) for _ in range(3))
        for rows in (self.held, self.overridden, self.warned):
            self.body.addWidget(rows)
        watch.changed.connect(self.renew)
        self.renew()

    def renew(self) -> None:
        """Show how it stands."""
        watch = self._watch
        self.bar.setVisible(watch.is_asking and bool(watch.left))
        shown, hidden = (self.stop, self.again) if watch.is_asking else (self.again, self.stop)
        shown.setVisible(bool(watch.whole))
        if hidden.hasFocus():  # else the focus went to the next button, which does something else
            shown.setFocus()
        hidden.hide()
        if watch.trouble:
            self.say(Status.WARN, watch.trouble, aloud=True)
            return
        if watch.is_asking:
            self._show_progress(watch)
        elif watch.verdict is None:
            self.say(Status.UNCHECKED, tr("Reading the draft…"))
        else:
            self._show_verdict(watch.verdict)

    def _show_progress(self, watch: GateWatch) -> None:
        if not watch.left:
            self.say(Status.UNCHECKED, tr("Looking at the links…"))
            return
        done = max(0, watch.asked - watch.left)
        self.bar.setRange(0, max(1, watch.asked))
        self.bar.setValue(done)
        sentence = tr("Looking at the links: %1 of %2…")
        told = sentence.replace("%1", str(done)).replace("%2", str(watch.asked))
        self.say(Status.UNCHECKED, told)

    def _show_verdict(self, verdict: GateVerdict) -> None:
        sentence = links_sentence(verdict, self._watch.whole, self._watch.limit)
        if self._watch.is_stopped:
            self.say(Status.UNCHECKED, tr("You stopped the look at the links: check all again."))
        else:
            self.say(_worst(verdict), sentence, aloud=True)
        now = datetime.now(UTC)
        typed = {
            row.state.url: row.typed
            for row in self.held.findChildren(HeldRow)
            if row.typed is not None and not row.isHidden()
        }
        self.held.show_rows(_by_link(verdict.held), lambda holds: self._held_row(holds, now, typed))
        self.overridden.show_rows(verdict.overridden, lambda each: self._overridden_row(*each, now))
        self.warned.show_rows(verdict.warned, lambda each: self._joined(WarnedRow(each)))

    def _held_row(self, holds: Sequence[Held], now: datetime, typed: Mapping[str, str]) -> QWidget:
        row = HeldRow(holds, now)
        if row.state.url in typed:  # something else was found while the writer typed
            row.resume(typed[row.state.url])
        row.override.connect(self._watch.override)
        return self._joined(row)

    def _overridden_row(self, held: Held, override: Override, now: datetime) -> QWidget:
        row = OverriddenRow(held, override, now)
        row.take_back.connect(self._watch.take_back)
        return self._joined(row)

    def _joined(self, row: LinkRow) -> QWidget:
        row.go_to.connect(self.go_to)
        row.recheck.connect(lambda url: self._watch.recheck([url]))
        return row

    def _recheck(self) -> None:
        self._watch.recheck(self._watch.urls)


def _by_link(held: Sequence[Held]) -> list[list[Held]]:
    """What holds, link by link, the worst first."""
    links: dict[str, list[Held]] = {}
    for each in held:
        links.setdefault(each.state.url, []).append(each)
    return list(links.values())


def _worst(verdict: GateVerdict) -> Status:
    """The mark of the step: that of the worst link that holds it, else a tick."""
    if not verdict.held:
        return Status.WARN if verdict.warned else Status.SAFE
    statuses = [each.state.verdict.status for each in verdict.held]
    worst = max(statuses, key=SEVERITY.__getitem__)
    return Status.UNVERIFIED if worst in (Status.SAFE, Status.UNCHECKED) else worst
