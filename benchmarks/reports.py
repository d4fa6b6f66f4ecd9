"""How fast is an issue's report, and is it right, over millions of events?

    python benchmarks/reports.py [--events 5000000] [--store sqlite postgresql] [--smoke]

One issue gets all the events, through the inbox and workers as in life. Printed: what its whole
report takes (figures, series by hour, links, clients, systems, devices, domains, reasons, proxies),
read from the rollups; the same totals counted from the events, for the ratio; and how many figures
a recount finds wrong. Exit status 1 when it finds one, or when a report takes 50 ms.
"""

import statistics
import sys
import time

from _hits import START, fill, hits, send, store
from _measure import arguments, heading, spread
from drain import drain
from sqlalchemy import distinct, func, select

from app.trackserver import reports
from app.trackserver.store.database import Database
from app.trackserver.store.schema import event
from app.trackserver.words import Dimension
from app.trackserver.work.recount import compare

ISSUE = 1
ALLOWED_MS = 50.0
SPLITS = (
    Dimension.CLIENT,
    Dimension.OS,
    Dimension.DEVICE,
    Dimension.DOMAIN,
    Dimension.REASON,
    Dimension.PROXY,
)


def main() -> None:
    parser = arguments(__doc__ or "")
    parser.add_argument("--events", type=int, default=5_000_000)
    parser.add_argument("--recipients", type=int, default=1_000_000)
    parser.add_argument("--store", nargs="+", default=["sqlite", "postgresql"])
    options = parser.parse_args()
    if options.smoke:
        options.events, options.recipients = 3_000, 1_000
    heading("An issue's report")
    wrong = False
    for name in options.store:
        with store(name) as database:
            send(database, 1, options.recipients)
            seconds, count = prepare(database, options.events, options.recipients)
            print(f"  {name}: {count:,} events, worked off at {count / seconds:,.0f}/s")
            wrong |= measure(database, 5 if options.smoke else 200)
            wrong |= recount(database)
    sys.exit(1 if wrong else 0)


def prepare(database: Database, events: int, recipients: int) -> tuple[float, int]:
    """Fill the store, a part at a time, so that the inbox never holds it all."""
    seconds, count = 0.0, 0
    while count < events:
        part = min(1_000_000, events - count)
        count += fill(database, hits(database, part, 1, recipients, seed=count))
        seconds += drain(database, 1 if database.is_sqlite else 2)[0]
    return seconds, count


def measure(database: Database, rounds: int) -> bool:
    """The report, each time in a transaction of its own; whether it took too long."""
    report(database)
    times = []
    for _ in range(rounds):
        began = time.perf_counter()
        report(database)
        times.append((time.perf_counter() - began) * 1000)
    print(f"    report: {spread(times)}")
    began = time.perf_counter()
    table = event.c
    with database.reading() as connection:
        connection.execute(
            select(table.type, table.agent, func.count(), func.count(distinct(table.subscriber_id)))
            .where(table.issue_id == ISSUE)
            .group_by(table.type, table.agent)
        ).all()
    counted = (time.perf_counter() - began) * 1000
    ratio = counted / statistics.median(times)
    print(f"    its totals alone, counted from events: {counted:,.0f} ms, {ratio:,.0f} times that")
    return statistics.median(times) >= ALLOWED_MS


def report(database: Database) -> None:
    """Everything that the API's report of an issue shows."""
    with database.reading() as connection:
        reports.figures(connection, [ISSUE])
        reports.hours(connection, ISSUE)
        reports.links(connection, ISSUE)
        for dimension in SPLITS:
            reports.splits(connection, ISSUE, dimension)
        reports.freshness(connection, START)


def recount(database: Database) -> bool:
    """Whether a recount finds any figure wrong."""
    began = time.perf_counter()
    with database.reading() as connection:
        differences = compare(connection, database, ISSUE)
    seconds = time.perf_counter() - began
    print(f"    recount: {len(differences)} figures differ, in {seconds:.1f} s")
    return bool(differences)


if __name__ == "__main__":
    main()
