"""Asking a server without making the window wait: in a thread with a loop of its own."""

import asyncio
import threading
from collections.abc import Callable, Coroutine
from typing import Any, Generic, TypeVar

from PySide6.QtCore import QCoreApplication

from app.engagement.errors import HttpError
from app.engagement.secrets import SecretError
from app.handover.ledger import LedgerError
from app.handover.model import HandoverError
from app.mailing.errors import MailError
from app.publish import PublicationError
from app.ui.apart import Apart

Answer = TypeVar("Answer")
_TROUBLES = (MailError, SecretError, PublicationError, HandoverError, HttpError, LedgerError)


class Posting(Generic[Answer]):
    """Runs ``work``; then ``then`` or ``failed``, in words, unless it is cancelled."""

    def __init__(
        self,
        work: Callable[[], Coroutine[Any, Any, Answer]],
        then: Callable[[Answer], object],
        failed: Callable[[str], object],
    ) -> None:
        self._work = work
        self._lock = threading.Lock()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._task: asyncio.Task[Answer] | None = None
        self._is_cancelled = False

        def finish(outcome: "tuple[Answer] | str | None") -> None:
            if isinstance(outcome, tuple):
                then(outcome[0])
            elif isinstance(outcome, str):
                failed(outcome)
            elif not self._is_cancelled:  # the excepthook tells of it, too
                words = "Sendoff made a mistake here. Nothing was sent; try again."
                failed(QCoreApplication.translate("Export", words))

        self._apart = Apart(self._run, finish, "posting")

    def cancel(self) -> None:
        """End it, and hear no more of it."""
        self._apart.cancel()
        with self._lock:
            self._is_cancelled = True
            loop, task = self._loop, self._task
            if loop is not None and task is not None:
                loop.call_soon_threadsafe(task.cancel)

    def _run(self) -> "tuple[Answer] | str | None":
        try:
            return (asyncio.run(self._do()),)
        except _TROUBLES as error:
            return str(error)
        except asyncio.CancelledError:
            return None

    async def _do(self) -> Answer:
        with self._lock:
            if self._is_cancelled:
                raise asyncio.CancelledError
            self._loop = asyncio.get_running_loop()
            self._task = asyncio.ensure_future(self._work())
        try:
            return await self._task
        finally:
            with self._lock:
                self._loop = None
