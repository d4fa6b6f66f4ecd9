"""What is done with the items of each kind of batch."""

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any

import msgspec
from sqlalchemy import Connection, select

from app.trackserver.inbox import Delivered, Hit, Kind, PageView, Postponed, Reported
from app.trackserver.pages.counting import count_views
from app.trackserver.store.database import Database
from app.trackserver.store.schema import webhook
from app.trackserver.words import Source
from app.trackserver.work.agents_table import UserAgents
from app.trackserver.work.aside import put_aside
from app.trackserver.work.hits import Secrets, record_hits
from app.trackserver.work.occurrence import NoSuchIssue, Occurrence
from app.trackserver.work.resolve import Resolver, of_report

_DECODERS: dict[Kind, msgspec.msgpack.Decoder[Any]] = {
    Kind.HITS: msgspec.msgpack.Decoder(list[Hit]),
    Kind.WEBHOOKS: msgspec.msgpack.Decoder(list[Delivered]),
    Kind.EVENTS: msgspec.msgpack.Decoder(list[Reported]),
    Kind.PAGES: msgspec.msgpack.Decoder(list[PageView]),
    Kind.POSTPONED: msgspec.msgpack.Decoder(list[Postponed]),
}


class Item(msgspec.Struct, frozen=True, gc=False):
    """One item with where it came from."""

    kind: Kind
    batch: bytes
    place: int
    value: Any


def items_of(kind: Kind, batch: bytes, body: bytes) -> list[Item]:
    """The items of a batch, validated. Raises msgspec.DecodeError."""
    values = _DECODERS[kind].decode(body)
    if kind is Kind.POSTPONED:
        return [Item(Kind.HITS, one.batch, one.place, one.hit) for one in values]
    return [Item(kind, batch, place, value) for place, value in enumerate(values)]


@dataclass(frozen=True, slots=True)
class Handlers:
    """Works items off within one transaction of the caller's."""

    connection: Connection
    database: Database
    agents: UserAgents
    secrets: Secrets
    now: int
    forget_before: int = 0

    def handle(self, items: Sequence[Item]) -> int:
        """Work off items of any kinds; how many had to be put back into the inbox.

        Raises whatever goes wrong; nothing counts then.
        """
        by_kind: dict[Kind, list[Item]] = {}
        for item in items:
            by_kind.setdefault(item.kind, []).append(item)
        return sum(_HANDLERS[kind](self, of_kind) for kind, of_kind in sorted(by_kind.items()))

    def hits(self, items: Sequence[Item]) -> int:
        """Our own pixels and links."""
        taken = [Postponed(item.batch, item.place, item.value) for item in items]
        return record_hits(
            self.connection, self.database, self.agents, self.secrets, taken, self.now,
            self.forget_before,
        )  # fmt: skip

    def events(self, items: Sequence[Item]) -> int:
        """Events that a sender reported. Raises NoSuchIssue for one that was deleted since."""
        if self._record([of_report(item.value, _identity(item)) for item in items]):
            raise NoSuchIssue
        return 0

    def webhooks(self, items: Sequence[Item]) -> int:
        """Requests of the sending vendors; what is of no issue of ours is set aside."""
        from app.trackserver.vendors.normalise import normalise

        found: dict[int, Delivered] = {}
        occurrences: list[Occurrence] = []
        for item in items:
            request: Delivered = item.value
            source, publication = self._webhook(request.webhook)
            reading = normalise(source, publication, request.at, request.body)
            for unread in reading.aside:
                alone = Delivered(request.at, request.webhook, unread.body)
                self._put_aside(alone, unread.error)
            occurrences += reading.occurrences
            found.update((id(one), request) for one in reading.occurrences)
        lost = {id(found[id(one)]): found[id(one)] for one in self._record(occurrences)}
        for request in lost.values():
            # The whole request: what of it is stored by now will not be stored twice.
            self._put_aside(request, "no such issue")
        return 0

    def pages(self, items: Sequence[Item]) -> int:
        """Views of archive pages."""
        count_views(self.connection, self.database, [item.value for item in items])
        return 0

    def _record(self, occurrences: Sequence[Occurrence]) -> list[Occurrence]:
        key = self.secrets.hash_key
        resolver = Resolver(
            self.connection, self.database, self.agents, key, self.now, self.forget_before
        )
        return resolver.record(occurrences) if occurrences else []

    def _webhook(self, number: int) -> tuple[Source, int]:
        row = self.connection.execute(
            select(webhook.c.source, webhook.c.publication_id).where(webhook.c.id == number)
        ).one()
        return Source(row.source), row.publication_id

    def _put_aside(self, request: Delivered, error: str) -> None:
        body = msgspec.msgpack.encode([request])
        put_aside(self.connection, Kind.WEBHOOKS, body, error, self.now)


_HANDLERS = {
    Kind.HITS: Handlers.hits,
    Kind.EVENTS: Handlers.events,
    Kind.WEBHOOKS: Handlers.webhooks,
    Kind.PAGES: Handlers.pages,
}


def _identity(item: Item) -> bytes:
    reported: Reported = item.value
    if reported.id:
        text = f"{reported.issue}:{reported.id}".encode("utf-8", "replace")
    else:
        text = item.batch + item.place.to_bytes(4, "big")
    return blake2b(text, digest_size=16).digest()
