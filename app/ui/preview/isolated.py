"""Letters in a browser engine, kept apart: the preview and the click map show them in this way.

Importing this module loads QtWebEngine.
"""

import json
import secrets

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
from app.ui.preview.requests import PAGE, SCHEME, DraftFiles, Gatekeeper, register_scheme

OUR_WORLD = QWebEngineScript.ScriptWorldId.ApplicationWorld


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


class IsolatedView(QWebEngineView):
    """Shows sanitised pages; our own script alone runs, in a world of its own, and tells.

    Signals:
        told: A message of our script.
        broken: The engine's process ended.
    """

    told = Signal(list)
    broken = Signal()

    def __init__(self, script: str, parent: QWidget | None = None) -> None:
        """``script`` is the file under ``resources/email`` that a loaded page is given."""
        super().__init__(parent)
        register_scheme()
        self._script = script
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

    def _on_ready(self) -> None:
        raise NotImplementedError

    def _on_loaded(self, ok: bool) -> None:
        if not ok:
            return
        source = (resources_dir() / "email" / self._script).read_text(encoding="utf-8")
        script = f"{source.strip()}({json.dumps(self._token)})"
        self._page.runJavaScript(script, OUR_WORLD, lambda _: self._on_ready())

    def _on_terminated(self, status: QWebEnginePage.RenderProcessTerminationStatus) -> None:
        if status != QWebEnginePage.RenderProcessTerminationStatus.NormalTerminationStatus:
            self.broken.emit()
