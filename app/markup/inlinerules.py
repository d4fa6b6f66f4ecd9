"""Inline rules that remember where links, emphasis and code stand in their content.

Positions are offsets into the content of one inline token (see `app.markup.blockrules` for how
they become lines and columns). Each token that matters gets ``meta["at"] = (start, end)``; a
link's opening token gets ``meta["found"]`` too.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

from markdown_it.helpers import parseLinkLabel
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

from app.markup.found import Found, special
from app.markup.linkrules import image, link, open_token, parse_within
from app.markup.model import LinkKind

if TYPE_CHECKING:
    from markdown_it import MarkdownIt

InlineRule = Callable[[StateInline, bool], bool]


def install(md: MarkdownIt) -> None:
    """Put the rules of this module in place of markdown-it's."""
    ruler = md.inline.ruler
    ruler.at("link", link)
    ruler.at("image", image)
    ruler.at("autolink", _autolink)
    ruler.after("image", "footnote_inline", _inline_footnote)
    ruler.after("footnote_inline", "footnote_ref", _footnote_reference)
    ruler.at("backticks", _noting(backtick))
    ruler.at("html_inline", _noting(html_inline))
    ruler.at("entity", _noting(entity))
    ruler.at("escape", _noting(escape))
    ruler.at("emphasis", _noting_delimiters(emphasis.tokenize))
    ruler.at("strikethrough", _noting_delimiters(strikethrough.tokenize))


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
        open_token(
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
        parse_within(state, content, start + 2, children, muted=False)
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
