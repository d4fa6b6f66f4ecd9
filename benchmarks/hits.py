"""How many opens a second can be kept, and what that costs against an answer alone?

    python benchmarks/hits.py [--seconds 6] [--rounds 5] [--connections 64 256] [--smoke]

wrk asks for a pixel of the real server (one process, no worker: durable before it is answered) and,
in turn, for the same GIF of the same HTTP server with nothing behind it. Then the latency at half
of the rate that was kept, in an open loop; then the memory over two million hits. On SQLite and on
PostgreSQL, both as they are installed (with fsync). Needs wrk.
"""

import json
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
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
    options = parser.parse_args()
    if options.smoke:
        options.seconds, options.rounds, options.hits = 1, 1, 5_000
    if shutil.which("wrk") is None:
        sys.exit("wrk is not installed")
    heading("Durable opens")
    for name, store in (("SQLite", sqlite), ("PostgreSQL", postgresql)):
        with tempfile.TemporaryDirectory() as folder, store(Path(folder)) as url:
            for connections in options.connections:
                report(name, url, Path(folder), options.seconds, options.rounds, connections)
            report_memory(name, url, Path(folder), options.hits, options.connections[0])


@contextmanager
def sqlite(folder: Path) -> Iterator[str]:
    yield f"sqlite:///{folder / 'sendoff.db'}"


@contextmanager
def postgresql(_folder: Path) -> Iterator[str]:
    with Postgres() as server:
        yield server.url(server.new_database())


def report(
    name: str, url: str, folder: Path, seconds: float, rounds: int, connections: int
) -> None:
    path = pixel_path(url)
    with (
        running([str(ROOT / "benchmarks/_gif_server.py")], folder) as bare,
        running(server_words(url), folder) as kept,
    ):
        ask(kept, path, 1, connections)
        bare_rates: list[float] = []
        kept_rates: list[float] = []
        bare_cpu: list[float] = []
        kept_cpu: list[float] = []
        for _ in range(rounds):
            for server, rates, cpu in (
                (bare, bare_rates, bare_cpu),
                (kept, kept_rates, kept_cpu),
            ):
                before = server.cpu()
                rate, requests = ask(server, path, seconds, connections)
                cpu.append((server.cpu() - before) / requests * 1e6)
                rates.append(rate)
        ratios = [one / other for one, other in zip(kept_rates, bare_rates, strict=True)]
        rate = statistics.median(kept_rates)
        print(f"  {name}, {connections} connections:")
        print(f"    the GIF alone: {spread(bare_rates, '/s', 0)}")
        print(f"    kept durably:  {spread(kept_rates, '/s', 0)}")
        print(
            f"    ratio of the pairs: median {statistics.median(ratios):.0%} "
            f"({min(ratios):.0%} to {max(ratios):.0%}); "
            f"CPU a request {statistics.median(bare_cpu):.0f} and "
            f"{statistics.median(kept_cpu):.0f} µs"
        )
        told = paced(kept, path, rate / 2, seconds, connections)
        print(f"    at {rate / 2:.0f}/s: {spread(told['latencies'])}; failed {told['failed']}")


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
