"""How fast is an issue's report, and is it right, over millions of events?

    python benchmarks/reports.py [--events 5000000] [--store sqlite postgresql] [--smoke]

One issue gets all the events, recorded by the worker's own code, recipient by recipient, which is
quicker than through the inbox (that is what drain.py measures). Printed: what its whole
report takes (figures, series by hour, links, clients, systems, devices, domains, reasons, proxies),
read from the rollups; the same totals counted from the events, for the ratio; and how many figures
a recount finds wrong. Exit status 1 when it finds one, or when a report takes 50 ms.
"""

import multiprocessing
import random
import statistics
import sys
import time
from collections.abc import Iterator

from _hits import BROWSERS, LINKS, PROXIES, START, send, store
from _measure import arguments, heading, spread
from sqlalchemy import distinct, func, select

from app.trackserver import reports
from app.trackserver.robots.networks import hash_of, network_of
from app.trackserver.store.database import Database
from app.trackserver.store.schema import event
from app.trackserver.words import Dimension, EventType, Source
from app.trackserver.work.agents_table import UserAgents
from app.trackserver.work.events import Event
from app.trackserver.work.record import Recorder
from app.trackserver.work.recount import compare

ISSUE = 1
CHUNK = 4_000
"""Recipients of one transaction."""
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
            began = time.perf_counter()
            prepare(database, options.events, options.recipients)
            seconds = time.perf_counter() - began
            with database.reading() as connection:
                count = connection.scalar(select(func.count()).select_from(event)) or 0
            print(f"  {name}: {count:,} events, recorded in {seconds:.0f} s")
            wrong |= measure(database, 5 if options.smoke else 200)
            wrong |= recount(database)
    sys.exit(1 if wrong else 0)


def prepare(database: Database, events: int, recipients: int) -> None:
    """Fill the store, by as many processes as may write at once."""
    url = database.url.render_as_string(hide_password=False)
    each = events // recipients
    middle = recipients if database.is_sqlite else recipients // 2
    parts = [(1, middle), (middle + 1, recipients)]
    fillers = [
        multiprocessing.get_context("spawn").Process(target=fill, args=(url, first, last, each))
        for first, last in parts
        if first <= last
    ]
    for filler in fillers:
        filler.start()
    for filler in fillers:
        filler.join()
        if filler.exitcode:
            raise RuntimeError("the store could not be filled")


def fill(url: str, first: int, last: int, each: int) -> None:
    """Record so many events of each of these recipients."""
    database, agents, chance = Database(url), UserAgents(), random.Random(first)
    for start in range(first, last + 1, CHUNK):
        stop = min(start + CHUNK, last + 1)
        with database.writing() as connection:
            recorder = Recorder(connection, database, agents)
            recorder.issues([ISSUE])
            recorder.record(
                one for who in range(start, stop) for one in visits(chance, agents, who, each)
            )
        agents.settle(committed=True)
    database.close()


def visits(chance: random.Random, agents: UserAgents, who: int, count: int) -> Iterator[Event]:
    """Four opens for a click, half of the opens through a privacy proxy, spread over six hours."""
    for place in range(count):
        clicks = chance.random() < 0.2
        proxy = not clicks and chance.random() < 0.5
        address = f"100.{64 + who % 64}.{who // 64 % 256}.{chance.randint(1, 3)}"
        yield Event(
            START + chance.randint(0, 6 * 3_600_000),
            who * count + place,
            ISSUE,
            who,
            int(EventType.CLICKED if clicks else EventType.OPENED),
            chance.randint(1, LINKS) if clicks else None,
            0,
            0,
            0,
            int(Source.OWN),
            agents.number(chance.choice(PROXIES if proxy else BROWSERS)),
            address,
            network_of(address),
            hash_of(address, b"benchmark"),
        )


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
        reports.freshness(connection, START, 0)


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
