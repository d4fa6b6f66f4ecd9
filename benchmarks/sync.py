"""How long does a sync from our own server take, on loopback, and how much memory?

The real server on SQLite, its limit of requests a second lifted (a setting of the server; 50 as it
is installed); ``sendoff sync`` in a process of its own, as it is installed. To see what limits it,
the same requests are made by a program that throws the answers away. Exit status 1 when a sync
takes 300 MB, loses an event, or needs more than one request where nothing is new.

    python benchmarks/sync.py [--smoke] [--issues 1000] [--events 1000000] [--runs 1]
"""

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from _engagement import fill
from _measure import arguments, heading

from app.engagement import accounts
from app.engagement.store.reader import Reader
from app.trackserver.api.keys import Scope
from app.trackserver.store.database import Database
from tests.trackserver.serving import Served, serving

HERE = Path(__file__).resolve().parent
ALLOWED_MB = 300
SYNC = ("-m", "app", "sync", "--json")


@dataclass(frozen=True, slots=True)
class Run:
    """What a program told, and what it took: seconds, and MB at its peak.

    Attributes:
        ours, theirs: Processor seconds of the program, and of the server meanwhile.
    """

    told: Any
    seconds: float
    ours: float
    theirs: float
    peak: float

    @property
    def words(self) -> str:
        """Where the time went."""
        return (
            f"{self.seconds:.1f} s; processor: ours {self.ours:.1f} s, the server's "
            f"{self.theirs:.1f} s ({100 * self.theirs / self.seconds:.0f} % of the time)"
        )


def main() -> int:
    parser = arguments(__doc__ or "")
    parser.add_argument("--issues", type=int, default=1000)
    parser.add_argument("--events", type=int, default=1_000_000)
    parser.add_argument("--runs", type=int, default=1)
    options = parser.parse_args()
    if options.smoke:
        options.issues, options.events = 20, 2_000
    heading("Sync from our own server")
    bad = False
    ratios: list[float] = []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        database = Database(f"sqlite:///{folder / 'server.db'}")
        database.migrate()
        with serving(database, folder / "server") as served:
            owner = served.http.post("/v1/publications", json={"name": "A letter"}).json()["id"]
            fill(database, options.issues, options.events)
            for turn in range(options.runs):
                desk = folder / f"desk-{turn}"
                failed, ratio = measure(served, desk, owner, options.issues, options.events)
                bad |= failed
                ratios.append(ratio)
            if len(ratios) > 1:
                print(f"  as long as throwing away, {len(ratios)} pairs: median "
                      f"{statistics.median(ratios):.2f} times, {min(ratios):.2f} to "
                      f"{max(ratios):.2f}")  # fmt: skip
        database.close()
    return int(bad)


def measure(served: Served, desk: Path, owner: str, issues: int, events: int) -> tuple[bool, float]:
    """The floor, then sync thrice: everything, nothing, and one issue that changed. Whether it
    failed, and how many times as long as the floor the first sync took.
    """
    key = served.new_key([Scope.READ])
    environment = {**os.environ, "SENDOFF_CONFIG_DIR": str(desk), "SENDOFF_DATA_DIR": str(desk),
                   "SENDOFF_KEY_BENCH": key}  # fmt: skip
    account = accounts.new("sendoff", "bench", served.url, owner)
    accounts.add(account, desk / "accounts.json")
    floor = run(str(HERE / "_fetch.py"), served.url, key, environment=environment)
    print(f"  fetching and throwing away: {floor.told} requests in {floor.words}")
    first = run(*SYNC, environment=environment)
    count = counted(desk / "engagement.db")
    print(f"  first sync: {issues:,} issues, {count:,} events in {first.words}")
    size = (desk / "engagement.db").stat().st_size / 1e6
    print(f"    {count / first.seconds:,.0f} events/s, {requests(first)} requests, "
          f"peak {first.peak:.0f} MB, store {size:.0f} MB, "
          f"{first.seconds / floor.seconds:.2f} times as long as throwing away")  # fmt: skip
    second = run(*SYNC, environment=environment)
    print(f"  nothing new: {requests(second)} request, {second.seconds:.2f} s from start to end of "
          f"the process, peak {second.peak:.0f} MB")  # fmt: skip
    listed = served.http.get("/v1/issues", params={"limit": 1}).json()["issues"][0]["id"]
    served.http.patch(f"/v1/issues/{listed}", json={"subject": "Edited"})
    third = run(*SYNC, environment=environment)
    print(f"  one issue changed: {requests(third)} requests, {third.seconds:.2f} s")
    bad = count != events or requests(second) != 1 or first.peak >= ALLOWED_MB
    return bad, first.seconds / floor.seconds


def requests(run: Run) -> int:
    """How many the sync made."""
    found: int = run.told["accounts"][0]["requests"]
    return found


def run(*words: str, environment: dict[str, str]) -> Run:
    """A Python program to its end; it tells JSON. The server runs in this process."""
    started, before = time.monotonic(), os.times()
    with tempfile.TemporaryFile() as told:
        command = [sys.executable, *words]
        process = subprocess.Popen(command, cwd=HERE.parent, env=environment, stdout=told)
        # Not its resource usage: that begins with this process's memory, which fork copied.
        peak = 0.0
        while process.poll() is None:
            peak = max(peak, _peak(process.pid))
            time.sleep(0.05)
        seconds, after = time.monotonic() - started, os.times()
        told.seek(0)
        found = json.load(told)
    if process.returncode:
        raise SystemExit(f"it failed: {found}")
    ours = after.children_user + after.children_system
    ours -= before.children_user + before.children_system
    theirs = after.user + after.system - before.user - before.system
    return Run(found, seconds, ours, theirs, peak)


def _peak(pid: int) -> float:
    """The most memory that a process has had so far, in MB."""
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:
        return 0.0
    return next((int(line.split()[1]) / 1000 for line in lines if line.startswith("VmHWM")), 0.0)


def counted(path: Path) -> int:
    """The events in a store."""
    with Reader(path) as reader:
        return sum(n for each in reader.issues() for n in reader.event_counts(each).values())


if __name__ == "__main__":
    raise SystemExit(main())
