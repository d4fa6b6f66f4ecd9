"""Where links are checked: from this computer, or by a server of the writer's own."""

from collections.abc import Sequence

from PySide6.QtCore import QCoreApplication, Qt, Signal
from PySide6.QtWidgets import (
    QButtonGroup,
    QComboBox,
    QHBoxLayout,
    QLineEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from app.engagement.accounts import AccountError, clean_address
from app.engagement.model import Account
from app.engagement.providers import Tested
from app.engagement.service_keys import check_server
from app.linkcheck.settings import Mode
from app.linkcheck.verdict import Status
from app.ui.accounts.asking import attempt
from app.ui.accounts.page import push, words
from app.ui.accounts.verdict import Shape, TestedView
from app.ui.dialogs.settings.page import Choices, form, name_of, small
from app.ui.dialogs.settings.service_key import ServiceKey
from app.ui.dialogs.settings.trial import Trial, try_the_server
from app.ui.means import accounts_that_check

ANOTHER = ""
"""In the place of an account's id: the server is no account."""


class CheckPlace(QWidget):
    """The choice of the place, and of the server where it is one."""

    grown = Signal(QWidget)
    """A part of it says something new."""

    def __init__(self, choices: Choices) -> None:
        super().__init__()
        self._choices = choices
        self._trial: Trial | None = None
        self.places: dict[Mode, QPushButton] = {}
        self._group = QButtonGroup(self)
        self.explanation = small("")
        self.server = QWidget()
        self.accounts = QComboBox()
        self.accounts.setSizeAdjustPolicy(
            QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon
        )
        self.accounts.setMinimumContentsLength(28)
        self.address = QLineEdit(choices.settings.check_server)
        self.address.setPlaceholderText("https://news.example.com")
        self.address.editingFinished.connect(self._take_address)
        self.wrong_address = words("")
        self.key = ServiceKey(
            check_server(choices.settings.check_server), self.tr("Key of the server")
        )
        self.key.changed.connect(choices.renew)
        self.key.grown.connect(lambda: self.grown.emit(self.key))
        self.test = push(
            self.tr("Test"), self.tr("See whether the server answers and takes the key")
        )
        self.test.clicked.connect(self._test)
        self.found = TestedView()
        self.found.clear()
        self.state = words("")
        self._lay_out()
        self.accounts.addItem(self.tr("Another address…"), ANOTHER)
        self.accounts.currentIndexChanged.connect(lambda _: self._take_account())
        choices.changed.connect(self._show)
        choices.means.changed.connect(self._show_state)
        self._show()
        attempt(accounts_that_check, self._list, lambda error: self._say(str(error)), self)

    def leave(self) -> None:
        """No test goes on."""
        if self._trial is not None:
            self._trial.cancel()
            self._trial = None
        self.test.setText(self.tr("Test"))

    def _lay_out(self) -> None:
        row = QHBoxLayout()
        row.setSpacing(6)
        for mode, text in (
            (Mode.LOCAL, self.tr("This computer")),
            (Mode.SERVER, self.tr("My server")),
            (Mode.SERVER_OR_LOCAL, self.tr("My server, else this computer")),
        ):
            button = push(text)
            button.setCheckable(True)
            self._group.addButton(button)
            button.clicked.connect(lambda _=False, chosen=mode: self._take_place(chosen))
            self.places[mode] = button
            row.addWidget(button)
        row.addStretch()
        fields = form()
        fields.setContentsMargins(0, 0, 0, 0)
        self._accounts_name = name_of(self.tr("Server"), self.accounts)
        fields.addRow(self._accounts_name, self.accounts)
        self._address_name = name_of(self.tr("Address"), self.address)
        fields.addRow(self._address_name, self.address)
        self._key_name = name_of(self.tr("Key"))
        fields.addRow(self._key_name, self.key)
        foot = QHBoxLayout()
        foot.addWidget(self.found, 1)
        foot.addStretch()
        foot.addWidget(self.test)
        self._state_row = QWidget()
        state = QHBoxLayout(self._state_row)
        state.setContentsMargins(0, 0, 0, 0)
        state.setSpacing(8)
        state.addWidget(Shape(Status.UNVERIFIED), 0, Qt.AlignmentFlag.AlignTop)
        state.addWidget(self.state, 1)
        inner = QVBoxLayout(self.server)
        inner.setContentsMargins(0, 4, 0, 0)
        inner.setSpacing(9)
        inner.addLayout(fields)
        inner.addWidget(self.wrong_address)
        inner.addLayout(foot)
        inner.addWidget(self._state_row)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        layout.addLayout(row)
        layout.addWidget(self.explanation)
        layout.addWidget(self.server)
        self._say("")

    def _list(self, present: Sequence[Account]) -> None:
        """Offer the accounts whose servers check links."""
        settings = self._choices.settings
        self.accounts.blockSignals(True)
        for at, account in enumerate(present):
            self.accounts.insertItem(at, f"{account.name} ({account.url})", account.id)
        at = self.accounts.findData(settings.check_account)
        if settings.check_where == Mode.LOCAL and not settings.check_server:
            at = max(0, at if settings.check_account else 0)  # what is likely wanted first
        self.accounts.setCurrentIndex(at if at >= 0 else self.accounts.findData(ANOTHER))
        self.accounts.blockSignals(False)
        self._show()

    def _take_place(self, mode: Mode) -> None:
        account = self.accounts.currentData() if mode is not Mode.LOCAL else None
        more = {} if account is None else {"check_account": account}
        self._choices.change(check_where=mode.value, **more)
        self._show()

    def _take_account(self) -> None:
        self.found.clear()
        self._choices.change(check_account=self.accounts.currentData())
        self._show()

    def _take_address(self) -> None:
        text = self.address.text().strip()
        try:
            address = clean_address(text) if text else ""
        except AccountError as error:
            self._say(str(error))
            return
        self._say("")
        self.address.setText(address)
        if address != self._choices.settings.check_server:
            self.found.clear()
            self._choices.change(check_server=address, check_account=ANOTHER)
            self._show()

    def _say(self, why: str) -> None:
        self.wrong_address.setText(why)
        self.wrong_address.setVisible(bool(why))

    def _show(self) -> None:
        settings = self._choices.settings
        mode = Mode(settings.check_where)
        self.places[mode].setChecked(True)
        told = {
            Mode.LOCAL: self.tr("Each site sees a visit from your network."),
            Mode.SERVER: self.tr(
                "Your tracking server asks the sites, and shares what it found with everyone who"
                " uses it. Nothing is asked from here; while it is away, links wait."
            ),
            Mode.SERVER_OR_LOCAL: self.tr(
                "Your tracking server asks the sites. What it does not answer is asked from here,"
                " and a message says so."
            ),
        }
        self.explanation.setText(told[mode])
        self.server.setVisible(mode is not Mode.LOCAL)
        is_another = self.accounts.currentData() in (ANOTHER, None)
        has_accounts = self.accounts.count() > 1
        self._accounts_name.setVisible(has_accounts)
        self.accounts.setVisible(has_accounts)
        for each in (self._address_name, self.address, self._key_name):
            each.setVisible(is_another)
        self.key.setVisible(is_another and bool(settings.check_server))
        self._key_name.setVisible(is_another and bool(settings.check_server))
        self.key.set_account(check_server(settings.check_server))
        self._show_state()

    def _show_state(self) -> None:
        trouble = self._choices.means.server_trouble
        told = QCoreApplication.translate("CheckServer", trouble)
        self.state.setText(told)
        # A test may have said the same just now.
        self._state_row.setVisible(bool(told) and told not in self.found.text)

    def _test(self) -> None:
        if self._trial is not None:
            self.leave()
            self.found.clear()
            return
        settings, typed = self._choices.settings, self.key.typed
        trial = self._trial = Trial(lambda: try_the_server(settings, typed), "CheckServer")
        self.found.wait(self.tr("Asking the server…"))
        self.test.setText(self.tr("Cancel"))

        def show(tested: Tested) -> None:
            self.leave()
            self.found.show_tested(tested)
            self._show_state()
            self.grown.emit(self.found)

        trial.tested.connect(show)
        trial.begin()
