"""Links of a letter that are followed out of the app."""

from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices

SCHEMES = frozenset(["http", "https", "mailto"])


def open_outside(url: QUrl) -> None:
    """Open a link in the desktop's browser or mail program; other schemes are not followed."""
    if url.scheme().lower() in SCHEMES:
        QDesktopServices.openUrl(url)
