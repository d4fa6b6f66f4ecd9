"""The inline rules for links and images, which know where every part of one stands.

They follow CommonMark 0.31 sections 6.3 and 6.4 as markdown-it reads them, and beyond that accept
destinations with template tags, and report what was meant as a link and is none: references that
nothing defines, and destinations that markdown-it refuses.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from markdown_it.common.utils import normalizeReference
from markdown_it.helpers import parseLinkDestination, parseLinkLabel, parseLinkTitle
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token

from app.markup.found import REFUSED_SCHEME, Found, special
from app.markup.model import LinkKind, Mistake
from app.markup.template import TAG, has_tag

TEMPLATE_TARGET = re.compile(
    rf"[ \t\n]*((?>{TAG.pattern}|[^\s()<>])++)(?:[ \t\n]+(?:\"[^\"]*\"|'[^']*'))?[ \t\n]*\)"
)
LABEL = re.compile(r"\[((?:[^\[\]\\]|\\.){0,999})\]", re.DOTALL)
"""The label of a reference; CommonMark allows no brackets in it and 999 characters."""
WORD_BEFORE = re.compile(r"[\w\])]")
PLAIN_TARGET = re.compile(
    r"\((https?://[a-z0-9-]{1,60}(?:\.[a-z0-9-]{1,60}){0,3}(?::\d{1,5})?"
    r"(?:/[A-Za-z0-9/?=+$,\-_.!~*&@:#]*+)?)\)"
)
"""Nearly every destination: one that needs no unescaping, and that normalising leaves as it is."""


def open_token(state: StateInline, index: int, found: Found) -> None:
    """Note on a link's opening token, or an image's, what was found."""
    token = state.tokens[index]
    token.meta["at"] = (found.whole_start, found.whole_end)
    token.meta["found"] = found


@dataclass(slots=True)
class _Target:
    """What follows the ``]`` of a link: offsets into the state's source."""

    href: str
    title: str
    start: int
    end: int
    after: int
    label: str | None = None
    mistake: Mistake | None = None


def link(state: StateInline, silent: bool) -> bool:
    """Inline and reference links, CommonMark 0.31 section 6.3."""
    start = state.pos
    if state.src[start] != "[" or state.html_terminator_last("]") < start:
        return False
    text_end = parseLinkLabel(state, start, True)
    if text_end < 0:
        return False
    target = _target(state, start, text_end, silent, image=False)
    if target is None:
        return False
    if not silent:
        maximum = state.posMax
        kind = LinkKind.INLINE if target.label is None else LinkKind.REFERENCE
        token = state.push("link_open", "a", 1)
        open_token(state, len(state.tokens) - 1, _found(state, kind, start, text_end, target))
        token.attrs = {"href": target.href}
        if target.title:
            token.attrs["title"] = target.title
        state.pos, state.posMax = start + 1, text_end
        state.linkLevel += 1
        state.md.inline.tokenize(state)
        state.linkLevel -= 1
        state.push("link_close", "a", -1)
        state.posMax = maximum
    state.pos = target.after
    return True


def image(state: StateInline, silent: bool) -> bool:
    """Images, CommonMark 0.31 section 6.4."""
    start = state.pos
    if not state.src.startswith("![", start, state.posMax):
        return False
    if state.html_terminator_last("]") < start:
        return False
    text_end = parseLinkLabel(state, start + 1, False)
    if text_end < 0:
        return False
    target = _target(state, start + 1, text_end, silent, image=True)
    if target is None:
        return False
    if not silent:
        content = state.src[start + 2 : text_end]
        children: list[Token] = []
        parse_within(state, content, start + 2, children, muted=True)
        token = state.push("image", "img", 0)
        found = _found(state, LinkKind.IMAGE, start, text_end, target)
        open_token(state, len(state.tokens) - 1, found)
        token.attrs = {"src": target.href, "alt": ""}
        token.children = children
        token.content = content
        if target.title:
            token.attrs["title"] = target.title
    state.pos = target.after
    return True


def _found(state: StateInline, kind: LinkKind, start: int, text_end: int, target: _Target) -> Found:
    base = state.env["base"]
    whole = (base + start, base + target.after)
    span = (base + target.start, base + target.end) if target.label is None else whole
    return Found(
        kind,
        target.href,
        *span,
        *whole,
        text_end=base + text_end,
        title=target.title,
        label=target.label,
        mistake=target.mistake,
    )


def _target(
    state: StateInline, bracket: int, text_end: int, silent: bool, *, image: bool
) -> _Target | None:
    after = text_end + 1
    if after >= state.posMax or state.src[after] != "(":
        return _reference_target(state, bracket, text_end, silent, image=image)
    target = _inline_target(state, after) or _template_target(state, after)
    if target is None and not silent:
        _note_refused(state, bracket, text_end, image=image)
    if target is None and not image:
        target = _shortcut_target(state, bracket, text_end)
    return target


def _skip_blanks(text: str, at: int, end: int) -> int:
    while at < end and text[at] in " \t\n":
        at += 1
    return at


def _inline_target(state: StateInline, parenthesis: int) -> _Target | None:
    source, end = state.src, state.posMax
    if plain := PLAIN_TARGET.match(source, parenthesis, end):
        return _Target(plain[1], "", *plain.span(1), plain.end())
    begin = _skip_blanks(source, parenthesis + 1, end)
    if begin >= end:
        return None
    href, after, written = "", begin, (begin, begin)
    destination = parseLinkDestination(source, begin, end)
    if destination.ok:
        href = state.md.normalizeLink(destination.str)
        if not state.md.validateLink(href):
            return None
        after = destination.pos
        angle = source[begin] == "<"
        written = (begin + angle, after - angle)
    title = ""
    at = _skip_blanks(source, after, end)
    if at > after:
        found = parseLinkTitle(source, at, end, None)
        if at < end and found.ok:
            title = found.str
            at = _skip_blanks(source, found.pos, end)
    if at >= end or source[at] != ")":
        return None
    mistake = special(href, source[written[0] : written[1]])
    return _Target(href, title, *written, at + 1, mistake=mistake)


def _template_target(state: StateInline, parenthesis: int) -> _Target | None:
    """A destination with blanks inside a template tag: a link once the platform has filled it."""
    match = TEMPLATE_TARGET.match(state.src, parenthesis + 1, state.posMax)
    if not match or not has_tag(match[1]):
        return None
    return _Target(match[1], "", match.start(1), match.end(1), match.end(), None, Mistake.TEMPLATE)


def _note_refused(state: StateInline, bracket: int, text_end: int, *, image: bool) -> None:
    """Report ``[text](javascript:…)`` and its like, which markdown-it leaves as text."""
    source, end = state.src, state.posMax
    begin = _skip_blanks(source, text_end + 2, end)
    destination = parseLinkDestination(source, begin, end)
    if not destination.ok or not _reportable(state, bracket, image=image):
        return
    after = _skip_blanks(source, destination.pos, end)
    title = parseLinkTitle(source, after, end, None)
    if title.ok and after > destination.pos:
        after = _skip_blanks(source, title.pos, end)
    if not REFUSED_SCHEME.match(destination.str) or source[after : after + 1] != ")":
        return
    base = state.env["base"]
    angle = source[begin] == "<"
    state.env["finds"].append(
        Found(
            LinkKind.IMAGE if image else LinkKind.INLINE,
            destination.str,
            base + begin + angle,
            base + destination.pos - angle,
            base + bracket - image,
            base + after + 1,
            text=source[bracket + 1 : text_end],
            mistake=special(destination.str, destination.str),
        )
    )


def _shortcut_target(state: StateInline, bracket: int, text_end: int) -> _Target | None:
    label = normalizeReference(state.src[bracket + 1 : text_end])
    return _defined(state, label, bracket, text_end + 1)


def _defined(state: StateInline, label: str, start: int, after: int) -> _Target | None:
    definition = state.env["references"].get(label)
    if definition is None:
        return None
    href, title = definition
    return _Target(href, title, start, after, after, label, special(href, href))


def _reference_target(
    state: StateInline, bracket: int, text_end: int, silent: bool, *, image: bool
) -> _Target | None:
    """Full, collapsed and shortcut references; a full one that nothing defines is reported."""
    source, end = state.src, state.posMax
    after = text_end + 1
    match = LABEL.match(source, after, end)
    if not match or not match[1]:
        label = normalizeReference(source[bracket + 1 : text_end])
        return _defined(state, label, bracket, match.end() if match else after) if label else None
    label = normalizeReference(match[1])
    target = _defined(state, label, bracket, match.end())
    if target or silent or not label:
        return target
    if _plainly_meant(state, bracket, label, image=image):
        base = state.env["base"]
        whole = (base + bracket - image, base + match.end())
        kind = LinkKind.IMAGE if image else LinkKind.REFERENCE
        state.env["finds"].append(
            Found(
                kind,
                None,
                *whole,
                *whole,
                text=source[bracket + 1 : text_end],
                label=label,
                mistake=Mistake.REFERENCE_UNDEFINED,
            )
        )
    return target


def _plainly_meant(state: StateInline, bracket: int, label: str, *, image: bool) -> bool:
    """Whether ``[text][label]`` can only be a link: not ``a[i][j]``, options, or a footnote."""
    if label[0] in "^-" or state.src[bracket + 1] in "^-":
        return False
    before = bracket - 1 - image
    return _reportable(state, bracket, image=image) and (
        before < 0 or not WORD_BEFORE.match(state.src[before])
    )


def _reportable(state: StateInline, bracket: int, *, image: bool) -> bool:
    """Whether what is no link may be reported: not inside one, and an image only once."""
    if state.env["muted"] or state.linkLevel:
        return False
    return image or state.src[bracket - 1 : bracket] != "!"


def parse_within(
    state: StateInline, content: str, offset: int, out: list[Token], *, muted: bool
) -> None:
    """Parse a part of the content on its own, as alternative texts and inline footnotes are."""
    env = state.env
    base, was_muted = env["base"], env["muted"]
    env["base"], env["muted"] = base + offset, was_muted or muted
    state.md.inline.parse(content, state.md, env, out)
    env["base"], env["muted"] = base, was_muted
