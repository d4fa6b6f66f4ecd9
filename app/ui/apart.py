"""Work that may hang for long, such as asking a server: in a thread that nothing else waits for."""

import threading
from collections.abc import Callable
from typing import Generic, TypeVar

from PySide6.QtCore import QObject
from shiboken6 import isValid

from app.ui.editor.jobs import window_post

Answer = TypeVar("Answer")


class Apart(Generic[Answer]):
    """Runs ``work``, then ``then`` in the window's thread, where this is made; ``then`` hears None
    where the work failed, which the excepthook reports. It keeps itself alive until then. Where
    ``owner`` is gone by that time, nothing is heard of it.
    """

    def __init__(
        self,
        work: Callable[[], Answer],
        then: Callable[[Answer | None], object],
        name: str = "apart",
        owner: QObject | None = None,
    ) -> None:
        # Let go of in the window's thread: what they hold may be widgets; see `editor.jobs`.
        self._tasks: tuple[Callable[[], Answer], Callable[[Answer | None], object]] | None
        self._tasks = work, then
        self._owner = owner
        self._answer: Answer | None = None
        self._is_cancelled = False
        self._post = window_post()
        threading.Thread(target=self._run, name=name, daemon=True).start()

    def cancel(self) -> None:
        """Nothing is heard of it any more; the work itself ends when it ends."""
        self._is_cancelled = True

    def _run(self) -> None:
        try:
            if self._tasks is not None:
                self._answer = self._tasks[0]()
        finally:
            self._post.bring(self._finish)

    def _finish(self) -> None:
        tasks, self._tasks = self._tasks, None
        answer, self._answer = self._answer, None
        owner, self._owner = self._owner, None
        is_wanted = not self._is_cancelled and (owner is None or isValid(owner))
        if tasks is not None and is_wanted:
            tasks[1](answer)
