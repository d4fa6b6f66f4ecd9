"""What became of each issue: two years of a small newsletter, played from a seed.

A made-up world with the real one's troubles: pictures that Apple loads ahead, proxies of mail
services, gateways that follow every link within seconds of the delivery, mailboxes that are gone,
readers who come back months later, and some who click and never load a picture.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random
from typing import Any

from app.demo.letters import DAY, HOUR, Letter
from app.demo.readers import APPLE_PROXY, BROWSERS, GMAIL_PROXY, YAHOO_PROXY, Reader, reader

SECOND = 1_000
MINUTE = 60_000
FIRST_READERS = 180
PROXY_ADDRESSES = {APPLE_PROXY: "17.58.0.", GMAIL_PROXY: "66.249.84.", YAHOO_PROXY: "98.136.0."}
STORM = "gmx.net"
"""The domain that refused most of one issue."""

Event = dict[str, Any]
"""As ``POST /v1/issues/{id}/events`` takes it, with ``at`` in milliseconds."""


@dataclass(frozen=True, slots=True)
class Sent:
    """An issue with its readers and what happened, by reader."""

    letter: Letter
    readers: tuple[Reader, ...]
    events: tuple[Event, ...]


def history(seed: int, now: int, letters: Sequence[Letter], links: Sequence[int]) -> list[Sent]:
    """What became of issues, oldest first.

    Args:
        seed: The same gives the same.
        now: Nothing happens later: milliseconds UTC.
        letters: Oldest first.
        links: How many tracked links each of them has.
    """
    draw = Random(f"{seed}:list")  # noqa: S311 - a made-up world
    listed = [reader(seed, number) for number in range(FIRST_READERS)]
    number = FIRST_READERS
    told = []
    for place, letter in enumerate(letters):
        play = _Play(seed, now, letter, links[place], place / max(1, len(letters) - 1))
        for each in listed:
            play.copy(each)
        told.append(Sent(letter, tuple(listed), tuple(play.events)))
        listed = [each for each in listed if each.number not in play.left]
        more = draw.randint(1, 11) + (draw.randint(12, 30) if draw.random() < 0.06 else 0)
        listed += [reader(seed, number + new) for new in range(more)]
        number += more
    return told


class _Play:
    """One issue on its way to its readers."""

    def __init__(self, seed: int, now: int, letter: Letter, links: int, grown: float) -> None:
        self._seed = seed
        self._now = now
        self._letter = letter
        self._weights = [1 / (place + 1) ** 0.75 for place in range(links)]
        self._grown = grown
        # The same link is not the best of each issue.
        taste = Random(f"{seed}:{letter.id}:links")  # noqa: S311 - as above
        self._weights = [weight * taste.lognormvariate(0, 0.5) for weight in self._weights]
        self.events: list[Event] = []
        self.left: set[int] = set()
        self._draw = taste

    def copy(self, who: Reader) -> None:
        """What becomes of one reader's copy."""
        draw = self._draw = Random(  # noqa: S311 - as above
            f"{self._seed}:{self._letter.id}:{who.number}"
        )
        sent = self._letter.sent_at + draw.randrange(6 * MINUTE)
        self._tell(who, "sent", sent)
        delivered = self._deliver(who, sent)
        if delivered is None:
            return
        if who.mailboxes.scans and draw.random() < 0.5:
            self._scan(who, delivered)
        if who.program.ahead and draw.random() < 0.9:
            self._open(who, delivered + round(draw.lognormvariate(0, 1.1) * 40 * MINUTE))
        interest = who.interest * self._letter.quality * (1.06 - 0.12 * self._grown)
        if draw.random() < interest:
            self._read(who, delivered)
        self._complain(who, delivered)

    def _deliver(self, who: Reader, sent: int) -> int | None:
        """When it arrived; None where it did not."""
        draw = self._draw
        if draw.random() < 0.004:
            self._tell(who, "hard_bounce", sent + 3 * SECOND, reason="5.1.1")
            self.left.add(who.number)
            return None
        if self._letter.bounces and who.mailboxes.name == STORM and draw.random() < 0.85:
            self._tell(who, "soft_bounce", sent + 2 * SECOND, reason="5.7.1")
            return None
        if draw.random() < 0.005:
            reason = draw.choice(("4.2.2", "4.2.2", "4.4.1"))
            self._tell(who, "soft_bounce", sent + 8 * HOUR, reason=reason)
            return None
        if draw.random() < 0.012:
            self._tell(who, "deferred", sent + SECOND, reason="4.7.1")
            sent += draw.randint(5, 40) * MINUTE
        delivered = sent + draw.randint(1, 20) * SECOND
        self._tell(who, "delivered", delivered)
        return delivered

    def _scan(self, who: Reader, delivered: int) -> None:
        """A gateway loads the picture, and seconds later follows link after link."""
        draw = self._draw
        at = delivered + draw.randint(25, 150) * SECOND
        address = f"198.51.100.{draw.randrange(1, 60)}"
        browser = BROWSERS["Windows"]
        self._tell(who, "opened", at, user_agent=browser, address=address)
        for link in range(1, min(len(self._weights), 8) + 1):
            at += draw.randint(100, 900)
            agent = {"user_agent": browser, "address": address}
            self._tell(who, "clicked", at + 9 * SECOND, link=link, **agent)

    def _read(self, who: Reader, delivered: int) -> None:
        draw = self._draw
        at = self._awake(who, delivered + self._delay())
        if not who.program.ahead:
            self._open(who, at)
            while draw.random() < 0.28:
                at = self._awake(who, at + round(draw.lognormvariate(0, 1.3) * 5 * HOUR))
                self._open(who, at)
        if self._weights and draw.random() < 0.17 * self._letter.pull:
            self._click(who, at)
        if draw.random() < 0.0045:
            self._tell(who, "unsubscribed", at + 90 * SECOND)
            self.left.add(who.number)

    def _delay(self) -> int:
        """Most within hours, some in days; a few look for it again months later."""
        draw = self._draw
        if draw.random() < 0.02:
            return round(draw.uniform(8, 250) * DAY)
        return round(draw.lognormvariate(0, 1.45) * 2.6 * HOUR)

    def _awake(self, who: Reader, at: int) -> int:
        """Nobody reads at night: they do after breakfast."""
        hour = (at // HOUR + who.zone) % 24
        if hour < 6:
            return at + (7 - hour) * HOUR + self._draw.randrange(2 * HOUR)
        return at

    def _open(self, who: Reader, at: int) -> None:
        agent = who.program.opens
        if not agent:
            return
        proxy = PROXY_ADDRESSES.get(agent)
        address = f"{proxy}{self._draw.randrange(1, 255)}" if proxy else who.address
        self._tell(who, "opened", at, user_agent=agent, address=address)

    def _click(self, who: Reader, at: int) -> None:
        draw = self._draw
        numbers = range(1, len(self._weights) + 1)
        while True:
            at += draw.randint(15, 240) * SECOND
            link = draw.choices(numbers, self._weights)[0]
            agent = {"user_agent": who.browser, "address": who.address}
            self._tell(who, "clicked", at, link=link, **agent)
            if draw.random() > 0.4:
                return

    def _complain(self, who: Reader, delivered: int) -> None:
        if self._draw.random() < (0.022 if self._letter.complaints else 0.00025):
            self._tell(who, "complained", delivered + self._draw.randint(1, 30) * HOUR)
            self.left.add(who.number)

    def _tell(self, who: Reader, kind: str, at: int, **more: object) -> None:
        if at < self._now:
            name = f"{who.number}-{len(self.events)}"
            self.events.append({"type": kind, "at": at, "subscriber": who.id, "id": name, **more})
