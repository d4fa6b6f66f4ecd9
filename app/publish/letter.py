"""What an issue says of itself outside its body: subject, preheader, title, language, direction."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from html import unescape

from app.markup import Document

UNDETERMINED = "und"
"""The language of a draft that does not say (BCP 47)."""

SUBJECT_KEYS = ("subject", "title")
PREHEADER_KEYS = ("preheader", "preview_text", "preview", "description", "excerpt", "summary")
CANONICAL_KEYS = ("canonical_url", "canonical", "canonical-url")
"""Where a text was published first."""
LANGUAGE_KEYS = ("lang", "language", "locale")
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?:[-_][A-Za-z0-9]{2,8})*\Z")
_SAMPLE = 2000
_LARGEST_HEAD = 20_000
_COMMENT = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)
_HEAD_END = re.compile(r"</head\b|<body\b", re.IGNORECASE)
_PAGE_TITLE = re.compile(r"<title\b[^>]*>([^<]*)</title\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Letter:
    """The frame of one issue.

    Attributes:
        subject: The first line in the inbox; the front matter's ``subject``, else its ``title``,
            else the ``<title>`` of a page of HTML, else the first heading; empty where there is
            none of them.
        preheader: The second line in the inbox, as the front matter gives it; may be empty.
        title: What is set above the body: the front matter's ``title``, unless the body begins
            with a heading of the first level of its own.
        language: A BCP 47 tag.
        direction: ``ltr`` or ``rtl``.
    """

    subject: str
    preheader: str
    title: str
    language: str
    direction: str


def letter_of(document: Document) -> Letter:
    """The frame that a draft's front matter and first lines give; bounded work."""
    fields: Mapping[str, str] = document.front_matter.fields if document.front_matter else {}
    first = next(iter(document.headings()), None)
    direction = fields.get("dir", "")
    language = _first(fields, LANGUAGE_KEYS).replace("_", "-")
    return Letter(
        subject=_first(fields, SUBJECT_KEYS)
        or _page_title(document)
        or (first.text if first else ""),
        preheader=_first(fields, PREHEADER_KEYS),
        title="" if first and first.level == 1 else fields.get("title", ""),
        language=language if _LANGUAGE.match(language) else UNDETERMINED,
        direction=direction if direction in ("ltr", "rtl") else _direction(document),
    )


def _page_title(document: Document) -> str:
    """What the head of a page of HTML calls it; empty where the draft is none."""
    lines, at = document.lines, document.front_matter.line_count if document.front_matter else 0
    while at < len(lines) and not lines[at].strip("\ufeff \t"):
        at += 1
    if at == len(lines) or not lines[at].lstrip("\ufeff \t").startswith("<"):
        return ""
    head = ""
    while at < len(lines) and len(head) < _LARGEST_HEAD and not _HEAD_END.search(head):
        head += lines[at][:_LARGEST_HEAD] + "\n"
        at += 1
    head = _HEAD_END.split(_COMMENT.sub("", head), maxsplit=1)[0]
    found = _PAGE_TITLE.search(head)
    return " ".join(unescape(found[1]).split()) if found else ""


def _first(fields: Mapping[str, str], keys: tuple[str, ...]) -> str:
    return next((fields[key].strip() for key in keys if fields.get(key, "").strip()), "")


def _direction(document: Document) -> str:
    """The direction that most letters of the draft's beginning have."""
    matter = document.front_matter
    balance = 0
    left = _SAMPLE
    for line in document.lines[matter.line_count if matter else 0 :]:
        for letter in line[:left]:
            kind = unicodedata.bidirectional(letter)
            balance += 1 if kind in ("R", "AL") else -1 if kind == "L" else 0
        left -= len(line)
        if left <= 0:
            break
    return "rtl" if balance > 0 else "ltr"
