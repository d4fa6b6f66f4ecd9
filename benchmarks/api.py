"""How fast does the API do what a sender and a syncing client ask most?

    python benchmarks/api.py [--issues 1000] [--recipients 10000] [--store sqlite postgresql]
                             [--smoke]

Printed, within the server's process and without its HTTP: an upload of new recipients, and the same
batch again; a list of all issues sorted by open rate, and its first hundred; one dense issue's
report; and what a syncing client asks where nothing is new. Each issue has figures by the hour, by
link and by receiving domain.
"""

import time
from collections.abc import Callable, Iterator

from _hits import START, send, store
from _measure import arguments, heading, spread
from sqlalchemy import Connection, insert, select, text

from app.trackserver import reports
from app.trackserver.api.feeds import changes_page
from app.trackserver.api.issue_list import IssueQuery, page
from app.trackserver.api.issues import all_shown
from app.trackserver.api.recipients import Recipient, enrol
from app.trackserver.store.database import Database
from app.trackserver.store.schema import issue, publication, rollup
from app.trackserver.words import Dimension, Metric

HOURS, LINKS, DOMAINS = 100, 20, 100
COUNTED = (Metric.OPENS, Metric.OPENERS, Metric.CLICKS, Metric.CLICKERS)


def main() -> None:
    parser = arguments(__doc__ or "")
    parser.add_argument("--issues", type=int, default=1000)
    parser.add_argument("--recipients", type=int, default=10_000)
    parser.add_argument("--store", nargs="+", default=["sqlite", "postgresql"])
    options = parser.parse_args()
    if options.smoke:
        options.issues, options.recipients = 5, 100
    rounds = 2 if options.smoke else 15
    heading("The API")
    for name in options.store:
        with store(name) as database:
            send(database, options.issues, 0)
            fill(database, options.issues)
            print(f"  {name}: {options.issues:,} issues")
            upload(database, options.recipients)
            with database.reading() as connection:
                read(connection, rounds)


def fill(database: Database, issues: int) -> None:
    """Figures of every issue, as dense as those of one that thousands opened."""
    keys = [(Dimension.TOTAL, "")]
    keys += [(Dimension.HOUR, f"{START // 3_600_000 + hour:08}") for hour in range(HOURS)]
    keys += [(Dimension.LINK, f"{link:05}") for link in range(1, LINKS + 1)]
    keys += [(Dimension.DOMAIN, f"d{domain}.example") for domain in range(DOMAINS)]
    for number in range(1, issues + 1):
        with database.writing() as connection:
            connection.execute(insert(rollup), list(_rows(number, keys)))
    if not database.is_sqlite:
        with database.engine.connect() as connection:
            connection.execution_options(isolation_level="AUTOCOMMIT").execute(text("ANALYZE"))


def _rows(number: int, keys: list[tuple[Dimension, str]]) -> Iterator[dict[str, int | str]]:
    for dimension, key in keys:
        for metric in COUNTED:
            for agent in range(3):
                yield {"issue_id": number, "dimension": int(dimension), "key": key,
                       "metric": int(metric), "agent": agent, "n": number % 97 + agent}  # fmt: skip
    yield {"issue_id": number, "dimension": 0, "key": "", "metric": int(Metric.DELIVERED),
           "agent": 0, "n": 1000}  # fmt: skip


def upload(database: Database, count: int) -> None:
    """New recipients, then the same ones again."""
    for what in ("new", "again"):
        batch = [Recipient(f"r{n}", f"reader{n}@example.com") for n in range(count)]
        began, used = time.perf_counter(), time.process_time()
        with database.writing() as connection:
            row = connection.execute(select(issue).where(issue.c.id == 1)).one()
            enrol(connection, database, row, batch, START)
        seconds, own = time.perf_counter() - began, time.process_time() - used
        print(f"    upload of {count:,} ({what}): {seconds:.2f} s, {own:.2f} s of them our own")


def read(connection: Connection, rounds: int) -> None:
    """What is only read."""
    owner = connection.execute(select(publication)).one()
    cursor = changes_page(connection, owner, None, 10_000)[2]

    def listed(limit: int) -> None:
        rows, _ = page(connection, owner, IssueQuery(sort="-open_rate", limit=limit))
        all_shown(connection, rows, owner.public_id)

    def report() -> None:
        reports.figures(connection, [1])
        for dimension in Dimension:
            if dimension is not Dimension.TOTAL:
                reports.splits(connection, 1, dimension)

    timed("issues by open rate, 1,000", rounds, lambda: listed(1000))
    timed("issues by open rate, 100", rounds, lambda: listed(100))
    timed("report", rounds, report)
    timed("nothing new", rounds, lambda: changes_page(connection, owner, cursor, 200))


def timed(what: str, rounds: int, run: Callable[[], object]) -> None:
    """Print how long ``run`` takes."""
    run()
    times = []
    for _ in range(rounds):
        began = time.perf_counter()
        run()
        times.append((time.perf_counter() - began) * 1000)
    print(f"    {what}: {spread(times)}")


if __name__ == "__main__":
    main()
