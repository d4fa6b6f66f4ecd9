"""What the blocks of a draft have to do with each other.

Labels are defined in one block and used in others; footnotes and headings are numbered over the
draft. `Index.replace` keeps the tables while blocks come and go, reads the content of new blocks,
and finds the other blocks whose links or rendering change with that.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, KeysView, Sequence
from itertools import chain

from markdown_it.token import Token

from app.markup.blocks import Block, Surroundings
from app.markup.headings import Slugs
from app.markup.inlines import DefinitionTarget
from app.markup.parser import parser
from app.markup.reparse import Pool


class _Users:
    """Which blocks have to do with a name."""

    def __init__(self) -> None:
        self._blocks: dict[str, set[Block]] = {}

    def add(self, names: Iterable[str], block: Block) -> None:
        for name in names:
            self._blocks.setdefault(name, set()).add(block)

    def discard(self, names: Iterable[str], block: Block) -> None:
        for name in names:
            blocks = self._blocks.get(name)
            if blocks is not None:
                blocks.discard(block)
                if not blocks:
                    del self._blocks[name]

    def of(self, name: str) -> set[Block]:
        return self._blocks.get(name, set())

    def __contains__(self, name: object) -> bool:
        return name in self._blocks

    def names(self) -> frozenset[str]:
        return frozenset(self._blocks)


class Index:
    """The tables over all blocks; `position` gives a block's place in the draft."""

    def __init__(self, position: Callable[[Block], int]) -> None:
        self._position = position
        self.whole = False
        self.targets: dict[str, DefinitionTarget] = {}
        self.notes: _Users = _Users()
        self.words = 0
        self._defining = _Users()
        self._effective: dict[str, Block] = {}
        self._looking = _Users()
        self._using = _Users()
        self._including: set[Block] = set()
        self._doubtful: set[Block] = set()
        self._noted: set[Block] = set()
        self._anchored: set[Block] = set()
        self._local: set[Block] = set()
        self._anchors: Counter[str] = Counter()
        self._ids: dict[Block, tuple[str, ...]] = {}
        self._numbers: dict[Block, tuple[tuple[int, int], ...]] = {}
        self._used_notes: dict[str, tuple[Block, Token]] = {}
        self._uses: dict[str, int] = {}
        self._slugs: Slugs[Block] = Slugs()

    def defining(self, label: str) -> Block | None:
        """The block whose definition of the label counts: the first."""
        return self._effective.get(label)

    @property
    def anchors(self) -> KeysView[str]:
        """All ids of headings, and explicit ones; as they are at any time."""
        return self._anchors.keys()

    def _sorted(self, blocks: set[Block]) -> list[Block]:
        return sorted(blocks, key=self._position) if len(blocks) > 1 else list(blocks)

    def replace(
        self, removed: Sequence[Block], added: Sequence[Block], pool: Pool, *, whole: bool
    ) -> set[Block]:
        """Put blocks in the place of others (in the draft they already are).

        Returns the further blocks whose links or rendering changed.
        """
        labels = {label.label for block in (*removed, *added) for label in block.definitions}
        notes = {label for block in (*removed, *added) for label in block.footnotes}
        had_notes = {label for label in notes if label in self.notes}
        had_include = bool(self._including)
        for block in removed:
            self._forget(block)
        for block in added:
            self._structure(block)
        changed = {label for label in labels if self._retarget(label)}
        changed |= {f"^{name}" for name in notes if (name in self.notes) != (name in had_notes)}
        used = {label for block in removed for label in block.used_labels}
        used |= labels
        reread = set().union(*(self._looking.of(label) for label in changed)).difference(added)
        for block in added:
            used |= self._read(block, pool, new=True)
        for block in reread:
            used |= self._read(block, pool, new=False)
        touched = reread.union(added)
        doubtful = self._relinked(used, had_include, whole)
        surroundings = Surroundings(self._using, self.whole, bool(self._including))
        for block in touched | doubtful:
            if block.link(surroundings) and block not in touched:
                reread.add(block)
        return (
            reread | self._renumbered(removed, touched) | self._reanchored(removed, touched)
        ) - (set(added))

    def _forget(self, block: Block) -> None:
        self._defining.discard((found.label for found in block.definitions), block)
        self.notes.discard(block.footnotes, block)
        self._including.discard(block)
        self._unread(block)

    def _unread(self, block: Block) -> None:
        self.words -= block.words
        self._looking.discard(block.labels, block)
        self._using.discard(block.used_labels, block)
        for blocks in (self._doubtful, self._noted, self._local, self._anchored):
            blocks.discard(block)

    def _structure(self, block: Block) -> None:
        self._defining.add((found.label for found in block.definitions), block)
        self.notes.add(block.footnotes, block)
        if block.includes:
            self._including.add(block)

    def _retarget(self, label: str) -> bool:
        blocks = self._defining.of(label)
        before = self.targets.get(label)
        if not blocks:
            self.targets.pop(label, None)
            self._effective.pop(label, None)
            return before is not None
        block = min(blocks, key=self._position) if len(blocks) > 1 else next(iter(blocks))
        self._effective[label] = block
        definition = next(found for found in block.definitions if found.label == label)
        self.targets[label] = (definition.href, definition.title)
        return self.targets[label] != before

    def _read(self, block: Block, pool: Pool, *, new: bool) -> set[str]:
        """Read a block's content where needed; the labels whose use may have changed."""
        used = set(block.used_labels)
        if not new:
            self._unread(block)
        if not block.provisional and not (block.read and block.holds(self.targets, self.notes)):
            inlines = block.pool() if block.read else pool.inlines()
            block.read_content(parser(), self.targets, self.notes, inlines)
        self.words += block.words
        self._looking.add(block.labels, block)
        self._using.add(block.used_labels, block)
        if block.doubtful:
            self._doubtful.add(block)
        if block.notes:
            self._noted.add(block)
        if block.headings or block.ids:
            self._anchored.add(block)
        if block.local:
            self._local.add(block)
        return used | block.used_labels

    def _relinked(self, used: set[str], had_include: bool, whole: bool) -> set[Block]:
        """Blocks whose links depend on the surroundings that changed."""
        blocks = set().union(*(self._defining.of(label) for label in used))
        if had_include != bool(self._including):
            blocks |= self._doubtful
        if whole and not self.whole:
            self.whole = True
            blocks |= self._doubtful.union(*map(self._defining.of, self.targets))
        return blocks

    def _renumbered(self, removed: Sequence[Block], touched: set[Block]) -> set[Block]:
        """The blocks whose footnote references have other numbers than before."""
        if not any(block.notes or block.footnotes for block in (*removed, *touched)):
            return set()
        before = self._numbers
        numbers: dict[str, int] = {}
        uses: dict[str, int] = {}
        self._numbers = {}
        self._used_notes = {}
        for block in self._sorted(self._noted):
            own = []
            for index, token in enumerate(block.notes):
                key = f"^{token.meta['label']}" if "label" in token.meta else f"{block.id} {index}"
                number = numbers.setdefault(key, len(numbers) + 1)
                uses[key] = uses.get(key, 0) + 1
                own.append((number, uses[key]))
                self._used_notes.setdefault(key, (block, token))
            self._numbers[block] = tuple(own)
        self._uses = uses
        return {block for block in self._noted if self._numbers[block] != before.get(block)}

    def numbers(self, block: Block) -> tuple[tuple[int, int], ...]:
        """For each footnote reference in a block: the note's number, the how-manieth use it is."""
        return self._numbers.get(block, ())

    def used_notes(self) -> list[tuple[Block, Token, int]]:
        """The footnotes in order of their numbers: block and token of the first use, uses."""
        return [(block, token, self._uses[key]) for key, (block, token) in self._used_notes.items()]

    def note_block(self, label: str) -> Block | None:
        """The block of a footnote."""
        blocks = self.notes.of(label)
        return min(blocks, key=self._position) if blocks else None

    def _reanchored(self, removed: Sequence[Block], touched: set[Block]) -> set[Block]:
        """The blocks whose headings' ids changed, or that link to anchors when those changed."""
        if not any(block.headings or block.ids for block in (*removed, *touched)):
            return set()
        concerned = (*removed, *touched)
        own = {block: [heading.slug for heading in block.headings] for block in touched}
        gone = [name for block in concerned for name in self._names(block)]
        changed = self._slugs.exchange(concerned, own)
        for block in concerned:
            self._ids.pop(block, None)
        self._ids.update((block, block.ids) for block in touched if block.ids)
        if changed is not None:
            moved = self._rename(gone, [name for block in touched for name in self._names(block)])
        else:
            changed = self._slugs.renew(
                (block, [heading.slug for heading in block.headings])
                for block in self._sorted({block for block in self._anchored if block.headings})
            )
            before = self._anchors
            self._anchors = Counter(chain(self._slugs, *self._ids.values()))
            moved = before.keys() != self._anchors.keys()
        return changed | self._local if moved else changed

    def _names(self, block: Block) -> tuple[str, ...]:
        """The anchors that a block was known to have."""
        return (*self._slugs.of(block), *self._ids.get(block, ()))

    def _rename(self, gone: Iterable[str], come: Iterable[str]) -> bool:
        """Count some anchors no more, and others; tells whether there are other ones now."""
        gone, come = Counter(gone), Counter(come)
        before = {name for name in gone.keys() | come.keys() if name in self._anchors}
        self._anchors.subtract(gone)
        self._anchors.update(come)
        after = {name for name in gone.keys() | come.keys() if self._anchors[name]}
        for name in gone.keys() - after:
            del self._anchors[name]
        return before != after

    def slugs(self, block: Block) -> tuple[str, ...]:
        """The ids of the headings in a block, distinct over the draft."""
        return self._slugs.of(block)
