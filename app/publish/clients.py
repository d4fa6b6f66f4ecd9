"""What mail programs need that browsers do not, above all Outlook for Windows, which is Word.

Word knows paddings, borders and backgrounds of table cells only, the width of a picture only as an
attribute, targets of links only as ``<a name>``, and takes elements newer than HTML 4 for text in a
line. So quotes, code and footnotes stand in cells, and the rest is said in old words. Sources: the
"Can I email" tables for Outlook (Windows): css-padding, css-margin, css-max-width, css-width,
html-anchor-links, html-semantics.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from app.publish.tags import EMPTY, Tag, rewrite, start_tag

CONTENT_WIDTH = 504
"""Pixels between the paddings of the sheet of 600."""

_SMALL = 200
"""Pixels up to which a picture is never too wide for a phone."""
_TABLE = 'role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0"'
_SPACER = '<tr><td class="space" height="20">&nbsp;</td></tr></table>'
_PLAIN_NAMES = (
    "section article aside nav header footer main figure figcaption details summary hgroup"
)
_PLAIN = frozenset(_PLAIN_NAMES.split())
_INDENT = {"blockquote": 23, "ul": 26, "ol": 26}
_CELLS = {"blockquote": "quote", "pre": "code"}
_BACKGROUNDS = {"pre": ' bgcolor="#f6f3ec"'}
_ALIGN = re.compile(r"text-align:\s*(left|right|center)")
_BACKGROUND = re.compile(r"(?:^|[;\s])background(?:-color)?\s*:")
_COLOUR = re.compile(r"(?:^|[;\s])color\s*:")
_COLOURED = frozenset(("a", "h1", "h2", "h3", "h4"))
_INK = "#2a2824"
"""The text's colour by day; see resources/email/letter.css."""
_ANCHORS = frozenset(["h1", "h2", "h3", "h4", "h5", "h6", "li", "p", "div", "td"])
# A picture that has its paragraph, or its figure, for itself.
_ALONE = re.compile(
    r"(?:<p>|<figure>|<div>)\s*(?:<a [^<>]*>)?\s*(<img [^<>]*>)\s*(?:</a>)?\s*"
    r"(?=</p>|</figure>|</div>|<figcaption)"
)
_ALONE_MARK = " data-alone>"


@dataclass(slots=True)
class _State:
    indents: list[tuple[str, int]] = field(default_factory=list)
    grounds: list[bool] = field(default_factory=list)
    notes: list[bool] = field(default_factory=list)
    tables: list[bool] = field(default_factory=list)


def for_clients(
    html: str,
    image_widths: Mapping[str, int] | None = None,
    room: int = CONTENT_WIDTH,
    *,
    widens: bool = True,
) -> str:
    """A sanitised body as mail programs show it.

    Args:
        html: What `sanitise` returned, with the renderer's classes.
        image_widths: Natural widths, in pixels, of the pictures whose size is known, by address.
        room: Pixels that the template leaves for the issue.
        widens: Whether Word shows a picture of unknown size that stands alone as wide as that.
    """
    if widens:
        html = _ALONE.sub(lambda each: each[0].replace(each[1], each[1][:-1] + _ALONE_MARK), html)
    return rewrite(html, _Mender(image_widths or {}, room).mend)


class _Mender:
    def __init__(self, image_widths: Mapping[str, int], room: int) -> None:
        self._widths = image_widths
        self._room = room
        self._now = _State()

    def mend(self, tag: Tag) -> str:
        """What a tag becomes."""
        return self._mended(self._owned(tag))

    def _owned(self, tag: Tag) -> Tag:
        """The tag, known to the dark rules as the author's where its colours are.

        What stands on a background of the author's keeps the colours that it has by day: light
        letters would be lost there.
        """
        grounds = self._now.grounds
        if tag.is_end:
            if grounds:
                grounds.pop()
            return tag
        inside = bool(grounds) and grounds[-1]
        attributes = dict(tag.attributes)
        style = attributes.get("style", "")
        ground = bool(attributes.get("bgcolor") or _BACKGROUND.search(style))
        coloured = _COLOUR.search(style) is not None
        if tag.name not in EMPTY:
            grounds.append(inside or ground)
        if ground and not coloured:
            attributes["style"] = f"color:{_INK};{style}".rstrip(";")
        if tag.name in _COLOURED and (inside or coloured):
            attributes["class"] = f"{attributes.get('class', '')} own".strip()
        if attributes == tag.attributes:
            return tag
        return replace(tag, attributes=attributes, source=start_tag(tag.name, attributes))

    def _mended(self, tag: Tag) -> str:
        if tag.name == "img":
            return self._image(tag)
        if tag.name in _CELLS:
            return self._cell(tag)
        if tag.name in ("ul", "ol"):
            return self._indented(tag, tag.source)
        if tag.name == "section":
            return self._section(tag)
        if tag.name in ("table", "th", "td"):
            return self._table(tag)
        if tag.name in _PLAIN:
            return _renamed(tag, "div")
        if tag.name == "mark":
            return _renamed(tag, "span", "mark")
        if tag.name == "hr":
            in_notes = bool(self._now.notes and self._now.notes[-1])
            return "" if in_notes else '<hr size="1" noshade="" color="#e6e1d6">'
        return _with_anchor(tag)

    def _image(self, tag: Tag) -> str:
        attributes = dict(tag.attributes)
        alone = attributes.pop("data-alone", None) is not None
        attributes.setdefault("alt", "")
        room = max(self._room - sum(width for _, width in self._now.indents), 60)
        given, height = attributes.get("width", ""), attributes.get("height", "")
        known = int(given) if given.isdecimal() else self._widths.get(attributes.get("src", ""))
        width = min(known, room) if known else room if alone or given else None
        if width:
            attributes["width"] = str(width)
            if height and known and height.isdecimal():
                attributes["height"] = str(max(round(int(height) * width / known), 1))
            else:
                attributes.pop("height", None)
        style = attributes.get("style", "").rstrip("; ")
        own = [style] if style else []
        if not known and alone and not given:
            # For Word alone: elsewhere a small picture keeps its size.
            own.append("width:auto")
        if known and width and width > _SMALL:
            # Not "max-width:100%" alone: in a table, engines give the attribute's width its room.
            own.append(f"width:100%;max-width:{width}px;height:auto")
        else:
            own.append("max-width:100%;height:auto")
        if alone:
            own.append("display:block")
        attributes["style"] = ";".join(own)
        return start_tag("img", attributes)

    def _cell(self, tag: Tag) -> str:
        name = _CELLS[tag.name]
        if tag.is_end:
            inside = self._indented(tag, tag.source) if tag.name in _INDENT else tag.source
            return f"{inside}</td></tr>{_SPACER}"
        inside = self._indented(tag, tag.source) if tag.name in _INDENT else tag.source
        return f'<table {_TABLE}><tr><td class="{name}"{_BACKGROUNDS.get(tag.name, "")}>{inside}'

    def _indented(self, tag: Tag, source: str) -> str:
        indents = self._now.indents
        if not tag.is_end:
            indents.append((tag.name, _INDENT[tag.name]))
        elif indents and indents[-1][0] == tag.name:
            indents.pop()
        return source

    def _section(self, tag: Tag) -> str:
        """The footnotes' rule and room are a cell's; other sections are plain."""
        notes = self._now.notes
        if not tag.is_end:
            notes.append(tag.attributes.get("class") == "footnotes")
            if notes[-1]:
                return f'<table {_TABLE}><tr><td class="footnotes">'
            return _renamed(tag, "div")
        return "</td></tr></table>" if notes and notes.pop() else "</div>"

    def _table(self, tag: Tag) -> str:
        tables = self._now.tables
        if tag.is_end:
            if tag.name == "table" and tables and tables.pop():
                return f"{tag.source}</div>"
            return tag.source
        attributes = dict(tag.attributes)
        if tag.name == "table":
            tables.append(attributes.get("class") == "data")
            if tables[-1]:
                attributes |= {"width": "100%", "cellpadding": "0", "cellspacing": "0"}
                attributes["border"] = "0"
                # What is wider than a phone is scrolled, and does not widen the letter.
                return f'<div class="scroll">{start_tag("table", attributes)}'
        aligned = _ALIGN.search(attributes.get("style", ""))
        if tag.name != "table" and tables and tables[-1]:
            attributes.setdefault("valign", "top")
            if aligned:
                attributes["align"] = aligned[1]
            return start_tag(tag.name, attributes)
        return tag.source


def _renamed(tag: Tag, name: str, css_class: str = "") -> str:
    if tag.is_end:
        return f"</{name}>"
    attributes = dict(tag.attributes)
    attributes.pop("open", None)
    if css_class:
        attributes["class"] = css_class
    elif tag.name in ("figure", "figcaption", "summary"):
        attributes["class"] = tag.name
    return start_tag(name, attributes)


def _with_anchor(tag: Tag) -> str:
    """A target of a link with the name by which Word and Yahoo know it."""
    target = tag.attributes.get("id")
    if tag.is_end or not target or tag.name in EMPTY:
        return tag.source
    if tag.name == "a":
        return start_tag("a", {"name": target, **tag.attributes})
    if tag.name not in _ANCHORS:
        return tag.source
    return tag.source + start_tag("a", {"name": target}) + "</a>"
