"""A service's key: entered, kept in the system's keyring, changed and forgotten."""

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from app.engagement.accounts import AccountError, clean_key
from app.engagement.model import Account
from app.engagement.secrets import Secrets, open_secrets
from app.engagement.service_keys import given, key_of, variable_of
from app.ui.accounts.asking import attempt
from app.ui.accounts.key_field import Keeping, KeyField
from app.ui.accounts.page import push, words


@dataclass(frozen=True, slots=True)
class _Found:
    """Whether there is a key, and the variable of the environment where that gives it."""

    is_there: bool
    variable: str


def _look(account: Account) -> _Found:
    return _Found(key_of(account) is not None, given(account))


class ServiceKey(QWidget):
    """Says whether there is a key, and takes one. The keyring is asked in a thread."""

    changed = Signal()
    """Another key is kept, or none any more."""
    grown = Signal()
    """The field asks for something more, such as the choice of memory."""

    def __init__(
        self, account: Account, name: str, clean: Callable[[str], str] = clean_key
    ) -> None:
        """``clean`` makes of what was entered what is kept; it may raise AccountError."""
        super().__init__()
        self.account = account
        self.name = name
        self.is_there = False
        self._is_entered = False
        self._clean = clean
        self.state = words("", "soft")
        self.change = push("")
        self.change.clicked.connect(self.enter)
        self.forget = push(self.tr("Forget"), self.tr("Delete the key from this computer"))
        self.forget.clicked.connect(self._forget)
        self.field = KeyField()
        self.field.line.setAccessibleName(name)
        self.field.line.setPlaceholderText(name)
        self.field.changed.connect(self._look_at_field)
        self.field.line.returnPressed.connect(self._keep)
        self.keep = push(self.tr("Keep"), self.tr("Keep the key, and use it from now on"))
        self.keep.clicked.connect(self._keep)
        self.keeping = Keeping(variable_of(account))
        self.keeping.changed.connect(self._look_at_field)
        self.keeping.changed.connect(self.grown)
        self.problem = words("")
        self.problem.hide()
        self._lay_out()
        self.entry.hide()
        for each in (self.change, self.forget):
            each.hide()
        self.state.setText(self.tr("Looking for a key…"))
        self.look()

    @property
    def typed(self) -> str:
        """A key that was entered and is not kept yet."""
        return self.field.key if not self.entry.isHidden() else ""

    def look(self) -> None:
        """See whether there is a key."""
        account = self.account

        def show(found: _Found) -> None:
            if account == self.account:  # the keyring may have answered another question first
                self._show(found)

        attempt(lambda: _look(account), show, lambda error: self._fail(str(error)), self)

    def set_account(self, account: Account) -> None:
        """Be about another key."""
        if account != self.account:
            self.account = account
            self._clear()
            self.look()

    def _lay_out(self) -> None:
        there = QHBoxLayout()
        there.setSpacing(6)
        there.addWidget(self.state, 1)
        there.addWidget(self.change)
        there.addWidget(self.forget)
        self.entry = QWidget()
        row = QHBoxLayout()
        row.setSpacing(6)
        row.addWidget(self.field, 1)
        row.addWidget(self.keep)
        column = QVBoxLayout(self.entry)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        column.addLayout(row)
        column.addWidget(self.keeping)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(6)
        layout.addLayout(there)
        layout.addWidget(self.entry)
        layout.addWidget(self.problem)

    def _show(self, found: _Found) -> None:
        self._say("")
        self.is_there = found.is_there
        if found.variable:
            told = self.tr("%1: the environment has it (%2).").replace("%2", found.variable)
        elif found.is_there:
            told = self.tr("%1: kept.")
        else:
            told = self.tr("%1: none yet.")
        self.state.setText(told.replace("%1", self.name))
        self.state.show()
        action = self.tr("Change…") if found.is_there else self.tr("Enter…")
        self.change.setText(action)
        self.change.setAccessibleName(f"{action} {self.name}")
        self.change.setToolTip(self.tr("Enter a key"))
        self.change.setVisible(not found.variable and not self._is_entered)
        self.forget.setVisible(found.is_there and not found.variable)
        self.entry.setVisible(self._is_entered)  # a keyring that is late takes no field away
        self._look_at_field()

    def enter(self) -> None:
        """Offer the field for a key."""
        self._is_entered = True
        self.change.hide()
        self.entry.show()
        self.keeping.begin()
        self.field.setFocus()

    def _look_at_field(self) -> None:
        self.keep.setEnabled(bool(self.field.key) and self.keeping.secrets() is not None)

    def _keep(self) -> None:
        secrets = self.keeping.secrets()
        if secrets is None or not self.keep.isEnabled():
            return
        try:
            key = self._clean(self.field.key)
        except AccountError as error:
            self._say(str(error))
            return
        account = self.account

        def refused(why: str) -> None:
            self.keeping.refused(why)

        attempt(
            lambda: secrets.put(account, key),
            lambda _: self._kept(),
            lambda error: refused(str(error)),
            self,
        )

    def _kept(self) -> None:
        self._clear()
        self.look()
        self.changed.emit()

    def _clear(self) -> None:
        self._is_entered = False
        self.field.clear()

    def _forget(self) -> None:
        account = self.account

        def forget() -> Secrets:
            secrets = open_secrets()
            secrets.forget(account)
            return secrets

        def forgotten(_: Secrets) -> None:
            self.look()
            self.changed.emit()

        attempt(forget, forgotten, lambda error: self._fail(str(error)), self)

    def _fail(self, why: str) -> None:
        self.state.hide()
        self._say(why)

    def _say(self, why: str) -> None:
        self.problem.setText(why)
        self.problem.setVisible(bool(why))
        if why:
            self.grown.emit()
