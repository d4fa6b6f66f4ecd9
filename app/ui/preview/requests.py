"""What the preview's page may fetch: pictures beside the draft, and remote ones when asked for."""

from collections import deque
from pathlib import Path

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QObject, QUrl
from PySide6.QtWebEngineCore import (
    QWebEngineUrlRequestInfo,
    QWebEngineUrlRequestInterceptor,
    QWebEngineUrlRequestJob,
    QWebEngineUrlScheme,
    QWebEngineUrlSchemeHandler,
)

from app.pictures import read_image

SCHEME = b"sendoff-preview"
PAGE = QUrl("sendoff-preview://draft/")
_KEPT = 200


def register_scheme() -> None:
    """Make the scheme known; before the first profile is made."""
    if QWebEngineUrlScheme.schemeByName(QByteArray(SCHEME)).name().size():
        return
    scheme = QWebEngineUrlScheme(QByteArray(SCHEME))
    scheme.setSyntax(QWebEngineUrlScheme.Syntax.Host)
    scheme.setFlags(QWebEngineUrlScheme.Flag.SecureScheme)
    QWebEngineUrlScheme.registerScheme(scheme)


class Gatekeeper(QWebEngineUrlRequestInterceptor):
    """Refuses every request but those of the page itself, and of images when they are allowed."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.remote_images = False
        self.let_through: deque[str] = deque(maxlen=_KEPT)
        self.refused: deque[str] = deque(maxlen=_KEPT)

    def interceptRequest(self, info: QWebEngineUrlRequestInfo) -> None:  # noqa: D102
        url = info.requestUrl()
        allowed = self._allows(url, info.resourceType())
        (self.let_through if allowed else self.refused).append(url.toString())
        if not allowed:
            info.block(True)

    def _allows(self, url: QUrl, kind: QWebEngineUrlRequestInfo.ResourceType) -> bool:
        image = kind == QWebEngineUrlRequestInfo.ResourceType.ResourceTypeImage
        if url.scheme().encode() == SCHEME:
            return image or url == PAGE
        if url.scheme() == "data":
            return image
        return image and self.remote_images and url.scheme() in ("http", "https")


class DraftFiles(QWebEngineUrlSchemeHandler):
    """Serves the page, and the pictures in the draft's folder."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.page = b""
        self.folder: Path | None = None

    def requestStarted(self, job: QWebEngineUrlRequestJob) -> None:  # noqa: D102
        url = job.requestUrl()
        if url == PAGE:
            self._reply(job, b"text/html; charset=utf-8", self.page)
            return
        found = read_image(self.folder, url.path())
        if found is None:
            job.fail(QWebEngineUrlRequestJob.Error.UrlNotFound)
            return
        kind, data = found
        self._reply(job, kind.encode(), data)

    def _reply(self, job: QWebEngineUrlRequestJob, kind: bytes, data: bytes) -> None:
        buffer = QBuffer(job)
        buffer.setData(QByteArray(data))
        buffer.open(QIODevice.OpenModeFlag.ReadOnly)
        job.reply(QByteArray(kind), buffer)
