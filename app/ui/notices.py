"""Messages that do not get in the way: bars above the text, with what can be done."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from PySide6.QtCore import QRectF, Qt, QTimer
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from app.ui import icons, theme
from app.ui.controls import IconButton

PASSING_MILLISECONDS = 7000
WORDS_WIDTH = 260
"""Pixels that a message's words have at the least beside its buttons."""
BAR_MARGINS = 110
"""Pixels for the tone's icon, the closing button and the spaces around."""


class Tone(StrEnum):
    """How much a message weighs; also the name of its icon."""

    INFO = "info"
    WARNING = "warning"
    ERROR = "error"


@dataclass(frozen=True, slots=True)
class Choice:
    """A button of a message."""

    text: str
    run: Callable[[], object]


@dataclass(frozen=True, slots=True)
class Notice:
    """A message. A new one with the same ``key`` takes the place of the old one.

    ``passing`` ones go by themselves after some seconds.
    """

    key: str
    text: str
    tone: Tone = Tone.INFO
    choices: tuple[Choice, ...] = ()
    passing: bool = False


class NoticeBar(QWidget):
    """One message with its buttons."""

    def __init__(self, notice: Notice, area: "NoticeArea") -> None:
        super().__init__(area)
        self.notice = notice
        self.setAccessibleName(notice.text)
        label = QLabel(notice.text)
        label.setWordWrap(True)
        label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        # Widgets, not layouts in layouts: PySide crashes when those end while Python holds them.
        self._buttons = QWidget()
        buttons = QHBoxLayout(self._buttons)
        buttons.setContentsMargins(0, 0, 0, 0)
        buttons.setSpacing(8)
        for choice in notice.choices:
            buttons.addWidget(self._button(choice, area))
        buttons.addStretch()
        matter = QWidget()
        self._matter = QBoxLayout(QBoxLayout.Direction.LeftToRight, matter)
        self._matter.setContentsMargins(0, 0, 0, 0)
        self._matter.setSpacing(8)
        self._matter.addWidget(label, 1)
        self._matter.addWidget(self._buttons)
        close = IconButton("close", self.tr("Close this message"))
        close.clicked.connect(lambda: area.dismiss(notice.key))
        layout = QHBoxLayout(self)
        layout.setContentsMargins(44, 7, 10, 7)
        layout.setSpacing(8)
        layout.addWidget(matter, 1)
        layout.addWidget(close)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Where the buttons would squeeze the words they stand below."""
        room = event.size().width() - self._buttons.sizeHint().width() - BAR_MARGINS
        beside = room >= WORDS_WIDTH or not self.notice.choices
        directions = QBoxLayout.Direction
        self._matter.setDirection(directions.LeftToRight if beside else directions.TopToBottom)
        super().resizeEvent(event)

    def _button(self, choice: Choice, area: "NoticeArea") -> QPushButton:
        button = QPushButton(choice.text)
        button.setAccessibleName(choice.text)

        def act() -> None:
            area.dismiss(self.notice.key)
            choice.run()

        button.clicked.connect(act)
        return button

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002, D102
        colors = theme.current()
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(colors.raised))
        painter.fillRect(0, self.height() - 1, self.width(), 1, QColor(colors.line))
        tone = {Tone.INFO: colors.accent, Tone.WARNING: colors.warn, Tone.ERROR: colors.block}
        color = tone[self.notice.tone]
        painter.fillRect(0, 0, 3, self.height(), QColor(color))
        place = QRectF(16, (self.height() - 18) / 2, 18, 18)
        icons.paint(painter, self.notice.tone.value, place, color)


class NoticeArea(QWidget):
    """The messages on show, the newest on top."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._bars: dict[str, NoticeBar] = {}
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setSpacing(0)
        self.hide()

    @property
    def notices(self) -> tuple[Notice, ...]:
        """What is on show."""
        return tuple(bar.notice for bar in self._bars.values())

    def tell(self, notice: Notice) -> None:
        """Show a message."""
        self.dismiss(notice.key)
        bar = NoticeBar(notice, self)
        self._bars[notice.key] = bar
        self._layout.insertWidget(0, bar)
        self.show()
        if notice.passing:
            QTimer.singleShot(PASSING_MILLISECONDS, bar, lambda: self._pass(notice))

    def dismiss(self, key: str) -> None:
        """Take a message away; nothing happens where it is gone already."""
        bar = self._bars.pop(key, None)
        if bar is not None:
            self._layout.removeWidget(bar)
            bar.hide()
            bar.deleteLater()
        self.setVisible(bool(self._bars))

    def _pass(self, notice: Notice) -> None:
        bar = self._bars.get(notice.key)
        if bar is not None and bar.notice is notice:
            self.dismiss(notice.key)
