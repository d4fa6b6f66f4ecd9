"""A server that checks links, with the zoo's sites on loopback to be asked."""

import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from app.trackserver.api.keys import Scope
from app.trackserver.checking.engine import Reach
from app.trackserver.settings import Checks
from app.trackserver.store.database import Database
from tests.linkcheck.names import Names
from tests.linkcheck.zoo.server import Handler, Visit, Zoo
from tests.trackserver.serving import Nowhere, Served, serving

OWN = "http://news.example"
"""Where the server says that it is: not on the zoo's machine, which it would leave alone."""
LOCAL = Checks(allow_private=True, ports=frozenset(), timeout=20.0)


def asked(served: Served, urls: list[str], **more: Any) -> dict[str, dict[str, Any]]:
    """What the server says of these links."""
    answer = served.http.post("/v1/links/check", json={"urls": urls, **more})
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "application/x-ndjson"
    lines = [json.loads(line) for line in answer.text.splitlines()]
    return {line["url"]: line for line in lines}


@dataclass
class Scene:
    served: Served
    zoo: Zoo

    def ask(self, *urls: str, **more: Any) -> dict[str, dict[str, Any]]:
        return asked(self.served, list(urls), **more)

    def key(self, *scopes: Scope) -> dict[str, str]:
        return {"authorization": f"Bearer {self.served.new_key(list(scopes))}"}


async def plain(visit: Visit) -> None:
    await visit.reply()


async def missing(visit: Visit) -> None:
    await visit.reply(404)


async def slow(visit: Visit) -> None:
    import asyncio

    await asyncio.sleep(0.5)
    await visit.reply()


async def stalling(visit: Visit) -> None:
    await visit.stall()


async def onward(visit: Visit) -> None:
    await visit.redirect(302, visit.target.partition("?")[2])


async def greeting(visit: Visit) -> None:
    await visit.raw(b"SECRET-BANNER of a service\r\n")
    visit.close()


class Held:
    """Answers once the test says so."""

    def __init__(self) -> None:
        self.goes_on = threading.Event()

    async def __call__(self, visit: Visit) -> None:
        import asyncio

        while not self.goes_on.is_set():
            await asyncio.sleep(0.01)
        await visit.reply()


HANDLERS: dict[str, Handler] = {
    "page": plain, "missing": missing, "slow": slow, "stall": stalling, "onward": onward,
    "banner": greeting,
}  # fmt: skip


@pytest.fixture
def zoo() -> Iterator[Zoo]:
    with Zoo(HANDLERS) as running:
        yield running


@pytest.fixture
def scene(database: Database, tmp_path: Path, zoo: Zoo) -> Iterator[Scene]:
    reach = Reach(Names({"site.example": ["127.0.0.1"]}), Nowhere())
    with serving(database, tmp_path / "server", address=OWN, checks=LOCAL, reach=reach) as served:
        yield Scene(served, zoo)
