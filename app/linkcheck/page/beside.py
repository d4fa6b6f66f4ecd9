"""The GET that goes out beside a HEAD which nobody answers; the first success of the two counts."""

import asyncio
import contextlib
from collections.abc import Callable, Coroutine
from typing import Any

from app.linkcheck.net.dial import Progress, Stage
from app.linkcheck.page.answer import Answer


class Beside:
    """Starts ``look`` at most once; belongs to one check.

    While HEAD is asked it is `armed`: after a delay the look begins, HEAD may from then on wait
    until the check's end, and the end of the look, whatever it found, ends HEAD's waiting.
    """

    def __init__(self, look: Callable[[float], Coroutine[Any, Any, Answer]]) -> None:
        self._look = look
        self._task: asyncio.Task[Answer] | None = None

    def armed(
        self, delay: float, left: float, progress: Progress, scope: asyncio.Timeout
    ) -> asyncio.TimerHandle:
        """Begin to wait: ``left`` are the seconds that the check has at this moment."""
        loop = asyncio.get_running_loop()
        end = loop.time() + left

        def begin() -> None:
            # Not connected yet: another connection would fare no better.
            if self._task is not None or progress.stage is not Stage.ANSWER:
                return
            try:
                scope.reschedule(end)
            except RuntimeError:  # HEAD's time is up at this very moment
                return
            self._task = loop.create_task(self._look(end - loop.time()))
            self._task.add_done_callback(interrupt)

        def interrupt(_: "asyncio.Task[Answer]") -> None:
            with contextlib.suppress(RuntimeError):  # HEAD has ended already
                scope.reschedule(loop.time())

        return loop.call_later(delay, begin)

    async def answer(self) -> Answer | None:
        """What the look found; None where none was begun."""
        return None if self._task is None else await self._task

    async def aclose(self) -> None:
        """Give the look up if it is still under way."""
        if self._task is not None and not self._task.done():
            self._task.cancel()
            await asyncio.wait([self._task])
