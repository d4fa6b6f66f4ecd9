"""Plain HTTP on a port where TLS was expected: a handshake that never ends has a simple reason.

Such a server waits for the end of a request line that never comes, and so does the handshake.
Asked in its own language, it answers.
"""

import asyncio
import contextlib
import re
import socket
from collections.abc import Awaitable, Callable

from app.linkcheck.net.failures import FailureError
from app.linkcheck.urls import WebUrl

_STATUS = re.compile(rb"HTTP/1\.[01] (\d{3})")
_FROM_TLS_SERVERS = (b"400", b"421", b"426")
"""What servers that do speak TLS say, unencrypted, to whoever does not."""


class PlainProbe:
    """Asks beside a handshake; ends ``scope`` at once where the answer is plain HTTP.

    ``connect`` opens another connection to the same server; ``sent`` is called when a request
    goes out.
    """

    def __init__(
        self,
        url: WebUrl,
        connect: Callable[[], Awaitable[socket.socket]],
        sent: Callable[[], None],
        scope: asyncio.Timeout,
    ) -> None:
        self._url = url
        self._connect = connect
        self._sent = sent
        self._scope = scope
        self._task: asyncio.Task[None] | None = None
        self.found_http = False

    def begin(self) -> None:
        """Ask now."""
        self._task = asyncio.get_running_loop().create_task(self._ask())

    async def aclose(self) -> None:
        """The handshake has ended, one way or the other."""
        if self._task is not None and not self._task.done():
            self._task.cancel()
            await asyncio.wait([self._task])

    async def _ask(self) -> None:
        loop = asyncio.get_running_loop()
        try:
            with await self._connect() as sock:
                request = f"HEAD / HTTP/1.1\r\nHost: {self._url.authority}\r\n\r\n"
                self._sent()
                await loop.sock_sendall(sock, request.encode("ascii", "replace"))
                answer = _STATUS.match(await loop.sock_recv(sock, 64))
        except (OSError, FailureError):
            return
        if answer is not None and answer[1] not in _FROM_TLS_SERVERS:
            self.found_http = True
            with contextlib.suppress(RuntimeError):  # the handshake has ended at this very moment
                self._scope.reschedule(loop.time())
