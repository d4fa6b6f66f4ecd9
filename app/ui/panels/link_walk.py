"""The links of a draft in order, of which those of blocks that stayed are not made again."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from app.markup import Document
    from app.proof import Proof, ProofedLink

MOST_KEPT = 500
"""Links of a block that are made in one go."""


@dataclass(frozen=True, slots=True)
class _Kept:
    stamp: object
    start: int
    index: int
    links: "tuple[ProofedLink, ...]"

    def is_still(self, stamp: object, start: int, index: int) -> bool:
        return self.stamp is stamp and self.start == start and self.index == index


class LinkWalk:
    """Keeps the links of the last walk to its end, by block, with where that was."""

    def __init__(self) -> None:
        self._kept: dict[int, _Kept] = {}

    def walk(self, document: "Document", proof: "Proof") -> "Iterator[ProofedLink]":
        """All links; neither may change before the end."""
        kept = {}
        for index, block in enumerate(document.blocks):
            if not block.links:
                continue
            if len(block.links) > MOST_KEPT:
                yield from proof.links_of(index)
                continue
            stamp, start = proof.stamp(block.id), document.first_line(index)
            known = self._kept.get(block.id)
            # A reference tells the place of its definition, which is in another block.
            if known is None or not known.is_still(stamp, start, index) or block.used_labels:
                known = _Kept(stamp, start, index, tuple(proof.links_of(index)))
            kept[block.id] = known
            yield from known.links
        self._kept = kept

    def forget(self) -> None:
        """Another draft is shown."""
        self._kept = {}
