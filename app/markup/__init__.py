"""From Markdown text to blocks, links and mistakes with exact places, incrementally."""

from app.markup.blocks import Block
from app.markup.document import Document
from app.markup.model import (
    Change,
    Definition,
    FrontMatter,
    Heading,
    Link,
    LinkKind,
    Mistake,
    Place,
    PlacedDefinition,
    PlacedHeading,
    PlacedLink,
    Span,
    Style,
    StyleRun,
)
from app.markup.render import render_block, render_footnotes
from app.markup.reparse import ParseJob

__all__ = [
    "Block",
    "Change",
    "Definition",
    "Document",
    "FrontMatter",
    "Heading",
    "Link",
    "LinkKind",
    "Mistake",
    "ParseJob",
    "Place",
    "PlacedDefinition",
    "PlacedHeading",
    "PlacedLink",
    "Span",
    "Style",
    "StyleRun",
    "render_block",
    "render_footnotes",
]
