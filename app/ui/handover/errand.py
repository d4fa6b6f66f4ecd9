"""Work with a platform: a coroutine in a thread and a loop of its own, which can be cancelled."""

import asyncio
import threading
from collections.abc import Callable, Coroutine
from typing import Any, Generic, TypeVar

from PySide6.QtCore import QCoreApplication, QObject

from app.engagement.accounts import AccountError
from app.engagement.errors import HttpError
from app.engagement.secrets import SecretError
from app.handover.ledger import LedgerError
from app.handover.model import HandoverError
from app.ui.apart import Apart

Answer = TypeVar("Answer")
Trouble = HandoverError | HttpError | SecretError | AccountError | LedgerError
"""What may go wrong, each in words for the writer."""
_TROUBLES = (HandoverError, HttpError, SecretError, AccountError, LedgerError)


class Errand(Generic[Answer]):
    """Runs ``work``; ``then``, ``failed`` (in words) or ``cancelled`` follow in the window's, while
    ``owner`` lives.
    """

    def __init__(
        self,
        work: Callable[[], Coroutine[Any, Any, Answer]],
        then: Callable[[Answer], object],
        failed: Callable[[Exception], object],
        cancelled: Callable[[], object] = lambda: None,
        *,
        owner: QObject | None = None,
        others: tuple[type[Exception], ...] = (),
    ) -> None:
        """``others`` are told as the usual troubles are; all else is a fault."""
        self._work = work
        self._troubles: tuple[type[Exception], ...] = (*_TROUBLES, *others)
        self._lock = threading.Lock()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._task: asyncio.Task[Answer] | None = None
        self._is_cancelled = False

        def finish(outcome: "tuple[Answer] | Exception | _Cancelled | None") -> None:
            match outcome:
                case (answer,):
                    then(answer)
                case _Cancelled():
                    cancelled()
                case None:  # the excepthook tells of it, too
                    words = "Sendoff made a mistake here. Nothing is lost; try again."
                    failed(HandoverError(QCoreApplication.translate("Handover", words)))
                case Exception():
                    failed(outcome)

        self._apart = Apart(self._run, finish, "hand-over", owner)

    def cancel(self) -> None:
        """End it; what was sent may have been done all the same."""
        with self._lock:
            self._is_cancelled = True
            loop, task = self._loop, self._task
            if loop is not None and task is not None:
                loop.call_soon_threadsafe(task.cancel)

    def forget(self) -> None:
        """End it, and hear no more of it."""
        self._apart.cancel()
        self.cancel()

    def _run(self) -> "tuple[Answer] | Exception | _Cancelled":
        try:
            return (asyncio.run(self._do()),)
        except self._troubles as error:
            return error
        except asyncio.CancelledError:
            return _Cancelled()

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


class _Cancelled:
    """It was cancelled."""
