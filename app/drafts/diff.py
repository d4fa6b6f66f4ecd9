"""Which lines of two texts correspond: the ground of merging, comparing and gentle reloading.

Patience diff (Bram Cohen): lines that occur once in both texts are matched first, then the gaps
between them, so that blank lines never tear a paragraph apart. Nearly linear on texts of any
shape; only small gaps without such lines get the finer, quadratic comparison.
"""

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from app.lines import LineEdit

_FINE = 250_000  # lines times lines up to which a gap is compared line by line

Pair = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Hunk:
    """Lines that differ: ``old[old_first:old_end]`` became ``new[new_first:new_end]``."""

    old_first: int
    old_end: int
    new_first: int
    new_end: int


def matching_lines(old: Sequence[str], new: Sequence[str]) -> list[Pair]:
    """Pairs of indices of corresponding (equal) lines; both rise."""
    pairs: list[Pair] = []
    gaps = [(0, len(old), 0, len(new))]
    while gaps:
        first, end, new_first, new_end = gaps.pop()
        while first < end and new_first < new_end and old[first] == new[new_first]:
            pairs.append((first, new_first))
            first, new_first = first + 1, new_first + 1
        while first < end and new_first < new_end and old[end - 1] == new[new_end - 1]:
            end, new_end = end - 1, new_end - 1
            pairs.append((end, new_end))
        if first == end or new_first == new_end:
            continue
        anchors = _unique_in_both(old, new, (first, end, new_first, new_end))
        if anchors:
            pairs.extend(anchors)
            corners = [(first - 1, new_first - 1), *anchors, (end, new_end)]
            gaps.extend(
                (left[0] + 1, right[0], left[1] + 1, right[1]) for left, right in pairwise(corners)
            )
        elif (end - first) * (new_end - new_first) <= _FINE:
            from difflib import SequenceMatcher

            matcher = SequenceMatcher(None, old[first:end], new[new_first:new_end], autojunk=False)
            for block in matcher.get_matching_blocks():
                pairs.extend(
                    (first + block.a + n, new_first + block.b + n) for n in range(block.size)
                )
    return sorted(pairs)


def hunks(old: Sequence[str], new: Sequence[str]) -> list[Hunk]:
    """The differences in order; two hunks have at least one equal line between them."""
    return list(_gaps(matching_lines(old, new), len(old), len(new)))


def edits(old: Sequence[str], new: Sequence[str]) -> tuple[LineEdit, ...]:
    """Small edits that turn ``old`` into ``new`` when applied in this order (last lines first)."""
    return tuple(
        LineEdit(
            hunk.old_first, hunk.old_end - hunk.old_first, tuple(new[hunk.new_first : hunk.new_end])
        )
        for hunk in reversed(hunks(old, new))
    )


def _gaps(pairs: list[Pair], old_end: int, new_end: int) -> Iterator[Hunk]:
    at, new_at = 0, 0
    for index, new_index in [*pairs, (old_end, new_end)]:
        if index > at or new_index > new_at:
            yield Hunk(at, index, new_at, new_index)
        at, new_at = index + 1, new_index + 1


def _unique_in_both(
    old: Sequence[str], new: Sequence[str], gap: tuple[int, int, int, int]
) -> list[Pair]:
    """The longest rising run of lines that occur exactly once on each side of the gap."""
    first, end, new_first, new_end = gap
    count = Counter(old[first:end])
    new_count = Counter(new[new_first:new_end])
    place = {new[index]: index for index in range(new_first, new_end)}
    pairs = [
        (index, place[old[index]])
        for index in range(first, end)
        if count[old[index]] == 1 and new_count[old[index]] == 1
    ]
    return _longest_rising(pairs)


def _longest_rising(pairs: list[Pair]) -> list[Pair]:
    """The longest subsequence whose second members rise (patience sorting)."""
    tops: list[int] = []  # the smallest last member of a rising run of each length
    top_index: list[int] = []
    before: list[int] = []
    for index, (_, member) in enumerate(pairs):
        pile = bisect_left(tops, member)
        before.append(top_index[pile - 1] if pile else -1)
        tops[pile : pile + 1] = [member]
        top_index[pile : pile + 1] = [index]
    run: list[Pair] = []
    at = top_index[-1] if top_index else -1
    while at >= 0:
        run.append(pairs[at])
        at = before[at]
    return run[::-1]
