"""What the sections of the hand-over share: a mark, a heading, a sentence, and what is below."""

from collections.abc import Callable

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QAccessible, QAccessibleEvent, QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from app.linkcheck.verdict import Status
from app.ui import fonts, theme
from app.ui.accounts.page import push, words
from app.ui.brief import brief
from app.ui.shapes import paint_status

SIDE = 14
INDENT = 24
"""Pixels by which what belongs to a section stands to the right of its mark."""


class Mark(QWidget):
    """A status' shape, as high as a line of text."""

    def __init__(self, status: Status = Status.UNCHECKED, side: int = SIDE) -> None:
        super().__init__()
        self._status, self._side = status, side
        self.setFixedSize(INDENT, side + 6)
        theme.notifier().changed.connect(self.update)

    def show_status(self, status: Status) -> None:
        """Another shape."""
        self._status = status
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002, D102
        paint_status(QPainter(self), QRectF(1, 3, self._side, self._side), self._status)


class OneLine(QWidget):
    """A text of one line, shortened in its middle; all of it is its tooltip."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.text = brief(text)
        self.setToolTip(self.text)
        self.setAccessibleName(self.text)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:  # noqa: D102
        return QSize(120, QFontMetrics(fonts.interface()).height() + 2)

    def minimumSizeHint(self) -> QSize:  # noqa: D102
        return QSize(60, self.sizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002, D102
        painter = QPainter(self)
        font = fonts.interface()
        middle = Qt.TextElideMode.ElideMiddle
        shown = QFontMetrics(font).elidedText(self.text, middle, self.width())
        painter.setFont(font)
        painter.setPen(theme.current().text)
        flags = Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextSingleLine
        painter.drawText(self.rect(), flags, shown)


class Section(QWidget):
    """A step: its mark, its name, a sentence on how it stands, and what belongs to it."""

    def __init__(self, title: str) -> None:
        super().__init__()
        self.setAccessibleName(title)
        self.mark = Mark()
        self.title = QLabel(title)
        self.title.setFont(fonts.interface(11.5, strong=True))
        self.sentence = words("", "soft")
        self.head = QHBoxLayout()
        self.head.setSpacing(6)
        self.head.addWidget(self.mark, 0, Qt.AlignmentFlag.AlignVCenter)
        self.head.addWidget(self.title)
        self.head.addStretch()
        self.body = QVBoxLayout()
        self.body.setContentsMargins(INDENT + 6, 0, 0, 0)
        self.body.setSpacing(8)
        self.body.addWidget(self.sentence)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(3)
        layout.addLayout(self.head)
        layout.addLayout(self.body)

    def say(self, status: Status, sentence: str, *, aloud: bool = False) -> None:
        """How the step stands; ``aloud`` for who has it read out, where it is news."""
        is_news = aloud and sentence != self.sentence.text()
        self.mark.show_status(status)
        self.sentence.setText(sentence)
        self.sentence.setVisible(bool(sentence))
        self.setAccessibleDescription(sentence)
        if is_news:
            QAccessible.updateAccessibility(QAccessibleEvent(self, QAccessible.Event.Alert))


class Rows(QWidget):
    """Rows below each other, made anew when they are other.

    ``shelter`` gets the focus when the row goes that had it: Enter, pressed once more, must do no
    harm there.
    """

    def __init__(self, shelter: QWidget) -> None:
        super().__init__()
        self._shelter = shelter
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setSpacing(8)
        self._shown: object = None
        self.hide()

    def show_rows(self, what: object, make: Callable[[], list[QWidget]]) -> None:
        """Show the rows of ``what``; those that are shown stay where it is the same."""
        if what == self._shown:
            return
        self._shown = what
        focus: QWidget | None = self.window().focusWidget()
        if focus is not None and self.isAncestorOf(focus):
            self._shelter.setFocus()
        while (item := self._layout.takeAt(0)) is not None:
            if (old := item.widget()) is not None:
                old.hide()
                old.deleteLater()
        rows = make()
        for row in rows:
            self._layout.addWidget(row)
        self.setVisible(bool(rows))


def quiet(text: str, tip: str, deed: Callable[[], object]) -> QPushButton:
    """A button that does not call for attention."""
    button = push(text, tip)
    button.setProperty("quiet", True)
    button.clicked.connect(lambda _checked=False: deed())
    return button
