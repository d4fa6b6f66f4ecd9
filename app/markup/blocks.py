"""Top-level blocks: what the parser made of a run of lines, in lines of that run."""

from __future__ import annotations

import itertools
import re
from bisect import bisect_right
from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass

from markdown_it import MarkdownIt
from markdown_it.helpers import parseLinkDestination
from markdown_it.token import Token

from app.markup import mishaps
from app.markup.blockrules import Segments
from app.markup.found import Found, special
from app.markup.frontmatter import Head
from app.markup.headings import EXPLICIT_ID, slug
from app.markup.inlines import DefinitionTarget, Inline, parse_html, parse_inline, plain
from app.markup.model import Definition, Heading, Link, LinkKind, Mistake, Span, StyleRun
from app.markup.parser import RawBlock
from app.markup.styles import BlockStyles
from app.markup.template import INCLUDE

KINDS = {
    "heading_open": "heading",
    "paragraph_open": "paragraph",
    "bullet_list_open": "list",
    "ordered_list_open": "list",
    "blockquote_open": "quote",
    "table_open": "table",
    "footnote_reference_open": "footnote",
    "html_block": "html",
    "template_line": "template",
    "fence": "code",
    "code_block": "code",
    "hr": "rule",
    "definition": "definition",
}

_ids = itertools.count(1)

NO_CONTENT = Inline("", [], [], {}, {}, "", 0, [], [])


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a block's links depend on besides the block: the rest of the draft.

    Attributes:
        used: The labels that some link uses.
        whole: The draft is parsed to its end; before, nothing is called undefined or unused.
        includes: A template tag brings in another file, perhaps with definitions.
    """

    used: Container[str]
    whole: bool
    includes: bool


@dataclass(slots=True)
class Leaf:
    """A stretch of inline content (or raw HTML) of a block, and where it came from."""

    token: Token
    segments: Segments
    inline: Inline

    def span(self, start: int, end: int) -> Span:
        """The source of a stretch of the content."""
        line, column = self.place(start)
        if end <= start:
            return Span(line, column, line, column)
        end_line, end_column = self.place(end - 1)
        return Span(line, column, end_line, end_column + 1)

    def place(self, offset: int) -> tuple[int, int]:
        """Line and column, counted from the block's start, of one character of the content."""
        at, line, column = self.segments[bisect_right(self.segments, (offset, 1 << 60)) - 1]
        return line, column + offset - at


class Block:
    """One top-level block; blank lines belong to the block before them.

    Attributes:
        id: Stable while the block is not parsed again: a key for caches, preview and DOM.
        line_count: Lines it takes, blank ones after it included.
        kind: ``heading``, ``paragraph``, ``list``, ``quote``, ``table``, ``code``, ``html``,
            ``rule``, ``definition``, ``footnote``, ``template``, ``front_matter``, ``blank``, or
            ``pending`` (not parsed yet).
        links: In order of their start.
        definitions: The link reference definitions in it, at any depth.
        headings: The headings in it, at any depth.
        ids: Anchors that raw HTML and explicit heading ids in it make.
        words: Words of text: no addresses, code blocks or front matter.
        too_deep: Quotes or lists nest deeper than is parsed; that part is shown as plain text.
        failed: The parser failed on it; it is, in part, shown as plain text.
        includes: It has a template tag that brings in another file.
    """

    __slots__ = (
        "_is_linked",
        "_lines",
        "_styles",
        "definitions",
        "failed",
        "footnotes",
        "headings",
        "id",
        "ids",
        "includes",
        "kind",
        "labels",
        "leaves",
        "line_count",
        "links",
        "notes",
        "provisional",
        "read",
        "tokens",
        "too_deep",
        "used_labels",
        "words",
    )

    def __init__(self, lines: Sequence[str], kind: str, tokens: list[Token]) -> None:
        self.id = next(_ids)
        self.line_count = len(lines)
        self.kind = kind
        self.tokens = tokens
        self.links: tuple[Link, ...] = ()
        self.definitions = tuple(
            definition_of(token) for token in tokens if token.type == "definition"
        )
        self.footnotes: tuple[str, ...] = tuple(
            token.meta["label"] for token in tokens if token.type == "footnote_reference_open"
        )
        self.includes = any(
            token.type == "template_line" and INCLUDE.search(token.content) for token in tokens
        )
        self.headings: tuple[Heading, ...] = ()
        self.ids: tuple[str, ...] = ()
        self.words = 0
        self.too_deep = False
        self.failed = False
        self.provisional = False
        self.read = False
        self.leaves: list[Leaf] = []
        self.labels: frozenset[str] = frozenset()
        self.used_labels: frozenset[str] = frozenset()
        self.notes: tuple[Token, ...] = ()
        self._is_linked = False
        self._lines = tuple(lines)
        self._styles: BlockStyles | None = None

    @property
    def heading(self) -> Heading | None:
        """The heading that the block is, if it is one."""
        return self.headings[0] if self.kind == "heading" and self.headings else None

    @property
    def lines(self) -> tuple[str, ...]:
        """The source."""
        return self._lines

    def styles(self, line: int) -> Sequence[StyleRun]:
        """The styles of a line, counted from the block's start; made when first asked for."""
        try:
            if self._styles is None:
                self._styles = BlockStyles(self)
            return self._styles.of(line)
        except Exception as error:  # noqa: BLE001 - painting goes on without them
            mishaps.note(error, "Styling a line")
            return ()

    def read_content(
        self,
        md: MarkdownIt,
        definitions: Mapping[str, DefinitionTarget],
        notes: Container[str],
        pool: Mapping[tuple[str, str], Inline],
    ) -> None:
        """Parse inline content and raw HTML; what the pool has and still holds is used again."""
        for _ in self.read_leaves(md, definitions, notes, pool):
            pass

    def read_leaves(
        self,
        md: MarkdownIt,
        definitions: Mapping[str, DefinitionTarget],
        notes: Container[str],
        pool: Mapping[tuple[str, str], Inline],
    ) -> Iterator[Leaf]:
        """As `read_content`, leaf by leaf: a list of a thousand links is one block."""
        self.leaves = []
        for token in self.tokens:
            if token.type not in ("inline", "html_block") or "segments" not in token.meta:
                continue
            inline = pool.get((token.type, token.content))
            if inline is None or inline.note_tokens or not inline.holds(definitions, notes):
                inline = _read(md, token, definitions, notes)
                self.failed = self.failed or inline.failed
            token.children = inline.tokens
            leaf = Leaf(token, token.meta["segments"], inline)
            self.leaves.append(leaf)
            yield leaf
        self.read = True
        self._sum_up()

    def take(self, leaves: list[Leaf]) -> None:
        """As `read_content`, of content that was read already."""
        self.leaves = leaves
        self.read = True
        self._sum_up()

    def holds(self, definitions: Mapping[str, DefinitionTarget], notes: Container[str]) -> bool:
        """Whether the content would be read the same with these definitions and footnotes."""
        return all(leaf.inline.holds(definitions, notes) for leaf in self.leaves)

    def pool(self) -> dict[tuple[str, str], Inline]:
        """The parses of the block's contents, to be used again."""
        return {(leaf.token.type, leaf.token.content): leaf.inline for leaf in self.leaves}

    def _sum_up(self) -> None:
        inlines = [leaf.inline for leaf in self.leaves]
        self._is_linked = False
        self._styles = None
        self.labels = frozenset().union(
            *(inline.labels for inline in inlines),
            *((f"^{label}" for label in inline.notes) for inline in inlines),
        )
        self.used_labels = frozenset(
            found.label
            for inline in inlines
            for found in inline.finds
            if found.label is not None and found.href is not None
        )
        self.words = sum(inline.words for inline in inlines)
        self.notes = tuple(token for inline in inlines for token in inline.note_tokens)
        self.ids = tuple(name for inline in inlines for name in inline.ids)
        self.headings = tuple(self._read_headings())

    def _read_headings(self) -> Iterator[Heading]:
        texts = {id(leaf.token): leaf.inline.text for leaf in self.leaves}
        for index, token in enumerate(self.tokens):
            if token.type == "heading_open" and token.map:
                text = texts.get(id(self.tokens[index + 1]), "").strip()
                if match := EXPLICIT_ID.search(text):
                    self.ids = (*self.ids, match[1])
                    text = text[: match.start()]
                yield Heading(int(token.tag[1]), text.strip(), token.map[0], slug(text))

    @property
    def doubtful(self) -> bool:
        """It has a reference that nothing defines."""
        return any(
            found.mistake is Mistake.REFERENCE_UNDEFINED
            for leaf in self.leaves
            for found in leaf.inline.finds
        )

    @property
    def local(self) -> bool:
        """It has a link to an anchor of the draft itself."""
        return any(
            found.href is not None and found.href.startswith("#")
            for leaf in self.leaves
            for found in leaf.inline.finds
        )

    def link_ahead(self) -> None:
        """Make the links once for all where the rest of the draft has no say in them."""
        if not self.definitions and not self.doubtful:
            self.link(Surroundings(frozenset(), whole=False, includes=False))
            self._is_linked = True

    def link(self, surroundings: Surroundings) -> bool:
        """Make the links anew; tells whether they changed."""
        if self._is_linked:
            return False
        links = [
            _link(leaf, found, surroundings)
            for leaf in self.leaves
            for found in leaf.inline.finds
            if surroundings.whole or found.mistake is not Mistake.REFERENCE_UNDEFINED
        ]
        unused = [
            _unused(definition)
            for definition in self.definitions
            if surroundings.whole and definition.label not in surroundings.used
        ]
        if unused:
            links += unused
        links.sort(key=lambda link: (link.span.line, link.span.column))
        changed = self.links != tuple(links)
        self.links = tuple(links)
        return changed


def of_raw(raw: RawBlock, lines: Sequence[str], head: Head) -> Block:
    """The block of what the reader read; its content is still to be read."""
    own = lines[raw.start : raw.end]
    if not raw.tokens:
        return Block(own, "front_matter" if head.front_matter and raw.start == 0 else "blank", [])
    block = Block(own, KINDS[raw.tokens[0].type], raw.tokens)
    block.too_deep, block.failed = raw.too_deep, raw.failed
    return block


def _read(
    md: MarkdownIt,
    token: Token,
    definitions: Mapping[str, DefinitionTarget],
    notes: Container[str],
) -> Inline:
    """The parse of one token's content; plain text where the parser fails."""
    try:
        if token.type == "inline":
            return parse_inline(md, token.content, definitions, notes)
        return parse_html(token.content)
    except Exception as error:  # noqa: BLE001 - of whatever kind, the text must stay
        mishaps.note(error, "Reading a block's content")
        return plain(token.content)


def _link(leaf: Leaf, found: Found, surroundings: Surroundings) -> Link:
    mistake = found.mistake
    if mistake is Mistake.REFERENCE_UNDEFINED and surroundings.includes:
        mistake = Mistake.DEFINED_ELSEWHERE
    whole = leaf.span(found.whole_start, found.whole_end)
    return Link(
        found.kind,
        found.href,
        found.text,
        whole
        if found.start == found.whole_start and found.end == found.whole_end
        else leaf.span(found.start, found.end),
        whole,
        found.label,
        mistake,
        found.fix,
        found.detail,
        found.title,
    )


def _unused(definition: Definition) -> Link:
    return Link(
        LinkKind.DEFINITION,
        definition.href,
        "",
        definition.span,
        definition.whole,
        definition.label,
        definition.mistake or Mistake.UNUSED_DEFINITION,
        title=definition.title,
    )


_LABEL = re.compile(r"\[(?:[^\]\\]|\\.)*\]:[ \t\n]*", re.DOTALL)


def definition_of(token: Token) -> Definition:
    """The reference definition that a block token stands for."""
    match = _LABEL.match(token.content)
    if match is None:  # pragma: no cover - the rule that made the token saw a label
        raise AssertionError("a definition begins with its label")
    begin = match.end()
    found = parseLinkDestination(token.content, begin, len(token.content))
    angle = token.content[begin] == "<"
    leaf = Leaf(token, token.meta["segments"], NO_CONTENT)
    href = token.meta["url"]
    written = token.content[begin + angle : found.pos - angle]
    return Definition(
        token.meta["id"],
        href,
        token.meta["title"],
        leaf.span(begin + angle, found.pos - angle),
        leaf.span(0, len(token.content)),
        special(href, written),
    )
