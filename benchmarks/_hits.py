"""An issue sent to many readers, and the hits that come back: for the server's benchmarks."""

import os
import random
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec
from sqlalchemy import insert, text

from app.trackserver.inbox import Hit, Kind
from app.trackserver.store.database import Database
from app.trackserver.store.schema import inbox, issue, link, publication
from app.trackserver.store.setup import keyring, set_up
from app.trackserver.tokens import Kind as TokenKind
from app.trackserver.tokens import Token
from tests.support.postgres import Postgres

START = 1_790_000_000_000
LINKS = 20
BATCH = 64
"""Hits of one row of the inbox: as many as came during one commit."""

BROWSERS = [
    f"Mozilla/5.0 ({system}) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/{version}.0.0.0"
    " Safari/537.36"
    for system in ("Windows NT 10.0; Win64; x64", "Macintosh; Intel Mac OS X 10_15_7", "X11; Linux")
    for version in range(100, 141)
]
PROXIES = [
    "Mozilla/5.0",
    "Mozilla/5.0 (Windows NT 5.1; rv:11.0) Gecko Firefox/11.0 (via ggpht.com GoogleImageProxy)",
    "YahooMailProxy; https://help.yahoo.com/kb/yahoo-mail-proxy-SLN28749.html",
]


def server_seconds(database: Database) -> float:
    """Processor time that PostgreSQL has used so far, its ended processes included."""
    if database.is_sqlite:
        return 0.0
    with database.reading() as connection:
        folder = connection.scalar(text("SHOW data_directory"))
    main = int((Path(str(folder)) / "postmaster.pid").read_text().split()[0])
    children = Path(f"/proc/{main}/task/{main}/children").read_text().split()
    # Of the main process also those that it waited for: user and system time, in ticks.
    ticks = sum(_ticks(main)) + sum(sum(_ticks(int(child))[:2]) for child in children)
    return ticks / os.sysconf("SC_CLK_TCK")


def _ticks(process: int) -> list[int]:
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return [int(field) for field in fields[11:15]]


@contextmanager
def store(name: str) -> Iterator[Database]:
    """An empty store: ``sqlite``, or ``postgresql`` with its own settings and fsync on."""
    folder = Path(tempfile.mkdtemp(prefix="sendoff-benchmark-"))
    server = None
    if name == "postgresql":
        server = Postgres(shared_buffers="512MB", max_wal_size="4GB")
    database = Database(server.url() if server else f"sqlite:///{folder / 'store.db'}")
    try:
        yield database
    finally:
        database.close()
        if server:
            server.close()
        shutil.rmtree(folder)


def send(database: Database, issues: int, recipients: int) -> None:
    """Set up a publication, its issues, and as many subscribers, who all get each issue."""
    set_up(database, START)
    with database.writing() as connection:
        connection.execute(
            insert(publication).values(
                id=1, public_id="pub_1", name="A", mode="individual", canary=False, seq=0,
                made_at=START,
            )
        )  # fmt: skip
        for number in range(1, issues + 1):
            connection.execute(
                insert(issue).values(
                    id=number, public_id=f"iss_{number}", publication_id=1, subject="One",
                    mode="individual", sent_at=START, made_at=START, seq=0,
                )
            )  # fmt: skip
            connection.execute(
                insert(link),
                [
                    {"issue_id": number, "number": one, "url": f"https://example.com/{one}",
                     "text": "", "canary": False}
                    for one in range(1, LINKS + 1)
                ],
            )  # fmt: skip
        series = _series(database)
        connection.execute(
            text(
                "INSERT INTO subscriber (id, publication_id, domain, consent, made_at)"
                f" SELECT n, 1, 'domain' || (n % 200) || '.example', TRUE, 0 FROM {series}"
            ),
            {"n": recipients},
        )
        connection.execute(
            text(
                "INSERT INTO recipient (issue_id, subscriber_id)"
                f" SELECT i.id, n FROM issue i CROSS JOIN {series}"
            ),
            {"n": recipients},
        )


def _series(database: Database) -> str:
    if database.is_sqlite:
        return (
            "(WITH RECURSIVE s (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM s WHERE n < :n)"
            " SELECT n FROM s) AS t"
        )
    return "generate_series(1, :n) AS t (n)"


def hits(database: Database, count: int, issues: int, recipients: int, seed: int) -> Iterator[Hit]:
    """Four opens for a click, half of the opens through a privacy proxy, spread over six hours."""
    with database.reading() as connection:
        sign = keyring(connection).sign
    chance = random.Random(seed)
    for _ in range(count):
        number, who = chance.randint(1, issues), chance.randint(1, recipients)
        if chance.random() < 0.8:
            token = Token(TokenKind.OPEN, number, who)
            agent = chance.choice(PROXIES if chance.random() < 0.5 else BROWSERS)
        else:
            token = Token(TokenKind.CLICK, number, who, chance.randint(1, LINKS))
            agent = chance.choice(BROWSERS)
        at = START + chance.randint(0, 6 * 3_600_000)
        # Three for a reader, whom nobody shares them with.
        last = who % 64 * 4 + chance.randint(1, 3)
        address = f"100.{64 + who // 16_384 % 64}.{who // 64 % 256}.{last}"
        yield Hit(at, sign(token), agent, address)


def fill(database: Database, items: Iterator[Hit]) -> int:
    """Put hits into the inbox, in batches; how many."""
    filled = 0
    rows: list[dict[str, object]] = []
    batch: list[Hit] = []

    def pack() -> None:
        rows.append(
            {"batch": os.urandom(16), "kind": int(Kind.HITS), "items": len(batch),
             "body": msgspec.msgpack.encode(batch), "attempts": 0, "not_before": 0}
        )  # fmt: skip
        batch.clear()

    def put() -> None:
        with database.writing() as connection:
            connection.execute(insert(inbox), rows)
        rows.clear()

    for item in items:
        batch.append(item)
        filled += 1
        if len(batch) == BATCH:
            pack()
        if len(rows) == 500:
            put()
    if batch:
        pack()
    if rows:
        put()
    return filled
