"""Block rules that remember where inline content came from.

markdown-it's inline tokens hold text that was cut out of quotes, lists and table cells; only the
rule that cuts it knows from where. Each rule here runs the original one and, while the state of
its container is still in force, notes the *segments* of the content: ``(offset, line, column)``
says that the content from ``offset`` on, up to the next segment, stands at that line and column
of the block's source.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

from markdown_it.common.utils import mdTrim
from markdown_it.rules_block import (
    StateBlock,
    heading,
    html_block,
    lheading,
    paragraph,
    reference,
    table,
)
from mdit_py_plugins.footnote.index import footnote_def

from app.markup.template import TAG_LINE

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.token import Token

Segments = tuple[tuple[int, int, int], ...]
BlockRule = Callable[[StateBlock, int, int, bool], bool]

DEEPEST = 90
"""Levels of nested quotes and lists (a list counts two) that are parsed; deeper ones stay text."""

PIPE = re.compile(r"\|")


def install(md: MarkdownIt) -> None:
    """Put the rules of this module in place of markdown-it's."""
    ruler = md.block.ruler
    ruler.at("paragraph", _noting_lines(paragraph))
    ruler.at("lheading", _noting_lines(lheading))
    ruler.at("heading", _noting_heading, {"alt": ["paragraph", "reference", "blockquote"]})
    ruler.at("table", _noting_cells, {"alt": ["paragraph", "reference"]})
    ruler.at("html_block", _noting_html, {"alt": ["paragraph", "reference", "blockquote"]})
    ruler.at("reference", _noting_definition)
    ruler.before("reference", "footnote_def", footnote_def, {"alt": ["paragraph", "reference"]})
    interrupts = ["paragraph", "reference", "blockquote", "list"]
    ruler.before("table", "template_line", _template_line, {"alt": interrupts})
    ruler.before("template_line", "too_deep", _too_deep)


def _too_deep(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """Take what lies deeper than `DEEPEST` as plain paragraphs; markdown-it would drop it."""
    if silent or state.level < DEEPEST:
        return False
    state.env["too_deep"] = True
    return _noting_lines(paragraph)(state, start, end, silent)


def _template_line(state: StateBlock, start: int, _end: int, silent: bool) -> bool:
    """Let a line made of ``{% … %}`` tags stand for itself: the platform removes it.

    Without this it would be a paragraph, and reference definitions right below it (Jekyll's
    includes often stand above them) would be its text instead of definitions.
    """
    begin = state.bMarks[start] + state.tShift[start]
    if state.is_code_block(start) or not state.src.startswith("{%", begin):
        return False
    if not TAG_LINE.fullmatch(state.src, begin, state.eMarks[start]):
        return False
    if silent:
        return True
    state.line = start + 1
    token = state.push("template_line", "", 0)
    token.content = state.src[begin : state.eMarks[start]]
    token.map = [start, start + 1]
    return True


def _noting_lines(rule: BlockRule) -> BlockRule:
    def noting(state: StateBlock, start: int, end: int, silent: bool) -> bool:
        if not rule(state, start, end, silent):
            return False
        token = state.tokens[-2]
        first, last = token.map or (start, start)
        segments = _line_segments(state, first, last)
        if segments[0][1:] in (segment[1:] for segment in segments[1:2]) or (
            state.src[_line_start(state, first) + segments[0][2]].isspace()
        ):
            raw = state.getLines(first, last, state.blkIndent, False)
            segments = _trimmed(raw, token, segments)
        token.meta["segments"] = segments
        return True

    return noting


def _noting_heading(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    if not heading(state, start, end, silent):
        return False
    if not silent:
        token = state.tokens[-2]
        after_marks = state.bMarks[start] + state.tShift[start] + len(state.tokens[-3].markup)
        found = state.src.find(token.content, after_marks)
        token.meta["segments"] = ((0, start, found - _line_start(state, start)),)
    return True


def _noting_html(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    if not html_block(state, start, end, silent):
        return False
    if not silent:
        state.tokens[-1].meta["segments"] = _line_segments(state, start, state.line)
    return True


def _noting_cells(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    count = len(state.tokens)
    if not table(state, start, end, silent):
        return False
    if silent:
        return True
    line = -1
    cells: list[tuple[str, Segments]] = []
    index = 0
    for token in state.tokens[count:]:
        if token.type != "inline" or not token.map:
            continue
        if token.map[0] != line:
            line = token.map[0]
            cells = _cells(state, line)
            index = 0
        if token.content:
            raw, segments = cells[index]
            token.meta["segments"] = _trimmed(raw, token, segments)
        else:
            token.meta["segments"] = ()
        index += 1
    return True


def _cells(state: StateBlock, line: int) -> list[tuple[str, Segments]]:
    r"""The cells of a table row: text with ``\|`` unescaped, and where each piece stands."""
    begin = state.bMarks[line] + state.tShift[line]
    untrimmed = state.src[begin : state.eMarks[line]]
    text = mdTrim(untrimmed)
    column = begin + untrimmed.find(text) - _line_start(state, line)
    rows: list[list[tuple[int, int]]] = [[]]
    last = 0
    for match in PIPE.finditer(text):
        at = match.start()
        if at and text[at - 1] == "\\":
            rows[-1].append((last, at - 1))
            last = at
        else:
            rows[-1].append((last, at))
            rows.append([])
            last = at + 1
    rows[-1].append((last, len(text)))
    cells = []
    for pieces in rows:
        offset = 0
        segments = []
        for first, end in pieces:
            segments.append((offset, line, column + first))
            offset += end - first
        cells.append(("".join(text[first:end] for first, end in pieces), tuple(segments)))
    if not cells[0][0]:
        cells.pop(0)
    if cells and not cells[-1][0]:
        cells.pop()
    return cells


def _noting_definition(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    if not reference(state, start, end, silent):
        return False
    pieces = []
    segments = []
    offset = 0
    for line in range(start, state.line):
        begin = state.bMarks[line] + state.tShift[line]
        pieces.append(state.src[begin : state.eMarks[line] + 1])
        segments.append((offset, line, begin - _line_start(state, line)))
        offset += len(pieces[-1])
    token = state.tokens[-1]
    token.content = "".join(pieces).rstrip("\n")
    token.meta["segments"] = tuple(segments)
    return True


def _line_start(state: StateBlock, line: int) -> int:
    starts: list[int] = state.env["starts"]
    return starts[line]


def _line_segments(state: StateBlock, first: int, last: int) -> Segments:
    """Segments of `StateBlock.getLines` for these lines, before anything is trimmed.

    Columns of a tab that is only partly indentation are virtual: content holds blanks for them.
    They are given the tab's place; no link begins or ends there.
    """
    indent = state.blkIndent
    starts: list[int] = state.env["starts"]
    offset = 0
    segments: list[tuple[int, int, int]] = []
    for line in range(first, last):
        at = begin = state.bMarks[line]
        end = state.eMarks[line]
        width = 0
        while at < end and width < indent:
            character = state.src[at]
            if character == "\t":
                width += 4 - (width + state.bsCount[line]) % 4
            elif character == " " or at - begin < state.tShift[line]:
                width += 1
            else:
                break
            at += 1
        segments.append((offset, line, at - starts[line]))
        if width > indent:
            offset += width - indent
            segments.append((offset, line, at - starts[line]))
        offset += end + 1 - at
    return tuple(segments)


def _trimmed(raw: str, token: Token, segments: Segments) -> Segments:
    """Segments of the token's content, which is ``raw`` with blanks cut off both ends."""
    lead = raw.find(token.content)
    if lead <= 0:
        return segments
    shifted: list[tuple[int, int, int]] = []
    for offset, line, column in segments:
        if offset <= lead:
            shifted[:] = [(0, line, column + lead - offset)]
        else:
            shifted.append((offset - lead, line, column))
    return tuple(shifted)
