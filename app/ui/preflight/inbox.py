"""The inbox view: subject and preview text as lists of mails show them, while they are written."""

from PySide6.QtCore import QCoreApplication, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QLineEdit, QWidget

from app.ui.dialogs.dialog import Dialog, soft
from app.ui.preflight.inbox_rows import Device, InboxLetter, InboxList

LONGEST = 100


class InboxView(Dialog):
    """Stays beside the window and follows what is written."""

    sender_chosen = Signal(str)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent, QCoreApplication.translate("InboxView", "In the inbox"))
        self.setWindowModality(Qt.WindowModality.NonModal)
        self._letter = InboxLetter()
        self._has_preheader = False
        self.name = QLineEdit()
        self.name.setMaxLength(LONGEST)
        self.name.setPlaceholderText(self.tr("The name that readers see"))
        self.name.setAccessibleName(self.tr("Sender's name"))
        self.name.textEdited.connect(lambda _: self._show())
        self.name.editingFinished.connect(self._choose)
        self._lists = [InboxList(device, dark=dark) for device in Device for dark in (False, True)]
        self.phone, self.phone_dark, self.desktop, self.desktop_dark = self._lists
        self.of_phone, self.of_desktop = soft(""), soft("")
        label = QLabel(self.tr("From"))
        label.setBuddy(self.name)
        head = QHBoxLayout()
        head.setSpacing(10)
        head.addWidget(label)
        head.addWidget(self.name)
        phones = QHBoxLayout()
        phones.setSpacing(14)
        phones.addWidget(self.phone)
        phones.addWidget(self.phone_dark)
        phones.addStretch()
        self.body.addLayout(head)
        self.body.addSpacing(4)
        self.body.addWidget(self.of_phone)
        self.body.addLayout(phones)
        self.body.addSpacing(8)
        self.body.addWidget(self.of_desktop)
        self.body.addWidget(self.desktop)
        self.body.addWidget(self.desktop_dark)
        self.body.addStretch()
        self.add_close()
        self.desktop.told.connect(self._tell)

    def show_letter(self, subject: str, preheader: str, first_words: str) -> None:
        """Show these; without a preheader an inbox shows the letter's first words."""
        self._has_preheader = bool(preheader.strip())
        preview = preheader if self._has_preheader else first_words
        self._letter = InboxLetter(self.name.text(), subject, preview)
        self._show()

    def show_sender(self, sender: str) -> None:
        """The name that was chosen for the publication."""
        if not self.name.hasFocus() and sender != self.name.text():
            self.name.setText(sender)
            self._show()

    def _show(self) -> None:
        letter = InboxLetter(self.name.text(), self._letter.subject, self._letter.preview)
        for each in self._lists:
            each.show_letter(letter)
        self._tell()

    def _choose(self) -> None:
        self.sender_chosen.emit(self.name.text().strip())

    def _tell(self) -> None:
        phone, desktop = self.tr("On a phone"), self.tr("On a desktop")
        for label, light, dark, where in (
            (self.of_phone, self.phone, self.phone_dark, phone),
            (self.of_desktop, self.desktop, self.desktop_dark, desktop),
        ):
            words = f"{where}: {self._seen(light)}"
            label.setText(words)
            for shown in (light, dark):
                shown.setAccessibleName(words)
                parts = (*light.subject.lines, *light.preview.lines)
                shown.setAccessibleDescription(" ".join(parts))

    def _seen(self, shown: InboxList) -> str:
        subject = self._part(self.tr("the subject"), shown.subject.seen, self._letter.subject)
        if self._has_preheader or not self._letter.preview:
            what = self.tr("the preview text")
            preview = self._part(what, shown.preview.seen, self._letter.preview)
        else:
            words = self.tr("%1 characters of the first words, as there is no preview text")
            preview = words.replace("%1", str(shown.preview.seen))
        return self.tr("%1, and %2.").replace("%1", subject).replace("%2", preview)

    def _part(self, what: str, seen: int, text: str) -> str:
        whole = len(" ".join(text.split()))
        if not whole:
            return self.tr("nothing of %1, which is empty").replace("%1", what)
        if seen >= whole:
            return self.tr("all of %1").replace("%1", what)
        words = self.tr("%1 of %2 characters of %3").replace("%3", what)
        return words.replace("%1", str(seen)).replace("%2", str(whole))
