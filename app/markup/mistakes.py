"""Mistyped links: what a reader sees as brackets and parentheses, and the writer meant as a link.

Only plain cases are reported, each seen in issues that were really sent. What is inside code, raw
HTML or a working link is left alone. The bare URL inside a mistake, which mail clients make a
link of, is reported beside it as ``bare``: it is what readers can click.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from markdown_it.token import Token

from app.markup.found import Found
from app.markup.model import LinkKind, Mistake
from app.markup.template import has_tag

_URL = r"(?:https?://|www\.|mailto:|//[\w-]+\.)"
_SWAPPED = re.compile(
    r"\(([^()\[\]\n]*+(?:\([^()\[\]\n]*+\)[^()\[\]\n]*+)*+)\)"
    rf"\[({_URL}[^\s\[\]]+)\](?![(\[:])"
)
_APART = re.compile(rf"\]([ \t]+)\(({_URL}[^\s()]*(?:\([^\s()]*\)[^\s()]*)*)\)")
_TARGET = re.compile(rf"\]\([ \t]*({_URL}[^\s()]*(?:\([^\s()]*\)[^\s()]*)*)")
_BLANK_TARGET = re.compile(r"\]\(([^()\n<>\"']*?(?:://|(?<=\()www\.)[^()\n<>]*)\)")
_SENTENCE_END = re.compile(r"[.,;:!?*_]+$")
_DEFINITION_LIKE = re.compile(r"\[[^\[\]]+\]:[ \t]*\S")
_EMPTY_DEFINITION = re.compile(r"\[(?!\^)((?:[^\[\]\\]|\\.)+)\]:[ \t]*$")
_NUMBER = re.compile(r"\^?[\d\s,]*$|[xX]$|\s$")

_NO_PAIR = "Readers will see the brackets instead of a link."


def find(content: str, tokens: Sequence[Token], finds: Sequence[Found]) -> list[Found]:
    """The mistakes in the content of one paragraph, heading or table cell."""
    if "]" not in content:
        return []
    taken = _Taken(tokens, finds)
    found = [*_empty_definitions(content)]
    if "(" in content:
        found += [m for m in _brackets(content) if taken.free(m.whole_start, m.whole_end)]
    return found


class _Taken:
    """Which stretches are code, raw HTML, or links that work."""

    def __init__(self, tokens: Sequence[Token], finds: Sequence[Found]) -> None:
        self._inner = [
            token.meta["at"] for token in tokens if token.type in ("code_inline", "html_inline")
        ]
        self._links = [
            (found.whole_start, found.whole_end)
            for found in finds
            if found.kind is not LinkKind.BARE and found.href is not None
        ]

    def free(self, start: int, end: int) -> bool:
        """Whether a mistake may be here: brackets in no code, and in no link."""
        return not any(first < end and start < last for first, last in self._links) and not any(
            first <= start < last or first < end <= last for first, last in self._inner
        )


def _brackets(content: str) -> Iterator[Found]:
    reported: list[tuple[int, int]] = []
    for candidate in (*_swapped(content), *_apart(content), *_unclosed(content), *_blanks(content)):
        if any(a < candidate.whole_end and candidate.whole_start < b for a, b in reported):
            continue
        reported.append((candidate.whole_start, candidate.whole_end))
        yield candidate


def _mistake(
    whole: tuple[int, int],
    target: tuple[int, int],
    text: str,
    fix: str | None,
    detail: str,
    mistake: Mistake = Mistake.BRACKET_MISTAKE,
) -> Found:
    return Found(
        LinkKind.MISTAKE, None, *target, *whole, text=text, mistake=mistake, fix=fix, detail=detail
    )


def _swapped(content: str) -> Iterator[Found]:
    if ")[" not in content:
        return
    for match in _SWAPPED.finditer(content):
        yield _mistake(
            match.span(),
            match.span(2),
            match[1],
            f"[{match[1]}]({match[2]})",
            "The brackets are swapped: the text belongs in [ ], the address in ( ).",
        )


def _apart(content: str) -> Iterator[Found]:
    for match in _APART.finditer(content):
        opening = _opening(content, match.start())
        if opening < 0 or _NUMBER.match(content, opening + 1, match.start()):
            continue
        text = content[opening + 1 : match.start()]
        yield _mistake(
            (opening, match.end()),
            match.span(2),
            text,
            f"[{text}]({match[2]})",
            f"There is a blank between ] and (. {_NO_PAIR}",
        )


def _unclosed(content: str) -> Iterator[Found]:
    for match in _TARGET.finditer(content):
        after = content[match.end() : match.end() + 1]
        opening = _opening(content, match.start())
        if opening < 0 or after not in ("", " ", "\t", "\n") or _closes_later(content, match.end()):
            continue
        url = _SENTENCE_END.sub("", match[1])
        end = match.start(1) + len(url)
        text = content[opening + 1 : match.start()]
        yield _mistake(
            (opening, end),
            (match.start(1), end),
            text,
            f"[{text}]({url})",
            f"The ) at the end of the address is missing. {_NO_PAIR}",
        )


def _closes_later(content: str, at: int) -> bool:
    """Whether a closing parenthesis follows on the line before anything opens."""
    match = re.compile(r"[^()\[\]\n]*\)").match(content, at)
    return bool(match)


def _blanks(content: str) -> Iterator[Found]:
    """A destination with blanks in it, which makes it no link."""
    for match in _BLANK_TARGET.finditer(content):
        opening = _opening(content, match.start())
        written = match[1].strip()
        if opening < 0 or has_tag(written) or not any(blank in written for blank in " \t"):
            continue
        image = opening > 0 and content[opening - 1] == "!"
        yield _mistake(
            (opening - image, match.end()),
            match.span(1),
            content[opening + 1 : match.start()],
            None,
            f"The address has blanks in it. {_NO_PAIR}",
            Mistake.MALFORMED,
        )


def _opening(content: str, closing: int) -> int:
    """The ``[`` that belongs to a ``]``, or -1."""
    depth = 0
    for at in range(closing, max(-1, closing - 1000), -1):
        character = content[at]
        if at and content[at - 1] == "\\":
            continue
        if character == "]":
            depth += 1
        elif character == "[":
            depth -= 1
            if depth == 0:
                return at
    return -1


def _empty_definitions(content: str) -> Iterator[Found]:
    """``[label]:`` without a target; it makes the definitions right below it plain text."""
    if "]:" not in content:
        return
    lines = content.split("\n")
    like = [bool(_DEFINITION_LIKE.match(line.lstrip(" \t"))) for line in lines]
    swallowed = sum(like)
    offset = 0
    for index, line in enumerate(lines):
        written = line.lstrip(" \t")
        match = _EMPTY_DEFINITION.match(written)
        swallowed -= like[index]
        before = index > 0 and like[index - 1]
        if match and (swallowed or before or len(lines) == 1):
            start = offset + len(line) - len(written)
            whole = (start, start + len(written.rstrip(" \t")))
            detail = "This definition has no address."
            if swallowed:
                many = "definition" if swallowed == 1 else f"{swallowed} definitions"
                detail += f" It also turns the {many} right below it into plain text."
            yield Found(
                LinkKind.MISTAKE,
                None,
                *whole,
                *whole,
                text=match[1],
                label=match[1],
                mistake=Mistake.DEFINITION_EMPTY,
                detail=detail,
            )
        offset += len(line) + 1
