"""Bare links in text: ``https://…``, ``www.…`` and e-mail addresses.

GFM section 6.9 says which text is a link; where a URL ends is linkify-it's rule (the reference
parser's) with GFM's trailing punctuation, and with two cuts of our own: CJK and full-width
punctuation, which writers set directly against a URL, and entities of quotes and brackets. Hosts
without a scheme are not guessed.
"""

from __future__ import annotations

import re
from functools import cached_property
from typing import TYPE_CHECKING

from markdown_it.rules_inline import StateInline

from app.markup.found import Found, special
from app.markup.model import LinkKind

if TYPE_CHECKING:
    from markdown_it import MarkdownIt

LONGEST = 8192
"""Characters of a bare URL that are looked at."""

_TERMINATORS = r"[\n!#$%&*+\-:<=>@\[\\\]^_`{}~]"
_WWW = r"(?<![\w./:@-])[wW]{3}\."
_LOCAL = r"[A-Za-z0-9][A-Za-z0-9.+_-]{0,63}+"
_MAIL = rf"(?<![A-Za-z0-9.+_/@-]){_LOCAL}@"
STOPS = {
    (False, False): re.compile(_TERMINATORS),
    (True, False): re.compile(f"{_TERMINATORS}|{_WWW}"),
    (False, True): re.compile(f"{_TERMINATORS}|{_MAIL}"),
    (True, True): re.compile(f"{_TERMINATORS}|{_WWW}|{_MAIL}"),
}
"""Where the text rule stops, by whether the content has ``www.`` and ``@``."""

_SCHEME = re.compile(r"(?:^|[^A-Za-z0-9.+-])(https?|ftp)$", re.IGNORECASE)
_WWW_HERE = re.compile(_WWW)
_MAIL_HERE = re.compile(
    rf"(?<![A-Za-z0-9.+_/@-]){_LOCAL}@(?:[A-Za-z0-9](?:[A-Za-z0-9_-]{{0,61}}[A-Za-z0-9])?\.)+"
    r"[A-Za-z](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])(?![\w@-])"
)
_DOUBLED = re.compile(r"(?:https?|ftp)://(?:https?|ftp)$", re.IGNORECASE)
_CUT = re.compile(
    "[\\u3000-\\u3004\\u3007-\\u3011\\u3014-\\u301f\\u30fb\\uff01\\uff08\\uff09\\uff0c\\uff0e"
    "\\uff1a\\uff1b\\uff1f\\uff3b\\uff3d\\uff5b\\uff5d\\uff5f-\\uff65\\u2018-\\u201f\\u2026"
    "\\u00ab\\u00bb]|&(?:quot|lt|gt|apos|nbsp|#39|#34);"
)
_TRAILING = re.compile(r"""(?:[?!.,:*_~'"]|&[A-Za-z0-9]+;)+$""")


def install(md: MarkdownIt) -> None:
    """Put the rules of this module in place of markdown-it's."""
    linkify = md.linkify
    if linkify is None:  # pragma: no cover - a declared dependency
        raise ModuleNotFoundError("linkify-it-py is not installed")
    finder = _Finder(
        linkify.re["src_auth"], linkify.re["src_host_port_strict"], linkify.re["src_path"]
    )
    ruler = md.inline.ruler
    ruler.at("text", _text)
    ruler.at("linkify", finder.url)
    ruler.after("linkify", "www", finder.www)
    ruler.after("www", "mail", _mail)


def stops(content: str) -> re.Pattern[str]:
    """Where the text rule stops in this content."""
    return STOPS["www." in content.lower(), "@" in content]


def _text(state: StateInline, silent: bool) -> bool:
    """Take text up to the next character, or address, that another rule may want."""
    start = state.pos
    match = state.env["stops"].search(state.src, start, state.posMax)
    end: int = match.start() if match else state.posMax
    if end == start:
        return False
    if not silent:
        state.append_pending(state.src[start:end])
    state.pos = end
    return True


class _Finder:
    """The rules for ``scheme://`` and ``www.``, with linkify-it's idea of a host and a path."""

    def __init__(self, auth: str, host: str, path: str) -> None:
        self._auth, self._host_and_path = auth, host + path

    # Compiled when first needed, since that takes longer than reading a short draft without them.
    @cached_property
    def _after_scheme(self) -> re.Pattern[str]:
        return re.compile(f"//{self._auth}{self._host_and_path}", re.IGNORECASE)

    @cached_property
    def _after_www(self) -> re.Pattern[str]:
        return re.compile(self._host_and_path, re.IGNORECASE)

    def url(self, state: StateInline, silent: bool) -> bool:
        """A URL with its scheme; called at the colon, the scheme is pending text."""
        colon = state.pos
        if silent or state.linkLevel or not state.src.startswith("://", colon, state.posMax):
            return False
        scheme = _SCHEME.search(state.src, max(0, colon - 6), colon)
        if not scheme or not state.pending.endswith(scheme[1]):
            return False
        start = scheme.start(1)
        end = self._end(state.src, colon + 1, min(state.posMax, colon + LONGEST))
        if end <= colon + 3:
            return False
        if _DOUBLED.fullmatch(state.src, start, end) and state.src.startswith("://", end):
            end = max(end, self._end(state.src, end + 1, min(state.posMax, end + LONGEST)))
        written = _trimmed(state.src[start:end])
        if len(written) <= len(scheme[1]) + 3:
            return False
        state.pending = state.pending[: -len(scheme[1])]
        return _push(state, start, start + len(written), "")

    def _end(self, source: str, slashes: int, limit: int) -> int:
        match = self._after_scheme.match(source, slashes, limit)
        return match.end() if match else -1

    def www(self, state: StateInline, silent: bool) -> bool:
        """A host that begins with ``www.``."""
        start = state.pos
        if silent or state.linkLevel or state.src[start] not in "wW":
            return False
        limit = min(state.posMax, start + LONGEST)
        if not _WWW_HERE.match(state.src, start, limit):
            return False
        match = self._after_www.match(state.src, start, limit)
        written = _trimmed(match[0]) if match else ""
        if written.count(".") < 2 and len(written) < 5:
            return False
        return _push(state, start, start + len(written), "http://")


def _mail(state: StateInline, silent: bool) -> bool:
    """A bare e-mail address, with ``mailto:`` where that is written before it."""
    start = state.pos
    if silent or state.linkLevel:
        return False
    match = _MAIL_HERE.match(state.src, start, state.posMax)
    if not match:
        return False
    if state.pending.lower().endswith("mailto:"):
        state.pending = state.pending[:-7]
        return _push(state, start - 7, match.end(), "")
    return _push(state, start, match.end(), "mailto:")


def _trimmed(url: str) -> str:
    """The URL without what follows it in the sentence (GFM section 6.9)."""
    if cut := _CUT.search(url):
        url = url[: cut.start()]
    while True:
        shorter = _TRAILING.sub("", url)
        if shorter.endswith(")") and shorter.count(")") > shorter.count("("):
            shorter = shorter[:-1]
        if shorter == url:
            return url
        url = shorter


def _push(state: StateInline, start: int, end: int, prefix: str) -> bool:
    written = state.src[start:end]
    href = state.md.normalizeLink(prefix + written)
    base = state.env["base"]
    at = (base + start, base + end)
    token = state.push("link_open", "a", 1)
    token.attrs = {"href": href}
    token.markup = "linkify"
    token.info = "auto"
    token.meta["at"] = at
    token.meta["found"] = Found(LinkKind.BARE, href, *at, *at, mistake=special(href, written))
    token = state.push("text", "", 0)
    token.content = written
    token = state.push("link_close", "a", -1)
    token.markup = "linkify"
    token.info = "auto"
    state.pos = end
    return True
