"""What the highlighter shows of a block, line by line, from the parse of that block."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.markup.model import StyleRun

if TYPE_CHECKING:
    from app.markup.blocks import Block


def of_block(block: Block) -> dict[int, list[StyleRun]]:
    """The style runs of each line of a block; lines without any are left out."""
    return {}
