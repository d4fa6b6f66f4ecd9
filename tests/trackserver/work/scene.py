"""A publication with an issue, and hits on it, without any web process."""

import os
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

import msgspec
from sqlalchemy import func, insert, select

from app.trackserver.inbox import Hit, Kind
from app.trackserver.store.database import Database
from app.trackserver.store.schema import event, inbox, issue, link, publication, rollup, subscriber
from app.trackserver.store.setup import keyring, set_up
from app.trackserver.tokens import Keyring, Token
from app.trackserver.tokens import Kind as TokenKind
from app.trackserver.words import Agent, Dimension, EventType, Metric, Reason
from app.trackserver.work.worker import Worker

START = 1_790_000_000_000
"""When the issue went out: milliseconds UTC, in September 2026."""
CHROME = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko)"
    " Chrome/140.0.0.0 Safari/537.36"
)
SAFARI = (
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko)"
    " Version/18.5 Safari/605.1.15"
)
APPLE_PROXY = "Mozilla/5.0"
GMAIL_PROXY = (
    "Mozilla/5.0 (Windows NT 5.1; rv:11.0) Gecko Firefox/11.0 (via ggpht.com GoogleImageProxy)"
)
PUBLICATION = 1
ISSUE = 1


@dataclass
class Scene:
    """A store with one publication, one issue of 20 links, and as many subscribers as wanted."""

    database: Database
    people: int = 20
    mode: str = "individual"
    canary: int | None = None
    now: int = START + 3_600_000
    keys: Keyring = field(init=False)

    def __post_init__(self) -> None:
        set_up(self.database, START)
        with self.database.writing() as connection:
            self.keys = keyring(connection)
            connection.execute(
                insert(publication).values(
                    id=PUBLICATION, public_id="pub_1", name="A letter", mode="individual",
                    canary=False, seq=0, made_at=START,
                )
            )  # fmt: skip
            connection.execute(
                insert(issue).values(
                    id=ISSUE, public_id="iss_1", publication_id=PUBLICATION, external_id="no-1",
                    subject="One", mode=self.mode, sent_at=START, made_at=START, seq=0,
                )
            )  # fmt: skip
            connection.execute(
                insert(link),
                [
                    {
                        "issue_id": ISSUE,
                        "number": number,
                        "url": f"https://example.com/{number}",
                        "text": "",
                        "canary": number == self.canary,
                    }
                    for number in range(1, 21)
                ],
            )
            if self.people:
                connection.execute(
                    insert(subscriber),
                    [
                        {
                            "id": number,
                            "publication_id": PUBLICATION,
                            "domain": f"domain{number % 12}.example",
                            "consent": True,
                            "made_at": START,
                        }
                        for number in range(1, self.people + 1)
                    ],
                )

    def worker(self) -> Worker:
        return Worker(self.database, lambda: self.now)

    def open(
        self, who: int = 1, at: int = 60_000, agent: str = CHROME, address: str = "192.0.2.1"
    ) -> Hit:
        return self._hit(Token(TokenKind.OPEN, ISSUE, who), at, agent, address)

    def click(
        self,
        who: int = 1,
        link: int = 1,
        at: int = 60_000,
        agent: str = CHROME,
        address: str = "192.0.2.1",
    ) -> Hit:
        return self._hit(Token(TokenKind.CLICK, ISSUE, who, link), at, agent, address)

    def unsubscribe(
        self,
        who: int = 1,
        at: int = 60_000,
        agent: str = CHROME,
        address: str = "192.0.2.1",
        flags: int = 0,
    ) -> Hit:
        token = Token(TokenKind.UNSUBSCRIBE, ISSUE, who)
        return msgspec.structs.replace(self._hit(token, at, agent, address), flags=flags)

    def _hit(self, token: Token, at: int, agent: str, address: str) -> Hit:
        return Hit(START + at, self.keys.sign(token), agent, address)

    def put(self, *hits: Hit, batch: bytes | None = None) -> None:
        """Into the inbox, as one batch."""
        self.put_body(Kind.HITS, msgspec.msgpack.encode(hits), len(hits), batch)

    def put_body(self, kind: Kind, body: bytes, items: int = 1, batch: bytes | None = None) -> None:
        with self.database.writing() as connection:
            connection.execute(
                insert(inbox).values(
                    batch=batch or os.urandom(16), kind=int(kind), body=body, items=items,
                    attempts=0, not_before=0,
                )
            )  # fmt: skip

    def drain(self, worker: Worker | None = None) -> None:
        """Until nothing is left to do."""
        worker = worker or self.worker()
        while worker.step():
            pass

    def drain_all(self) -> None:
        """What several workers have left, too: one that found nothing but what others had, ended;
        and what they were in each other's way with is tried again later.
        """
        while self.waiting():
            self.now += 60_000
            self.drain()

    def waiting(self) -> int:
        """How many batches are in the inbox."""
        with self.database.reading() as connection:
            return connection.scalar(select(func.count()).select_from(inbox)) or 0

    def figures(self, dimension: Dimension = Dimension.TOTAL) -> Counter[tuple[Metric, str, Agent]]:
        with self.database.reading() as connection:
            rows = connection.execute(
                select(rollup).where(rollup.c.issue_id == ISSUE, rollup.c.dimension == dimension)
            ).all()
        return Counter({(Metric(row.metric), row.key, Agent(row.agent)): row.n for row in rows})

    def total(self, metric: Metric, *agents: Agent) -> int:
        figures = self.figures()
        return sum(figures[metric, "", agent] for agent in agents or tuple(Agent))

    def hits(self) -> list[tuple[EventType, Agent, Reason]]:
        """Every event in order of time."""
        with self.database.reading() as connection:
            rows = connection.execute(select(event).order_by(event.c.at, event.c.id)).all()
        return [(EventType(row.type), Agent(row.agent), Reason(row.reasons)) for row in rows]

    def classes(self) -> Sequence[Agent]:
        return [agent for _, agent, _ in self.hits()]
