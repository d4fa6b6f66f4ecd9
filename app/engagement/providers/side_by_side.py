"""Several things read at once, told one after the other."""

import asyncio
from collections import deque
from collections.abc import AsyncGenerator, Iterable
from contextlib import aclosing
from dataclasses import dataclass
from typing import Generic, TypeVar

_T = TypeVar("_T")
_WAITING = 2
"""What one stream has ready at most before it is its turn."""


async def in_order(
    streams: Iterable[AsyncGenerator[_T, None]], at_once: int = 2
) -> AsyncGenerator[_T, None]:
    """All that the streams tell, in their order, while the next ones begin already: a server need
    not wait for us. Close it: what was begun ends then. What a stream raises is raised in its turn.
    """
    running: deque[_Running[_T]] = deque()
    ahead = iter(streams)
    try:
        while True:
            while len(running) < at_once and (begun := next(ahead, None)) is not None:
                running.append(_Running(begun))
            if not running:
                return
            while (found := await running[0].told.get()) is not None:
                if found.error is not None:
                    raise found.error
                for each in found.values:
                    yield each
            running.popleft()
    finally:
        tasks = [stream.task for stream in running]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


@dataclass(frozen=True, slots=True)
class _Told(Generic[_T]):
    values: tuple[_T, ...] = ()
    error: Exception | None = None


class _Running(Generic[_T]):
    def __init__(self, stream: AsyncGenerator[_T, None]) -> None:
        self.told: asyncio.Queue[_Told[_T] | None] = asyncio.Queue(_WAITING)
        self.task = asyncio.ensure_future(self._read(stream))

    async def _read(self, stream: AsyncGenerator[_T, None]) -> None:
        try:
            async with aclosing(stream):
                async for each in stream:
                    await self.told.put(_Told((each,)))
        except Exception as error:  # noqa: BLE001 - raised where it is waited for
            await self.told.put(_Told(error=error))
        else:
            await self.told.put(None)
