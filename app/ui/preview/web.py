"""The preview's page in a browser engine. Importing this module loads QtWebEngine."""

import json
import secrets
from collections.abc import Callable
from pathlib import Path

import shiboken6
from PySide6.QtCore import Qt, QUrl, Signal
from PySide6.QtGui import QColor, QContextMenuEvent
from PySide6.QtWebEngineCore import (
    QWebEnginePage,
    QWebEngineProfile,
    QWebEngineScript,
    QWebEngineSettings,
)
from PySide6.QtWebEngineWidgets import QWebEngineView
from PySide6.QtWidgets import QMenu, QWidget

from app.paths import resources_dir
from app.publish import letter_page
from app.ui.preview import marks
from app.ui.preview.feed import Operation
from app.ui.preview.requests import PAGE, SCHEME, DraftFiles, Gatekeeper, register_scheme

OUR_WORLD = QWebEngineScript.ScriptWorldId.ApplicationWorld


def script_of(operations: list[Operation]) -> str:
    """What makes the page carry out operations; for any thread."""
    return f"sendoff({json.dumps(operations)})"


class Page(QWebEnginePage):
    """A page on which no script of its own runs, and that leads nowhere."""

    told = Signal(list)

    def __init__(self, profile: QWebEngineProfile, token: str, parent: QWidget) -> None:
        super().__init__(profile, parent)
        self._token = token
        settings = self.settings()
        switch = QWebEngineSettings.WebAttribute
        for attribute in (
            switch.JavascriptEnabled,  # of the page's world; ours runs all the same
            switch.LocalContentCanAccessFileUrls,
            switch.LocalContentCanAccessRemoteUrls,
            switch.LocalStorageEnabled,
            switch.PluginsEnabled,
            switch.PdfViewerEnabled,
            switch.AutoLoadIconsForPage,
            switch.HyperlinkAuditingEnabled,
            switch.DnsPrefetchEnabled,
            switch.ScreenCaptureEnabled,
            switch.WebGLEnabled,
            switch.Accelerated2dCanvasEnabled,
            switch.NavigateOnDropEnabled,
            switch.FullScreenSupportEnabled,
        ):
            settings.setAttribute(attribute, False)

    def acceptNavigationRequest(  # noqa: D102
        self,
        url: QUrl | str,
        type: QWebEnginePage.NavigationType,  # noqa: A002, ARG002
        isMainFrame: bool,  # noqa: N803
    ) -> bool:
        return isMainFrame and QUrl(url) == PAGE

    def createWindow(self, type: QWebEnginePage.WebWindowType) -> QWebEnginePage | None:  # type: ignore[override]  # noqa: A002, ARG002, D102
        return None

    def javaScriptConsoleMessage(  # noqa: D102
        self,
        level: QWebEnginePage.JavaScriptConsoleMessageLevel,  # noqa: ARG002
        message: str,
        lineNumber: int,  # noqa: ARG002, N803
        sourceID: str,  # noqa: ARG002, N803
    ) -> None:
        if message.startswith(self._token):
            self.told.emit(json.loads(message[len(self._token) :]))


class WebView(QWebEngineView):
    """Shows a letter; told of changes in operations, tells what the reader of it does.

    Signals:
        ready: The empty page is there and takes operations.
        told: A message of the page, as ``preview.js`` names them.
        broken: The engine's process ended.
    """

    ready = Signal()
    told = Signal(list)
    broken = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        register_scheme()
        self._token = secrets.token_hex(16)
        self._profile = QWebEngineProfile()  # without a name: off the record
        self._profile.setHttpCacheType(QWebEngineProfile.HttpCacheType.MemoryHttpCache)
        self._profile.cookieStore().setCookieFilter(lambda _: False)
        self.gatekeeper = Gatekeeper(self)
        self._profile.setUrlRequestInterceptor(self.gatekeeper)
        self._files = DraftFiles(self)
        self._profile.installUrlSchemeHandler(SCHEME, self._files)
        self._profile.downloadRequested.connect(lambda download: download.cancel())
        self._page = Page(self._profile, self._token, self)
        self._profile.setParent(self._page)  # it must outlive the page, and no longer
        self._page.told.connect(self.told)
        self._page.loadFinished.connect(self._on_loaded)
        self._page.renderProcessTerminated.connect(self._on_terminated)
        self.setPage(self._page)
        self.set_dark(False)

    def load_skeleton(self, *, remote_images: bool, folder: Path | None) -> None:
        """Load the page anew, without a body; ``ready`` follows."""
        self.gatekeeper.remote_images = remote_images
        self._files.folder = folder
        images = "'self' data:" + (" http: https:" if remote_images else "")
        style = (resources_dir() / "email" / "preview.css").read_text(encoding="utf-8")
        self._files.page = letter_page(images=images, extra_styles=style + marks.sheet()).encode()
        self._page.load(PAGE)

    def run(self, script: str, done: Callable[[object], None]) -> None:
        """Carry out operations; ``done`` gets the page's milliseconds, or None on an error."""
        self._page.runJavaScript(script, OUR_WORLD, done)

    def set_dark(self, dark: bool) -> None:
        """The colour behind the page, before it is painted."""
        self._page.setBackgroundColor(QColor("#131415" if dark else "#f5f2ec"))

    def close_engine(self) -> None:
        """Take the page down at once: the engine wants it gone before its profile."""
        if shiboken6.isValid(self._page):
            shiboken6.delete(self._page)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:  # noqa: D102
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.addAction(self._page.action(QWebEnginePage.WebAction.Copy))
        menu.addAction(self._page.action(QWebEnginePage.WebAction.SelectAll))
        menu.popup(event.globalPos())

    def _on_loaded(self, ok: bool) -> None:
        if not ok:
            return
        source = (resources_dir() / "email" / "preview.js").read_text(encoding="utf-8")
        script = f"{source.strip()}({json.dumps(self._token)})"
        self._page.runJavaScript(script, OUR_WORLD, lambda _: self.ready.emit())

    def _on_terminated(self, status: QWebEnginePage.RenderProcessTerminationStatus) -> None:
        if status != QWebEnginePage.RenderProcessTerminationStatus.NormalTerminationStatus:
            self.broken.emit()
