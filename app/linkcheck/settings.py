"""What a check may cost and may reach."""

from dataclasses import dataclass
from enum import StrEnum

# A release that exists on every desktop. Its full set of headers needs no client hints, so what we
# send is complete: half a browser's headers are what bot walls look for.
BROWSER = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0"


class Mode(StrEnum):
    """Where links are checked."""

    LOCAL = "local"
    SERVER = "server"
    SERVER_OR_LOCAL = "server_or_local"
    """From here, too, what the server does not answer."""


@dataclass(frozen=True, slots=True)
class CheckSettings:
    """Limits of the link checker; times in seconds, sizes in bytes.

    ``timeout`` bounds the whole of one link's check; the clock stands still while it waits for
    its turn behind other links (whose checks are bounded in the same way). A host that never
    answered before gets a part of it (`app.linkcheck.net.pace`).
    ``allow_private`` lets loopback and private addresses be asked (tests, intranets).
    ``trust_placeholders`` lets the addresses be asked by which VPNs and proxies stand in for sites
    (`app.linkcheck.net.placeholders`): right on a writer's own computer, never on a server, whose
    neighbours may have such addresses.
    ``concurrency`` and ``per_host`` are the requests in flight, in all and for one host.
    """

    concurrency: int = 64
    per_host: int = 8
    timeout: float = 20.0
    allow_private: bool = False
    trust_placeholders: bool = False
    user_agent: str = BROWSER
    max_redirects: int = 20
    max_head: int = 256 * 1024
    max_page: int = 4 * 1024 * 1024
    max_peek: int = 64 * 1024
