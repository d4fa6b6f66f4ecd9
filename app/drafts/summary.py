"""A draft at a glance: its title and first words, from the beginning of its text."""

import html
import re
from collections.abc import Sequence
from dataclasses import dataclass

HEAD_BYTES = 8_192  # how much of a file its summary may read

_FENCES = {"---": "---", "+++": "+++"}
_FIELD = re.compile(
    r"""\s*(?P<key>[A-Za-z_]+)\s*[:=]\s*(?P<quote>["']?)(?P<value>.*?)(?P=quote)\s*$"""
)
_TITLE_KEYS = ("subject", "title")
_HEADING = re.compile(r" {0,3}#{1,6}[ \t]+(?P<text>.*?)(?:[ \t]+#+)?[ \t]*$")
_COMMENT = re.compile(r"\s*<!--.*-->\s*$")
_MARKS = re.compile(r"!?\[([^\]]*)\](?:\([^)]*\)|\[[^\]]*\])|[*_`>#]+")
_ITEM = re.compile(r"\s*(?:[-+*]|\d{1,9}[.)])\s+(?:\[[ xX]\]\s+)?")
_PREVIEW = 160
_GREETING_WORDS = 3
_LONGEST_LINE = 1_000  # characters that are read of a line: brackets cost their number's square
_OPENING = re.compile(r"<(?:!--|style|script|title)|\{[{%]|\*\|", re.IGNORECASE)
_MOST_OPENINGS = 300  # each may be looked for its end through all the text
_HTML_TITLE = re.compile(r"<title>([^<]+)</title>", re.IGNORECASE)
_UNSEEN = re.compile(r"<!--.*?-->|<(style|script|title)\b.*?</\1>", re.IGNORECASE | re.DOTALL)
_UNENDED = re.compile(
    r"^[ \t]*(?:<!--|<style\b|<script\b).*", re.IGNORECASE | re.DOTALL | re.MULTILINE
)
_TAG = re.compile(r"<(?:!doctype|/?[a-z][\w-]*)(?:\s[^<>]*|/)?>", re.IGNORECASE)
_AUTOLINK = re.compile(r"<([a-z][a-z0-9+.-]*:[^<>\s]*)>", re.IGNORECASE)
_LOGIC = re.compile(r"\{%.*?%\}")
_FILLED_IN = re.compile(r"\{\{.*?\}\}|\*\|[^|]*\|\*")
_RULER = re.compile(r"[\s*_=|:~+-]*$")


@dataclass(frozen=True, slots=True)
class Summary:
    """``title`` is empty where the text has none; ``preview`` is one line of plain words."""

    title: str
    preview: str


def summarise(lines: Sequence[str]) -> Summary:
    """The title (front matter's subject or title, else the first heading) and the first words."""
    fields, body = _front_matter(lines)
    title = next((fields[key] for key in _TITLE_KEYS if fields.get(key)), "")
    text = "\n".join(line[:HEAD_BYTES] for line in lines[body : body + HEAD_BYTES])[:HEAD_BYTES]
    if len(_OPENING.findall(text)) > _MOST_OPENINGS:
        text = text[:_LONGEST_LINE]
    named = _HTML_TITLE.search(text)
    if named is not None:
        title = title or _plain(html.unescape(named[1]))
    preview = greeting = ""
    for line in _seen(text).split("\n"):
        heading = _HEADING.match(line)
        if heading is not None:
            title = title or _plain(heading["text"])
        elif not _RULER.match(line):
            preview = _plain(line)[:_PREVIEW]
        if "…" in preview and len(preview.split()) <= _GREETING_WORDS:
            greeting = greeting or preview  # says little; the next line may say more
            preview = ""
        if preview:
            break
    return Summary(title, preview or greeting)


def _seen(text: str) -> str:
    """The text that readers see: without HTML's tags, and an ellipsis for what is filled in."""
    text = _UNENDED.sub("", _UNSEEN.sub("", text))
    text = _AUTOLINK.sub(r"\1", _TAG.sub("", text))
    text = _FILLED_IN.sub("…", _LOGIC.sub("", text))
    return html.unescape(text)


def _front_matter(lines: Sequence[str]) -> tuple[dict[str, str], int]:
    """The fields in lower case, and the line at which the body begins."""
    start = 0
    while start < len(lines) and _COMMENT.match(lines[start]):
        start += 1  # an editor's mark on the first line
    closing = _FENCES.get(lines[start].strip()) if start < len(lines) else None
    fields: dict[str, str] = {}
    for number in range(start + (closing is not None), len(lines)):
        line = lines[number]
        if closing is not None and line.strip() == closing:
            return fields, number + 1
        field = _FIELD.match(line)
        if closing is None and field is None:
            return (fields, number) if fields else ({}, start)
        if field is not None and field["value"]:
            fields.setdefault(field["key"].lower(), field["value"])
    return ({}, start) if closing is not None else (fields, len(lines))


def _plain(text: str) -> str:
    text = text[:_LONGEST_LINE]
    if item := _ITEM.match(text):
        text = text[item.end() :]
    return " ".join(_MARKS.sub(lambda mark: mark[1] or "", text).split())
