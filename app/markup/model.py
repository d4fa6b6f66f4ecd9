"""The words in which a parsed draft is described: places, links, styles, headings, changes.

Lines and columns count from 0; columns are Unicode code points of the line as stored (a byte
order mark counts). Ends are exclusive. Everything here is immutable.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum, StrEnum
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from app.markup.blocks import Block


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of source; lines count from the first line of the block it belongs to."""

    line: int
    column: int
    end_line: int
    end_column: int


class LinkKind(StrEnum):
    """How a link is written; the values are those of ``sendoff links --json``."""

    INLINE = "inline"
    REFERENCE = "reference"
    AUTOLINK = "autolink"
    BARE = "bare"
    IMAGE = "image"
    HTML = "html"
    HTML_IMAGE = "html_image"
    DEFINITION = "definition"
    MISTAKE = "mistake"


class Mistake(StrEnum):
    """What the parser alone can say of a link; the values are reasons of a verdict."""

    BRACKET_MISTAKE = "bracket_mistake"
    REFERENCE_UNDEFINED = "reference_undefined"
    DEFINED_ELSEWHERE = "defined_elsewhere"
    DEFINITION_EMPTY = "definition_empty"
    UNUSED_DEFINITION = "unused_definition"
    TEMPLATE = "template"
    EMPTY = "empty"
    MALFORMED = "malformed"
    UNSAFE_SCHEME = "unsafe_scheme"
    DATA_URI = "data_uri"


@dataclass(frozen=True, slots=True)
class Link:
    """One use of a link or image, or what was meant to be one.

    Attributes:
        kind: How it is written.
        href: The destination as markdown-it normalises it (HTML: the attribute's value, entities
            decoded). None where the draft gives none (undefined reference, mistake).
        text: What a reader sees; an image's alternative text.
        span: The destination as written, without ``<>`` and title; the whole use of a reference.
        whole: The complete construct, ``[text](destination "title")``.
        label: The normalised reference label, where one is used or defined.
        mistake: What is wrong or special with it; None for an ordinary link.
        fix: The text that would set a mistake right when put in the place of ``whole``; None
            where no safe one is known.
        detail: One plain sentence about the mistake, without the draft's text; may be empty.
        title: The link's title, which mail clients show on hovering.
    """

    kind: LinkKind
    href: str | None
    text: str
    span: Span
    whole: Span
    label: str | None = None
    mistake: Mistake | None = None
    fix: str | None = None
    detail: str = ""
    title: str = ""


class Style(IntEnum):
    """What the highlighter shows; several may lie over one character."""

    HEADING1 = 1
    HEADING2 = 2
    HEADING3 = 3
    HEADING4 = 4
    HEADING5 = 5
    HEADING6 = 6
    HEADING_MARK = 7
    STRONG = 8
    EMPHASIS = 9
    STRIKE = 10
    MARK = 11
    """Syntax characters (stars, brackets, backticks), shown faint."""
    CODE = 12
    CODE_BLOCK = 13
    FENCE = 14
    QUOTE_MARK = 15
    LIST_MARK = 16
    TASK = 17
    LINK_TEXT = 18
    LINK_URL = 19
    LINK_TITLE = 20
    REFERENCE_LABEL = 21
    IMAGE_ALT = 22
    HTML = 23
    COMMENT = 24
    TEMPLATE = 25
    TABLE_MARK = 26
    RULE = 27
    FRONT_MATTER = 28
    FRONT_MATTER_KEY = 29
    FOOTNOTE = 30
    ENTITY = 31
    ESCAPE = 32


class StyleRun(NamedTuple):
    """A style for the columns ``column`` to ``end`` of a line; later runs add to earlier ones.

    A tuple, since each key makes those of a whole paragraph.
    """

    column: int
    end: int
    style: Style


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading inside a block; ``line`` counts from the block's first line."""

    level: int
    text: str
    line: int
    slug: str
    """GitHub's id for the text, before ``-1``, ``-2`` tell repeats apart."""


@dataclass(frozen=True, slots=True)
class Definition:
    """A link reference definition inside a block."""

    label: str
    href: str
    title: str
    span: Span
    whole: Span
    mistake: Mistake | None = None


@dataclass(frozen=True, slots=True)
class FrontMatter:
    """The head of a draft: what the platform reads, not the reader.

    Attributes:
        dialect: ``yaml``, ``toml`` or ``pelican`` (unfenced ``Key: value`` lines).
        fields: The plain top-level values by lower-case key; nested ones are left out.
        first_line: Always 0.
        line_count: Lines it takes, fences included, blank lines after it not.
    """

    dialect: str
    fields: Mapping[str, str]
    first_line: int
    line_count: int


@dataclass(frozen=True, slots=True)
class Place:
    """A stretch of the draft, in absolute lines."""

    line: int
    column: int
    end_line: int
    end_column: int


@dataclass(frozen=True, slots=True)
class PlacedLink:
    """A link and where it stands: ``line`` … ``end_column`` are its span in absolute lines."""

    link: Link
    line: int
    column: int
    end_line: int
    end_column: int
    block_index: int
    definition: Place | None
    """The destination of the definition that a reference uses."""


@dataclass(frozen=True, slots=True)
class PlacedDefinition:
    """The definition that counts for a label (the first), in absolute lines."""

    definition: Definition
    line: int
    column: int
    end_line: int
    end_column: int
    block_index: int


@dataclass(frozen=True, slots=True)
class PlacedHeading:
    """A heading with its id and its absolute line."""

    level: int
    text: str
    slug: str
    line: int


@dataclass(frozen=True, slots=True)
class Change:
    """What an edit, or a finished job, did to the blocks.

    Attributes:
        first: Index of the first block that is new.
        removed: The blocks that are gone.
        added: The blocks in their place, from index ``first`` on.
        relinked: Indices, as they are after the change, of further blocks whose links or
            rendering changed; they keep their ids.
        stale: True while a part of the draft waits for `Document.job`.
    """

    first: int
    removed: tuple[Block, ...]
    added: tuple[Block, ...]
    relinked: tuple[int, ...]
    stale: bool
