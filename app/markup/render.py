"""HTML of a parsed draft, block by block."""

from __future__ import annotations

from app.markup.document import Document
from app.markup.parser import parser


def render_block(document: Document, index: int) -> str:
    """The HTML of one top-level block; raw HTML is kept as written."""
    md = parser()
    return str(md.renderer.render(document.blocks[index].tokens, md.options, {}))
