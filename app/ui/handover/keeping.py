"""Keeps what checks find of the open drafts' links, also while no dialog is open."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer

from app.ui.background import ask_for
from app.ui.checking import Checking
from app.ui.desk import Desk

if TYPE_CHECKING:
    from app.handover.history import History
    from app.linkcheck.verdict import Verdict

RESTS_MS = 3000
"""From the first verdict of a batch until what was found is kept."""


class LinkKeeping(QObject):
    """Asks for the history only once there is something to keep.

    What cannot be kept is found anew when the issue is handed over, so nothing is told of it here.
    """

    def __init__(
        self,
        desk: Desk,
        checking: Checking,
        with_history: "Callable[[Callable[[History], object]], object]",
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._desk = desk
        self._heard: dict[str, Verdict] = {}
        self._rests = QTimer(self, singleShot=True, interval=RESTS_MS)
        self._rests.timeout.connect(lambda: with_history(self._keep))
        checking.verdicts.connect(self._hear)

    def _hear(self, verdicts: "list[tuple[str, Verdict]]") -> None:
        self._heard.update(verdicts)
        if not self._rests.isActive():
            self._rests.start()

    def _keep(self, history: "History") -> None:
        from app.handover.gatekeeper import keep
        from app.handover.ledger import LedgerError

        heard, self._heard = self._heard, {}
        drafts = [
            (sheet.path, sheet.draft.proof.wanted())
            for sheet in self._desk.sheets
            if sheet.path is not None and sheet.draft.is_read
        ]
        now = datetime.now(UTC)

        def work() -> None:
            for path, urls in drafts:
                if not urls.isdisjoint(heard):
                    keep(history, path, urls, heard, now, forgets=False)  # snippets have more

        ask_for(work, lambda _: None, lambda _: None, self, (LedgerError,))
