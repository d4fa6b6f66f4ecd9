"""What a test of an account found: a sentence a line, each with its mark."""

from PySide6.QtCore import QEvent, QRectF, Qt
from PySide6.QtGui import QAccessible, QAccessibleEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from app.engagement.providers import Tested
from app.linkcheck.verdict import Status
from app.ui import theme
from app.ui.accounts.page import words
from app.ui.shapes import paint_status

_SIDE = 14


class Shape(QWidget):
    """A status' mark, as high as a line of text."""

    def __init__(self, status: Status) -> None:
        super().__init__()
        self._status = status
        self.setFixedSize(_SIDE + 4, _SIDE + 6)
        theme.notifier().changed.connect(self.update)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002, D102
        painter = QPainter(self)
        paint_status(painter, QRectF(2, 3, _SIDE, _SIDE), self._status)


class TestedView(QWidget):
    """Works and lacks, in words."""

    __test__ = False

    def __init__(self) -> None:
        super().__init__()
        self._lines = QVBoxLayout(self)
        self._lines.setContentsMargins(0, 0, 0, 0)
        self._lines.setSpacing(4)
        self.setAccessibleName(self.tr("What the test found"))
        self.text = ""

    def clear(self) -> None:
        """Say nothing."""
        self.show_lines([])

    def wait(self, words: str = "") -> None:
        """Say that the platform is being asked, or something else."""
        self.show_lines([(Status.UNCHECKED, words or self.tr("Asking the platform…"))])

    def show_tested(self, tested: Tested, untold: str = "") -> None:
        """Say what works, and what does not; a lack of what works all the same is no alarm.

        ``untold`` is what a test that went well cannot tell.
        """
        lack = Status.UNVERIFIED if tested.ok else Status.WARN
        lines = [(Status.SAFE, each) for each in tested.works]
        lines += [(lack, each) for each in tested.lacks]
        if tested.ok and untold:
            lines.append((Status.UNCHECKED, untold))
        self.show_lines(lines)

    def show_lines(self, lines: list[tuple[Status, str]]) -> None:
        """A sentence a line, each with a status's mark."""
        while (item := self._lines.takeAt(0)) is not None:
            if (old := item.widget()) is not None:
                old.hide()
                old.deleteLater()
        for status, sentence in lines:
            row = QWidget()
            inner = QHBoxLayout(row)
            inner.setContentsMargins(0, 0, 0, 0)
            inner.setSpacing(8)
            inner.addWidget(Shape(status), 0, Qt.AlignmentFlag.AlignTop)
            inner.addWidget(words(sentence), 1)
            self._lines.addWidget(row)
            row.show()  # now, so that who scrolls to it finds it whole
        self.text = " ".join(sentence for _, sentence in lines)
        self.setAccessibleDescription(self.text)
        self.setVisible(bool(lines))
        if lines:
            QAccessible.updateAccessibility(QAccessibleEvent(self, QAccessible.Event.Alert))

    def changeEvent(self, event: QEvent) -> None:  # noqa: D102
        super().changeEvent(event)
        self.updateGeometry()
