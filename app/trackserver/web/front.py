"""The RSGI application: hot paths by their first letters, everything else through ASGI."""

import logging
from typing import Any

from app.trackserver.services import Services
from app.trackserver.web.application import application
from app.trackserver.web.bridge import serve_asgi
from app.trackserver.web.hits import HotPaths
from app.trackserver.web.logs import where
from app.trackserver.web.metrics import Counts, Metrics

_log = logging.getLogger(__name__)


class Front:
    """What granian calls for each request."""

    def __init__(self, services: Services) -> None:
        counts = Counts()
        metrics = Metrics(counts, services.inbox)
        services.metrics = metrics.text
        self._limits = services.settings.limits
        hot = HotPaths(services, counts)
        self._open = hot.open
        self._hot = {"/i/": hot.pixel, "/l/": hot.click, "/u/": hot.unsubscribe}
        self._rest = application(services, metrics)

    def directly(self, scope: Any, proto: Any) -> bool:
        """Take an open, in the thread that all requests wait for; see shortcut."""
        path = scope.path
        return path.startswith("/i/") and self._open(path, scope, proto)

    async def __rsgi__(self, scope: Any, proto: Any) -> None:
        """Answer one request."""
        if scope.proto != "http":
            proto.close(404)
            return
        answer = self._hot.get(scope.path[:3])
        if answer is None:
            await serve_asgi(self._rest, scope, proto, self._limits)
            return
        try:
            await answer(scope, proto)
        except Exception as error:  # noqa: BLE001 - nothing a client sends may end in silence
            _log.error("error", extra={"error": type(error).__name__, "where": where(error)})
            proto.response_empty(500, [])
