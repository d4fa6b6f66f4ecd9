"""The plain-text part of an email: for text readers, watches, search and spam filters.

Lines are not wrapped; mail programs do that for their screen. A link's address stands behind its
text in angle brackets, as RFC 3986, appendix C asks.
"""

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser

_BLANKS = re.compile(r"[ \t\r\n\f]+")
_RULE = "* * *"
_UNDERLINES = {"h1": "=", "h2": "-"}
_BLOCKS_NAMES = (
    "p div section article aside nav header footer main center figure figcaption address details "
    "summary dl dt dd tr tbody h1 h2 h3 h4 h5 h6 table caption hgroup"
)
_BLOCKS = frozenset(_BLOCKS_NAMES.split())


@dataclass(slots=True)
class _List:
    ordered: bool
    number: int
    loose: bool = False


@dataclass(slots=True)
class _Link:
    href: str
    start: int


@dataclass(slots=True)
class _State:
    paragraphs: list[str] = field(default_factory=list)
    inline: list[str] = field(default_factory=list)
    prefixes: list[str] = field(default_factory=list)
    lists: list[_List] = field(default_factory=list)
    links: list[_Link] = field(default_factory=list)
    cells: list[bool] = field(default_factory=list)
    marker: str = ""
    tight: bool = False
    preformatted: int = 0
    muted: int = 0
    noted: bool = False


def text_of(html: str) -> str:
    """Sanitised HTML as plain text; ends with a line end unless empty."""
    renderer = _Renderer()
    renderer.feed(html)
    renderer.close()
    return renderer.finish()


class _Renderer(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._now = _State()

    def finish(self) -> str:
        self._flush()
        text = "".join(self._now.paragraphs).strip("\n")
        return text + "\n" if text else ""

    def handle_data(self, data: str) -> None:
        now = self._now
        if now.muted:
            return
        if now.preformatted:
            now.inline.append(data)
            return
        data = _BLANKS.sub(" ", data)
        if data == " " and not now.inline:
            return
        now.inline.append(data)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        now = self._now
        given = {name: value or "" for name, value in attrs}
        if tag in _BLOCKS:
            self._flush()
            if tag == "table":
                now.cells.append(given.get("class") == "data")
        elif tag == "br":
            now.inline.append("\n")
        elif tag == "hr":
            self._flush()
            self._write(_RULE)
        elif tag == "img":
            if given.get("alt"):
                now.inline.append(f"[{given['alt']}]")
        elif tag == "sup" and given.get("class") == "footnote-ref":
            now.inline.append("[")
            now.noted = True
        elif tag == "a" and given.get("class") == "footnote-backref":
            now.muted += 1
        elif tag == "a":
            now.links.append(_Link(given.get("href", ""), len(now.inline)))
        elif tag == "pre":
            self._flush()
            now.preformatted += 1
        elif tag == "blockquote":
            self._flush()
            now.prefixes.append("> ")
        elif tag in ("ul", "ol"):
            self._flush()
            if not now.lists:
                self._gap()
            start = given.get("start", "1")
            now.lists.append(_List(tag == "ol", int(start) if start.isdecimal() else 1))
        elif tag == "li":
            self._flush()
            self._item()
        elif tag in ("td", "th"):
            self._cell()

    def handle_endtag(self, tag: str) -> None:
        now = self._now
        if tag in _BLOCKS:
            self._flush(_UNDERLINES.get(tag, ""))
            if tag == "table" and now.cells:
                now.cells.pop()
                self._gap()
            now.tight = tag == "tr" and bool(now.cells) and now.cells[-1]
        elif tag == "sup" and now.noted:
            now.inline.append("]")
            now.noted = False
        elif tag == "a" and now.muted:
            now.muted -= 1
        elif tag == "a" and now.links:
            self._link(now.links.pop())
        elif tag == "pre":
            self._flush(code=True)
            now.preformatted = max(now.preformatted - 1, 0)
        elif tag == "blockquote":
            self._flush()
            if now.prefixes:
                now.prefixes.pop()
        elif tag in ("ul", "ol"):
            self._flush()
            if now.lists:
                now.lists.pop()
            if not now.lists:
                self._gap()
        elif tag == "li":
            self._flush()
            now.marker = ""
            if now.prefixes:
                now.prefixes.pop()

    def _item(self) -> None:
        now = self._now
        if not now.lists:
            now.lists.append(_List(False, 1))
        current = now.lists[-1]
        now.marker = f"{current.number}. " if current.ordered else "- "
        current.number += 1
        now.prefixes.append(" " * len(now.marker))
        now.tight = True

    def _cell(self) -> None:
        now = self._now
        if now.cells and now.cells[-1]:
            if now.inline:
                now.inline[-1] = now.inline[-1].rstrip()
                now.inline.append(" | ")
        else:
            self._flush()

    def _link(self, link: _Link) -> None:
        """Put the address behind the link's text, unless that says it already."""
        now = self._now
        text = "".join(now.inline[link.start :]).strip()
        address = link.href.removeprefix("mailto:")
        if not address or address.startswith("#") or text in (address, address.rstrip("/")):
            return
        now.inline.append(f" <{address}>" if text else f"<{address}>")

    def _flush(self, underline: str = "", *, code: bool = False) -> None:
        """Write what was gathered as a paragraph."""
        now = self._now
        text = "".join(now.inline)
        now.inline.clear()
        now.links.clear()
        if code:
            lines = ["    " + line for line in text.strip("\n").split("\n")]
        else:
            lines = [line.strip(" ") for line in text.strip().split("\n")]
        if not "".join(lines).strip():
            return
        if underline:
            lines.append(underline * min(max(map(len, lines)), 72))
        self._write("\n".join(lines))

    def _write(self, text: str) -> None:
        now = self._now
        if not now.tight:
            self._gap()
        now.tight = False
        prefix = "".join(now.prefixes)
        for line in text.split("\n"):
            head = prefix
            if now.marker:
                head = prefix[: len(prefix) - len(now.marker)] + now.marker
                now.marker = ""
            now.paragraphs.append((head + line).rstrip() + "\n")

    def _gap(self) -> None:
        """A blank line, once."""
        now = self._now
        if now.paragraphs and now.paragraphs[-1] != "\n":
            now.paragraphs.append("\n")
