"""Work that may hang for long, such as asking a server: in a thread that nothing else waits for."""

import threading
from collections.abc import Callable
from typing import Generic, TypeVar

from app.ui.editor.jobs import window_post

Answer = TypeVar("Answer")


class Apart(Generic[Answer]):
    """Runs ``work``, then ``then`` in the window's thread, where this is made; ``then`` hears None
    where the work failed, which the excepthook reports. It keeps itself alive until then.
    """

    def __init__(
        self,
        work: Callable[[], Answer],
        then: Callable[[Answer | None], object],
        name: str = "apart",
    ) -> None:
        # Let go of in the window's thread: what they hold may be widgets; see `editor.jobs`.
        self._tasks: tuple[Callable[[], Answer], Callable[[Answer | None], object]] | None
        self._tasks = work, then
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
        if tasks is not None and not self._is_cancelled:
            tasks[1](answer)
