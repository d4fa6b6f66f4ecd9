"""The dialog of test mails: to whom, what the mail has, and how it fared."""

from PySide6.QtCore import QCoreApplication, QSize, Qt, Signal
from PySide6.QtWidgets import QLineEdit, QScrollArea, QVBoxLayout, QWidget

from app.engagement.secrets import open_secrets
from app.linkcheck.verdict import Status
from app.mailing.message import MARK, TestMail, mails_of
from app.mailing.settings import MailServer, checked, load, password_of, recipients_of
from app.mailing.smtp import Sent, deliver
from app.ui.accounts.page import form, name_of, push, words
from app.ui.accounts.verdict import TestedView
from app.ui.controls import Switch
from app.ui.dialogs.dialog import Dialog, rule
from app.ui.export.mail_setup import MailSetup
from app.ui.export.posting import post
from app.ui.export.source import Source
from app.ui.handover.errand import Errand

SIZE = QSize(600, 590)
_SHOWN_TAGS = 4


class TestMailDialog(Dialog):
    """Sends the issue to oneself.

    Signals:
        sent: What was done, in words. The dialog closes by itself then.
        settings_wanted: The page of the mail server. The dialog is closed.
    """

    __test__ = False

    sent = Signal(str)
    settings_wanted = Signal()

    def __init__(self, parent: QWidget, source: Source) -> None:
        super().__init__(parent, QCoreApplication.translate("TestMail", "Test mail"))
        self._source = source
        self._server = MailServer()
        self._posting: Errand[list[Sent]] | None = None
        self._reading: Errand[tuple[MailServer, TestMail | None]] | None = None
        self.to = QLineEdit()
        self.to.setPlaceholderText("you@example.com")
        self.to.setToolTip(self.tr("Up to five addresses, with commas between; each gets its own"))
        self.author = words("", "soft")
        self.author.setWordWrap(False)
        self.marked = Switch(self.tr("“%1” before the subject").replace("%1", MARK.strip()))
        self.marked.setChecked(True)
        self.entries = QWidget()
        fields = form()
        fields.setContentsMargins(0, 0, 0, 0)
        fields.addRow(name_of(self.to, self.tr("&To")), self.to)
        fields.addRow(name_of(self.author, self.tr("From")), self.author)
        fields.addRow("", self.marked)
        self.has = TestedView()
        self.has.setAccessibleName(self.tr("What the mail has"))
        self.has.show_lines([(Status.UNCHECKED, self.tr("Making the mail…"))])
        self.fared = TestedView()
        self.fared.setAccessibleName(self.tr("How it fared"))
        self.fared.clear()
        above = QVBoxLayout(self.entries)
        above.setContentsMargins(0, 0, 0, 0)
        above.setSpacing(12)
        above.addLayout(fields)
        above.addWidget(rule())
        self.entries.hide()
        self.setup = MailSetup()
        self.setup.hide()
        self.setup.connected.connect(self._begin_to_send)
        self.setup.told.connect(self.fared.show_lines)
        self.setup.busy_changed.connect(self._show_connecting)
        self.body.addWidget(self.entries)
        self.body.addWidget(self._told(), 1)
        self.body.addWidget(self.fared)
        self.server = push(self.tr("&Mail server…"), self.tr("Where test mails go through"))
        self.server.clicked.connect(self._open_settings)
        self.buttons.insertWidget(0, self.server)
        self.link_up = self.add_button(self.tr("&Connect"))
        self.link_up.setToolTip(self.tr("Try this server, and keep it where it works"))
        self.link_up.clicked.connect(self.setup.connect_or_cancel)
        self.link_up.hide()
        self.send = self.add_button(self.tr("&Send"))
        self.send.setDefault(True)
        self.send.setEnabled(False)
        self.send.clicked.connect(self._send_or_cancel)
        self.add_close()
        self.finished.connect(lambda _: self._leave())
        self.take(SIZE)
        self._read()

    def _told(self) -> QScrollArea:
        """What is said of the mail, which scrolls where there is much."""
        inner = QWidget()
        lines = QVBoxLayout(inner)
        lines.setContentsMargins(0, 0, 10, 0)
        lines.setSpacing(12)
        lines.addWidget(self.setup)
        lines.addWidget(self.has)
        lines.addStretch()
        room = QScrollArea()
        room.setWidgetResizable(True)
        room.setFrameShape(QScrollArea.Shape.NoFrame)
        room.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        room.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        room.setWidget(inner)
        room.viewport().setAutoFillBackground(False)
        inner.setAutoFillBackground(False)
        return room

    def _leave(self) -> None:
        """Nothing goes on."""
        self.setup.leave()
        for each in (self._posting, self._reading):
            if each is not None:
                each.forget()

    # what the mail has

    def _read(self) -> None:
        source = self._source

        async def read() -> tuple[MailServer, TestMail | None]:
            server = load()
            if not server.host or not server.sender:
                return server, None
            recipient = server.recipients[0] if server.recipients else server.sender
            return server, mails_of(source.issue(), checked(server), [recipient])[0]

        self._reading = post(read, lambda found: self._show(*found), self._show_problem, self)

    def _show(self, server: MailServer, mail: TestMail | None) -> None:
        self._server = server
        self._ask_for_server(mail is None)
        if mail is None:
            self.setup.begin(server)
            return
        self.entries.show()
        self.to.setText(", ".join(server.recipients))
        through = self.tr("%1, through %2").replace("%1", server.sender)
        self.author.setText(through.replace("%2", server.host))
        self.has.show_lines(_contents(mail))
        self.send.setEnabled(True)
        self.to.setFocus()
        self.to.selectAll()

    def _ask_for_server(self, asks: bool) -> None:
        """Show what is needed to connect, or the mail."""
        shown: tuple[QWidget, ...] = (self.setup, self.link_up)
        hidden: tuple[QWidget, ...] = (self.has, self.send)
        for each in (*shown, *hidden):
            each.setVisible(asks == (each in shown))
        (self.link_up if asks else self.send).setDefault(True)

    def _show_connecting(self, busy: bool) -> None:
        self.link_up.setText(self.tr("&Cancel") if busy else self.tr("&Connect"))
        self.setup.setEnabled(not busy)

    def _begin_to_send(self, said: str) -> None:
        """The server works: make the mail."""
        self.fared.show_lines([(Status.SAFE, said)])
        self._read()

    def _show_problem(self, why: str) -> None:
        self.has.show_lines([(Status.WARN, why)])
        self.server.setFocus()

    # sending

    def _send_or_cancel(self) -> None:
        if self._posting is not None:
            self._stop()
            told = self.tr("Cancelled. What was sent before cannot be taken back.")
            self.fared.show_lines([(Status.UNVERIFIED, told)])
            return
        source, server = self._source, self._server
        typed, marked = self.to.text(), self.marked.isChecked()

        async def send() -> list[Sent]:
            recipients = recipients_of(typed)
            good = checked(server)
            mails = mails_of(source.issue(), good, recipients, marked=marked)
            password = password_of(good, open_secrets()) if good.user else ""
            return await deliver(mails, good, password)

        self.fared.show_lines([(Status.UNCHECKED, self.tr("Sending…"))])
        self.send.setText(self.tr("&Cancel"))
        self.to.setEnabled(False)
        self._posting = post(send, self._show_sent, self._show_failure, self)

    def _stop(self) -> None:
        posting, self._posting = self._posting, None
        if posting is not None:
            posting.forget()
        self.send.setText(self.tr("&Send"))
        self.to.setEnabled(True)

    def _show_sent(self, sent: list[Sent]) -> None:
        self._stop()
        took = [each.recipient for each in sent if not each.refusal]
        told = self.tr("The test mail is on its way to %1.").replace("%1", ", ".join(took))
        if len(took) == len(sent):
            self.sent.emit(told)
            self.close()
            return
        lines = [(Status.SAFE, told)]
        lines += [(Status.WARN, each.refusal) for each in sent if each.refusal]
        self.fared.show_lines(lines)
        self.to.setFocus()

    def _show_failure(self, why: str) -> None:
        self._stop()
        self.fared.show_lines([(Status.WARN, why)])
        self.to.setFocus()

    def _open_settings(self) -> None:
        self.close()
        self.settings_wanted.emit()


def _contents(mail: TestMail) -> list[tuple[Status, str]]:
    """What the mail has and lacks, as the real one."""

    def tr(text: str) -> str:
        return QCoreApplication.translate("TestMail", text)

    lines = []
    if mail.subject:
        lines.append((Status.SAFE, tr("Subject: %1").replace("%1", mail.subject)))
    else:
        lines.append((Status.UNVERIFIED, tr("It has no subject.")))
    if mail.preheader:
        lines.append((Status.SAFE, tr("Preview text: %1").replace("%1", mail.preheader)))
    else:
        lines.append(
            (Status.UNVERIFIED, tr("No preview text: inboxes show the first words instead."))
        )
    size = f"{len(mail.data) / 1000:.0f}"
    parts = tr("HTML and plain text, %1 KB in all").replace("%1", size)
    if mail.pictures:
        parts += tr("; pictures from beside the draft: %1").replace("%1", str(mail.pictures))
    lines.append((Status.SAFE, f"{parts}."))
    if mail.filled:
        shown = [f"{tag} → {value}" for tag, value in list(mail.filled.items())[:_SHOWN_TAGS]]
        more = "" if len(mail.filled) <= _SHOWN_TAGS else ", …"
        told = tr("Merge tags are filled in: %1").replace("%1", ", ".join(shown) + more)
        lines.append((Status.SAFE, told))
    if mail.left:
        left = ", ".join(mail.left[:_SHOWN_TAGS]) + ("" if len(mail.left) <= _SHOWN_TAGS else ", …")
        told = tr("Only the platform can run these, so they stay as they are: %1")
        lines.append((Status.UNVERIFIED, told.replace("%1", left)))
    if mail.has_unsubscribe:
        lines.append((Status.SAFE, tr("It can be unsubscribed from by one click.")))
    else:
        told = tr(
            "Without List-Unsubscribe, which your platform adds when it sends. To try one, enter"
            " an address at the mail server."
        )
        lines.append((Status.UNVERIFIED, told))
    return lines
