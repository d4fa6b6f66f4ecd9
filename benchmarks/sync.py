"""How long does a sync from our own server take, on loopback, and how much memory?

The real server on SQLite; ``sendoff sync`` in a process of its own, as it is installed. Exit status
1 when it takes 300 MB, loses an event, or needs more than one request where nothing is new.

    python benchmarks/sync.py [--smoke] [--issues 1000] [--events 1000000]
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from _measure import arguments, heading
from sqlalchemy import Connection, insert, update

from app.engagement import accounts
from app.engagement.store.reader import Reader
from app.trackserver.api.access import new_id
from app.trackserver.api.keys import Scope
from app.trackserver.store.database import Database
from app.trackserver.store.schema import event, issue, link, publication, rollup
from app.trackserver.words import Agent, Dimension, EventType, Metric, Source
from tests.trackserver.serving import Served, serving

ROOT = Path(__file__).resolve().parent.parent
START = 1_780_000_000_000
HOUR = 3_600_000
LINKS = 20
HOURS = 72
ALLOWED_MB = 300


def main() -> int:
    parser = arguments(__doc__ or "")
    parser.add_argument("--issues", type=int, default=1000)
    parser.add_argument("--events", type=int, default=1_000_000)
    options = parser.parse_args()
    if options.smoke:
        options.issues, options.events = 20, 2_000
    heading("Sync from our own server")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        database = Database(f"sqlite:///{folder / 'server.db'}")
        database.migrate()
        with serving(database, folder / "server") as served:
            owner = served.http.post("/v1/publications", json={"name": "A letter"}).json()["id"]
            fill(database, options.issues, options.events)
            bad = measure(served, folder / "desk", owner, options.issues, options.events)
        database.close()
    return int(bad)


def measure(served: Served, desk: Path, owner: str, issues: int, events: int) -> bool:
    """Sync thrice: everything, nothing, and one issue that changed."""
    environment = {**os.environ, "SENDOFF_CONFIG_DIR": str(desk), "SENDOFF_DATA_DIR": str(desk),
                   "SENDOFF_KEY_BENCH": served.new_key([Scope.READ])}  # fmt: skip
    account = accounts.new("sendoff", "bench", served.url, owner)
    accounts.add(account, desk / "accounts.json")
    first, seconds, megabytes, cpu = sync(environment)
    stored = desk / "engagement.db"
    count = counted(stored)
    print(f"  first sync: {issues:,} issues, {count:,} events in {seconds:.1f} s, "
        f"{cpu:.1f} s of them our processor time "
          f"({count / seconds:,.0f}/s), {first['requests']} requests, peak {megabytes:.0f} MB, "
          f"store {stored.stat().st_size / 1e6:.0f} MB")  # fmt: skip
    second, seconds, less, _ = sync(environment)
    print(f"  nothing new: {second['requests']} request, {seconds:.2f} s from start to end of the "
          f"process, peak {less:.0f} MB")  # fmt: skip
    listed = served.http.get("/v1/issues", params={"limit": 1}).json()["issues"][0]["id"]
    served.http.patch(f"/v1/issues/{listed}", json={"subject": "Edited"})
    third, seconds, _, _ = sync(environment)
    print(f"  one issue changed: {third['requests']} requests, {seconds:.2f} s")
    return count != events or second["requests"] != 1 or megabytes >= ALLOWED_MB


def sync(environment: dict[str, str]) -> tuple[dict[str, int], float, float, float]:
    """``sendoff sync``: what it told, seconds, peak memory in MB, processor seconds."""
    start, before = time.monotonic(), os.times()
    words = [sys.executable, "-m", "app", "sync", "--json"]
    with tempfile.TemporaryFile() as told:
        process = subprocess.Popen(words, cwd=ROOT, env=environment, stdout=told)
        # Not its resource usage: that begins with this process's memory, which fork copied.
        peak = 0.0
        while process.poll() is None:
            peak = max(peak, _peak(process.pid))
            time.sleep(0.02)
        seconds, after = time.monotonic() - start, os.times()
        told.seek(0)
        found = json.load(told)["accounts"][0]
    if process.returncode:
        raise SystemExit(f"sync failed: {found['message']}")
    cpu = after.children_user + after.children_system
    cpu -= before.children_user + before.children_system
    return found, seconds, peak, cpu


def _peak(pid: int) -> float:
    """The most memory that a process has had so far, in MB."""
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:
        return 0.0
    return next((int(line.split()[1]) / 1000 for line in lines if line.startswith("VmHWM")), 0.0)


def counted(path: Path) -> int:
    with Reader(path) as reader:
        return sum(n for each in reader.issues() for n in reader.event_counts(each).values())


def fill(database: Database, issues: int, events: int) -> None:
    """Issues with their events and rollups as workers leave them, written straight to the store."""
    for number in range(1, issues + 1):
        share = events // issues + (number <= events % issues)
        with database.writing() as connection:
            connection.execute(
                insert(issue).values(
                    id=number, public_id=new_id("iss"), publication_id=1, mode="individual",
                    subject=f"Issue {number}", sent_at=START + number * 24 * HOUR,
                    made_at=START, recipients=5000, seq=number,
                )
            )  # fmt: skip
            connection.execute(update(publication).values(seq=number))
            _links(connection, number)
            _events(connection, number, share)


def _links(connection: Connection, number: int) -> None:
    connection.execute(
        insert(link),
        [
            {"issue_id": number, "number": n, "url": f"https://example.com/{number}/{n}",
             "text": f"Read on {n}", "canary": False}
            for n in range(1, LINKS + 1)
        ],
    )  # fmt: skip


def _events(connection: Connection, number: int, share: int) -> None:
    sent = START + number * 24 * HOUR
    rows = [
        {"at": sent + n * HOUR // 50 % (HOURS * HOUR), "id": number * 1_000_000 + n,
         "issue_id": number, "subscriber_id": n // 2, "type": int(EventType.OPENED),
         "agent": int(Agent.HUMAN if n % 3 else Agent.PRIVACY_PROXY), "reasons": 0, "rules": 1,
         "source": int(Source.OWN), "domain": "example.com", "seq": number}
        for n in range(share)
    ]  # fmt: skip
    if rows:
        connection.execute(insert(event), rows)
    keys = [(Dimension.TOTAL, "")]
    keys += [(Dimension.HOUR, f"{sent // HOUR + n:08d}") for n in range(HOURS)]
    keys += [(Dimension.LINK, f"{n:05d}") for n in range(1, LINKS + 1)]
    connection.execute(
        insert(rollup),
        [
            {"issue_id": number, "dimension": int(dimension), "key": key, "agent": 0,
             "metric": int(metric), "n": share}
            for dimension, key in keys
            for metric in (Metric.DELIVERED, Metric.OPENS, Metric.CLICKS)
        ],
    )  # fmt: skip


if __name__ == "__main__":
    raise SystemExit(main())
