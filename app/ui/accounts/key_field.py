"""The field for a key, and the choice to keep it in memory only where there is no keyring."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from app.engagement.secrets import ANY_VARIABLE, Secrets, SessionSecrets, open_secrets
from app.ui.accounts.asking import attempt
from app.ui.accounts.page import push, words
from app.ui.controls import Switch

_LONGEST = 10_000


class KeyField(QWidget):
    """A masked field; the key is shown only while a button is down for it."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.line = QLineEdit()
        self.line.setEchoMode(QLineEdit.EchoMode.Password)
        self.line.setMaxLength(_LONGEST)
        self.line.setInputMethodHints(
            Qt.InputMethodHint.ImhSensitiveData | Qt.InputMethodHint.ImhNoPredictiveText
        )
        self.line.setAccessibleName(self.tr("Key"))
        self.line.textChanged.connect(self.changed)
        self.paste = push(self.tr("&Paste"), self.tr("Put the clipboard's text here"))
        self.paste.clicked.connect(self._paste)
        self.reveal = push(self.tr("&Show"), self.tr("Show the key as plain text"))
        self.reveal.setCheckable(True)
        self.reveal.toggled.connect(self._show)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(6)
        layout.addWidget(self.line, 1)
        layout.addWidget(self.paste)
        layout.addWidget(self.reveal)
        self.setFocusProxy(self.line)

    @property
    def key(self) -> str:
        """What was entered, without blanks around it."""
        return self.line.text().strip()

    def clear(self) -> None:
        """Forget what was entered, and the steps to it."""
        self.line.clear()
        self.reveal.setChecked(False)

    def _paste(self) -> None:
        self.line.setText(QGuiApplication.clipboard().text().strip()[:_LONGEST])
        self.line.setFocus()

    def _show(self, shown: bool) -> None:
        mode = QLineEdit.EchoMode
        self.line.setEchoMode(mode.Normal if shown else mode.Password)


class Keeping(QWidget):
    """Says where keys are kept. Where no keyring can be trusted, the way out, and a switch: a key
    is kept in memory only when the writer says so.
    """

    changed = Signal()

    def __init__(self, variable: str = ANY_VARIABLE) -> None:
        """``variable`` of the environment can give the key instead."""
        super().__init__()
        self._variable = variable
        self._secrets: Secrets | None = None
        self._is_lasting = True
        self.explanation = words("", "soft")
        self.in_memory = Switch(self.tr("Keep the key in memory until I quit"))
        self.in_memory.setToolTip(self.tr("Nothing is written; it is asked for again next time"))
        self.in_memory.toggled.connect(self.changed)
        self.in_memory.hide()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(6)
        layout.addWidget(self.explanation)
        layout.addWidget(self.in_memory, 0, Qt.AlignmentFlag.AlignLeft)

    def begin(self) -> None:
        """Look which keyring there is: it may have been unlocked meanwhile."""
        self._secrets = None
        self.in_memory.setChecked(False)
        attempt(open_secrets, self._found, lambda error: self.refused(str(error)), self)

    def secrets(self) -> Secrets | None:
        """Where the key goes; None while that is not known or not chosen."""
        if self._secrets is None or self._is_lasting:
            return self._secrets
        if not self.in_memory.isChecked():
            return None
        return SessionSecrets(self.explanation.text())

    def refused(self, why: str) -> None:
        """The keyring did not take the key: memory may be chosen instead."""
        self._is_lasting = False
        self.explanation.setText(why)
        self.in_memory.show()
        self.changed.emit()

    def _found(self, secrets: Secrets) -> None:
        self._secrets = secrets
        self._is_lasting = secrets.is_lasting
        self.explanation.setText(secrets.explanation.replace(ANY_VARIABLE, self._variable))
        self.in_memory.setVisible(not secrets.is_lasting)
        self.changed.emit()
