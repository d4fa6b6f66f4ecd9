"""How many opens a second can be kept, and what that costs against an answer alone?

    python benchmarks/hits.py [--seconds 6] [--rounds 5] [--connections 64 256]
                              [--calm 20] [--smoke]

wrk asks for a pixel of the real server (one process, no worker: durable before it is answered) and,
in turn, for the same GIF of the same HTTP server with nothing behind it: once as any application of
that server answers, once by the short cut that the real one takes (web/shortcut.py). Then the
latency at half of the rate that was kept, in an open loop; then the memory over two million hits.
On SQLite and on PostgreSQL, both as they are installed (with fsync). With --calm each round waits,
up to so many seconds, until three quarters of the machine's CPUs rest. Needs wrk.
"""

import json
import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from argparse import Namespace
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from _measure import arguments, heading, spread
from _tracking import ROOT, Running, pixel_path, running, server_words

from tests.support.postgres import Postgres

AGENT = (
    "User-Agent: Mozilla/5.0 (Windows NT 5.1; rv:11.0) Gecko Firefox/11.0 "
    "(via ggpht.com GoogleImageProxy)"
)


def main() -> None:
    parser = arguments(__doc__ or "")
    parser.add_argument("--seconds", type=float, default=6)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--connections", type=int, nargs="+", default=[64, 256])
    parser.add_argument("--hits", type=int, default=2_000_000, help="for the memory")
    parser.add_argument("--calm", type=float, default=0)
    parser.add_argument("--store", nargs="+", default=[*STORES], choices=[*STORES])
    options = parser.parse_args()
    if options.smoke:
        options.seconds, options.rounds, options.hits = 1, 1, 5_000
    if shutil.which("wrk") is None:
        sys.exit("wrk is not installed")
    heading("Durable opens")
    for each in options.store:
        name, store = STORES[each]
        with tempfile.TemporaryDirectory() as folder, store(Path(folder)) as url:
            for connections in options.connections:
                with served(url, Path(folder)) as servers:
                    report(name, url, servers, options, connections)
            report_memory(name, url, Path(folder), options.hits, options.connections[0])


@contextmanager
def sqlite(folder: Path) -> Iterator[str]:
    yield f"sqlite:///{folder / 'sendoff.db'}"


@contextmanager
def postgresql(_folder: Path) -> Iterator[str]:
    with Postgres() as server:
        yield server.url(server.new_database())


STORES = {"sqlite": ("SQLite", sqlite), "postgresql": ("PostgreSQL", postgresql)}


@contextmanager
def served(url: str, folder: Path) -> Iterator[dict[str, Running]]:
    """What is compared; the last is the real server."""
    gif = str(ROOT / "benchmarks/_gif_server.py")
    with (
        running([gif], folder) as bare,
        running([gif, "--direct"], folder) as direct,
        running(server_words(url), folder) as kept,
    ):
        yield {"the GIF alone": bare, "the GIF by the short cut": direct, "kept durably": kept}


def report(
    name: str, url: str, servers: dict[str, Running], options: Namespace, connections: int
) -> None:
    path = pixel_path(url)
    *_, kept = servers.values()
    rates: dict[str, list[float]] = {which: [] for which in servers}
    cpu: dict[str, list[float]] = {which: [] for which in servers}
    ask(kept, path, 1, connections)
    for _ in range(options.rounds):
        wait_for_calm(options.calm)
        for which, server in servers.items():
            before = server.cpu()
            rate, requests = ask(server, path, options.seconds, connections)
            cpu[which].append((server.cpu() - before) / requests * 1e6)
            rates[which].append(rate)
    print(f"  {name}, {connections} connections, load {os.getloadavg()[0]:.1f}:")
    *_, mine = rates.values()
    for which, theirs in rates.items():
        print(f"    {which}: {spread(theirs, '/s', 0)};", end=" ")
        print(f"CPU a request {statistics.median(cpu[which]):.0f} µs")
        if theirs is not mine:
            ratios = [one / other for one, other in zip(mine, theirs, strict=True)]
            print(f"      of which are kept: median {statistics.median(ratios):.0%}", end=" ")
            print(f"({min(ratios):.0%} to {max(ratios):.0%})")
    rate = statistics.median(mine)
    wait_for_calm(options.calm)
    told = paced(kept, path, rate / 2, options.seconds, connections)
    print(f"    at {rate / 2:.0f}/s: {spread(told['latencies'])}; failed {told['failed']}")


def wait_for_calm(patience: float) -> None:
    """Return once three quarters of the CPUs' time was idle for a moment, or after ``patience``."""
    until = time.monotonic() + patience
    while time.monotonic() < until:
        before = cpu_times()
        time.sleep(0.3)
        spent = [now - then for now, then in zip(cpu_times(), before, strict=True)]
        if spent[3] + spent[4] > 0.75 * sum(spent):  # idle, and waiting for the disk
            return


def cpu_times() -> list[int]:
    return [int(field) for field in Path("/proc/stat").read_text().split("\n")[0].split()[1:]]


def report_memory(name: str, url: str, folder: Path, hits: int, connections: int) -> None:
    path = pixel_path(url)
    with running(server_words(url), folder) as server:
        done, sizes = 0, []
        ask(server, path, 1, connections)
        while done < hits:
            sizes.append((done, server.rss()))
            done += ask(server, path, 10 if hits > 100_000 else 1, connections)[1]
        sizes.append((done, server.rss()))
    told = ", ".join(
        f"{size:.0f} MB after {count:,}" for count, size in sizes[:: len(sizes) // 6 or 1]
    )
    print(f"  {name}, memory of the web process: {told}; at the end {sizes[-1][1]:.0f} MB")


def ask(server: Running, path: str, seconds: float, connections: int) -> tuple[float, int]:
    """Requests a second, and how many; every one of them answered 200."""
    url = f"http://127.0.0.1:{server.port}{path}"
    told = subprocess.run(
        ["wrk", "-t1", f"-c{connections}", f"-d{max(1, round(seconds))}s", "-H", AGENT, url],
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    if "Non-2xx" in told or "Socket errors" in told:
        raise RuntimeError(told)
    rate = re.search(r"Requests/sec:\s+([\d.]+)", told)
    requests = re.search(r"(\d+) requests in", told)
    assert rate
    assert requests
    return float(rate[1]), int(requests[1])


def paced(
    server: Running, path: str, rate: float, seconds: float, connections: int
) -> dict[str, list[float]]:
    words = [sys.executable, str(ROOT / "benchmarks/_load.py"), "127.0.0.1", str(server.port), path]
    told = subprocess.run(
        [*words, *map(str, (rate, seconds, connections * 4))],
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    found: dict[str, list[float]] = json.loads(told)
    return found


if __name__ == "__main__":
    main()
