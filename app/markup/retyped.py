"""Letters and blanks typed into the plain text of a paragraph: its parse, moved along.

No rule of the parser tells letters from letters: a stretch of letters and blanks that has a blank
on both sides, in text that has none of the characters with which anything but emphasis begins,
may become any other such stretch, and all around it stays what it was. Where this cannot be seen
at a glance there is no answer, and the paragraph is parsed as any other block.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from markdown_it.token import Token

from app.lines import common_end, common_start
from app.markup.blocks import Block, Leaf
from app.markup.found import Found
from app.markup.inlines import Inline
from app.markup.model import Style

LONGEST = 8_000
"""Characters of a paragraph that is looked at."""
_PLAIN = re.compile(r"[A-Za-z ]*")
_TAGS = re.compile(r"[{|<]")
_BEGINS_SOMETHING = re.compile(r"[\\&:>@\[\]^`{}|<]")
_MARKED = ("em_open", "em_close", "strong_open", "strong_close", "s_open", "s_close")


def retyped(block: Block, old: str, new: str) -> Block | None:
    """The block with its first line ``old`` become ``new``, where that is plain to see.

    The line before the block must be blank.
    """
    if block.kind != "paragraph" or len(block.leaves) != 1 or len(block.tokens) != 3:
        return None
    leaf = block.leaves[0]
    if len(leaf.segments) != 1 or not _is_plain(leaf.inline):
        return None
    column, content = leaf.segments[0][2], leaf.inline.content
    if not old.startswith(content, column) or old[column + len(content) :].strip():
        return None
    stretch = _stretch(content, old[column:], new[column:])
    if stretch is None or old[:column] != new[:column]:
        return None
    return _Retyped(leaf.inline, *stretch).block(block, leaf, new)


def _is_plain(inline: Inline) -> bool:
    """Whether nothing in it depends on the rest of the draft, or is a mistake."""
    return (
        len(inline.content) <= LONGEST
        and not (inline.failed or inline.labels or inline.notes or inline.ids)
        and not inline.note_tokens
        and not _TAGS.search(inline.content)
        and not any(found.mistake or found.fix or found.detail for found in inline.finds)
    )


def _stretch(content: str, old: str, new: str) -> tuple[int, int, str] | None:
    """What was changed: from the blank before to the blank after it, and what is there now."""
    head = common_start(old, new)
    tail = common_end(old[head:], new[head:])
    first = content.rfind(" ", 0, head) + 1
    last = content.find(" ", len(old) - tail)
    if not first or last < 0:
        return None
    text = new[first : last + len(new) - len(old)]
    if not _PLAIN.fullmatch(content, first, last) or not _PLAIN.fullmatch(text):
        return None
    return first, last, text


class _Retyped:
    """Inline content whose stretch from ``first`` to ``last`` is another text."""

    def __init__(self, inline: Inline, first: int, last: int, text: str) -> None:
        self._inline = inline
        self._first, self._last, self._text = first, last, text
        self._shift = len(text) - (last - first)
        self._finds = {id(found): self._moved_find(found) for found in inline.finds}

    def block(self, block: Block, leaf: Leaf, line: str) -> Block | None:
        """The block with this content, where the tokens show that the stretch is plain text."""
        inline = self._content()
        if inline is None:
            return None
        opening, token, closing = block.tokens
        token = replace(token, content=inline.content, children=inline.tokens)
        made = Block((line, *block.lines[1:]), block.kind, [opening, token, closing])
        made.take([Leaf(token, leaf.segments, inline)])
        return made

    def _content(self) -> Inline | None:
        inline = self._inline
        tokens: list[Token] = []
        at = seen = in_link = 0
        text = None
        for token, start, end in _tiled(inline):
            if end < start or start != at:
                return None
            at = end
            in_link += token.nesting if token.tag == "a" else 0
            token = self._moved(token)
            if token.type == "text":
                if start < self._first and self._last < end and not in_link:
                    offset = self._first - start
                    text = self._spliced(inline.text, seen + offset)
                    token = _like(token, self._spliced(token.content, offset), token.meta)
                seen += end - start
            tokens.append(token)
        if at != len(inline.content) or text is None:
            return None
        old = inline.content[self._first : self._last]
        return Inline(
            self._spliced(inline.content, self._first),
            tokens,
            [self._finds[id(found)] for found in inline.finds],
            {},
            {},
            text,
            inline.words + len(self._text.split()) - len(old.split()),
            [],
            [],
            self._moved_ranges(),
        )

    def _spliced(self, text: str, at: int) -> str:
        return text[:at] + self._text + text[at + self._last - self._first :]

    def _moved(self, token: Token) -> Token:
        if "at" not in token.meta:
            return token
        start, end = token.meta["at"]
        if start < self._last:
            return token
        meta: dict[str, object] = {"at": (start + self._shift, end + self._shift)}
        if "found" in token.meta:
            meta["found"] = self._finds[id(token.meta["found"])]
        return _like(token, token.content, meta)

    def _moved_find(self, found: Found) -> Found:
        if found.whole_start < self._last:
            return found
        shift = self._shift
        return Found(
            found.kind,
            found.href,
            found.start + shift,
            found.end + shift,
            found.whole_start + shift,
            found.whole_end + shift,
            found.text,
            found.text_end and found.text_end + shift,
            found.title,
            found.label,
            found.mistake,
            found.fix,
            found.detail,
        )

    def _moved_ranges(self) -> list[tuple[int, int, Style]] | None:
        """The stretch has no marks, so that each range is before it, after it or around it."""
        first, last, shift = self._first, self._last, self._shift
        return self._inline.ranges and [
            (
                start if start < last else start + shift,
                end if end <= first else end + shift,
                style,
            )
            for start, end, style in self._inline.ranges
        ]


def _like(token: Token, content: str, meta: dict[str, object]) -> Token:
    """As `dataclasses.replace`, which takes six times as long for each of a paragraph's tokens."""
    return Token(
        token.type,
        token.tag,
        token.nesting,
        token.attrs,
        token.map,
        token.level,
        token.children,
        content,
        token.markup,
        token.info,
        meta,
        token.block,
        token.hidden,
    )


def _tiled(inline: Inline) -> Iterator[tuple[Token, int, int]]:
    """The tokens with the stretches of the content that they stand for, one after another.

    A token that is not understood stands for less than nothing.
    """
    content = inline.content
    at = 0
    opened: list[Found] = []
    for token in inline.tokens:
        end = -1
        if token.type == "text":
            if content.startswith(token.content, at) and (
                opened or not _BEGINS_SOMETHING.search(token.content)
            ):
                end = at + len(token.content)
        elif token.type in _MARKED:
            if content.startswith(token.markup, at):
                end = at + len(token.markup)
        elif token.type == "link_open":
            opened.append(token.meta["found"])
            end = at + (content[at] == "[")
        elif token.type == "link_close":
            end = opened.pop().whole_end
        elif token.type == "image":
            end = token.meta["found"].whole_end
        yield token, at, end
        at = end
