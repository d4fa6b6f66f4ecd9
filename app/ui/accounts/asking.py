"""Asking keyring, disk and platform without making the window wait."""

import threading
from collections.abc import Callable
from typing import TypeVar

from PySide6.QtCore import QObject, Qt, Signal, Slot
from shiboken6 import isValid

from app.engagement.accounts import AccountError
from app.engagement.managing import Trial
from app.engagement.model import Account
from app.engagement.providers import Tested
from app.engagement.secrets import SecretError
from app.engagement.store.schema import StoreError
from app.ui.editor.jobs import run_in_thread

Answer = TypeVar("Answer")
Trouble = AccountError | SecretError | StoreError
"""What may go wrong, in words for the writer."""


def attempt(
    work: Callable[[], Answer],
    then: Callable[[Answer], object],
    failed: Callable[[Trouble], object],
    owner: QObject,
) -> None:
    """Run ``work`` in a thread, then ``then`` or ``failed`` here, while ``owner`` lives."""
    answers: list[Answer] = []
    errors: list[Trouble] = []

    def run() -> None:
        try:
            answers.append(work())
        except (AccountError, SecretError, StoreError) as error:
            errors.append(error)

    def deliver() -> None:
        for error in errors:
            failed(error)
        for answer in answers:
            then(answer)

    run_in_thread(run, deliver, owner)


class Asked(QObject):
    """A test of an account on its way; ``tested`` follows, unless it is cancelled.

    It has a thread of its own, which ends by itself: looking up a name may hang for long, and
    nothing else may wait for that.
    """

    tested = Signal(object)
    """`Tested`."""
    _over = Signal(object)

    def __init__(self, account: Account, key: str) -> None:
        super().__init__()
        self._trial = Trial(account, key)
        self._is_cancelled = False
        self._over.connect(self._finish, Qt.ConnectionType.QueuedConnection)
        _under_way.add(self)
        threading.Thread(target=self._run, name="account test", daemon=True).start()

    def cancel(self) -> None:
        """Nothing is heard of it any more."""
        self._is_cancelled = True
        self._trial.cancel()

    def _run(self) -> None:
        tested: Tested | None = None
        try:
            tested = self._trial.run()
        finally:
            if isValid(self):  # not so when the program has ended meanwhile
                self._over.emit(tested)

    @Slot(object)
    def _finish(self, tested: Tested | None) -> None:
        _under_way.discard(self)
        if self._is_cancelled:
            return
        self.tested.emit(tested or Tested(False, lacks=(self.tr("The test could not be made."),)))


_under_way: set[Asked] = set()
