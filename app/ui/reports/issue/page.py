"""One issue's page."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from app.engagement.reports.queries import IssueReport


class IssuePage(QWidget):
    """Everything about how one issue landed."""

    back_wanted = Signal()
    compare_wanted = Signal(str, str)
    clickmap_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._subject = QLabel()
        layout = QVBoxLayout(self)
        layout.addWidget(self._subject)
        layout.addStretch()

    def show_report(self, report: IssueReport) -> None:
        """Show an issue."""
        self._subject.setText(report.row.subject)
