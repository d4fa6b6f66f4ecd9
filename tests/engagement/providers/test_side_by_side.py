"""Streams that are read at once and told in order."""

import asyncio
from collections.abc import AsyncGenerator, Callable, Coroutine
from functools import wraps
from typing import Any

import pytest

from app.engagement.providers.side_by_side import in_order


def in_a_loop(test: Callable[[], Coroutine[Any, Any, None]]) -> Callable[[], None]:
    @wraps(test)
    def run() -> None:
        asyncio.run(test())

    return run


@in_a_loop
async def test_in_order_whatever_is_ready_first() -> None:
    async def stream(name: int) -> AsyncGenerator[tuple[int, int], None]:
        for part in range(4):
            await asyncio.sleep(0.002 * (3 - name % 3))
            yield name, part

    told = [each async for each in in_order(stream(name) for name in range(7))]
    assert told == [(name, part) for name in range(7) for part in range(4)]


@in_a_loop
async def test_two_at_once_and_no_further_ahead() -> None:
    begun: list[int] = []

    async def stream(name: int) -> AsyncGenerator[int, None]:
        begun.append(name)
        for _ in range(100):
            yield name

    streams = in_order(stream(name) for name in range(5))
    assert await anext(streams) == 0
    await asyncio.sleep(0.01)
    assert begun == [0, 1]
    await streams.aclose()


@in_a_loop
async def test_a_mistake_is_raised_in_its_turn() -> None:
    async def good() -> AsyncGenerator[int, None]:
        yield 1
        await asyncio.sleep(0.01)
        yield 2

    async def bad() -> AsyncGenerator[int, None]:
        yield 3
        raise ValueError("late")

    streams = in_order([good(), bad(), good()])
    assert [await anext(streams) for _ in range(3)] == [1, 2, 3]
    with pytest.raises(ValueError, match="late"):
        await anext(streams)


@in_a_loop
async def test_closing_ends_what_was_begun() -> None:
    ended: list[int] = []

    async def stream(name: int) -> AsyncGenerator[int, None]:
        try:
            yield name
            await asyncio.sleep(60)
            yield name
        finally:
            ended.append(name)

    streams = in_order(stream(name) for name in range(3))
    assert await anext(streams) == 0
    await asyncio.sleep(0)
    await streams.aclose()
    assert sorted(ended) == [0, 1]
