"""The other side: an SMTP server on loopback that plays several receiving domains."""

import random
from collections import Counter
from dataclasses import dataclass
from typing import Any

from aiosmtpd.controller import Controller


@dataclass(frozen=True, slots=True)
class Domain:
    """How a receiving domain behaves.

    Attributes:
        share: Part of all recipients who are there.
        defers: How often a first attempt is put off (greylisting, full mailboxes).
        bounces: How many of its mailboxes do not exist.
        blocks: How many mails its filter refuses.
    """

    name: str
    share: float
    defers: float = 0.0
    bounces: float = 0.0
    blocks: float = 0.0


WORLD = (
    Domain("large.example", 0.62),
    Domain("second.example", 0.25, bounces=0.002),
    Domain("greylisting.example", 0.05, defers=0.5),
    Domain("forgotten.example", 0.05, bounces=0.12),
    Domain("strict.example", 0.03, blocks=0.05),
)


def recipients(count: int, world: tuple[Domain, ...] = WORLD, seed: int = 1) -> list[str]:
    """Addresses of all domains, mixed."""
    drawn = random.Random(seed)  # noqa: S311 - a made-up world, the same each time
    names = drawn.choices(
        [domain.name for domain in world], [domain.share for domain in world], k=count
    )
    return [f"reader{number}@{name}" for number, name in enumerate(names)]


class Receiver:
    """Answers as the domains do; counts what it took. An aiosmtpd handler."""

    def __init__(self, world: tuple[Domain, ...] = WORLD, seed: int = 2) -> None:
        self._domains = {domain.name: domain for domain in world}
        self._seed = seed
        self._fate: dict[str, str] = {}
        self.taken: Counter[str] = Counter()
        self.attempts: Counter[str] = Counter()
        self.sample = b""

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name
        self, _server: Any, _session: Any, envelope: Any, address: str, _options: Any
    ) -> str:
        """Take or refuse a recipient; the same address has the same fate."""
        domain = self._domains[address.rpartition("@")[2]]
        self.attempts[domain.name] += 1
        if address not in self._fate:
            self._fate[address] = self._drawn(domain, address)
        fate = self._fate[address]
        if fate == "deferred":
            self._fate[address] = "taken"
            return "451 4.7.1 Try again later"
        if fate == "unknown":
            return "550 5.1.1 No such mailbox"
        if fate == "blocked":
            return "550 5.7.1 Message refused"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802
        """Take the mail."""
        self.sample = envelope.content
        for address in envelope.rcpt_tos:
            self.taken[address.rpartition("@")[2]] += 1
        return "250 OK"

    def _drawn(self, domain: Domain, address: str) -> str:
        # In whatever order they come, for which time and chance decide.
        draw = random.Random(f"{self._seed} {address}").random()  # noqa: S311 - as above
        for fate, share in (
            ("unknown", domain.bounces),
            ("blocked", domain.blocks),
            ("deferred", domain.defers),
        ):
            if draw < share:
                return fate
            draw -= share
        return "taken"


def started(receiver: Receiver, port: int) -> Controller:
    """The server, running in a thread; call ``stop()`` at the end."""
    controller = Controller(receiver, hostname="127.0.0.1", port=port)
    controller.start()
    return controller
