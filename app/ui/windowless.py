"""The window's language in a process that works for it and has no window."""

from PySide6.QtCore import QCoreApplication, QLocale

from app.ui.translation import lend_language, speak


def speak_alone() -> QCoreApplication:
    """Say what is said in the window's language, as long as what is returned is kept."""
    application = QCoreApplication(["sendoff"])
    speak(application, QLocale())
    lend_language()
    return application
