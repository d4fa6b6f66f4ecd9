"""Do the figures stay right whatever happens at once?

    python benchmarks/at_once.py [--seconds 20] [--seed 1] [--stores sqlite postgresql] [--smoke]

On one store, each in threads of its own: hits and reported events come in, a vendor tells of hits
that were ours as well, workers work them off, recipients are uploaded, subscribers erased, issues
judged anew. At the end figures must equal a recount, nothing may belong to somebody who is no more,
and nothing may be set aside or left over. Exit status 1 when any of it fails.
"""

import logging
import random
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import msgspec
from _hits import store
from _measure import arguments, heading
from sqlalchemy import Connection, func, insert, select

from app.trackserver.api.erasing import erase
from app.trackserver.api.recipients import Recipient, enrol
from app.trackserver.inbox import Delivered, Hit, HitFlag, Kind, Reported
from app.trackserver.store.database import Database, is_overtaken
from app.trackserver.store.schema import (
    event,
    inbox,
    issue,
    set_aside,
    subscriber,
    subscriber_key,
    webhook,
)
from app.trackserver.tokens import Kind as TokenKind
from app.trackserver.tokens import Token
from app.trackserver.vendors.keys import Keys, write_keys
from app.trackserver.web.problems import Problem
from app.trackserver.words import Source
from app.trackserver.work.recount import compare
from app.trackserver.work.rerun import rerun
from tests.trackserver.work.scene import APPLE_PROXY, CHROME, PUBLICATION, SAFARI, START, Scene

ISSUES, PEOPLE, WORKERS = 4, 15, 3
AGENTS = (CHROME, SAFARI, APPLE_PROXY, "", "curl/8")


class World:
    """What happens, each a method of its own that is called again and again."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.scene = Scene(database, people=0)
        self.done: Counter[str] = Counter()
        self.overtaken: Counter[str] = Counter()
        self.failed: Counter[str] = Counter()
        self._workers = threading.local()
        with database.writing() as connection:
            for number in range(2, ISSUES + 1):
                # The last one tracks nobody by name.
                mode = "aggregate" if number == ISSUES else "individual"
                connection.execute(
                    insert(issue).values(
                        id=number, public_id=f"iss_{number}", publication_id=PUBLICATION,
                        external_id=f"no-{number}", subject="x", mode=mode, sent_at=START,
                        made_at=START, seq=0,
                    )
                )  # fmt: skip
            connection.execute(
                insert(webhook).values(
                    id=1, publication_id=PUBLICATION, source=int(Source.POSTMARK),
                    path_digest=b"d", proof=write_keys(Keys()), made_at=START,
                )
            )  # fmt: skip

    def hits(self, chance: random.Random) -> None:
        """Our own pixels and links."""
        found = []
        for _ in range(chance.randint(1, 40)):
            kind = chance.choice((TokenKind.OPEN, TokenKind.CLICK, TokenKind.UNSUBSCRIBE))
            link = chance.randint(1, 9) if kind is TokenKind.CLICK else 0
            token = self.scene.keys.sign(Token(kind, chance.randint(1, ISSUES), 0, link))
            address = f"192.0.{chance.randint(1, 5)}.{chance.randint(1, 3)}"
            flags = chance.choice((0, HitFlag.POSTED))
            at = START + chance.randint(0, 7_200_000)
            path = f"{token}/{_who(chance)}"
            found.append(Hit(at, path, chance.choice(AGENTS), address, flags))
        self.scene.put(*found)
        time.sleep(0.01)

    def reports(self, chance: random.Random) -> None:
        """Events that a sender reports, some of them twice."""
        events = [
            Reported(
                START + chance.randint(0, 9_000_000), chance.randint(1, ISSUES),
                chance.randint(1, 10), 0, external_id=_who(chance), reason="5.1.1",
                id=str(chance.randint(1, 500)),
            )
            for _ in range(5)
        ]  # fmt: skip
        self.scene.put_body(Kind.EVENTS, msgspec.msgpack.encode(events), len(events))
        time.sleep(0.02)

    def vendor(self, chance: random.Random) -> None:
        """Postmark tracks, too."""
        body = {
            "RecordType": chance.choice(("Open", "Click", "Delivery")),
            "MessageID": str(chance.randint(1, 200)), "Recipient": "reader@example.com",
            "ReceivedAt": START // 1000 + chance.randint(0, 7_200), "UserAgent": CHROME,
            "DeliveredAt": START // 1000,
            "Metadata": {"sendoff_issue": f"iss_{chance.randint(1, ISSUES)}",
                         "sendoff_subscriber": _who(chance)},
        }  # fmt: skip
        request = Delivered(START + 8_000_000, 1, msgspec.json.encode(body))
        self.scene.put_body(Kind.WEBHOOKS, msgspec.msgpack.encode([request]))
        time.sleep(0.01)

    def work(self, _chance: random.Random) -> None:
        """A worker of this thread's."""
        if not hasattr(self._workers, "mine"):
            self._workers.mine = self.scene.worker()
        if not self._workers.mine.step():
            time.sleep(0.002)

    def erasures(self, chance: random.Random) -> None:
        """Somebody wants to be forgotten."""
        with self.database.writing() as connection:
            row = connection.execute(
                select(subscriber).where(subscriber.c.external_id == _who(chance))
            ).first()
            if row is not None:
                erase(connection, self.database, row, self.scene.now)
        time.sleep(0.05)

    def uploads(self, chance: random.Random) -> None:
        """And is a subscriber again."""
        people = [
            Recipient(
                f"p{n}", chance.choice((None, f"p{n}@d{n % 3}.example")), chance.random() < 0.9
            )
            for n in chance.sample(range(1, PEOPLE + 1), 6)
        ]
        with self.database.writing() as connection:
            row = connection.execute(
                select(issue).where(issue.c.id == chance.randint(1, ISSUES))
            ).one()
            enrol(connection, self.database, row, people, self.scene.now)
        time.sleep(0.03)

    def looks(self, chance: random.Random) -> None:
        """A look at the whole of an issue."""
        rerun(self.database, chance.randint(1, ISSUES))
        time.sleep(0.05)

    def repeat(
        self, what: Callable[[random.Random], None], chance: random.Random, end: float
    ) -> None:
        """Until the end; what was overtaken is tried again, as its caller would."""
        name = what.__name__
        while time.monotonic() < end:
            try:
                what(chance)
                self.done[name] += 1
            except Problem as problem:
                kind = self.overtaken if problem.status == 503 else self.failed
                kind[name] += 1
            except Exception as error:  # noqa: BLE001 - counted and told
                kind = self.overtaken if is_overtaken(error) else self.failed
                kind[f"{name}: {type(getattr(error, 'orig', None) or error).__name__}"] += 1


def main() -> int:
    parser = arguments(__doc__ or "")
    parser.add_argument("--seconds", type=float, default=20.0)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--stores", nargs="+", default=["sqlite", "postgresql"])
    options = parser.parse_args()
    seconds = 1.0 if options.smoke else options.seconds
    logging.disable(logging.CRITICAL)
    heading("Everything at once")
    wrong = False
    for name in options.stores:
        with store(name) as database:
            wrong |= _run(name, World(database), options.seed, seconds)
    return int(wrong)


def _run(name: str, world: World, seed: int, seconds: float) -> bool:
    end = time.monotonic() + seconds
    busy = [world.hits, world.reports, world.vendor, world.erasures, world.uploads, world.looks]
    threads = [
        threading.Thread(target=world.repeat, args=(what, random.Random(seed * 100 + n), end))
        for n, what in enumerate([*busy, *[world.work] * WORKERS])
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    world.scene.now += 10**9
    world.scene.drain()
    with world.database.reading() as connection:
        found = _wrong(connection, world.database)
        events = connection.scalar(select(func.count()).select_from(event))
    print(f"  {name}: {events:,} events; {_told(world.done)}")
    print(f"    overtaken, to be tried again: {_told(world.overtaken)}")
    for what, n in (found + world.failed).items():
        print(f"    WRONG: {what}: {n}")
    return bool(found + world.failed)


def _wrong(connection: Connection, database: Database) -> Counter[str]:
    people = select(subscriber.c.id)
    keyed = select(subscriber_key.c.subscriber_id)
    whose = event.c.subscriber_id

    def count(table: object, *where: object) -> int:
        query = select(func.count()).select_from(table).where(*where)  # type: ignore[arg-type]
        return connection.scalar(query) or 0

    found = Counter(
        {
            "events of nobody who is": count(event, whose.is_not(None), whose.not_in(people)),
            "subscribers whom nobody finds": count(subscriber, subscriber.c.id.not_in(keyed)),
            "batches left": count(inbox),
        }
    )
    for error in connection.scalars(select(set_aside.c.error)):
        found[f"set aside: {error}"] += 1
    for number in range(1, ISSUES + 1):
        found[f"figures of issue {number}"] = len(compare(connection, database, number))
    return +found


def _told(counts: Counter[str]) -> str:
    return ", ".join(f"{name} {n:,}" for name, n in sorted(counts.items())) or "nothing"


def _who(chance: random.Random) -> str:
    return f"p{chance.randint(1, PEOPLE)}"


if __name__ == "__main__":
    sys.exit(main())
