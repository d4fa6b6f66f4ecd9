"""Asking why, and how far, a rule is to be muted."""

from pathlib import Path

from PySide6.QtCore import QCoreApplication, Signal
from PySide6.QtWidgets import QLabel, QLineEdit, QRadioButton, QWidget

from app.preflight.muting import Scope
from app.ui.dialogs.dialog import Dialog, soft
from app.ui.preflight.words import about

LONGEST = 300


class MuteDialog(Dialog):
    """For one issue or for a publication; never without a reason."""

    muted = Signal(str, object, object, str)
    """Rule, `Scope`, the draft's path, reason."""

    def __init__(self, parent: QWidget, rule: str, path: Path) -> None:
        super().__init__(parent, QCoreApplication.translate("MuteDialog", "Hear no more of this"))
        self.setMinimumWidth(460)
        self._rule, self._path = rule, path
        what = QLabel(about(rule))
        what.setWordWrap(True)
        self.issue = QRadioButton(self.tr("In this issue"))
        folder = self.tr("In all issues of “%1”").replace("%1", path.parent.name)
        self.publication = QRadioButton(folder)
        self.publication.setToolTip(str(path.parent))
        self.issue.setChecked(True)
        self.reason = QLineEdit()
        self.reason.setMaxLength(LONGEST)
        self.reason.setAccessibleName(self.tr("Reason"))
        self.reason.setPlaceholderText(self.tr("Why is this all right?"))
        self.reason.textChanged.connect(lambda _: self._allow())
        self.body.addWidget(what)
        self.body.addWidget(self.issue)
        self.body.addWidget(self.publication)
        self.body.addWidget(self.reason)
        self.body.addWidget(
            soft(self.tr("The reason is kept with the date; under “Muted” you take it back."))
        )
        cancel = self.add_button(self.tr("Cancel"))
        cancel.clicked.connect(self.reject)
        self.confirm = self.add_button(self.tr("Mute"))
        self.confirm.setDefault(True)
        self.confirm.clicked.connect(self._mute)
        self._allow()
        self.reason.setFocus()

    def _allow(self) -> None:
        self.confirm.setEnabled(bool(self.reason.text().strip()))

    def _mute(self) -> None:
        scope = Scope.PUBLICATION if self.publication.isChecked() else Scope.ISSUE
        self.muted.emit(self._rule, scope, self._path, self.reason.text().strip())
        self.accept()
