"""What the highlighter shows of a block, line by line, from the parse of that block."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Protocol

from markdown_it.token import Token

from app.markup import html
from app.markup.found import Found
from app.markup.model import LinkKind, Style, StyleRun
from app.markup.template import TAG

if TYPE_CHECKING:
    from app.markup.blocks import Leaf
    from app.markup.inlines import Inline

Range = tuple[int, int, Style]

_PAIRS = {"em": Style.EMPHASIS, "strong": Style.STRONG, "s": Style.STRIKE}
_CONTAINER_MARK = re.compile(r"(>)|([-+*]|\d{1,9}[.)])(?=[ \t]|$)|(\[\^[^\]]+\]:)|([ \t])")
_TASK = re.compile(r"\[[ xX]\](?=[ \t])")
_EMPTY_CODE = (StyleRun(0, 0, Style.CODE_BLOCK),)
_FENCE_LINE = re.compile(r"[ \t>]*(?:[-+*]|\d+[.)])?[ \t]*(?:`{3,}|~{3,})")
_KEY = re.compile(r"[ \t]*[\w.-]+[ \t]*(?=[:=])")
_LABEL = re.compile(r"\[(?:[^\]\\]|\\.)*\](?=:)", re.DOTALL)
_PIPE = re.compile(r"(?<!\\)\|")


class Parsed(Protocol):
    """What of a block its styles are made from."""

    @property
    def kind(self) -> str:
        """As `Block.kind`."""

    @property
    def lines(self) -> tuple[str, ...]:
        """The source."""

    @property
    def tokens(self) -> Sequence[Token]:
        """What the parser made of it."""

    @property
    def leaves(self) -> Sequence[Leaf]:
        """Its stretches of inline content and raw HTML."""


class BlockStyles:
    """The styles of one block; each line's are made when first asked for.

    It does not hold the block, which holds it: a cycle would be left to the garbage collector.
    """

    def __init__(self, block: Parsed) -> None:
        self._kind, self._lines = block.kind, block.lines
        self._runs: dict[int, list[StyleRun]] = {}
        self._tokens: dict[int, list[Token]] = {}
        self._leaves: dict[int, list[Leaf]] = {}
        self._ranges: dict[int, _LineRanges] = {}
        for token in block.tokens:
            if token.type in _LINE_STYLES and token.map:
                for line in range(*token.map):
                    self._tokens.setdefault(line, []).append(token)
        for leaf in block.leaves:
            for line in {line for _, line, _ in leaf.segments}:
                self._leaves.setdefault(line, []).append(leaf)

    def of(self, line: int) -> list[StyleRun]:
        """The runs of a line, counted from the block's start.

        An empty run says that an empty line belongs to a block of code.
        """
        if line not in self._runs:
            runs = self._make(line)
            self._runs[line] = [run for run in runs if run.column < run.end or run in _EMPTY_CODE]
        return self._runs[line]

    def _make(self, line: int) -> Iterator[StyleRun]:
        text = self._lines[line] if line < len(self._lines) else ""
        if self._kind == "front_matter":
            yield from _front_matter(text)
            return
        leaves = self._leaves.get(line, ())
        if self._kind in ("list", "quote", "footnote"):
            yield from self._container_marks(text, line, leaves)
        for token in self._tokens.get(line, ()):
            yield from _LINE_STYLES[token.type](token, line, text)
        for leaf in leaves:
            for begin, end, style in self._ranges_of(leaf).get(line, ()):
                yield StyleRun(begin, min(len(text), end), style)
        for match in TAG.finditer(text):
            yield StyleRun(match.start(), match.end(), Style.TEMPLATE)

    def _ranges_of(self, leaf: Leaf) -> _LineRanges:
        found = self._ranges.get(id(leaf))
        if found is None:
            found = self._ranges[id(leaf)] = _line_ranges(leaf)
        return found

    def _container_marks(
        self, text: str, line: int, leaves: list[Leaf] | tuple[()]
    ) -> Iterator[StyleRun]:
        end = min(
            (column for leaf in leaves for _, at, column in leaf.segments if at == line),
            default=len(text),
        )
        if not leaves and self._tokens.get(line):
            return
        at = 0
        while at < end and (match := _CONTAINER_MARK.match(text, at)):
            if match[1]:
                yield StyleRun(at, match.end(), Style.QUOTE_MARK)
            elif match[2]:
                yield StyleRun(at, match.end(), Style.LIST_MARK)
            elif match[3]:
                yield StyleRun(at, match.end(), Style.FOOTNOTE)
            at = match.end()
        if at and (task := _TASK.match(text, at)):
            yield StyleRun(at, task.end(), Style.TASK)


def _front_matter(text: str) -> Iterator[StyleRun]:
    yield StyleRun(0, len(text), Style.FRONT_MATTER)
    if match := _KEY.match(text):
        yield StyleRun(0, match.end(), Style.FRONT_MATTER_KEY)


# Whole lines ------------------------------------------------------------------------------------


def _heading(token: Token, line: int, text: str) -> Iterator[StyleRun]:
    yield StyleRun(0, len(text), Style(int(token.tag[1])))
    if token.markup[0] != "#":
        if token.map and line == token.map[1] - 1:
            yield StyleRun(0, len(text), Style.HEADING_MARK)
    else:
        begin = text.find("#")
        yield StyleRun(begin, begin + len(token.markup), Style.HEADING_MARK)


def _fence(token: Token, line: int, text: str) -> Iterator[StyleRun]:
    first, last = token.map or (0, 0)
    mark = line == first or (line == last - 1 and _FENCE_LINE.match(text))
    yield StyleRun(0, len(text), Style.FENCE if mark else Style.CODE_BLOCK)


def _code(_token: Token, _line: int, text: str) -> Iterator[StyleRun]:
    yield StyleRun(0, len(text), Style.CODE_BLOCK)


def _rule(_token: Token, _line: int, text: str) -> Iterator[StyleRun]:
    yield StyleRun(0, len(text), Style.RULE)


def _template(_token: Token, _line: int, text: str) -> Iterator[StyleRun]:
    yield StyleRun(0, len(text), Style.TEMPLATE)


def _table(token: Token, line: int, text: str) -> Iterator[StyleRun]:
    if token.map and line == token.map[0] + 1:
        yield StyleRun(0, len(text), Style.TABLE_MARK)
    else:
        for match in _PIPE.finditer(text):
            yield StyleRun(match.start(), match.end(), Style.TABLE_MARK)


def _definition(token: Token, line: int, text: str) -> Iterator[StyleRun]:
    begin = next((column for _, at, column in token.meta["segments"] if at == line), 0)
    if token.map and line == token.map[0] and (match := _LABEL.match(text, begin)):
        yield StyleRun(begin, match.end(), Style.REFERENCE_LABEL)
        begin = match.end() + 1
    yield StyleRun(begin, len(text), Style.LINK_URL)


_LINE_STYLES = {
    "heading_open": _heading,
    "fence": _fence,
    "code_block": _code,
    "hr": _rule,
    "template_line": _template,
    "table_open": _table,
    "definition": _definition,
}


# Inline content ---------------------------------------------------------------------------------


_LineRanges = dict[int, list[tuple[int, int, Style]]]


def _line_ranges(leaf: Leaf) -> _LineRanges:
    """The leaf's ranges by line, in columns; each range is touched once for each of its lines."""
    ranges = leaf.inline.ranges
    if ranges is None:
        ranges = leaf.inline.ranges = list(_ranges(leaf.inline))
    segments = leaf.segments
    if len(segments) == 1:
        _, line, column = segments[0]
        return {line: [(column + first, column + last, style) for first, last, style in ranges]}
    ends = [offset for offset, _, _ in segments[1:]] + [len(leaf.inline.content)]
    found: _LineRanges = {}
    for first, last, style in ranges:
        index = max(0, bisect_right(ends, first))
        while index < len(segments) and segments[index][0] < last:
            offset, line, column = segments[index]
            low, high = max(first, offset), min(last, ends[index])
            if low < high:
                found.setdefault(line, []).append(
                    (column + low - offset, column + high - offset, style)
                )
            index += 1
    return found


def _ranges(inline: Inline) -> Iterator[Range]:
    if not inline.tokens:
        yield from _html_ranges(inline.content)
    opened: list[Token] = []
    for token in inline.tokens:
        kind = token.type
        if token.tag in _PAIRS:
            if token.nesting > 0:
                opened.append(token)
            elif opened:
                yield from _pair(opened.pop(), token)
        elif "at" not in token.meta:
            continue
        elif kind == "code_inline":
            start, end = token.meta["at"]
            marks = len(token.markup)
            yield start, end, Style.CODE
            yield start, start + marks, Style.MARK
            yield end - marks, end, Style.MARK
        elif kind in ("link_open", "image"):
            yield from _link(token.meta["found"])
        elif kind in _SIMPLE:
            style = Style.COMMENT if token.content.startswith("<!--") else _SIMPLE[kind]
            yield (*token.meta["at"], Style.ESCAPE if token.info == "escape" else style)


_SIMPLE = {
    "html_inline": Style.HTML,
    "text_special": Style.ENTITY,
    "footnote_ref": Style.FOOTNOTE,
}


def _pair(opening: Token, closing: Token) -> Iterator[Range]:
    """Emphasis; of a strong pair the tokens know the inner star, its neighbour was merged."""
    extra = opening.tag == "strong"
    start, start_end = opening.meta["at"]
    end_start, end = closing.meta["at"]
    yield start - extra, end + extra, _PAIRS[opening.tag]
    yield start - extra, start_end, Style.MARK
    yield end_start, end + extra, Style.MARK


def _link(found: Found) -> Iterator[Range]:
    if found.kind in (LinkKind.BARE, LinkKind.AUTOLINK):
        yield found.whole_start, found.whole_end, Style.MARK
        yield found.start, found.end, Style.LINK_URL
        return
    image = found.kind is LinkKind.IMAGE
    text_start = found.whole_start + 1 + image
    yield found.whole_start, text_start, Style.MARK
    yield text_start, found.text_end, Style.IMAGE_ALT if image else Style.LINK_TEXT
    if found.label is None:
        yield found.text_end, found.start, Style.MARK
        yield found.start, found.end, Style.LINK_URL
        if found.title:
            yield found.end, found.whole_end - 1, Style.LINK_TITLE
        yield found.whole_end - 1, found.whole_end, Style.MARK
    else:
        yield found.text_end, found.whole_end, Style.REFERENCE_LABEL


def _html_ranges(content: str) -> Iterator[Range]:
    for part in html.tokens(content):
        if isinstance(part, html.Tag):
            yield part.start, part.end, Style.HTML
            if found := html.link_of(part, 0):
                yield found.start, found.end, Style.LINK_URL
        elif isinstance(part, html.Comment):
            yield part.start, part.end, Style.COMMENT
