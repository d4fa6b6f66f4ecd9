"""Thirty links to one host on loopback that refuses, or fails, whatever it is asked: whole runs.

python benchmarks/refusing_hosts.py
"""

import asyncio
import sys
import time
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from _measure import arguments, heading

from app.linkcheck.many.checker import Checker
from app.linkcheck.many.gates import HostGates
from app.linkcheck.page.fetch import Fetcher
from app.linkcheck.settings import CheckSettings
from app.linkcheck.verdict import Verdict

HOSTS = {
    "503": (503, ""),
    "503, Retry-After: 1": (503, "Retry-After: 1\r\n"),
    "503, Retry-After: 999": (503, "Retry-After: 999\r\n"),
    "500": (500, ""),
    "429": (429, ""),
    "429, Retry-After: 1": (429, "Retry-After: 1\r\n"),
    "429, Retry-After: 999": (429, "Retry-After: 999\r\n"),
}


def main() -> None:
    options = arguments(__doc__ or "").parse_args()
    links = 6 if options.smoke else 30
    heading(f"{links} links to a host that refuses or fails whatever it is asked")
    for name, (status, header) in HOSTS.items():
        asyncio.run(
            _measure(name, f"HTTP/1.1 {status} X\r\n{header}Content-Length: 0\r\n\r\n", links)
        )


async def _measure(name: str, answer: str, links: int) -> None:
    async def converse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                await reader.readuntil(b"\r\n\r\n")
                await asyncio.sleep(0.01)
                writer.write(answer.encode("ascii"))
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()

    server = await asyncio.start_server(converse, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    settings = CheckSettings(allow_private=True)
    found: dict[str, Verdict] = {}
    gates = HostGates(settings.concurrency, settings.per_host, settings.timeout)
    fetcher = Fetcher(settings, gate=gates)
    checker = Checker(fetcher, settings, gates, found.__setitem__)
    began = time.perf_counter()
    summary = await checker.run(f"http://127.0.0.1:{port}/{number}" for number in range(links))
    seconds = time.perf_counter() - began
    await checker.aclose()
    await fetcher.aclose()
    server.close()
    said = ", ".join(
        f"{count} {reason.value}"
        for reason, count in Counter(verdict.reason for verdict in found.values()).items()
    )
    print(f"  {name:<22} {seconds:5.1f} s  {summary.requests:3} requests  {said}")


if __name__ == "__main__":
    main()
