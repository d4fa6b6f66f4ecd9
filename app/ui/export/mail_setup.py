"""The first test mail: an address and a password, and the server where it is not known by them."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QSpinBox, QVBoxLayout, QWidget

from app.engagement.accounts import AccountError
from app.engagement.secrets import Secrets
from app.linkcheck.verdict import Status
from app.mailing.providers import Login, Provider, bare, domain_of, provider_of, server_of
from app.mailing.settings import PORTS, MailServer, Security, as_account, checked, save
from app.mailing.smtp import check_server
from app.speech import say
from app.ui.accounts.key_field import Keeping, KeyField
from app.ui.accounts.page import form, name_of, words
from app.ui.dialogs.settings.page import indent
from app.ui.export.posting import post
from app.ui.export.security_box import security_box
from app.ui.handover.errand import Errand


class MailSetup(QWidget):
    """Asks for what is needed, tries it, and keeps it once the server took it."""

    connected = Signal(str)
    """The server is known and works: what it said, in words."""
    told = Signal(list)
    """How it goes: statuses with sentences; none: nothing goes on."""
    busy_changed = Signal(bool)
    """The server is being asked, or no more."""

    def __init__(self) -> None:
        super().__init__()
        self._posting: Errand[str] | None = None
        self._provider: Provider | None = None
        self.address, self.host, self.user = QLineEdit(), QLineEdit(), QLineEdit()
        self.address.setPlaceholderText("you@example.com")
        self.password = KeyField()
        self.keeping = Keeping()
        self.keeping.hide()
        self.note = words("", "soft")
        self.security = security_box()
        self.port = QSpinBox()
        self.port.setRange(1, 65535)
        indent(self.port)
        self.port.setAccessibleName(self.tr("Port"))
        self._lay_out()
        self._fill(MailServer())
        self.address.textEdited.connect(self._guess)
        self.password.changed.connect(lambda: self.keeping.setVisible(bool(self.password.key)))
        self.security.activated.connect(self._take_usual_port)

    def begin(self, kept: MailServer) -> None:
        """Be shown, with what was entered in the settings before."""
        self._fill(kept)
        self.address.setText(kept.sender or (kept.recipients[0] if kept.recipients else ""))
        self.keeping.begin()
        self.address.setFocus()
        self._guess()

    def connect_or_cancel(self) -> None:
        """Ask the server whether it takes this, or ask no more."""
        if self._posting is not None:
            self.leave()
            self.told.emit([])
            return
        server, password = self.server, self.password.key
        secrets = self.keeping.secrets()

        async def work() -> str:
            good = checked(server)
            said = await check_server(good, password)
            _keep(good, password, secrets)
            return said

        self.told.emit([(Status.UNCHECKED, self.tr("Asking the server…"))])
        self._posting = post(work, self._show_works, self._show_lack, self)
        self.busy_changed.emit(True)

    def leave(self) -> None:
        """Ask no more."""
        posting, self._posting = self._posting, None
        if posting is not None:
            posting.forget()
            self.busy_changed.emit(False)

    @property
    def server(self) -> MailServer:
        """What is entered. Whom it is from is whom it goes to."""
        address = self.address.text().strip()
        return MailServer(
            host=self.host.text().strip(),
            port=self.port.value(),
            security=Security(self.security.currentData()),
            user=self.user.text().strip() or (bare(address) if self.password.key else ""),
            sender=address,
            recipients=(address,) if address else (),
        )

    def _lay_out(self) -> None:
        about = self.tr(
            "A test mail shows you the issue as readers get it, in your own mail program. It goes"
            " out through the server that your own mail goes out through."
        )
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self.security, 1)
        row.addWidget(self.port)
        fields = form()
        fields.setContentsMargins(0, 0, 0, 0)
        fields.addRow(name_of(self.address, self.tr("Your &address")), self.address)
        fields.addRow(name_of(self.password.line, self.tr("Pass&word")), self.password)
        fields.addRow(name_of(self.host, self.tr("Ser&ver")), self.host)
        fields.addRow(name_of(self.security, self.tr("&Encryption")), row)
        fields.addRow(name_of(self.user, self.tr("&User")), self.user)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(14)
        layout.addWidget(words(about))
        layout.addLayout(fields)
        layout.addWidget(self.note)
        layout.addWidget(self.keeping)
        layout.addStretch()

    # what follows from the address

    def _guess(self) -> None:
        """The provider's server, where it is known, and what is special about it."""
        address = self.address.text().strip()
        before, self._provider = self._provider, provider_of(address)
        if self._provider is not None:
            self._fill(server_of(self._provider, address))
        elif before is not None:
            self._fill(MailServer())
        domain = domain_of(address)
        self.host.setPlaceholderText(f"smtp.{domain}" if "." in domain else "smtp.example.com")
        self.user.setPlaceholderText(bare(address) or "you@example.com")
        self.note.setText(self._note())
        self.note.setVisible(bool(self.note.text()))

    def _note(self) -> str:
        if self._provider is None:
            return ""
        login, name = self._provider.login, self._provider.name
        if login is Login.FOR_APPS:
            told = self.tr(
                "%1 wants a password made for apps, not the one of its website: make one in your"
                " account there, under “security”."
            )
        elif login is Login.NONE:
            told = self.tr(
                "%1 lets no other program in by password any more. Take another address, or export"
                " the issue as .eml and open that in your mail program."
            )
        else:
            return ""
        return told.replace("%1", name)

    def _fill(self, server: MailServer) -> None:
        self.host.setText(server.host)
        self.user.setText(server.user)
        self.security.setCurrentIndex(self.security.findData(server.security.value))
        self.port.setValue(server.port)

    def _take_usual_port(self) -> None:
        if self.port.value() in PORTS.values():
            self.port.setValue(PORTS[Security(self.security.currentData())])

    # how it fared

    def _show_works(self, said: str) -> None:
        self.leave()
        self.connected.emit(said)

    def _show_lack(self, why: str) -> None:
        self.leave()
        self.told.emit([(Status.WARN, why)])


def _keep(server: MailServer, password: str, secrets: Secrets | None) -> None:
    """In a thread. Raises MailError, SecretError or AccountError."""
    if password and secrets is None:
        raise AccountError(
            say(
                "The server takes the password, but there is no keyring to keep it: choose below"
                " the fields whether it is kept in memory."
            )
        )
    if password and secrets is not None:
        secrets.put(as_account(server), password)
    save(server)
