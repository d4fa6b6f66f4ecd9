"""All issues together."""

from collections.abc import Sequence

from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from app.engagement.reports.figures import Row


class TrendsPage(QWidget):
    """What the issues have in common."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._words = QLabel()
        layout = QVBoxLayout(self)
        layout.addWidget(self._words)
        layout.addStretch()

    def show_trends(self, trends: Sequence[Row]) -> None:
        """Show all issues together."""
        self._words.setText(self.tr("%1 issues").replace("%1", str(len(trends))))
