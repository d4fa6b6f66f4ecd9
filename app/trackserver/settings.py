"""What a process of the tracking server was told when it was started."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path

from app.paths import data_dir

Network = IPv4Network | IPv6Network

LOOPBACK: tuple[Network, ...] = (ip_network("127.0.0.0/8"), ip_network("::1/128"))


@dataclass(frozen=True, slots=True)
class Limits:
    """What a client may use. Pixels and clicks are never refused for their number.

    Rates are requests a second, bursts what may come at once after a pause; a rate of 0 means none.
    Sizes are bytes, times seconds.
    """

    key_rate: float = 50.0
    key_burst: int = 500
    address_rate: float = 100.0
    address_burst: int = 500
    body: int = 1 << 20
    head: int = 16 << 10
    head_seconds: float = 10.0
    """Also how long an idle connection is kept."""
    body_seconds: float = 20.0
    queue: int = 100_000
    """Items that may wait for the store before the API answers 503."""
    store_seconds: float = 0.2
    """How long a hit waits for the store before it goes to the spill file instead."""


@dataclass(frozen=True, slots=True)
class Checks:
    """What checking links for a team may cost, and what it may reach. Times in seconds.

    Attributes:
        per_minute: Requests of one key.
        requests: Of one key at the same time.
        links: Of one key that are being asked for at the same time; the others wait.
        at_once: Requests to sites in flight, of all keys together.
        per_host: The same for one site.
        waiting: Links in this process that wait or are being asked for; then the answer is 503.
        timeout: For one link.
        patience: For one request; what has no answer then is told as pending.
        ports: To which a link may lead; empty for any.
        allow_private: Ask private addresses, too: for tests and for intranets, whose every machine
            can then be asked by whoever has a key.
    """

    per_minute: int = 120
    requests: int = 8
    links: int = 32
    at_once: int = 48
    per_host: int = 4
    waiting: int = 20_000
    timeout: float = 15.0
    patience: float = 120.0
    ports: frozenset[int] = frozenset({80, 443, 8080, 8443})
    allow_private: bool = False


@dataclass(frozen=True, slots=True)
class Settings:
    """Where things are and how they behave.

    Attributes:
        database: ``sqlite:///PATH`` or ``postgresql://USER:PASSWORD@HOST/NAME``.
        folder: This machine's own files: the embedded store, the mirror of links, spilled hits.
        address: How clients reach the server; the base of links where a publication has no domain.
        proxies: Networks whose ``X-Forwarded-For`` is believed.
        insiders: Networks that may read ``/metrics`` without a key.
        workers: Threads that work off the inbox in this process.
        retention_days: How long full addresses are kept.
    """

    database: str
    folder: Path
    host: str = "127.0.0.1"
    port: int = 8047
    address: str = ""
    proxies: Sequence[Network] = ()
    insiders: Sequence[Network] = LOOPBACK
    workers: int = 1
    retention_days: int = 30
    limits: Limits = field(default_factory=Limits)
    checks: Checks = field(default_factory=Checks)

    @property
    def base(self) -> str:
        """The address without a slash at its end."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return (self.address or f"http://{host}:{self.port}").rstrip("/")


def server_folder() -> Path:
    """Where the embedded store lives (below ``SENDOFF_DATA_DIR``)."""
    return data_dir() / "server"


def embedded(folder: Path) -> str:
    """The URL of the SQLite store in ``folder``."""
    return f"sqlite:///{folder / 'sendoff.db'}"
