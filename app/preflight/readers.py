"""The mail programs of a publication's own readers, as the data of Can I email name them."""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from app.preflight.rule import Setting
from app.preflight.support import support

FEWEST = 20
"""Readers that must have been seen before their shares mean something."""
_COUNTS = 0.01
"""The share from which on a program is looked at although it is none of the usual ones."""
_FAMILIES = {
    "apple-mail": r"apple ?mail|(?:iphone|ipad|ios) mail",
    "gmail": r"gmail",
    "outlook": r"outlook|windows (?:live )?mail|hotmail",
    "yahoo": r"yahoo",
    "aol": r"\baol\b",
    "thunderbird": r"thunderbird",
    "samsung-email": r"samsung ?e?mail",
    "protonmail": r"proton ?mail",
    "fastmail": r"fastmail",
    "hey": r"^hey\b",
    "gmx": r"^gmx\b",
    "web-de": r"^web\.de\b",
    "mail-ru": r"mail\.ru",
}
"""What the names of programs have in them that reports tell."""


@dataclass(frozen=True, slots=True)
class Share:
    """A part of the readers whose program is known, 0 to 1.

    Attributes:
        is_most: It may be less: reports do not tell a program on a phone from that on a desk.
    """

    part: float
    is_most: bool


@dataclass(frozen=True, slots=True)
class Readers:
    """Shares of the families of mail programs, such as ``gmail``; they add up to 1."""

    families: Mapping[str, float] = field(default_factory=dict)

    @property
    def clients(self) -> tuple[str, ...]:
        """The clients that findings are to be about: the usual ones, and what readers use."""
        usual = Setting().clients
        known = {each.partition("/")[0] for each in usual}
        wanted = {
            family
            for family, share in self.families.items()
            if share >= _COUNTS and family not in known
        }
        more = [each for each in support().clients if each.partition("/")[0] in wanted]
        return (*usual, *more)

    def share(self, clients: Sequence[str]) -> Share | None:
        """The part of the readers that use one of some clients; None where nothing is known."""
        if not self.families:
            return None
        concerned = {each.partition("/")[0] for each in clients}
        part = sum(self.families.get(family, 0.0) for family in concerned)
        looked_at = self.clients
        some = {
            each.partition("/")[0]
            for each in looked_at
            if each not in clients and self.families.get(each.partition("/")[0])
        }
        return Share(part, bool(some & concerned))


NO_READERS = Readers()


def readers_of(programs: Mapping[str, int]) -> Readers:
    """The readers that reports tell of: how often each program was seen, by its name there.

    A browser says nothing of the program; who reads in one is left out.
    """
    seen: Counter[str] = Counter()
    for name, count in programs.items():
        family = next(
            (each for each, words in _FAMILIES.items() if re.search(words, name, re.IGNORECASE)), ""
        )
        if family:
            seen[family] += count
    whole = seen.total()
    if whole < FEWEST:
        return NO_READERS
    return Readers({family: count / whole for family, count in seen.items()})
