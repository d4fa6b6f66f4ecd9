"""A name system for tests."""

import asyncio
from collections.abc import Mapping, Sequence

from app.linkcheck.net.resolver import NoSuchHostError


class Names:
    """Answers from a table: addresses, an error to raise, or None for silence."""

    def __init__(self, table: Mapping[str, Sequence[str] | Exception | None]) -> None:
        self.table = dict(table)
        self.asked: list[str] = []

    async def resolve(self, host: str, port: int) -> tuple[str, ...]:
        self.asked.append(host)
        answer = self.table.get(host, NoSuchHostError(host))
        if answer is None:
            await asyncio.sleep(3600)
            raise AssertionError
        if isinstance(answer, Exception):
            raise answer
        return tuple(answer)
