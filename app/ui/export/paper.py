"""The email on paper: PDF by the browser engine, with no script and nothing remote.

Importing this module loads QtWebEngine.
"""

import re
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import (
    QByteArray,
    QCoreApplication,
    QLocale,
    QMarginsF,
    QObject,
    Qt,
    QTimer,
    QUrl,
    Signal,
)
from PySide6.QtGui import QPageLayout, QPageSize

from app.publish.email import POLICY
from app.ui.preview.isolated import IsolatedView
from app.ui.preview.requests import PAGE

PATIENCE_MS = 60_000
"""A page that is not printed by then never will be."""
_MARGIN_MM = 14
_HEAD = re.compile(r"<head\b[^>]*>", re.IGNORECASE)
_ON_PAPER = f"""
<meta http-equiv="Content-Security-Policy" content="{POLICY}img-src 'self' data:">
<style>@media print {{
  body, body.letter, .page, .sheet {{ background: #ffffff !important; }}
  .margin {{ padding: 0 !important; }}
  .content {{ padding: 0 !important; }}
  .sheet {{ max-width: none !important; width: 100% !important; }}
  h1, h2, h3, h4 {{ break-after: avoid; }}
  img, pre, blockquote, tr {{ break-inside: avoid; }}
}}</style>
"""


class _View(IsolatedView):
    """A page that is never shown."""

    loaded = Signal(bool)

    def __init__(self) -> None:
        super().__init__("")
        self._page.setBackgroundColor(Qt.GlobalColor.white)  # of the margins, too

    def load_page(self, html: str, folder: Path | None) -> None:
        """Load a page with the pictures beside the draft."""
        self._files.page = html.encode("utf-8", "replace")
        self._files.folder = folder
        self._page.load(QUrl(PAGE))

    def print_page(self, layout: QPageLayout, done: Callable[[QByteArray], None]) -> None:
        """Print it; ``done`` gets the file's bytes, none where it failed."""
        self._page.printToPdf(done, layout)

    def _on_loaded(self, ok: bool) -> None:
        self.loaded.emit(ok)


class Printer(QObject):
    """Prints one email; ``printed`` or ``failed`` follows, once."""

    printed = Signal(bytes)
    failed = Signal()

    def __init__(self, html: str, folder: Path | None, parent: QObject) -> None:
        super().__init__(parent)
        self._view: _View | None = _View()
        self._view.loaded.connect(self._print)
        self._view.broken.connect(lambda: self._end(b""))
        self._limit = QTimer(self, singleShot=True, interval=PATIENCE_MS)
        self._limit.timeout.connect(lambda: self._end(b""))
        self._limit.start()
        application = QCoreApplication.instance()
        if application is not None:
            application.aboutToQuit.connect(self.close)
        self._view.load_page(for_paper(html), folder)

    def close(self) -> None:
        """Print no more."""
        self._limit.stop()
        view, self._view = self._view, None
        if view is not None:
            view.close_engine()
            view.deleteLater()

    def _print(self, ok: bool) -> None:
        if self._view is not None and ok:
            self._view.print_page(paper(), self._on_printed)
        else:
            self._end(b"")

    def _on_printed(self, data: QByteArray) -> None:
        # The engine is still at it: it must not be taken down from within.
        content = bytes(data.data())
        QTimer.singleShot(0, self, lambda: self._end(content))

    def _end(self, data: bytes) -> None:
        if self._view is None:
            return
        self.close()
        if data.startswith(b"%PDF"):
            self.printed.emit(data)
        else:
            self.failed.emit()


def for_paper(html: str) -> str:
    """The email's page with white grounds, and with our policy before all else."""
    found = _HEAD.search(html)
    at = found.end() if found else 0
    return html[:at] + _ON_PAPER + html[at:]


def paper() -> QPageLayout:
    """A4, or what the writer's country prints on."""
    imperial = QLocale().measurementSystem() == QLocale.MeasurementSystem.ImperialUSSystem
    size = QPageSize.PageSizeId.Letter if imperial else QPageSize.PageSizeId.A4
    margins = QMarginsF(_MARGIN_MM, _MARGIN_MM, _MARGIN_MM, _MARGIN_MM)
    return QPageLayout(
        QPageSize(size), QPageLayout.Orientation.Portrait, margins, QPageLayout.Unit.Millimeter
    )
