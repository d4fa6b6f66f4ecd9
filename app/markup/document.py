"""A parsed draft, kept up to date edit by edit."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from operator import is_

from app.lines import LineEdit, split_lines
from app.markup import mishaps
from app.markup.blocks import Block
from app.markup.frontmatter import Head, read_head
from app.markup.model import Change, FrontMatter
from app.markup.placed import PlacedBlocks
from app.markup.provisional import Piece, ProvisionalBlock, cut, edited, pieces_of
from app.markup.reparse import JOB_SIZE, ParseJob, Pool, Task, parse_fast
from app.markup.retyped import retyped


class Document(PlacedBlocks):
    """A draft as blocks, links and headings.

    After any sequence of edits, once no `job` is left, it equals a new document of its lines.
    While a job waits, the blocks it will replace are provisional: they keep what was known of
    their lines, moved along with the edits. Nothing here is thread-safe except `ParseJob.run`.
    """

    def __init__(self, lines: Sequence[str]) -> None:
        """Parse everything, about 1 ms for 1,000 characters."""
        self._portion = JOB_SIZE
        self._open(lines, 0, 0)
        self.finish()

    @classmethod
    def from_text(cls, text: str) -> Document:
        """Parse a text."""
        return cls(split_lines(text))

    @classmethod
    def opening(
        cls,
        lines: Sequence[str],
        first_visible: int,
        last_visible: int,
        portion: int = JOB_SIZE,
    ) -> Document:
        """Parse only what is visible at once; the rest waits in `job`, in bounded portions.

        ``portion`` is how many characters one `job` takes.

        Until `complete`, blocks of kind ``pending`` have no links or styles, references are not
        called undefined nor definitions unused, and any anchor may exist.
        """
        document = cls([""])
        document._portion = portion
        document._open(lines, first_visible, last_visible)
        return document

    def _open(self, lines: Sequence[str], first_visible: int, last_visible: int) -> None:
        self.lines = list(lines) or [""]
        self.job: ParseJob | None = None
        self._head: Head = read_head(self.lines)
        self.focus = last_visible
        begin = self._likely_boundary(first_visible)
        parts = [part for part in ((0, begin), (begin, len(self.lines))) if part[0] < part[1]]
        self._lay(
            [
                ProvisionalBlock(self.lines[first:end], (Piece(end - first, None, 0),))
                for first, end in parts
            ]
        )
        if last_visible:
            self._advance(len(self.blocks) - 1, Pool(()))
        self._offer_job()

    def _likely_boundary(self, line: int) -> int:
        """A line before this one where a block probably begins; 0 where that is near."""
        if sum(map(len, self.lines[:line])) < 8_000:
            return 0
        for at in range(line, max(self._head.first_text, line - 200), -1):
            if self.lines[at].strip() and not self.lines[at - 1].strip():
                return at
        return 0

    @property
    def front_matter(self) -> FrontMatter | None:
        """The front matter, if the draft has one."""
        return self._head.front_matter

    # Editing -----------------------------------------------------------------------------------

    def edit(self, edit: LineEdit) -> Change:
        """Apply an edit, with work that is bounded to about 4 ms; the rest goes to `job`."""
        made = self._retyped(edit)
        first, last = self._touched(edit) if made is None else (0, 0)
        old = self.lines[edit.first] if edit.removed else ""
        edit.apply(self.lines)
        if not self.lines:
            self.lines.append("")
        before = list(self.blocks)
        try:
            if made is not None:
                return self._exchange(self.block_at(edit.first)[0], made)
            return self._reparse(edit, old, first, last)
        except Exception as error:  # noqa: BLE001 - of whatever kind, the text must stay
            mishaps.note(error, "Following an edit")
            return self._begin_anew(before)

    def _retyped(self, edit: LineEdit) -> Block | None:
        """What becomes of a block of which only words change, where that is plain to see."""
        index, start = self.block_at(edit.first)
        alone = edit.removed == len(edit.lines) == 1 and start == edit.first > 0
        if not alone or self._touching(index) or self._head.html_document:
            return None
        if self._head.decided_by(edit.first, edit.lines):
            return None
        try:
            return retyped(self.blocks[index], self.lines[start], edit.lines[0])
        except Exception as error:  # noqa: BLE001 - it is parsed again instead
            mishaps.note(error, "Moving a paragraph along")
            return None

    def _exchange(self, index: int, block: Block) -> Change:
        """Put a block in the place of one of as many lines."""
        old = self.blocks[index]
        self._splice(index, index + 1, [block])
        relinked = self._index.replace([old], [block], Pool(()), whole=not self._waiting)
        self._offer_job()
        indices = tuple(sorted(self._position(other) for other in relinked))
        return Change(index, (old,), (block,), indices, not self.complete)

    def _reparse(self, edit: LineEdit, old: str, first: int, last: int) -> Change:
        """Parse again what an edit touched; the lines have it already."""
        first, last = self._touched_by_head(edit, first, last)
        removed = self.blocks[first:last]
        pieces = [piece for block in removed for piece in pieces_of(block)]
        delta = len(self.lines) - self._line_count()
        start = self._starts[first]
        end = start + sum(block.line_count for block in removed) + delta
        block = ProvisionalBlock(self.lines[start:end], edited(pieces, start, edit, old))
        self._splice(first, last, [block])
        return self._advance(first, Pool(removed), removed)

    def _touched(self, edit: LineEdit) -> tuple[int, int]:
        """The blocks (first and end) that an edit touches, and those before that it may change.

        A block's end can depend on the next text line and the one after it (a table as a
        terminator); a definition's title can reach into anything that touches it.
        """
        first = self.block_at(edit.first)[0]
        last = self.block_at(max(edit.first, edit.first + edit.removed - 1))[0] + 1
        if self._stands_apart(first, edit):
            return first, last
        while first > 0 and (
            edit.first <= self._starts[first] + 1
            or (self.blocks[first - 1].definitions and self._touching(first))
        ):
            first -= 1
        return first, last

    def _stands_apart(self, index: int, edit: LineEdit) -> bool:
        """Whether a block begins, as before the edit, with a letter at the margin after a blank.

        No rule for the block before it looks any further: a list, quote or footnote goes on only
        with an indent or a mark, and everything else has ended.
        """
        start = self._starts[index]
        if not 0 < start < len(self.lines) or self._touching(index):
            return False
        begins = [self.lines[start]]
        if edit.first == start:
            begins.append(edit.lines[0] if edit.removed and edit.lines else "")
        return all(text[:1].isalpha() for text in begins)

    def _touching(self, index: int) -> bool:
        return bool(self.lines[self._starts[index] - 1].strip(" \t"))

    def _touched_by_head(self, edit: LineEdit, first: int, last: int) -> tuple[int, int]:
        """Widen the touched blocks where the head of the draft may have changed."""
        before = self._head
        if not before.decided_by(edit.first, edit.lines):
            return first, last
        self._head = head = read_head(self.lines)
        if head.html_document or before.html_document:
            return 0, len(self.blocks)
        delta = len(edit.lines) - edit.removed
        for line in (before.first_text, before.body, head.first_text - delta, head.body - delta):
            last = max(last, self.block_at(max(0, line))[0] + 1)
        return 0, last

    def _advance(self, index: int, pool: Pool, removed: Sequence[Block] | None = None) -> Change:
        """Parse the provisional block at an index, as far as a keystroke can afford."""
        start = self._starts[index]
        end = start + self.blocks[index].line_count
        task = Task(self.lines, self._head, start, end, self._starts)
        blocks, stop = parse_fast(task, pool)
        gone = [self.blocks[index]] if removed is None else removed
        change = self._put(index, blocks, stop, pool, gone)
        self._offer_job()
        return Change(
            change.first, change.removed, change.added, change.relinked, not self.complete
        )

    def _put(
        self, index: int, blocks: list[Block], stop: int, pool: Pool, removed: Sequence[Block]
    ) -> Change:
        """Put parsed blocks in the place of the provisional one, which ``removed`` stands for.

        They may end inside it, or inside a later block: what is left of that is provisional.
        """
        last = index + 1
        waiting = self.blocks[index]
        left = pieces_of(waiting)
        begin = self._starts[index]
        end = begin + waiting.line_count
        gone = list(removed)
        while end < stop:
            swallowed = self.blocks[last]
            gone.append(swallowed)
            left = (*left, *pieces_of(swallowed))
            end += swallowed.line_count
            last += 1
        new = list(blocks)
        if stop < end:
            rest = ProvisionalBlock(
                self.lines[stop:end], tuple(cut(left, stop - begin, end - begin))
            )
            rest.borrow()
            new.append(rest)
        self._splice(index, last, new)
        waits = self._waiting > 0
        relinked = self._index.replace(gone, new, pool, whole=not waits)
        indices = tuple(sorted(self._position(block) for block in relinked))
        return Change(index, tuple(gone), tuple(new), indices, waits)

    # Jobs --------------------------------------------------------------------------------------

    def _offer_job(self) -> None:
        """Make the job for a part that waits: at or after the focus if possible."""
        if not self._waiting:
            self.job = None
            return
        if self.job is not None and self._still_fits(self.job):
            return
        waiting = [index for index, block in enumerate(self.blocks) if block.provisional]
        focused = self.block_at(self.focus)[0]
        index = next((index for index in waiting if index >= focused), waiting[0])
        start = self._starts[index]
        task = Task(
            list(self.lines),
            self._head,
            start,
            start + self.blocks[index].line_count,
            list(self._starts),
        )
        pool = Pool([piece.block for piece in pieces_of(self.blocks[index]) if piece.block])
        self.job = ParseJob(
            task,
            dict(self._index.targets),
            self._index.notes.names(),
            pool,
            self._portion,
            self.blocks[index].id,
        )

    def _still_fits(self, job: ParseJob) -> bool:
        """Whether an edit left everything alone that a job reads: all that changed is above it."""
        task = job.task
        index = bisect_left(self._starts, task.start)
        return (
            not job.failed
            and index < len(self.blocks)
            and self.blocks[index].id == job.block_id
            and self._starts[index:] == task.starts[bisect_left(task.starts, task.start) :]
            and all(map(is_, self.lines[task.start :], task.lines[task.start :]))
            and self._index.targets == job.definitions
            and self._head == task.head
        )

    def adopt(self, job: ParseJob) -> Change:
        """Take over a finished job; one that an edit made stale changes nothing."""
        if job is not self.job or not job.done:
            return Change(0, (), (), (), not self.complete)
        if job.failed:
            self.job = None  # tried again after the next edit
            return Change(0, (), (), (), not self.complete)
        before = list(self.blocks)
        try:
            index = self.block_at(job.task.start)[0]
            change = self._put(index, job.blocks, job.end, job.pool, [self.blocks[index]])
        except Exception as error:  # noqa: BLE001 - of whatever kind, the text must stay
            mishaps.note(error, "Taking over a parse")
            change = self._begin_anew(before)
            self.job = None
            return change
        self._offer_job()
        return Change(
            change.first, change.removed, change.added, change.relinked, not self.complete
        )

    def _begin_anew(self, before: Sequence[Block]) -> Change:
        """Leave what may be half changed, and read all the lines again in jobs."""
        self._open(self.lines, 0, 0)
        return Change(0, tuple(before), tuple(self.blocks), (), True)

    def finish(self) -> None:
        """Do all waiting work now."""
        while self.job is not None:
            self.job.run()
            self.adopt(self.job)
