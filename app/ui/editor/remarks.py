"""What a draft's writer should know of how its text is taken."""

from collections.abc import Iterable
from enum import StrEnum
from typing import TYPE_CHECKING

from . import folds

if TYPE_CHECKING:
    from app.markup import Block, Change, Document


class Remark(StrEnum):
    """Something that does not go without saying."""

    TOO_DEEP = "too_deep"
    """Quotes or lists nest deeper than is parsed; that part stays plain text."""
    FAILED = "failed"
    """The parser failed on a part, which stays plain text."""
    FOLDED = "folded"
    """A line is so long that only parts of it are shown."""


class Remarks:
    """Keeps the remarks on a draft in step with its edits, at the cost of what they touched."""

    def __init__(self, document: "Document") -> None:
        self._by_block: dict[int, frozenset[Remark]] = {}
        self._note(document.blocks)

    @property
    def all(self) -> frozenset[Remark]:
        """The remarks that hold."""
        return frozenset().union(*self._by_block.values())

    def follow(self, document: "Document", change: "Change") -> bool:
        """Follow an edit that the document has taken; tells whether other remarks hold now."""
        before = self.all
        for block in change.removed:
            self._by_block.pop(block.id, None)
        self._note((*change.added, *(document.blocks[index] for index in change.relinked)))
        return self.all != before

    def _note(self, blocks: "Iterable[Block]") -> None:
        for block in blocks:
            remarks = frozenset(_remarks(block))
            if remarks:
                self._by_block[block.id] = remarks
            else:
                self._by_block.pop(block.id, None)


def _remarks(block: "Block") -> "Iterable[Remark]":
    if block.too_deep:
        yield Remark.TOO_DEEP
    if block.failed:
        yield Remark.FAILED
    if max(map(len, block.lines), default=0) > folds.LONGEST:
        yield Remark.FOLDED
