"""Keeps the inbox view in step with the draft that is shown."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QMetaObject, QObject, QTimer, Signal
from PySide6.QtWidgets import QWidget

from app.ui.preflight.inbox import InboxView

if TYPE_CHECKING:
    from app.ui.sheet import Sheet

REST_MS = 120
"""After a key until the inbox shows it."""


class InboxFollower(QObject):
    """Opens the view, feeds it while it is there, and closes it."""

    sender_chosen = Signal(str)

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self._sheet: Sheet | None = None
        self._connections: list[QMetaObject.Connection] = []
        self.view: InboxView | None = None
        self._rest = QTimer(self, singleShot=True, interval=REST_MS)
        self._rest.timeout.connect(self._show)

    def toggle(self, sheet: "Sheet | None") -> None:
        """Open the view, or close it."""
        if self.view is not None:
            self.close()
            return
        self.view = view = InboxView(self._window)
        view.sender_chosen.connect(self.sender_chosen)
        view.finished.connect(lambda _: self._forget())
        self.follow(sheet)
        view.show()

    def close(self) -> None:
        """Close the view, if it is there."""
        if self.view is not None:
            self.view.close()

    def follow(self, sheet: "Sheet | None") -> None:
        """Show another draft."""
        for connection in self._connections:
            QObject.disconnect(connection)
        self._connections, self._sheet = [], sheet
        if self.view is None or sheet is None:
            return
        self._connections.append(sheet.draft.changed.connect(self._soon))
        if sheet.findings is not None:
            self._connections.append(sheet.findings.changed.connect(self._soon))
        self._show()

    def _soon(self, _change: object = None) -> None:
        if not self._rest.isActive():
            self._rest.start()

    def _show(self) -> None:
        sheet = self._sheet
        if self.view is None or sheet is None or not sheet.draft.is_parsed:
            return
        from app.publish import letter_of

        letter = letter_of(sheet.draft.document)
        words = sheet.findings.first_words if sheet.findings is not None else ""
        if sheet.findings is not None:
            self.view.show_sender(sheet.findings.around.sending.sender)
        self.view.show_letter(letter.subject, letter.preheader, words)

    def _forget(self) -> None:
        self.view = None
        self.follow(None)
