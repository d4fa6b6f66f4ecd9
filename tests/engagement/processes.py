"""The processes that this one begins, with what they were told at their birth."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pytest


@dataclass(frozen=True)
class Begun:
    process: asyncio.subprocess.Process
    command: Sequence[str]
    environment: Mapping[str, str]


@dataclass
class Processes:
    """All of them, in order."""

    begun: list[Begun] = field(default_factory=list)

    @property
    def last(self) -> asyncio.subprocess.Process:
        return self.begun[-1].process

    @property
    def running(self) -> list[asyncio.subprocess.Process]:
        return [each.process for each in self.begun if each.process.returncode is None]


def watch(monkeypatch: pytest.MonkeyPatch) -> Processes:
    """See those that are begun from now on."""
    seen, begin = Processes(), asyncio.create_subprocess_exec

    async def beginning(*command: str, **options: Any) -> asyncio.subprocess.Process:
        process = await begin(*command, **options)
        seen.begun.append(Begun(process, command, options["env"]))
        return process

    monkeypatch.setattr(asyncio, "create_subprocess_exec", beginning)
    return seen
