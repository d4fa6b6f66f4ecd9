"""How fresh the figures are, at the head of the reports; more of it, and what to do, on a click."""

import time
from collections.abc import Mapping, Sequence

from PySide6.QtCore import QLocale, QPoint, QTimer, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QMenu, QPushButton, QWidget

from app.engagement.model import Account
from app.engagement.reports.freshness import Freshness, freshness
from app.engagement.store.store import Status
from app.ui import theme
from app.ui.accounts.words import standing
from app.ui.controls import IconButton
from app.ui.engagement import Engagement
from app.ui.moments import recent
from app.ui.status_bar import Segment

AGE_MS = 20_000
"""Between two looks at how old the figures are."""


class SyncState(QWidget):
    """Words that a click opens, and a button that syncs or, while it does, stops."""

    accounts_wanted = Signal()
    help_changed = Signal(str)
    """What the writer must do something about; empty for nothing."""

    def __init__(self, engagement: Engagement, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._engagement = engagement
        self._accounts: Sequence[Account] = ()
        self._statuses: Mapping[str, Status] = {}
        self._trouble = ""
        self._help = ""
        self.words = Segment(self.tr("State of the figures"), self)
        self.words.setToolTip(self.tr("How each account stands"))
        self.words.clicked.connect(self._show_menu)
        self.sync = IconButton("sync", self.tr("Sync now (Ctrl+Shift+Y)"))
        self.sync.clicked.connect(lambda: engagement.sync_now(None))
        self.cancel = IconButton("close", self.tr("Stop the sync; it goes on at its next turn"))
        self.cancel.clicked.connect(engagement.cancel)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(2)
        for part in (self.words, self.sync, self.cancel):
            row.addWidget(part)
        self._age = QTimer(self, interval=AGE_MS)
        self._age.timeout.connect(self.refresh)
        self._age.start()
        for signal in (engagement.began, engagement.progress, engagement.state):
            signal.connect(self.refresh)
        engagement.trouble.connect(self._on_trouble)
        self.refresh()

    @property
    def fresh(self) -> Freshness:
        """What is said."""
        now = int(time.time() * 1000)
        return freshness(self._accounts, self._statuses, self._engagement.ends, now, recent)

    def show_statuses(self, accounts: Sequence[Account], statuses: Mapping[str, Status]) -> None:
        """What is stored of the accounts."""
        self._accounts, self._statuses = accounts, statuses
        self._trouble = ""
        self.refresh()

    def refresh(self) -> None:
        """Say how it stands now."""
        running = {
            account.id: self._engagement.running[account.id]
            for account in self._accounts
            if account.id in self._engagement.running
        }
        fresh = self.fresh
        text = self._progress(running) if running else fresh.words
        self.setVisible(bool(self._accounts))
        self.words.display(text, icon="" if running or not fresh.help else "warning")
        self.sync.setVisible(not running)
        self.cancel.setVisible(bool(running))
        helped = "\n".join(filter(None, (self._trouble, fresh.help)))
        if helped != self._help:
            self._help = helped
            self.help_changed.emit(helped)

    def _progress(self, running: Mapping[str, tuple[int, int | None]]) -> str:
        done = sum(each[0] for each in running.values())
        wholes = [each[1] for each in running.values()]
        number = QLocale().toString
        if not done:
            return self.tr("Syncing…")
        if None in wholes:
            return self.tr("Syncing… %1").replace("%1", number(done))
        whole = sum(each or 0 for each in wholes)
        words = self.tr("Syncing… %1 of %2")
        return words.replace("%1", number(done)).replace("%2", number(max(done, whole)))

    def _on_trouble(self, words: str) -> None:
        self._trouble = words
        self.refresh()

    def _show_menu(self) -> None:
        menu = self.menu()
        menu.popup(self.words.mapToGlobal(QPoint(0, self.words.height() + 4)))

    def menu(self) -> QMenu:
        """Each account with how it stands; picking one syncs it."""
        menu = QMenu(self)
        menu.setToolTipsVisible(True)
        menu.aboutToHide.connect(menu.deleteLater)
        for account in self._accounts:
            stand = standing(self._statuses.get(account.id))
            line, whole = stand.line, stand.whole
            state, message = self._engagement.ends.get(account.id, ("", ""))
            if state and message:
                line, whole = message, message
            action = menu.addAction(f"{account.name.replace('&', '&&')}\t{_short(line)}")
            action.setToolTip(self.tr("%1\nPick it to sync this account now.").replace("%1", whole))
            action.triggered.connect(
                lambda _checked=False, name=account.id: self._engagement.sync_now(name)
            )
        menu.addSeparator()
        everything = menu.addAction(self.tr("Sync all now"))
        everything.triggered.connect(lambda: self._engagement.sync_now(None))
        accounts = menu.addAction(self.tr("Accounts…"))
        accounts.triggered.connect(self.accounts_wanted)
        return menu


class HelpBar(QWidget):
    """What only the writer can mend, in a quiet line above the figures."""

    accounts_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.words = QLabel()
        self.words.setWordWrap(True)
        button = QPushButton(self.tr("Accounts…"))
        button.setToolTip(self.tr("Enter another key, or remove the account"))
        button.clicked.connect(self.accounts_wanted)
        row = QHBoxLayout(self)
        row.setContentsMargins(28, 7, 28, 7)
        row.setSpacing(12)
        row.addWidget(self.words, 1)
        row.addWidget(button)
        self.hide()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002, D102
        colors = theme.current()
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(colors.raised))
        painter.fillRect(0, self.height() - 1, self.width(), 1, QColor(colors.line))
        painter.fillRect(0, 0, 3, self.height(), QColor(colors.warn))

    def show_help(self, words: str) -> None:
        """Say it; nothing is shown where there is nothing to say."""
        self.words.setText(words)
        self.setAccessibleName(words)
        self.setVisible(bool(words))


def _short(text: str, most: int = 70) -> str:
    return text if len(text) <= most else f"{text[: most - 1]}…"
