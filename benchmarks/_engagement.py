"""A tracking server filled with issues, links, splits and events, for benchmarks of the client."""

from sqlalchemy import Connection, insert, update

from app.trackserver.api.access import new_id
from app.trackserver.store.database import Database
from app.trackserver.store.schema import event, issue, link, publication, rollup
from app.trackserver.words import Agent, Dimension, EventType, Metric, Source

DAY = 86_400_000
HOUR = 3_600_000
START = 1_690_000_000_000
LINKS = 20
HOURS = 72
DELIVERED = 5_000
CLIENTS = ("Apple Mail", "Gmail", "Outlook", "Thunderbird", "Yahoo Mail")
DOMAINS = tuple(f"domain{number}.example" for number in range(30))


def fill(database: Database, issues: int, events: int) -> None:
    """One issue a day, each with its events and rollups as workers leave them, written straight to
    the store.
    """
    for number in range(1, issues + 1):
        share = events // issues + (number <= events % issues)
        with database.writing() as connection:
            connection.execute(
                insert(issue).values(
                    id=number, public_id=new_id("iss"), publication_id=1, mode="individual",
                    subject=_subject(number), sent_at=START + number * DAY,
                    made_at=START, recipients=DELIVERED, seq=number,
                )
            )  # fmt: skip
            connection.execute(update(publication).values(seq=number))
            _links(connection, number)
            _events(connection, number, share)
            _figures(connection, number)


def _subject(number: int) -> str:
    words = ("letters", "ferries", "bread", "tides", "clocks", "rain", "moss", "maps")
    return f"No. {number}: {words[number % 8]}, {words[number // 8 % 8]} and the rest"


def _links(connection: Connection, number: int) -> None:
    connection.execute(
        insert(link),
        [
            {"issue_id": number, "number": n, "canary": False, "text": f"Read on {n}",
             "url": f"https://host{n * 7 % 40}.example/{number if n % 3 else n}/{n}"}
            for n in range(1, LINKS + 1)
        ],
    )  # fmt: skip


def _events(connection: Connection, number: int, share: int) -> None:
    sent = START + number * DAY
    rows = [
        {"at": sent + n * HOUR // 50 % (HOURS * HOUR), "id": number * 1_000_000 + n,
         "issue_id": number, "subscriber_id": n // 2, "type": int(EventType.OPENED),
         "agent": int(Agent.HUMAN if n % 3 else Agent.PRIVACY_PROXY), "reasons": 0, "rules": 1,
         "source": int(Source.OWN), "domain": DOMAINS[n % len(DOMAINS)], "seq": number}
        for n in range(share)
    ]  # fmt: skip
    if rows:
        connection.execute(insert(event), rows)


def _figures(connection: Connection, number: int) -> None:
    """Figures that differ from issue to issue, in each class and each split."""
    some = 400 + number * 37 % 900
    totals = {
        Metric.SENT: DELIVERED + 20, Metric.DELIVERED: DELIVERED, Metric.HARD_BOUNCE: 12,
        Metric.SOFT_BOUNCE: 8, Metric.UNSUBSCRIBES: number % 9, Metric.COMPLAINTS: number % 4,
        Metric.OPENS: some * 2, Metric.CLICKS: some // 3, Metric.OPENERS: some,
        Metric.CLICKERS: some // 4,
    }  # fmt: skip
    rows = [(Dimension.TOTAL, "", metric, n) for metric, n in totals.items()]
    first = (START + number * DAY) // HOUR
    splits = [(Dimension.HOUR, f"{first + n:08d}", n) for n in range(HOURS)]
    splits += [(Dimension.CLIENT, name, n) for n, name in enumerate(CLIENTS)]
    splits += [(Dimension.DEVICE, name, n) for n, name in enumerate(("desktop", "mobile"))]
    splits += [(Dimension.DOMAIN, name, n) for n, name in enumerate(DOMAINS)]
    for dimension, key, n in splits:
        rows += [(dimension, key, Metric.OPENS, some // (n + 2) + 1),
                 (dimension, key, Metric.OPENERS, some // (n + 3) + 1),
                 (dimension, key, Metric.CLICKS, some // (n * 4 + 9) + 1)]  # fmt: skip
    for n in range(1, LINKS + 1):
        rows += [(Dimension.LINK, f"{n:05d}", Metric.CLICKS, some // (n * 3) + 1),
                 (Dimension.LINK, f"{n:05d}", Metric.CLICKERS, some // (n * 4) + 1)]  # fmt: skip
    classed = {Metric.OPENS, Metric.CLICKS, Metric.OPENERS, Metric.CLICKERS}
    made = []
    for dimension, key, metric, n in rows:
        shares = ((Agent.HUMAN, 60), (Agent.PRIVACY_PROXY, 30), (Agent.MACHINE, 10))
        for agent, share in shares if metric in classed else ((Agent.HUMAN, 100),):
            if n * share // 100:
                made.append(
                    {"issue_id": number, "dimension": int(dimension), "key": key,
                     "agent": int(agent), "metric": int(metric), "n": n * share // 100}
                )  # fmt: skip
    connection.execute(insert(rollup), made)
