"""A link as the rules find it, in offsets of the content it stands in."""

from __future__ import annotations

import re
from dataclasses import dataclass

from app.markup.model import LinkKind, Mistake
from app.markup.template import has_tag

REFUSED_SCHEME = re.compile(r"\s*(javascript|vbscript|file|data):", re.IGNORECASE)


@dataclass(slots=True)
class Found:
    """A link in the content of one inline token; offsets into that content, ends exclusive."""

    kind: LinkKind
    href: str | None
    start: int
    end: int
    whole_start: int
    whole_end: int
    text: str = ""
    text_end: int = 0
    title: str = ""
    label: str | None = None
    mistake: Mistake | None = None
    fix: str | None = None
    detail: str = ""


def special(href: str, written: str) -> Mistake | None:
    """What the destination alone tells: empty, filled in when sent, or not for readers."""
    if not written.strip():
        return Mistake.EMPTY
    if has_tag(written) or has_tag(href):
        return Mistake.TEMPLATE
    if refused := REFUSED_SCHEME.match(href):
        return Mistake.DATA_URI if refused[1].lower() == "data" else Mistake.UNSAFE_SCHEME
    return None
