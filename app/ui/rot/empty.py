"""What stands where dead links would be, while there is none to show."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QLabel, QPushButton, QVBoxLayout, QWidget

from app.linkrot.listing import Overview
from app.ui import fonts
from app.ui.rot import words

WIDTH = 520


class EmptyGround(QWidget):
    """A few words, and what can be done."""

    allow_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.title = QLabel()
        self.title.setFont(fonts.writing(points=17))
        self.words = QLabel()
        self.words.setProperty("tone", "soft")
        self.words.setWordWrap(True)
        self.words.setFixedWidth(WIDTH)
        self.words.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self.button = QPushButton(self.tr("&Look after my links…"))
        self.button.setToolTip(self.tr("Choose what is looked after, in the settings"))
        self.button.setAutoDefault(False)
        self.button.clicked.connect(self.allow_wanted)
        self.button.hide()
        layout = QVBoxLayout(self)
        layout.setSpacing(12)
        layout.addStretch(2)
        for widget in (self.title, self.words, self.button):
            layout.addWidget(widget, 0, Qt.AlignmentFlag.AlignHCenter)
        layout.addStretch(3)

    def tell(self, title: str, told: str) -> None:
        """Show these words."""
        self.title.setText(title)
        self.words.setText(told)
        # In the middle of a layout, a label has no height for its width.
        self.words.setMinimumHeight(max(0, self.words.heightForWidth(WIDTH)))
        self.button.hide()

    def show_state(self, found: Overview, *, watches: bool, is_offline: bool) -> None:
        """Say why there is nothing."""
        if not watches:
            self.tell(
                self.tr("Nobody looks after your old links"),
                self.tr(
                    "Pages move and vanish after you have sent their addresses. If you allow it,"
                    " Sendoff looks at the links of your sent issues and drafts now and then, and"
                    " lists here what died."
                ),
            )
            self.button.show()
        elif not found.pages:
            self.tell(
                self.tr("There are no links to look after"),
                self.tr("They come with the issues that you send, and with your drafts."),
            )
        elif is_offline and not found.looked:
            self.tell(
                self.tr("You are offline"),
                self.tr("Links are looked at once the network is back."),
            )
        elif not found.looked:
            self.tell(
                self.tr("The first looks are still to come"),
                self.tr(
                    "Asked about one by one, a few a minute, while you pause: %1. A link is called"
                    " dead only after failures on several days."
                ).replace("%1", words.pages(found.pages)),
            )
        else:
            self.tell(self.tr("None of your links has died"), words.standing(found))
