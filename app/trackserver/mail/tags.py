"""Start tags of an HTML text, by position (WHATWG HTML, section 13.2.5, as far as mail needs it).

Comments are skipped whole, and so is what is text by its element: scripts, styles, titles. What
stands between ``<!--[if !mso]><!-->`` and ``<!--<![endif]-->`` is ordinary markup and is found;
what a comment holds for Outlook alone (``<!--[if mso]>``) is found by ``parts`` and ``inside``.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from html.entities import html5

_TAG = re.compile(r"<(/?)([a-zA-Z][^\t\n\f\r />]*)")
_NAME = re.compile(
    r"[\t\n\f\r /]*(?:(?P<end>>)|(?P<name>[^\t\n\f\r />][^\t\n\f\r />=]*)"
    r"(?P<equals>[\t\n\f\r ]*=[\t\n\f\r ]*)?)"
)
_BARE = re.compile(r"[^\t\n\f\r >]*")
_COMMENT_END = re.compile(r"--!?>")
_CONDITION = re.compile(r"<!--\[if[\t\n\f\r !(][^\[\]<>]*\]>", re.IGNORECASE)
_CONDITION_END = re.compile(r"<!\[endif\][\t\n\f\r ]*-->\Z", re.IGNORECASE)
_LONGEST_END = 40
_RAW = frozenset(
    ("script", "style", "textarea", "title", "xmp", "iframe", "noembed", "noframes", "plaintext")
)
_REFERENCE = re.compile(
    r"&(?:#[xX]([0-9a-fA-F]+);?|#([0-9]+);?|([a-zA-Z][a-zA-Z0-9]*)(;?)(?=([=a-zA-Z0-9]?)))"
)


@dataclass(frozen=True, slots=True)
class Attribute:
    """A value as written, with the quotes' places: ``start`` and ``end`` include the quotes."""

    raw: str
    start: int
    end: int
    quote: str
    """``"``, ``'`` or empty."""

    @property
    def value(self) -> str:
        """The value with its character references decoded."""
        return decoded(self.raw)


@dataclass(frozen=True, slots=True)
class Tag:
    """A start or end tag; names are lower case, of an attribute given twice the first counts."""

    name: str
    start: int
    end: int
    closing: bool
    attributes: dict[str, Attribute]


@dataclass(frozen=True, slots=True)
class Conditional:
    """What a comment holds for Outlook: ``start`` and ``end`` of its content."""

    start: int
    end: int


def tags(html: str) -> Iterator[Tag]:
    """Every tag outside comments and raw text, in order. Linear in the length of ``html``."""
    return (part for part in parts(html) if isinstance(part, Tag))


def inside(html: str, part: Conditional) -> Iterator[Tag]:
    """The tags that Outlook sees in such a comment; their places are those in ``html``."""
    for tag in tags(html[part.start : part.end]):
        attributes = {
            name: replace(each, start=each.start + part.start, end=each.end + part.start)
            for name, each in tag.attributes.items()
        }
        yield Tag(tag.name, tag.start + part.start, tag.end + part.start, tag.closing, attributes)


def parts(html: str) -> Iterator[Tag | Conditional]:
    """Every tag outside comments and raw text, and every comment that Outlook reads, in order."""
    place = 0
    while (place := html.find("<", place)) >= 0:
        if html.startswith("<!--", place):
            end = _after_comment(html, place)
            if (found := _conditional(html, place, end)) is not None:
                yield found
            place = end
            continue
        match = _TAG.match(html, place)
        if match is None:
            # "<!doctype", "<![if mso]>", "</3", "<?xml": to the next ">", or a lone "<" in text.
            bogus = html.startswith(("<!", "</", "<?"), place)
            place = _after(html, ">", place) if bogus else place + 1
            continue
        tag = _tag(html, match)
        if tag is None:
            return
        yield tag
        place = tag.end
        if tag.name in _RAW and not tag.closing:
            place = _raw_end(html, tag)


def _tag(html: str, match: re.Match[str]) -> Tag | None:
    """The tag that begins there; None where the text ends before it does."""
    attributes: dict[str, Attribute] = {}
    place = match.end()
    while True:
        found = _NAME.match(html, place)
        if found is None:
            return None
        place = found.end()
        if found["end"]:
            return Tag(match[2].lower(), match.start(), place, match[1] == "/", attributes)
        value = _value(html, place) if found["equals"] else Attribute("", place, place, "")
        if value is None:
            return None
        place = value.end
        attributes.setdefault(found["name"].lower(), value)


def _value(html: str, start: int) -> Attribute | None:
    quote = html[start : start + 1]
    if quote in ("'", '"'):
        end = html.find(quote, start + 1)
        return Attribute(html[start + 1 : end], start, end + 1, quote) if end >= 0 else None
    end = _BARE.match(html, start).end()  # type: ignore[union-attr]
    return Attribute(html[start:end], start, end, "")


def _after_comment(html: str, start: int) -> int:
    for short in ("<!-->", "<!--->"):
        if html.startswith(short, start):
            return start + len(short)
    end = _COMMENT_END.search(html, start + 4)
    return end.end() if end else len(html)


def _conditional(html: str, start: int, end: int) -> Conditional | None:
    opened = _CONDITION.match(html, start, end)
    if opened is None:
        return None
    closed = _CONDITION_END.search(html, max(opened.end(), end - _LONGEST_END), end)
    return Conditional(opened.end(), closed.start()) if closed else None


def _after(html: str, what: str, start: int) -> int:
    found = html.find(what, start)
    return len(html) if found < 0 else found + len(what)


def _raw_end(html: str, tag: Tag) -> int:
    if tag.name == "plaintext":
        return len(html)
    end = re.compile(rf"</{re.escape(tag.name)}(?=[\t\n\f\r />])", re.IGNORECASE)
    found = end.search(html, tag.end)
    return found.start() if found else len(html)


def decoded(value: str) -> str:
    """An attribute's value with its character references decoded (section 13.2.5.72).

    A name without semicolon stays as it is where ``=`` or a letter or digit follows, so that
    ``?a=1&copy=2`` keeps its meaning.
    """
    return _REFERENCE.sub(_character, value) if "&" in value else value


def escaped(value: str, quote: str = '"') -> str:
    """``value`` as it stands in an attribute between ``quote``."""
    return value.replace("&", "&amp;").replace(quote, "&#34;" if quote == '"' else "&#39;")


def _character(match: re.Match[str]) -> str:
    if match[1] or match[2]:
        # Longer numbers are out of range anyway, and Python refuses to read endless ones.
        digits = (match[1] or match[2]).lstrip("0")[:9]
        code = int(digits or "0", 16 if match[1] else 10)
        if code == 0 or code > 0x10FFFF or 0xD800 <= code <= 0xDFFF:
            return "\ufffd"
        return chr(code)
    name, semicolon, following = match[3], match[4], match[5]
    if semicolon and f"{name};" in html5:
        return html5[f"{name};"]
    if not semicolon and name in html5 and not following:
        return html5[name]
    return match[0]
