"""The parse of one stretch of inline content or raw HTML, in offsets of that content.

A parse depends on the content, and on what the draft says of the reference and footnote labels
that were looked up; both are kept with it, so that a parse is used again as long as they hold.
"""

from __future__ import annotations

import re
from collections.abc import Container, Mapping
from dataclasses import dataclass

from markdown_it import MarkdownIt
from markdown_it.token import Token

from app.markup import html, mistakes
from app.markup.bareurls import stops
from app.markup.found import Found
from app.markup.model import LinkKind, Style

DefinitionTarget = tuple[str, str]
"""The href and title of a reference definition."""

WORD = re.compile(
    "[\u3005-\u3007\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]"
    "|(?:(?![\u3005-\u3007\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff])"
    "[\\w\u200c\u200d'\u2019])+(?:[-.,:/]\\w+)*"
)
_BLANK = re.compile(r"\s")
_STRIDE = 20_000
"""A word; a Han, Hiragana or Katakana character counts as one."""


class _Labels:
    """Answers what a label stands for and remembers each answer, misses included."""

    __slots__ = ("_definitions", "seen")

    def __init__(self, definitions: Mapping[str, DefinitionTarget]) -> None:
        self._definitions = definitions
        self.seen: dict[str, DefinitionTarget | None] = {}

    def get(self, label: str) -> DefinitionTarget | None:
        found = self.seen[label] = self._definitions.get(label)
        return found


class _Notes:
    """The same for footnotes, of which only the existence matters."""

    __slots__ = ("_notes", "seen")

    def __init__(self, notes: Container[str]) -> None:
        self._notes = notes
        self.seen: dict[str, bool] = {}

    def get(self, label: str) -> bool:
        found = self.seen[label] = label in self._notes
        return found


@dataclass(slots=True)
class Inline:
    """What one piece of content holds."""

    content: str
    tokens: list[Token]
    finds: list[Found]
    labels: dict[str, DefinitionTarget | None]
    notes: dict[str, bool]
    text: str
    words: int
    ids: list[str]
    note_tokens: list[Token]
    """The footnote references in it, in order."""
    ranges: list[tuple[int, int, Style]] | None = None
    """What the highlighter shows of it; made when first needed."""
    failed: bool = False
    """The parser failed: it is plain text."""

    def holds(self, definitions: Mapping[str, DefinitionTarget], notes: Container[str]) -> bool:
        """Whether the parse would come out the same with these definitions and footnotes."""
        return all(definitions.get(label) == seen for label, seen in self.labels.items()) and all(
            (label in notes) == seen for label, seen in self.notes.items()
        )


def parse_inline(
    md: MarkdownIt,
    content: str,
    definitions: Mapping[str, DefinitionTarget],
    notes: Container[str],
) -> Inline:
    """Parse the content of a paragraph, heading or table cell."""
    labels, note_labels = _Labels(definitions), _Notes(notes)
    finds: list[Found] = []
    env = {
        "references": labels,
        "notes": note_labels,
        "finds": finds,
        "base": 0,
        "muted": False,
        "stops": stops(content),
    }
    tokens: list[Token] = []
    md.inline.parse(content, md, env, tokens)
    inline = Inline(content, tokens, finds, labels.seen, note_labels.seen, "", 0, [], [])
    _Walk(inline).run()
    finds.extend(mistakes.find(content, tokens, finds))
    finds.sort(key=lambda found: (found.start, found.end))
    return inline


def count_words(text: str) -> int:
    """The words of a text, counted in strides: a single search holds up all other threads."""
    count = at = 0
    while at < len(text):
        end = at + _STRIDE
        blank = _BLANK.search(text, end, end + _STRIDE)
        end = blank.start() if blank else end + _STRIDE
        count += len(WORD.findall(text, at, end))
        at = end
    return count


def plain(content: str) -> Inline:
    """What is left of content on which the parser failed: its text."""
    token = Token("text", "", 0, content=content)
    words = count_words(content)
    return Inline(content, [token], [], {}, {}, content, words, [], [], failed=True)


def parse_html(content: str) -> Inline:
    """Scan a block of raw HTML."""
    finds, ids, text = html.scan(content)
    return Inline(content, [], finds, {}, {}, text, count_words(text), ids, [])


class _Walk:
    """One pass over inline tokens: links with their text, words, ids, footnotes."""

    def __init__(self, inline: Inline) -> None:
        self._inline = inline
        self._text: list[str] = []
        self._counted: list[str] = []
        self._open: list[tuple[Found, int]] = []
        self._open_html: tuple[Found, int] | None = None

    def run(self) -> None:
        inline = self._inline
        self._tokens(inline.tokens)
        self._close_html()
        inline.text = "".join(self._text)
        inline.words = count_words("".join(self._counted))

    def _tokens(self, tokens: list[Token]) -> None:
        for token in tokens:
            kind = token.type
            if kind == "text" or kind == "text_special" or kind == "code_inline":
                self._text.append(token.content)
                if not (self._open and self._open[-1][0].kind in _ADDRESSES):
                    self._counted.append(token.content)
            elif kind == "link_open":
                found = token.meta["found"]
                self._inline.finds.append(found)
                self._open.append((found, len(self._text)))
            elif kind == "link_close":
                found, first = self._open.pop()
                found.text = "".join(self._text[first:])
            elif kind == "softbreak" or kind == "hardbreak":
                self._text.append(" ")
                self._counted.append(" ")
            elif kind == "image":
                self._image(token)
            elif kind == "html_inline":
                self._html(token)
            elif kind == "footnote_ref":
                self._inline.note_tokens.append(token)
                self._tokens(token.children or [])

    def _image(self, token: Token) -> None:
        found = token.meta["found"]
        found.text = alternative_text(token.children or [])
        self._inline.finds.append(found)

    def _html(self, token: Token) -> None:
        for part in html.tokens(token.content):
            if not isinstance(part, html.Tag):
                continue
            self._inline.ids.extend(html.ids_of(part))
            if part.name == "a":
                self._close_html()
            if found := html.link_of(part, token.meta["at"][0]):
                self._inline.finds.append(found)
                if found.kind is LinkKind.HTML:
                    self._open_html = (found, len(self._text))

    def _close_html(self) -> None:
        if self._open_html:
            found, first = self._open_html
            found.text = "".join(self._text[first:])
            self._open_html = None


_ADDRESSES = (LinkKind.BARE, LinkKind.AUTOLINK)


def alternative_text(tokens: list[Token]) -> str:
    """The text of an image's description, without its markup."""
    parts: list[str] = []
    for token in tokens:
        if token.type in ("text", "text_special", "code_inline"):
            parts.append(token.content)
        elif token.type in ("softbreak", "hardbreak"):
            parts.append(" ")
        elif token.type == "image":
            parts.append(alternative_text(token.children or []))
    return "".join(parts)
