"""Three-way merge by lines: two people's changes to the same text, and where they collide.

After diff3 (Khanna, Kunal, Pierce: "A Formal Investigation of Diff3", 2007): stretches of the
base that both sides left alone hold the text together; between two of them a side that changed
wins over one that did not, equal changes count once, and different ones are a conflict.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from app.drafts.diff import matching_lines


@dataclass(frozen=True, slots=True)
class Conflict:
    """Both sides changed the same lines of the base, and differently."""

    base: tuple[str, ...]
    mine: tuple[str, ...]
    theirs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Merged:
    """The result in order: runs of lines that are settled, and conflicts."""

    parts: tuple[tuple[str, ...] | Conflict, ...]

    @property
    def conflicts(self) -> tuple[Conflict, ...]:
        """What a person has to decide; empty for a clean merge."""
        return tuple(part for part in self.parts if isinstance(part, Conflict))

    @property
    def lines(self) -> list[str]:
        """The merged text; both versions of a conflict stand in it, mine first."""
        merged: list[str] = []
        for part in self.parts:
            merged.extend((*part.mine, *part.theirs) if isinstance(part, Conflict) else part)
        return merged


def merge(base: Sequence[str], mine: Sequence[str], theirs: Sequence[str]) -> Merged:
    """Join the changes that ``mine`` and ``theirs`` made to ``base``."""
    parts: list[tuple[str, ...] | Conflict] = []
    settled: list[str] = []
    for run in _runs(base, mine, theirs):
        part = _settle(*run)
        if isinstance(part, Conflict):
            if settled:
                parts.append(tuple(settled))
                settled = []
            parts.append(part)
        else:
            settled.extend(part)
    if settled:
        parts.append(tuple(settled))
    return Merged(tuple(parts))


Run = tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]


def _runs(base: Sequence[str], mine: Sequence[str], theirs: Sequence[str]) -> Iterator[Run]:
    """The three texts cut at the lines that all three have: a stretch between, then the line."""
    in_mine = dict(matching_lines(base, mine))
    in_theirs = dict(matching_lines(base, theirs))
    at, at_mine, at_theirs = 0, 0, 0
    stable = [index for index in range(len(base)) if index in in_mine and index in in_theirs]
    for index in stable:
        i, j = in_mine[index], in_theirs[index]
        yield tuple(base[at:index]), tuple(mine[at_mine:i]), tuple(theirs[at_theirs:j])
        yield (base[index],), (base[index],), (base[index],)
        at, at_mine, at_theirs = index + 1, i + 1, j + 1
    yield tuple(base[at:]), tuple(mine[at_mine:]), tuple(theirs[at_theirs:])


def _settle(
    base: tuple[str, ...], mine: tuple[str, ...], theirs: tuple[str, ...]
) -> tuple[str, ...] | Conflict:
    if mine == theirs or theirs == base:
        return mine
    if mine == base:
        return theirs
    return Conflict(base, mine, theirs)
