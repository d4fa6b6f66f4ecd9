"""The step of pre-flight: what readers would stumble over. It holds nothing, and is named."""

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from app.linkcheck.verdict import Status
from app.preflight import Finding
from app.preflight.listing import Group
from app.ui.accounts.page import words
from app.ui.handover.parts import Mark, Rows, Section, quiet, remark
from app.ui.handover.words import tr

if TYPE_CHECKING:
    from app.ui.preflight.findings import Findings

_MENDED = frozenset(("image.local",))
"""Rules about what handing over sees to by itself: it puts pictures online."""
_SHAPES = {Group.ERROR: Status.WARN, Group.WARNING: Status.UNVERIFIED}


class ChecksSection(Section):
    """Errors and warnings of a draft; follows them while they are looked for."""

    go_to = Signal(int, int)
    panel_wanted = Signal()

    def __init__(self, findings: "Findings | None") -> None:
        super().__init__(tr("Checks"))
        self._findings: Findings | None = None
        self.all = quiet(
            tr("Show them all"),
            tr("Close this and show the panel of checks"),
            self.panel_wanted.emit,
        )
        self.head.addWidget(self.all)
        self.rows = Rows(self.all)
        self.body.addWidget(self.rows)
        if findings is None:
            self.renew()
        else:
            self.follow(findings)

    def follow(self, findings: "Findings") -> None:
        """Show these, and each time that they change."""
        self._findings = findings
        findings.changed.connect(self.renew)
        self.renew()

    def renew(self) -> None:
        """Show what was found."""
        findings = self._findings
        self.all.setVisible(False)
        if findings is None or not findings.is_known:
            self.say(Status.UNCHECKED, tr("Looking the draft over…"))
            return
        own = findings.judged.own
        errors, warnings = (
            [each for each in own.get(group, ()) if each.rule not in _MENDED]
            for group in (Group.ERROR, Group.WARNING)
        )
        listed = [(Group.ERROR, each) for each in errors]
        listed += [(Group.WARNING, each) for each in warnings]
        self.rows.show_rows(listed, lambda each: self._row(*each))
        if not listed:
            self.say(Status.SAFE, tr("Nothing that readers would stumble over."))
            return
        told = []
        if errors:
            told.append(tr("%n mistake(s) that readers will see.", len(errors)))
        if warnings:
            told.append(tr("%n place(s) to look at.", len(warnings)))
        self.all.setVisible(True)
        self.say(Status.WARN if errors else Status.UNVERIFIED, " ".join(told))

    def _row(self, group: Group, finding: Finding) -> QWidget:
        row = QWidget()
        layout = QHBoxLayout(row)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        layout.addWidget(Mark(_SHAPES[group], 12))
        layout.addWidget(words(finding.message), 1)
        line = remark(tr("line %1").replace("%1", str(finding.line + 1)))
        line.setWordWrap(False)
        layout.addWidget(line)
        tip = tr("Close this and go to it in the draft, line %1")
        layout.addWidget(
            quiet(
                tr("Go to it"),
                tip.replace("%1", str(finding.line + 1)),
                lambda: self._go(finding),
            )
        )
        return row

    def _go(self, finding: Finding) -> None:
        if self._findings is not None:
            self.go_to.emit(*self._findings.now(finding))
