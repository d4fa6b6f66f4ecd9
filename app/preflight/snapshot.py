"""A draft as the rules see it: taken in the thread of the editor, judged in any other.

Nothing here changes once it is taken, and a part of the draft that an edit did not touch is the
same object as before: what was found in it holds.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TypeVar, cast

from markdown_it.token import Token

from app.linkcheck.verdict import Verdict
from app.markup import Block, Document, Heading, Link, Span
from app.markup.blocks import Leaf
from app.preflight.finding import Repair
from app.preflight.prose import Prose
from app.proof import Proof, ProofedLink, fixes
from app.publish import Letter, letter_of
from app.publish.letter import LANGUAGE_KEYS, PREHEADER_KEYS, SUBJECT_KEYS

_T = TypeVar("_T")
_PAGE = re.compile(r"\ufeff?\s*<(?:!doctype\s+html|html|head|body)\b", re.IGNORECASE)
_LINKS_A_STEP = 50
_FIELD = re.compile(r"([A-Za-z_][\w-]*)\s*[:=]\s")
_HEAD_KEYS = frozenset([*SUBJECT_KEYS, *PREHEADER_KEYS, *LANGUAGE_KEYS, "date", "slug", "tags"])
_VALUE = re.compile(r"\ufeff?\s*([\w. -]+?)\s*[:=]\s*(.*)$")


@dataclass(frozen=True, slots=True)
class SeenLink:
    """A link, in lines of its block, with what is known of it."""

    link: Link
    verdict: Verdict
    url: str | None
    repairs: tuple[Repair, ...] = ()


class Part:
    """One block of the draft. It is its own key: equal only to itself.

    Attributes:
        content: The same object for as long as nothing but the links' verdicts changed.
        stamp: The proof's, of when the links were looked at.
    """

    def __init__(self, block: Block, links: tuple[SeenLink, ...], stamp: object) -> None:
        self.id = block.id
        self.kind = block.kind
        self.lines = block.lines
        self.tokens: Sequence[Token] = block.tokens
        self.leaves: Sequence[Leaf] = block.leaves
        self.headings: tuple[Heading, ...] = block.headings
        self.words = block.words
        self.too_deep = block.too_deep
        self.links = links
        self.stamp = stamp
        self.content = object()
        self._leaves, self._links = block.leaves, block.links
        self._kept: dict[object, object] = {}

    def is_of(self, block: Block) -> bool:
        """Whether the block still says what it said when this was taken, links' verdicts apart."""
        return self._leaves is block.leaves and self._links == block.links

    def is_still(self, block: Block, proof: Proof) -> bool:
        """Whether nothing about it may differ, its links' verdicts neither.

        What mends a link of a reference is in another block, which moves on its own.
        """
        is_same = self.stamp is proof.stamp(block.id) and self._leaves is block.leaves
        return is_same and not block.used_labels

    def with_links(self, links: tuple[SeenLink, ...], stamp: object) -> "Part":
        """The same block with other verdicts; keeps what was read of its text."""
        part = Part.__new__(Part)
        part.__dict__.update(self.__dict__)
        part.links, part.stamp = links, stamp
        return part

    @cached_property
    def prose(self) -> Prose:
        """Its words as readers see them."""
        return Prose(self)

    def keep(self, key: object, make: "Callable[[Part], _T]") -> _T:
        """What several rules need, made once."""
        if key not in self._kept:
            self._kept[key] = make(self)
        return cast("_T", self._kept[key])

    def span_of_line(self, line: int) -> Span:
        """One line of it, whole."""
        return Span(line, 0, line, len(self.lines[line]))


@dataclass(frozen=True, slots=True)
class Frame:
    """What an inbox shows before the issue is opened, and where it is written.

    Attributes:
        letter: Subject, preheader, language and the rest.
        fields: The front matter.
        subject: The place of the subject; the draft's beginning where it has none.
        preheader: The place of the preheader; the draft's beginning where it has none.
        is_page: The draft is a whole page of HTML, which platforms put in no template of theirs.
        head: The lines of the front matter, fences included.
        unclosed: The lines of a front matter whose closing fence is missing; mostly none.
    """

    letter: Letter
    fields: Mapping[str, str]
    subject: Span
    preheader: Span
    is_page: bool
    head: tuple[str, ...] = ()
    unclosed: tuple[str, ...] = ()

    def place(self, keys: Sequence[str]) -> Span | None:
        """Where the front matter has the value of the first of these keys that has one."""
        return _place(self.head, self.fields, keys)


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A draft at one moment; ``starts`` are the first lines of its parts."""

    parts: tuple[Part, ...]
    starts: tuple[int, ...]
    frame: Frame


def take(document: Document, proof: Proof, before: Snapshot | None = None) -> Snapshot:
    """What the rules are to look at; work that is proportional to blocks and links, and small."""
    for snapshot in taking(document, proof, before):
        if snapshot is not None:
            return snapshot
    raise AssertionError("taking ends with a snapshot")


def taking(
    document: Document, proof: Proof, before: Snapshot | None = None
) -> Iterator[Snapshot | None]:
    """`take` in steps of well under a millisecond: None after each, and the snapshot at last.

    The document must not change between them. The links of a block are looked at where it is new,
    or something else is known of them.
    """
    known = {part.id: part for part in before.parts} if before else {}
    parts, starts = [], []
    for index, block in enumerate(document.blocks):
        start, part = document.first_line(index), known.get(block.id)
        if part is None or not part.is_still(block, proof):
            seen = list[SeenLink]()
            for each in proof.links_of(index):
                seen.append(_seen(each, start))
                if len(seen) % _LINKS_A_STEP == 0:
                    yield None
            part = _part(block, tuple(seen), part, proof.stamp(block.id))
        parts.append(part)
        starts.append(start)
        yield None
    yield Snapshot(tuple(parts), tuple(starts), _frame(document, before))


def _part(block: Block, seen: tuple[SeenLink, ...], known: Part | None, stamp: object) -> Part:
    if known is None or not known.is_of(block):
        return Part(block, seen, stamp)
    if known.links != seen:
        return known.with_links(seen, stamp)
    known.stamp = stamp
    return known


def _seen(each: ProofedLink, start: int) -> SeenLink:
    wanted = each.link.fix is not None or each.verdict.suggestion is not None
    repairs = tuple(
        Repair(
            fix.title,
            Span(fix.start[0] - start, fix.start[1], fix.end[0] - start, fix.end[1]),
            fix.replacement,
        )
        for fix in (fixes(each) if wanted else ())
    )
    return SeenLink(each.link, each.verdict, each.url, repairs)


def _frame(document: Document, before: Snapshot | None) -> Frame:
    matter = document.front_matter
    fields = dict(matter.fields) if matter else {}
    head = document.lines[: matter.line_count] if matter else []
    letter = letter_of(document)
    subject = _place(head, fields, SUBJECT_KEYS)
    if subject is None:
        first = next(iter(document.headings()), None)
        line = first.line if first and first.text == letter.subject else 0
        subject = Span(line, 0, line, len(document.lines[line]) if letter.subject else 0)
    body = next((line for line in document.lines[len(head) :] if line.strip("\ufeff \t")), "")
    frame = Frame(
        letter,
        fields,
        subject,
        _place(head, fields, PREHEADER_KEYS) or Span(0, 0, 0, 0),
        bool(_PAGE.match(body)),
        tuple(head),
        () if matter else _unclosed(document.lines),
    )
    return before.frame if before and before.frame == frame else frame


def _unclosed(lines: Sequence[str]) -> tuple[str, ...]:
    """The lines from the start that look like a front matter that nothing closes."""
    if lines[0].strip("\ufeff ") not in ("---", "+++"):
        return ()
    count, keys = 1, set[str]()
    while count < len(lines) and (match := _FIELD.match(lines[count])):
        keys.add(match[1].lower())
        count += 1
    return tuple(lines[:count]) if keys & _HEAD_KEYS else ()


def _place(head: Sequence[str], fields: Mapping[str, str], keys: Sequence[str]) -> Span | None:
    """Where the value of the first key that has one is written."""
    key = next((key for key in keys if fields.get(key, "").strip()), None)
    if key is None:
        return None
    for line, text in enumerate(head):
        match = _VALUE.match(text)
        if match and match[1].lower() == key:
            return Span(line, match.start(2), line, match.start(2) + len(match[2].rstrip()))
    return Span(0, 0, 0, 0)
