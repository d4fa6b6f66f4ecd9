"""A batch: what is stored with one commit, under a number of its own."""

import os
from collections.abc import Sequence
from dataclasses import dataclass

import msgspec

from app.trackserver.inbox import Kind

_encode = msgspec.msgpack.Encoder().encode


@dataclass(frozen=True, slots=True)
class Batch:
    """A row of the inbox.

    Attributes:
        batch: 16 random bytes: the same batch brought twice is taken once.
        body: The items as MessagePack.
    """

    batch: bytes
    kind: Kind
    body: bytes
    items: int


def packed(kind: Kind, items: Sequence[msgspec.Struct]) -> Batch:
    """A new batch of these items."""
    return Batch(os.urandom(16), kind, _encode(items), len(items))
