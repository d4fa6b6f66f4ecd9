"""Links, images and ids in raw HTML, with the exact place of each attribute's value.

A tokenizer after the WHATWG standard (section 13.2.5), as far as tags, attributes, comments and
raw-text elements go; it builds no tree and never fails.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from html.entities import html5

from app.markup.found import Found, special
from app.markup.model import LinkKind

_NEXT = re.compile(r"<(?:(!--)|([!?])|(/?)([A-Za-z][^\s/>]*))")
_COMMENT_END = re.compile(r"--!?>")
_ATTRIBUTE = re.compile(
    r"[\s/]*+([^\s/>=][^\s/>=]*+|=[^\s/>=]*+)(?:\s*+=\s*+(?:\"([^\"]*+)\"|'([^']*+)'|([^\s\"'>][^\s>]*+)))?"
)
_TAG_END = re.compile(r"[\s/]*+>")
_RAW_TEXT = {"script", "style", "textarea", "title", "xmp", "noembed", "noframes", "iframe"}
_LOADED = {"img", "audio", "video", "source", "track", "iframe", "embed", "input"}
"""Elements whose ``src`` the reader's client loads; all are reported as ``html_image``."""
_ENTITY = re.compile(
    r"&(?:#[xX]([0-9A-Fa-f]+);?|#([0-9]+);?|([A-Za-z][A-Za-z0-9]*)(;?)(?=(.?)))", re.DOTALL
)
_BLANKS = re.compile(r"\s+")
_WANTED = {"href", "src", "id", "name", "alt"}


@dataclass(slots=True)
class Tag:
    """A tag: its extent, and the wanted attributes as (raw value, offset of the raw value)."""

    name: str
    start: int
    end: int
    closing: bool
    attributes: dict[str, tuple[str, int]]


@dataclass(slots=True)
class Text:
    """Text between tags, as written."""

    start: int
    end: int


@dataclass(slots=True)
class Comment:
    """A comment, declaration, processing instruction, or the inside of a script or style."""

    start: int
    end: int


def tokens(source: str) -> Iterator[Tag | Text | Comment]:
    """The parts of a piece of HTML, in order, without gaps."""
    at = 0
    while match := _NEXT.search(source, at):
        start = match.start()
        if start > at:
            yield Text(at, start)
        if match[1] or match[2]:
            at = _comment_end(source, match)
            yield Comment(start, at)
            continue
        tag = _tag(source, match)
        at = tag.end
        yield tag
        if tag.name in _RAW_TEXT and not tag.closing:
            close = re.compile(rf"</{tag.name}(?=[\s/>])", re.IGNORECASE).search(source, at)
            end = close.start() if close else len(source)
            if end > at:
                yield Comment(at, end)
            at = end
    if at < len(source):
        yield Text(at, len(source))


def _comment_end(source: str, match: re.Match[str]) -> int:
    if match[1]:
        if source.startswith((">", "->"), match.end()):
            return source.index(">", match.end()) + 1
        end = _COMMENT_END.search(source, match.end())
        return end.end() if end else len(source)
    close = source.find(">", match.end())
    return close + 1 if close >= 0 else len(source)


def _tag(source: str, match: re.Match[str]) -> Tag:
    attributes: dict[str, tuple[str, int]] = {}
    at = match.end()
    while not (end := _TAG_END.match(source, at)):
        found = _ATTRIBUTE.match(source, at)
        if not found:
            closing = source.find(">", at)
            return Tag(match[4].lower(), match.start(), _past(closing, source), bool(match[3]), {})
        at = found.end()
        name = found[1].lower()
        if name in _WANTED and name not in attributes:
            group = found.lastindex or 1
            if group > 1:
                attributes[name] = (found[group], found.start(group))
            else:
                attributes[name] = ("", found.end())
    return Tag(match[4].lower(), match.start(), end.end(), bool(match[3]), attributes)


def _past(closing: int, source: str) -> int:
    return closing + 1 if closing >= 0 else len(source)


def decoded(value: str) -> str:
    """An attribute's value with its character references decoded (WHATWG section 13.2.5.72).

    In attributes a name without semicolon stays as it is where ``=`` or a letter or digit
    follows, so that ``?a=1&copy=2`` keeps its meaning.
    """
    return _ENTITY.sub(_character, value) if "&" in value else value


def _character(match: re.Match[str]) -> str:
    if match[1] or match[2]:
        code = int(match[1], 16) if match[1] else int(match[2])
        if code == 0 or code > 0x10FFFF or 0xD800 <= code <= 0xDFFF:
            return "\ufffd"
        return chr(code)
    name, semicolon, following = match[3], match[4], match[5]
    if semicolon and f"{name};" in html5:
        return html5[f"{name};"]
    if not semicolon and name in html5 and not (following == "=" or following.isalnum()):
        return html5[name]
    return match[0]


def link_of(tag: Tag, base: int) -> Found | None:
    """The link or image that a tag is; offsets grow by ``base``."""
    if tag.closing:
        return None
    if tag.name in ("a", "area") and "href" in tag.attributes:
        return _found(LinkKind.HTML, tag, "href", base, "")
    if tag.name in _LOADED and "src" in tag.attributes:
        alt = decoded(tag.attributes.get("alt", ("", 0))[0])
        return _found(LinkKind.HTML_IMAGE, tag, "src", base, alt)
    if tag.name == "link" and "href" in tag.attributes:
        return _found(LinkKind.HTML_IMAGE, tag, "href", base, "")
    return None


def _found(kind: LinkKind, tag: Tag, name: str, base: int, text: str) -> Found:
    raw, at = tag.attributes[name]
    href = decoded(raw)
    return Found(
        kind,
        href,
        base + at,
        base + at + len(raw),
        base + tag.start,
        base + tag.end,
        text=text,
        mistake=special(href, raw),
    )


def ids_of(tag: Tag) -> Iterator[str]:
    """The anchors that a tag makes: its id, and the name of an ``<a>``."""
    if tag.closing:
        return
    if "id" in tag.attributes:
        yield decoded(tag.attributes["id"][0])
    if tag.name == "a" and "name" in tag.attributes:
        yield decoded(tag.attributes["name"][0])


def scan(source: str) -> tuple[list[Found], list[str], str]:
    """Links with their visible text, ids, and the text of a whole piece of HTML."""
    found: list[Found] = []
    ids: list[str] = []
    words: list[str] = []
    open_link: tuple[Found, int] | None = None
    for part in tokens(source):
        if isinstance(part, Text):
            words.append(decoded(source[part.start : part.end]))
        elif isinstance(part, Tag):
            ids.extend(ids_of(part))
            if open_link and part.name == "a":
                _close(open_link, words)
                open_link = None
            if link := link_of(part, 0):
                found.append(link)
                if link.kind is LinkKind.HTML:
                    open_link = (link, len(words))
    if open_link:
        _close(open_link, words)
    return found, ids, " ".join(words)


def _close(open_link: tuple[Found, int], words: list[str]) -> None:
    link, first = open_link
    link.text = _BLANKS.sub(" ", "".join(words[first:])).strip()
