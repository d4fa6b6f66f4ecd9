"""Below the list of checks: all of the current row, and what can be done about it."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from app.ui import fonts
from app.ui.brief import brief
from app.ui.dialogs.dialog import rule


class RuleName(QLabel):
    """The id of a rule, shown whole or not at all."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setProperty("tone", "soft")
        self.setFont(fonts.interface(9))
        self.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)

    @property
    def fits(self) -> bool:
        """Whether there is room for all of it."""
        return self.fontMetrics().horizontalAdvance(self.text()) <= self.contentsRect().width()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Half a name would say nothing."""
        if self.fits:
            super().paintEvent(event)


class Detail(QFrame):
    """All of the current row, and what can be done about it."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.words = self._label("")
        self.more = self._label("soft")
        self.rule = RuleName(self)
        self.fix = self._button(self.tr("Mend it (Ctrl+F7)"))
        self.links = self._button(self.tr("Show these links in the list of links"))
        self.mute = self._button(
            self.tr("Hear no more of this, in this issue or in all (Ctrl+Alt+Q)")
        )
        self.unmute = self._button(self.tr("Hear of this again"))
        self.mute.setText(self.tr("Mute…"))
        self.unmute.setText(self.tr("Unmute"))
        self.links.setText(self.tr("Show links"))
        buttons = QHBoxLayout()
        buttons.setSpacing(6)
        for button in (self.fix, self.links, self.mute, self.unmute):
            buttons.addWidget(button)
        buttons.addWidget(self.rule, 1)
        inner = QVBoxLayout()
        inner.setContentsMargins(16, 9, 16, 9)
        inner.setSpacing(6)
        for label in (self.words, self.more):
            inner.addWidget(label)
        inner.addLayout(buttons)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(rule())
        layout.addLayout(inner)

    def show_words(self, words: str, more: str = "", name: str = "") -> None:
        """Tell this, with a rule's id; no button is offered yet."""
        for label, text in ((self.words, words), (self.more, more), (self.rule, name)):
            label.setText(brief(text))
            label.setVisible(bool(text))
        for button in (self.fix, self.links, self.mute, self.unmute):
            button.hide()

    def _label(self, tone: str) -> QLabel:
        label = QLabel(self)
        label.setTextFormat(Qt.TextFormat.PlainText)
        label.setWordWrap(True)
        if tone:
            label.setProperty("tone", tone)
        return label

    def _button(self, tip: str) -> QPushButton:
        button = QPushButton(self)
        button.setToolTip(tip)
        button.setAccessibleDescription(tip)
        return button
