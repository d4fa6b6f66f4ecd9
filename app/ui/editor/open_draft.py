"""One open draft: its text, what the parser makes of it, and what is known of its links."""

import gc
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtGui import QTextDocument

from app.lines import LineEdit, difference
from app.linkcheck.verdict import SEVERITY

from .jobs import run_in_thread
from .layout import TextLayout
from .places import Place, as_text_edit, caret_at
from .remarks import Remark, Remarks
from .rows import Typed, is_simple
from .seams import Checker, Journalist
from .text_access import apply_edits, changed_lines, cursor_for, touched_lines
from .utf16 import to_qt

if TYPE_CHECKING:
    from app.linkcheck.verdict import Verdict
    from app.markup import Block, Change, Document, ParseJob, PlacedHeading
    from app.proof import Proof, ProofedLink

GUTTER = 26
"""Pixels on both sides of the text; the left ones hold the worst status of each line."""
REST_MS = 200
"""Rest in typing and scrolling after which the link checker hears what is wanted."""


class OpenDraft(QObject):
    """The model behind an editor, a preview and the panels.

    The text lives in ``text``, a `QTextDocument`; ``lines`` are always its lines. Edits of any
    origin (keys, undo, fixes, a file changed outside) take the same way: the text document
    reports them, the parser follows at once, and the signals tell what became of it.
    """

    edited = Signal(object)
    """A `LineEdit`, once the lines have it and before the parser has seen it."""
    parsed = Signal()
    """The first parse is there: `document` and `proof` may be used."""
    changed = Signal(object)
    """A `Change` of the parsed document."""
    marks_changed = Signal(object)
    """The ids of the blocks whose links have other verdicts, as a set."""
    counts_changed = Signal()
    ignored_changed = Signal()
    outline_changed = Signal()
    remarks_changed = Signal()
    """Other `remarks` hold."""
    settled = Signal()
    """The whole draft is parsed; nothing waits in a thread."""

    def __init__(
        self,
        lines: Sequence[str],
        *,
        name: str = "",
        keeper: Journalist | None = None,
        checker: Checker | None = None,
        ignored: Collection[str] = (),
        allow_private: bool = False,
        parent: QObject | None = None,
    ) -> None:
        """``name`` tells this draft from others for the checker; ``ignored`` are hrefs;
        ``allow_private`` lets addresses of the own network be asked.
        """
        super().__init__(parent)
        self.name = name or f"draft-{id(self)}"
        self.text = QTextDocument(self)
        self.layout = TextLayout(self.text)
        self.text.setDocumentLayout(self.layout)
        self.text.setUndoRedoEnabled(False)  # a margin would be an undo step too
        self.text.setDocumentMargin(GUTTER)
        self.text.setPlainText(to_qt(lines))
        self.text.setUndoRedoEnabled(True)
        self.touched = (0, 0)
        """The lines, as they are now, whose text blocks the last edit made anew."""
        self.typed: Typed | None = None
        """What the last edit did to a line, where it was one line of simple text."""
        self._lines = list(lines)
        self._keeper = keeper
        self._checker = checker
        self._ignored = frozenset(ignored)
        self._allow_private = allow_private
        self._document: Document | None = None
        self._proof: Proof | None = None
        self._remarks: Remarks | None = None
        self._job_runs = False
        self._asked: set[str] = set()
        self._visible = (0, 60)
        self.typed_url: str | None = None
        """The URL that is being typed, as the checker was told."""
        self._rest = QTimer(self, singleShot=True, interval=REST_MS)
        self._rest.timeout.connect(self._tell_wants)
        self.text.contentsChange.connect(self._on_contents_change)

    # what the draft holds

    @property
    def lines(self) -> Sequence[str]:
        """The lines; they change in place."""
        return self._lines if self._document is None else self._document.lines

    @property
    def is_parsed(self) -> bool:
        """Whether `document` and `proof` are there."""
        return self._document is not None

    @property
    def is_read(self) -> bool:
        """Whether the whole draft was parsed once, so that what is counted in it is so."""
        return self._document is not None and self._document.index.whole

    @property
    def is_settled(self) -> bool:
        """Whether every line is parsed."""
        return self._document is not None and self._document.job is None

    @property
    def document(self) -> "Document":
        """The parsed text; only once `parsed` was sent."""
        if self._document is None:
            raise RuntimeError("the draft is not parsed yet")
        return self._document

    @property
    def proof(self) -> "Proof":
        """The links with their verdicts; only once `parsed` was sent."""
        if self._proof is None:
            raise RuntimeError("the draft is not parsed yet")
        return self._proof

    @property
    def ignored(self) -> frozenset[str]:
        """The hrefs of which the writer wants to hear nothing here."""
        return self._ignored if self._proof is None else self._proof.ignored

    def headings(self) -> "list[PlacedHeading]":
        """The outline; empty until the draft is parsed."""
        return list(self._document.headings()) if self._document else []

    @property
    def remarks(self) -> frozenset[Remark]:
        """What the writer should know of how the text is taken."""
        return self._remarks.all if self._remarks else frozenset()

    # parsing

    def parse(self) -> None:
        """Parse the lines in view now and the others in a thread."""
        if self._document is not None:
            return
        from app.markup import Document
        from app.proof import Proof

        self._document = Document.opening(self._lines, *self._visible)
        self._proof = Proof(self._document, {}, self._ignored, allow_private=self._allow_private)
        self._lines = []
        self._remarks = Remarks(self._document)
        self._learn_known()
        self.parsed.emit()
        self.outline_changed.emit()
        self.counts_changed.emit()
        self.remarks_changed.emit()
        self._rest.start()
        self._run_job()

    def _on_contents_change(self, position: int, removed: int, added: int) -> None:
        self.touched = touched_lines(self.text, position, added)
        edit = changed_lines(self.text, self.lines, self.touched)
        self.typed = None
        if edit is None or edit.removed == len(edit.lines) == 1:
            block = self.text.findBlock(position)
            if edit is not None and self._is_simple(edit):
                self.typed = Typed(position - block.position(), removed, added)
            self.layout.expect_one_line(block, self.typed)
        if edit is None:
            return
        if self._keeper is not None:
            self._keeper.edited(edit)
        if self._document is None:
            edit.apply(self._lines)
            self.edited.emit(edit)
            return
        change = self._document.edit(edit)
        self.edited.emit(edit)
        self._follow(change)
        self._run_job()

    def _is_simple(self, edit: LineEdit) -> bool:
        alone = self.touched == (edit.first, edit.first)
        return alone and is_simple(self.lines[edit.first]) and is_simple(edit.lines[0])

    def _follow(self, change: "Change") -> None:
        before = self.proof.counts.copy()
        self.proof.apply(change)
        self.changed.emit(change)
        if self._remarks is not None and self._remarks.follow(self.document, change):
            self.remarks_changed.emit()
        if _outline(change.removed) != _outline(change.added):
            self.outline_changed.emit()
        if self.proof.counts != before:
            self.counts_changed.emit()
        if change.relinked or _has_other_hrefs(change):
            self._rest.start()

    def _run_job(self) -> None:
        job = self.document.job
        if job is None or self._job_runs:
            return
        self._job_runs = True
        proof, checker, asked = self.proof, self._checker, self._asked
        urls: list[str] = []
        known: dict[str, Verdict] = {}

        def work() -> None:
            nonlocal asked
            job.run()
            urls.extend(proof.foresee(job.hrefs))
            asked = self._asked
            if checker is not None:
                known.update(checker.known(urls))

        def then() -> None:
            asked.update(urls)  # of no effect if all is to be asked again meanwhile
            self._adopt(job, known)

        run_in_thread(work, then, self)

    def _adopt(self, job: "ParseJob", known: "Mapping[str, Verdict]") -> None:
        self._job_runs = False
        gc.freeze()  # what was parsed is no garbage, and it is much to look through
        self.learn(known.items())
        self._follow(self.document.adopt(job))
        self._learn_known()
        if self.document.job is None:
            self.settled.emit()
        self._run_job()

    # links

    def link_at(self, place: Place) -> "ProofedLink | None":
        """The link whose destination (or whole construct) holds a place, the smallest first."""
        line = place[0]
        inside, around = [], []
        for proofed in self.proof.links_between(max(0, line - 20), line + 20):
            placed, whole, span = proofed.placed, proofed.link.whole, proofed.link.span
            first = placed.line - span.line
            start, end = (
                (first + whole.line, whole.column),
                (first + whole.end_line, whole.end_column),
            )
            if (placed.line, placed.column) <= place <= (placed.end_line, placed.end_column):
                inside.append(proofed)
            elif start <= place <= end:
                around.append(proofed)
        if inside:  # a mistyped link may hold a bare one: what is wrong is the news
            return max(inside, key=lambda each: SEVERITY[each.verdict.status])
        return around[-1] if around else self._definition_at(place)

    def _definition_at(self, place: Place) -> "ProofedLink | None":
        from .marks import collect

        for mark in collect(self, place[0], place[0]).get(place[0], []):
            placed = mark.proofed.placed
            if (placed.line, placed.column) <= place <= (placed.end_line, placed.end_column):
                return mark.proofed
        return None

    def problem_from(self, place: Place, step: int) -> "ProofedLink | None":
        """The next (``step`` 1) or previous (-1) link that wants attention, around the end."""
        problems = self.proof.problems()
        problems.sort(key=lambda each: (each.placed.line, each.placed.column))
        if step < 0:
            problems.reverse()
        for each in problems:
            here = (each.placed.line, each.placed.column)
            if (here > place) if step > 0 else (here < place):
                return each
        return problems[0] if problems else None

    def is_code(self, place: Place) -> bool:
        """Whether a place is in code or front matter, where Markdown means nothing."""
        index, _ = self.document.block_at(place[0])
        return self.document.blocks[index].kind in ("code", "front_matter")

    def learn(self, verdicts: Iterable[tuple[str, "Verdict"]]) -> None:
        """Take in the checker's answers."""
        if self._proof is None:
            return
        blocks = self._proof.learn(verdicts)
        self._marks_changed(blocks)

    def ignore(self, href: str, ignored: bool = True) -> None:
        """Say nothing more of an href in this draft, or speak of it again."""
        self._marks_changed(self.proof.ignore(href, ignored))
        self.ignored_changed.emit()

    def allow_private(self, allowed: bool) -> None:
        """Ask addresses of the own network from now on, or no more."""
        self._allow_private = allowed
        if self._proof is not None:
            self._marks_changed(self._proof.allow_private(allowed))
            self._rest.start()

    def recheck(self, url: str) -> None:
        """Ask for a URL again."""
        if self._checker is not None:
            self._checker.recheck([url])

    def accept(self, url: str) -> None:
        """The writer has opened this URL and found it well."""
        if self._checker is not None:
            self._checker.accept(url)

    def look_up(self) -> None:
        """Ask the checker for all that is stored, as when it has just been started.

        What is not is wanted after a rest: to begin with that is work for which keys would wait.
        """
        self._asked = set()
        self._learn_known()
        self._rest.start()

    def set_visible(self, first: int, last: int) -> None:
        """The lines in view: their links are checked first."""
        if (first, last) != self._visible:
            self._visible = (first, last)
            if self._document is not None:
                self._document.focus = last
            if self._checker is not None and self._proof is not None:
                self._rest.start()

    def set_typing(self, url: str | None) -> None:
        """The URL that the caret is in while keys are pressed, None when it has left it."""
        if url != self.typed_url:
            self.typed_url = url
            if self._checker is not None:
                self._checker.typing(self.name, url)

    def _marks_changed(self, blocks: set[int]) -> None:
        if blocks:
            self.marks_changed.emit(blocks)
            self.counts_changed.emit()

    def _learn_known(self) -> None:
        """Ask the cache for what has not been asked before."""
        if self._checker is None or self._proof is None:
            return
        new = self._proof.wanted() - self._asked
        if new:
            self._asked |= new
            self.learn(self._checker.known(new).items())

    def _tell_wants(self) -> None:
        if self._checker is None or self._proof is None:
            return
        self._learn_known()
        visible = self._proof.urls_between(*self._visible)
        self._checker.want(self.name, {url: url in visible for url in self._proof.wanted()})

    # changing the text

    def replace_lines(self, lines: Sequence[str]) -> None:
        """Make the text these lines in one undo step, touching only what differs."""
        edit = difference(self.lines, lines)
        if edit.removed or edit.lines:
            change = as_text_edit(edit, self.lines)
            apply_edits(cursor_for(self.text, caret_at(change.start)), [change])  # undo leads there

    def close(self) -> None:
        """Want nothing more."""
        self._rest.stop()
        if self._checker is not None:
            self._checker.typing(self.name, None)
            self._checker.want(self.name, {})


def _outline(blocks: "Iterable[Block]") -> list[tuple[int, str]]:
    return [(each.level, each.text) for block in blocks for each in block.headings]


def _has_other_hrefs(change: "Change") -> bool:
    before, after = ([each.links for each in part] for part in (change.removed, change.added))
    return before != after and _hrefs(change.removed) != _hrefs(change.added)


def _hrefs(blocks: "Iterable[Block]") -> set[str | None]:
    return {link.href for block in blocks for link in block.links}
