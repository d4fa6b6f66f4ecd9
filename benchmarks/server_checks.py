"""How fast does a server answer a team that asks for links it knows?

    python benchmarks/server_checks.py [--clients 20] [--rounds 100] [--store sqlite postgresql]
                                       [--smoke]

A real server in its own process and 20 clients with a key each, in another, all of whom ask at the
same moment, wait for all answers, and ask again. Timed is one request, from its first byte sent to
the last one read: connection kept, key looked up, verdicts written as lines. Three sizes: a
request of 50 links (1,000 different ones at once), of 500 (10,000 at once, the most that one
takes), and 1,000 links for each client, as two requests one after the other (20,000 at once).

The first round after a start is told apart: it reads the verdicts from the store, all others from
the process's memory. Then 20 clients wait for the same 50 links that nobody knows, at a site that
takes 100 ms to answer: what they cost the site.
"""

import asyncio
import json
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path
from tempfile import TemporaryDirectory

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from _hits import store
from _measure import arguments, heading, spread

from app.linkcheck.verdict import Reason, Verdict
from app.trackserver.api import keys
from app.trackserver.checking.engine import Reach
from app.trackserver.checking.shelf import Shelf
from app.trackserver.services import wall_clock
from app.trackserver.store.database import Database
from app.trackserver.store.setup import set_up
from tests.linkcheck.names import Names
from tests.linkcheck.zoo.server import Visit, Zoo
from tests.trackserver.serving import Nowhere, free_port

LINKS = 1000
KNOWN = "https://h0.example.com/issue/0?source=letter"
SIZES = {"50 links": [50], "500 links": [500], "1,000 links in two requests": [500, 500]}


def main() -> None:
    parser = arguments(__doc__ or "")
    parser.add_argument("--clients", type=int, default=20)
    parser.add_argument("--rounds", type=int, default=100)
    parser.add_argument("--store", nargs="+", default=["sqlite", "postgresql"])
    options = parser.parse_args()
    if options.smoke:
        options.rounds, options.store = 3, ["sqlite"]
    heading("Checks through the server")
    urls = [f"https://h{n % 97}.example.com/issue/{n}?source=letter" for n in range(LINKS)]
    for name in options.store:
        with store(name) as database:
            set_up(database, wall_clock())
            callers = make_keys(database, options.clients)
            fill(database, urls)
            print(f"  {name}: {options.clients} clients at once, {LINKS:,} links known")
            for title, portions in SIZES.items():
                with server(database) as port:
                    first, later = asyncio.run(ask(port, callers, urls, portions, options.rounds))
                print(f"    {title}: {spread(later)}")
                print(f"      first round, from the store: {spread(first)}")
            unknown(database, callers)


def make_keys(database: Database, clients: int) -> list[str]:
    """A key for each client."""
    with database.writing() as connection:
        return [
            keys.make(
                connection, name="writer", scopes=[keys.Scope.LINK_CHECK], publication_id=None,
                now=wall_clock(),
            )[1]
            for _ in range(clients)
        ]  # fmt: skip


def fill(database: Database, urls: Sequence[str]) -> None:
    """What earlier checks found."""
    shelf = Shelf(database, wall_clock)
    found = {}
    for url in urls:
        verdict = Verdict(
            Reason.OK, (), "The page answers.", None, 200, "HEAD", url, (), datetime.now(UTC), 0.2
        )
        kept = shelf.keep(verdict)
        assert kept is not None
        found[url] = kept
    shelf.put(found)


@contextmanager
def server(database: Database) -> Iterator[int]:
    """A server in its own process; its port."""
    context = get_context("spawn")
    ours, theirs = context.Pipe()
    url = database.url.render_as_string(hide_password=False)
    port = free_port()
    with TemporaryDirectory(prefix="sendoff-benchmark-") as folder:
        process = context.Process(target=_serve, args=(url, folder, port, theirs))
        process.start()
        ours.recv()
        try:
            yield port
        finally:
            ours.send("stop")
            process.join(20)


def _serve(url: str, folder: str, port: int, pipe: Connection) -> None:
    import threading

    from app.trackserver.serve import Process
    from app.trackserver.settings import Checks, Limits, Settings

    checks = Checks(per_minute=0, allow_private=True, ports=frozenset(), timeout=5.0)
    settings = Settings(
        url, Path(folder), port=port, workers=0, address="https://news.example", checks=checks,
        limits=Limits(key_rate=0, address_rate=0),
    )  # fmt: skip
    names = Names({"site.example": ["127.0.0.1"]})
    process = Process(settings, reach=Reach(names, Nowhere()))

    def wait_for_the_end() -> None:
        pipe.recv()
        process.stop()

    threading.Thread(target=wait_for_the_end, daemon=True).start()
    process.serve(lambda _: pipe.send("ready"))


async def ask(
    port: int, callers: Sequence[str], urls: Sequence[str], portions: Sequence[int], rounds: int
) -> tuple[list[float], list[float]]:
    """Milliseconds of each request: of the first round, and of the others."""
    requests = []
    for number, caller in enumerate(callers):
        begin, bodies = number * sum(portions) % len(urls), []
        for portion in portions:
            bodies.append(_request(caller, [*urls, *urls][begin : begin + portion]))
            begin += portion
        requests.append(bodies)
    await warm_up(port, callers)
    connections = [await asyncio.open_connection("127.0.0.1", port, limit=1 << 22) for _ in callers]
    taken: list[list[float]] = []
    for _ in range(rounds + 1):
        together = [
            _client(reader, writer, bodies, portions)
            for (reader, writer), bodies in zip(connections, requests, strict=True)
        ]
        taken.append([each for times in await asyncio.gather(*together) for each in times])
    for _, writer in connections:
        writer.close()
    return taken[0], [each for times in taken[1:] for each in times]


async def warm_up(port: int, callers: Sequence[str]) -> None:
    """Wait for the server, and have each key's use noted, which is done once a minute."""
    while True:
        try:
            _, writer = await asyncio.open_connection("127.0.0.1", port)
        except ConnectionRefusedError:
            await asyncio.sleep(0.05)
        else:
            writer.close()
            break
    for caller in callers:
        reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=1 << 22)
        await _client(reader, writer, [_request(caller, [KNOWN])], [1])
        writer.close()


def _request(caller: str, urls: Sequence[str]) -> bytes:
    body = json.dumps({"urls": list(urls)}).encode()
    return (
        f"POST /v1/links/check HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {caller}\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    ).encode() + body


async def _client(
    reader: asyncio.StreamReader,
    writer: asyncio.StreamWriter,
    requests: Sequence[bytes],
    portions: Sequence[int],
) -> list[float]:
    times = []
    for request, links in zip(requests, portions, strict=True):
        began = time.perf_counter()
        writer.write(request)
        head = await reader.readuntil(b"\r\n\r\n")
        length = int(head.lower().partition(b"content-length:")[2].split()[0])
        body = await reader.readexactly(length)
        times.append((time.perf_counter() - began) * 1000)
        if b" 200 " not in head[:20] or body.count(b"\n") != links:
            raise RuntimeError(head.decode("latin-1"))
    return times


def unknown(database: Database, callers: Sequence[str]) -> None:
    """Links that nobody knows, wanted by everybody at once."""

    async def slow(visit: Visit) -> None:
        await asyncio.sleep(0.1)
        await visit.reply()

    async def all_at_once(port: int, urls: list[str]) -> list[float]:
        import httpx

        limits = httpx.Limits(max_connections=None)
        async with httpx.AsyncClient(timeout=60, limits=limits) as http:

            async def one(caller: str) -> float:
                began = time.perf_counter()
                answer = await http.post(
                    f"http://127.0.0.1:{port}/v1/links/check",
                    json={"urls": urls},
                    headers={"authorization": f"Bearer {caller}"},
                )
                if answer.text.count('"reason":"ok"') != len(urls):
                    raise RuntimeError(answer.text[:500])
                return (time.perf_counter() - began) * 1000

            return list(await asyncio.gather(*map(one, callers)))

    with Zoo({"slow": slow}) as zoo, server(database) as port:
        urls = [f"http://site.example:{zoo.port}/slow?{n}" for n in range(50)]
        taken = asyncio.run(all_at_once(port, urls))
        print(f"    50 links that nobody knows, at one site that takes 100 ms: {spread(taken)}")
        print(f"      {len(callers) * 50:,} wanted, {len(zoo.requests)} requests to the site")


if __name__ == "__main__":
    main()
