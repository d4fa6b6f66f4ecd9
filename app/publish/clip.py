"""Where Gmail cuts a letter: behind 102,400 bytes of its HTML part, as they are sent.

No page of Google's says so; it is measured: https://github.com/hteumeuleu/email-bugs/issues/41.
"""

import contextlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from html import unescape

from app.markup import Document
from app.publish.email import render_marked
from app.publish.publication import PLAIN, Publication
from app.publish.segments import PreviewModel
from app.publish.snippets import Read, SnippetError, fill_snippets

CLIP = 102_400
"""Bytes that Gmail shows."""
NEAR = 90_000
"""Bytes from which it is near: what platforms add for tracking may push a letter over."""

_NOT_SHOWN = re.compile(r"<!--.*?(?:-->|\Z)|<[^>]*(?:>|\Z)", re.DOTALL)
_HALF_ENTITY = re.compile(r"&[#\w]{0,10}\Z")
_FRAME = 16_000
"""Bytes that the template has at the most, unless it is the writer's own."""
_PER_BLOCK = 1000
_PER_LINK = 400
_PER_CHARACTER = 5


@dataclass(frozen=True, slots=True)
class Cut:
    """How large a letter is, and where it is cut.

    Attributes:
        size: Bytes of the HTML part.
        line: The draft's line at which the segment begins that is cut; None where that is the
            footnotes', or where nothing is cut.
        offset: UTF-16 units of the segment's text before the cut; None where nothing is cut.
    """

    size: int
    line: int | None = None
    offset: int | None = None

    def as_written(self, origins: Sequence[int]) -> "Cut":
        """The cut in a draft that was `spread` before; in a snippet it is at the snippet's line."""
        if self.line is None:
            return self
        line = origins[self.line]
        is_own = origins.count(line) == 1
        return Cut(self.size, line, self.offset if is_own else 0)


def spread(lines: Sequence[str], read: Read) -> tuple[list[str], list[int]]:
    """A draft with its snippets filled in, and the line that each of its lines was written on."""
    filled: list[str] = []
    origins: list[int] = []
    for number, line in enumerate(lines):
        new = [line]
        if "{{" in line:
            with contextlib.suppress(SnippetError):  # pre-flight names it; it stays as written
                new = fill_snippets(line, read).split("\n")
        filled += new
        origins += [number] * len(new)
    return filled, origins


def may_be_near(document: Document, publication: Publication = PLAIN) -> bool:
    """Whether the letter might be near the limit: a bound from above, cheap, never too low."""
    characters = sum(len(line) + 1 for line in document.lines)
    links = sum(len(block.links) for block in document.blocks)
    frame = len(publication.template.text) * 2 if publication.template else _FRAME
    utm = (
        sum(len(name) + len(value) * 3 for name, value in publication.utm.pairs())
        if (publication.utm)
        else 0
    )
    bound = frame + characters * _PER_CHARACTER + len(document.blocks) * _PER_BLOCK
    return bound + links * (_PER_LINK + utm) >= NEAR


def cut_of(document: Document, publication: Publication = PLAIN) -> Cut | None:
    """Where Gmail cuts the letter of a document; None where it is well below the limit."""
    head, pieces = render_marked(document, publication)
    before = len(head.encode("utf-8", "replace"))
    sizes = [len(piece.encode("utf-8", "replace")) for piece in pieces]
    size = before + sum(sizes)
    if size < NEAR:
        return None
    if size <= CLIP:
        return Cut(size)
    model = PreviewModel(document)
    keys = model.order()
    for index, (piece, length) in enumerate(zip(pieces, sizes, strict=True)):
        if before + length > CLIP or index + 1 == len(pieces):
            shown = _shown(piece.encode("utf-8", "replace")[: max(CLIP - before, 0)])
            line = model.first_line(keys[index]) if index + 1 < len(keys) else None
            return Cut(size, line, shown)
        before += length
    return Cut(size, 0, 0)


def _shown(data: bytes) -> int:
    """UTF-16 units of the text that readers see of some HTML."""
    html = _HALF_ENTITY.sub("", _NOT_SHOWN.sub("", data.decode("utf-8", "ignore")))
    return len(unescape(html).encode("utf-16-le")) // 2
