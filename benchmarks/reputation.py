"""Reputation of 200 links on 200 hosts in one batch, against services on loopback.

The services (SURBL and DBL by DNS, Web Risk by HTTP) run in a process of their own and take their
time to answer. Compared is the whole batch, through the checker as the app uses it, with the
slowest service's answer to one question alone. The window's thread is stood in for by one that
wants to run every millisecond.

python benchmarks/reputation.py
"""

import asyncio
import json
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Coroutine, Sequence
from functools import partial
from pathlib import Path
from statistics import median

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from _measure import arguments, heading

from app.linkcheck.many.checker import Checker
from app.linkcheck.many.gates import HostGates
from app.linkcheck.reputation.answers import Answers
from app.linkcheck.reputation.dns.client import DnsClient
from app.linkcheck.reputation.dns.lists import DnsList
from app.linkcheck.reputation.dns.zones import dbl, surbl
from app.linkcheck.reputation.service import NamedService
from app.linkcheck.reputation.webrisk.api import WebRiskApi
from app.linkcheck.reputation.webrisk.lookup import WebRiskLookup
from app.linkcheck.reputation.webrisk.update import WebRiskUpdate
from app.linkcheck.settings import CheckSettings
from app.linkcheck.verdict import Note, Status, Verdict
from tests.linkcheck.many.fakes import FakeFetcher, FakeNetwork


class Services:
    """The process of the services."""

    def __init__(self, dns_delay: float, web_risk_delay: float, size: int) -> None:
        script = Path(__file__).with_name("_reputation_servers.py")
        self._process = subprocess.Popen(
            [sys.executable, str(script), str(dns_delay), str(web_risk_delay), str(size)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self.ports = self._line()

    def asked(self) -> int:
        """How many questions have come."""
        assert self._process.stdin
        self._process.stdin.write("?\n")
        self._process.stdin.flush()
        return sum(self._line().values())

    def stop(self) -> None:
        """End it."""
        self._process.communicate()

    def _line(self) -> dict[str, int]:
        assert self._process.stdout
        found: dict[str, int] = json.loads(self._process.stdout.readline())
        return found

    def dns(self) -> DnsClient:
        """Asks its name server."""
        return DnsClient((("127.0.0.1", self.ports["dns"]),))

    def api(self) -> WebRiskApi:
        """Asks its Web Risk."""
        return WebRiskApi("key", f"http://127.0.0.1:{self.ports['web_risk']}", allow_private=True)

    def all(self) -> list[NamedService]:
        """Three services that know nothing yet."""
        return [
            DnsList(surbl(), self.dns(), Answers(None)),
            DnsList(dbl(), self.dns(), Answers(None)),
            WebRiskLookup(self.api(), Answers(None)),
        ]


def main() -> None:
    options = arguments(__doc__ or "").parse_args()
    links, runs = (20, 1) if options.smoke else (200, 5)
    size = 2_000 if options.smoke else 500_000
    heading(f"Reputation of {links} links on {links} hosts, three services, {runs} runs")
    for dns_delay, web_risk_delay in ((0.1, 0.3), (0.3, 0.5), (0.8, 1.0)):
        services = Services(dns_delay, web_risk_delay, 1)
        try:
            compare(services, links, runs, f"DNS {dns_delay} s, Web Risk {web_risk_delay} s")
        finally:
            services.stop()
    services = Services(0.1, 0.3, size)
    try:
        local_lists(services, links, size)
    finally:
        services.stop()


def compare(services: Services, links: int, runs: int, title: str) -> None:
    alone: list[float] = []
    new, again, stalls = list[float](), list[float](), list[float]()
    computing: list[float] = []
    asked = 0

    async def measure(run: int) -> None:
        nonlocal asked
        made = services.all()
        alone.append(max([await timed_alone(each, run) for each in services.all()]))
        urls = [f"https://site{number}.run{run}.example/a" for number in range(links)]
        used = time.process_time()
        new.append((await batch(made, urls))[0])
        computing.append(time.process_time() - used)
        await asyncio.sleep(0.5)  # what was sent twice arrives
        before = services.asked()
        again.append((await batch(made, urls))[0])
        asked += services.asked() - before
        for each in made:
            await each.aclose()

    for run in range(runs):
        stalls.append(in_thread(partial(measure, run)))
    print(f"  {title}")
    print(f"    slowest service, one question   {median(alone) * 1000:7.1f} ms")
    ratios = [whole / one for whole, one in zip(new, alone, strict=True)]
    print(
        f"    {links} links, nothing known       {median(new) * 1000:7.1f} ms   "
        f"ratio {median(ratios):.2f} ({min(ratios):.2f} to {max(ratios):.2f})"
    )
    print(f"    of that, computing              {median(computing) * 1000:7.1f} ms")
    print(f"    the same within their expiry    {median(again) * 1000:7.1f} ms   {asked} questions")
    print(f"    longest wait of another thread  {max(stalls) * 1000:7.1f} ms")


async def timed_alone(service: NamedService, run: int) -> float:
    """One question to a service whose canary and connection are there already."""
    await service.look_up(f"https://warm.run{run}.example/")
    began = time.perf_counter()
    await service.look_up(f"https://alone.run{run}.example/")
    seconds = time.perf_counter() - began
    await service.aclose()
    return seconds


async def batch(services: Sequence[NamedService], urls: Sequence[str]) -> tuple[float, int]:
    """Seconds until every link of a batch has its reputation, and how many are flagged."""
    settings = CheckSettings(allow_private=True, concurrency=256)
    gates = HostGates(settings.concurrency, settings.per_host, settings.timeout)
    said: dict[str, Verdict] = {}
    checker = Checker(
        *(FakeFetcher(), settings, gates, said.__setitem__),
        network=FakeNetwork(),
        reputation=services,
    )
    began = time.perf_counter()
    await checker.run(urls)
    seconds = time.perf_counter() - began
    await checker.aclose()
    unknown = sum(Note.REPUTATION_UNKNOWN in verdict.notes for verdict in said.values())
    assert len(said) == len(urls)
    assert not unknown, f"{unknown} of {len(urls)} links without an answer"
    return seconds, sum(each.status is Status.BLOCK for each in said.values())


def local_lists(services: Services, links: int, size: int) -> None:
    print(f"  Web Risk by local lists of {size:,} prefixes, Rice-coded")

    async def measure() -> None:
        with tempfile.TemporaryDirectory() as folder:
            api, file = services.api(), Path(folder) / "lists.sqlite3"
            service = WebRiskUpdate(api, Answers(None), file)
            began = time.perf_counter()
            await service.look_up("https://first.example/")
            print(f"    loaded and in the database      {time.perf_counter() - began:7.2f} s")
            before = services.asked()
            urls = [f"https://site{number}.bench.example/a" for number in range(links)]
            seconds, flagged = await batch([service], urls)
            asked = services.asked() - before
            print(
                f"    {links} links                       {seconds * 1000:7.1f} ms   "
                f"{asked} questions, {flagged} flagged"
            )
            await service.aclose()
            print(f"    on the disk                     {file.stat().st_size / 1e6:7.1f} MB")

    stall = in_thread(measure)
    print(f"    longest wait of another thread  {stall * 1000:7.1f} ms")


def in_thread(work: Callable[[], Coroutine[object, object, None]]) -> float:
    """Run a coroutine function in a thread; the longest time that this one could not run."""
    errors: list[BaseException] = []

    def run() -> None:
        try:
            asyncio.run(work())
        except BaseException as error:  # noqa: BLE001 - raised again below
            errors.append(error)

    thread = threading.Thread(target=run)
    thread.start()
    longest, last = 0.0, time.perf_counter()
    while thread.is_alive():
        time.sleep(0.001)
        now = time.perf_counter()
        longest, last = max(longest, now - last - 0.001), now
    if errors:
        raise errors[0]
    return longest


if __name__ == "__main__":
    main()
