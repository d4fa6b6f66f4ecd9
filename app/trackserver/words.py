"""The server's vocabulary, as it is stored and published. Numbers are stored: never reuse one."""

from enum import IntEnum, IntFlag, StrEnum


class EventType(IntEnum):
    """What happened to one recipient's copy of an issue."""

    SENT = 1
    DELIVERED = 2
    DEFERRED = 3
    REJECTED = 4
    HARD_BOUNCE = 5
    SOFT_BOUNCE = 6
    OPENED = 7
    CLICKED = 8
    COMPLAINED = 9
    UNSUBSCRIBED = 10
    PROBED = 11
    """A link that no figure counts was followed: the unsubscribe page, a canary."""

    @property
    def word(self) -> str:
        """The published name, such as ``hard_bounce``."""
        return self.name.lower()


class Agent(IntEnum):
    """Who fetched a pixel or followed a link. Whatever is in doubt counts as human."""

    HUMAN = 0
    PRIVACY_PROXY = 1
    MACHINE = 2

    @property
    def word(self) -> str:
        """The published name, such as ``privacy_proxy``."""
        return self.name.lower()


class Reason(IntFlag):
    """Why a hit has its class; several may hold."""

    APPLE_PROXY = 1
    GMAIL_PROXY = 2
    YAHOO_PROXY = 4
    PREFETCH = 8
    ROBOT_USER_AGENT = 16
    EMPTY_USER_AGENT = 32
    LINK_BURST = 64
    MANY_NETWORKS = 128
    UNSUBSCRIBE_PAIR = 256
    CARRY_OVER = 512
    FOLD_BACK = 1024
    MANY_DOMAINS = 2048
    CANARY = 4096
    VENDOR_FLAG = 8192
    CONFIRMED = 16384
    """The reader confirmed by a POST that they are a person (unsubscribe, sign-up)."""
    EARLY = 32768
    """Within minutes of the delivery; only ever adds to another reason."""
    SHARED_SCANNER = 65536
    """The same address and user agent had just been found scanning another recipient's copy."""
    TOLD_TWICE = 131072
    """A vendor tells what our own pixel or link saw of this recipient: in no figure."""

    @property
    def words(self) -> tuple[str, ...]:
        """The published names of the flags that are set."""
        return tuple(flag.name.lower() for flag in self if flag.name)


class Source(IntEnum):
    """Where an event came from."""

    OWN = 0
    API = 1
    SENDGRID = 2
    POSTMARK = 3
    MAILGUN = 4
    SES = 5
    RESEND = 6
    SPARKPOST = 7
    MAILJET = 8


class Metric(IntEnum):
    """What a rollup counts. An event type counts events; the others count recipients once.

    A recipient stands in the best class of its hits (human before privacy proxy before machine),
    so that the three classes of a figure always add up to the whole.
    """

    SENT = 1
    DELIVERED = 2
    DEFERRED = 3
    REJECTED = 4
    HARD_BOUNCE = 5
    SOFT_BOUNCE = 6
    OPENS = 7
    CLICKS = 8
    COMPLAINTS = 9
    UNSUBSCRIBES = 10
    OPENERS = 20
    CLICKERS = 21
    INFERRED_OPENERS = 22
    """Recipients who clicked and never opened: pictures were off. Never added to openers."""


class Dimension(IntEnum):
    """What a rollup is split by; its key is text, ``""`` for the total."""

    TOTAL = 0
    HOUR = 1
    """Key: hours since the epoch, UTC, zero-padded to 8 digits. Unique metrics: the first hit."""
    LINK = 2
    """Key: the link's number in the issue, zero-padded to 5 digits."""
    CLIENT = 3
    OS = 4
    DEVICE = 5
    DOMAIN = 6
    """Key: the receiving domain."""
    REASON = 7
    """Key: a bounce's or deferral's reason (enhanced status code or the vendor's word)."""
    PROXY = 8
    """Key: which privacy proxy (``apple``, ``gmail``, ``yahoo``)."""


class Mode(StrEnum):
    """How much an issue tracks."""

    INDIVIDUAL = "individual"
    AGGREGATE = "aggregate"
    """Tokens without a recipient's number: totals only."""
    NONE = "none"
    """No pixel, links untouched."""
