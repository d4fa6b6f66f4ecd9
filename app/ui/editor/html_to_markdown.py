"""Rich text from the clipboard as Markdown.

The HTML is first cleaned by nh3, which also closes and nests it properly; what is left is small
enough for a converter of our own, that knows what mail programs and word processors write (bold as
a style, a bold element that is not bold, lists without items) and escapes no more than it must.
"""

import re
from html.parser import HTMLParser

import nh3

from .formatting import destination, link_text

_TAGS = {
    "a", "b", "blockquote", "br", "code", "del", "div", "em", "h1", "h2", "h3", "h4", "h5", "h6",
    "hr", "i", "img", "kbd", "li", "ol", "p", "pre", "s", "samp", "span", "strike", "strong",
    "table", "tbody", "td", "tfoot", "th", "thead", "tr", "tt", "ul", "article", "section",
    "header", "footer", "main", "figure", "figcaption", "dl", "dt", "dd",
}  # fmt: skip
_ATTRIBUTES = {
    "a": {"href", "title"},
    "img": {"src", "alt", "title"},
    "ol": {"start"},
    "b": {"style"},
    "span": {"style"},
    "code": {"class"},
    "pre": {"class"},
}
_SCHEMES = {"http", "https", "mailto", "tel"}
_BLOCKS = {
    "p", "div", "article", "section", "header", "footer", "main", "figure", "figcaption", "dl",
    "dt", "dd",
}  # fmt: skip
_MARKS = {"b": "**", "strong": "**", "i": "*", "em": "*", "s": "~~", "del": "~~", "strike": "~~"}
_CODE = {"code", "kbd", "samp", "tt"}
_BLANKS = re.compile(r"[ \t\r\n\f]+")
_SPECIAL = re.compile(r"([\\`*\[\]])|(?<!\w)(_)|(_)(?!\w)|(<)(?=[a-zA-Z/!?])")
_AT_START = re.compile(r"^(#{1,6}(?=\s)|[-+](?=\s)|>|\d{1,9}(?=[.)]\s))", re.MULTILINE)
_BOLD = re.compile(r"font-weight:\s*(bold|[6-9]00)", re.IGNORECASE)
_NOT_BOLD = re.compile(r"font-weight:\s*(normal|[1-4]00)", re.IGNORECASE)
_ITALIC = re.compile(r"font-style:\s*italic", re.IGNORECASE)
_LANGUAGE = re.compile(r"(?:lang|language)-([\w+#-]+)")


def to_markdown(html: str) -> str:
    """The Markdown of rich text; scripts, styles and unsafe addresses are dropped."""
    clean = nh3.clean(
        html,
        tags=_TAGS,
        attributes=_ATTRIBUTES,
        url_schemes=_SCHEMES,
        link_rel=None,
        clean_content_tags={"script", "style", "head", "title", "noscript", "template"} - _TAGS,
    )
    writer = _Writer()
    writer.feed(clean)
    writer.close()
    return writer.result()


class _Writer(HTMLParser):
    """Writes Markdown while it reads HTML that is properly nested."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._blocks: list[str] = []
        self._inline: list[str] = []
        self._prefixes: list[tuple[str, str]] = []  # first line's, further lines'
        self._lists: list[int | None] = []
        self._links: list[tuple[int, str]] = []
        self._spans: list[list[str]] = []
        self._pre: list[str] | None = None
        self._language = ""
        self._code = 0
        self._table: list[list[str]] | None = None
        self._tight = False

    def result(self) -> str:
        """What was written."""
        self._end_block()
        return "\n".join(self._blocks).strip("\n")

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Begin an element."""
        values = {name: value or "" for name, value in attrs}
        if self._pre is not None:
            self._language = self._language or _language(values)
            if tag == "br":
                self._pre.append("\n")
        elif tag in _MARKS or tag == "span":
            self._begin_marks(tag, values.get("style", ""))
        elif tag in _CODE:
            self._code += 1
            self._inline.append("`" if self._code == 1 else "")
        elif tag == "a":
            self._links.append((len(self._inline), values.get("href", "")))
        elif tag == "img":
            self._image(values)
        elif tag == "br":
            self._inline.append(" " if self._table is not None else "  \n")
        else:
            self._begin_block(tag, values)

    def _begin_block(self, tag: str, values: dict[str, str]) -> None:
        if self._table is not None and tag not in ("tr", "td", "th"):
            return
        if tag in ("td", "th", "tr"):
            self._begin_row(tag)
            return
        self._end_block()
        if tag == "pre":
            self._pre = []
            self._language = _language(values)
        elif tag == "blockquote":
            self._prefixes.append(("> ", "> "))
        elif tag in ("ul", "ol"):
            start = values.get("start", "")
            number = int(start) if start.isdigit() else 1
            self._lists.append(number if tag == "ol" else None)
        elif tag == "li":
            self._begin_item()
        elif tag == "table":
            self._table = []
        elif tag == "hr":
            self._write("---")
        elif tag[0] == "h" and tag[1:].isdigit():
            self._inline.append("#" * int(tag[1]) + " ")

    def _begin_row(self, tag: str) -> None:
        if self._table is None:
            return
        if tag == "tr" or not self._table:
            self._table.append([])
        if tag != "tr":
            self._inline = []

    def handle_endtag(self, tag: str) -> None:
        """End an element."""
        if self._pre is not None:
            if tag == "pre":
                self._end_pre()
        elif tag in _MARKS or tag == "span":
            self._end_marks()
        elif tag in _CODE:
            self._code -= 1
            self._inline.append("" if self._code else "`")
        elif tag == "a":
            self._end_link()
        elif tag in ("td", "th"):
            self._end_cell()
        elif tag == "table":
            self._end_table()
        elif self._table is None:
            self._end_of_block(tag)

    def _end_of_block(self, tag: str) -> None:
        self._end_block()
        if tag == "blockquote" and self._prefixes:
            self._prefixes.pop()
        elif tag in ("ul", "ol") and self._lists:
            self._lists.pop()
            self._tight = bool(self._lists)
        elif tag == "li" and self._prefixes:
            self._prefixes.pop()
            self._tight = True

    def handle_data(self, data: str) -> None:
        """Text: blanks are one blank outside of code, and marks of Markdown are escaped."""
        if self._pre is not None:
            self._pre.append(data)
            return
        text = _BLANKS.sub(" ", data)
        before = "".join(self._inline[-3:])
        if not before.strip() or before.endswith((" ", "\n")):
            text = text.lstrip(" ")
        if text:
            self._inline.append(text if self._code else escape(text))

    def _begin_item(self) -> None:
        number = self._lists[-1] if self._lists else None
        if number is None:
            marker = "- "
        else:
            marker = f"{number}. "
            self._lists[-1] = number + 1
        self._prefixes.append((marker, " " * len(marker)))

    def _begin_marks(self, tag: str, style: str) -> None:
        marks = []
        if tag in _MARKS and not (tag == "b" and _NOT_BOLD.search(style)):
            marks.append(_MARKS[tag])
        if tag == "span" and _BOLD.search(style):
            marks.append("**")
        if tag == "span" and _ITALIC.search(style):
            marks.append("*")
        if self._code:
            marks = []
        self._spans.append(marks)
        self._inline += [f"\0{mark}" for mark in marks]

    def _end_marks(self) -> None:
        for mark in reversed(self._spans.pop() if self._spans else []):
            self._close_mark(mark)

    def _close_mark(self, mark: str) -> None:
        """Blanks stay outside of the marks, and marks around nothing go."""
        opening = f"\0{mark}"
        if opening not in self._inline:
            return
        at = len(self._inline) - 1 - self._inline[::-1].index(opening)
        text = "".join(self._inline[at + 1 :])
        inner = text.strip()
        if not inner:
            self._inline[at:] = [text]
            return
        lead, tail = text[: text.index(inner)], text[text.index(inner) + len(inner) :]
        self._inline[at:] = [f"{lead}{mark}{inner}{mark}{tail}"]

    def _end_link(self) -> None:
        if not self._links:
            return
        at, href = self._links.pop()
        text = "".join(self._inline[at:]).replace("\0", "")
        inner = text.strip()
        if not href or href.startswith("#") or not inner:
            return
        lead, tail = text[: text.index(inner)], text[text.index(inner) + len(inner) :]
        plain = re.sub(r"\\(.)", r"\1", inner)
        is_itself = plain == href and href.startswith(("http://", "https://"))
        shown = f"<{href}>" if is_itself else f"[{_one_line(inner)}]({destination(href)})"
        self._inline[at:] = [lead, shown, tail]

    def _image(self, values: dict[str, str]) -> None:
        source = values.get("src", "")
        if source.startswith(("http://", "https://")):
            alt = link_text(_one_line(values.get("alt", "")))
            self._inline.append(f"![{alt}]({destination(source)})")

    def _end_cell(self) -> None:
        if self._table:
            text = _one_line("".join(self._inline).replace("\0", "")).strip()
            self._table[-1].append(text.replace("|", "\\|"))
        self._inline = []

    def _end_table(self) -> None:
        rows = [row for row in self._table or [] if any(row)]
        self._table = None
        self._inline = []
        if not rows:
            return
        width = max(len(row) for row in rows)
        if width == 1:  # a table only for the layout, as mail has them
            for row in rows:
                self._write(row[0])
            return
        rows = [row + [""] * (width - len(row)) for row in rows]
        lines = [f"| {' | '.join(row)} |" for row in rows]
        lines.insert(1, "|" + " --- |" * width)
        self._write("\n".join(lines))

    def _end_pre(self) -> None:
        code = "".join(self._pre or []).strip("\n")
        self._pre = None
        runs = re.findall(r"`{3,}", code)
        fence = "`" * max([3, *(len(run) + 1 for run in runs)])
        if code:
            self._write(f"{fence}{self._language}\n{code}\n{fence}")
        self._language = ""

    def _end_block(self) -> None:
        text = "".join(self._inline).replace("\0", "").strip(" \n")
        self._inline = []
        if not text or not text.strip("# "):
            return
        if text.startswith("#"):
            text = _one_line(text)
        self._write(text)

    def _write(self, text: str) -> None:
        """Put a block below the ones before, with the marks of the lists and quotes it is in."""
        first = "".join(prefix[0] for prefix in self._prefixes)
        rest = "".join(prefix[1] for prefix in self._prefixes)
        in_item = any(one != other for one, other in self._prefixes)
        if self._blocks and not (self._tight and in_item):
            self._blocks.append(rest.rstrip() if self._continues() else "")
        lines = text.split("\n")
        self._blocks += [
            (first if number == 0 else rest) + line for number, line in enumerate(lines)
        ]
        self._prefixes = [(other, other) for _, other in self._prefixes]
        self._tight = bool(self._lists)

    def _continues(self) -> bool:
        """Whether the block before lies in the same quote."""
        quote = "".join(other for _, other in self._prefixes).rstrip()
        return bool(quote) and self._blocks[-1].startswith(quote)


def escape(text: str) -> str:
    """Text that Markdown would read as marks, made plain; nothing else is touched."""
    text = _SPECIAL.sub(lambda match: "\\" + match[0], text)
    return _AT_START.sub(_escape_start, text)


def _escape_start(match: re.Match[str]) -> str:
    found = match[0]
    return f"{found}\\" if found[0].isdigit() else f"\\{found}"


def _one_line(text: str) -> str:
    return re.sub(r"\s*\n\s*", " ", text)


def _language(values: dict[str, str]) -> str:
    match = _LANGUAGE.search(values.get("class", ""))
    return match[1] if match else ""
