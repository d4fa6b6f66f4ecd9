"""The platform's side of a hand-over: which account, what will change there, and the deed."""

from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager
from enum import Enum, auto
from typing import Protocol

from PySide6.QtCore import QObject, Signal
from shiboken6 import isValid

from app.engagement.accounts import AccountError
from app.engagement.model import Account
from app.handover.history import History
from app.handover.ledger import LedgerError
from app.handover.model import (
    Choice,
    Handed,
    Letter,
    Plan,
    Progress,
    SentMeanwhileError,
    Tell,
    UnreachableError,
)
from app.ui.background import ask_for
from app.ui.editor.jobs import window_post
from app.ui.handover.errand import Errand


class HandsOver(Protocol):
    """See `app.handover.engine.Handover`."""

    async def plan(self, letter: Letter, choice: Choice = Choice.ASK) -> Plan:
        """What would be done; nothing is written anywhere."""

    async def carry_out(self, plan: Plan, tell: Tell | None = None) -> Handed:
        """Do it. The same plan carried out twice is one draft."""


class Office(Protocol):
    """Where letters and platforms come from; see `app.ui.handover.office`. For other threads."""

    def accounts(self) -> Sequence[Account]:
        """Those that an issue can be handed over to. Raises AccountError."""

    def letter(self, account: Account) -> Letter:
        """The issue as it leaves for this account. Raises HandoverError."""

    def handover(
        self, account: Account, history: History
    ) -> AbstractAsyncContextManager[HandsOver]:
        """What hands over to this account. Raises SecretError, HandoverError."""

    def handed(self, letter: Letter, handed: Handed) -> None:
        """It was handed over: what else is to be known of it."""


class Phase(Enum):
    """How far it is."""

    READING = auto()
    """The accounts are read."""
    NO_ACCOUNT = auto()
    PLANNING = auto()
    PLANNED = auto()
    """`plan` says what will change there, or what is to be decided before."""
    NOT_PLANNED = auto()
    """`trouble` says why not."""
    WORKING = auto()
    STOPPED = auto()
    """It failed or was cancelled; `trouble` says what is now."""
    DONE = auto()
    """`handed` says where the draft is."""


class There(QObject):
    """What the dialog shows of accounts and platforms."""

    changed = Signal()

    def __init__(self, office: Office, history: History, parent: QObject) -> None:
        super().__init__(parent)
        self.phase = Phase.READING
        self.accounts: Sequence[Account] = ()
        self.account: Account | None = None
        self.choice = Choice.ASK
        self.plan: Plan | None = None
        self.conflict: Plan | None = None
        """The plan that asked what becomes of edits made there; kept once it is decided."""
        self.progress: Progress | None = None
        self.handed: Handed | None = None
        self.trouble = ""
        self.was_sent = False
        """Whether that is that the draft there is none any more."""
        self._office, self._history = office, history
        self._letter: Letter | None = None
        self._errand: Errand[Plan] | Errand[Handed] | None = None

    def begin(self) -> None:
        """Read the accounts; plan for the one that was used last."""
        self._enter(Phase.READING)

        def read() -> tuple[Sequence[Account], str]:
            return self._office.accounts(), self._history.last_account()

        def done(found: tuple[Sequence[Account], str]) -> None:
            self.accounts, last = found
            if not self.accounts:
                self.account = None
                self._enter(Phase.NO_ACCOUNT)
                return
            ids = [each.id for each in self.accounts]
            wanted = self.account.id if self.account else last
            self.choose(self.accounts[ids.index(wanted) if wanted in ids else 0])

        def failed(error: Exception) -> None:
            self._enter(Phase.NOT_PLANNED, str(error))

        ask_for(read, done, failed, self, (AccountError, LedgerError))

    def choose(self, account: Account) -> None:
        """Hand over to this account."""
        self.account = account
        self.conflict = None
        self.decide(Choice.ASK)

    def decide(self, choice: Choice) -> None:
        """Let this become of edits made there, and plan anew."""
        account = self.account
        if account is None or self.phase is Phase.WORKING:
            return
        self.choice = choice
        self._forget()
        self._enter(Phase.PLANNING)

        async def work() -> Plan:
            letter = self._letter = self._office.letter(account)
            async with self._office.handover(account, self._history) as handover:
                return await handover.plan(letter, choice)

        self._errand = Errand(work, self._planned, self._not_planned, owner=self)

    @property
    def is_ready(self) -> bool:
        """Whether there is a plan that can be carried out."""
        return (
            self.phase in (Phase.PLANNED, Phase.STOPPED)
            and self.plan is not None
            and self.plan.conflict is None
        )

    def carry_out(self) -> None:
        """Do it."""
        account, plan = self.account, self.plan
        if account is None or plan is None or not self.is_ready:
            return
        self.progress = None
        self._enter(Phase.WORKING)
        post = window_post()

        def tell(progress: Progress) -> None:
            post.bring(lambda: self._on_moved(progress))

        async def work() -> Handed:
            async with self._office.handover(account, self._history) as handover:
                handed = await handover.carry_out(plan, tell)
            self._office.handed(plan.letter, handed)
            return handed

        self._errand = Errand(work, self._done, self._stopped, self._cancelled, owner=self)

    def cancel(self) -> None:
        """Go no further; what was sent may have been done all the same."""
        if self._errand is not None:
            self._errand.cancel()

    def close(self) -> None:
        """Hear no more."""
        self._forget()

    def _forget(self) -> None:
        if self._errand is not None:
            self._errand.forget()
            self._errand = None

    def _planned(self, plan: Plan) -> None:
        self.plan = plan
        if plan.conflict is not None:
            self.conflict = plan
        self._enter(Phase.PLANNED)

    def _not_planned(self, error: Exception) -> None:
        self.plan = None
        self.was_sent = isinstance(error, SentMeanwhileError)
        self._enter(Phase.NOT_PLANNED, self._advised(error))

    def _done(self, handed: Handed) -> None:
        self.handed = handed
        self._enter(Phase.DONE)

    def _stopped(self, error: Exception) -> None:
        self._enter(Phase.STOPPED, self._advised(error))

    def _advised(self, error: Exception) -> str:
        """What went wrong, and what to do about it."""
        if not isinstance(error, UnreachableError) or "Try again" in str(error):
            return str(error)
        advice = self.tr("Nothing is lost: try again once the platform can be reached.")
        return f"{error} {advice}"

    def _cancelled(self) -> None:
        words = self.tr(
            "It was cancelled. What was begun at the platform may be there already: hand over"
            " again, and it goes on there, with no second draft."
        )
        self._enter(Phase.STOPPED, words)

    def _on_moved(self, progress: Progress) -> None:
        # The platform's thread may be at it for longer than the dialog is there.
        if isValid(self) and self.phase is Phase.WORKING:
            self.progress = progress
            self.changed.emit()

    def _enter(self, phase: Phase, trouble: str = "") -> None:
        self.phase, self.trouble = phase, trouble
        self.was_sent = self.was_sent and phase is Phase.NOT_PLANNED
        self.changed.emit()
