"""What a request leaves behind for the worker: the items of a batch, as MessagePack.

A web process gathers the items that arrive while one commit is under way and stores them as one
row of the ``inbox``; the worker takes rows and does the rest.
"""

from enum import IntEnum

import msgspec


class Kind(IntEnum):
    """What the items of a batch are. Stored: never reuse a number."""

    HITS = 1
    WEBHOOKS = 2
    EVENTS = 3
    """Events that a sender reports through the API."""
    PAGES = 4
    """Views of archive pages."""
    POSTPONED = 5
    """Hits on copies that another worker was at, with what makes each itself; see Postponed."""


class Hit(msgspec.Struct, array_like=True, frozen=True, gc=False):
    """A pixel that was fetched, a link that was followed, an unsubscription that was confirmed."""

    at: int
    """Milliseconds UTC, our clock."""
    path: str
    """The token and, for a platform's merge tag, ``/`` and the subscriber's own id."""
    user_agent: str
    address: str
    flags: int = 0
    """See HitFlag."""


class HitFlag(IntEnum):
    """Bits of Hit.flags."""

    PREFETCH = 1
    """The client said so: ``Sec-Purpose``, ``Purpose`` or ``X-Purpose``, ``X-Moz``."""
    POSTED = 2
    """A person pressed the button of the unsubscribe page, or a mail client did (RFC 8058)."""


class Postponed(msgspec.Struct, array_like=True, frozen=True, gc=False):
    """A hit that a worker put back: it stays the item of the batch that it first came in."""

    batch: bytes
    place: int
    hit: Hit


class Delivered(msgspec.Struct, array_like=True, frozen=True, gc=False):
    """A vendor's request, verified and not yet read."""

    at: int
    webhook: int
    body: bytes


class Reported(msgspec.Struct, array_like=True, frozen=True, gc=False):
    """One event from the API, validated."""

    at: int
    issue: int
    type: int
    subscriber: int
    link: int = 0
    address: str = ""
    user_agent: str = ""
    reason: str = ""
    id: str = ""
    """The sender's own id of the event: the same id twice is one event."""
    external_id: str = ""
    """The sender's id of the subscriber, where ``subscriber`` is 0."""
    email: str = ""
    """Only on its way: never stored."""
    url: str = ""
    """Where a click led, where ``link`` is 0."""


class PageView(msgspec.Struct, array_like=True, frozen=True, gc=False):
    """A call of an archive page's beacon."""

    at: int
    page: str
    step: str
    """``view``, ``read`` or ``sign_up``."""
    visitor: bytes
    """Hash of address and user agent with the day's salt: it dies with the salt."""
    referrer: str = ""
    campaign: str = ""
    robot: bool = False
