"""A parsed draft, kept up to date edit by edit."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Container, Iterator, Mapping, Sequence

from app.lines import LineEdit, split_lines
from app.markup.blocks import Block, Surroundings, of_raw
from app.markup.frontmatter import read_head
from app.markup.headings import numbered
from app.markup.inlines import DefinitionTarget
from app.markup.model import (
    Change,
    FrontMatter,
    Place,
    PlacedDefinition,
    PlacedHeading,
    PlacedLink,
    Span,
)
from app.markup.parser import BlockReader, parser


class ParseJob:
    """Parsing that takes too long for a keystroke; `run` may be called in another thread."""

    def run(self) -> None:
        """Do the work."""


class Document:
    """The draft as blocks, links and headings."""

    def __init__(self, lines: Sequence[str]) -> None:
        self.lines = list(lines) or [""]
        self.blocks: list[Block] = []
        self.job: ParseJob | None = None
        self._parse()

    @classmethod
    def from_text(cls, text: str) -> Document:
        """Parse a text."""
        return cls(split_lines(text))

    def _parse(self) -> None:
        md = parser()
        self._head = read_head(self.lines)
        reader = BlockReader(self.lines, self._head, 60_000, None)
        self.blocks = [of_raw(raw, self.lines, self._head) for raw in reader.read(0)]
        if not self.blocks:
            self.blocks = [Block(self.lines, "blank", [])]
        self._starts = [0]
        for block in self.blocks[:-1]:
            self._starts.append(self._starts[-1] + block.line_count)
        self._definitions: dict[str, tuple[Block, int]] = {}
        targets: dict[str, DefinitionTarget] = {}
        notes = set()
        for block in self.blocks:
            notes.update(block.footnotes)
            for index, definition in enumerate(block.definitions):
                self._definitions.setdefault(definition.label, (block, index))
                targets.setdefault(definition.label, (definition.href, definition.title))
        for block in self.blocks:
            block.read_content(md, targets, notes, {})
        used: set[str] = set().union(*(block.used_labels for block in self.blocks))
        surroundings = Surroundings(used, True, any(block.includes for block in self.blocks))
        for block in self.blocks:
            block.link(surroundings)

    @property
    def front_matter(self) -> FrontMatter | None:
        """The front matter, if the draft has one."""
        return self._head.front_matter

    @property
    def words(self) -> int:
        """Words of the whole draft."""
        return sum(block.words for block in self.blocks)

    def edit(self, edit: LineEdit) -> Change:
        """Apply an edit."""
        edit.apply(self.lines)
        removed = tuple(self.blocks)
        self._parse()
        return Change(0, removed, tuple(self.blocks), (), False)

    def adopt(self, job: ParseJob) -> Change:
        """Take over the result of a finished job."""
        return Change(0, (), (), (), False)

    def first_line(self, index: int) -> int:
        """The first line of a block."""
        return self._starts[index]

    def block_at(self, line: int) -> tuple[int, int]:
        """Index and first line of the block that has the line."""
        index = bisect_right(self._starts, line) - 1
        return index, self._starts[index]

    def links(self) -> Iterator[PlacedLink]:
        """All links in order."""
        for index in range(len(self.blocks)):
            yield from self._placed(index)

    def links_between(self, first_line: int, last_line: int) -> Iterator[PlacedLink]:
        """The links that touch the lines from first to last, both included."""
        index = self.block_at(max(0, first_line))[0]
        while index < len(self.blocks) and self._starts[index] <= last_line:
            for placed in self._placed(index):
                if placed.line <= last_line and placed.end_line >= first_line:
                    yield placed
            index += 1

    def _placed(self, index: int) -> Iterator[PlacedLink]:
        start = self._starts[index]
        for link in self.blocks[index].links:
            span = link.span
            place: Place | None = None
            if link.label is not None and (found := self.definition(link.label)):
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
        """The definition of a (normalised) label."""
        found = self._definitions.get(label)
        if not found:
            return None
        block, at = found
        index = self.blocks.index(block)
        definition = block.definitions[at]
        start = self._starts[index]
        span: Span = definition.span
        return PlacedDefinition(
            definition,
            start + span.line,
            span.column,
            start + span.end_line,
            span.end_column,
            index,
        )

    def headings(self) -> Iterator[PlacedHeading]:
        """The headings in order, with distinct ids."""
        found = [
            (heading, start + heading.line)
            for block, start in zip(self.blocks, self._starts, strict=True)
            for heading in block.headings
        ]
        for (heading, line), slug in zip(
            found, numbered(heading.slug for heading, _ in found), strict=True
        ):
            yield PlacedHeading(heading.level, heading.text, slug, line)

    def anchors(self) -> Container[str]:
        """The ids of headings, and explicit ones."""
        return {heading.slug for heading in self.headings()}.union(
            *(block.ids for block in self.blocks)
        )


def render_block(document: Document, index: int) -> str:
    """The HTML of one block."""
    md = parser()
    env: Mapping[str, object] = {}
    return str(md.renderer.render(document.blocks[index].tokens, md.options, dict(env)))
