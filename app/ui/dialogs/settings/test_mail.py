"""The server that test mails go through."""

from dataclasses import replace

from PySide6.QtCore import QCoreApplication, QTimer
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QSpinBox

from app.engagement.accounts import AccountError
from app.engagement.secrets import open_secrets
from app.linkcheck.verdict import Status
from app.mailing.errors import MailError
from app.mailing.settings import (
    PORTS,
    MailServer,
    Security,
    as_account,
    checked,
    load,
    password_of,
    save,
)
from app.mailing.smtp import check_server
from app.ui.accounts.page import push
from app.ui.accounts.verdict import TestedView
from app.ui.dialogs.settings.page import Choices, SettingsPage, form, indent, name_of, small
from app.ui.dialogs.settings.service_key import ServiceKey
from app.ui.editor.jobs import run_in_thread
from app.ui.export.posting import post
from app.ui.export.security_box import security_box
from app.ui.handover.errand import Errand

_REST_MS = 500


class TestMailPage(SettingsPage):
    """Server, user and addresses; what is typed is kept once the typing rests."""

    __test__ = False

    def __init__(self, choices: Choices) -> None:
        super().__init__(QCoreApplication.translate("TestMailPage", "Test mail"), choices)
        self._kept = MailServer()
        self._is_read = False
        self._posting: Errand[str] | None = None
        self._rest = QTimer(self, singleShot=True, interval=_REST_MS)
        self._rest.timeout.connect(self._keep)
        self.host, self.user, self.author = QLineEdit(), QLineEdit(), QLineEdit()
        self.recipients, self.unsubscribe = QLineEdit(), QLineEdit()
        self.host.setPlaceholderText("smtp.example.com")
        self.author.setPlaceholderText("Name <you@example.com>")
        self.recipients.setPlaceholderText("you@example.com")
        self.unsubscribe.setPlaceholderText(self.tr("https://…, only to try List-Unsubscribe out"))
        self.unsubscribe.setToolTip(self.tr("Your platform adds its own when it sends"))
        self.security = security_box()
        self.port = QSpinBox()
        self.port.setRange(1, 65535)
        indent(self.port)
        self.password = ServiceKey(as_account(self._kept), self.tr("Password"), _whole)
        self.password.grown.connect(lambda: self.bring_into_view(self.password))
        self.password.keep.setToolTip(self.tr("Keep the password in the system's keyring"))
        self.test = push(
            self.tr("&Test connection"), self.tr("Connect and log in; nothing is sent")
        )
        self.test.clicked.connect(self._test)
        self.found = TestedView()
        self.found.clear()
        self._lay_out()
        self._listen()
        self.setEnabled(False)
        self._read()

    def leave(self) -> None:
        """Keep what was typed, the password too; the test goes no further."""
        if self._rest.isActive():
            self._rest.stop()
            self._keep()
        if self.password.keep.isEnabled() and self.password.typed:
            self.password.keep.click()
        self._stop()

    @property
    def server(self) -> MailServer:
        """What is entered."""
        recipients = self.recipients.text().replace(";", ",").split(",")
        return MailServer(
            host=self.host.text().strip(),
            port=self.port.value(),
            security=Security(self.security.currentData()),
            user=self.user.text().strip(),
            sender=self.author.text().strip(),
            recipients=tuple(each.strip() for each in recipients if each.strip()),
            unsubscribe=self.unsubscribe.text().strip(),
        )

    # the fields

    def _lay_out(self) -> None:
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self.security, 1)
        row.addWidget(self.port)
        fields = form()
        fields.addRow(name_of(self.tr("Server"), self.host), self.host)
        fields.addRow(name_of(self.tr("Encryption"), self.security), row)
        self.port.setAccessibleName(self.tr("Port"))
        fields.addRow(name_of(self.tr("User"), self.user), self.user)
        fields.addRow(name_of(""), self.password)
        fields.addRow(name_of(self.tr("From"), self.author), self.author)
        fields.addRow(name_of(self.tr("To"), self.recipients), self.recipients)
        fields.addRow(name_of(self.tr("Unsubscribe"), self.unsubscribe), self.unsubscribe)
        self.body.addWidget(
            small(
                self.tr(
                    "A test mail shows you the issue as readers get it. It goes through the"
                    " server that your own mail goes through, and to a few addresses at most."
                )
            )
        )
        self.body.addLayout(fields)
        tests = QHBoxLayout()
        tests.addWidget(self.test)
        tests.addStretch()
        self.body.addLayout(tests)
        self.body.addWidget(self.found)
        self.body.addStretch()

    def _listen(self) -> None:
        lines = (self.host, self.user, self.author, self.recipients, self.unsubscribe)
        for line in lines:
            line.textEdited.connect(lambda _: self._changed())
        self.port.valueChanged.connect(lambda _: self._changed())
        self.security.activated.connect(self._choose_security)

    def _choose_security(self) -> None:
        """With the usual port, unless the writer has another one."""
        chosen = Security(self.security.currentData())
        if self.port.value() in PORTS.values():
            self.port.setValue(PORTS[chosen])
        self._changed()

    def _changed(self) -> None:
        if self._is_read:
            self._stop()
            self.found.clear()
            self._rest.start()

    # what is kept

    def _read(self) -> None:
        found: list[MailServer] = []
        wrong: list[str] = []

        def work() -> None:
            try:
                found.append(load())
            except MailError as error:
                wrong.append(str(error))

        def show() -> None:
            for why in wrong:
                self.found.show_lines([(Status.WARN, why)])
            self._show(found[0] if found else MailServer())

        run_in_thread(work, show, self)

    def _show(self, server: MailServer) -> None:
        self._kept = server
        self.host.setText(server.host)
        self.security.setCurrentIndex(self.security.findData(server.security.value))
        self.port.setValue(server.port)
        self.user.setText(server.user)
        self.author.setText(server.sender)
        self.recipients.setText(", ".join(server.recipients))
        self.unsubscribe.setText(server.unsubscribe)
        self.password.set_account(as_account(server))
        self._is_read = True
        self.setEnabled(True)

    def _keep(self) -> None:
        server = self.server
        if server == self._kept:
            return
        self._kept = server
        self.password.set_account(as_account(server))
        wrong: list[str] = []

        def work() -> None:
            try:
                save(server)
            except MailError as error:
                wrong.append(str(error))

        def tell() -> None:
            for why in wrong:
                self.found.show_lines([(Status.WARN, why)])

        run_in_thread(work, tell, self)

    # the test

    def _test(self) -> None:
        if self._posting is not None:
            self._stop()
            self.found.clear()
            return
        self._keep()
        server, typed = self.server, self.password.typed

        async def ask() -> str:
            good = checked(replace(server, sender=server.sender or "you@example.com"))
            password = typed or (password_of(good, open_secrets()) if good.user else "")
            return await check_server(good, password)

        self.found.show_lines([(Status.UNCHECKED, self.tr("Asking the server…"))])
        self.test.setText(self.tr("Cancel &test"))
        self._posting = post(ask, self._show_works, self._show_lack, self)

    def _show_works(self, told: str) -> None:
        self._stop()
        self.found.show_lines([(Status.SAFE, told)])

    def _show_lack(self, why: str) -> None:
        self._stop()
        self.found.show_lines([(Status.WARN, why)])

    def _stop(self) -> None:
        posting, self._posting = self._posting, None
        if posting is not None:
            posting.forget()
        self.test.setText(self.tr("&Test connection"))


def _whole(text: str) -> str:
    """A password as it is kept; other than keys, it may hold any sign. Raises AccountError."""
    if not text or not text.isprintable():
        raise AccountError("The password holds signs that none has. Was it copied whole?")
    return text
