"""The team's cache of verdicts in the server's store, and who of its processes asks for what.

Keyed by a digest: the store learns which links are known, not what drafts link to, except where a
verdict itself names an address. Everything here blocks, and runs in a thread.
"""

import random
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from hashlib import blake2b
from typing import Any, TypeVar

import msgspec
from sqlalchemy import Row, delete, select, update

from app.linkcheck.store.cache import LIFE_SPANS
from app.linkcheck.told import to_json
from app.linkcheck.verdict import Reason, Status, Verdict
from app.trackserver.store.database import Database
from app.trackserver.store.schema import domain, link_verdict

_T = TypeVar("_T")

_PASSING = 30_000
"""ms for which a failure that may pass is told again instead of being looked at again."""
_CLAIMED = 60_000
_AT_ONCE = 500
_NO_FACT = frozenset({Reason.LISTED_HOST})


@dataclass(frozen=True, slots=True)
class Kept:
    """A verdict on the shelf, as JSON (`linkcheck.told`) that says that it comes from there; times
    in milliseconds UTC.
    """

    encoded: bytes
    checked_at: int
    fresh_until: int


class Shelf:
    """Reads and writes the shared cache.

    Args:
        clock: Milliseconds UTC.
    """

    def __init__(self, database: Database, clock: Callable[[], int]) -> None:
        self._database = database
        self._clock = clock
        # SQLite's store has one web process: nobody to share the asking with.
        self.is_shared = not database.is_sqlite

    def known(self, urls: Iterable[str]) -> dict[str, Kept]:
        """What is known and fresh of these URLs."""
        wanted = {digest_of(url): url for url in urls}
        now, found = self._clock(), dict[str, Kept]()
        with self._database.reading() as connection:
            for part in _parts(list(wanted)):
                query = select(link_verdict).where(
                    link_verdict.c.digest.in_(part), link_verdict.c.fresh_until > now
                )
                for row in connection.execute(query):
                    if (kept := _kept(row)) is not None:
                        found[wanted[row.digest]] = kept
        return found

    def claim(self, urls: Iterable[str]) -> dict[str, Kept | None]:
        """Those that this process shall ask for, each with what is known of it.

        A claim ends by itself after a minute: its process may have died.
        """
        wanted = {digest_of(url): url for url in urls}
        now, gained = self._clock(), dict[str, Kept | None]()
        with self._database.writing() as connection:
            # In one order everywhere, or two processes wait for each other.
            for part in _parts(sorted(wanted)):
                rows = [
                    {"digest": digest, "verdict": "", "checked_at": 0, "fresh_until": 0,
                     "claimed_until": now + _CLAIMED}
                    for digest in part
                ]  # fmt: skip
                statement = self._database.insert(link_verdict).values(rows)
                taken = connection.execute(
                    statement.on_conflict_do_update(
                        index_elements=[link_verdict.c.digest],
                        set_={"claimed_until": now + _CLAIMED},
                        where=link_verdict.c.claimed_until <= now,
                    ).returning(*link_verdict.c)
                )
                for row in taken:
                    gained[wanted[row.digest]] = _kept(row) if row.fresh_until > now else None
        return gained

    def release(self, urls: Iterable[str]) -> None:
        """Ask for these no longer."""
        digests = sorted(map(digest_of, urls))
        with self._database.writing() as connection:
            for part in _parts(digests):
                connection.execute(
                    update(link_verdict)
                    .where(link_verdict.c.digest.in_(part))
                    .values(claimed_until=0)
                )

    def put(self, kept: Mapping[str, Kept]) -> None:
        """Keep what was found; ends its claims."""
        rows: list[dict[str, Any]] = [
            {"digest": digest_of(url), "verdict": each.encoded.decode(),
             "checked_at": each.checked_at, "fresh_until": each.fresh_until, "claimed_until": 0}
            for url, each in kept.items()
        ]  # fmt: skip
        rows.sort(key=lambda row: row["digest"])
        with self._database.writing() as connection:
            for part in _parts(rows):
                statement = self._database.insert(link_verdict).values(part)
                new = statement.excluded
                connection.execute(
                    statement.on_conflict_do_update(
                        index_elements=[link_verdict.c.digest],
                        set_={
                            "verdict": new.verdict,
                            "checked_at": new.checked_at,
                            "fresh_until": new.fresh_until,
                            "claimed_until": 0,
                        },
                    )
                )

    def prune(self) -> int:
        """Delete what is past its time; how many that were."""
        now = self._clock()
        with self._database.writing() as connection:
            old = select(link_verdict.c.digest).where(
                link_verdict.c.fresh_until <= now, link_verdict.c.claimed_until <= now
            )
            done = connection.execute(
                delete(link_verdict).where(link_verdict.c.digest.in_(old.limit(5_000)))
            )
            return int(done.rowcount)

    def keep(self, verdict: Verdict) -> Kept | None:
        """The verdict with its times; None where it says nothing that others may be told."""
        if verdict.status is Status.UNCHECKED or verdict.reason in _NO_FACT:
            return None
        now = self._clock()
        span = LIFE_SPANS.get(verdict.reason)
        # Spread, so that what was checked together does not fall due together.
        fresh = _PASSING if span is None else int(span * 1000 * random.uniform(0.8, 1.2))  # noqa: S311
        return Kept(encoded(replace(verdict, from_cache=True)), now, now + fresh)

    def is_fresh(self, kept: Kept, not_before: int) -> bool:
        """Whether it may be told to somebody who wants nothing from before ``not_before``."""
        return kept.fresh_until > self._clock() and kept.checked_at >= not_before

    def own_hosts(self) -> frozenset[str]:
        """The tracking domains of every publication."""
        with self._database.reading() as connection:
            return frozenset(connection.execute(select(domain.c.host)).scalars())


def digest_of(url: str) -> bytes:
    """What stands for a URL on the shelf."""
    return blake2b(url.encode("utf-8", "replace"), digest_size=16).digest()


def encoded(verdict: Verdict) -> bytes:
    """A verdict as JSON; a NUL is escaped, since text of PostgreSQL holds none."""
    return msgspec.json.encode(to_json(verdict))


def _kept(row: Row[Any]) -> Kept | None:
    if not row.verdict:
        return None
    return Kept(row.verdict.encode(), row.checked_at, row.fresh_until)


def _parts(whole: Collection[_T]) -> Iterable[list[_T]]:
    items = list(whole)
    return (items[start : start + _AT_ONCE] for start in range(0, len(items), _AT_ONCE))
