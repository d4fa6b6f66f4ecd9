"""The line at the foot of the window: network, saved, links by status, words, zoom."""

import math
from collections.abc import Mapping

from PySide6.QtCore import QLocale, QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import (
    QAccessible,
    QAccessibleEvent,
    QColor,
    QFontMetrics,
    QPainter,
    QPaintEvent,
)
from PySide6.QtWidgets import QAbstractButton, QHBoxLayout, QLabel, QWidget

from app.linkcheck.verdict import Status
from app.ui import fonts, icons, theme
from app.ui.controls import paint_ground
from app.ui.shapes import paint_status
from app.ui.status_names import status_name

POINTS = 9.5
SAID_MS = 6000
"""How long a word about what was just done stays."""
WORDS_A_MINUTE = (
    238  # silent reading of English non-fiction: Brysbaert 2019, doi 10.1016/j.jml.2019.104047
)
ORDER = (Status.BLOCK, Status.WARN, Status.UNVERIFIED, Status.UNCHECKED, Status.SAFE)


class Segment(QAbstractButton):
    """A few words, with a status's mark or an icon before them, that can be clicked."""

    def __init__(self, name: str, parent: QWidget) -> None:
        super().__init__(parent)
        self._name = name
        self._status: Status | None = None
        self._icon = ""
        self.setAccessibleName(name)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        theme.notifier().changed.connect(self.update)

    def display(self, text: str, *, icon: str = "", status: Status | None = None) -> None:
        """Change the words and the picture."""
        if (text, icon, status) == (self.text(), self._icon, self._status):
            return
        self._icon, self._status = icon, status
        self.setText(text)
        self.setAccessibleName(f"{self._name}: {text}")
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:  # noqa: D102
        width = QFontMetrics(fonts.interface(POINTS)).horizontalAdvance(self.text())
        return QSize(width + 16 + (18 if self._icon or self._status else 0), 24)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002, D102
        colors = theme.current()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        paint_ground(painter, self, 5)
        left = 8
        if self._status is not None:
            paint_status(painter, QRectF(left, (self.height() - 11) / 2, 11, 11), self._status)
            left += 16
        elif self._icon:
            place = QRectF(left - 1, (self.height() - 15) / 2, 15, 15)
            icons.paint(painter, self._icon, place, colors.text_soft)
            left += 18
        painter.setFont(fonts.interface(POINTS))
        painter.setPen(QColor(colors.text if self.underMouse() else colors.text_soft))
        words = self.rect().adjusted(left, 0, 0, 0)
        painter.drawText(
            words, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, self.text()
        )


class StatusBar(QWidget):
    """Shows what it is told; a click on a segment asks for more about it."""

    network_clicked = Signal()
    status_clicked = Signal(str)
    saved_clicked = Signal()
    zoom_clicked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("sidebar")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setAccessibleName(self.tr("Status"))
        self.network = Segment(self.tr("Network"), self)
        self.network.clicked.connect(self.network_clicked)
        self.saved = Segment(self.tr("Saved"), self)
        self.saved.clicked.connect(self.saved_clicked)
        self.words = QLabel(self)
        self.words.setFont(fonts.interface(POINTS))
        self.words.setProperty("tone", "soft")
        self.words.setContentsMargins(8, 0, 8, 0)
        self.words.setAccessibleName(self.tr("Words and reading time"))
        self.said = QLabel(self)
        self.said.setFont(fonts.interface(POINTS))
        self.said.setContentsMargins(8, 0, 8, 0)
        self.said.hide()
        self._said_rest = QTimer(self, singleShot=True, interval=SAID_MS)
        self._said_rest.timeout.connect(self.said.hide)
        self.zoom = Segment(self.tr("Zoom"), self)
        self.zoom.setToolTip(self.tr("Back to the normal size (Ctrl+0)"))
        self.zoom.clicked.connect(self.zoom_clicked)
        self.checks = Segment(self.tr("Checks"), self)
        self.checks.setToolTip(self.tr("What readers would stumble over (Ctrl+6)"))
        self.statuses = {status: self._status_segment(status) for status in ORDER}
        self._of_draft = QWidget(self)
        draft = QHBoxLayout(self._of_draft)
        draft.setContentsMargins(0, 0, 0, 0)
        draft.setSpacing(2)
        draft.addWidget(self.saved)
        draft.addWidget(self.said)
        draft.addStretch()
        for segment in (*self.statuses.values(), self.checks):
            draft.addWidget(segment)
        draft.addWidget(self.words)
        draft.addWidget(self.zoom)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(8, 2, 8, 3)
        layout.setSpacing(2)
        layout.addWidget(self.network)
        layout.addWidget(self._of_draft, 1)
        self.hint = QLabel(self)
        self.hint.setFont(fonts.interface(POINTS))
        self.hint.setProperty("tone", "soft")
        self.hint.setContentsMargins(8, 3, 8, 3)
        self.hint.hide()
        layout.addWidget(self.hint)
        layout.addStretch()
        self.show_network("checking")
        self.clear()

    def clear(self) -> None:
        """No draft is shown."""
        self.show_counts({})
        self.saved.hide()
        self.show_checks("")
        self.words.setText("")
        self.zoom.hide()

    def show_draft(self) -> None:
        """Show what concerns the draft, its links and their network."""
        self.hint.hide()
        self.network.show()
        self._of_draft.show()

    def show_hint(self, words: str) -> None:
        """Instead of what concerns the draft, which is not seen: the keys of what is."""
        self.hint.setText(words)
        self.network.hide()
        self._of_draft.hide()
        self.hint.show()

    def say(self, words: str) -> None:
        """A word about what was just done, for some seconds."""
        self.said.setText(words)
        self.said.setAccessibleName(words)
        self.said.show()
        self._said_rest.start()
        QAccessible.updateAccessibility(QAccessibleEvent(self.said, QAccessible.Event.Alert))

    def show_network(self, state: str) -> None:
        """``online``, ``offline``, ``captive_portal``, or ``checking`` before it is known."""
        words = {
            "online": (self.tr("Online"), "online", self.tr("Links are being checked")),
            "offline": (
                self.tr("Offline"),
                "offline",
                self.tr("New links wait until the network is back; known ones keep what is known"),
            ),
            "captive_portal": (
                self.tr("Sign-in page"),
                "captive_portal",
                self.tr("This network answers every request with its own page: log in first"),
            ),
            "checking": (
                self.tr("No link asked yet"),
                "links",
                self.tr("The network is asked with the first link to be checked"),
            ),
            "paused": (
                self.tr("Checking is off"),
                "offline",
                self.tr("Turned off in the settings"),
            ),
        }
        text, icon, tip = words[state]
        self.network.display(text, icon=icon)
        self.network.setToolTip(tip)

    def show_saved(self, text: str, tip: str) -> None:
        """Whether the draft is on the disk."""
        self.saved.display(text)
        self.saved.setToolTip(tip)
        self.saved.show()

    def show_reading(self) -> None:
        """A long draft is read to its end: what could be counted by now would be wrong."""
        self.show_counts({})
        self.words.setText(self.tr("Reading…"))
        self.words.setToolTip(self.tr("The rest of this long draft is being read"))

    def show_words(self, count: int) -> None:
        """The draft's words and the time to read them."""
        minutes = math.ceil(count / WORDS_A_MINUTE)
        number = QLocale().toString(count)
        words = self.tr("%1 word") if count == 1 else self.tr("%1 words")
        words = words.replace("%1", number)
        self.words.setText(self.tr("%1 · %2 min").replace("%1", words).replace("%2", str(minutes)))
        self.words.setToolTip(self.tr("Reading time at 238 words a minute"))

    def show_counts(self, counts: Mapping[Status, int]) -> None:
        """The draft's links by status; a status that no link has takes no room."""
        self._waiting = counts.get(Status.UNCHECKED, 0)
        for status, segment in self.statuses.items():
            count = counts.get(status, 0)
            segment.setVisible(count > 0)
            segment.display(QLocale().toString(count), status=status)

    def show_checks(self, words: str) -> None:
        """How much pre-flight found, beside what is known of links; "" while that is not known."""
        self.checks.display(words, icon="checks")
        self.checks.setVisible(bool(words))

    @property
    def waiting(self) -> int:
        """Links of the draft that are not checked yet."""
        return self._waiting

    def show_zoom(self, percent: int) -> None:
        """The zoom; nothing is shown at the normal size."""
        self.zoom.display(f"{percent} %")
        self.zoom.setVisible(percent != 100)

    def _status_segment(self, status: Status) -> Segment:
        name = status_name(status)
        tip = {
            Status.SAFE: self.tr("work"),
            Status.WARN: self.tr("need mending"),
            Status.BLOCK: self.tr("are on a blocklist: do not send"),
            Status.UNVERIFIED: self.tr("answer, but refuse to be checked"),
            Status.UNCHECKED: self.tr("are not checked yet"),
        }[status]
        segment = Segment(name, self)
        segment.setToolTip(f"{name}: {tip}")
        segment.clicked.connect(lambda: self.status_clicked.emit(status.value))
        return segment
