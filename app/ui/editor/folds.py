"""Lines that are too long for Qt, shown with parts of them folded away behind one character each.

Qt lays out a line as a whole at every key in it: half a millisecond for 1,000 characters. What is
folded away is kept here, under the name of a character from a private plane, and comes back
wherever Qt's text becomes the draft's: what is stored never knows of folds. Since the name is part
of Qt's text, cutting, pasting and undoing a fold need no care.
"""

import re
from bisect import bisect_left
from collections.abc import Sequence

LONGEST = 16_000
"""Code points of a line from which on it is folded."""
HEAD, WINDOW, TAIL = 4_000, 6_000, 1_000
"""Code points in sight: at the line's start, around a place that is wanted, at its end."""
_LEAST = 200

_FIRST, _LAST = 0x100000, 0x10DFFF
FOLD = re.compile(f"[{chr(_FIRST)}-{chr(_LAST)}]")
"""The characters that may name what is folded away."""
_TAKEN = re.compile(f"[{chr(_FIRST)}-\U0010ffff]")

_texts: dict[str, str] = {}
_names: dict[str, str] = {}


def fold(line: str, around: int | None = None) -> str:
    """A line with its middle folded away, but for what lies around a column, where one is given."""
    if len(line) <= LONGEST:
        return escape(line)
    shown = [(0, HEAD), (len(line) - TAIL, len(line))]
    if around is not None:
        shown.insert(1, (around - WINDOW // 2, around + WINDOW // 2))
    parts = []
    at = 0
    for start, end in shown:
        if start - at >= _LEAST:
            parts.append(hide(line[at:start]))
            at = start
        end = min(end, len(line))
        if at < end:
            parts.append(escape(line[at:end]))
            at = end
    return "".join(parts)


def escape(text: str) -> str:
    """The text with characters folded away that would be taken for the names of folds."""
    return text if text.isascii() else _TAKEN.sub(lambda match: hide(match[0]), text)


def hide(text: str) -> str:
    """The character that stands for this text; the text itself when there are no more names."""
    if text not in _names:
        code = _FIRST + len(_texts)
        if code > _LAST:
            return text
        _names[text] = chr(code)
        _texts[chr(code)] = text
    return _names[text]


def hidden(name: str) -> str:
    """What a character stands for."""
    return _texts.get(name, name)


def unfold(shown: str) -> str:
    """The whole of what is shown."""
    return FOLD.sub(lambda match: hidden(match[0]), shown)


def has_folds(shown: str) -> bool:
    """Whether a part of what is shown is folded away."""
    return bool(_texts) and not shown.isascii() and FOLD.search(shown) is not None


def shown_column(shown: str, column: int) -> int:
    """Where a column of the whole line is in what is shown; inside of a fold, the fold's start."""
    extra = 0
    for match in FOLD.finditer(shown):
        start = match.start() + extra
        if column <= start:
            break
        size = len(hidden(match[0]))
        if column < start + size:
            return match.start()
        extra += size - 1
    return column - extra


def whole_column(shown: str, column: int) -> int:
    """The column of the whole line that a column of what is shown means."""
    return column + sum(len(hidden(name)) - 1 for name in FOLD.findall(shown[:column]))


def is_hidden(shown: str, column: int) -> bool:
    """Whether a column of the whole line lies inside of a fold."""
    return has_folds(shown) and whole_column(shown, shown_column(shown, column)) != column


def in_sight(shown: str, spans: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """Of spans of the whole line, in order and apart, those that touch what is not folded away."""
    found: list[tuple[int, int]] = []
    at = start = 0
    for match in (*FOLD.finditer(shown), None):
        end = start + (match.start() if match else len(shown)) - at
        first = bisect_left(spans, (start, start))
        if first and spans[first - 1][1] > start:
            first -= 1
        if start < end:
            found += [
                span
                for span in spans[first : bisect_left(spans, (end, end))]
                if not found or found[-1] != span
            ]
        if match:
            at, start = match.end(), end + len(hidden(match[0]))
    return found
