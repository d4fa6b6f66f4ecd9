"""The body of an email in pieces with stable keys, so that an edit changes only what it touched.

A segment is one top-level block, or a run of blocks that raw HTML holds together (see `balance`).
Its key is that of its first block, which lives as long as the block is not parsed again.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from html import escape

from app.markup import Change, Document, render_block, render_footnotes
from app.publish.balance import Balance, balance_of, span_at, spans
from app.publish.characters import harmless
from app.publish.sanitise import sanitise
from app.publish.snippets import Read, SnippetError, fill_snippets, uses_snippets

_NO_HTML = frozenset(["code", "front_matter", "definition", "blank", "rule"])

_DATA_LINE = re.compile(r'(<[a-zA-Z][^<>]*? data-line=")(\d+)(")')
_WITH_LINE = re.compile(r'(<[a-zA-Z][^<>]*?) data-line="\d+"')
_TASK = re.compile(r'<li((?: data-line="\d+")?>\s*(?:<p(?: data-line="\d+")?>)?)\[([ xX])\] ')
# Tables with a width, a border and the like are somebody's layout, and keep their own looks.
_TABLE = re.compile(r"<table(?=>| data-line=)")
# Capitals alone: Mailchimp writes them so, and nobody else puts bars into emphasis.
_EMPHASISED_TAG = re.compile(r"<em>(\|[A-Z][A-Z0-9_:]{0,99}\|)</em>")


NOTES = "notes"
"""The key of the last segment: the footnotes, which belong to no place; empty without any."""


@dataclass(frozen=True, slots=True)
class Segment:
    """A piece of the body.

    Attributes:
        key: Its name, for as long as it lives.
        html: Sanitised; ``data-line`` attributes count from the segment's first line.
        line_count: Lines of the draft that it takes.
    """

    key: str
    html: str
    line_count: int


@dataclass(frozen=True, slots=True)
class Rendered:
    """A piece of the body that is not sanitised yet, which takes long for a large one.

    `clean` may be called in any thread.
    """

    key: str
    html: str = field(repr=False)
    line_count: int

    def clean(self) -> Segment:
        """The piece as it may be shown."""
        return Segment(self.key, sanitise(harmless(self.html)), self.line_count)


@dataclass(frozen=True, slots=True)
class Filled(Rendered):
    """A piece in whose source snippets are named: it shows what they say, as what is sent does.

    Attributes:
        source: The piece's lines.
        read: Reads snippets; `clean` calls it, so it belongs in a thread.
    """

    source: str = field(repr=False)
    read: Read = field(repr=False)

    def clean(self) -> Segment:
        """The piece with its snippets; as it is written where one of them is missing."""
        try:
            text = fill_snippets(self.source, self.read)
        except SnippetError:
            return Segment(self.key, sanitise(harmless(self.html)), self.line_count)
        html = "".join(each.html for each in segments(Document.from_text(text)))
        return Segment(self.key, without_lines(html), self.line_count)


@dataclass(frozen=True, slots=True)
class Patch:
    """What a change did to the list of segments.

    Behind ``after`` (None: at the start), the segments ``removed`` give place to those ``added``;
    then those ``refreshed`` look different although they stay. What they look like is asked of
    `PreviewModel.segment`, as late as possible: the latest state wins.
    """

    after: str | None
    removed: tuple[str, ...]
    added: tuple[str, ...]
    refreshed: tuple[str, ...]


def segments(document: Document) -> Iterator[Segment]:
    """All segments of a document, in order."""
    model = PreviewModel(document)
    return (model.segment(key) for key in model.order())


class PreviewModel:
    """The segments of an open draft, kept in step with its edits.

    Work is proportional to the edit, except where raw HTML that spans blocks changes its extent.
    """

    def __init__(self, document: Document) -> None:
        self._document = document
        self._notes = _footnotes(document)
        self._balances = [_balance(document, index) for index in range(len(document.blocks))]
        self._loose = sum(balance is not None for balance in self._balances)
        self._spans: list[tuple[int, int]] = []
        self._spans = self._find_spans()
        self._hint = 0

    def order(self, blocks: int | None = None) -> list[str]:
        """The keys of all segments (of those in the first ``blocks``), in order."""
        count = len(self._document.blocks)
        if blocks is None:
            return [*self._keys(0, count), NOTES]
        return self._keys(0, min(blocks, count))

    def segment(self, key: str) -> Segment:
        """What a segment looks like now.

        Raises:
            KeyError: the segment is gone.
        """
        if key == NOTES:
            return Segment(key, self._notes, 0)
        return self.rendered(key).clean()

    def rendered(self, key: str, read: Read | None = None) -> Rendered:
        """What a segment looks like now, before it is sanitised; not for the `NOTES`.

        With ``read`` it is a `Filled` where snippets are named in it.

        Raises:
            KeyError: the segment is gone.
        """
        first, end = self._extent(key)
        document = self._document
        base = document.first_line(first)
        html = "".join(
            _shifted(_render(document, index), document.first_line(index) - base)
            for index in range(first, end)
        )
        count = self.line_count(key)
        if read is not None and "snippet:" in html:
            source = "\n".join(document.lines[base : base + count])
            if uses_snippets(source):
                return Filled(key, _classed(html), count, source, read)
        return Rendered(key, _classed(html), count)

    def first_line(self, key: str) -> int:
        """The draft's line at which a segment begins; KeyError when it is gone."""
        if key == NOTES:
            return len(self._document.lines) - 1
        return self._document.first_line(self._extent(key)[0])

    def line_count(self, key: str) -> int:
        """The lines of the draft that a segment takes; KeyError when it is gone."""
        if key == NOTES:
            return 0
        first, end = self._extent(key)
        return sum(block.line_count for block in self._document.blocks[first:end])

    def key_at(self, line: int) -> str:
        """The key of the segment that a line of the draft lies in."""
        index, _ = self._document.block_at(line)
        return self._key(span_at(self._spans, index)[0])

    def key_of_block(self, block_id: int) -> str:
        """The key of the segment that a block lies in; KeyError when the block is gone."""
        return self._key(span_at(self._spans, self._index(block_id))[0])

    def apply(self, change: Change) -> Patch:
        """Follow an edit that the document has already taken."""
        first, removed, added = change.first, change.removed, change.added
        delta = len(added) - len(removed)
        before = self._spans
        self._follow(change)
        after = self._spans
        start, stop = _touched(before, after, first, len(removed), delta)
        gone = [block.id for block in self._document.blocks[start:first]]
        gone += [block.id for block in removed]
        gone += [block.id for block in self._document.blocks[first + len(added) : stop + delta]]
        old = [f"b{gone[index - start]}" for index in _heads(before, start, stop)]
        new = self._keys(start, stop + delta)
        inside = range(start, stop + delta)
        refreshed = {
            self._key(span_at(after, index)[0]) for index in change.relinked if index not in inside
        }
        if self._notes_changed(change):
            refreshed.add(NOTES)
        anchor = self._key(span_at(after, start - 1)[0]) if start else None
        return Patch(anchor, tuple(old), tuple(new), tuple(sorted(refreshed)))

    def _notes_changed(self, change: Change) -> bool:
        touched = (*change.removed, *change.added)
        if not change.relinked and not any(each.notes or each.footnotes for each in touched):
            return False
        before, self._notes = self._notes, _footnotes(self._document)
        return before != self._notes

    def _follow(self, change: Change) -> None:
        first, count = change.first, len(change.removed)
        fresh = [_balance(self._document, first + at) for at in range(len(change.added))]
        gone = self._balances[first : first + count]
        self._balances[first : first + count] = fresh
        self._loose += sum(each is not None for each in fresh)
        self._loose -= sum(each is not None for each in gone)
        self._spans = self._find_spans()

    def _find_spans(self) -> list[tuple[int, int]]:
        if not self._loose:
            return []
        return spans(
            (index, balance) for index, balance in enumerate(self._balances) if balance is not None
        )

    def _keys(self, start: int, stop: int) -> list[str]:
        return [self._key(index) for index in _heads(self._spans, start, stop)]

    def _key(self, index: int) -> str:
        return f"b{self._document.blocks[index].id}"

    def _extent(self, key: str) -> tuple[int, int]:
        return span_at(self._spans, self._index(int(key[1:])))

    def _index(self, block_id: int) -> int:
        """The index of a block; cheap where blocks are asked for one after another."""
        blocks = self._document.blocks
        for near in (self._hint, self._hint + 1):
            if near < len(blocks) and blocks[near].id == block_id:
                self._hint = near
                return near
        for index, block in enumerate(blocks):
            if block.id == block_id:
                self._hint = index
                return index
        raise KeyError(block_id)


def _footnotes(document: Document) -> str:
    """The footnotes behind the last block; their lines are elsewhere, so they tell none."""
    return without_lines(sanitise(harmless(_classed(render_footnotes(document)))))


def without_lines(html: str) -> str:
    """The HTML without its ``data-line`` attributes."""
    return _WITH_LINE.sub(r"\1", html)


def _render(document: Document, index: int) -> str:
    block = document.blocks[index]
    if block.kind != "template":
        return render_block(document, index)
    # Lines of template tags alone: the platform runs them, so they must reach it.
    start = document.first_line(index)
    lines = document.lines[start : start + block.line_count]
    return f'<span class="template">{escape(chr(10).join(lines), quote=False)}</span>\n'


def _classed(html: str) -> str:
    """Rendered HTML with the template's classes on data tables and tasks.

    Mailchimp's merge tags, which are emphasis to Markdown, are what they were.
    """
    html = _EMPHASISED_TAG.sub(r"*\1*", html)
    html = _TABLE.sub('<table class="data"', html)
    return _TASK.sub(
        lambda match: f'<li class="task"{match[1]}{"☐" if match[2] == " " else "☑"} ', html
    )


def _balance(document: Document, index: int) -> Balance | None:
    """Judged by the source: a tag in a code span counts too, which only makes runs longer."""
    block = document.blocks[index]
    if block.kind in _NO_HTML:
        return None
    first = document.first_line(index)
    lines = document.lines[first : first + block.line_count]
    return balance_of("\n".join(lines)) if any("<" in line for line in lines) else None


def _shifted(html: str, lines: int) -> str:
    if not lines:
        return html
    return _DATA_LINE.sub(lambda match: f"{match[1]}{int(match[2]) + lines}{match[3]}", html)


def _heads(runs: list[tuple[int, int]], start: int, stop: int) -> Iterator[int]:
    """The indices from ``start`` to ``stop`` at which a segment begins."""
    index = start
    while index < stop:
        yield index
        index = span_at(runs, index)[1]


def _touched(
    before: list[tuple[int, int]],
    after: list[tuple[int, int]],
    first: int,
    removed: int,
    delta: int,
) -> tuple[int, int]:
    """The blocks, in numbers before the change, whose segments may be other ones after it.

    These are the removed blocks, and every run of blocks that they touch or that is not the same
    run after the change.
    """
    start, stop = first, first + removed
    if not before and not after:
        return start, stop

    def earlier(index: int) -> int:
        return index if index <= first else max(index - delta, first)

    old = set(before)
    new = {
        (earlier(a), b if b <= first else max(b - delta, stop if b > first else first))
        for a, b in after
    }
    for a, b in sorted(old ^ new) + [run for run in old | new if _meet(run, (start, stop))]:
        start, stop = min(start, a), max(stop, b)
    # A run that reaches over the edge of what was gathered belongs to it too.
    grown = True
    while grown:
        grown = False
        for a, b in old | new:
            if _meet((a, b), (start, stop)) and (a < start or b > stop):
                start, stop, grown = min(start, a), max(stop, b), True
    return start, stop


def _meet(one: tuple[int, int], other: tuple[int, int]) -> bool:
    return one[0] < other[1] and other[0] < one[1]
