"""The gate of a long issue: reading it, keeping what checks found, and judging.

    python benchmarks/gate.py [--smoke] [--size 100000] [--rounds 10]

A newsletter with a link every 200 characters. Told are milliseconds of the wall and of the
processor; all of it is done in a thread that is not the window's. Keeping waits for the disk.
"""

import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import TypeVar

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from _measure import arguments, heading, spread
from _samples import newsletter

from app.handover.gatekeeper import Gatekeeper
from app.handover.history import History
from app.linkcheck.verdict import Reason, Verdict

T = TypeVar("T")
Figures = dict[str, list[tuple[float, float]]]


def main() -> None:
    parser = arguments(__doc__ or "")
    parser.add_argument("--size", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=10)
    options = parser.parse_args()
    size, rounds = (10_000, 2) if options.smoke else (options.size, options.rounds)
    text, figures = newsletter(size), Figures()
    links = 0
    with tempfile.TemporaryDirectory() as folder:
        history = History(Path(folder) / "handover.sqlite3")
        now = datetime.now(UTC)
        for number in range(rounds):
            now += timedelta(minutes=1)
            draft = Path(folder) / f"issue-{number}.md"
            keeper = timed(figures, "reading", partial(Gatekeeper, draft, text, history))
            links = len(keeper.urls)
            found = {url: Verdict(Reason.OK, checked_at=now) for url in keeper.urls}
            timed(figures, "keeping all", partial(keeper.hear, found, now))
            timed(figures, "keeping nothing new", partial(keeper.hear, found, now))
            verdict = timed(figures, "judging", partial(keeper.judge, now))
            assert verdict.is_open
            found[keeper.urls[0]] = Verdict(Reason.LISTED, checked_at=now)
            timed(figures, "keeping one", partial(keeper.hear, found, now))
            assert len(keeper.judge(now).held) == 1
        history.close()
    heading(f"The gate of {len(text)} characters, {links} links ({rounds} rounds)")
    for name, times in figures.items():
        wall, cpu = zip(*times, strict=True)
        print(f"  {name:<20} {spread(wall)}; processor {spread(cpu)}")


def timed(figures: Figures, name: str, work: Callable[[], T]) -> T:
    wall, cpu = time.perf_counter(), time.process_time()
    result = work()
    spent = 1000 * (time.perf_counter() - wall), 1000 * (time.process_time() - cpu)
    figures.setdefault(name, []).append(spent)
    return result


if __name__ == "__main__":
    main()
