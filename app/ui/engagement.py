"""The accounts' sync as the window sees it: started last of all, heard in this thread."""

import time
from collections.abc import Mapping
from importlib import import_module
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, Signal, SignalInstance

from app.paths import config_dir
from app.ui.editor.jobs import run_in_thread
from app.ui.translation import lend_language

if TYPE_CHECKING:
    from app.engagement.model import Account
    from app.engagement.sync.engine import Progress
    from app.engagement.sync.service import SyncService
    from app.engagement.sync.state import Outcome

PROGRESS_PAUSE = 0.1
"""Seconds between two tellings of how far a sync is."""
SHOW_PAUSE = 3.0
"""Seconds between two tellings, while a sync goes on, that there is something new."""


class Engagement(QObject):
    """One sync for all accounts; nothing of it is loaded or started while there are none."""

    changed = Signal()
    """The store has something new."""
    growing = Signal()
    """The same now and then in the midst of a sync; ``changed`` follows at its end."""
    accounts_changed = Signal()
    began = Signal(str)
    """An account is being synced."""
    progress = Signal(str, int, object)
    """Account; how much is done; of how much, None while that is not known."""
    state = Signal(str, str, str)
    """Account, word of `State`, words for the writer (empty where all is well): a sync ended."""
    trouble = Signal(str)
    """What concerns no single account, in words."""
    _nudged = Signal(bool)

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.running: dict[str, tuple[int, int | None]] = {}
        """Accounts that are being synced, with how far they are."""
        self._ends: dict[str, tuple[str, str]] = {}
        self._service: SyncService | None = None
        self._is_loading = False
        self._is_stopped = False
        self._waiting: list[str | None] = []
        self._told = 0.0
        self._hearer = _Hearer(self)
        queued = Qt.ConnectionType.QueuedConnection
        self._hearer.began.connect(self._on_began, queued)
        self._hearer.advanced.connect(self._on_progress, queued)
        self._hearer.over.connect(self._on_end, queued)
        self._hearer.trouble.connect(self.trouble, queued)
        self._nudged.connect(self._on_nudge, queued)

    @property
    def is_started(self) -> bool:
        """Whether the sync runs."""
        return self._service is not None

    @property
    def ends(self) -> Mapping[str, tuple[str, str]]:
        """How each account's last sync of this session ended: its state and words."""
        return self._ends

    def start(self) -> None:
        """Keep the accounts synced, if there are any."""
        lend_language()
        if (config_dir() / "accounts.json").exists():
            self._load()

    def stop(self) -> None:
        """End the sync, if it runs; takes less than a second."""
        self._is_stopped = self._hearer.is_deaf = True
        if self._service is not None:
            self._service.stop()
            self._service = None

    def sync_now(self, account: str | None = None) -> None:
        """Sync an account, or all, whatever their schedule says."""
        if self._service is not None:
            self._service.ask(account)
        else:
            self._waiting.append(account)
            self.start()

    def cancel(self) -> None:
        """Stop what is being synced now; it goes on at its next turn."""
        if self._service is not None:
            self._service.cancel()

    def nudge(self, is_new: bool) -> None:
        """For any thread: there is more to sync, or (``is_new``) an account more."""
        if not self._hearer.is_deaf:
            self._nudged.emit(is_new)

    def accounts(self) -> "tuple[Account, ...]":
        """The accounts that there are. Raises AccountError."""
        from app.engagement import accounts

        return accounts.load()

    def accounts_edited(self) -> None:
        """An account was added, renamed, given another key or removed."""
        self._ends.clear()
        self.accounts_changed.emit()

    def _load(self) -> None:
        if not (self._is_loading or self._is_stopped or self.is_started):
            self._is_loading = True
            run_in_thread(_load_service, self._begin, self)

    def _begin(self) -> None:
        from app.engagement.sync.service import SyncService

        self._is_loading = False
        if self._is_stopped:
            return
        self._service = SyncService(self._hearer)
        self._service.start()
        for account in self._waiting:
            self._service.ask(account)
        self._waiting.clear()

    def _on_nudge(self, is_new: bool) -> None:
        if is_new:
            self.accounts_changed.emit()
        self.sync_now()

    def _on_began(self, account: str) -> None:
        self.running[account] = (0, None)
        self.began.emit(account)

    def _on_progress(self, progress: "Progress") -> None:
        if progress.account not in self.running:
            return
        self.running[progress.account] = (progress.done, progress.whole)
        self.progress.emit(progress.account, progress.done, progress.whole)
        now = time.monotonic()
        if progress.records and now - self._told > SHOW_PAUSE:
            self._told = now
            self.growing.emit()

    def _on_end(self, outcome: "Outcome") -> None:
        self.running.pop(outcome.account, None)
        message = outcome.message or "".join(outcome.problems[:1])
        self._ends[outcome.account] = (outcome.state.value, message)
        self.state.emit(outcome.account, outcome.state.value, message)
        self.changed.emit()


class _Hearer(QObject):
    """Called in the sync's thread; its signals hop into the window's."""

    began = Signal(str)
    advanced = Signal(object)
    over = Signal(object)
    trouble = Signal(str)

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.is_deaf = False
        self._told: dict[str, float] = {}

    def account_began(self, account: str) -> None:
        self._tell(self.began, account)

    def progressed(self, progress: "Progress") -> None:
        now = time.monotonic()
        if now - self._told.get(progress.account, 0.0) > PROGRESS_PAUSE:
            self._told[progress.account] = now
            self._tell(self.advanced, progress)

    def ended(self, outcome: "Outcome") -> None:
        self._tell(self.over, outcome)

    def accounts_unreadable(self, message: str) -> None:
        self._tell(self.trouble, message)

    def store_unusable(self, message: str) -> None:
        self._tell(self.trouble, message)

    def _tell(self, signal: SignalInstance, told: object) -> None:
        if not self.is_deaf:
            signal.emit(told)


def _load_service() -> None:
    import_module("app.engagement.sync.service")
