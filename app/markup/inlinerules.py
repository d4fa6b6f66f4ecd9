"""Inline rules that remember where links, emphasis and code stand in their content.

Positions are offsets into the content of one inline token (see `app.markup.blockrules` for how
they become lines and columns). Each token that matters gets ``meta["at"] = (start, end)``; a
link's opening token gets ``meta["found"]`` too.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from markdown_it.common.utils import normalizeReference
from markdown_it.helpers import parseLinkDestination, parseLinkLabel, parseLinkTitle
from markdown_it.rules_inline import (
    StateInline,
    autolink,
    backtick,
    emphasis,
    entity,
    escape,
    html_inline,
    strikethrough,
)
from markdown_it.token import Token

from app.markup.model import LinkKind, Mistake
from app.markup.template import TAG, has_tag

if TYPE_CHECKING:
    from markdown_it import MarkdownIt

InlineRule = Callable[[StateInline, bool], bool]

REFUSED_SCHEME = re.compile(r"\s*(javascript|vbscript|file|data):", re.IGNORECASE)
TEMPLATE_TARGET = re.compile(
    rf"[ \t\n]*((?:{TAG.pattern}|[^\s()<>])+)(?:[ \t\n]+(?:\"[^\"]*\"|'[^']*'))?[ \t\n]*\)"
)
LABEL = re.compile(r"\[((?:[^\[\]\\]|\\.){0,999})\]", re.DOTALL)
"""The label of a reference; CommonMark allows no brackets in it and 999 characters."""
WORD_BEFORE = re.compile(r"[\w\])]")


@dataclass(slots=True)
class Found:
    """A link in the content of one inline token; offsets into that content, ends exclusive."""

    kind: LinkKind
    href: str | None
    start: int
    end: int
    whole_start: int
    whole_end: int
    text: str = ""
    text_end: int = 0
    title: str = ""
    label: str | None = None
    mistake: Mistake | None = None
    fix: str | None = None
    detail: str = ""


def install(md: MarkdownIt) -> None:
    """Put the rules of this module in place of markdown-it's."""
    ruler = md.inline.ruler
    ruler.at("link", _link)
    ruler.at("image", _image)
    ruler.at("autolink", _autolink)
    ruler.after("image", "footnote_inline", _inline_footnote)
    ruler.after("footnote_inline", "footnote_ref", _footnote_reference)
    ruler.at("backticks", _noting(backtick))
    ruler.at("html_inline", _noting(html_inline))
    ruler.at("entity", _noting(entity))
    ruler.at("escape", _noting(escape))
    ruler.at("emphasis", _noting_delimiters(emphasis.tokenize))
    ruler.at("strikethrough", _noting_delimiters(strikethrough.tokenize))


def special(href: str, written: str) -> Mistake | None:
    """What the destination alone tells: empty, filled in when sent, or not for readers."""
    if not written.strip():
        return Mistake.EMPTY
    if has_tag(written) or has_tag(href):
        return Mistake.TEMPLATE
    if refused := REFUSED_SCHEME.match(href):
        return Mistake.DATA_URI if refused[1].lower() == "data" else Mistake.UNSAFE_SCHEME
    return None


def _noting(rule: InlineRule) -> InlineRule:
    """The rule, noting its extent on the one token that it makes."""

    def noting(state: StateInline, silent: bool) -> bool:
        start = state.pos
        count = len(state.tokens)
        if not rule(state, silent):
            return False
        if not silent and len(state.tokens) > count:
            base = state.env["base"]
            state.tokens[-1].meta["at"] = (base + start, base + state.pos)
        return True

    return noting


def _noting_delimiters(rule: InlineRule) -> InlineRule:
    """The rule, noting the place of each delimiter token; pairs become emphasis later."""

    def noting(state: StateInline, silent: bool) -> bool:
        at: int = state.env["base"] + state.pos
        count = len(state.tokens) + bool(state.pending)
        if not rule(state, silent):
            return False
        for token in state.tokens[count:]:
            token.meta["at"] = (at, at + len(token.content))
            at += len(token.content)
        return True

    return noting


def _autolink(state: StateInline, silent: bool) -> bool:
    start = state.pos
    count = len(state.tokens) + bool(state.pending)
    if not autolink(state, silent):
        return False
    if not silent:
        base = state.env["base"]
        written = state.src[start + 1 : state.pos - 1]
        href = str(state.tokens[count].attrs["href"])
        _open_token(
            state,
            count,
            Found(
                LinkKind.AUTOLINK,
                href,
                base + start + 1,
                base + state.pos - 1,
                base + start,
                base + state.pos,
                mistake=special(href, written),
            ),
        )
    return True


def _open_token(state: StateInline, index: int, found: Found) -> None:
    token = state.tokens[index]
    token.meta["at"] = (found.whole_start, found.whole_end)
    token.meta["found"] = found


# Links and images ------------------------------------------------------------------------------


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


def _link(state: StateInline, silent: bool) -> bool:
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
        _open_token(state, len(state.tokens) - 1, _found(state, kind, start, text_end, target))
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


def _image(state: StateInline, silent: bool) -> bool:
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
        _parse_within(state, content, start + 2, children, muted=True)
        token = state.push("image", "img", 0)
        found = _found(state, LinkKind.IMAGE, start, text_end, target)
        _open_token(state, len(state.tokens) - 1, found)
        token.attrs = {"src": target.href, "alt": ""}
        token.children = children
        token.content = content
        if target.title:
            token.attrs["title"] = target.title
    state.pos = target.after
    return True


def _parse_within(
    state: StateInline, content: str, offset: int, out: list[Token], *, muted: bool
) -> None:
    """Parse a part of the content on its own, as alternative texts and inline footnotes are."""
    env = state.env
    base, was_muted = env["base"], env["muted"]
    env["base"], env["muted"] = base + offset, was_muted or muted
    state.md.inline.parse(content, state.md, env, out)
    env["base"], env["muted"] = base, was_muted


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


# Footnotes -------------------------------------------------------------------------------------


def _inline_footnote(state: StateInline, silent: bool) -> bool:
    """Pandoc's ``^[text]``."""
    start = state.pos
    if not state.src.startswith("^[", start, state.posMax):
        return False
    if state.html_terminator_last("]") < start:
        return False
    end = parseLinkLabel(state, start + 1)
    if end < 0:
        return False
    if not silent:
        content = state.src[start + 2 : end]
        children: list[Token] = []
        _parse_within(state, content, start + 2, children, muted=False)
        token = state.push("footnote_ref", "", 0)
        token.children = children
        token.content = content
        base = state.env["base"]
        token.meta = {"at": (base + start, base + end + 1)}
    state.pos = end + 1
    return True


NOTE_REFERENCE = re.compile(r"\[\^([^\]\s]{1,999})\]")


def _footnote_reference(state: StateInline, silent: bool) -> bool:
    """``[^label]``, where the draft has a footnote of that label."""
    match = NOTE_REFERENCE.match(state.src, state.pos, state.posMax)
    if not match or not state.env["notes"].get(match[1]):
        return False
    if not silent:
        token = state.push("footnote_ref", "", 0)
        base = state.env["base"]
        token.meta = {"label": match[1], "at": (base + match.start(), base + match.end())}
    state.pos = match.end()
    return True
