"""Asking keyring, disk and platform without making the window wait."""

from collections.abc import Callable
from typing import TypeVar

from PySide6.QtCore import QObject, Signal

from app.engagement.accounts import AccountError
from app.engagement.managing import Trial
from app.engagement.model import Account
from app.engagement.providers import Tested
from app.engagement.secrets import SecretError
from app.engagement.store.schema import StoreError
from app.ui.apart import Apart
from app.ui.background import ask_for

Answer = TypeVar("Answer")
Trouble = AccountError | SecretError | StoreError
"""What may go wrong, in words for the writer."""
_TROUBLES: tuple[type[Trouble], ...] = (AccountError, SecretError, StoreError)


def attempt(
    work: Callable[[], Answer],
    then: Callable[[Answer], object],
    failed: Callable[[Trouble], object],
    owner: QObject,
) -> None:
    """Run ``work`` in a thread, then ``then`` or ``failed`` here, while ``owner`` lives."""
    ask_for(work, then, failed, owner, _TROUBLES)


class Asked(QObject):
    """A test of an account on its way; ``tested`` follows, unless it is cancelled."""

    tested = Signal(object)
    """`Tested`."""

    def __init__(self, account: Account, key: str) -> None:
        super().__init__()
        self._trial = Trial(account, key)
        # A thread of its own: looking up a name may hang for long.
        self._apart = Apart(self._trial.run, self._tell, "account test")

    def cancel(self) -> None:
        """Nothing is heard of it any more."""
        self._apart.cancel()
        self._trial.cancel()

    def _tell(self, tested: Tested | None) -> None:
        self.tested.emit(tested or Tested(False, lacks=(self.tr("The test could not be made."),)))
