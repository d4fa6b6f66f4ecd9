r"""Text as lines, and the edit of some of them: the currency between editor, parser and journal.

A *line* never contains its line end. Lines end at ``\n``, ``\r\n`` or a lone ``\r``, as
CommonMark (section 2.1) and Qt's documents have it; form feeds and U+2028 do not end one.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

LINE_END = re.compile(r"\r\n|\n|\r")
_STRIDE = 1 << 16


@dataclass(frozen=True, slots=True)
class LineEdit:
    """Replace ``removed`` lines from line ``first`` (0-based) on by ``lines``.

    A text has at least one line at all times; an edit never leaves it with none.
    """

    first: int
    removed: int
    lines: tuple[str, ...]

    def apply(self, target: list[str]) -> None:
        """Change ``target`` in place."""
        target[self.first : self.first + self.removed] = self.lines


def split_lines(text: str) -> list[str]:
    r"""The lines of a text; ``"a\n"`` has two, the second one empty."""
    if "\r" not in text:
        return text.split("\n")
    return LINE_END.split(text)


def line_starts(text: str) -> list[int]:
    """Offset in code points at which each line of the text begins."""
    return [0, *(match.end() for match in LINE_END.finditer(text))]


def difference(old: Sequence[str], new: Sequence[str]) -> LineEdit:
    """The smallest single edit that turns ``old`` into ``new``."""
    limit = min(len(old), len(new))
    head = 0
    while head < limit and old[head] == new[head]:
        head += 1
    tail = 0
    while tail < limit - head and old[-1 - tail] == new[-1 - tail]:
        tail += 1
    return LineEdit(head, len(old) - head - tail, tuple(new[head : len(new) - tail]))


def common_start(one: str, other: str) -> int:
    """How many characters two texts have in common at their start."""
    return _common(one, other, lambda text, at, end: text[at:end])


def common_end(one: str, other: str) -> int:
    """How many characters two texts have in common at their end."""
    return _common(one, other, lambda text, at, end: text[len(text) - end : len(text) - at])


def _common(one: str, other: str, part: Callable[[str, int, int], str]) -> int:
    """Compared in parts: a loop over the characters of an endless line would be seen."""
    limit = min(len(one), len(other))
    at, size = 0, _STRIDE
    while at < limit and size:
        end = min(at + size, limit)
        if part(one, at, end) == part(other, at, end):
            at = end
        else:
            limit, size = end, size // 2
    return at
