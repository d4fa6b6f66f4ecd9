"""Whom an item that was set aside names: an erasure reaches it, though nobody could work it off."""

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field

import msgspec
from sqlalchemy import Connection, delete, select

from app.trackserver.inbox import Delivered, Hit, Kind, Reported
from app.trackserver.store.schema import issue, set_aside, webhook
from app.trackserver.tokens import BadToken, Keyring, Token
from app.trackserver.vendors.seen import SUBSCRIBER
from app.trackserver.work.handlers import items_of
from app.trackserver.work.subscribers import Named

_EMAIL = re.compile(r"""[^\s<>"',;:()\[\]{}/=&?@%\\]+(?:@|%40)[^\s<>"',;:()\[\]{}/=&?@%\\]+""")
_DEEPEST = 12
_ROWS = 500


@dataclass(slots=True)
class Whose:
    """A subscriber, by everything that an item may name them by.

    Attributes:
        number: Theirs.
        digests: The keyed hashes that they are found by.
        hash_key: The key of these.
    """

    number: int
    publication: int
    digests: Collection[bytes]
    keyring: Keyring
    hash_key: bytes
    _issues: set[int] = field(default_factory=set)
    _webhooks: set[int] = field(default_factory=set)

    def forget(self, connection: Connection) -> int:
        """Delete the items that name them, within a transaction that writes; how many."""
        self._issues = set(
            connection.scalars(select(issue.c.id).where(issue.c.publication_id == self.publication))
        )
        self._webhooks = set(
            connection.scalars(
                select(webhook.c.id).where(webhook.c.publication_id == self.publication)
            )
        )
        rows = connection.execute(
            select(set_aside.c.id, set_aside.c.kind, set_aside.c.body),
            execution_options={"yield_per": _ROWS},
        )
        mine = [row.id for row in rows if self._is_named(Kind(row.kind), bytes(row.body))]
        for start in range(0, len(mine), _ROWS):
            chunk = mine[start : start + _ROWS]
            connection.execute(delete(set_aside).where(set_aside.c.id.in_(chunk)))
        return len(mine)

    def _is_named(self, kind: Kind, body: bytes) -> bool:
        try:
            items = items_of(kind, b"", body)
        except (msgspec.DecodeError, UnicodeDecodeError):
            # Not even to be taken apart: an address can still be seen in it.
            return self._holds_address(body.decode("utf-8", "replace"))
        return any(self._in(item.value) for item in items)

    def _in(self, item: object) -> bool:
        match item:
            case Hit():
                return self._hit(item)
            case Reported():
                return item.issue in self._issues and (
                    item.subscriber == self.number or self._is(item.external_id, item.email)
                )
            case Delivered():
                return item.webhook in self._webhooks and any(
                    self._holds_address(text) or (named and self._is(external_id=text))
                    for text, named in _texts(item.body.decode("utf-8", "replace"))
                )
        return False

    def _hit(self, hit: Hit) -> bool:
        text, _, tail = hit.path.partition("/")
        token = self._token(text)
        if token is None or token.issue not in self._issues:
            return False
        value = self._token(tail)
        return self.number in (token.subscriber, value.subscriber if value else 0) or (
            self._is(external_id=tail)
        )

    def _holds_address(self, text: str) -> bool:
        return any(
            self._is(email=found.replace("%40", "@").rstrip(".")) for found in _EMAIL.findall(text)
        )

    def _is(self, external_id: str = "", email: str = "") -> bool:
        named = Named(self.publication, external_id or None, email or None)
        return any(each in self.digests for each in named.digests(self.hash_key))

    def _token(self, text: str) -> Token | None:
        try:
            return self.keyring.verify(text)
        except BadToken:
            return None


def _texts(value: object, depth: int = 0, *, named: bool = False) -> Iterator[tuple[str, bool]]:
    """Every text, also in JSON in JSON, and whether it stands under the name by which senders give
    us their own ids.
    """
    if depth > _DEEPEST:
        return
    if isinstance(value, dict):
        # Some vendors' tags are a list of names and values.
        named = named or value.get("name") == SUBSCRIBER
        for name, each in value.items():
            yield from _texts(each, depth + 1, named=named or name == SUBSCRIBER)
    elif isinstance(value, list):
        for each in value:
            yield from _texts(each, depth + 1, named=named)
    elif isinstance(value, str):
        try:
            inner: object = msgspec.json.decode(value) if value[:1] in ("{", "[") else value
        except (msgspec.DecodeError, RecursionError):
            inner = value
        if inner is value:
            yield value, named
        else:
            yield from _texts(inner, depth + 1, named=named)
    elif named and isinstance(value, int):
        yield str(value), True
