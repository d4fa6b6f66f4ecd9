"""Which rows of a wrapped line look otherwise when something is typed into it.

The other rows hold the same words at the same places, and are not painted again.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from . import folds

_FIRST_RIGHT_TO_LEFT = "\u0590"


@dataclass(frozen=True, slots=True)
class Typed:
    """In a line, at an offset, so many characters went and so many came."""

    at: int
    removed: int
    added: int


def is_simple(text: str) -> bool:
    """Whether a line's columns are Qt's offsets, and its rows run from left to right."""
    return len(text) <= folds.LONGEST and (
        text.isascii() or max(text, default="") < _FIRST_RIGHT_TO_LEFT
    )


def only_moved(
    before: Iterable[tuple[int, int, object]],
    after: Iterable[tuple[int, int, object]],
    typed: Typed,
) -> bool:
    """Whether stretches (start, end, looks) of a line are the same but for what moved along."""
    at, rest, shift = typed.at, typed.at + typed.removed, typed.added - typed.removed
    try:
        for (old_start, old_end, old), (start, end, new) in zip(before, after, strict=True):
            if new != old:
                return False
            if (start != old_start or start > at) and (
                start != old_start + shift or old_start < rest
            ):
                return False
            if (end != old_end or end > at) and (end != old_end + shift or old_end < rest):
                return False
    except ValueError:  # there are more or fewer
        return False
    return True


def changed_rows(
    before: Sequence[int], after: Sequence[int], typed: Typed
) -> tuple[int, int] | None:
    """The first and the last row (included) whose text is another, None where all may be.

    The rows are given by their first offsets, and at last the length of the text.
    """
    if len(before) != len(after):
        return None
    first, last = 0, len(after) - 2
    while first < last and before[first + 1] == after[first + 1] <= typed.at:
        first += 1
    rest, shift = typed.at + typed.added, typed.added - typed.removed
    while last > first and before[last] + shift == after[last] >= rest:
        last -= 1
    return first, last
