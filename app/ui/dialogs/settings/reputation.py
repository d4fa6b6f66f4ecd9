"""Which services are asked whether a link is dangerous, with which key, and how they are doing."""

from collections.abc import Callable, Iterator

from PySide6.QtCore import QCoreApplication, Qt, QTimer
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from app.engagement.accounts import AccountError, clean_key
from app.engagement.providers import Tested
from app.engagement.service_keys import SPAMHAUS, WEB_RISK
from app.linkcheck.reputation.settings import ABOUT, Keys, Service, read_name_servers
from app.linkcheck.verdict import Status
from app.ui.accounts.page import push, words
from app.ui.accounts.verdict import Shape, TestedView
from app.ui.controls import Switch
from app.ui.dialogs.dialog import rule, soft
from app.ui.dialogs.settings.page import Choices, SettingsPage, form, name_of, small
from app.ui.dialogs.settings.service_key import ServiceKey
from app.ui.dialogs.settings.trial import Trial, try_a_service

INDENT = 44
"""Pixels from a switch's edge to its words."""
_STATE_MS = 2000


class ServiceBlock(QWidget):
    """One service: on or off, what it sends, its licence, its state and its test."""

    def __init__(self, service: Service, choices: Choices) -> None:
        super().__init__()
        about = ABOUT[service]
        self.service = service
        self._choices = choices
        self._name = _translated(about.name)
        self.switch = Switch(self._name)
        self.switch.setChecked(service.value in choices.settings.reputation)
        self.switch.toggled.connect(self._turn)
        self.sends = small(_translated(about.sends))
        self.licence = small(_translated(about.licence), "faint")
        self.switch.setToolTip(self.sends.text())
        self.switch.setAccessibleDescription(f"{self.sends.text()} {self.licence.text()}")
        self.test = push(self.tr("Test"), self.tr("Ask for the service's own test address"))
        self.test.setAccessibleName(self.tr("Test %1").replace("%1", self._name))
        self.found = TestedView()
        self.found.clear()
        self.state = words("")
        self._state_row = QWidget()
        state = QHBoxLayout(self._state_row)
        state.setContentsMargins(0, 0, 0, 0)
        state.setSpacing(8)
        state.addWidget(Shape(Status.UNVERIFIED), 0, Qt.AlignmentFlag.AlignTop)
        state.addWidget(self.state, 1)
        self._state_row.hide()
        head = QHBoxLayout()
        head.addWidget(self.switch)
        head.addStretch()
        head.addWidget(self.test)
        told = QVBoxLayout()
        told.setContentsMargins(INDENT, 0, 0, 0)
        told.setSpacing(3)
        for each in (self.sends, self.licence, self._state_row, self.found):
            told.addWidget(each)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(3)
        layout.addLayout(head)
        layout.addLayout(told)

    def show_state(self, problem: str) -> None:
        """How the service is doing; empty where nothing is wrong with it."""
        shown = _translated(problem) if problem and self.switch.isChecked() else ""
        if shown in self.found.text:  # a test has just said the same
            shown = ""
        self.state.setText(shown)
        self._state_row.setVisible(bool(shown))

    def _turn(self, on: bool) -> None:
        now = [name for name in self._choices.settings.reputation if name != self.service.value]
        self._choices.change(reputation=(*now, self.service.value) if on else tuple(now))


class ReputationPage(SettingsPage):
    """All services are off until they are turned on here."""

    def __init__(self, choices: Choices) -> None:
        super().__init__(QCoreApplication.translate("ReputationPage", "Reputation"), choices)
        self.body.addWidget(
            soft(
                self.tr(
                    "Services that know dangerous sites. A link that one of them flags blocks the"
                    " send. Each learns something about a draft that has not been sent, so all are"
                    " off until you turn them on."
                )
            )
        )
        self.trouble = words("")
        self.body.addWidget(self.trouble)
        self.blocks: dict[Service, ServiceBlock] = {}
        self.keys: dict[Service, ServiceKey] = {}
        self._trials: dict[Service, Trial] = {}
        self._looking = QTimer(self, interval=_STATE_MS)
        self._looking.timeout.connect(self._show_states)

    def parts(self) -> Iterator[None]:
        """The services, one after the other, and the name servers."""
        for service in Service:
            self._add_service(service)
            yield
        self._add_name_servers()
        self.body.addStretch()
        self.choices.means.changed.connect(self._show_states)
        self._show_states()

    def _add_service(self, service: Service) -> None:
        block = self.blocks[service] = ServiceBlock(service, self.choices)
        self.body.addWidget(block)
        block.test.clicked.connect(lambda: self._test(service))
        block.switch.toggled.connect(lambda on: self._ask_for_key(service, on))
        key = self._make_key(service)
        if key is not None:
            self.keys[service] = key
            row = QHBoxLayout()
            row.setContentsMargins(INDENT, 0, 0, 0)
            row.addWidget(key)
            self.body.addLayout(row)
            key.changed.connect(self.choices.renew)
            key.grown.connect(lambda: self.bring_into_view(key))
        if service is not Service.WEB_RISK:  # its key is below the next one
            self.body.addWidget(rule())

    def _make_key(self, service: Service) -> ServiceKey | None:
        if service is Service.WEB_RISK_LOOKUP:
            return ServiceKey(WEB_RISK, self.tr("Key for Web Risk"), _web_risk_key)
        if service is Service.DBL:
            name = self.tr("Key of the Data Query Service (optional)")
            return ServiceKey(SPAMHAUS, name, _spamhaus_key)
        return None

    def leave(self) -> None:
        """No test goes on."""
        self._looking.stop()
        for service in list(self._trials):
            self._stop(service)

    def showEvent(self, event: QShowEvent) -> None:
        """Follow the services' state as long as this is looked at."""
        super().showEvent(event)
        self._looking.start()

    def _add_name_servers(self) -> None:
        self.servers = QLineEdit(self.choices.settings.name_servers)
        self.servers.setPlaceholderText(self.tr("Those of this computer"))
        self.servers.setToolTip(self.tr("Addresses such as 192.0.2.1 that SURBL and DBL are asked"))
        self.servers.editingFinished.connect(self._choose_servers)
        self.servers.textChanged.connect(lambda _: self._say_servers(""))
        self.wrong_servers = words("")
        self.wrong_servers.hide()
        fields = form()
        fields.addRow(name_of(self.tr("Name servers"), self.servers), self.servers)
        self.body.addLayout(fields)
        self.body.addWidget(self.wrong_servers)
        self.body.addWidget(
            small(
                self.tr(
                    "SURBL and Spamhaus refuse public name servers, such as 8.8.8.8 and 1.1.1.1."
                    " Where your network uses one, name one of your own here."
                )
            )
        )

    def _choose_servers(self) -> None:
        text = self.servers.text().strip()
        try:
            read_name_servers(text)
        except ValueError as error:
            self._say_servers(f"{error}.")
            return
        if text != self.choices.settings.name_servers:
            self.choices.change(name_servers=text)

    def _say_servers(self, why: str) -> None:
        self.wrong_servers.setText(_translated(why))
        self.wrong_servers.setVisible(bool(why))

    def _show_states(self) -> None:
        means = self.choices.means
        self.trouble.setText(_translated(means.means.reputation_trouble))
        self.trouble.setVisible(bool(means.means.reputation_trouble))
        for service, block in self.blocks.items():
            block.show_state(means.problems.get(_SPOKEN[service], ""))

    def _test(self, service: Service) -> None:
        block = self.blocks[service]
        if service in self._trials:
            self._stop(service)
            block.found.clear()
            return
        key = self._key_of(service)
        typed, servers = key.typed if key else "", self.servers.text()
        trial = Trial(lambda: try_a_service(service, typed, servers), "Reputation")
        self._trials[service] = trial
        block.found.wait(self.tr("Asking the service…"))
        block.test.setText(self.tr("Cancel"))

        def show(tested: Tested) -> None:
            self._stop(service)
            block.found.show_tested(tested)
            self.bring_into_view(block)
            self._show_states()

        trial.tested.connect(show)
        trial.begin()

    def _stop(self, service: Service) -> None:
        trial = self._trials.pop(service, None)
        if trial is not None:
            trial.cancel()
        self.blocks[service].test.setText(self.tr("Test"))

    def _ask_for_key(self, service: Service, on: bool) -> None:
        """What needs a key and has none cannot be used: offer to enter it."""
        key = self._key_of(service)
        if on and ABOUT[service].needs_key and key is not None and not key.is_there:
            key.enter()

    def _key_of(self, service: Service) -> ServiceKey | None:
        return self.keys.get(Service.WEB_RISK_LOOKUP if ABOUT[service].needs_key else service)


_SPOKEN = {
    Service.WEB_RISK: "Google Web Risk",
    Service.WEB_RISK_LOOKUP: "Google Web Risk",
    Service.SURBL: "SURBL",
    Service.DBL: "Spamhaus DBL",
}
"""What the services call themselves."""


def _web_risk_key(text: str) -> str:
    return _clean(text, lambda key: Keys(web_risk=key))


def _spamhaus_key(text: str) -> str:
    return _clean(text, lambda key: Keys(spamhaus=key))


def _clean(text: str, check: Callable[[str], Keys]) -> str:
    """The key as it is kept. Raises AccountError for what is none."""
    key = clean_key(text)
    try:
        check(key)
    except ValueError:
        problem = QCoreApplication.translate(
            "ReputationPage", "The key holds signs that no key has. Was it copied whole?"
        )
        raise AccountError(problem) from None
    return key


def _translated(text: str) -> str:
    return QCoreApplication.translate("Reputation", text)
