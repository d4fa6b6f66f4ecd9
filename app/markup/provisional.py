"""What stands in for lines that are not parsed yet: the old blocks' links, moved along.

While a job parses a large block again, its marks and colours must neither vanish nor stay behind
as the writer types. A provisional block therefore shows what the exact blocks before it said of
the same lines, with places shifted by the edits since.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from math import inf
from typing import TypeVar

from app.lines import LineEdit, common_end, common_start
from app.markup.blocks import Block, Surroundings
from app.markup.model import Definition, Link, Span, StyleRun

Item = TypeVar("Item", Link, Definition)

Shift = tuple[int, int, int]
"""At a column, so many characters were removed and so many put in."""


MOST_MOVED = 1_000
"""Links of a block that are moved along: more would hold up the key."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of lines: those of an exact block from ``line`` on, or new ones (no block).

    ``shifts`` are the edits inside the line since; only pieces of one line have any.
    """

    count: int
    block: Block | None
    line: int
    shifts: tuple[Shift, ...] = ()


def pieces_of(block: Block) -> tuple[Piece, ...]:
    """A block as pieces."""
    if isinstance(block, ProvisionalBlock):
        return block.pieces
    return (Piece(block.line_count, block, 0),)


def cut(pieces: Sequence[Piece], first: int, end: int) -> Iterator[Piece]:
    """The pieces of the lines from ``first`` to ``end``."""
    at = 0
    for piece in pieces:
        low, high = max(first, at), min(end, at + piece.count)
        if low < high:
            yield replace(piece, count=high - low, line=piece.line + low - at)
        at += piece.count


def edited(pieces: Sequence[Piece], first: int, edit: LineEdit, old: str) -> tuple[Piece, ...]:
    """The pieces of lines that began at line ``first`` after an edit; ``old`` is its first line."""
    begin = edit.first - first
    total = sum(piece.count for piece in pieces)
    middle = [Piece(len(edit.lines), None, 0)] if edit.lines else []
    if edit.removed == 1 and len(edit.lines) == 1:
        middle = [
            replace(piece, shifts=_followed(piece.shifts, _shift(old, edit.lines[0])))
            for piece in cut(pieces, begin, begin + 1)
        ] or middle
    return (*cut(pieces, 0, begin), *middle, *cut(pieces, begin + edit.removed, total))


def _followed(shifts: tuple[Shift, ...], new: Shift) -> tuple[Shift, ...]:
    """The shifts and a new one; typing on makes the last one longer."""
    if shifts and not new[1] and not shifts[-1][1] and new[0] == shifts[-1][0] + shifts[-1][2]:
        return (*shifts[:-1], (shifts[-1][0], 0, shifts[-1][2] + new[2]))
    return (*shifts, new)


def _first(shifts: Sequence[Shift]) -> float:
    """The first column that any of the shifts has a say in."""
    return min((shift[0] for shift in shifts), default=inf)


def _shift(old: str, new: str) -> Shift:
    head = common_start(old, new)
    tail = common_end(old[head:], new[head:])
    return head, len(old) - head - tail, len(new) - head - tail


def _moved(column: int, shifts: Sequence[Shift], *, end: bool) -> int:
    for at, removed, inserted in shifts:
        if column >= at + removed and not (end and column == at):
            column += inserted - removed
        elif column > at:
            column = at + inserted if end else at
    return column


def _at(item: Item, span: Span, whole: Span) -> Item:
    """A link or definition at another place."""
    if isinstance(item, Definition):
        return replace(item, span=span, whole=whole)
    # As `replace` would, in a fourth of its time: a line may have thousands of links.
    return type(item)(
        item.kind,
        item.href,
        item.text,
        span,
        whole,
        item.label,
        item.mistake,
        item.fix,
        item.detail,
        item.title,
    )


class ProvisionalBlock(Block):
    """Lines that wait for a job.

    Attributes:
        unmoved: The lines whose links stand where they stood before the edits, as there are too
            many of them to be moved along with a key.
    """

    __slots__ = ("pieces", "unmoved")

    def __init__(self, lines: Sequence[str], pieces: Sequence[Piece]) -> None:
        blocks = {piece.block for piece in pieces if piece.block}
        kind = next(iter(blocks)).kind if len(blocks) == 1 else "pending"
        super().__init__(lines, kind, [])
        self.provisional = True
        self.pieces = tuple(pieces)
        self.unmoved: frozenset[int] = frozenset()

    def borrow(self) -> None:
        """Take over what the exact blocks say of these lines."""
        seen: set[Block] = set()
        for piece in self.pieces:
            block = piece.block
            if block is None or block in seen:
                continue
            seen.add(block)
            self.links += self._links_of(block)
            self.definitions += tuple(self._moved(block, block.definitions))
            self.headings += tuple(
                replace(heading, line=line[0])
                for heading in block.headings
                if (line := self._line(self._parts(block), heading.line))
            )
            self.words += block.words
            self.footnotes += block.footnotes
            self.ids += block.ids
            self.used_labels |= block.used_labels
            self.includes = self.includes or block.includes

    def now(self, link: Link) -> Link | None:
        """A link of this block where it stands now; None if it is no more."""
        lines = {link.whole.line, link.span.line, link.span.end_line, link.whole.end_line}
        if self.unmoved.isdisjoint(lines):
            return link
        piece = next(cut(self.pieces, link.whole.line, link.whole.line + 1))
        return next(self._moved(piece.block, (link,)), None) if piece.block else None

    def _links_of(self, block: Block) -> tuple[Link, ...]:
        parts = self._parts(block)
        stayed = all(at == piece.line for at, piece in parts)
        whole = stayed and sum(piece.count for _, piece in parts) == block.line_count
        if whole and len(block.links) > MOST_MOVED:
            self.unmoved |= {at for at, piece in parts if piece.shifts}
            return block.links
        return tuple(self._moved(block, block.links))

    def _moved(self, block: Block, items: Sequence[Item]) -> Iterator[Item]:
        """The block's links or definitions where they stand now; what did not move is reused."""
        own = self._parts(block)
        parts = [(at, piece, _first(piece.shifts)) for at, piece in own]
        for item in items:
            line, end_line = item.whole.line, item.whole.end_line
            for at, piece, first in parts:
                if piece.line <= line and end_line < piece.line + piece.count:
                    if at == piece.line and item.whole.end_column < first:
                        yield item
                    elif (span := self._place(own, item.span)) and (
                        whole := self._place(own, item.whole)
                    ):
                        yield _at(item, span, whole)
                    break
            else:
                span, whole = self._place(own, item.span), self._place(own, item.whole)
                if span and whole:
                    yield _at(item, span, whole)

    def _parts(self, block: Block) -> list[tuple[int, Piece]]:
        """The pieces of a block, each with its first line here."""
        parts = []
        at = 0
        for piece in self.pieces:
            if piece.block is block:
                parts.append((at, piece))
            at += piece.count
        return parts

    @staticmethod
    def _line(parts: Sequence[tuple[int, Piece]], line: int) -> tuple[int, Piece] | None:
        for at, piece in parts:
            if piece.line <= line < piece.line + piece.count:
                return at + line - piece.line, piece
        return None

    def _place(self, parts: Sequence[tuple[int, Piece]], span: Span) -> Span | None:
        start, end = self._line(parts, span.line), self._line(parts, span.end_line)
        if start is None or end is None:
            return None
        column = _moved(span.column, start[1].shifts, end=False)
        end_column = _moved(span.end_column, end[1].shifts, end=True)
        if start[0] == end[0] and column > end_column:
            return None
        return Span(start[0], column, end[0], end_column)

    def link(self, surroundings: Surroundings) -> bool:  # noqa: ARG002
        """The links stay as they were borrowed."""
        return False

    def styles(self, line: int) -> Sequence[StyleRun]:
        """The styles that the exact block gave to the line, moved along."""
        for piece in cut(self.pieces, line, line + 1):
            if piece.block is None:
                return ()
            return [
                StyleRun(column, end, run.style)
                for run in piece.block.styles(piece.line)
                if (column := _moved(run.column, piece.shifts, end=False))
                < (end := _moved(run.end, piece.shifts, end=True))
            ]
        return ()
