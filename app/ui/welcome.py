"""What stands on the desk while no draft is open."""

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QLabel, QPushButton, QVBoxLayout, QWidget

from app.ui import fonts, icons, theme


class Welcome(QWidget):
    """A sheet of paper that says where to begin."""

    new_wanted = Signal()
    open_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(self.tr("No draft is open"))
        title = QLabel(self.tr("What goes out next?"))
        title.setFont(fonts.writing(points=22))
        title.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self.place = QLabel()
        self.place.setProperty("tone", "soft")
        self.place.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self.place.setWordWrap(True)
        new = QPushButton(self.tr("New draft"))
        new.setToolTip(self.tr("Start an empty draft (Ctrl+N)"))
        new.clicked.connect(self.new_wanted)
        self.setFocusProxy(new)
        other = QPushButton(self.tr("Open a file…"))
        other.setProperty("quiet", True)
        other.setToolTip(self.tr("Open a Markdown file (Ctrl+O)"))
        other.clicked.connect(self.open_wanted)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(40, 120, 40, 40)
        layout.setSpacing(14)
        layout.addStretch(2)
        layout.addWidget(title)
        layout.addWidget(self.place)
        layout.addSpacing(10)
        layout.addWidget(new, 0, Qt.AlignmentFlag.AlignHCenter)
        layout.addWidget(other, 0, Qt.AlignmentFlag.AlignHCenter)
        layout.addStretch(3)
        theme.notifier().changed.connect(self.update)

    def show_folder(self, folder: str) -> None:
        """Say where new drafts are kept."""
        self.place.setText(self.tr("Drafts are plain Markdown files in %1").replace("%1", folder))

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002, D102
        painter = QPainter(self)
        side = 56.0
        title_top = self.height() * 0.4 - 110
        place = QRectF((self.width() - side) / 2, max(24, title_top), side, side)
        icons.paint(painter, "preview", place, theme.current().line)
