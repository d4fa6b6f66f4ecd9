"""How soon is an issue's page painted, in a store of a thousand issues?

    python benchmarks/issue_page.py [--issues 1000] [--smoke]

Every issue is told in full: days of hours, six links, clients, domains, reasons. From choosing an
issue to its picture: the list is read and the page's data made (in a thread, in the app), then the
page's widgets show it and paint, at 1366x768. Printed: wall-clock and processor time, of issues
chosen at random. Exit status 1 when the median takes 100 ms of the wall clock.
"""

import os
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from _measure import arguments, heading, spread
from PySide6.QtWidgets import QApplication

from app.engagement.model import Record
from app.engagement.reports.issue_page import issue_page
from app.engagement.reports.queries import rows
from app.engagement.store.reader import Reader
from app.ui import style
from app.ui.reports.issue.page import IssuePage
from tests.engagement.reports import told
from tests.engagement.reports.stocked import DAY, OWN, stock

ALLOWED_MS = 100.0
LOOKS = 60


def main() -> None:
    parser = arguments(__doc__ or "")
    parser.add_argument("--issues", type=int, default=1000)
    options = parser.parse_args()
    issues, looks = (30, 5) if options.smoke else (options.issues, LOOKS)
    heading(f"The page of an issue, of {issues:,}")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "engagement.db"
        stock(path, OWN, *records(issues))
        application = QApplication([])
        style.dress(application)
        steps = look(application, path, looks)
    # The app reads all issues again only when a sync has stored something.
    whole = [sum(times) for times in zip(*(step.wall for step in steps[1:]), strict=True)]
    after = [read + rest for read, rest in zip(steps[0].wall, whole, strict=True)]
    for step in steps:
        print(f"  {step.name:<28} {spread(step.wall)}")
        print(f"  {'  of it the processor':<28} {spread(step.processor)}")
    print(f"  {'from choosing to its picture':<28} {spread(whole)}")
    print(f"  {'the same, first after a sync':<28} {spread(after)}")
    sys.exit(1 if statistics.median(whole) >= ALLOWED_MS else 0)


class Step:
    """A part of the way, and what it takes in milliseconds."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.wall: list[float] = []
        self.processor: list[float] = []

    @contextmanager
    def timed(self) -> Iterator[None]:
        """Time what is done within."""
        wall, processor = time.perf_counter(), time.process_time()
        yield
        self.wall.append((time.perf_counter() - wall) * 1000)
        self.processor.append((time.process_time() - processor) * 1000)


def records(issues: int) -> list[Record]:
    """So many issues, each told in full."""
    found: list[Record] = []
    for number in range(issues):
        share = 0.3 + random.Random(number).random() * 0.2
        issue = told.issue(number, f"Letter {number}", told.SENT_AT - number * DAY, share)
        found += [issue, told.detail(issue)]
    return found


def look(application: QApplication, path: Path, looks: int) -> tuple[Step, ...]:
    """Show issues; the times of each step. The first look, which loads fonts, is not counted."""
    chance = random.Random(4)
    read, made, shown, painted = steps = (
        Step("all issues read"), Step("the page's data made"), Step("shown by its widgets"),
        Step("painted"),
    )  # fmt: skip
    with Reader(path) as reader:
        page = IssuePage()
        page.resize(1366, 768)
        page.show()
        application.processEvents()
        for _ in range(looks + 1):
            with read.timed():
                known = rows(reader, (OWN,))
            with made.timed():
                data = issue_page(reader, known, chance.choice(known))
            with shown.timed():
                page.show_report(data)
            with painted.timed():
                page.grab()
            application.processEvents()
        page.close()
    for step in steps:
        del step.wall[0], step.processor[0]
    return steps


if __name__ == "__main__":
    main()
