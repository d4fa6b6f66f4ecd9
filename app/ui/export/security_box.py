"""How a mail server's connection is encrypted, to choose from."""

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QComboBox, QSizePolicy

from app.mailing.settings import Security


def security_box() -> QComboBox:
    """Each `Security`, by its value, in the words of mail programs."""
    box = QComboBox()
    box.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
    for each, text in (
        (Security.STARTTLS, _tr("STARTTLS (mostly port 587)")),
        (Security.TLS, _tr("TLS from the start (mostly port 465)")),
        (Security.NONE, _tr("None (a server on this computer only)")),
    ):
        box.addItem(text, each.value)
    return box


def _tr(text: str) -> str:
    return QCoreApplication.translate("TestMailPage", text)
