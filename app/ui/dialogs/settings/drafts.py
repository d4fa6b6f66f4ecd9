"""Where drafts are kept."""

from PySide6.QtCore import QCoreApplication, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton

from app.ui.dialogs.dialog import soft
from app.ui.dialogs.settings.page import Choices, SettingsPage, form, name_of


class DraftsPage(SettingsPage):
    """The folder of drafts."""

    folder_wanted = Signal()

    def __init__(self, choices: Choices) -> None:
        super().__init__(QCoreApplication.translate("DraftsPage", "Drafts"), choices)
        self.folder = QLabel(str(choices.settings.folder))
        self.folder.setWordWrap(True)
        choices.changed.connect(lambda: self.folder.setText(str(choices.settings.folder)))
        choose = QPushButton(self.tr("Choose…"))
        choose.setAutoDefault(False)
        choose.setAccessibleName(self.tr("Choose the folder of drafts"))
        choose.clicked.connect(self.folder_wanted)
        row = QHBoxLayout()
        row.addWidget(self.folder, 1)
        row.addWidget(choose)
        fields = form()
        fields.addRow(name_of(self.tr("Folder")), row)
        fields.addRow(name_of(""), soft(self.tr("Plain Markdown files, saved as you write.")))
        self.body.addLayout(fields)
        self.body.addStretch()
