"""What is known of issues that were sent, whichever platform sent them.

Records are state, not deltas: one takes the place of what was known before. Times are milliseconds
UTC since 1970. A figure that a platform cannot tell is None, never 0; rates are never kept.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType

import msgspec

NONE_ELSE: Mapping[str, int] = MappingProxyType({})
"""No further figures."""


@dataclass(frozen=True, slots=True)
class Account:
    """A publication at a platform. Its key is kept elsewhere: see ``secrets``.

    Attributes:
        id: Ours; never changes, and names the account in the store.
        provider: A name in ``providers.PROVIDERS``.
        name: The writer's.
        url: Where the platform's API is; without a trailing slash.
        publication: The platform's id of the publication; empty where the key has only one.
    """

    id: str
    provider: str
    name: str
    url: str
    publication: str = ""


class Mode(StrEnum):
    """How much an issue tracks."""

    INDIVIDUAL = "individual"
    AGGREGATE = "aggregate"
    NONE = "none"
    UNKNOWN = "unknown"


class Count(msgspec.Struct, frozen=True, gc=False):
    """A figure by who did it. Classes are None where the platform does not tell them apart.

    A struct, as `EventRecord` is.
    """

    all: int | None = None
    human: int | None = None
    privacy_proxy: int | None = None
    machine: int | None = None


UNTOLD = Count()
"""The platform does not tell this figure."""


@dataclass(frozen=True, slots=True)
class Figures:
    """Numerators and denominators. Openers and clickers are recipients, each counted once; opens
    and clicks are how often. ``inferred_openers`` clicked without a picture being loaded.

    Attributes:
        other: Further figures of a platform by its own names, such as ``page_views``.
    """

    sent: int | None = None
    delivered: int | None = None
    deferred: int | None = None
    rejected: int | None = None
    hard_bounces: int | None = None
    soft_bounces: int | None = None
    complaints: int | None = None
    unsubscribes: Count = UNTOLD
    opens: Count = UNTOLD
    clicks: Count = UNTOLD
    openers: Count = UNTOLD
    clickers: Count = UNTOLD
    inferred_openers: Count = UNTOLD
    other: Mapping[str, int] = field(default_factory=lambda: NONE_ELSE)


NO_FIGURES = Figures()


@dataclass(frozen=True, slots=True)
class IssueRecord:
    """An issue with its totals.

    Attributes:
        id: The platform's.
        as_of: The server's time at which the figures held.
        version: Grows with each change, where the platform counts; an older one never replaces a
            newer one. 0 where it does not: then what came last holds.
        recipients: How many it was meant for, as the sender said.
        external_id: The id at the platform that really sent it, where that is another.
    """

    id: str
    subject: str
    sent_at: int | None
    figures: Figures
    as_of: int | None
    version: int = 0
    mode: Mode = Mode.UNKNOWN
    url: str = ""
    recipients: int | None = None
    external_id: str = ""


@dataclass(frozen=True, slots=True)
class LinkRecord:
    """One use of a link in an issue: ``number`` tells uses of the same URL apart, in the order of
    the text where the platform knows it.
    """

    number: int
    url: str
    text: str = ""
    clicks: Count = UNTOLD
    clickers: Count = UNTOLD


class Dimension(StrEnum):
    """What an issue's figures are split by."""

    HOUR = "hour"
    """Key: the hour's start, milliseconds UTC as decimal digits."""
    DAY = "day"
    """Key: the day's start, for platforms that tell no hours."""
    CLIENT = "client"
    SYSTEM = "system"
    DEVICE = "device"
    DOMAIN = "domain"
    PROXY = "proxy"
    REASON = "reason"
    ARCHIVE = "archive"
    """Key: an archive page; its steps are among the other figures."""


@dataclass(frozen=True, slots=True)
class SeriesPoint:
    """The figures of one key of a dimension. Recipients of several keys must not be added."""

    dimension: Dimension
    key: str
    figures: Figures


@dataclass(frozen=True, slots=True)
class IssueDetail:
    """All links and splits of an issue: replaces all that were known of it.

    Attributes:
        dimensions: What the platform tells at all; others of the issue are left as they are.
        links: None: not told now, what is known stays.
    """

    issue: str
    links: tuple[LinkRecord, ...] | None
    points: tuple[SeriesPoint, ...]
    dimensions: frozenset[Dimension]
    as_of: int | None
    version: int = 0


class EventRecord(msgspec.Struct, frozen=True, gc=False):
    """Something that happened. Known by (issue, id, type): make the id of what makes the event
    itself where the platform's is not unique, such as day and id. Never an e-mail address.

    A struct, as there are millions: made in a tenth of the time, and nothing that a look for
    garbage has to walk through.

    Attributes:
        type: Such as ``opened``; a platform's own word where we have none.
        agent: ``human``, ``privacy_proxy``, ``machine``; empty where it is not told.
        subscriber: The platform's id of the subscriber, only where the issue tracks by name.
        detail: JSON object of what else was said; empty for nothing.
    """

    issue: str
    id: str
    type: str
    at: int
    agent: str = ""
    version: int = 0
    subscriber: str = ""
    link: int | None = None
    client: str = ""
    system: str = ""
    device: str = ""
    domain: str = ""
    reasons: tuple[str, ...] = ()
    detail: str = ""


class Gone(StrEnum):
    """What may be deleted at a platform."""

    ISSUE = "issue"
    SUBSCRIBER = "subscriber"
    EVENT = "event"


@dataclass(frozen=True, slots=True)
class Tombstone:
    """What is no more at the platform. An issue is kept and marked; of a subscriber every event is
    forgotten; of an event ``id`` is ``issue/id``.
    """

    kind: Gone
    id: str


Record = IssueRecord | IssueDetail | EventRecord | Tombstone


@dataclass(frozen=True, slots=True)
class Page:
    """What is stored at once: records, and the marks that they lead to, in one transaction.

    Attributes:
        marks: The marks that changed; an empty text removes one. A provider finds all its marks
            again at the next sync.
        epoch: The history that the records belong to; another than before means a full resync.
        server_time: The server's clock at the answer.
        problems: What had to be left out, in plain words: never an address or a key.
        whole: How many parts there are in all where that is known, for progress; ``done`` of them.
    """

    records: tuple[Record, ...] = ()
    marks: Mapping[str, str] = field(default_factory=dict)
    epoch: str | None = None
    server_time: int | None = None
    problems: tuple[str, ...] = ()
    done: int = 0
    whole: int | None = None
