"""What the sections of the hand-over share: a mark, a heading, a sentence, and what is below."""

from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from typing import Any, TypeVar

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QAccessible, QAccessibleEvent, QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from app.linkcheck.verdict import Status
from app.ui import fonts, theme
from app.ui.accounts.page import push, words
from app.ui.brief import brief
from app.ui.handover.words import tr
from app.ui.shapes import paint_status
from app.ui.turns import Turns

SIDE = 14
A_PAGE = 8
"""Rows that are shown before the writer asks for more."""
AT_ONCE = 2
"""Rows that are made in one turn of the event loop."""
INDENT = 24
"""Pixels by which what belongs to a section stands to the right of its mark."""

Item = TypeVar("Item")


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
        # Told to the layout once: it asks for hints over and over.
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setMinimumWidth(60)
        self.setFixedHeight(QFontMetrics(fonts.interface()).height() + 2)

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
    """A row for each item, made anew when they are others: a few in each turn of the event loop,
    and a page of them before the writer wants more.

    ``shelter`` gets the focus when the row goes that had it: Enter, pressed once more, must do no
    harm there.

    Signals:
        placed: All rows of the page are there.
    """

    placed = Signal()

    def __init__(self, shelter: QWidget) -> None:
        super().__init__()
        self._shelter = shelter
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setSpacing(8)
        self._turns = Turns(self)
        self._shown: list[Any] = []
        self.hide()

    def show_rows(self, items: Sequence[Item], make: Callable[[Item], QWidget]) -> None:
        """Show a row for each; those that are shown stay where the items are the same."""
        if list(items) == self._shown:
            return
        self._shown = list(items)
        self._protect_focus()
        while (item := self._layout.takeAt(0)) is not None:
            if (old := item.widget()) is not None:
                old.hide()
                old.deleteLater()
        self._go_on(iter(items), make, len(items))
        self.setVisible(bool(items))

    def _protect_focus(self) -> None:
        focus: QWidget | None = self.window().focusWidget()
        if focus is not None and self.isAncestorOf(focus):
            self._shelter.setFocus()

    def _go_on(self, items: Iterator[Item], make: Callable[[Item], QWidget], left: int) -> None:
        """The next page: its first rows now, so that nothing is empty meanwhile."""
        steps = self._place(items, make, left)
        next(steps, None)
        self._turns.begin(steps)

    def _place(
        self, items: Iterator[Item], make: Callable[[Item], QWidget], left: int
    ) -> Iterator[None]:
        for number, item in enumerate(islice(items, A_PAGE), 1):
            row = make(item)
            self._layout.addWidget(row)
            row.show()  # now: a layout would do it in another turn, and count the row only then
            if number % AT_ONCE == 0:
                yield
        if left > A_PAGE:
            self._offer_more(items, make, left - A_PAGE)
        self.placed.emit()

    def _offer_more(
        self, items: Iterator[Item], make: Callable[[Item], QWidget], left: int
    ) -> None:
        def show() -> None:
            self._protect_focus()
            more.hide()
            more.deleteLater()
            self._go_on(items, make, left)

        told = tr("Show %n more", min(left, A_PAGE))
        more = quiet(told, tr("%n are not shown yet", left), show)
        self._layout.addWidget(more, 0, Qt.AlignmentFlag.AlignLeft)


def remark(text: str) -> QLabel:
    """Words in a row: they wrap, and cost less than those that can be selected."""
    label = QLabel(text)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setWordWrap(True)
    label.setProperty("tone", "soft")
    return label


def quiet(text: str, tip: str, deed: Callable[[], object]) -> QPushButton:
    """A button that does not call for attention."""
    button = push(text, tip)
    button.setProperty("quiet", True)
    button.clicked.connect(lambda _checked=False: deed())
    return button
