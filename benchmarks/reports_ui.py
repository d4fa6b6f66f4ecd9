"""Does the window stay free while a million events are synced, and how soon are reports there?

The app itself in a process of its own (offscreen, or on DISPLAY), showing its reports while it
syncs from the real server on SQLite on loopback, whose limit of requests a second is lifted. A
timer of 4 ms says how late the event loop is; as a busy machine is late by itself, the same is
seen afterwards without a sync, and what the window's thread waited for a processor is taken away.
Exit status 1 when window and sync together take 300 MB.

    python benchmarks/reports_ui.py [--smoke] [--issues 1000] [--events 1000000]
"""

import json
import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from _engagement import fill
from _measure import arguments, heading, spread

from app.engagement import accounts
from app.trackserver.api.keys import Scope
from app.trackserver.store.database import Database
from tests.trackserver.serving import serving

HERE = Path(__file__).resolve().parent
ALLOWED_MB = 300
FRAME_MS = 16
PAINTED_MS = 100
SORTED_MS = 50


def main() -> int:
    parser = arguments(__doc__ or "")
    parser.add_argument("--issues", type=int, default=1000)
    parser.add_argument("--events", type=int, default=1_000_000)
    options = parser.parse_args()
    if options.smoke:
        options.issues, options.events = 30, 3_000
    heading("The window while it syncs, and reports")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        database = Database(f"sqlite:///{folder / 'server.db'}")
        database.migrate()
        with serving(database, folder / "server") as served:
            owner = served.http.post("/v1/publications", json={"name": "A letter"}).json()["id"]
            fill(database, options.issues, options.events)
            key = served.new_key([Scope.READ])
            found = window(folder / "desk", served.url, owner, key)
        database.close()
    tell(found, options.events)
    sync = found["sync"]
    taken = sync["peak_mb"] + sync["process"]["peak_mb"]
    return int(taken >= ALLOWED_MB or sync["state"] != "current")


def window(desk: Path, url: str, owner: str, key: str) -> Any:
    """Run the app; what it saw."""
    environment = {
        **os.environ,
        **{f"SENDOFF_{name}_DIR": str(desk / name) for name in ("CONFIG", "DATA", "CACHE")},
        "SENDOFF_KEY_BENCH": key,
        "PYTHONPATH": os.pathsep.join([str(HERE), str(HERE.parent)]),
        "QTWEBENGINE_DISABLE_SANDBOX": "1",
    }
    if "DISPLAY" not in environment:
        environment["QT_QPA_PLATFORM"] = "offscreen"
    account = accounts.new("sendoff", "bench", url, owner)
    accounts.add(account, desk / "CONFIG" / "accounts.json")
    done = subprocess.run(
        [sys.executable, str(HERE / "_reports_window.py")],
        env=environment,
        stdout=subprocess.PIPE,
        text=True,
        check=False,
        timeout=3600,
    )
    if done.returncode:
        raise SystemExit("the window failed")
    return json.loads(done.stdout.splitlines()[-1])


def tell(found: Any, events: int) -> None:
    """Print it."""
    sync = found["sync"]
    print(
        f"  {found['issues']:,} issues, {events:,} events synced in the app: {sync['state']}, "
        f"{sync['seconds']:.1f} s"
    )
    its = sync["process"]
    print(f"    processor: window {sync['cpu']:.1f} s, the sync's process {its['cpu']:.1f} s; "
          f"peaks: {sync['peak_mb']:.0f} and {its['peak_mb']:.0f} MB")  # fmt: skip
    print(f"  first opening of the reports: longest turn {found['opening']:.1f} ms processor time")
    for name, words in (("sync", "while it syncs"), ("idle", "without a sync")):
        late, event = found[name]["late"], found[name]["event"]
        over = sum(each >= FRAME_MS for each in late)
        print(f"  event loop {words}: late by {spread(late)}; {over} of {len(late)} ticks by "
              f"{FRAME_MS} ms and more")  # fmt: skip
        ours = found[name]["ours"]
        over = sum(each >= FRAME_MS for each in ours)
        print(f"    without what other programs had the processors: {spread(ours)}; {over} by "
              f"{FRAME_MS} ms and more")  # fmt: skip
        print(f"    longest event: {event['cpu']:.1f} ms processor time ({event['which']}), "
              f"longest by the clock {event['wall']:.1f} ms")  # fmt: skip
    print(f"  longest look for garbage while it syncs: {sync['garbage']:.1f} ms processor time")
    for what, words in (("wall", "painted after"), ("read", "of that until it was read"),
                        ("cpu", "processor time of all threads"),
                        ("own", "of that the window's thread")):  # fmt: skip
        print(f"  report, {words}: {spread([each[what] for each in found['reports']])}")
    first = found["reports"][0]
    print(f"    the first one: {first['wall']:.1f} ms, {first['cpu']:.1f} ms processor time, "
          f"{first['own']:.1f} ms of it the window's thread")  # fmt: skip
    over = sum(each["wall"] >= PAINTED_MS for each in found["reports"])
    print(f"    {over} of {len(found['reports'])} took {PAINTED_MS} ms and more")
    slowest = max(found["sorts"], key=lambda name: statistics.median(found["sorts"][name]))
    every = [each for times in found["sorts"].values() for each in times]
    print(f"  list sorted by any of {len(found['sorts'])} columns: {spread(every)}; slowest by "
          f"{slowest}: median {statistics.median(found['sorts'][slowest]):.1f} ms; "
          f"{sum(each >= SORTED_MS for each in every)} took {SORTED_MS} ms and more")  # fmt: skip
    print(f"  closed in {found['close']:.0f} ms")


if __name__ == "__main__":
    raise SystemExit(main())
