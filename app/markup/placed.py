"""Blocks one after another: where each begins, and where what is in it stands."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Container, Iterator, Sequence
from itertools import accumulate

from app.markup.blocks import Block
from app.markup.index import Index
from app.markup.model import (
    Link,
    LinkKind,
    Place,
    PlacedDefinition,
    PlacedHeading,
    PlacedLink,
)
from app.markup.provisional import ProvisionalBlock


class _AnyAnchor:
    """The anchors of a draft that is not parsed to its end: any may exist."""

    def __contains__(self, _name: object) -> bool:
        return True


class PlacedBlocks:
    """The blocks of a draft. Their places are relative; here they are those in the draft."""

    def _lay(self, blocks: list[Block]) -> None:
        """Begin with these blocks."""
        self.blocks = blocks
        ends = accumulate(block.line_count for block in blocks)
        self._starts = [end - block.line_count for end, block in zip(ends, blocks, strict=True)]
        self._waiting = sum(block.provisional for block in blocks)
        self._positions: dict[Block, int] | None = None
        self._index = Index(self._position)

    @property
    def complete(self) -> bool:
        """Whether all blocks are exact; False while something waits in `job`, or has failed."""
        return not self._waiting

    @property
    def words(self) -> int:
        """Words of text in the whole draft."""
        return self._index.words

    def first_line(self, index: int) -> int:
        """The first line of a block."""
        return self._starts[index]

    def block_at(self, line: int) -> tuple[int, int]:
        """Index and first line of the block that has the line."""
        index = max(0, bisect_right(self._starts, line) - 1)
        return index, self._starts[index]

    def links(self) -> Iterator[PlacedLink]:
        """All links in order."""
        for index in range(len(self.blocks)):
            yield from self.links_of(index)

    def links_between(self, first_line: int, last_line: int) -> Iterator[PlacedLink]:
        """The links that touch the lines from first to last, both included."""
        return (placed for _, placed in self.placed_between(first_line, last_line))

    def placed_between(self, first_line: int, last_line: int) -> Iterator[tuple[Link, PlacedLink]]:
        """As `links_between`, each with the link as its block has it."""
        for index in self.indices_between(first_line, last_line):
            block, start = self.blocks[index], self._starts[index]
            first, last = first_line - start, last_line - start
            here = [
                link
                for link in block.links
                if (span := link.span).line <= last and span.end_line >= first
            ]
            moved = here
            if isinstance(block, ProvisionalBlock) and block.unmoved:
                found = [(link, now) for link in here if (now := block.now(link)) is not None]
                here, moved = [link for link, _ in found], [now for _, now in found]
            yield from zip(here, self._placed(index, moved), strict=True)

    def indices_between(self, first_line: int, last_line: int) -> range:
        """The blocks that have some of the lines from first to last, both included."""
        return range(self.block_at(first_line)[0], bisect_right(self._starts, last_line))

    def links_of(self, index: int) -> Iterator[PlacedLink]:
        """The links of one block."""
        return self._placed(index, self.blocks[index].links)

    def _placed(self, index: int, links: Sequence[Link]) -> Iterator[PlacedLink]:
        start = self._starts[index]
        for link in links:
            span = link.span
            place: Place | None = None
            uses = link.label is not None and link.kind is not LinkKind.DEFINITION
            if uses and (found := self.definition(link.label or "")):
                place = Place(found.line, found.column, found.end_line, found.end_column)
            yield PlacedLink(
                link,
                start + span.line,
                span.column,
                start + span.end_line,
                span.end_column,
                index,
                place,
            )

    def definition(self, label: str) -> PlacedDefinition | None:
        """The definition that counts for a (normalised) label."""
        block = self._index.defining(label)
        if block is None:
            return None
        found = next(found for found in block.definitions if found.label == label)
        index = self._position(block)
        start, span = self._starts[index], found.span
        return PlacedDefinition(
            found, start + span.line, span.column, start + span.end_line, span.end_column, index
        )

    def headings(self) -> Iterator[PlacedHeading]:
        """The headings in order, with distinct ids."""
        for start, block in zip(self._starts, self.blocks, strict=True):
            if not block.headings:
                continue
            for heading, slug in zip(block.headings, self._index.slugs(block), strict=True):
                yield PlacedHeading(heading.level, heading.text, slug, start + heading.line)

    def anchors(self) -> Container[str]:
        """The ids of headings, and explicit ones; everything while opening."""
        return self._index.anchors if self._index.whole else _AnyAnchor()

    @property
    def index(self) -> Index:
        """What the blocks have to do with each other."""
        return self._index

    # Changing ----------------------------------------------------------------------------------

    def _splice(self, first: int, last: int, blocks: list[Block]) -> None:
        """Replace blocks, and keep the starts."""
        self._waiting += sum(block.provisional for block in blocks)
        self._waiting -= sum(block.provisional for block in self.blocks[first:last])
        self.blocks[first:last] = blocks
        at = self._starts[first] if first < len(self._starts) else 0
        after = self._starts[last] if last < len(self._starts) else None
        starts = []
        for block in blocks:
            starts.append(at)
            at += block.line_count
        if after is not None and at != after:
            delta = at - after
            self._starts[last:] = [start + delta for start in self._starts[last:]]
        self._starts[first:last] = starts
        self._positions = None

    def _position(self, block: Block) -> int:
        if self._positions is None:
            self._positions = {block: index for index, block in enumerate(self.blocks)}
        return self._positions[block]

    def _line_count(self) -> int:
        return self._starts[-1] + self.blocks[-1].line_count
