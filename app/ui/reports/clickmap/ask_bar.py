"""The question whether a draft is the issue's, asked once."""

from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from app.engagement.matching import Finding, Guess
from app.ui.accounts.page import push, words


class AskBar(QWidget):
    """Is this the draft? Yes, no, or another one."""

    confirmed = Signal(str)
    refused = Signal(str)
    another_wanted = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("card")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.path = ""
        self.question = words("")
        self.yes = push(self.tr("&Yes"), self.tr("Show its text here, and its clicks in it"))
        self.no = push(self.tr("&No"), self.tr("Do not propose this draft for this issue again"))
        self.another = push(self.tr("An&other…"), self.tr("Choose the draft yourself"))
        self.yes.clicked.connect(lambda: self.confirmed.emit(self.path))
        self.no.clicked.connect(lambda: self.refused.emit(self.path))
        self.another.clicked.connect(self.another_wanted)
        row = QHBoxLayout(self)
        row.setContentsMargins(14, 8, 10, 8)
        row.setSpacing(8)
        row.addWidget(self.question, 1)
        for button in (self.yes, self.no, self.another):
            row.addWidget(button)

    def show_finding(self, finding: Finding) -> None:
        """Ask about the likeliest draft; nothing where there is none, or no doubt."""
        self.setVisible(bool(finding.guesses))
        if not finding.guesses:
            self.path = ""
            return
        guess = finding.guesses[0]
        self.path = guess.path
        asked = self.tr("Is “%1” the draft of this issue?").replace("%1", Path(guess.path).stem)
        self.question.setText(f"{asked} {self._reasons(guess)}")
        self.question.setToolTip(guess.path)
        self.setAccessibleName(self.question.text())

    def _reasons(self, guess: Guess) -> str:
        reasons = []
        if guess.same_subject:
            reasons.append(self.tr("the same subject"))
        if guess.of:
            shared = self.tr("%1 of %2 links")
            reasons.append(shared.replace("%1", str(guess.shared)).replace("%2", str(guess.of)))
        told = ", ".join(reasons)
        return told[:1].upper() + told[1:] + "." if told else ""
