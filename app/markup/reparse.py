"""Parsing a part of a draft again: a bounded attempt for a keystroke, and jobs for the rest."""

from __future__ import annotations

import time
from bisect import bisect_left
from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from app.markup import mishaps
from app.markup.blocks import Block, of_raw
from app.markup.frontmatter import Head
from app.markup.inlines import DefinitionTarget, Inline
from app.markup.parser import BlockReader, RawBlock, parser

FAST_COST = 20_000
"""What a keystroke may cost, in characters of the block phase (about 0.2 ms for 1,000)."""
INLINE_WEIGHT = 4
"""What a character of new inline content costs, in the same measure."""
FAST_WINDOW = 2_500
LARGE = 20_000
"""Characters of a block whose styles are prepared in the job."""
JOB_WINDOW = 30_000
JOB_SIZE = 48_000
"""Characters after which a job is done; the rest is the next one's."""


class Pool:
    """Parses of content to be used again, gathered from blocks when first asked for."""

    def __init__(self, blocks: Sequence[Block]) -> None:
        self._blocks = blocks
        self._inlines: dict[tuple[str, str], Inline] | None = None

    def inlines(self) -> Mapping[tuple[str, str], Inline]:
        """The parses by kind of token and content."""
        if self._inlines is None:
            self._inlines = {
                key: inline for block in self._blocks for key, inline in block.pool().items()
            }
        return self._inlines


@dataclass(slots=True)
class Task:
    """Lines to parse: from a block's start until the end of a region, and on to a known boundary.

    ``starts`` are the lines where blocks begin; one at or after ``end`` stops the parse, because
    the blocks from there on are as they were.
    """

    lines: Sequence[str]
    head: Head
    start: int
    end: int
    starts: Sequence[int]

    def known(self, line: int) -> bool:
        """Whether the parse may stop here."""
        if line < self.end:
            return False
        at = bisect_left(self.starts, line)
        return line >= len(self.lines) or (at < len(self.starts) and self.starts[at] == line)


def parse_fast(task: Task, pool: Pool) -> tuple[list[Block], int]:
    """Blocks from the task's start on, as many as a keystroke can afford; and where they end.

    Their content is not read yet.
    """
    reader = BlockReader(task.lines, task.head, FAST_WINDOW, FAST_COST)
    blocks: list[Block] = []
    at = task.start
    new_content = 0
    for raw in reader.read(task.start):
        new_content += _new_content(raw, pool)
        if reader.cost + new_content * INLINE_WEIGHT > FAST_COST:
            break
        blocks.append(of_raw(raw, task.lines, task.head))
        at = raw.end
        if task.known(at):
            break
    return blocks, at


def _new_content(raw: RawBlock, pool: Pool) -> int:
    return sum(
        len(token.content)
        for token in raw.tokens
        if token.type in ("inline", "html_block")
        and (token.type, token.content) not in pool.inlines()
    )


@dataclass(slots=True)
class ParseJob:
    """Parsing that takes too long for a keystroke.

    It works on a snapshot: `run` may be called in any thread, `Document.adopt` then takes the
    result. Where there is no thread to spare, `step` does a slice at a time.
    """

    task: Task
    definitions: dict[str, DefinitionTarget]
    notes: Container[str]
    pool: Pool
    portion: int = JOB_SIZE
    block_id: int = -1
    """The provisional block that the job is to replace."""
    hrefs: list[str] = field(default_factory=list)
    """Where links lead, noted as they are read: before the blocks that they stand in are done."""
    blocks: list[Block] = field(default_factory=list)
    end: int = 0
    done: bool = False
    failed: bool = False
    _work: Iterator[None] | None = None

    def run(self) -> None:
        """Do all the work."""
        while not self.step(60):
            pass

    def step(self, seconds: float) -> bool:
        """Work for about this long; True when the job is done."""
        if self._work is None:
            self._work = self._parse()
        deadline = time.perf_counter() + seconds
        try:
            for _ in self._work:
                if time.perf_counter() >= deadline:
                    return False
        except Exception as error:  # noqa: BLE001 - of whatever kind, the text must stay
            mishaps.note(error, "Parsing a part of a draft")
            self.failed = True
        self.done = True
        return True

    def _parse(self) -> Iterator[None]:
        task, md = self.task, parser()
        reader = BlockReader(task.lines, task.head, min(JOB_WINDOW, self.portion), None)
        self.end = task.start
        size = 0
        for raw in reader.read(task.start):
            self.blocks.append(of_raw(raw, task.lines, task.head))
            self.end = raw.end
            size += sum(map(len, task.lines[raw.start : raw.end]))
            yield
            if task.known(raw.end) or size > self.portion:
                break
        definitions = dict(self.definitions)
        for block in self.blocks:
            for definition in block.definitions:
                definitions.setdefault(definition.label, (definition.href, definition.title))
        for block in self.blocks:
            for leaf in block.read_leaves(md, definitions, self.notes, self.pool.inlines()):
                for found in leaf.inline.finds:
                    if found.href is not None and found.mistake is None:
                        self.hrefs.append(found.href)
                yield
            block.link_ahead()
            if sum(map(len, block.lines)) > LARGE:
                block.styles(0)  # puts all its lines in order, which the window would wait for
