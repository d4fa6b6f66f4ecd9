"""The dialog of accounts: a list, and a page for each thing that can be done."""

from collections.abc import Mapping
from functools import cached_property
from typing import Protocol

from PySide6.QtCore import QCoreApplication, QSize, Qt, Signal, SignalInstance
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QAbstractButton, QStackedWidget, QWidget

from app.engagement.model import Account
from app.ui.accounts.add_page import AddPage, PlatformPage
from app.ui.accounts.change_pages import ChangePage, KeyPage, RemovePage, RenamePage
from app.ui.accounts.list_page import ListPage
from app.ui.accounts.page import Page
from app.ui.dialogs.dialog import Dialog


class Syncing(Protocol):
    """What the dialog asks of the sync in the background."""

    @property
    def changed(self) -> SignalInstance:
        """The store has something new."""

    @property
    def state(self) -> SignalInstance:
        """An account, its state and the words for it."""

    @property
    def began(self) -> SignalInstance:
        """An account is being synced."""

    @property
    def progress(self) -> SignalInstance:
        """How far it is."""

    @property
    def ends(self) -> Mapping[str, tuple[str, str]]:
        """How each account's last sync of this session ended: its state and words."""

    @property
    def running(self) -> Mapping[str, tuple[int, int | None]]:
        """Accounts that are being synced, with how far they are."""

    def sync_now(self, account: str | None) -> None:
        """Ask for what is new of an account, by its id; of all without one."""


class AccountsDialog(Dialog):
    """Shows the accounts; adds, tests, renames and removes them.

    Signals:
        accounts_changed: There are other accounts, or one has another name or key.
    """

    accounts_changed = Signal()

    def __init__(self, parent: QWidget, syncing: Syncing, *, adds: bool = False) -> None:
        """``adds`` begins with adding one."""
        super().__init__(parent, QCoreApplication.translate("AccountsDialog", "Accounts"))
        self.setMinimumWidth(500)
        self.resize(QSize(600, 540).boundedTo(self.screen().availableSize() * 0.9))
        self._syncing = syncing
        self.stack = QStackedWidget()
        self.body.addWidget(self.stack, 1)
        self.list = ListPage()
        self._page: Page = self.list
        self._join(self.list)
        self.list.add_wanted.connect(lambda: self.turn_to(self.platforms))
        self.list.close_wanted.connect(self.close)
        self.list.sync_wanted.connect(self._sync)
        self.list.rename_wanted.connect(lambda account: self._change(RenamePage(account)))
        self.list.key_wanted.connect(lambda account: self._change(KeyPage(account)))
        self.list.remove_wanted.connect(lambda account: self._change(RemovePage(account)))
        syncing.changed.connect(self._on_changed)
        syncing.state.connect(self._on_changed)
        for moves in (syncing.began, syncing.progress):
            moves.connect(self._on_progress)
        self.finished.connect(lambda _: self.page.leave())
        self.turn_to(self.platforms if adds else self.list)

    @cached_property
    def platforms(self) -> PlatformPage:
        """The choice of a platform; made when it is first shown."""
        page = PlatformPage()
        page.chosen.connect(self._add)
        self._join(page)
        return page

    @cached_property
    def adding(self) -> AddPage:
        """Where an account is entered; made when it is first shown."""
        page = AddPage()
        page.added.connect(self._added)
        self._join(page)
        return page

    @property
    def page(self) -> Page:
        """What is shown."""
        return self._page

    def turn_to(self, page: Page) -> None:
        """Show a page; the one before is done with."""
        before = self.page
        if before is not page:
            before.leave()
        self._page = page
        self._look_at_syncs()
        if page.main is not None:
            page.main.setDefault(page.main.isEnabled())  # a dialog has one at a time
        self.stack.setCurrentWidget(page)
        if isinstance(before, ChangePage):
            self.stack.removeWidget(before)
            before.deleteLater()
        page.say("")
        page.begin()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Escape leads back before it closes; Enter does what the page is for."""
        if event.key() == Qt.Key.Key_Escape and self.page is not self.list:
            self._back()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            focus = self.focusWidget()
            if isinstance(focus, QAbstractButton):
                focus.click()
            else:
                self.page.enter()
        else:
            super().keyPressEvent(event)

    def _join(self, page: Page) -> None:
        self.stack.addWidget(page)
        page.back_wanted.connect(self._back)

    def _back(self) -> None:
        self.turn_to(self.platforms if isinstance(self.page, AddPage) else self.list)

    def _add(self, platform: str) -> None:
        self.adding.set_platform(platform)
        self.turn_to(self.adding)

    def _added(self, account: Account) -> None:
        self.turn_to(self.list)
        self.list.refresh(account.id)
        self.accounts_changed.emit()
        self._sync(account.id)

    def _change(self, page: ChangePage) -> None:
        self._join(page)
        page.done.connect(lambda left: self._changed(page, left))
        self.turn_to(page)

    def _changed(self, page: ChangePage, left: str) -> None:
        account = page.account
        self.turn_to(self.list)
        self.list.refresh(account.id)
        self.list.tell(left)
        self.accounts_changed.emit()
        if isinstance(page, KeyPage):
            self._sync(account.id)

    def _sync(self, account: str) -> None:
        self._syncing.sync_now(account)

    def _on_changed(self) -> None:
        self._look_at_syncs()
        if self.page is self.list:
            self.list.refresh()

    def _on_progress(self) -> None:
        self._look_at_syncs()
        if self.page is self.list:
            self.list.renew()

    def _look_at_syncs(self) -> None:
        self.list.ends, self.list.running = self._syncing.ends, self._syncing.running
