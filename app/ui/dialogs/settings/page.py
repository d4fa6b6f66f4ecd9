"""What the pages of the settings share: the choices themselves, and how a page is laid out."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

from PySide6.QtCore import QObject, Qt, QTimer, Signal
from PySide6.QtWidgets import (
    QAbstractSpinBox,
    QFormLayout,
    QLabel,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)
from shiboken6 import isValid

from app.ui import fonts
from app.ui.checking_means import CheckingMeans
from app.ui.settings import Settings

GROWS_MS = 200
"""For which a part may take to be laid out: words that wrap are placed twice."""
LABELS = 104
"""Pixels that the names of fields take."""


class Choices(QObject):
    """The settings as they are now; each change takes effect at once and is kept at once.

    ``current`` gives them, ``choose`` puts other ones into effect. ``changed`` tells that others
    hold, whoever chose them: the folder's dialog and the menus do so, too. ``means`` are what links
    are checked with; ``renew`` takes up a key or a list that is another now.
    """

    changed = Signal()

    def __init__(
        self,
        current: Callable[[], Settings],
        choose: Callable[[Settings], object],
        means: CheckingMeans,
        renew: Callable[[], object],
    ) -> None:
        super().__init__()
        self._current = current
        self._choose = choose
        self.means = means
        self.renew = renew

    @property
    def settings(self) -> Settings:
        """What holds now."""
        return self._current()

    def change(self, **chosen: Any) -> None:
        """Choose some settings otherwise."""
        self._choose(replace(self._current(), **chosen))


class SettingsPage(QWidget):
    """A heading and what can be chosen below it, which scrolls where the screen is small.

    A page is made when it is first shown. It adds to ``body``, reads ``choices.settings`` and
    calls ``choices.change``. What takes more than a few milliseconds to make is left to ``parts``.
    """

    def __init__(self, title: str, choices: Choices) -> None:
        super().__init__()
        self.choices = choices
        self.setAccessibleName(title)
        self.heading = QLabel(title)
        self.heading.setFont(fonts.interface(12.5, strong=True))
        inner = QWidget()
        self.body = QVBoxLayout(inner)
        self.body.setContentsMargins(2, 2, 14, 2)
        self.body.setSpacing(12)
        self.room = QScrollArea()
        self.room.setWidgetResizable(True)
        self.room.setFrameShape(QScrollArea.Shape.NoFrame)
        self.room.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.room.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.room.setWidget(inner)
        self.room.viewport().setAutoFillBackground(False)
        self._new: QWidget | None = None
        self.room.verticalScrollBar().rangeChanged.connect(self._follow_new)
        inner.setAutoFillBackground(False)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(12)
        layout.addWidget(self.heading)
        layout.addWidget(self.room, 1)

    def bring_into_view(self, part: QWidget) -> None:
        """Scroll to a part that has something new, also while that takes its room."""
        self._new = part
        QTimer.singleShot(0, self, self._follow_new)
        QTimer.singleShot(GROWS_MS, self, self._leave_new)

    def _follow_new(self) -> None:
        if self._new is not None and isValid(self._new):
            self.room.ensureWidgetVisible(self._new, 0, 8)

    def _leave_new(self) -> None:
        self._new = None

    def parts(self) -> Iterator[None]:
        """Makes what is left to be made, which is all done before the page is shown; others have
        their turn at each ``yield``.
        """
        yield from ()

    def leave(self) -> None:
        """The dialog closes: end what is under way."""


def small(text: str, tone: str = "soft") -> QLabel:
    """Words of explanation below what they explain."""
    label = QLabel(text)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setFont(fonts.interface(9.5))
    label.setProperty("tone", tone)
    label.setWordWrap(True)
    return label


def form() -> QFormLayout:
    """Fields beside their names."""
    made = QFormLayout()
    made.setHorizontalSpacing(18)
    made.setVerticalSpacing(9)
    made.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.ExpandingFieldsGrow)
    return made


def name_of(text: str, field: QWidget | None = None) -> QLabel:
    """A field's name beside it, which a screen reader has for the field, too."""
    label = QLabel(text)
    label.setMinimumWidth(LABELS)
    label.setProperty("tone", "soft")
    if field is not None:
        label.setBuddy(field)
        if not field.accessibleName():
            field.setAccessibleName(text.replace("&", ""))
    return label


def indent(box: QAbstractSpinBox) -> None:
    """Room before the number: the style sheet's padding does not reach it."""
    box.lineEdit().setTextMargins(7, 0, 7, 0)
