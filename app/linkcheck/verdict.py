"""What Sendoff says of a link: a status, the reason for it, and notes.

The words are a published contract (command line, JSON, cache): members may be added, never
renamed or removed.
"""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class Status(StrEnum):
    """What a link means to the writer."""

    SAFE = "safe"
    WARN = "warn"
    BLOCK = "block"
    UNVERIFIED = "unverified"
    UNCHECKED = "unchecked"


SEVERITY: dict[Status, int] = {
    Status.BLOCK: 4,
    Status.WARN: 3,
    Status.UNVERIFIED: 2,
    Status.UNCHECKED: 1,
    Status.SAFE: 0,
}
"""Order in which problems are listed: the highest first."""


class Reason(StrEnum):
    """Why a link has its status. Each belongs to exactly one status (see `STATUS`)."""

    # safe
    OK = "ok"
    ACCEPTED = "accepted"
    # warn, without a request
    MALFORMED = "malformed"
    EMPTY = "empty"
    SCHEME_MISSING = "scheme_missing"
    SCHEME_UNKNOWN = "scheme_unknown"
    SCHEME_DOUBLED = "scheme_doubled"
    RELATIVE = "relative"
    PROTOCOL_RELATIVE = "protocol_relative"
    PRIVATE_ADDRESS = "private_address"
    FRAGMENT_MISSING = "fragment_missing"
    REFERENCE_UNDEFINED = "reference_undefined"
    DEFINITION_EMPTY = "definition_empty"
    CREDENTIALS = "credentials"
    BRACKET_MISTAKE = "bracket_mistake"
    DATA_URI = "data_uri"
    UNSAFE_SCHEME = "unsafe_scheme"
    # warn, after a request
    NOT_FOUND = "not_found"
    GONE = "gone"
    CLIENT_ERROR = "client_error"
    SERVER_ERROR = "server_error"
    LEGAL_BLOCK = "legal_block"
    TIMEOUT = "timeout"
    NO_SUCH_HOST = "no_such_host"
    REFUSED = "refused"
    CONNECTION_LOST = "connection_lost"
    NOT_HTTP = "not_http"
    BROKEN_SERVER = "broken_server"
    TLS_UNTRUSTED = "tls_untrusted"
    TLS_EXPIRED = "tls_expired"
    TLS_WRONG_HOST = "tls_wrong_host"
    TLS_INCOMPLETE_CHAIN = "tls_incomplete_chain"
    TLS_OLD = "tls_old"
    TLS_ERROR = "tls_error"
    REDIRECT_LOOP = "redirect_loop"
    TOO_MANY_REDIRECTS = "too_many_redirects"
    BAD_REDIRECT = "bad_redirect"
    UNSAFE_REDIRECT = "unsafe_redirect"
    PRIVATE_TARGET = "private_target"
    PARKED = "parked"
    # unverified
    NEEDS_LOGIN = "needs_login"
    PAYWALL = "paywall"
    REFUSED_ROBOT = "refused_robot"
    BOT_WALL = "bot_wall"
    RATE_LIMITED = "rate_limited"
    LISTED_HOST = "listed_host"
    ODD_ANSWER = "odd_answer"
    LEAVES_THE_WEB = "leaves_the_web"
    DNS_FAILURE = "dns_failure"
    IPV6_ONLY = "ipv6_only"
    # unchecked
    OFFLINE = "offline"
    CAPTIVE_PORTAL = "captive_portal"
    PENDING = "pending"
    TYPING = "typing"
    TEMPLATE = "template"
    DEFINED_ELSEWHERE = "defined_elsewhere"
    NOT_CHECKABLE = "not_checkable"
    IGNORED = "ignored"
    UNUSED_DEFINITION = "unused_definition"
    # block
    WEB_RISK = "web_risk"
    SURBL = "surbl"
    SPAMHAUS = "spamhaus"
    LISTED = "listed"


class Note(StrEnum):
    """A remark on a link whose status does not change."""

    MOVED_PERMANENTLY = "moved_permanently"
    HTTPS_AVAILABLE = "https_available"
    NOT_ENCRYPTED = "not_encrypted"
    LONG_CHAIN = "long_chain"
    EMPTY_PAGE = "empty_page"
    SLOW = "slow"
    SOFT_404 = "soft_404"
    FRAGMENT_MISSING = "fragment_missing"
    SHORTENER = "shortener"
    LOOK_ALIKE = "look_alike"
    REPUTATION_UNKNOWN = "reputation_unknown"
    ABUSED_SITE = "abused_site"
    VIA_CACHE = "via_cache"


def _statuses() -> dict[Reason, Status]:
    first_of = {
        Reason.OK: Status.SAFE,
        Reason.MALFORMED: Status.WARN,
        Reason.NEEDS_LOGIN: Status.UNVERIFIED,
        Reason.OFFLINE: Status.UNCHECKED,
        Reason.WEB_RISK: Status.BLOCK,
    }
    table: dict[Reason, Status] = {}
    status = Status.SAFE
    for reason in Reason:
        status = first_of.get(reason, status)
        table[reason] = status
    return table


STATUS: dict[Reason, Status] = _statuses()
"""The status that each reason belongs to."""


@dataclass(frozen=True, slots=True)
class Redirect:
    """One hop: the code of the answer that sent us on, and the absolute URL it sent us to."""

    status: int
    url: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """All that is known of one link.

    ``detail`` is one or two plain sentences for the writer, without the draft's text. ``seconds``
    is the wall time of the check. ``evidence`` is what a doubtful verdict rests on ("header
    cf-mitigated: challenge"). ``checked_at`` is in UTC, None where nothing was asked. ``also`` are
    the reasons of other services that flag the link, or a hop of it, too.
    """

    reason: Reason
    notes: tuple[Note, ...] = ()
    detail: str = ""
    suggestion: str | None = None
    http_status: int | None = None
    method: str | None = None
    final_url: str | None = None
    redirects: tuple[Redirect, ...] = ()
    checked_at: datetime | None = None
    seconds: float | None = None
    from_cache: bool = False
    retry_at: datetime | None = None
    evidence: str | None = None
    threat: str | None = None
    hop: str | None = None
    also: tuple[Reason, ...] = ()
    status: Status = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "status", STATUS[self.reason])
