"""Whether old links are looked after: a part of the settings' page on links."""

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit, QVBoxLayout, QWidget

from app.ui.controls import Switch
from app.ui.dialogs.dialog import rule, section, soft
from app.ui.settings import is_archive

if TYPE_CHECKING:
    from app.ui.dialogs.settings.page import Choices


class RotChoices(QWidget):
    """Both are off until the writer turns them on."""

    def __init__(self, choices: "Choices") -> None:
        super().__init__()
        self._choices = choices
        settings = choices.settings
        self.watch = Switch(self.tr("Look after the links of sent issues and drafts"))
        self.watch.setChecked(settings.watch_links)
        self.watch.toggled.connect(lambda on: choices.change(watch_links=on))
        self.archive = Switch(self.tr("Find archived copies of what died"))
        self.archive.setChecked(settings.ask_archive)
        self.archive.toggled.connect(lambda on: choices.change(ask_archive=on))
        self.address = QLineEdit(settings.archive)
        self.address.setAccessibleName(self.tr("Address of the archive"))
        self.address.setToolTip(self.tr("An archive with the Internet Archive's interface"))
        self.address.editingFinished.connect(self._take_address)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 8, 0, 0)
        layout.setSpacing(8)
        layout.addWidget(rule())
        layout.addSpacing(4)
        layout.addWidget(section(self.tr("Links that were sent")))
        left = Qt.AlignmentFlag.AlignLeft
        layout.addWidget(self.watch, 0, left)
        layout.addWidget(
            soft(
                self.tr(
                    "About once a fortnight each linked page is asked for, from where links are"
                    " checked: its site sees a visit, as if you had opened it."
                )
            )
        )
        layout.addWidget(self.archive, 0, left)
        layout.addWidget(
            soft(self.tr("Sends a dead page's address and the day of its issue to the archive:"))
        )
        layout.addWidget(self.address)

    def _take_address(self) -> None:
        text = self.address.text().strip().rstrip("/")
        if is_archive(text):
            self._choices.change(archive=text)
        self.address.setText(self._choices.settings.archive)
