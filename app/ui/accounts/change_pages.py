"""Changing one account: its name, its key, or that it is there at all."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLineEdit

from app.engagement import accounts, managing
from app.engagement.accounts import AccountError, clean_key
from app.engagement.model import Account
from app.engagement.providers import PROVIDERS, Tested
from app.engagement.secrets import SecretError, open_secrets
from app.ui.accounts.asking import Asked, Trouble, attempt
from app.ui.accounts.key_field import Keeping, KeyField
from app.ui.accounts.page import Page, form, name_of, words
from app.ui.accounts.verdict import TestedView
from app.ui.accounts.words import platform


class ChangePage(Page):
    """A page about one account."""

    done = Signal(str)
    """It is done; what is left to tell, mostly nothing."""

    def __init__(self, title: str, account: Account) -> None:
        super().__init__(title.replace("%1", account.name))
        self.account = account

    def fail(self, error: Trouble) -> None:
        """Say what is wrong, and let the writer try again."""
        self.say(str(error))
        if self.main is not None:
            self.main.setEnabled(True)


class RenamePage(ChangePage):
    """Another name for the account."""

    def __init__(self, account: Account) -> None:
        super().__init__("", account)
        self.heading.setText(self.tr("Rename “%1”").replace("%1", account.name))
        self.name = QLineEdit(account.name)
        fields = form()
        fields.addRow(name_of(self.name, self.tr("&Name")), self.name)
        self.body.addLayout(fields)
        self.body.addWidget(words(self.tr("What was synced stays."), "soft"))
        self.body.addStretch()
        self.add_back(self.tr("&Back"))
        self.foot.addStretch()
        self.add_main(self.tr("&Rename")).clicked.connect(self._rename)

    def begin(self) -> None:
        """The name is selected."""
        self.name.selectAll()
        self.name.setFocus()

    def _rename(self) -> None:
        account, name = self.account, self.name.text()
        attempt(
            lambda: accounts.rename(account, name),
            lambda _: self.done.emit(""),
            self.fail,
            self,
        )


class RemovePage(ChangePage):
    """What goes with the account, before it goes."""

    def __init__(self, account: Account) -> None:
        super().__init__("", account)
        self.heading.setText(self.tr("Remove “%1”?").replace("%1", account.name))
        told = self.tr(
            "Its key and everything that was synced from it go from this computer: the figures, "
            "links and times of its issues. %1 itself is not changed; added again, the account is "
            "synced anew as far as the platform still has its figures. Your drafts stay."
        )
        name = PROVIDERS.get(account.provider, account.provider)
        self.body.addWidget(words(told.replace("%1", name)))
        self.body.addStretch()
        back = self.add_back(self.tr("&Keep it"))
        self.foot.addStretch()
        self.remove = self.add_button(
            self.tr("&Remove account and figures"), self.tr("This cannot be undone")
        )
        self.remove.clicked.connect(self._remove)
        self._back = back

    def begin(self) -> None:
        """Enter keeps it."""
        self._back.setFocus()

    def fail(self, error: Trouble) -> None:
        """Say what is wrong, and let the writer try again."""
        super().fail(error)
        self.remove.setEnabled(True)

    def _remove(self) -> None:
        account = self.account
        self.remove.setEnabled(False)
        attempt(
            lambda: managing.remove(account, open_secrets()),
            self.done.emit,
            self.fail,
            self,
        )


class KeyPage(ChangePage):
    """Another key, tried before it takes the old one's place."""

    def __init__(self, account: Account) -> None:
        super().__init__("", account)
        self._asked: Asked | None = None
        self._tested: Tested | None = None
        self.heading.setText(self.tr("Change the key of “%1”").replace("%1", account.name))
        self.key = KeyField()
        self.keeping = Keeping()
        self.found = TestedView()
        fields = form()
        fields.addRow(name_of(self.key.line, self.tr("&Key")), self.key)
        if account.provider in PROVIDERS:
            self.body.addWidget(words(platform(account.provider).key, "soft"))
        self.body.addLayout(fields)
        self.body.addWidget(self.keeping)
        self.body.addWidget(self.found)
        self.body.addStretch()
        self.found.clear()
        self.add_back(self.tr("&Back"))
        self.foot.addStretch()
        self.change = self.add_main("")
        self.change.clicked.connect(self._go_on)
        self.key.changed.connect(self._forget_test)
        self.keeping.changed.connect(self._show_state)
        self._show_state()

    def begin(self) -> None:
        """The key has the focus."""
        self.keeping.begin()
        self.key.line.setFocus()

    def leave(self) -> None:
        """Nothing goes on, and the key is not kept in the field."""
        if self._asked is not None:
            self._asked.cancel()
            self._asked = None
        self.key.clear()

    def fail(self, error: Trouble) -> None:
        """A keyring that refuses leaves the memory to choose."""
        if isinstance(error, SecretError):
            self.keeping.refused(str(error))
        else:
            super().fail(error)
        self._show_state()

    def _go_on(self) -> None:
        """Cancel, try or keep: whatever is next."""
        if self._asked is not None:
            self._asked.cancel()
            self._asked = None
            self.found.clear()
        elif self._tested is None:
            self._test()
        else:
            self._keep()
        self._show_state()

    def _test(self) -> None:
        try:
            key = clean_key(self.key.key)
        except AccountError as error:
            self.say(str(error))
            return
        self.say("")
        self._asked = Asked(self.account, key)
        self._asked.tested.connect(self._show_tested)
        self.found.wait()

    def _show_tested(self, tested: Tested) -> None:
        self._asked = None
        self._tested = tested
        self.found.show_tested(tested)
        if tested.ok:
            self._keep()
        self._show_state()
        self.bring_into_view(self.found)

    def _keep(self) -> None:
        secrets, account, key = self.keeping.secrets(), self.account, self.key.key
        if secrets is not None:
            attempt(
                lambda: secrets.put(account, key), lambda _: self.done.emit(""), self.fail, self
            )

    def _forget_test(self) -> None:
        self._tested = None
        self.found.clear()
        self._show_state()

    def _show_state(self) -> None:
        asking = self._asked is not None
        failed = self._tested is not None and not self._tested.ok
        text = self.tr("Change &anyway") if failed else self.tr("&Change key")
        self.change.setText(self.tr("&Cancel test") if asking else text)
        self.change.setAccessibleName(self.change.text().replace("&", ""))
        self.change.setToolTip(self.tr("The new key is tried before it takes the old one's place"))
        can_keep = bool(self.key.key) and self.keeping.secrets() is not None
        self.change.setEnabled(asking or can_keep)
        self.change.setDefault(self.change.isEnabled())
