"""The map in the preview's way of showing letters: no script of the page, nothing remote.

Importing this module loads QtWebEngine.
"""

import json
import secrets
from pathlib import Path

import shiboken6
from PySide6.QtCore import QUrl, Signal
from PySide6.QtGui import QColor, QContextMenuEvent
from PySide6.QtWebEngineCore import QWebEnginePage, QWebEngineProfile
from PySide6.QtWebEngineWidgets import QWebEngineView
from PySide6.QtWidgets import QMenu, QWidget

from app.paths import resources_dir
from app.ui.preview.requests import PAGE, SCHEME, DraftFiles, Gatekeeper, register_scheme
from app.ui.preview.web import OUR_WORLD, Page


class MapView(QWebEngineView):
    """Shows a page with badges, and tells which one was clicked.

    Signals:
        link_chosen: A link's number in the report.
        shown: The page is there.
        broken: The engine's process ended.
    """

    link_chosen = Signal(int)
    shown = Signal()
    broken = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        register_scheme()
        self._token = secrets.token_hex(16)
        self._chosen: int | None = None
        self._is_ready = False
        self._profile = QWebEngineProfile()  # without a name: off the record
        self._profile.setHttpCacheType(QWebEngineProfile.HttpCacheType.NoCache)
        self._profile.cookieStore().setCookieFilter(lambda _: False)
        self.gatekeeper = Gatekeeper(self)
        self._profile.setUrlRequestInterceptor(self.gatekeeper)
        self._files = DraftFiles(self)
        self._profile.installUrlSchemeHandler(SCHEME, self._files)
        self._profile.downloadRequested.connect(lambda download: download.cancel())
        self._page = Page(self._profile, self._token, self)
        self._profile.setParent(self._page)  # it must outlive the page, and no longer
        self._page.told.connect(self._on_told)
        self._page.loadFinished.connect(self._on_loaded)
        self._page.renderProcessTerminated.connect(self._on_terminated)
        self.setPage(self._page)

    def show_page(self, html: str, folder: Path | None, *, dark: bool) -> None:
        """Show a page of sanitised HTML; pictures in the folder are shown, others are not."""
        self._is_ready = False
        self._chosen = None
        self._files.page = html.encode("utf-8", "replace")
        self._files.folder = folder
        self._page.setBackgroundColor(QColor("#131415" if dark else "#f5f2ec"))
        self._page.load(QUrl(PAGE))

    def choose(self, number: int) -> None:
        """Point out a link and bring it into view."""
        self._chosen = number
        if self._is_ready:
            self._page.runJavaScript(f"clickmap.choose({number})", OUR_WORLD)

    def close_engine(self) -> None:
        """Take the page down at once: the engine wants it gone before its profile."""
        if shiboken6.isValid(self._page):
            shiboken6.delete(self._page)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:  # noqa: D102
        menu = QMenu(self)
        menu.aboutToHide.connect(menu.deleteLater)
        menu.addAction(self._page.action(QWebEnginePage.WebAction.Copy))
        menu.addAction(self._page.action(QWebEnginePage.WebAction.SelectAll))
        menu.popup(event.globalPos())

    def _on_loaded(self, ok: bool) -> None:
        if not ok:
            return
        source = (resources_dir() / "email" / "clickmap.js").read_text(encoding="utf-8")
        script = f"{source.strip()}({json.dumps(self._token)})"
        self._page.runJavaScript(script, OUR_WORLD, lambda _: self._on_ready())

    def _on_ready(self) -> None:
        self._is_ready = True
        if self._chosen is not None:
            self.choose(self._chosen)
        self.shown.emit()

    def _on_told(self, message: list[object]) -> None:
        if len(message) == 1 and isinstance(message[0], int):
            self.link_chosen.emit(message[0])

    def _on_terminated(self, status: QWebEnginePage.RenderProcessTerminationStatus) -> None:
        if status != QWebEnginePage.RenderProcessTerminationStatus.NormalTerminationStatus:
            self.broken.emit()
