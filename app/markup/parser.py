"""The configured parser, and the block phase: from lines to top-level blocks, one after another.

A top-level block depends only on the lines from its start on, which is what makes the parse
incremental: `BlockReader` can start at any boundary, and stop at any.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import accumulate
from math import inf

from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock
from markdown_it.token import Token

from app.markup import bareurls, blockrules, inlinerules, mishaps
from app.markup.frontmatter import Head

MAX_NESTING = 100
"""markdown-it's limit; `blockrules.DEEPEST` keeps block nesting below it."""

CONTAINER_LINE = 250
"""What a line of a list, quote or table costs beyond its characters, in characters of text."""


@cache
def parser() -> MarkdownIt:
    """The one parser: CommonMark, GFM tables and strikethrough, footnotes, exact positions.

    Typographer is off: its quotes would hide where text came from, and are quadratic.
    """
    options = {"html": True, "linkify": True, "typographer": False, "maxNesting": MAX_NESTING}
    md = MarkdownIt("commonmark", {**options, "inline_definitions": True})
    md.enable(["table", "strikethrough", "linkify"])
    blockrules.install(md)
    inlinerules.install(md)
    bareurls.install(md)
    return md


LEAST_WINDOW = 150
"""Characters; less is not worth a look."""


@dataclass(slots=True)
class RawBlock:
    """A top-level block after the block phase; token lines count from the block's start."""

    start: int
    end: int
    tokens: list[Token]
    too_deep: bool = False
    failed: bool = False


class BlockReader:
    """Reads top-level blocks from a line on.

    The lines are parsed in windows: a block is trusted only where the window holds all the lines
    that could have a say in where it ends. ``cost`` is what was parsed so far, in characters of
    plain text.
    """

    def __init__(self, lines: Sequence[str], head: Head, window: int, limit: int | None) -> None:
        """``window`` and ``limit`` (None: no limit) are in characters."""
        self._lines = lines
        self._head = head
        self._window = window
        self._limit = limit
        self.cost = 0

    def read(self, start: int) -> Iterator[RawBlock]:
        """The blocks from ``start``, which is the first line of one, on.

        Ends at the end of the draft, or before the block that would pass the limit.
        """
        lines, head = self._lines, self._head
        if start < head.body:
            yield RawBlock(0, self._skip_blank(head.body), [])
            start = self._skip_blank(head.body)
        elif start == 0 and head.first_text:
            yield RawBlock(0, head.first_text, [])
            start = head.first_text
        if head.html_document and start == head.first_text < len(lines):
            yield from self._html_document(start)
            return
        window = self._window
        is_narrow = False
        while start < len(lines):
            stop, cost = self._window_end(start, window)
            if self._limit is not None and self.cost + cost > self._limit:
                if window < LEAST_WINDOW:
                    return
                window //= 4  # a short block may stand before the long one
                is_narrow = True
                continue
            self.cost += cost
            at = start
            for block in self._parse(start, stop):
                yield block
                at = block.end
            if is_narrow and at == start:
                return
            window = self._window if at > start else window * 4
            start = at

    def _skip_blank(self, line: int) -> int:
        lines = self._lines
        while line < len(lines) and not lines[line].strip(" \t"):
            line += 1
        return line

    def _window_end(self, start: int, window: int) -> tuple[int, int]:
        """The line after a window (behind a blank line, or the end), and what it costs."""
        lines, count = self._lines, len(self._lines)
        most = inf if self._limit is None else self._limit - self.cost
        size = cost = 0
        line = start
        while line < count:
            text = lines[line]
            size += len(text) + 1
            line += 1
            if not text or text[0] in " \t-*+>|0123456789":
                cost += CONTAINER_LINE
            if size + cost > most:
                break  # too much already
            if size >= window and not text.strip(" \t"):
                break
        return line, size + cost

    def _html_document(self, start: int) -> Iterator[RawBlock]:
        lines = self._lines
        size = sum(map(len, lines[start:]))
        if self._limit is not None and self.cost + size > self._limit:
            return
        self.cost += size
        token = Token("html_block", "", 0, map=[0, len(lines) - start])
        token.content = "\n".join(self._text(start, len(lines)))
        offset = 0
        segments = []
        for index in range(start, len(lines)):
            segments.append((offset, index - start, 0))
            offset += len(lines[index]) + 1
        cut = self._head.cut
        segments[0] = (0, 0, cut)
        segments[1:] = [(at - cut, line, column) for at, line, column in segments[1:]]
        token.meta["segments"] = tuple(segments)
        yield RawBlock(start, len(lines), [token])

    def _text(self, start: int, stop: int) -> list[str]:
        """The lines as the parser sees them."""
        text = list(self._lines[start:stop])
        if start == self._head.first_text and self._head.cut:
            text[0] = text[0][self._head.cut :]
        return text

    def _parse(self, start: int, stop: int) -> Iterator[RawBlock]:
        """The blocks of a window that can be trusted."""
        md = parser()
        source = "\n".join(self._text(start, stop)).replace("\0", "\ufffd") + "\n"
        env: dict[str, object] = {"references": {}}
        state = StateBlock(source, md, env, [])
        starts = list(state.bMarks)
        env["starts"] = starts
        complete = stop == len(self._lines)
        line = 0
        while line < state.lineMax:
            tokens: list[Token] = []
            state.tokens = tokens
            state.line = line
            state.tight = False
            env.pop("too_deep", None)
            failed = False
            try:
                self._one_block(md, state, line)
            except Exception as error:  # noqa: BLE001 - of whatever kind, the text must stay
                mishaps.note(error, "Parsing a block")
                failed = True
                state = StateBlock(source, md, env, [])  # the rule left the old one half changed
                tokens = state.tokens = _plain(state, line)
            after = state.skipEmptyLines(state.line)
            if not complete and after + 1 >= state.lineMax:
                return
            self._settle(tokens, line, start)
            end = min(start + after, stop)
            yield RawBlock(start + line, end, tokens, "too_deep" in env, failed)
            line = after

    def _one_block(self, md: MarkdownIt, state: StateBlock, line: int) -> None:
        for rule in md.block.ruler.getRules(""):
            if rule(state, line, state.lineMax, False):
                return
        raise AssertionError("the paragraph rule takes every line")

    def _settle(self, tokens: list[Token], line: int, start: int) -> None:
        """Make the tokens' lines count from the block's start, and undo the cut of its first."""
        cut = self._head.cut if start + line == self._head.first_text else 0
        for token in tokens:
            if token.map:
                token.map = [token.map[0] - line, token.map[1] - line]
            segments = token.meta.get("segments")
            if segments and (line or cut):
                token.meta["segments"] = tuple(
                    (offset, at - line, column + cut if at == line else column)
                    for offset, at, column in segments
                )


def _plain(state: StateBlock, line: int) -> list[Token]:
    """The lines up to the next blank one as a paragraph, whatever they look like."""
    end = line + 1
    while end < state.lineMax and not state.isEmpty(end):
        end += 1
    state.line = end
    inline = Token("inline", "", 0, map=[line, end], level=1, block=True, children=[])
    lines = [state.src[state.bMarks[at] : state.eMarks[at]] for at in range(line, end)]
    inline.content = "\n".join(lines)
    offsets = accumulate((len(text) + 1 for text in lines), initial=0)
    inline.meta["segments"] = tuple(
        (offset, at, 0) for offset, at in zip(offsets, range(line, end), strict=False)
    )
    opening = Token("paragraph_open", "p", 1, map=[line, end], block=True)
    return [opening, inline, Token("paragraph_close", "p", -1, block=True)]
