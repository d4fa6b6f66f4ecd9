"""The map in the preview's way of showing letters: no script of the page, nothing remote.

Importing this module loads QtWebEngine.
"""

from pathlib import Path

from PySide6.QtCore import QUrl, Signal
from PySide6.QtWidgets import QWidget

from app.ui.preview.isolated import OUR_WORLD, IsolatedView
from app.ui.preview.requests import PAGE


class MapView(IsolatedView):
    """Shows a page with badges, and tells which one was clicked.

    Signals:
        link_chosen: A link's number in the report.
        shown: The page is there.
        broken: The engine's process ended.
    """

    link_chosen = Signal(int)
    shown = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("clickmap.js", parent)
        self._chosen: int | None = None
        self._is_ready = False
        self.told.connect(self._on_told)

    def show_page(self, html: str, folder: Path | None, *, dark: bool) -> None:
        """Show a page of sanitised HTML; pictures in the folder are shown, others are not."""
        self._is_ready = False
        self._chosen = None
        self._files.page = html.encode("utf-8", "replace")
        self._files.folder = folder
        self.set_dark(dark)
        self._page.load(QUrl(PAGE))

    def choose(self, number: int) -> None:
        """Point out a link and bring it into view."""
        self._chosen = number
        if self._is_ready:
            self._page.runJavaScript(f"clickmap.choose({number})", OUR_WORLD)

    def _on_ready(self) -> None:
        self._is_ready = True
        if self._chosen is not None:
            self.choose(self._chosen)
        self.shown.emit()

    def _on_told(self, message: list[object]) -> None:
        if len(message) == 1 and isinstance(message[0], int):
            self.link_chosen.emit(message[0])
