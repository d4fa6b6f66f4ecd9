"""GitHub's ids of headings."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from typing import Generic, TypeVar

_Owner = TypeVar("_Owner", bound=Hashable)

EXPLICIT_ID = re.compile(r"\{:?[ ]?#([^\s{}]+)[^{}]*\}$")
"""kramdown's and Hugo's ``## Heading {#id}``."""


def slug(text: str) -> str:
    """The id of a heading: lower case, punctuation dropped, blanks to hyphens."""
    return "".join(
        "-" if character == " " else character
        for character in text.strip().lower()
        if character in " -_"
        or unicodedata.category(character)[0] in "LMN"
        or unicodedata.category(character) == "Pc"
    )


_NUMBERED = re.compile(r"(.*)-\d+", re.DOTALL)


class Slugs(Generic[_Owner]):
    """The ids of the headings of a draft, by whatever has some of them, in the draft's order."""

    def __init__(self) -> None:
        self._own: dict[_Owner, tuple[str, ...]] = {}
        """The ids of each owner's headings."""
        self._bases: dict[_Owner, tuple[str, ...]] = {}
        """The same before they were made distinct."""
        self._count: Counter[str] = Counter()
        """How many headings have each of those."""
        self._taken: set[str] = set()

    def of(self, owner: _Owner) -> tuple[str, ...]:
        """The ids of an owner's headings; none of one that is not known."""
        return self._own.get(owner, ())

    def __iter__(self) -> Iterator[str]:
        return iter(self._taken)

    def renew(self, owners: Iterable[tuple[_Owner, Sequence[str]]]) -> set[_Owner]:
        """Number all anew; returns the owners whose ids are others than before."""
        before = self._own
        bases = {owner: tuple(own) for owner, own in owners}
        ids = iter(numbered(base for own in bases.values() for base in own))
        renewed = {owner: tuple(next(ids) for _ in own) for owner, own in bases.items()}
        self._own, self._bases = renewed, bases
        self._count = Counter(base for own in bases.values() for base in own)
        self._taken = {each for own in renewed.values() for each in own}
        return {owner for owner, own in renewed.items() if own != before.get(owner, ())}

    def exchange(
        self, gone: Iterable[_Owner], come: Mapping[_Owner, Sequence[str]]
    ) -> set[_Owner] | None:
        """Take these headings for those, where that cannot change the number of any other.

        That is so where none of them has a number, and none stands in another's way. Returns
        the owners whose ids are others than before; None, and nothing is done, where all must be
        numbered anew.
        """
        leaving = {owner: self._bases[owner] for owner in gone if owner in self._bases}
        old = [base for own in leaving.values() for base in own]
        new = [base for own in come.values() for base in own]
        alone = all(self._count[base] == 1 and not self._is_counted(base) for base in old)
        left = set(old)
        is_free = all(base in left or base not in self._taken for base in new)
        if not alone or not is_free or len(set(new)) < len(new):
            return None
        before = {owner: self._own.pop(owner) for owner in leaving}
        for owner in leaving:
            del self._bases[owner]
        for base in old:
            del self._count[base]
            self._taken.discard(base)
        for taker, own in come.items():
            if own:
                self._own[taker] = self._bases[taker] = tuple(own)
        self._count.update(new)
        self._taken.update(new)
        return {taker for taker, own in come.items() if before.get(taker, ()) != tuple(own)}

    def _is_counted(self, base: str) -> bool:
        """Whether it may be what another heading would be called if it were free."""
        while match := _NUMBERED.fullmatch(base):
            base = match[1]
            if self._count[base] != 1:
                return self._count[base] > 1
        return False


def numbered(slugs: Iterable[str]) -> list[str]:
    """The slugs made distinct with ``-1``, ``-2`` as GitHub does."""
    taken: dict[str, int] = {}
    result = []
    for base in slugs:
        candidate = base
        while candidate in taken:
            taken[base] += 1
            candidate = f"{base}-{taken[base]}"
        taken[candidate] = 0
        result.append(candidate)
    return result
