"""Raw HTML that spans blocks: which blocks must be rendered together.

Markdown ends a block of raw HTML at a blank line, whether its elements are closed or not. A
``<div>`` and its ``</div>`` further down are then two blocks, and everything between them belongs
inside. An element that is never closed ends with its own block: what follows is better shown
plainly than swallowed.
"""

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

_TAG = re.compile(r"<!--(?:-?>|.*?(?:--!?>|\Z))|<(/?)([a-zA-Z][a-zA-Z0-9]*)", re.DOTALL)

# Elements that can hold whole blocks, and those whose content is not text for readers. The others
# either end by themselves (p, li, td) or are closed within a block.
_SPANNING_NAMES = (
    "div table center section article aside nav header footer main blockquote ul ol dl figure "
    "details font span head style script title noscript template textarea select svg"
)
_SPANNING = frozenset(_SPANNING_NAMES.split())


@dataclass(frozen=True, slots=True)
class Balance:
    """The tags of one block without their partner in it: end tags first, then start tags."""

    closed: tuple[str, ...]
    opened: tuple[str, ...]


def balance_of(html: str) -> Balance | None:
    """What a block of raw HTML leaves open or closes of others; None when it is balanced."""
    closed: list[str] = []
    opened: list[str] = []
    waiting: Counter[str] = Counter()
    for end, name in ((end, name.lower()) for end, name in _TAG.findall(html)):
        if name not in _SPANNING:
            continue
        if not end:
            opened.append(name)
            waiting[name] += 1
        elif waiting[name]:
            while waiting[name]:
                inner = opened.pop()
                waiting[inner] -= 1
                if inner == name:
                    break
        else:
            closed.append(name)
    return Balance(tuple(closed), tuple(opened)) if closed or opened else None


def spans(balances: Iterable[tuple[int, Balance]]) -> list[tuple[int, int]]:
    """The runs of blocks that belong together, as (first, past the last), in order, disjoint.

    Args:
        balances: The unbalanced blocks by index, in order.
    """
    found: list[tuple[int, int]] = []
    stack: list[tuple[str, int]] = []
    waiting: Counter[str] = Counter()
    for index, balance in balances:
        for name in balance.closed:
            if not waiting[name]:
                continue
            opened, first = "", index
            while opened != name:
                opened, first = stack.pop()
                waiting[opened] -= 1
            _add(found, first, index + 1)
        stack.extend((name, index) for name in balance.opened)
        waiting.update(balance.opened)
    return found


def _add(found: list[tuple[int, int]], first: int, end: int) -> None:
    """Append a run that ends last, and take in those that it contains or touches."""
    while found and found[-1][1] > first:
        first = min(first, found.pop()[0])
    found.append((first, end))


def span_at(runs: Sequence[tuple[int, int]], index: int) -> tuple[int, int]:
    """The run that a block lies in; of itself alone where there is none."""
    at = bisect_right(runs, (index, len(runs) and runs[-1][1])) - 1
    if at >= 0 and runs[at][0] <= index < runs[at][1]:
        return runs[at]
    return index, index + 1
