"""Do workers keep up with what comes in, and does memory stay flat?

    python benchmarks/steady.py [--rate 2000] [--hits 120000] [--store sqlite postgresql] [--smoke]
    python benchmarks/steady.py --store sqlite --rate 4000 --hits 2000000

Hits of many readers come to the real server at a steady rate (an open loop), while it works them
off: on SQLite in the one process, on PostgreSQL in a process of its own. At each tenth of the run:
how many hits wait in the inbox and in the web process's spill file, and the memory of each process.
Then how long the workers take to finish, and how long answers took. Exit status 1 when anything
that was answered is not counted.
"""

import contextlib
import json
import os
import sqlite3
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from _hits import hits, send, server_seconds, store
from _measure import arguments, heading, spread
from _tracking import ROOT, Running, free_port, server_words
from sqlalchemy import func, select

from app.trackserver.store.database import Database
from app.trackserver.store.schema import event, inbox
from app.trackserver.store.setup import keyring
from app.trackserver.tokens import Kind
from app.trackserver.work.recount import compare

ISSUES = 2
DIFFERENT = 300_000
"""So many different hits; a longer run asks for them again, as readers do."""
CONNECTIONS = 64


def main() -> None:
    parser = arguments(__doc__ or "")
    parser.add_argument("--rate", type=int, default=2_000, help="hits a second")
    parser.add_argument("--hits", type=int, default=120_000)
    parser.add_argument("--recipients", type=int, default=100_000)
    parser.add_argument("--store", nargs="+", default=["sqlite", "postgresql"])
    options = parser.parse_args()
    if options.smoke:
        options.rate, options.hits, options.recipients = 500, 1_500, 500
    # The readers' addresses come in a header.
    os.environ["SENDOFF_PROXIES"] = "127.0.0.1"
    heading(f"A steady {options.rate:,} hits a second")
    right = True
    for name in options.store:
        with store(name) as database, tempfile.TemporaryDirectory() as folder:
            send(database, ISSUES, options.recipients)
            right &= steady(database, Path(folder), options.hits, options.rate, options.recipients)
    sys.exit(0 if right else 1)


def steady(database: Database, folder: Path, count: int, rate: int, recipients: int) -> bool:
    readers = folder / "readers"
    readers.write_text("".join(lines(database, min(count, DIFFERENT), recipients)))
    processes = start(database, folder)
    try:
        cpu = {name: one.cpu() for name, one in processes.items()}
        server = server_seconds(database)
        told = watched(database, folder, processes, readers, count, rate)
        began = time.perf_counter()
        while any(waiting(database, folder)):
            time.sleep(0.1)
        print(f"    all worked off {time.perf_counter() - began:.1f} s after the last hit")
        spent = ", ".join(
            f"{name} {(one.cpu() - cpu[name]) / count * 1e6:.0f}" for name, one in processes.items()
        )
        server = (server_seconds(database) - server) / count * 1e6
        print(f"    processor time a hit in us: {spent}, PostgreSQL {server:.0f}")
        answered = len(told["latencies"])
        print(f"    {answered:,} answered after {spread(told['latencies'])}")
        print(
            f"    {told['failed']:,} answered badly, or not asked for because others took too long"
        )
        return counted(database, answered)
    finally:
        for one in processes.values():
            one.stop()


def lines(database: Database, count: int, recipients: int) -> list[str]:
    """The hits as the load tool reads them."""
    with database.reading() as connection:
        is_of_kind = keyring(connection).is_of_kind
    made = []
    for hit in hits(database, count, ISSUES, recipients, seed=1):
        path = f"/l/{hit.path}" if is_of_kind(hit.path, Kind.CLICK) else f"/i/{hit.path}.gif"
        made.append(f"{path}\t{hit.user_agent}\t{hit.address}\n")
    return made


def start(database: Database, folder: Path) -> dict[str, Running]:
    url, port = database.url.render_as_string(hide_password=False), free_port()
    url = url.replace("+psycopg", "")
    web = [*server_words(url, workers=1 if database.is_sqlite else 0), "--port", str(port)]
    processes = {"server": Running(web, port, folder).wait()}
    if not database.is_sqlite:
        words = ["-m", "app", "worker", "--database", url, "--log-level", "WARNING"]
        processes["worker"] = Running(words, 0, folder)
        time.sleep(2)  # it has no port that would tell when it is ready
    return processes


def watched(
    database: Database,
    folder: Path,
    processes: dict[str, Running],
    readers: Path,
    count: int,
    rate: int,
) -> dict[str, list[float]]:
    """Let the load come, and print what is seen at each tenth of it."""
    seconds, port = count / rate, processes["server"].port
    words = [sys.executable, str(ROOT / "benchmarks/_load.py"), "127.0.0.1", str(port)]
    words += [f"@{readers}", str(rate), str(seconds), str(CONNECTIONS)]
    name = "sqlite" if database.is_sqlite else "postgresql"
    print(f"  {name}: {count:,} hits in {seconds:.0f} s")
    sizes = [show(database, folder, processes, 0)]
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True) as load:
        began = time.perf_counter()
        for tenth in range(1, 10):
            time.sleep(max(0.0, began + tenth * seconds / 10 - time.perf_counter()))
            sizes.append(show(database, folder, processes, tenth))
        told: dict[str, list[float]] = json.loads(load.communicate()[0])
    sizes.append(show(database, folder, processes, 10))
    for process in processes:
        warm = [size[process] for size in sizes[2:]]
        grown = warm[-1] / warm[0] - 1
        print(
            f"    {process} from 20 % on: {min(warm):.0f} to {max(warm):.0f} MB,"
            f" at the end {grown:+.1%}"
        )
    return told


def show(
    database: Database, folder: Path, processes: dict[str, Running], tenth: int
) -> dict[str, float]:
    """Print what is seen; the memory of each process in MB."""
    sizes = {name: one.rss() for name, one in processes.items()}
    told = ", ".join(f"{name} {size:.0f} MB" for name, size in sizes.items())
    behind, spilled = waiting(database, folder)
    print(f"    {tenth * 10:3} %: {behind:6,} hits wait, {spilled:,} spilled; {told}", flush=True)
    return sizes


def waiting(database: Database, folder: Path) -> tuple[int, int]:
    """Hits in the inbox, and in the spill file."""
    (path,) = folder.rglob("spill.db")
    with contextlib.closing(sqlite3.connect(path, timeout=30)) as spill:
        (spilled,) = spill.execute("SELECT coalesce(sum(items), 0) FROM spilled").fetchone()
    with database.reading() as connection:
        behind = connection.scalar(select(func.sum(inbox.c["items"])))
    return int(behind or 0), spilled


def counted(database: Database, answered: int) -> bool:
    with database.reading() as connection:
        stored = connection.scalar(select(func.count()).select_from(event)) or 0
        wrong = sum(len(compare(connection, database, one)) for one in range(1, ISSUES + 1))
    print(f"    {stored:,} events stored; {wrong} figures differ from a recount")
    return stored >= answered and not wrong


if __name__ == "__main__":
    main()
