"""Is a hit ever lost, or counted twice, that was answered?

    python benchmarks/nothing_lost.py [--rounds 200] [--stores sqlite postgresql] [--smoke]

Two web processes on one port and a worker, all under load; in each round one of them, or
PostgreSQL, or several at once, is killed with SIGKILL at a random moment and started again. Every
hit comes from an address of its own, by which it is found among the events at the end. What was
answered must be there, once; what was not answered may be there, once; figures must equal a
recount. Exit status 1 when any of it fails.
"""

import asyncio
import contextlib
import random
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from ipaddress import IPv4Address
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from _hits import send
from _measure import arguments, heading
from _tracking import Running, free_port, server_words
from sqlalchemy import func, select

from app.trackserver.ingest.spill import Spill
from app.trackserver.store.database import Database
from app.trackserver.store.schema import event, inbox, set_aside
from app.trackserver.store.setup import keyring
from app.trackserver.tokens import Kind, Token
from app.trackserver.work.recount import compare
from tests.support.postgres import Postgres

CLIENTS = 24
READERS = 3000
FIRST = int(IPv4Address("1.0.0.0"))


@dataclass
class Load:
    """Clients that never stop asking; the addresses they used, and which were answered."""

    port: int
    paths: list[str]
    sent: int = 0
    answered: set[str] = field(default_factory=set)
    stopping: bool = False

    def run(self) -> None:
        """Ask until ``stopping``."""
        asyncio.run(self._all())

    def until_answered(self, more: float) -> None:
        """Wait until so many more hits were answered."""
        wanted, until = len(self.answered) + more, time.monotonic() + 60
        while len(self.answered) < wanted:
            if time.monotonic() > until:
                raise RuntimeError("the server does not answer any more")
            time.sleep(0.001)

    async def _all(self) -> None:
        await asyncio.gather(*(self._client() for _ in range(CLIENTS)))

    async def _client(self) -> None:
        while not self.stopping:
            try:
                async with asyncio.timeout(10):
                    reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
            except (OSError, TimeoutError):
                await asyncio.sleep(0.02)
                continue
            with contextlib.suppress(OSError, TimeoutError, asyncio.IncompleteReadError):
                while not self.stopping:
                    async with asyncio.timeout(10):
                        await self._ask(reader, writer)
            writer.close()

    async def _ask(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.sent += 1
        address = str(IPv4Address(FIRST + self.sent))
        path = self.paths[self.sent % len(self.paths)]
        writer.write(
            f"GET {path} HTTP/1.1\r\nHost: a\r\nUser-Agent: Mozilla/5.0 (X11; Linux)\r\n"
            f"X-Forwarded-For: {address}\r\n\r\n".encode()
        )
        head = await reader.readuntil(b"\r\n\r\n")
        if head.startswith(b"HTTP/1.1 200"):
            await reader.readexactly(43)
        elif not head.startswith(b"HTTP/1.1 302"):
            raise RuntimeError(head.decode())
        self.answered.add(address)
        await asyncio.sleep(0.002)


class Site:
    """The processes of one server, each of which can be killed."""

    def __init__(self, url: str, folder: Path, postgres: Postgres | None) -> None:
        self.port = free_port()
        self.folder = folder
        self.postgres = postgres
        web = [*server_words(url), "--proxy", "127.0.0.1", "--port", str(self.port)]
        worker = ["-m", "app", "worker", "--database", url, "--log-level", "WARNING"]
        self.words = {"web 1": web, "web 2": web, "worker": worker}
        self.running = {name: self._started(name) for name in self.words}
        self.running["web 1"].wait()

    @property
    def victims(self) -> list[str]:
        """Whatever can be killed."""
        return [*self.words, *(["PostgreSQL"] if self.postgres else [])]

    def kill(self, names: list[str], pause: float) -> None:
        """Kill these, and start them again after ``pause`` seconds."""
        for name in names:
            if name == "PostgreSQL" and self.postgres:
                self.postgres.kill()
            else:
                self.running[name].kill()
        time.sleep(pause)
        for name in names:
            if name == "PostgreSQL" and self.postgres:
                self.postgres.start()
            else:
                self.running[name] = self._started(name)

    def stop(self) -> None:
        """End all of them in good order."""
        for one in self.running.values():
            one.stop()

    def _started(self, name: str) -> Running:
        return Running(self.words[name], self.port, self.folder)


def main() -> None:
    parser = arguments(__doc__ or "")
    parser.add_argument("--rounds", type=int, default=200)
    parser.add_argument("--stores", nargs="+", default=["sqlite", "postgresql"])
    parser.add_argument("--seed", type=int, default=int(time.time()))
    options = parser.parse_args()
    heading("Nothing lost")
    rounds = 4 if options.smoke else options.rounds
    failed = [report(name, rounds, options.seed) for name in options.stores]
    sys.exit(1 if any(failed) else 0)


def report(name: str, rounds: int, seed: int) -> bool:
    chance = random.Random(seed)
    killed: Counter[str] = Counter()
    with store(name) as (url, folder, postgres):
        database = Database(url)
        send(database, 1, READERS)
        site = Site(url, folder, postgres)
        load = Load(site.port, paths(database))
        clients = threading.Thread(target=load.run)
        clients.start()
        for _ in range(rounds):
            load.until_answered(chance.choice((50, 500, 2000)) * chance.random())
            names = chance.sample(site.victims, chance.choice((1, 1, 1, 2, len(site.victims))))
            killed.update(names)
            site.kill(names, chance.choice((0, 0.5)) * chance.random())
        time.sleep(1)
        load.stopping = True
        clients.join()
        faults = judge(database, load, folder)
        site.stop()
        database.close()
    told = ", ".join(f"{victim} {count}" for victim, count in sorted(killed.items()))
    print(f"  {name}: {rounds} rounds, seed {seed}; killed: {told}")
    print(f"    {load.sent} hits sent, {len(load.answered)} answered; {faults or 'none lost'}")
    return bool(faults)


def judge(database: Database, load: Load, folder: Path) -> list[str]:
    """Wait until everything is worked off, then compare."""
    spill = Spill(folder / "server" / "spill.db")
    until = time.monotonic() + 300
    while left(database) or spill.items():
        if time.monotonic() > until:
            return [f"{left(database)} batches and {spill.items()} spilled hits are left over"]
        time.sleep(0.1)
    spill.close()
    with database.reading() as connection:
        stored = Counter(connection.scalars(select(event.c.address)))
        aside = connection.scalar(select(func.count()).select_from(set_aside))
        wrong = compare(connection, database, 1)
    faults = []
    if lost := load.answered - stored.keys():
        faults.append(f"{len(lost)} answered hits are lost")
    if twice := [address for address, count in stored.items() if count > 1]:
        faults.append(f"{len(twice)} hits are stored twice")
    if made_up := stored.keys() - {str(IPv4Address(FIRST + n + 1)) for n in range(load.sent)}:
        faults.append(f"{len(made_up)} events come from nowhere")
    if aside:
        faults.append(f"{aside} items were set aside")
    if wrong:
        faults.append(f"figures differ from a recount: {wrong}")
    print(f"    {name_of(database)}: {sum(stored.values())} stored, "
          f"{len(stored.keys() - load.answered)} of them killed before the answer")  # fmt: skip
    return faults


def name_of(database: Database) -> str:
    return "SQLite" if database.is_sqlite else "PostgreSQL"


def left(database: Database) -> int:
    with database.reading() as connection:
        return connection.scalar(select(func.count()).select_from(inbox)) or 0


def paths(database: Database) -> list[str]:
    """Each reader's pixel, and two links of some."""
    with database.reading() as connection:
        ring = keyring(connection)
    tokens = [Token(Kind.OPEN, 1, reader) for reader in range(1, READERS + 1)]
    tokens += [Token(Kind.CLICK, 1, reader, 1 + reader % 2) for reader in range(1, READERS, 3)]
    letters = {Kind.OPEN: "i", Kind.CLICK: "l"}
    found = [f"/{letters[token.kind]}/{ring.sign(token)}" for token in tokens]
    random.Random(1).shuffle(found)
    return found


@contextlib.contextmanager
def store(name: str) -> Iterator[tuple[str, Path, Postgres | None]]:
    with tempfile.TemporaryDirectory() as text:
        folder = Path(text)
        if name == "sqlite":
            (folder / "server").mkdir()
            yield f"sqlite:///{folder / 'server' / 'sendoff.db'}", folder, None
            return
        with Postgres() as server:
            yield server.url(server.new_database()), folder, server


if __name__ == "__main__":
    main()
