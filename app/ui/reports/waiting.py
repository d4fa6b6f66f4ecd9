"""What stands where figures will be, while there are none."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from app.ui import fonts


class Waiting(QWidget):
    """Says why there is nothing yet."""

    def __init__(self) -> None:
        super().__init__()
        self._title = QLabel()
        self._title.setFont(fonts.writing(points=20))
        self._words = QLabel()
        self._words.setProperty("tone", "soft")
        self._words.setWordWrap(True)
        self._words.setFixedWidth(460)
        self._words.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        layout = QVBoxLayout(self)
        layout.setSpacing(12)
        layout.addStretch(2)
        layout.addWidget(self._title, 0, Qt.AlignmentFlag.AlignHCenter)
        layout.addWidget(self._words, 0, Qt.AlignmentFlag.AlignHCenter)
        layout.addStretch(3)

    def show_state(self, *, is_read: bool, is_coming: bool, is_synced: bool) -> None:
        """Nothing was read yet, or there is nothing, or it is just coming, or never came."""
        if not is_read:
            self._tell("", "")
        elif is_coming:
            self._tell(
                self.tr("Your issues are on their way"),
                self.tr("They are fetched for the first time. You can go on writing meanwhile."),
            )
        elif not is_synced:
            self._tell(
                self.tr("Nothing could be fetched yet"),
                self.tr("It is tried again by itself, unless something has to be done about it:"
                        " that is said above."),
            )  # fmt: skip
        else:
            self._tell(
                self.tr("No issue yet"),
                self.tr("Nothing was sent so far, as your accounts tell. Once an issue was, how it"
                        " landed is shown here."),
            )  # fmt: skip

    def show_failure(self, words: str) -> None:
        """The figures cannot be read."""
        self._tell(self.tr("The figures cannot be shown"), words)

    def _tell(self, title: str, words: str) -> None:
        self.setAccessibleName(title)
        self._title.setText(title)
        self._words.setText(words)
