"""The mail as it would leave: its bytes, and where in the draft one of them comes from."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from html import unescape

from app.markup import Span
from app.preflight.snapshot import Part

_NOT_SHOWN = re.compile(
    r"<!--.*?(?:-->|\Z)|<(head|style|script|title)\b.*?(?:</\1\s*>|\Z)|<[^>]*(?:>|\Z)",
    re.DOTALL | re.IGNORECASE,
)
_WORD = re.compile(r"\w+")
_ANCHOR, _LEAST_ANCHOR = 8, 3
"""Words before a place by which it is found again in the draft: at most and at least."""
_BACK = 200
"""Words that may stand before the place without being the draft's."""


@dataclass(frozen=True)
class Mail:
    """The HTML part, and the draft that it was made from."""

    html: str
    parts: Sequence[Part]
    starts: Sequence[int]

    @cached_property
    def data(self) -> bytes:
        """The HTML part in bytes, as it is sent."""
        return self.html.encode("utf-8", "replace")

    def origin(self, byte: int) -> Span:
        """The line of the draft whose text stands at, or last before, a byte of the mail.

        It is found by the words before that byte, so that neither the frame around the text nor
        what became of its markup matters.
        """
        before = self.data[:byte].decode("utf-8", "ignore")
        shown = _words(unescape(_NOT_SHOWN.sub(" ", before)))
        own = [
            (word, part_at, leaf_at)
            for part_at, part in enumerate(self.parts)
            for leaf_at, leaf in enumerate(part.leaves)
            for word in _words(leaf.inline.text)
        ]
        at = _last_of(shown, [word for word, _, _ in own])
        if at is None:
            return Span(0, 0, 0, 0)
        word, part_at, leaf_at = own[at]
        first = at
        while first and own[first - 1][1:] == (part_at, leaf_at):
            first -= 1
        return self._line(part_at, leaf_at, [each[0] for each in own[first : at + 1]], word)

    def _line(self, part_at: int, leaf_at: int, words: Sequence[str], word: str) -> Span:
        """The line on which the last of some words of a leaf stands."""
        part = self.parts[part_at]
        leaf = part.leaves[leaf_at]
        content, offset = leaf.inline.content.casefold(), 0
        for each in words:
            found = content.find(each, offset)
            offset = found + len(each) if found >= 0 else offset
        line = leaf.place(max(0, offset - len(word)))[0]
        at = self.starts[part_at] + line
        return Span(at, 0, at, len(part.lines[line]) if line < len(part.lines) else 0)


def _words(text: str) -> list[str]:
    return _WORD.findall(text.casefold())


def _last_of(shown: list[str], own: list[str]) -> int | None:
    """The index among the draft's own words of the last word shown.

    Of several places that fit, the one as far into the text as what was shown.
    """
    places: dict[str, list[int]] = {}
    for at, word in enumerate(own):
        places.setdefault(word, []).append(at)
    # What stands at the very end may be half a word, or the frame's.
    for end in range(len(shown), max(0, len(shown) - _BACK), -1):
        for length in range(min(_ANCHOR, end), _LEAST_ANCHOR - 1, -1):
            wanted = list(shown[end - length : end])
            fitting = [
                at
                for at in places.get(wanted[-1], ())
                if at + 1 >= length and own[at + 1 - length : at + 1] == wanted
            ]
            if fitting:
                return min(fitting, key=lambda at: abs(at + 1 - end))
    return None
