"""What the pages of the accounts' dialog share."""

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import (
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from app.ui import fonts

LABELS = 92
"""Pixels that the names of fields take."""


class Page(QWidget):
    """A heading, a body, a line for what is wrong, and a row of buttons."""

    back_wanted = Signal()

    def __init__(self, title: str) -> None:
        super().__init__()
        self.heading = QLabel(title)
        self.heading.setFont(fonts.interface(11.5, strong=True))
        self.heading.setTextFormat(Qt.TextFormat.PlainText)
        inner = QWidget()
        self.body = QVBoxLayout(inner)
        self.body.setContentsMargins(0, 0, 0, 0)
        self.body.setSpacing(10)
        room = QScrollArea()  # on a small screen the body scrolls, and nothing is squeezed
        room.setWidgetResizable(True)
        room.setFrameShape(QScrollArea.Shape.NoFrame)
        room.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        room.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        room.setWidget(inner)
        room.viewport().setAutoFillBackground(False)
        self._room = room
        inner.setAutoFillBackground(False)
        self.problem = words("")
        self.problem.hide()
        self.foot = QHBoxLayout()
        self.foot.setSpacing(8)
        self.main: QPushButton | None = None
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(12)
        layout.addWidget(self.heading)
        layout.addWidget(room, 1)
        layout.addWidget(self.problem)
        layout.addLayout(self.foot)

    def begin(self) -> None:
        """The page is shown now: put the focus where one begins."""

    def leave(self) -> None:
        """Another page is shown now: end what is under way."""

    def enter(self) -> None:
        """Enter was pressed in a field: do what the page is for."""
        if self.main is not None and self.main.isEnabled():
            self.main.click()

    def say(self, problem: str) -> None:
        """Tell what is wrong; nothing, when it is right again."""
        self.problem.setText(problem)
        self.problem.setVisible(bool(problem))

    def bring_into_view(self, part: QWidget) -> None:
        """Scroll to a part of the body that has something new, once there is room for it."""
        QTimer.singleShot(0, part, lambda: self._room.ensureWidgetVisible(part, 0, 0))

    def add_back(self, text: str) -> QPushButton:
        """A button that leads to the list, at the left."""
        button = self.add_button(text)
        button.clicked.connect(self.back_wanted)
        return button

    def add_button(self, text: str, tip: str = "") -> QPushButton:
        """A button at the foot; Enter presses it only when it has the focus."""
        button = push(text, tip)
        self.foot.addWidget(button)
        return button

    def add_main(self, text: str, tip: str = "") -> QPushButton:
        """The button that does what the page is for; Enter in a field presses it."""
        self.main = self.add_button(text, tip)
        return self.main


def push(text: str, tip: str = "") -> QPushButton:
    """A button that does not take Enter from others."""
    button = QPushButton(text)
    button.setToolTip(tip or text.replace("&", ""))
    button.setAccessibleName(text.replace("&", ""))
    button.setAutoDefault(False)
    return button


def words(text: str, tone: str = "") -> QLabel:
    """Plain words that wrap."""
    label = QLabel(text)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setWordWrap(True)
    label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    if tone:
        label.setProperty("tone", tone)
    return label


def form() -> QFormLayout:
    """Fields beside their names."""
    made = QFormLayout()
    made.setHorizontalSpacing(14)
    made.setVerticalSpacing(9)
    made.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.ExpandingFieldsGrow)
    return made


def name_of(field: QWidget, text: str) -> QLabel:
    """A field's name beside it; Alt and its letter lead there."""
    label = QLabel(text)
    label.setMinimumWidth(LABELS)
    label.setProperty("tone", "soft")
    label.setBuddy(field)
    field.setAccessibleName(text.replace("&", ""))
    return label
