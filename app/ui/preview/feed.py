"""What the preview's page must be told, in the least words: only what changed, latest state last.

Plain Python: the page on the other side is anything that takes operations (see
``resources/email/preview.js``).
"""

from collections.abc import Callable, Iterable
from time import perf_counter

from app.markup import Change, Document
from app.proof import Proof
from app.publish import (
    NOTES,
    OPENING_BLOCKS,
    Filled,
    Letter,
    PreviewModel,
    Rendered,
    letter_of,
    opening,
)
from app.publish.clip import Cut

Operation = list[object]
Dress = Callable[[str], str]
"""Makes of a segment's sanitised HTML what the page's template wants."""

SLOW_HTML = 20_000
"""Characters of a segment that are sanitised in a thread: some 3 ms."""

# What the subject, the title or the first words in the inbox can come from.
_FRAMING = frozenset(["front_matter", "heading"])


class Feed:
    """The operations that bring a page in step with one draft.

    Attributes:
        letter: The issue's frame, as of the last `take`.
        opening: Its first words, as of the last `take`.
    """

    def __init__(
        self,
        document: Document,
        proof: Proof,
        dress: Dress = str,
        read: Callable[[str], str | None] | None = None,
    ) -> None:
        """``dress`` makes segments ready for the page; ``read`` reads snippets, in a thread."""
        self._document = document
        self._proof = proof
        self._dress = dress
        self._read = read
        self._model = PreviewModel(document)
        keys = self._model.order()
        self.letter = letter_of(document)
        self.opening = self._read_opening()
        self._frame_is_old = False
        self._operations: list[Operation] = [["reset", keys], *_frame(self.letter)]
        self._urgent: dict[str, None] = {}
        self._unfilled = dict.fromkeys(keys)
        self._unmarked: dict[str, None] = {}

    def apply(self, change: Change) -> None:
        """Follow an edit."""
        patch = self._model.apply(change)
        if patch.removed or patch.added:
            for key in patch.removed:
                for waiting in (self._urgent, self._unfilled, self._unmarked):
                    waiting.pop(key, None)
            self._operations.append(["splice", patch.after, list(patch.removed), list(patch.added)])
        self._urgent.update(dict.fromkeys(patch.added))
        self._urgent.update(dict.fromkeys(patch.refreshed))
        touched = (*change.removed, *change.added)
        if change.first < OPENING_BLOCKS or any(block.kind in _FRAMING for block in touched):
            self._frame_is_old = True

    def marks_changed(self, block_ids: Iterable[int]) -> None:
        """The verdicts on links of these blocks are other ones."""
        for block_id in block_ids:
            try:
                self._unmarked[self._model.key_of_block(block_id)] = None
            except KeyError:
                continue  # the block went in an edit that came after the verdict
            self._unmarked[NOTES] = None

    def show_first(self, line: float) -> None:
        """Fill the segment at a line, and those after it, before the others."""
        keys = iter(self._unfilled)
        start = self._model.key_at(int(line))
        if start not in self._unfilled:
            return
        before = []
        for key in keys:
            if key == start:
                break
            before.append(key)
        rest = dict.fromkeys((start, *keys))
        self._unfilled = {**rest, **dict.fromkeys(before)}

    @property
    def waiting(self) -> bool:
        """Whether there is something to tell."""
        return bool(
            self._operations
            or self._urgent
            or self._unfilled
            or self._unmarked
            or self._frame_is_old
        )

    @property
    def filling(self) -> bool:
        """Whether some segment was never shown yet."""
        return bool(self._unfilled)

    def take(self, budget: float) -> list[Operation]:
        """The next operations; stops rendering after ``budget`` seconds, with at least one.

        A large segment is the last of them and not sanitised yet: see `is_slow` and `finished`.
        """
        if self._frame_is_old:
            self._refresh_frame()
        batch, self._operations = self._operations, []
        end = perf_counter() + budget
        for waiting in (self._urgent, self._unfilled):
            while waiting:
                key = next(iter(waiting))
                del waiting[key]
                self._unmarked.pop(key, None)
                self._unfilled.pop(key, None)
                html, line_count = self._look_of(key)
                batch.append(["fill", key, html, line_count, self._marks(key)])
                if isinstance(html, Rendered) or perf_counter() > end:
                    return batch
        while self._unmarked and perf_counter() < end:
            key = next(iter(self._unmarked))
            del self._unmarked[key]
            batch.append(["marks", key, self._marks(key)])
        return batch

    def scroll(self, line: float) -> Operation:
        """The operation that shows a line of the draft at the page's top."""
        line = min(max(line, 0.0), len(self._document.lines) - 0.01)
        key = self._model.key_at(int(line))
        return ["scroll", key, line - self._model.first_line(key)]

    def clip(self, cut: Cut | None, words: str) -> Operation:
        """The operation that shows where the letter is cut, with these words."""
        if cut is None:
            return ["clip", None]
        key = NOTES if cut.line is None else self._model.key_at(cut.line)
        return ["clip", key, cut.offset, words]

    def line_of(self, key: str, line: float) -> float | None:
        """The draft's line at a line of a segment; None when the segment is gone."""
        try:
            return self._model.first_line(key) + line
        except KeyError:
            return None

    def source_of(self, key: str, line: int, url: str | None, nth: int) -> tuple[int, int] | None:
        """Where in the draft something of the page comes from, as line and column.

        Args:
            key: The segment.
            line: The line within the segment.
            url: The link or image that was meant, as the page has it; None for text.
            nth: How many of the segment's links before it have the same URL.
        """
        start = self.line_of(key, 0)
        if start is None:
            return None
        places = [
            (placed.line, placed.column)
            for first, last in self._lines_of(key)
            for placed in self._document.links_between(first, last)
            if url is not None and placed.link.href == url
        ]
        if not places:
            return min(int(start) + line, len(self._document.lines) - 1), 0
        return places[min(nth, len(places) - 1)]

    def _look_of(self, key: str) -> tuple[str | Rendered, int]:
        if key != NOTES:
            rendered = self._model.rendered(key, self._read)
            if len(rendered.html) > SLOW_HTML or isinstance(rendered, Filled):
                return rendered, rendered.line_count
            return self._dress(rendered.clean().html), rendered.line_count
        return self._dress(self._model.segment(key).html), 0

    def _marks(self, key: str) -> dict[str, str]:
        return {
            proofed.link.href: proofed.verdict.status.value
            for first, last in self._lines_of(key)
            for proofed in self._proof.links_between(first, last)
            if proofed.link.href is not None
        }

    def _lines_of(self, key: str) -> list[tuple[int, int]]:
        """The lines that a segment's links stand on, as (first, last)."""
        document = self._document
        if key != NOTES:
            first = self._model.first_line(key)
            return [(first, first + self._model.line_count(key) - 1)]
        return [
            (document.first_line(index), document.first_line(index) + block.line_count - 1)
            for index, block in enumerate(document.blocks)
            if block.footnotes
        ]

    def _read_opening(self) -> str:
        return opening(self._model)

    def _refresh_frame(self) -> None:
        self._frame_is_old = False
        letter = letter_of(self._document)
        self.opening = self._read_opening()
        if letter != self.letter:
            self.letter = letter
            self._operations += _frame(letter)


def is_slow(batch: Iterable[Operation]) -> bool:
    """Whether there is work left in these operations that belongs in a thread."""
    return any(isinstance(value, Rendered) for operation in batch for value in operation)


def finished(batch: Iterable[Operation], dress: Dress = str) -> list[Operation]:
    """The operations with every segment sanitised; for any thread."""
    return [
        [dress(value.clean().html) if isinstance(value, Rendered) else value for value in operation]
        for operation in batch
    ]


def _frame(letter: Letter) -> list[Operation]:
    return [["title", letter.title], ["frame", letter.language, letter.direction]]
