"""Seeded schedules of faults: after each, is the local store the server's truth?

Every fault of ``tests/engagement/faults.py`` in turn, with others by the seed, while the server
changes, is restored, the sync is stopped, done twice at once, or the disk is full.

    python benchmarks/sync_faults.py [--smoke] [--runs 2000] [--first 0]
"""

import asyncio
import tempfile
import time
from collections import Counter
from pathlib import Path

from _measure import arguments, heading

from tests.engagement import schedules
from tests.engagement.faults import FAULTS


def main() -> int:
    parser = arguments(__doc__ or "")
    parser.add_argument("--runs", type=int, default=2000)
    parser.add_argument("--first", type=int, default=0, help="the first seed")
    options = parser.parse_args()
    runs = 40 if options.smoke else options.runs
    heading("Sync under faults")
    names = sorted(FAULTS)
    met: Counter[tuple[str, str]] = Counter()
    states: Counter[str] = Counter()
    cancels: list[float] = []
    syncs = requests = bad = 0
    start = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        for number in range(runs):
            seed = options.first + number
            # Alone and in pairs: the second goes round more slowly than the first.
            forced: tuple[str, ...] = (names[seed % len(names)],)
            if seed % 2:
                forced = (*forced, names[seed // len(names) % len(names)])
            told = asyncio.run(schedules.run(seed, Path(folder), forced))
            met.update(told.faults)
            states.update(told.states)
            cancels += told.cancels
            syncs += told.syncs
            requests += told.requests
            if told.violations:
                bad += 1
                print(f"  seed {seed}: {told.violations[:3]}")
    seconds = time.monotonic() - start
    print(f"  {runs} schedules, {syncs} syncs, {requests} requests in {seconds:.0f} s")
    print(f"  {met.total()} faults met, {len({name for name, _ in met})} of {len(names)} kinds, "
          f"{len(met)} pairs of kind and request")  # fmt: skip
    print("  syncs ended: " + ", ".join(f"{n} {word}" for word, n in states.most_common()))
    if cancels:
        print(f"  {len(cancels)} stopped, the slowest within {max(cancels) * 1000:.0f} ms")
    print(f"  schedules after which something was lost, doubled or told: {bad}")
    return min(bad, 1)


if __name__ == "__main__":
    raise SystemExit(main())
