"""What all dialogs share: they open above the window, never in a loop of their own."""

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import (
    QDialog,
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from app.ui import fonts

LONG_TITLE = 40
"""Characters from which a heading may take two lines: it may hold an issue's subject."""


class Dialog(QDialog):
    """A heading, a body and a row of buttons. Show it with ``open()``; it deletes itself."""

    def __init__(self, parent: QWidget, title: str) -> None:
        super().__init__(parent)
        self.setWindowTitle(title)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowModality(Qt.WindowModality.WindowModal)
        heading = QLabel(title)
        heading.setFont(fonts.writing(points=18))
        heading.setWordWrap(len(title) > LONG_TITLE)
        self.body = QVBoxLayout()
        self.body.setSpacing(10)
        self.buttons = QHBoxLayout()
        self.buttons.setSpacing(8)
        self.buttons.addStretch()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(28, 22, 28, 20)
        layout.setSpacing(14)
        layout.addWidget(heading)
        layout.addLayout(self.body, 1)
        layout.addLayout(self.buttons)

    def take(self, size: QSize) -> None:
        """Be of this size, as far as the screen has it, and stay on the screen."""
        room = self.screen().availableGeometry()
        self.resize(size.boundedTo(room.size() * 0.9))
        frame = self.frameGeometry()
        if self.isVisible() and frame.bottom() > room.bottom():
            self.move(frame.left(), max(room.top(), room.bottom() - frame.height()))

    def add_close(self, text: str = "") -> QPushButton:
        """A button that closes the dialog; Escape does so too."""
        button = self.add_button(text or self.tr("Close"))
        button.clicked.connect(self.close)
        return button

    def add_button(self, text: str) -> QPushButton:
        """A button at the foot; Enter presses it only when it has the focus."""
        button = QPushButton(text)
        button.setAutoDefault(False)
        self.buttons.addWidget(button)
        return button


def rule() -> QFrame:
    """A thin line between two parts."""
    line = QFrame()
    line.setProperty("rule", True)
    return line


def soft(text: str) -> QLabel:
    """An explanation."""
    label = QLabel(text)
    label.setProperty("tone", "soft")
    label.setWordWrap(True)
    return label


def section(text: str) -> QLabel:
    """The heading of a part."""
    label = QLabel(text)
    label.setFont(fonts.interface(10.5, strong=True))
    label.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
    return label
