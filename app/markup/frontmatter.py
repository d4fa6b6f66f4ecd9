"""The head of a draft: front matter, and what a platform puts before the first line of text.

The parser's front matter plugin is not used: it fires inside a list on the first line, and knows
neither TOML nor Pelican's unfenced ``Key: value`` lines.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from app.markup.model import FrontMatter

BYTE_ORDER_MARK = "\ufeff"
_FENCES = {"---": ("yaml", ("---", "...")), "+++": ("toml", ("+++",))}
_UNFENCED = re.compile(r"([A-Za-z][A-Za-z0-9_-]{0,80}):(?:[ \t]+(.*)|[ \t]*)$")
_KNOWN_KEYS = {
    "title", "subject", "date", "slug", "author", "authors", "category", "tags", "summary",
    "description", "status", "lang", "template", "preheader", "preview", "issue", "number",
}  # fmt: skip
_YAML_FIELD = re.compile(r"([A-Za-z_][\w.-]*+(?: [\w.-]++)*+)[ \t]*+:(?:[ \t]+(.*)|)$")
_TOML_FIELD = re.compile(r"([A-Za-z_][\w-]*)\s*=\s*(.*)$")
_YAML_BLOCK = re.compile(r"[>|][+-]?\d?$")
_EDITOR_MODE = re.compile(r"<!--\s*buttondown-editor-mode:[^\n]*?-->")
_HTML_DOCUMENT = re.compile(r"\s*<(?:!doctype\s+html|html|head|body)\b", re.IGNORECASE)
_BEFORE_HTML = re.compile(r"\s*(?:(?:<!--(?:(?!-->).)*-->|<\?xml[^>]*>)\s*)*$")
_FURTHEST_HTML = 20
"""Lines of comments, XML declaration and blanks that may stand before an HTML page."""


@dataclass(frozen=True, slots=True)
class Head:
    """What stands before the body.

    Attributes:
        front_matter: The front matter, if any.
        body: The first line after it.
        first_text: The first line of the body that is not blank, or the number of lines.
        cut: Columns at the start of ``first_text`` that are no text: a byte order mark, or
            Buttondown's editor-mode comment, which Buttondown removes before it parses.
        html_document: The body is a whole HTML page, not Markdown.
        looked_at: The last line that had a say in all this, apart from a closing fence.
        unclosed: The draft begins with a fence that nothing closes (yet).
    """

    front_matter: FrontMatter | None
    body: int
    first_text: int
    cut: int
    html_document: bool
    looked_at: int
    unclosed: bool

    def decided_by(self, first: int, lines: Sequence[str]) -> bool:
        """Whether new lines from line ``first`` on may change the head."""
        if first <= self.looked_at:
            return True
        return self.unclosed and any(line.rstrip() in ("---", "...", "+++") for line in lines)


def read_head(lines: Sequence[str]) -> Head:
    """The head of a draft."""
    mark = lines[0].startswith(BYTE_ORDER_MARK)
    opening = lines[0][mark:].rstrip()
    front: FrontMatter | None = None
    unclosed = False
    looked_at = 0
    if opening in _FENCES:
        front = _fenced(lines, opening)
        unclosed = front is None
    else:
        front, looked_at = _unfenced(lines, mark)
    body = front.line_count if front else 0
    first_text = body
    while first_text < len(lines) and not lines[first_text][first_text == 0 and mark :].strip(
        " \t"
    ):
        first_text += 1
    cut = 0
    html_document = False
    if first_text < len(lines):
        cut = int(mark and first_text == 0)
        if match := _EDITOR_MODE.match(lines[first_text], cut):
            cut = match.end()
        at = first_text
        while at < min(len(lines) - 1, first_text + _FURTHEST_HTML) and _BEFORE_HTML.match(
            lines[at], cut if at == first_text else 0
        ):
            at += 1
        html_document = bool(_HTML_DOCUMENT.match(lines[at], cut if at == first_text else 0))
        looked_at = max(looked_at, at)
    looked_at = max(looked_at, first_text)
    return Head(front, body, first_text, cut, html_document, looked_at, unclosed)


def _fenced(lines: Sequence[str], opening: str) -> FrontMatter | None:
    dialect, closings = _FENCES[opening]
    for index in range(1, len(lines)):
        line = lines[index]
        if line[:3] in closings and line.rstrip() in closings:
            inner = lines[1:index]
            fields = _toml_fields(inner) if dialect == "toml" else _yaml_fields(inner)
            return FrontMatter(dialect, fields, 0, index + 1)
    return None


def _unfenced(lines: Sequence[str], mark: bool) -> tuple[FrontMatter | None, int]:
    """Pelican's head: ``Key: value`` lines up to a blank line, one of them a known key.

    Also tells the line that ended it.
    """
    fields: dict[str, str] = {}
    key = ""
    index = 0
    for index, line in enumerate(lines):
        text = line[1:] if mark and index == 0 else line
        if not text.strip():
            break
        if match := _UNFENCED.match(text):
            key = match[1].lower()
            fields[key] = (match[2] or "").strip()
        elif key and text[0] in " \t":
            fields[key] = f"{fields[key]} {text.strip()}".strip()
        else:
            return None, index
    else:
        index = len(lines)
    sure = fields.keys() & {"title", "subject"}
    if not sure and (len(fields) < 2 or not fields.keys() & _KNOWN_KEYS):
        return None, index
    return FrontMatter("pelican", fields, 0, index), index


def _yaml_fields(lines: Sequence[str]) -> dict[str, str]:
    """The top-level scalars. Nothing is expanded: no anchors, no tags, no nesting."""
    fields: dict[str, str] = {}
    folded = ""
    for line in lines:
        if folded and (not line.strip() or line[0] in " \t"):
            fields[folded] = f"{fields[folded]} {line.strip()}".strip()
            continue
        folded = ""
        if match := _YAML_FIELD.match(line):
            key, value = match[1].lower(), (match[2] or "").strip()
            if _YAML_BLOCK.match(value):
                folded, value = key, ""
            fields[key] = _unquoted(value)
    return fields


def _toml_fields(lines: Sequence[str]) -> dict[str, str]:
    fields: dict[str, str] = {}
    for line in lines:
        if line.lstrip().startswith("["):
            break
        if match := _TOML_FIELD.match(line.strip()):
            fields[match[1].lower()] = _unquoted(match[2].strip())
    return fields


def _unquoted(value: str) -> str:
    if len(value) >= 2 and value[0] in "\"'" and value[-1] == value[0]:
        inner = value[1:-1]
        return inner.replace("''", "'") if value[0] == "'" else inner.replace('\\"', '"')
    return re.sub(r"\s#.*$", "", value).rstrip()
