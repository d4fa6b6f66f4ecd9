"""The window: where each part stands. What the parts show and do is the desk's business."""

from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QMimeData, QRect, Qt, QTimer, Signal
from PySide6.QtGui import QCloseEvent, QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QMainWindow,
    QSplitter,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from app.ui.actions import Actions
from app.ui.controls import PageTab
from app.ui.notices import NoticeArea
from app.ui.panels.drafts import DraftsPanel
from app.ui.panels.links import LinksPanel
from app.ui.panels.outline import OutlinePanel
from app.ui.status_bar import StatusBar
from app.ui.tabs import DraftTabs
from app.ui.welcome import Welcome

if TYPE_CHECKING:
    from app.ui.palette import Palette

DRAFT_SUFFIXES = {".md", ".markdown", ".mdown", ".txt"}
HANDLE = 5
WRITE, REPORTS = "write", "reports"


class Inspector(QWidget):
    """Links, outline and checks, one at a time."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("inspector")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.links = LinksPanel()
        self.outline = OutlinePanel()
        self._holder = QWidget()
        """Where the checks come, which are loaded after the start."""
        self._lists: dict[str, QWidget] = {"links": self.links.list, "outline": self.outline.list}
        self._stack = QStackedWidget()
        self._tabs: dict[str, PageTab] = {}
        head = QHBoxLayout()
        head.setContentsMargins(6, 6, 6, 0)
        head.setSpacing(0)
        pages: tuple[tuple[str, str, str, QWidget], ...] = (
            ("links", self.tr("Links"), self.tr("The draft's links, the worst first"), self.links),
            ("outline", self.tr("Outline"), self.tr("The draft's headings"), self.outline),
            ("checks", self.tr("Checks"), self.tr("What readers would stumble over"), self._holder),
        )
        for name, text, tip, page in pages:
            self._stack.addWidget(page)
            tab = PageTab(text, tip)
            tab.clicked.connect(lambda _checked=False, name=name: self.turn_to(name))
            self._tabs[name] = tab
            head.addWidget(tab)
        head.addStretch()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addLayout(head)
        layout.addWidget(self._stack)
        self.page = "links"
        self.turn_to("links")

    page_turned = Signal(str)

    @property
    def list(self) -> QWidget:
        """The list of the page that is shown: what takes the focus."""
        return self._lists.get(self.page, self._tabs[self.page])

    def furnish(self, page: QWidget, rows: QWidget) -> None:
        """Put the checks in their place; ``rows`` is their list."""
        layout = QVBoxLayout(self._holder)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(page)
        self._lists["checks"] = rows

    def turn_to(self, page: str) -> None:
        """Show ``links``, ``outline`` or ``checks``."""
        name = page if page in self._tabs else "links"
        self.page = name
        self._tabs[name].setChecked(True)
        self._stack.setCurrentIndex(list(self._tabs).index(name))
        self.page_turned.emit(name)


class RoomSwitch(QWidget):
    """Write or Reports: at the same place in both rooms, at the head of the left side."""

    picked = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(self.tr("Rooms of the window"))
        rooms = (
            (WRITE, self.tr("Write"), self.tr("Your drafts (Ctrl+Shift+1)")),
            (REPORTS, self.tr("Reports"), self.tr("How your issues landed (Ctrl+Shift+2)")),
        )
        self.tabs: dict[str, PageTab] = {}
        layout = QHBoxLayout(self)
        layout.setContentsMargins(6, 6, 6, 0)
        layout.setSpacing(0)
        for room, text, tip in rooms:
            tab = PageTab(text, tip)
            tab.clicked.connect(lambda _checked=False, room=room: self.picked.emit(room))
            self.tabs[room] = tab
            layout.addWidget(tab)
        layout.addStretch()

    def show_room(self, room: str) -> None:
        """Underline a room, without telling."""
        self.tabs[room].setChecked(True)


_RESHAPING = frozenset((QEvent.Type.Resize, QEvent.Type.Move, QEvent.Type.WindowStateChange))


class MainWindow(QMainWindow):
    """Menu, drafts, text, preview, links and status, each in its place.

    ``rooms`` holds the desk's columns and, once it is shown, the room of reports.
    """

    closing = Signal()
    reshaped = Signal()
    """The window or a part of it was moved or has another size."""
    files_dropped = Signal(list)

    def __init__(self) -> None:
        super().__init__()
        self._was_shown = False
        self._stays_at: QRect | None = None
        self.setWindowTitle("Sendoff")
        self.setAcceptDrops(True)
        self.setMinimumSize(640, 420)
        self.resize(1280, 800)
        self.commands = Actions(self)
        self.switch = RoomSwitch()
        self.drafts = DraftsPanel()
        self.left = self._left()
        self.tabs = DraftTabs()
        self.notices = NoticeArea()
        self.pages = QStackedWidget()
        self.welcome = Welcome()
        self.pages.addWidget(self.welcome)
        self.inspector = Inspector()
        self.status = StatusBar()
        self.side = self._splitter(Qt.Orientation.Vertical, self.inspector)
        self.columns = self._splitter(
            Qt.Orientation.Horizontal, self.left, self._centre(), self.side
        )
        self.columns.setStretchFactor(0, 0)
        self.columns.setStretchFactor(1, 1)
        self.columns.setStretchFactor(2, 0)
        self.rooms = QStackedWidget()
        self.rooms.addWidget(self.columns)
        self._assemble()

    @cached_property
    def palette_field(self) -> "Palette":
        """The field that finds anything; made when it is first asked."""
        from app.ui.palette import Palette

        return Palette(self)

    def _left(self) -> QWidget:
        left = QWidget()
        left.setObjectName("sidebar")
        left.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        left.setMinimumWidth(180)
        layout = QVBoxLayout(left)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.switch)
        layout.addWidget(self.drafts, 1)
        return left

    def _centre(self) -> QWidget:
        centre = QWidget()
        centre.setObjectName("desk")
        centre.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        centre.setMinimumWidth(300)
        layout = QVBoxLayout(centre)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.tabs)
        layout.addWidget(self.notices)
        layout.addWidget(self.pages, 1)
        return centre

    def _assemble(self) -> None:
        whole = QWidget()
        layout = QVBoxLayout(whole)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.rooms, 1)
        layout.addWidget(self.status)
        self.setCentralWidget(whole)
        self.inspector.setMinimumWidth(220)

    def _splitter(self, direction: Qt.Orientation, *widgets: QWidget) -> QSplitter:
        splitter = QSplitter(direction)
        splitter.setHandleWidth(HANDLE)
        splitter.setChildrenCollapsible(False)
        for widget in widgets:
            splitter.addWidget(widget)
        splitter.splitterMoved.connect(self.reshaped)
        return splitter

    def event(self, event: QEvent) -> bool:
        """Stay in place when Qt makes the native window anew, as the preview's engine has it."""
        kind = event.type()  # once: every key brings events here, and Python makes an enum of it
        if kind in _RESHAPING:
            if self._stays_at is not None and not event.spontaneous():
                self._stays_at = (
                    self.geometry()
                )  # the app's own wish; others are the window manager's
            self.reshaped.emit()
        elif kind == QEvent.Type.WinIdChange and self._was_shown:
            self._stays_at = self.geometry()
            QTimer.singleShot(0, self, self._stay)
        elif kind == QEvent.Type.Show:
            self._was_shown = True
        return super().event(event)

    def _stay(self) -> None:
        place, self._stays_at = self._stays_at, None
        # A window that fills the screen does so anew by itself.
        if place is not None and not self.isMaximized() and not self.isFullScreen():
            self.setGeometry(place)

    def closeEvent(self, event: QCloseEvent) -> None:
        """Everything is saved and stopped before the window goes."""
        self.closing.emit()
        event.accept()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Text files may be dropped anywhere on the window."""
        if _drafts_in(event.mimeData()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """Open what is dropped."""
        self.files_dropped.emit(_drafts_in(event.mimeData()))
        event.acceptProposedAction()


def _drafts_in(data: QMimeData) -> list[Path]:
    files = [Path(url.toLocalFile()) for url in data.urls() if url.isLocalFile()]
    return [path for path in files if path.suffix.lower() in DRAFT_SUFFIXES]
