"""Paced load: so many requests a second whatever the server does (an open loop).

Each request has a time at which it is due; its latency counts from there, so that a server that
stalls cannot hide what would have come meanwhile. Prints the latencies in milliseconds as JSON.

    python benchmarks/_load.py HOST PORT PATH RATE SECONDS CONNECTIONS

PATH may also be @FILE: a path, a user agent and a client's address on each line, tabs between;
they are asked for in turn, the file over and over.
"""

import asyncio
import json
import sys
import time
from collections import deque
from collections.abc import Sequence
from itertools import cycle
from pathlib import Path
from typing import cast

TICK = 0.001
AGENT = "Mozilla/5.0 (Windows NT 5.1; rv:11.0) Gecko Firefox/11.0 (via ggpht.com GoogleImageProxy)"


class Connection(asyncio.Protocol):
    """One kept connection; asks one thing at a time."""

    def __init__(self, load: "Load") -> None:
        self._load = load
        self._due = 0.0
        self._left = 0
        self.transport: asyncio.Transport

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast("asyncio.Transport", transport)
        self._load.idle.append(self)

    def ask(self, due: float) -> None:
        self._due = due
        self.transport.write(next(self._load.requests))

    def data_received(self, data: bytes) -> None:
        # Every answer comes in one piece: the GIF with its head, or where a link leads.
        if not data.startswith((b"HTTP/1.1 200", b"HTTP/1.1 302")):
            self._load.failed += 1
        self._load.latencies.append(time.perf_counter() - self._due)
        self._load.idle.append(self)

    def connection_lost(self, exc: Exception | None) -> None:
        del exc
        self._load.failed += not self._load.ended


class Load:
    def __init__(self, requests: Sequence[bytes]) -> None:
        self.idle: deque[Connection] = deque()
        self.latencies: list[float] = []
        self.failed = 0
        self.ended = False
        self.requests = cycle(requests)

    async def run(self, host: str, port: int, rate: float, seconds: float, count: int) -> None:
        loop = asyncio.get_running_loop()
        for _ in range(count):
            await loop.create_connection(lambda: Connection(self), host, port)
        began = time.perf_counter()
        sent = 0
        late: deque[float] = deque()
        while (now := time.perf_counter()) < began + seconds:
            due = int((now - began) * rate)
            late.extend(began + number / rate for number in range(sent, due))
            sent = due
            while late and self.idle:
                self.idle.popleft().ask(late.popleft())
            await asyncio.sleep(TICK)
        await asyncio.sleep(0.5)
        self.failed += len(late)
        self.ended = True


def request(host: str, path: str, agent: str = AGENT, address: str = "") -> bytes:
    proxied = f"X-Forwarded-For: {address}\r\n" if address else ""
    head = f"GET {path} HTTP/1.1\r\nHost: {host}\r\nUser-Agent: {agent}\r\n{proxied}\r\n"
    return head.encode()


def main() -> None:
    import uvloop

    host, port, path, rate, seconds, count = sys.argv[1:]
    lines = Path(path[1:]).read_text().splitlines() if path.startswith("@") else [path]
    load = Load([request(host, *line.split("\t")) for line in lines])
    uvloop.run(load.run(host, int(port), float(rate), float(seconds), int(count)))
    latencies = [round(latency * 1000, 2) for latency in load.latencies]
    print(json.dumps({"latencies": latencies, "failed": load.failed}))


if __name__ == "__main__":
    main()
