"""A link that holds the issue, or is named beside it, with what can be done about it."""

from collections.abc import Sequence
from datetime import datetime

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from app.handover.gate import Held, Override, is_reason
from app.handover.states import LinkState
from app.ui.accounts.page import push
from app.ui.handover.parts import Mark, OneLine, quiet, remark
from app.ui.handover.words import tr, what_is_wrong, why_held


class LinkRow(QWidget):
    """An address, a sentence on it, and buttons."""

    go_to = Signal(int, int)
    recheck = Signal(str)

    def __init__(self, state: LinkState, sentence: str) -> None:
        super().__init__()
        self.state = state
        self.setAccessibleName(f"{state.url} {sentence}")
        self.told = remark(sentence)
        self.deeds = QHBoxLayout()
        self.deeds.setSpacing(2)
        self.deeds.setContentsMargins(0, 0, 0, 0)
        if state.places:
            line, column = state.places[0]
            tip = tr("Close this and go to the link in the draft, line %1")
            go = quiet(
                tr("Go to it"),
                tip.replace("%1", str(line + 1)),
                lambda: self.go_to.emit(line, column),
            )
            self.deeds.addWidget(go)
        else:
            self.deeds.addWidget(remark(tr("It is in a snippet.")))
        first = QHBoxLayout()
        first.setSpacing(4)
        first.addWidget(Mark(state.verdict.status, 12))
        first.addWidget(OneLine(state.url), 1)
        first.addLayout(self.deeds)
        self.rest = QVBoxLayout()
        self.rest.setContentsMargins(28, 0, 0, 0)
        self.rest.setSpacing(6)
        self.rest.addWidget(self.told)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(1)
        layout.addLayout(first)
        layout.addLayout(self.rest)

    def add_recheck(self) -> None:
        """Let the writer have it looked at again."""
        again = quiet(
            tr("Check again"),
            tr("Ask the link's site and the reputation services again"),
            lambda: self.recheck.emit(self.state.url),
        )
        self.deeds.addWidget(again)


class WarnedRow(LinkRow):
    """A broken link: it is named, and holds nothing."""

    def __init__(self, state: LinkState) -> None:
        super().__init__(state, what_is_wrong(state.verdict))
        if state.is_asked:
            self.add_recheck()


class HeldRow(LinkRow):
    """A link that holds the issue, by one thing or several."""

    override = Signal(object, str)
    """`Held`, and the reason."""

    def __init__(self, holds: Sequence[Held], now: datetime) -> None:
        super().__init__(holds[0].state, " ".join(why_held(each, now) for each in holds))
        self._holds = holds
        self.add_recheck()
        self.through = quiet(
            tr("Let it through…"),
            tr("Hand over in spite of it, with a reason that stays in the issue's history"),
            self._ask,
        )
        self.deeds.addWidget(self.through)
        self.asking: QWidget | None = None

    @property
    def typed(self) -> str | None:
        """What was typed so far as a reason; None where none is asked for."""
        is_asked = self.asking is not None and not self.asking.isHidden()
        return self.reason.text() if is_asked else None

    def resume(self, typed: str) -> None:
        """Go on with a reason that was being typed in another row for this link."""
        self._ask()
        self.reason.setText(typed)
        # When the row has its place: what has none yet cannot have the focus.
        QTimer.singleShot(0, self.reason, self.reason.setFocus)

    def _ask(self) -> None:
        if self.asking is None:
            self.asking = self._add_asking()
        is_wanted = self.asking.isHidden()
        self.asking.setVisible(is_wanted)
        if is_wanted:
            self.reason.setFocus(Qt.FocusReason.OtherFocusReason)

    def _add_asking(self) -> QWidget:
        """The field for the reason; made for the rows alone where it is wanted."""
        self.reason = QLineEdit()
        self.reason.setPlaceholderText(tr("Why? It stays in the issue's history."))
        self.reason.setAccessibleName(tr("Why this link may go out"))
        self.reason.setMaxLength(1000)
        self.agree = push(tr("Let it through"), tr("For this issue, and for this finding only"))
        self.agree.setEnabled(False)
        self.reason.textChanged.connect(lambda text: self.agree.setEnabled(is_reason(text)))
        self.reason.returnPressed.connect(self._agree)
        self.agree.clicked.connect(self._agree)
        asking = QWidget()
        row = QHBoxLayout(asking)
        row.setContentsMargins(0, 0, 0, 2)
        row.setSpacing(6)
        row.addWidget(self.reason, 1)
        row.addWidget(self.agree)
        self.rest.addWidget(asking)
        return asking

    def _agree(self) -> None:
        if is_reason(self.reason.text()):
            self.agree.setEnabled(False)
            for held in self._holds:
                self.override.emit(held, self.reason.text())


class OverriddenRow(LinkRow):
    """A link that would hold the issue, and the decision that lets it through."""

    take_back = Signal(object)

    def __init__(self, held: Held, override: Override, now: datetime) -> None:
        told = tr("Let through: “%1”").replace("%1", override.reason)
        super().__init__(held.state, f"{why_held(held, now)} {told}")
        back = quiet(
            tr("Take back"),
            tr("Let it hold the issue again"),
            lambda: self.take_back.emit(override),
        )
        self.deeds.addWidget(back)
