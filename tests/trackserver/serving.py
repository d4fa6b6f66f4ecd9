"""The real server on loopback, in a thread, on any database; and a client for it."""

import secrets
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from app.linkcheck.many.states import NetworkState
from app.linkcheck.net.resolver import NoSuchHostError
from app.trackserver.api import keys
from app.trackserver.checking.engine import Reach
from app.trackserver.serve import Process
from app.trackserver.services import Services, wall_clock
from app.trackserver.settings import Limits, Settings
from app.trackserver.store.database import Database
from tests.support.patience import PATIENCE

UNLIMITED = Limits(key_rate=0, address_rate=0, store_seconds=PATIENCE)
"""And what is answered is stored: nothing is put beside since the machine was slow for a moment."""


def free_port() -> int:
    """A port of 127.0.0.1 that nobody listens on.

    It is none of those that the system gives to outgoing connections, of which one could take it
    before the server does.
    """
    while True:
        port = 20_000 + secrets.randbelow(10_000)
        with socket.socket() as one, suppress(OSError):
            one.bind(("127.0.0.1", port))
            return port


@dataclass
class Served:
    """A running server; ``http`` sends the key that may do everything."""

    url: str
    port: int
    services: Services
    key: str
    http: httpx.Client

    def new_key(self, scopes: list[keys.Scope], publication_id: int | None = None) -> str:
        """Another key."""
        with self.services.database.writing() as connection:
            return keys.make(
                connection,
                name="test",
                scopes=scopes,
                publication_id=publication_id,
                now=self.services.clock(),
            )[1]


class Nowhere:
    """A computer without names and with a network that works: nothing of a test gets out."""

    async def resolve(self, host: str, port: int) -> tuple[str, ...]:
        raise NoSuchHostError(host)

    def has_route(self) -> bool:
        return True

    async def probe(self) -> NetworkState:
        return NetworkState.ONLINE

    async def is_local(self, host: str) -> bool:
        return False


NOWHERE = Reach(Nowhere(), Nowhere())


@contextmanager
def serving(database: Database, folder: Path, **settings: Any) -> Iterator[Served]:
    """Serve ``database`` until the end of the block; no worker thread unless ``workers=1``."""
    options: dict[str, Any] = {"workers": 0, "limits": UNLIMITED, **settings}
    clock, reach = options.pop("clock", wall_clock), options.pop("reach", NOWHERE)
    port = free_port()
    url = database.url.render_as_string(hide_password=False)
    process = Process(Settings(url, folder, port=port, **options), clock, reach)
    process.prepare()
    ready: list[Services] = []
    thread = threading.Thread(target=process.serve, args=(ready.append,), name="server")
    thread.start()
    base = f"http://127.0.0.1:{port}"
    try:
        with httpx.Client(base_url=base, timeout=20) as client:
            while not _answers(client):
                if not thread.is_alive():
                    raise RuntimeError("the server ended")
                time.sleep(0.005)
            served = Served(base, port, ready[0], "", client)
            served.key = served.new_key(list(keys.Scope))
            client.headers["authorization"] = f"Bearer {served.key}"
            yield served
    finally:
        process.stop()
        thread.join(PATIENCE)


def _answers(client: httpx.Client) -> bool:
    try:
        return client.get("/healthz").status_code == 200
    except httpx.TransportError:
        return False
