"""Tracked HTML: through which server, for which platform, and how it comes to be."""

import contextlib
from dataclasses import dataclass

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QComboBox, QLineEdit, QSizePolicy, QVBoxLayout, QWidget

from app.engagement import accounts
from app.engagement.model import Account
from app.engagement.secrets import open_secrets
from app.handover.history import History
from app.handover.ledger import LedgerError
from app.handover.model import SentMeanwhileError
from app.handover.tracked import (
    PLACEHOLDER,
    PROVIDER,
    TAGS,
    OtherTagError,
    Tracked,
    Tracking,
    register,
)
from app.publish.export.local import beside
from app.ui.accounts.asking import attempt
from app.ui.accounts.page import form, name_of, words
from app.ui.background import ask_for
from app.ui.export.gate import GateMeans, in_words
from app.ui.export.posting import post
from app.ui.export.source import Source
from app.ui.handover.errand import Errand
from app.ui.handover.gate_watch import GateWatch
from app.ui.handover.gate_watch import Issue as GateIssue

_TROUBLES = (LedgerError,)


@dataclass(frozen=True, slots=True)
class Registering:
    """What the writer chose for tracked HTML."""

    account: Account
    tag: str
    anew: bool = False


class TrackingOptions(QWidget):
    """The account of the tracking server, and what stands for a subscriber."""

    changed = Signal()

    def __init__(self, account: str, tag: str) -> None:
        """``account`` (its id) and ``tag`` are those of the last time."""
        super().__init__()
        self._wanted = account
        self._accounts: list[Account] = []
        self.account = QComboBox()
        self.platform = QComboBox()
        self.tag = QLineEdit(tag)
        for name, known in TAGS.items():
            self.platform.addItem(name, known)
        self.platform.addItem(self.tr("Another platform"), None)
        self.platform.addItem(self.tr("A program of my own"), "")
        known_at = self.platform.findData(tag) if tag else 0
        self.platform.setCurrentIndex(known_at if known_at >= 0 else self.platform.findData(None))
        self.explanation = words("", "soft")
        self.explanation.setAccessibleName(self.tr("What is filled in when it is sent"))
        for each in (self.account, self.platform):
            each.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        fields = form()
        fields.addRow(name_of(self.account, self.tr("&Through")), self.account)
        fields.addRow(name_of(self.platform, self.tr("S&ent with")), self.platform)
        self._tag_name = name_of(self.tag, self.tr("&Merge tag"))
        fields.addRow(self._tag_name, self.tag)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        layout.addLayout(fields)
        layout.addWidget(self.explanation)
        self.platform.activated.connect(lambda _: self._choose())
        self.tag.textChanged.connect(lambda _: self._explain())
        self._choose()
        attempt(accounts.load, self._show, lambda error: self.explanation.setText(str(error)), self)

    def chosen(self) -> Registering | None:
        """The choice; None while there is no account."""
        at = self.account.currentIndex()
        return Registering(self._accounts[at], self.tag.text().strip()) if at >= 0 else None

    def _show(self, found: tuple[Account, ...]) -> None:
        self._accounts = [each for each in found if each.provider == PROVIDER]
        for each in self._accounts:
            self.account.addItem(each.name, each.id)
        self.account.setCurrentIndex(max(self.account.findData(self._wanted), 0))
        if not self._accounts:
            self.account.setPlaceholderText(self.tr("No account yet"))
            self.account.setCurrentIndex(-1)
            self.account.setEnabled(False)
        self._explain()
        self.changed.emit()

    def _choose(self) -> None:
        known = self.platform.currentData()
        if known is not None:
            self.tag.setText(known)
        for each in (self.tag, self._tag_name):
            each.setVisible(known is None)
        if known is None and self.isVisible():
            self.tag.setFocus()
        self._explain()

    def _explain(self) -> None:
        tag = self.tag.text().strip()
        if not self._accounts:
            told = self.tr(
                "Opens and clicks are counted by a tracking server of your own. Add its account"
                " under Reports, Accounts."
            )
        elif tag:
            told = self.tr(
                "“%1” stands in each counted link; the platform fills in the subscriber when it"
                " sends. Links marked data-do-not-track are left alone."
            ).replace("%1", tag)
        else:
            told = self.tr(
                "“%1” stands in each counted link: replace it with the value that the server gave"
                " for each recipient. Links marked data-do-not-track are left alone."
            ).replace("%1", PLACEHOLDER)
        self.explanation.setText(told)


class TrackedMaking(QObject):
    """Looks at the links, then registers the issue; ``made``, ``failed``, ``held`` or ``doubted``
    follows, unless it is cancelled.

    Signals:
        looked: How many links are still found out about, of how many.
        held: Links hold it: which, in words.
        doubted: It is registered, and cannot be as it is wished: why. Another issue could be made.
    """

    looked = Signal(int, int)
    made = Signal(bytes)
    failed = Signal(str)
    held = Signal(str)
    doubted = Signal(str)

    def __init__(
        self, source: Source, chosen: Registering, means: GateMeans, parent: QObject
    ) -> None:
        super().__init__(parent)
        self._source, self._chosen, self._means = source, chosen, means
        self._history: History | None = None
        self._watch: GateWatch | None = None
        self._posting: Errand[Tracked | str] | None = None
        self.tracked: Tracked | None = None
        self.beside = 0
        """Pictures that it shows and that are only beside the draft."""

    def start(self) -> None:
        """Begin."""
        if self._source.path is None:
            self.failed.emit(self.tr("Save the draft first: its issue is known by its file."))
            return
        ask_for(History, self._look, lambda error: self.failed.emit(str(error)), self, _TROUBLES)

    def cancel(self) -> None:
        """Nothing is heard of it any more."""
        self.blockSignals(True)
        if self._watch is not None:
            self._watch.close()
        if self._posting is not None:
            self._posting.forget()
        elif self._history is not None:
            self._history.close()
        self.deleteLater()

    # the gate

    def _look(self, history: History) -> None:
        source, means = self._source, self._means
        if source.path is None or self.signalsBlocked():
            history.close()
            return
        self._history = history
        issue = GateIssue(source.path, source.text, means.ignored, means.allow_private)
        self._watch = GateWatch(issue, history, means.asking, means.limit, self)
        self._watch.changed.connect(self._on_gate)
        self._watch.begin()

    def _on_gate(self) -> None:
        watch = self._watch
        if watch is None or self._posting is not None:
            return
        if watch.trouble:
            self.failed.emit(watch.trouble)
        elif watch.is_asking:
            self.looked.emit(watch.left, watch.asked)
        elif watch.is_open:
            watch.close()
            self._posting = post(self._register, self._registered, self.failed.emit, self)
        elif watch.verdict is not None:
            watch.close()
            self.held.emit(in_words(watch.verdict))

    # the server

    async def _register(self) -> Tracked | str:
        source, chosen, history = self._source, self._chosen, self._history
        assert source.path is not None  # noqa: S101 - `start` saw to it
        assert history is not None  # noqa: S101
        with contextlib.closing(history):
            key = open_secrets().get(chosen.account)
            issue = source.issue()
            self.beside = beside(issue.html, issue.folder)
            try:
                return await register(
                    chosen.account,
                    key,
                    issue,
                    source.path,
                    history,
                    Tracking(chosen.tag),
                    anew=chosen.anew,
                )
            except (SentMeanwhileError, OtherTagError) as error:
                return str(error)

    def _registered(self, answer: Tracked | str) -> None:
        if isinstance(answer, str):
            self.doubted.emit(answer)
        else:
            self.tracked = answer
            self.made.emit(answer.html.encode())
