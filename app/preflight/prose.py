"""The words of a block as readers see them, at the places where they stand in the source."""

from bisect import bisect_right
from itertools import accumulate
from typing import TYPE_CHECKING

from app.markup import Span, Style
from app.markup.styles import BlockStyles, Parsed

if TYPE_CHECKING:
    from app.preflight.snapshot import Part

OBJECT = "\ufffc"
"""Stands for each character of code, addresses, tags and the like, which are no prose."""

_BLANK = frozenset([Style.MARK, Style.QUOTE_MARK, Style.TASK])
_HIDDEN = frozenset(
    [
        Style.CODE,
        Style.CODE_BLOCK,
        Style.FENCE,
        Style.HEADING_MARK,
        Style.LIST_MARK,
        Style.LINK_URL,
        Style.LINK_TITLE,
        Style.REFERENCE_LABEL,
        Style.HTML,
        Style.COMMENT,
        Style.TEMPLATE,
        Style.TABLE_MARK,
        Style.RULE,
        Style.FRONT_MATTER,
        Style.FOOTNOTE,
        Style.ENTITY,
        Style.ESCAPE,
    ]
)


class Prose:
    """The text of a block, as long as its source, without what is no prose.

    Attributes:
        text: The lines joined by line feeds; marks such as the stars of emphasis are blanks, and
            code, addresses, tags, entities and template tags are `OBJECT`.
        source: The same, as written.
    """

    def __init__(self, block: Parsed) -> None:
        self._starts = [0, *accumulate(len(line) + 1 for line in block.lines)]
        self.source = "\n".join(block.lines)
        self.text = "\n".join(_masked(block))

    def span(self, start: int, end: int) -> Span:
        """The place of a stretch, in lines of the block."""
        line, column = self._place(start)
        end_line, end_column = self._place(end)
        return Span(line, column, end_line, end_column)

    def extent(self, span: Span) -> tuple[int, int]:
        """Where a stretch in lines of the block begins and ends."""
        last = len(self._starts) - 1
        return (
            self._starts[min(span.line, last)] + span.column,
            self._starts[min(span.end_line, last)] + span.end_column,
        )

    def _place(self, offset: int) -> tuple[int, int]:
        line = bisect_right(self._starts, offset) - 1
        return line, offset - self._starts[line]


def _masked(block: Parsed) -> list[str]:
    styles = BlockStyles(block)
    lines = []
    for at, line in enumerate(block.lines):
        for run in styles.of(at):
            filler = " " if run.style in _BLANK else OBJECT if run.style in _HIDDEN else ""
            if filler:
                begin, end = run.column, min(run.end, len(line))
                line = line[:begin] + filler * (end - begin) + line[end:]
        lines.append(line)
    return lines


def code_spans(part: "Part") -> list[tuple[int, int]]:
    """Where code stands in a block: offsets in the source of its prose."""
    prose = part.prose
    spans: list[tuple[int, int]] = []
    for leaf in part.leaves:
        spans.extend(
            prose.extent(leaf.span(*token.meta["at"]))
            for token in leaf.token.children or ()
            if token.type == "code_inline" and "at" in token.meta
        )
    for token in part.tokens:
        if token.type in ("fence", "code_block") and token.map:
            first, end = token.map
            last = min(end, len(part.lines)) - 1
            spans.append(prose.extent(Span(first, 0, last, len(part.lines[last]))))
    return spans
