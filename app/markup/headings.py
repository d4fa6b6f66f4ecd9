"""GitHub's ids of headings."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

EXPLICIT_ID = re.compile(r"\{:?[ ]?#([^\s{}]+)[^{}]*\}$")
"""kramdown's and Hugo's ``## Heading {#id}``."""


def slug(text: str) -> str:
    """The id of a heading: lower case, punctuation dropped, blanks to hyphens."""
    return "".join(
        "-" if character == " " else character
        for character in text.strip().lower()
        if character in " -_"
        or unicodedata.category(character)[0] in "LMN"
        or unicodedata.category(character) == "Pc"
    )


def numbered(slugs: Iterable[str]) -> list[str]:
    """The slugs made distinct with ``-1``, ``-2`` as GitHub does."""
    taken: dict[str, int] = {}
    result = []
    for base in slugs:
        candidate = base
        while candidate in taken:
            taken[base] += 1
            candidate = f"{base}-{taken[base]}"
        taken[candidate] = 0
        result.append(candidate)
    return result
