"""What stands where figures will be, while there is no account yet."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QLabel, QPushButton, QVBoxLayout, QWidget

from app.ui import fonts


class Invitation(QWidget):
    """Says what an account is for, and leads to adding one."""

    add_wanted = Signal()

    def __init__(self, parent: QWidget | None = None, *, with_button: bool = True) -> None:
        super().__init__(parent)
        self.setAccessibleName(self.tr("There is no account yet"))
        title = QLabel(self.tr("How did the last one land?"))
        title.setFont(fonts.writing(points=22 if with_button else 17))
        title.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        told = QLabel(
            self.tr(
                "Add the platform that you send from: Buttondown, Ghost, listmonk or a tracking "
                "server of your own. Sendoff reads who opened and what was clicked, keeps it on "
                "this computer, and shows it here, offline too. It changes nothing there."
            )
        )
        told.setWordWrap(True)
        told.setProperty("tone", "soft")
        told.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        told.setMaximumWidth(460)
        told.setMinimumHeight(told.heightForWidth(460))  # a centred label asks for too little
        self.button = QPushButton(self.tr("Add an account…"), self)  # else it shows as a window
        self.button.setToolTip(self.tr("Choose the platform and enter its key"))
        self.button.setAutoDefault(True)  # Enter presses it, as in a dialog
        self.button.clicked.connect(self.add_wanted)
        self.button.setVisible(with_button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(24, 24, 24, 24)
        layout.setSpacing(14)
        layout.addStretch(2)
        layout.addWidget(title)
        layout.addWidget(told, 0, Qt.AlignmentFlag.AlignHCenter)
        if with_button:
            layout.addSpacing(6)
            layout.addWidget(self.button, 0, Qt.AlignmentFlag.AlignHCenter)
        layout.addStretch(3)
