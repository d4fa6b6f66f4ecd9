"""Whole apps that tests have started."""

from PySide6.QtWidgets import QApplication

from app.ui.shell import Shell


def end(*shells: Shell) -> None:
    """Close their windows, and let Qt delete them before another test begins."""
    for shell in shells:
        shell.window.close()
        shell.window.deleteLater()
        shell.deleteLater()
    QApplication.processEvents()
